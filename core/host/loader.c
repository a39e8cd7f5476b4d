/* SPDX-License-Identifier: Apache-2.0
 * loader.c - dlopen, and the checks that say why a file is refused; see loader.h. */
#include "host/loader.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/descriptor_check.h"
#include "host/service.h"

/* A struct that a 1.0 plugin fills is at least this long: up to and with its last 1.0 field. */
#define SIZE_UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

static gm_status check_metric(const char *path, const gm_metric *m, gm_error *err)
{
    if (m == NULL || m->struct_size < SIZE_UP_TO(gm_metric, finalize))
        return error_set(
            err, GM_E_PLUGIN,
            "plugin '%s': a metric's struct is too short for ABI 1.0; build it against "
            "this version's headers",
            path);
    if (m->desc == NULL)
        return error_set(err, GM_E_PLUGIN, "plugin '%s': a metric has no descriptor", path);
    gm_status st = descriptor_check(m->desc, path, err);
    if (st != GM_OK)
        return st;
    if (m->create == NULL || m->destroy == NULL || m->state_new == NULL || m->state_free == NULL ||
        m->update == NULL || m->merge == NULL || m->serialize == NULL || m->deserialize == NULL ||
        m->finalize == NULL)
        return error_set(err, GM_E_PLUGIN, "plugin '%s': metric '%s' lacks a function", path,
                         m->desc->id);
    if (GM_HAS(m, get_extension) && m->get_extension != NULL &&
        (m->get_extension("gm.keyed/1") != NULL || m->get_extension("gm.derive/1") != NULL))
        return error_set(err, GM_E_PLUGIN,
                         "plugin '%s': metric '%s' is keyed or derived; this version computes "
                         "folded metrics only",
                         path, m->desc->id);
    return GM_OK;
}

static gm_status check_plugin(const char *path, const gm_plugin *plugin, gm_error *err)
{
    if (plugin->struct_size < SIZE_UP_TO(gm_plugin, metrics))
        return error_set(err, GM_E_PLUGIN,
                         "plugin '%s': its gm_plugin has %u bytes, ABI 1.0 has %zu; build it "
                         "against this version's headers",
                         path, plugin->struct_size, SIZE_UP_TO(gm_plugin, metrics));
    if (plugin->abi_major != GM_ABI_MAJOR)
        return error_set(err, GM_E_PLUGIN, "plugin '%s': ABI major %u, this host has %u", path,
                         plugin->abi_major, GM_ABI_MAJOR);
    if (plugin->n_metrics == 0 || plugin->n_metrics > LIMIT_PLUGIN_METRICS ||
        plugin->metrics == NULL)
        return error_set(err, GM_E_PLUGIN, "plugin '%s': has %u metrics, expected 1 to %d", path,
                         plugin->n_metrics, LIMIT_PLUGIN_METRICS);
    for (uint32_t i = 0; i < plugin->n_metrics; i++) {
        gm_status st = check_metric(path, plugin->metrics[i], err);
        if (st != GM_OK)
            return st;
    }
    return GM_OK;
}

gm_status loader_open(const gm_plugin **out, const char *path, gm_error *err)
{
    *out = NULL;
    struct stat info;
    if (stat(path, &info) != 0)
        return error_errno(err, GM_E_PLUGIN, "plugin '%s': cannot be opened", path);
    if (!S_ISREG(info.st_mode))
        return error_set(err, GM_E_PLUGIN, "plugin '%s': is no regular file", path);
    /* Without a slash dlopen() would search the system's folders. */
    char *exact = mem_printf("%s%s", strchr(path, '/') == NULL ? "./" : "", path);
    void *handle = dlopen(exact, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    mem_free(exact);
    if (handle == NULL)
        return error_set(err, GM_E_PLUGIN, "plugin '%s': cannot be loaded: %s", path,
                         dlerror()); /* NOLINT(concurrency-mt-unsafe): one thread */
    void *symbol = dlsym(handle, GM_ENTRY_SYMBOL);
    if (symbol == NULL)
        return error_set(err, GM_E_PLUGIN,
                         "plugin '%s': exports no function %s; it is no goalmill plugin, or one "
                         "for another ABI",
                         path, GM_ENTRY_SYMBOL);
    gm_entry_fn entry = NULL;
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no cast from data to function pointer */
    service host;
    service_init(&host, path, LIMIT_STATE_BYTES);
    const gm_plugin *plugin = entry(&host.host);
    if (plugin == NULL) {
        const char *why = service_error_text(&host);
        return error_set(err, GM_E_PLUGIN, "plugin '%s': refused to load: %s", path,
                         why[0] == '\0' ? "it gave no reason" : why);
    }
    gm_status st = check_plugin(path, plugin, err);
    if (st == GM_OK)
        *out = plugin;
    return st;
}

gm_status loader_describe(plugin_info *out, const char *path, arena *run_arena, gm_error *err)
{
    memset(out, 0, sizeof *out);
    bytes file;
    bytes_init(&file, LIMIT_PLUGIN_BYTES);
    const gm_plugin *plugin = NULL;
    gm_status st = file_read(&file, path, err);
    if (st == GM_OK) {
        hash_hex(hash_128(file.data, file.len), out->hash);
        st = loader_open(&plugin, path, err);
    }
    bytes_deinit(&file);
    if (st != GM_OK)
        return st;
    GM_ASSERT(plugin != NULL);
    const gm_descriptor **descriptors =
        arena_push(run_arena, plugin->n_metrics * sizeof *descriptors);
    for (uint32_t i = 0; i < plugin->n_metrics; i++)
        descriptors[i] = plugin->metrics[i]->desc;
    out->path = arena_strdup(run_arena, path);
    out->abi_minor = plugin->abi_minor;
    out->build_info = "";
    if (GM_HAS(plugin, build_info) && plugin->build_info != NULL)
        out->build_info = plugin->build_info;
    out->descriptors = descriptors;
    out->n_descriptors = plugin->n_metrics;
    return GM_OK;
}

const char *loader_find(const char *name, const char *const *folders, uint32_t n_folders,
                        arena *run_arena)
{
    for (uint32_t i = 0; i < n_folders; i++) {
        char *path = arena_printf(run_arena, "%s/%s.so", folders[i], name);
        if (file_exists(path))
            return path;
    }
    return NULL;
}

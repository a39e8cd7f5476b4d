/* SPDX-License-Identifier: Apache-2.0
 * run_setup.c - see run_setup.h. The only place below main() that reads the clock and the
 * environment. */
#include "cli/run_setup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/message.h"
#include "config/config_keys.h"

void run_setup_init(run_setup *s)
{
    memset(s, 0, sizeof *s);
    arena_init(&s->memory, 0);
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    s->now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void run_setup_deinit(run_setup *s)
{
    plan_free(s->plan);
    arena_deinit(&s->memory);
}

void run_setup_flag(run_setup *s, const char *key, const char *text, const char *flag)
{
    if (text == NULL)
        return;
    GM_ASSERT(s->n_overrides < RUN_SETUP_OVERRIDES_MAX);
    s->overrides[s->n_overrides++] = (config_override){.key = key, .value = text, .origin = flag};
}

/* GOALMILL_WORKERS and its like: one for each key of [run]. */
static void add_variables(run_setup *s)
{
    for (size_t i = 0; i < config_keys_n; i++) {
        if (strcmp(config_keys[i].section, "run") != 0)
            continue;
        char *name = arena_printf(&s->memory, "GOALMILL_%s", config_keys[i].name);
        for (char *p = name; *p != '\0'; p++)
            *p = (char)toupper((unsigned char)*p);
        const char *text = getenv(name); /* NOLINT(concurrency-mt-unsafe): one thread */
        if (text != NULL)
            run_setup_flag(s, config_keys[i].name, text, name);
    }
}

/* The folder of the program, to which plugins and rules lie at fixed places. */
static char *program_folder(run_setup *s)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return arena_strdup(&s->memory, ".");
    path[n] = '\0';
    char *folder = file_dirname(path);
    char *copy = arena_strdup(&s->memory, folder);
    mem_free(folder);
    return copy;
}

static void find_shipped(run_setup *s, plan_options *options, const char **folders)
{
    const char *bin = program_folder(s);
    const char *plugins = arena_printf(&s->memory, "%s/plugins", bin);
    const char *rules = arena_printf(&s->memory, "%s/scripts/rules", bin);
    /* In a build tree both stand beside the program, installed they do not. */
    if (!file_exists(rules)) {
        plugins = arena_printf(&s->memory, "%s/%s", bin, GOALMILL_PLUGINS_FROM_BIN);
        rules = arena_printf(&s->memory, "%s/%s/rules", bin, GOALMILL_SCRIPTS_FROM_BIN);
    }
    folders[0] = plugins;
    options->rules_dir = rules;
    options->plugin_dirs = folders;
    options->n_plugin_dirs = 1;
}

bool run_setup_plan(run_setup *s, const char *config_path, const char *date)
{
    add_variables(s);
    plan_options options = {.config_path = config_path,
                            .overrides = s->overrides,
                            .n_overrides = s->n_overrides,
                            .now_us = s->now_us,
                            .date = date};
    const char *folders[1];
    find_shipped(s, &options, folders);
    error_list errors = {0};
    gm_status st = plan_make(&s->plan, &options, &errors);
    for (size_t i = 0; i < errors.n; i++)
        message_gm_error(&errors.items[i]);
    if (st != GM_OK)
        message_error("%zu error%s; nothing was read", errors.n + errors.n_dropped,
                      errors.n + errors.n_dropped == 1 ? "" : "s");
    error_list_deinit(&errors);
    return st == GM_OK;
}

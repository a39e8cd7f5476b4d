/* SPDX-License-Identifier: Apache-2.0
 * loader_plugin.c - a plugin for test_loader.c, built as three files: one that shows what the
 * variable GOALMILL_TEST_VARIANT asks for, each time that it is entered; one without the entry
 * (NO_ENTRY); one that needs a function which nobody has (UNRESOLVED). */
#include <stdlib.h>
#include <string.h>

#include <goalmill/plugin.h>

#ifdef UNRESOLVED
void a_function_that_nobody_has(void);
#endif

struct gm_inst {
    const gm_host *host;
};

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    (void)config;
    *out = host->alloc(host, sizeof **out);
    return *out == NULL ? GM_E_NOMEM : GM_OK;
}

static void destroy(gm_inst *inst)
{
    (void)inst;
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    (void)inst, (void)out;
    return GM_E_UNSUPPORTED;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    (void)inst, (void)state;
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n, const uint32_t *groups,
                        const gm_batch *batch)
{
    (void)inst, (void)states, (void)n, (void)groups, (void)batch;
    return GM_OK;
}

static gm_status merge(gm_inst *inst, gm_state *to, const gm_state *from)
{
    (void)inst, (void)to, (void)from;
    return GM_OK;
}

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    (void)inst, (void)state, (void)format, (void)writer;
    return GM_OK;
}

static gm_status deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                             gm_state **out)
{
    (void)inst, (void)format, (void)p, (void)n, (void)out;
    return GM_E_STATE;
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    (void)inst, (void)state, (void)config, (void)emitter;
    return GM_OK;
}

static const void *no_extension(const char *id)
{
    (void)id;
    return NULL;
}

static const void *keyed(const char *id)
{
    return strcmp(id, "gm.keyed/1") == 0 ? "yes" : NULL;
}

static const void *derived(const char *id)
{
    return strcmp(id, "gm.derive/1") == 0 ? "yes" : NULL;
}

static const gm_output output = {.struct_size = sizeof output,
                                 .type = GM_T_I64,
                                 .kind = GM_K_COUNT,
                                 .name = "n",
                                 .unit = "events",
                                 .doc = "Events."};
static const gm_output *const outputs[] = {&output};

static gm_descriptor descriptor = {.struct_size = sizeof descriptor,
                                   .id = "acme.one",
                                   .version = "1.0.0",
                                   .vendor = "Acme",
                                   .name = "One",
                                   .description = "For a test.",
                                   .license = "Apache-2.0",
                                   .state_format = 1,
                                   .state_format_min = 1,
                                   .n_outputs = 1,
                                   .outputs = outputs};

enum { METRICS = 257 };
static gm_metric metric;
static const gm_metric *metrics[METRICS];
static gm_plugin plugin;

static void make_sound(void)
{
    metric = (gm_metric){.struct_size = sizeof metric,
                         .desc = &descriptor,
                         .create = create,
                         .destroy = destroy,
                         .state_new = state_new,
                         .state_free = state_free,
                         .update = update,
                         .merge = merge,
                         .serialize = serialize,
                         .deserialize = deserialize,
                         .finalize = finalize};
    for (int i = 0; i < METRICS; i++)
        metrics[i] = &metric;
    plugin = (gm_plugin){.struct_size = sizeof plugin,
                         .abi_major = GM_ABI_MAJOR,
                         .abi_minor = GM_ABI_MINOR,
                         .n_metrics = 1,
                         .metrics = metrics,
                         .build_info = "built for a test"};
    descriptor.version = "1.0.0";
}

static void remove_function(char which)
{
    switch (which) {
    case '0':
        metric.create = NULL;
        break;
    case '1':
        metric.destroy = NULL;
        break;
    case '2':
        metric.state_new = NULL;
        break;
    case '3':
        metric.state_free = NULL;
        break;
    case '4':
        metric.update = NULL;
        break;
    case '5':
        metric.merge = NULL;
        break;
    case '6':
        metric.serialize = NULL;
        break;
    case '7':
        metric.deserialize = NULL;
        break;
    default:
        metric.finalize = NULL;
        break;
    }
}

static void make(const char *variant)
{
    make_sound();
    if (strcmp(variant, "old_plugin") == 0)
        plugin.struct_size = offsetof(gm_plugin, metrics);
    else if (strcmp(variant, "no_build_info") == 0)
        plugin.struct_size = offsetof(gm_plugin, build_info);
    else if (strcmp(variant, "null_build_info") == 0)
        plugin.build_info = NULL;
    else if (strcmp(variant, "newer_major") == 0)
        plugin.abi_major = 2;
    else if (strcmp(variant, "newer_minor") == 0)
        plugin.abi_minor = 9;
    else if (strcmp(variant, "no_metrics") == 0)
        plugin.n_metrics = 0;
    else if (strcmp(variant, "most_metrics") == 0)
        plugin.n_metrics = METRICS - 1;
    else if (strcmp(variant, "many_metrics") == 0)
        plugin.n_metrics = METRICS;
    else if (strcmp(variant, "null_metrics") == 0)
        plugin.metrics = NULL;
    else if (strcmp(variant, "null_metric") == 0)
        metrics[0] = NULL;
    else if (strcmp(variant, "old_metric") == 0)
        metric.struct_size = offsetof(gm_metric, finalize);
    else if (strcmp(variant, "no_descriptor") == 0)
        metric.desc = NULL;
    else if (strcmp(variant, "wrong_descriptor") == 0)
        descriptor.version = "one";
    else if (strncmp(variant, "lacks_", 6) == 0)
        remove_function(variant[6]);
    else if (strcmp(variant, "no_extension") == 0)
        metric.get_extension = no_extension;
    else if (strcmp(variant, "keyed") == 0)
        metric.get_extension = keyed;
    else if (strcmp(variant, "derived") == 0)
        metric.get_extension = derived;
    else if (strcmp(variant, "keyed_unseen") == 0) {
        metric.get_extension = keyed; /* but the struct is said to end before it */
        metric.struct_size = offsetof(gm_metric, get_extension);
    }
}

#ifdef NO_ENTRY
#define gm_entry_v1 gm_entry_v0
GM_EXPORT const gm_plugin *gm_entry_v0(const gm_host *host);
#endif

const gm_plugin *gm_entry_v1(const gm_host *host)
{
    const char *variant = getenv("GOALMILL_TEST_VARIANT");
#ifdef UNRESOLVED
    a_function_that_nobody_has();
#endif
    if (variant != NULL && strcmp(variant, "refuses") == 0) {
        (void)host->error(host, GM_E_UNSUPPORTED, "needs a Tuesday,\nnot %s", "today");
        return NULL;
    }
    if (variant != NULL && strcmp(variant, "refuses_silently") == 0)
        return NULL;
    make(variant == NULL ? "" : variant);
    return &plugin;
}

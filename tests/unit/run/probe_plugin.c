/* SPDX-License-Identifier: Apache-2.0
 * probe_plugin.c - a plugin for the tests of core/run. It counts events, and fails where its
 * parameter says. A copy of the file under another name fails while it is loaded: crash.so,
 * exit.so, hang.so, refuse.so. It holds two metrics, neither named as the file. */
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <goalmill/blocks.h>
#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/setup.h>

#define NO_VALUE                                                                                   \
    {                                                                                              \
        .is_null = 1,                                                                              \
    }
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

enum { PARAM_FAIL, PARAM_COND, PARAM_LEVEL };
enum {
    FAIL_NEVER,
    FAIL_CREATE,
    FAIL_STATE_NEW,
    FAIL_UPDATE,
    FAIL_MERGE,
    FAIL_SERIALIZE,
    FAIL_DESERIALIZE,
    FAIL_FINALIZE,
    FAIL_REFUSE
};

static const char *const places[] = {"never",     "create",      "state_new", "update", "merge",
                                     "serialize", "deserialize", "finalize",  "refuse", NULL};

static const gm_param param_fail = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_ENUM,
    .name = "fail",
    .doc = "The function that fails.",
    .unit = "",
    .def = {.type = GM_T_ENUM},
    .min = NO_VALUE,
    .max = NO_VALUE,
    .enum_values = places,
};

static const gm_param param_cond = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_EXPR,
    .item_type = GM_T_BOOL,
    .name = "cond",
    .doc = "Events that are held.",
    .unit = "",
    .def = NO_VALUE,
    .min = NO_VALUE,
    .max = NO_VALUE,
};

static const gm_param param_level = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_F64,
    .flags = GM_P_FINALIZE_ONLY,
    .name = "level",
    .doc = "Does nothing.",
    .unit = "1",
    .def = {.type = GM_T_F64, .u = {.f = 0.5}},
    .min = {.type = GM_T_F64, .u = {.f = 0}},
    .max = {.type = GM_T_F64, .u = {.f = 1}},
};

static const gm_param *const params[] = {&param_fail, &param_cond, &param_level};

static const gm_field field_actor = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_STR,
    .flags = GM_F_OPTIONAL,
    .name = "actor",
    .doc = "May be missing everywhere.",
};

static const gm_field *const fields[] = {&field_actor};

static const gm_output output_seen = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_I64,
    .kind = GM_K_COUNT,
    .direction = GM_D_LOWER_BETTER,
    .name = "seen",
    .unit = "events",
    .doc = "Events.",
};

static const gm_output output_share = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_RATIO,
    .direction = GM_D_NEUTRAL,
    .name = "share",
    .unit = "1",
    .doc = "Events that are held, by all.",
};

static const gm_output output_side = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_I64,
    .kind = GM_K_COUNT,
    .direction = GM_D_NEUTRAL,
    .flags = GM_O_FAMILY,
    .name = "side",
    .unit = "",
    .doc = "Events that are held and those that are not.",
    .label = "held",
    .label2 = "kind",
};

static const gm_output *const outputs[] = {&output_seen, &output_share, &output_side};

static const gm_descriptor probe = {
    .struct_size = sizeof(gm_descriptor),
    .algebra = GM_A_EXACT,
    .id = "test.probe",
    .version = "1.2.3",
    .vendor = "goalmill",
    .name = "Probe",
    .description = "Counts, or fails.",
    .license = "Apache-2.0",
    .url = "",
    .state_format = 2,
    .state_format_min = 1,
    .n_params = COUNT(params),
    .n_fields = COUNT(fields),
    .n_outputs = COUNT(outputs),
    .params = params,
    .fields = fields,
    .outputs = outputs,
};

struct gm_inst {
    const gm_host *host;
    int64_t fail;
    uint32_t cond; /* UINT32_MAX: none */
};

struct gm_state {
    uint64_t seen, held;
};

/* Does this function fail? Then the error is told. */
static gm_status told(const gm_inst *inst, int64_t place)
{
    if (inst->fail != place)
        return GM_OK;
    return inst->host->error(inst->host, GM_E_LIMIT, "told to fail");
}

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    inst->fail = config->n_values == COUNT(params) ? config->values[PARAM_FAIL].u.i : FAIL_NEVER;
    inst->cond = gm_bind_of_param(config, PARAM_COND);
    gm_status status = told(inst, FAIL_CREATE);
    if (inst->fail == FAIL_REFUSE)
        status = host->error(host, GM_E_CONFIG, "not with these parameters");
    if (status != GM_OK) {
        host->free(host, inst);
        return status;
    }
    *out = inst;
    return GM_OK;
}

static void destroy(gm_inst *inst)
{
    inst->host->free(inst->host, inst);
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_status status = told(inst, FAIL_STATE_NEW);
    if (status != GM_OK)
        return status;
    *out = gm_zalloc(inst->host, sizeof **out);
    return *out == NULL ? GM_E_NOMEM : GM_OK;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    inst->host->free(inst->host, state);
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *batch)
{
    uint32_t n = batch->sel == NULL ? batch->n_rows : batch->n_sel;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t row = batch->sel == NULL ? k : batch->sel[k];
        uint32_t at = group_of_row == NULL ? 0 : group_of_row[k];
        if (at >= n_states || states[at] == NULL)
            return inst->host->error(inst->host, GM_E_INTERNAL, "a row without a state");
        states[at]->seen++;
        if (inst->cond != UINT32_MAX) {
            uint8_t held = 0;
            gm_gather_is(batch->cols[inst->cond], &row, 1, &held);
            states[at]->held += held;
        }
    }
    return told(inst, FAIL_UPDATE);
}

static gm_status merge(gm_inst *inst, gm_state *dst, const gm_state *src)
{
    dst->seen += src->seen;
    dst->held += src->held;
    return told(inst, FAIL_MERGE);
}

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    (void)format;
    gm_status status = writer->write(writer, state, sizeof *state);
    return status == GM_OK ? told(inst, FAIL_SERIALIZE) : status;
}

static gm_status deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                             gm_state **out)
{
    (void)format;
    gm_status status = told(inst, FAIL_DESERIALIZE);
    if (status == GM_OK && n != sizeof **out)
        status = inst->host->error(inst->host, GM_E_STATE, "the state is damaged");
    if (status == GM_OK)
        status = state_new(inst, out);
    if (status == GM_OK)
        memcpy(*out, p, n);
    return status;
}

static gm_status emit_count(gm_emitter *emitter, uint32_t output, uint64_t n, const char *label,
                            const char *label2)
{
    gm_emit e = gm_emit_init(output);
    e.value.type = GM_T_I64;
    e.value.u.i = (int64_t)n;
    e.n = n;
    e.label = (gm_str){.ptr = label, .len = (uint32_t)strlen(label)};
    e.label2 = (gm_str){.ptr = label2, .len = (uint32_t)strlen(label2)};
    return emitter->emit(emitter, &e);
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    (void)config;
    gm_status status = told(inst, FAIL_FINALIZE);
    if (status == GM_OK)
        status = emit_count(emitter, 0, state->seen, "", "");
    gm_emit e = gm_emit_init(1);
    e.n = state->seen;
    if (state->seen == 0)
        gm_emit_no_data(&e, GM_T_F64);
    else
        gm_emit_f64(&e, (double)state->held / (double)state->seen);
    if (status == GM_OK)
        status = emitter->emit(emitter, &e);
    if (status == GM_OK)
        status = emit_count(emitter, 2, state->held, "yes", "a");
    if (status == GM_OK)
        status = emit_count(emitter, 2, state->seen - state->held, "no", "b");
    return status;
}

static const gm_metric metric_probe = {
    .struct_size = sizeof(gm_metric),
    .desc = &probe,
    .create = create,
    .destroy = destroy,
    .state_new = state_new,
    .state_free = state_free,
    .update = update,
    .merge = merge,
    .serialize = serialize,
    .deserialize = deserialize,
    .finalize = finalize,
};

/* ---- the second one: what a configuration may get wrong -------------------------------------- */

static const gm_param param_from = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_STR,
    .name = "from",
    .doc = "Names the field.",
    .unit = "",
    .def = NO_VALUE,
    .min = NO_VALUE,
    .max = NO_VALUE,
};

static const gm_param *const second_params[] = {&param_from};

static const gm_field field_from = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_F64,
    .name_param = "from",
    .doc = "There is no default.",
};

static const gm_field field_user = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_STR,
    .name = "user",
    .doc = "Must be there.",
};

static const gm_field field_hits = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_I64,
    .flags = GM_F_OPTIONAL,
    .name = "hits",
    .doc = "A whole number.",
};

static const gm_field field_flag = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_BOOL,
    .flags = GM_F_OPTIONAL,
    .name = "flag",
    .doc = "Is it there?",
};

static const gm_field field_time = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_TIME,
    .name = "time",
    .doc = "Always there.",
};

static const gm_field *const second_fields[] = {&field_from, &field_user, &field_hits, &field_flag,
                                                &field_time};

static const gm_output output_wait = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_GAUGE,
    .direction = GM_D_LOWER_BETTER,
    .name = "wait",
    .unit = "s",
    .doc = "Nothing.",
};

static const gm_output *const second_outputs[] = {&output_wait};

static const gm_descriptor second = {
    .struct_size = sizeof(gm_descriptor),
    .id = "test.second",
    .version = "0.1.0",
    .vendor = "goalmill",
    .name = "Second",
    .description = "Needs two fields.",
    .license = "Apache-2.0",
    .url = "",
    .state_format = 1,
    .state_format_min = 1,
    .n_params = COUNT(second_params),
    .n_fields = COUNT(second_fields),
    .n_outputs = COUNT(second_outputs),
    .params = second_params,
    .fields = second_fields,
    .outputs = second_outputs,
};

static const gm_metric metric_second = {
    .struct_size = sizeof(gm_metric),
    .desc = &second,
    .create = create,
    .destroy = destroy,
    .state_new = state_new,
    .state_free = state_free,
    .update = update,
    .merge = merge,
    .serialize = serialize,
    .deserialize = deserialize,
    .finalize = finalize,
};

/* ---- entry ----------------------------------------------------------------------------------- */

static const gm_metric *const metrics[] = {&metric_probe, &metric_second};

static const gm_plugin plugin = {
    .struct_size = sizeof(gm_plugin),
    .abi_major = GM_ABI_MAJOR,
    .abi_minor = GM_ABI_MINOR,
    .n_metrics = COUNT(metrics),
    .metrics = metrics,
    .build_info = "test",
};

static int is_called(const char *name)
{
    Dl_info info;
    if (dladdr((const void *)&plugin, &info) == 0)
        return 0;
    const char *slash = strrchr(info.dli_fname, '/');
    return strcmp(slash == NULL ? info.dli_fname : slash + 1, name) == 0;
}

const gm_plugin *gm_entry_v1(const gm_host *host)
{
    if (is_called("crash.so")) {
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer may have taken it */
        (void)raise(SIGSEGV);
    }
    if (is_called("exit.so"))
        _exit(3);
    while (is_called("hang.so"))
        (void)pause();
    if (is_called("refuse.so")) {
        (void)host->error(host, GM_E_UNSUPPORTED, "not on this machine");
        return NULL;
    }
    return &plugin;
}

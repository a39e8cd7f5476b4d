/* SPDX-License-Identifier: Apache-2.0
 * bad_plugin.c - a plugin that counts events and misbehaves on demand.
 *
 * At run time its parameters say what goes wrong: `at` is a function (create, state_new, update, merge,
 * serialize, deserialize, finalize), `how` what it does there. Without them it counts, and is no other
 * than the count that ships. What goes wrong while it is loaded is compiled in: -DFAULT_NAME, one of the
 * names below, as in cc -DFAULT_CRASH_IN_ENTRY. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/setup.h>

enum { PARAM_AT, PARAM_HOW };

struct gm_inst {
    const gm_host *host;
    char at[16], how[16];
};

struct gm_state {
    uint64_t n;
};

/* Not by NULL: page 0 is there in some places. */
static void crash(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 1;
}

static volatile uint64_t turns; /* so that no compiler takes the endless loop away */

/* What the parameters ask for in this function; GM_OK when nothing, or nothing more. */
static gm_status misbehave(const gm_inst *inst, const char *function)
{
    const gm_host *host = inst->host;
    if (strcmp(inst->at, function) != 0)
        return GM_OK;
    if (strcmp(inst->how, "segv") == 0)
        crash();
    if (strcmp(inst->how, "abort") == 0)
        abort();
    if (strcmp(inst->how, "exit") == 0)
        exit(0);
    if (strcmp(inst->how, "sigkill") == 0)
        (void)raise(SIGKILL);
    while (strcmp(inst->how, "loop") == 0)
        turns++;
    if (strcmp(inst->how, "error") == 0)
        return host->error(host, GM_E_INPUT, "the moon is in the wrong\nquarter \x1b[31m");
    if (strcmp(inst->how, "silent") == 0)
        return GM_E_INTERNAL;
    if (strcmp(inst->how, "unknown") == 0)
        return -12345;
    if (strcmp(inst->how, "config") == 0)
        return host->error(host, GM_E_CONFIG, "at = %s makes no sense", inst->at);
    if (strcmp(inst->how, "large") == 0)
        return gm_zalloc(host, (size_t)64 << 20) == NULL ? GM_E_NOMEM : GM_OK;
    if (strcmp(inst->how, "greedy") == 0)
        while (host->alloc(host, 4096) != NULL)
            continue;
    if (strcmp(inst->how, "greedy") == 0)
        return GM_E_NOMEM;
    if (strcmp(inst->how, "wild") == 0) /* jumps to where no code is */
        ((void (*)(void))(uintptr_t)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))();
    if (strcmp(inst->how, "chdir") == 0 && chdir("/") != 0)
        return GM_E_INTERNAL;
    if (strcmp(inst->how, "print") == 0) {
        (void)puts("{\"printed\":\"by a plugin\"}");
        (void)fflush(stdout);
    }
    return GM_OK;
}

static int is(const gm_inst *inst, const char *function, const char *how)
{
    return strcmp(inst->at, function) == 0 && strcmp(inst->how, how) == 0;
}

static void take_param(char out[16], const gm_value *v)
{
    size_t n = v->is_null || v->u.s.len > 15 ? 0 : v->u.s.len;
    memcpy(out, v->u.s.ptr, n);
    out[n] = '\0';
}

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    take_param(inst->at, &config->values[PARAM_AT]);
    take_param(inst->how, &config->values[PARAM_HOW]);
    gm_status status = misbehave(inst, "create");
    *out = is(inst, "create", "null") ? NULL : inst;
    return status;
}

static void destroy(gm_inst *inst)
{
    inst->host->free(inst->host, inst);
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_status status = misbehave(inst, "state_new");
    *out = is(inst, "state_new", "null") ? NULL : gm_zalloc(inst->host, sizeof **out);
    return status;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    (void)misbehave(inst, "state_free");
    inst->host->free(inst->host, state);
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *batch)
{
    uint32_t n = gm_selected(batch);
    (void)n_states;
    for (uint32_t k = 0; k < n; k++)
        states[group_of_row == NULL ? 0 : group_of_row[k]]->n++;
    return misbehave(inst, "update");
}

static gm_status merge(gm_inst *inst, gm_state *dst, const gm_state *src)
{
    dst->n += src->n;
    return misbehave(inst, "merge");
}

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    (void)format;
    gm_status status = misbehave(inst, "serialize");
    return status != GM_OK ? status : gm_put_u64(writer, state->n);
}

static gm_status deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                             gm_state **out)
{
    gm_reader r = {.p = p, .left = n};
    (void)format;
    gm_status status = misbehave(inst, "deserialize");
    if (status != GM_OK)
        return status;
    status = state_new(inst, out);
    if (status == GM_OK)
        (*out)->n = gm_get_u64(&r);
    if (is(inst, "deserialize", "null"))
        *out = NULL;
    return status;
}

/* Values that no host may take. */
static void spoil(const gm_inst *inst, gm_emit *e)
{
    if (is(inst, "finalize", "nan") || is(inst, "finalize", "infinity")) {
        e->output = 1;
        e->value.type = GM_T_F64;
        e->value.u.f = is(inst, "finalize", "nan") ? (double)NAN : HUGE_VAL;
    }
    if (is(inst, "finalize", "undeclared"))
        e->output = 7;
    if (is(inst, "finalize", "type"))
        e->value.type = GM_T_STR;
    if (is(inst, "finalize", "null_ok"))
        e->value.is_null = 1;
    if (is(inst, "finalize", "status"))
        e->status = 99;
    if (is(inst, "finalize", "label"))
        e->label = (gm_str){.ptr = "x", .len = 1};
    if (is(inst, "finalize", "bucket"))
        e->bucket = 0;
    if (is(inst, "finalize", "short"))
        e->struct_size = 8;
    if (is(inst, "finalize", "interval")) {
        e->lower = 2;
        e->upper = 1;
        e->level = 0.95;
    }
    if (is(inst, "finalize", "endless")) {
        e->lower = 0;
        e->upper = HUGE_VAL;
        e->level = 0.95;
    }
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    gm_emit e = gm_emit_init(0);
    (void)config;
    gm_status status = misbehave(inst, "finalize");
    if (status != GM_OK || is(inst, "finalize", "nothing"))
        return status;
    e.value.type = GM_T_I64;
    e.value.u.i = (int64_t)state->n;
    e.n = state->n;
    spoil(inst, &e);
    (void)emitter->emit(emitter, &e); /* deaf to errors: the host must not rely on it */
    if (is(inst, "finalize", "twice"))
        return emitter->emit(emitter, &e);
    return GM_OK;
}

static const gm_param param_at = {.struct_size = sizeof(gm_param), .type = GM_T_STR, .name = "at",
                                  .doc = "Where it misbehaves.", .unit = "",
                                  .def = {.type = GM_T_STR, .is_null = 1},
                                  .min = {.is_null = 1}, .max = {.is_null = 1}};
static const gm_param param_how = {.struct_size = sizeof(gm_param), .type = GM_T_STR, .name = "how",
                                   .doc = "How it misbehaves.", .unit = "",
                                   .def = {.type = GM_T_STR, .is_null = 1},
                                   .min = {.is_null = 1}, .max = {.is_null = 1}};
static const gm_param *const params[] = {[PARAM_AT] = &param_at, [PARAM_HOW] = &param_how};

static const gm_output output_count = {.struct_size = sizeof(gm_output), .type = GM_T_I64,
                                       .kind = GM_K_COUNT, .direction = GM_D_HIGHER_BETTER,
                                       .name = "count", .unit = "events", .doc = "Events."};
static const gm_output output_share = {.struct_size = sizeof(gm_output), .type = GM_T_F64,
                                       .kind = GM_K_GAUGE, .direction = GM_D_NEUTRAL,
                                       .name = "share", .unit = "1", .doc = "Never given."};
#ifdef FAULT_TWO_OUTPUTS_OF_ONE_NAME
static const gm_output *const outputs[] = {&output_count, &output_count};
#else
static const gm_output *const outputs[] = {&output_count, &output_share};
#endif

static const gm_descriptor descriptor = {
#ifdef FAULT_SHORT_DESCRIPTOR
    .struct_size = 40,
#else
    .struct_size = sizeof(gm_descriptor),
#endif
#ifdef FAULT_NEWER_HOST
    .abi_minor_min = 99,
#endif
#ifdef FAULT_ORDER_SENSITIVE
    .algebra = GM_A_ORDER_SENSITIVE,
#elif defined FAULT_UNKNOWN_LAW
    .algebra = UINT64_C(1) << 60,
#endif
#ifdef FAULT_BAD_ID
    .id = "Bad Id",
#else
    .id = "test.bad",
#endif
#ifdef FAULT_BAD_VERSION
    .version = "one",
#else
    .version = "1.2.3",
#endif
    .vendor = "test", .name = "Bad", .description = "Misbehaves.", .license = "Apache-2.0", .url = "",
    .state_format = 1, .state_format_min = 1,
    .n_params = 2, .params = params,
#ifdef FAULT_NO_OUTPUTS
    .n_outputs = 0,
#else
    .n_outputs = 2,
#endif
    .outputs = outputs,
};

static const gm_metric metric = {
#ifdef FAULT_SHORT_METRIC
    .struct_size = 24,
#else
    .struct_size = sizeof(gm_metric),
#endif
    .desc = &descriptor, .create = create, .destroy = destroy, .state_new = state_new,
    .state_free = state_free,
#ifndef FAULT_NO_UPDATE
    .update = update,
#endif
    .merge = merge, .serialize = serialize, .deserialize = deserialize, .finalize = finalize,
};

static const gm_metric *const metrics[] = {&metric};

static const gm_plugin plugin = {
#ifdef FAULT_SHORT_PLUGIN
    .struct_size = 8,
#else
    .struct_size = sizeof(gm_plugin),
#endif
#ifdef FAULT_OTHER_MAJOR
    .abi_major = GM_ABI_MAJOR + 1,
#else
    .abi_major = GM_ABI_MAJOR,
#endif
    .abi_minor = GM_ABI_MINOR,
#ifdef FAULT_NO_METRICS
    .n_metrics = 0,
#else
    .n_metrics = 1,
#endif
    .metrics = metrics, .build_info = "test",
};

#ifdef FAULT_CRASH_IN_CONSTRUCTOR
__attribute__((constructor)) static void constructor(void)
{
    crash();
}
#endif

#ifdef FAULT_UNDEFINED_SYMBOL
void goalmill_has_no_such_function(void);
#endif

#ifdef FAULT_NO_ENTRY
GM_EXPORT const gm_plugin *gm_entry_v0(const gm_host *host);
#define gm_entry_v1 gm_entry_v0
#endif

const gm_plugin *gm_entry_v1(const gm_host *host)
{
    (void)host;
#if defined FAULT_CRASH_IN_ENTRY
    crash();
#elif defined FAULT_EXIT_IN_ENTRY
    exit(0);
#elif defined FAULT_LOOP_IN_ENTRY
    for (;;)
        turns++;
#elif defined FAULT_REFUSES
    (void)host->error(host, GM_E_UNSUPPORTED, "no licence for this machine");
    return NULL;
#elif defined FAULT_REFUSES_SILENTLY
    return NULL;
#elif defined FAULT_UNDEFINED_SYMBOL
    goalmill_has_no_such_function();
#endif
    return &plugin;
}

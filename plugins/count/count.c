/* SPDX-License-Identifier: Apache-2.0
 * count.c - metric count: how many events there are, with the exact interval of a Poisson count
 * (Garwood 1936). A state is that number. */
#include <math.h>

#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/services.h>
#include <goalmill/setup.h>

#include "../common/params.h"

enum { PARAM_LEVEL };

static const gm_param *const params[] = {[PARAM_LEVEL] = &common_level};

static const gm_output output_count = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_I64,
    .kind = GM_K_COUNT,
    .direction = GM_D_HIGHER_BETTER,
    .name = "count",
    .unit = "events",
    .doc = "Number of events. The interval is for the rate behind it, events coming independently "
           "of each other.",
};

static const gm_output *const outputs[] = {&output_count};

static const gm_descriptor descriptor = {
    .struct_size = sizeof(gm_descriptor),
    .algebra = GM_A_EXACT | GM_A_CANONICAL | GM_A_CONCURRENT,
    .id = "count",
    .version = GOALMILL_VERSION,
    .vendor = "goalmill",
    .name = "Count",
    .description = "Counts events.",
    .license = "Apache-2.0",
    .url = "",
    .state_format = 1,
    .state_format_min = 1,
    .max_state_bytes = 8,
    .n_params = COMMON_COUNT(params),
    .n_outputs = COMMON_COUNT(outputs),
    .params = params,
    .outputs = outputs,
};

struct gm_inst {
    const gm_host *host;
    const gm_ext_stats *stats;
};

struct gm_state {
    uint64_t n;
};

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    (void)config; /* level comes again with finalize */
    const gm_ext_stats *stats = gm_service(host, GM_STATS_ID);
    if (stats == NULL)
        return GM_E_UNSUPPORTED;
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    inst->stats = stats;
    *out = inst;
    return GM_OK;
}

static void destroy(gm_inst *inst)
{
    if (inst != NULL)
        inst->host->free(inst->host, inst);
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_state *state = gm_zalloc(inst->host, sizeof *state);
    if (state == NULL)
        return GM_E_NOMEM;
    *out = state;
    return GM_OK;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    if (state != NULL)
        inst->host->free(inst->host, state);
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *batch)
{
    uint32_t n = gm_selected(batch);
    (void)inst;
    (void)n_states;
    if (group_of_row != NULL) {
        for (uint32_t k = 0; k < n; k++)
            states[group_of_row[k]]->n++;
    } else if (n > 0) {
        states[0]->n += n;
    }
    return GM_OK;
}

static gm_status merge(gm_inst *inst, gm_state *dst, const gm_state *src)
{
    if (src->n > COMMON_ROWS_MAX - dst->n)
        return inst->host->error(inst->host, GM_E_LIMIT, "more events than can be counted");
    dst->n += src->n;
    return GM_OK;
}

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    return status != GM_OK ? status : gm_put_u64(writer, state->n);
}

static gm_status deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                             gm_state **out)
{
    gm_reader r = {.p = p, .left = n};
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    if (status != GM_OK)
        return status;
    uint64_t count = gm_get_u64(&r);
    status = gm_get_end(&r, inst->host, count <= COMMON_ROWS_MAX);
    if (status == GM_OK)
        status = state_new(inst, out);
    if (status == GM_OK)
        (*out)->n = count;
    return status;
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    gm_emit e = gm_emit_init(0);
    double level = config->values[PARAM_LEVEL].u.f;
    double lower, upper;
    e.value.type = GM_T_I64;
    e.value.u.i = (int64_t)state->n;
    e.n = state->n;
    if (state->n < COMMON_LOW_N)
        e.flags |= GM_EF_LOW_N;
    inst->stats->poisson((double)state->n, level, &lower, &upper);
    gm_emit_interval(&e, GM_U_POISSON, level, lower, upper, sqrt((double)state->n));
    return emitter->emit(emitter, &e);
}

static const gm_metric metric = {
    .struct_size = sizeof(gm_metric),
    .desc = &descriptor,
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

GM_PLUGIN_ENTRY(metric)

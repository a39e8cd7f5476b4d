/* SPDX-License-Identifier: Apache-2.0
 * sum.c - metric sum: total, mean, smallest and largest of a numeric field.
 *
 * A state holds the number of events, the exact sum, the extremes, and the sums by independent unit
 * (y: the field, x: events), from which come the intervals of total and mean. A number that is not
 * finite turns all outputs into errors. */
#include <math.h>
#include <string.h>

#include <goalmill/blocks.h>
#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/services.h>
#include <goalmill/setup.h>

#include "../common/params.h"

enum { PARAM_FIELD, PARAM_UNIT, PARAM_LEVEL };
enum { FIELD_NUMBER, FIELD_UNIT };
enum { OUTPUT_SUM, OUTPUT_MEAN, OUTPUT_MIN, OUTPUT_MAX };

static const gm_param param_field = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_STR,
    .flags = GM_P_REQUIRED,
    .name = "field",
    .doc = "The numeric field to sum.",
    .unit = "",
    .def = COMMON_NULL,
    .min = COMMON_NULL,
    .max = COMMON_NULL,
};

static const gm_param *const params[] = {
    [PARAM_FIELD] = &param_field,
    [PARAM_UNIT] = &common_unit,
    [PARAM_LEVEL] = &common_level,
};

static const gm_field field_number = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_F64,
    .name_param = "field",
    .doc = "The number that an event adds. Events without it do not count.",
};

static const gm_field *const fields[] = {
    [FIELD_NUMBER] = &field_number,
    [FIELD_UNIT] = &common_unit_field,
};

static const gm_output output_sum = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_GAUGE,
    .direction = GM_D_HIGHER_BETTER,
    .name = "sum",
    .unit = "",
    .doc = "Total, summed exactly and rounded once; 0 without events. The interval is over units.",
    .unit_from = "field",
};

static const gm_output output_mean = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_GAUGE,
    .direction = GM_D_NEUTRAL,
    .name = "mean",
    .unit = "",
    .doc = "Total by number of events. The interval is that of a ratio of totals over units.",
    .unit_from = "field",
};

static const gm_output output_min = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_GAUGE,
    .direction = GM_D_NEUTRAL,
    .name = "min",
    .unit = "",
    .doc = "The smallest number.",
    .unit_from = "field",
};

static const gm_output output_max = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_GAUGE,
    .direction = GM_D_NEUTRAL,
    .name = "max",
    .unit = "",
    .doc = "The largest number.",
    .unit_from = "field",
};

static const gm_output *const outputs[] = {
    [OUTPUT_SUM] = &output_sum,
    [OUTPUT_MEAN] = &output_mean,
    [OUTPUT_MIN] = &output_min,
    [OUTPUT_MAX] = &output_max,
};

static const gm_descriptor descriptor = {
    .struct_size = sizeof(gm_descriptor),
    .algebra = GM_A_EXACT | GM_A_CANONICAL | GM_A_CONCURRENT,
    .id = "sum",
    .version = GOALMILL_VERSION,
    .vendor = "goalmill",
    .name = "Sum",
    .description = "Total, mean and extremes of a numeric field.",
    .license = "Apache-2.0",
    .url = "",
    .state_format = 1,
    .state_format_min = 1,
    .max_state_bytes = 16384,
    .n_params = COMMON_COUNT(params),
    .n_fields = COMMON_COUNT(fields),
    .n_outputs = COMMON_COUNT(outputs),
    .params = params,
    .fields = fields,
    .outputs = outputs,
};

struct gm_inst {
    const gm_host *host;
    const gm_ext_sketch *xsum;
    const gm_ext_units *units;
    const gm_ext_stats *stats;
    uint32_t number_bind, unit_bind;
    int has_units; /* some log maps the unit */
};

struct gm_state {
    uint64_t n;
    uint64_t n_unknown; /* of those: without a unit */
    double min, max;    /* inf, -inf without numbers */
    void *sum;
    void *units; /* NULL without units */
};

/* ---- life -------------------------------------------------------------------------------------
 */

static void destroy(gm_inst *inst)
{
    if (inst != NULL)
        inst->host->free(inst->host, inst);
}

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    const gm_ext_sketch *xsum = gm_service(host, GM_XSUM_ID);
    const gm_ext_units *units = gm_service(host, GM_UNITS_ID);
    const gm_ext_stats *stats = gm_service(host, GM_STATS_ID);
    if (xsum == NULL || units == NULL || stats == NULL)
        return GM_E_UNSUPPORTED;
    uint32_t number_bind = gm_bind_of_field(config, FIELD_NUMBER);
    if (number_bind == UINT32_MAX)
        return host->error(host, GM_E_CONFIG, "field must name a numeric field");
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    inst->xsum = xsum;
    inst->units = units;
    inst->stats = stats;
    inst->number_bind = number_bind;
    inst->unit_bind = gm_bind_of_field(config, FIELD_UNIT);
    inst->has_units = gm_is_mapped(config, inst->unit_bind);
    *out = inst;
    return GM_OK;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    if (state == NULL)
        return;
    inst->xsum->drop(inst->host, state->sum);
    inst->units->drop(inst->host, state->units);
    inst->host->free(inst->host, state);
}

/* Without its sum and units, which state_new() makes and deserialize() loads. */
static gm_state *state_shell(gm_inst *inst)
{
    gm_state *state = gm_zalloc(inst->host, sizeof *state);
    if (state != NULL) {
        state->min = (double)INFINITY;
        state->max = -(double)INFINITY;
    }
    return state;
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_state *state = state_shell(inst);
    if (state == NULL)
        return GM_E_NOMEM;
    gm_status status = inst->xsum->make(inst->host, 0, &state->sum);
    if (status == GM_OK && inst->has_units)
        status = inst->units->make(inst->host, &state->units);
    if (status != GM_OK) {
        state_free(inst, state);
        return status;
    }
    *out = state;
    return GM_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

/* No -0 gets in, so that the order of 0 and -0 does not matter. */
static void widen(gm_state *state, const double *y, uint32_t n)
{
    double low = state->min;
    double high = state->max;
    for (uint32_t i = 0; i < n; i++) {
        double v = y[i] + 0.0;
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    state->min = low;
    state->max = high;
}

static gm_status add_rows(gm_inst *inst, gm_state *state, const gm_batch *batch,
                          const uint32_t *row, uint32_t n, const double *ones)
{
    double y[GM_BLOCK_ROWS];
    uint64_t unit[GM_BLOCK_ROWS];
    gm_gather_f64(batch->cols[inst->number_bind], row, n, y);
    state->n += n;
    widen(state, y, n);
    gm_status status = inst->xsum->add(state->sum, NULL, y, n);
    if (status != GM_OK || !inst->has_units)
        return status;
    state->n_unknown +=
        gm_gather_hash(batch->cols[inst->unit_bind], row, n, COMMON_UNIT_NONE, unit);
    return inst->units->add(state->units, unit, ones, y, n);
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *batch)
{
    gm_block block;
    gm_status status = GM_OK;
    double ones[GM_BLOCK_ROWS];
    (void)n_states;
    for (uint32_t i = 0; i < GM_BLOCK_ROWS; i++)
        ones[i] = 1;
    for (uint32_t k = 0, n; (n = gm_block_next(&block, batch, group_of_row, k)) > 0; k += n)
        for (uint32_t i = 0; i < block.n_runs && status == GM_OK; i++)
            status = add_rows(inst, states[block.state[i]], batch, gm_block_rows(&block, i),
                              gm_block_size(&block, i), ones);
    return status;
}

static gm_status merge(gm_inst *inst, gm_state *dst, const gm_state *src)
{
    if (src->n > COMMON_ROWS_MAX - dst->n)
        return inst->host->error(inst->host, GM_E_LIMIT, "more events than can be counted");
    dst->n += src->n;
    dst->n_unknown += src->n_unknown;
    dst->min = src->min < dst->min ? src->min : dst->min;
    dst->max = src->max > dst->max ? src->max : dst->max;
    gm_status status = inst->xsum->merge(dst->sum, src->sum);
    if (status == GM_OK && inst->has_units)
        status = inst->units->merge(dst->units, src->units);
    return status;
}

/* ---- bytes --------------------------------------------------------------------------------------
 */

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    if (status == GM_OK)
        status = gm_put_u64(writer, state->n);
    if (status == GM_OK)
        status = gm_put_u64(writer, state->n_unknown);
    if (status == GM_OK)
        status = gm_put_f64(writer, state->min);
    if (status == GM_OK)
        status = gm_put_f64(writer, state->max);
    if (status == GM_OK)
        status = inst->xsum->save(state->sum, writer);
    if (status == GM_OK && inst->has_units)
        status = inst->units->save(state->units, writer);
    return status;
}

/* Extremes that widen() can leave: none, or a range without NaN and -0. */
static int is_range(double min, double max)
{
    int is_none = isinf(min) && min > 0 && isinf(max) && max < 0;
    int is_negative_zero = (!(min < 0) && signbit(min)) || (!(max < 0) && signbit(max));
    return is_none || (min <= max && !is_negative_zero);
}

static gm_status deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                             gm_state **out)
{
    gm_reader r = {.p = p, .left = n};
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    if (status != GM_OK)
        return status;
    gm_state *state = state_shell(inst);
    if (state == NULL)
        return GM_E_NOMEM;
    state->n = gm_get_u64(&r);
    state->n_unknown = gm_get_u64(&r);
    state->min = gm_get_f64(&r);
    state->max = gm_get_f64(&r);
    int is_legal = state->n <= COMMON_ROWS_MAX && state->n_unknown <= state->n &&
                   is_range(state->min, state->max);
    status = gm_get_object(&r, inst->host, inst->xsum->load, &state->sum);
    if (status == GM_OK && inst->has_units)
        status = gm_get_object(&r, inst->host, inst->units->load, &state->units);
    if (status == GM_OK)
        status = gm_get_end(&r, inst->host, is_legal);
    if (status != GM_OK) {
        state_free(inst, state);
        return status;
    }
    *out = state;
    return GM_OK;
}

/* ---- values -------------------------------------------------------------------------------------
 */

static void emit_sum(gm_inst *inst, const gm_state *state, double sum, const gm_units_moments *m,
                     double level, gm_emit *e)
{
    double lower = gm_nan();
    double upper = gm_nan();
    double se = gm_nan();
    gm_emit_f64(e, sum);
    if (inst->has_units && !m->overflowed && state->n > 0)
        inst->stats->total_of_units(m, level, &lower, &upper, &se);
    if (e->status == GM_S_OK)
        gm_emit_interval(e, GM_U_UNITS, level, lower, upper, se);
}

static void emit_mean(gm_inst *inst, const gm_state *state, double sum, const gm_units_moments *m,
                      double level, gm_emit *e)
{
    double lower = gm_nan();
    double upper = gm_nan();
    double se = gm_nan();
    uint32_t method = GM_U_NONE;
    if (state->n == 0) {
        gm_emit_no_data(e, GM_T_F64);
        return;
    }
    gm_emit_f64(e, sum / (double)state->n);
    if (inst->has_units && !m->overflowed)
        inst->stats->ratio_of_units(m, level, &lower, &upper, &se, &method);
    if (e->status == GM_S_OK) {
        e->num = sum;
        e->den = (double)state->n;
        gm_emit_interval(e, method, level, lower, upper, se);
    }
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    double level = config->values[PARAM_LEVEL].u.f;
    double sum, bound;
    gm_units_moments m;
    gm_status status = inst->xsum->get(state->sum, 0, &sum, &bound);
    memset(&m, 0, sizeof m);
    m.struct_size = (uint32_t)sizeof m;
    if (status == GM_OK && inst->has_units)
        status = inst->units->moments(state->units, &m);
    int is_broken = !gm_is_finite(sum);
    for (uint32_t output = OUTPUT_SUM; output <= OUTPUT_MAX && status == GM_OK; output++) {
        gm_emit e = gm_emit_init(output);
        e.n = state->n;
        e.flags = (state->n < COMMON_LOW_N ? GM_EF_LOW_N : 0u) |
                  (!inst->has_units || state->n_unknown > 0 ? GM_EF_UNIT_UNKNOWN : 0u);
        if (output == OUTPUT_SUM)
            emit_sum(inst, state, sum, &m, level, &e);
        else if (output == OUTPUT_MEAN)
            emit_mean(inst, state, sum, &m, level, &e);
        else if (state->n == 0)
            gm_emit_no_data(&e, GM_T_F64);
        else
            gm_emit_f64(&e, is_broken ? sum : output == OUTPUT_MIN ? state->min : state->max);
        status = emitter->emit(emitter, &e);
    }
    return status;
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

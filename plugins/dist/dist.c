/* SPDX-License-Identifier: Apache-2.0
 * dist.c - metric dist: quantiles of a numeric field.
 *
 * exact: a state holds all values, appended as they come and sorted when order is asked for; 8
 * bytes an event. sketch: a DDSketch of fixed relative accuracy. Both give the same bytes for any
 * partition of the events. A value that is not finite is counted, and turns the quantiles into
 * errors. */
#include <math.h>

#include <goalmill/blocks.h>
#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/services.h>
#include <goalmill/setup.h>

#include "../common/params.h"
#include "values.h"

enum { PARAM_FIELD, PARAM_QUANTILES, PARAM_MODE, PARAM_ACCURACY, PARAM_LEVEL };
enum { FIELD_NUMBER };
enum { MODE_EXACT, MODE_SKETCH };

static const char *const modes[] = {"exact", "sketch", NULL};

static const gm_value default_quantiles[] = {COMMON_F64(0.5), COMMON_F64(0.9), COMMON_F64(0.95),
                                             COMMON_F64(0.99)};

static const gm_param param_field = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_STR,
    .flags = GM_P_REQUIRED,
    .name = "field",
    .doc = "The numeric field.",
    .unit = "",
    .def = COMMON_NULL,
    .min = COMMON_NULL,
    .max = COMMON_NULL,
};

static const gm_param param_quantiles = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_LIST,
    .flags = GM_P_FINALIZE_ONLY,
    .item_type = GM_T_F64,
    .name = "quantiles",
    .doc = "Which quantiles: 0.5 is the median, 0 the smallest value, 1 the largest.",
    .unit = "1",
    .def = {.type = GM_T_LIST, .u = {.l = {default_quantiles, COMMON_COUNT(default_quantiles)}}},
    .min = COMMON_F64(0),
    .max = COMMON_F64(1),
};

static const gm_param param_mode = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_ENUM,
    .name = "mode",
    .doc = "exact keeps every value; sketch keeps counts in bins of relative width and estimates.",
    .unit = "",
    .def = COMMON_ENUM(MODE_EXACT),
    .min = COMMON_NULL,
    .max = COMMON_NULL,
    .enum_values = modes,
};

static const gm_param param_accuracy = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_F64,
    .name = "accuracy",
    .doc = "Of sketch: how far, relatively, an estimate may be from an observed value.",
    .unit = "1",
    .def = COMMON_F64(0.01),
    .min = COMMON_F64(0.0001),
    .max = COMMON_F64(0.1),
};

static const gm_param *const params[] = {
    [PARAM_FIELD] = &param_field,  [PARAM_QUANTILES] = &param_quantiles,
    [PARAM_MODE] = &param_mode,    [PARAM_ACCURACY] = &param_accuracy,
    [PARAM_LEVEL] = &common_level,
};

static const gm_field field_number = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_F64,
    .name_param = "field",
    .doc = "The number of an event. Events without it do not count.",
};

static const gm_field *const fields[] = {[FIELD_NUMBER] = &field_number};

static const gm_output output_quantile = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_QUANTILE,
    .direction = GM_D_NEUTRAL,
    .flags = GM_O_FAMILY,
    .name = "quantile",
    .unit = "",
    .doc = "The quantile. exact: between two values in proportion (type 7 of Hyndman and Fan). "
           "sketch: an estimate of the value below. The interval is between order statistics.",
    .label = "q",
    .label_param = "quantiles",
    .unit_from = "field",
};

static const gm_output *const outputs[] = {&output_quantile};

static const gm_descriptor descriptor = {
    .struct_size = sizeof(gm_descriptor),
    .algebra = GM_A_EXACT | GM_A_CANONICAL | GM_A_CONCURRENT,
    .id = "dist",
    .version = GOALMILL_VERSION,
    .vendor = "goalmill",
    .name = "Distribution",
    .description = "Quantiles of a numeric field, exactly or with DDSketch.",
    .license = "Apache-2.0",
    .url = "",
    .state_format = 1,
    .state_format_min = 1,
    .n_params = COMMON_COUNT(params),
    .n_fields = COMMON_COUNT(fields),
    .n_outputs = COMMON_COUNT(outputs),
    .params = params,
    .fields = fields,
    .outputs = outputs,
};

struct gm_inst {
    const gm_host *host;
    const gm_ext_sketch *ddsketch;
    const gm_ext_stats *stats;
    const gm_ext_text *text;
    double accuracy;
    uint32_t number_bind;
    int is_exact;
};

struct gm_state {
    uint64_t n;
    uint64_t n_not_finite; /* beside n */
    values *all;           /* exact; sorted when needed, which is no change of content */
    void *sketch;          /* else */
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
    const gm_ext_sketch *ddsketch = gm_service(host, GM_DDSKETCH_ID);
    const gm_ext_stats *stats = gm_service(host, GM_STATS_ID);
    const gm_ext_text *text = gm_service(host, GM_TEXT_ID);
    if (ddsketch == NULL || stats == NULL || text == NULL)
        return GM_E_UNSUPPORTED;
    uint32_t number_bind = gm_bind_of_field(config, FIELD_NUMBER);
    if (number_bind == UINT32_MAX)
        return host->error(host, GM_E_CONFIG, "field must name a numeric field");
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    inst->ddsketch = ddsketch;
    inst->stats = stats;
    inst->text = text;
    inst->accuracy = config->values[PARAM_ACCURACY].u.f;
    inst->number_bind = number_bind;
    inst->is_exact = config->values[PARAM_MODE].u.i == MODE_EXACT;
    *out = inst;
    return GM_OK;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    if (state == NULL)
        return;
    values_free(inst->host, state->all);
    inst->ddsketch->drop(inst->host, state->sketch);
    inst->host->free(inst->host, state);
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_state *state = gm_zalloc(inst->host, sizeof *state);
    if (state == NULL)
        return GM_E_NOMEM;
    gm_status status = inst->is_exact
                           ? values_new(inst->host, &state->all)
                           : inst->ddsketch->make(inst->host, inst->accuracy, &state->sketch);
    if (status != GM_OK) {
        state_free(inst, state);
        return status;
    }
    *out = state;
    return GM_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

static gm_status add_rows(gm_inst *inst, gm_state *state, const gm_batch *batch,
                          const uint32_t *row, uint32_t n)
{
    double v[GM_BLOCK_ROWS];
    uint32_t m = 0;
    gm_gather_f64(batch->cols[inst->number_bind], row, n, v);
    for (uint32_t i = 0; i < n; i++) {
        v[m] = v[i] + 0.0; /* -0 becomes 0 */
        m += (uint32_t)gm_is_finite(v[i]);
    }
    state->n += m;
    state->n_not_finite += n - m;
    return inst->is_exact ? values_add(inst->host, state->all, v, m)
                          : inst->ddsketch->add(state->sketch, NULL, v, m);
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *batch)
{
    gm_block block;
    gm_status status = GM_OK;
    (void)n_states;
    for (uint32_t k = 0, n; (n = gm_block_next(&block, batch, group_of_row, k)) > 0; k += n)
        for (uint32_t i = 0; i < block.n_runs && status == GM_OK; i++)
            status = add_rows(inst, states[block.state[i]], batch, gm_block_rows(&block, i),
                              gm_block_size(&block, i));
    return status;
}

static gm_status merge(gm_inst *inst, gm_state *dst, const gm_state *src)
{
    if (src->n > COMMON_ROWS_MAX - dst->n ||
        src->n_not_finite > COMMON_ROWS_MAX - dst->n_not_finite)
        return inst->host->error(inst->host, GM_E_LIMIT, "more events than can be counted");
    dst->n += src->n;
    dst->n_not_finite += src->n_not_finite;
    return inst->is_exact ? values_merge(inst->host, dst->all, src->all)
                          : inst->ddsketch->merge(dst->sketch, src->sketch);
}

/* ---- bytes --------------------------------------------------------------------------------------
 */

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    if (status == GM_OK)
        status = gm_put_u64(writer, state->n);
    if (status == GM_OK)
        status = gm_put_u64(writer, state->n_not_finite);
    if (status != GM_OK)
        return status;
    return inst->is_exact ? values_save(state->all, writer)
                          : inst->ddsketch->save(state->sketch, writer);
}

/* A sketch of other accuracy cannot be merged later, so it is refused here. */
static int is_of_accuracy(const gm_inst *inst, const gm_state *state)
{
    double value, bound;
    return inst->ddsketch->get(state->sketch, 0, &value, &bound) == GM_OK &&
           !(bound < inst->accuracy) && !(bound > inst->accuracy);
}

static gm_status deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                             gm_state **out)
{
    gm_reader r = {.p = p, .left = n};
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    if (status != GM_OK)
        return status;
    gm_state *state = gm_zalloc(inst->host, sizeof *state);
    if (state == NULL)
        return GM_E_NOMEM;
    int is_legal = 1;
    state->n = gm_get_u64(&r);
    state->n_not_finite = gm_get_u64(&r);
    if (state->n > COMMON_ROWS_MAX || state->n_not_finite > COMMON_ROWS_MAX)
        r.bad = 1;
    if (inst->is_exact) {
        status = values_load(inst->host, &r, state->n, &state->all);
    } else {
        status = gm_get_object(&r, inst->host, inst->ddsketch->load, &state->sketch);
        is_legal = status == GM_OK && is_of_accuracy(inst, state);
    }
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

/* The value of rank 0 to n - 1. */
static double at_rank(const gm_inst *inst, const gm_state *state, uint64_t rank)
{
    double value, bound;
    if (inst->is_exact)
        return values_at(state->all, rank);
    /* Half a rank more, so that no rounding leads to the rank below. */
    double q = state->n > 1 ? ((double)rank + 0.5) / (double)(state->n - 1) : 0;
    gm_status status = inst->ddsketch->get(state->sketch, q < 1 ? q : 1, &value, &bound);
    return status == GM_OK ? value : gm_nan();
}

static double quantile(const gm_inst *inst, const gm_state *state, double q)
{
    double value, bound;
    if (!inst->is_exact)
        return inst->ddsketch->get(state->sketch, q, &value, &bound) == GM_OK ? value : gm_nan();
    double place = q * (double)(state->n - 1);
    uint64_t rank = (uint64_t)place;
    double low = values_at(state->all, rank);
    double part = place - floor(place);
    if (rank + 1 >= state->n || !(part > 0))
        return low;
    double high = values_at(state->all, rank + 1);
    double step = part * (high - low);
    /* The difference of very large numbers of both signs is not finite. */
    return gm_is_finite(step) ? low + step : low * (1 - part) + high * part;
}

/* Between the order statistics; of a sketch, as far out as its accuracy allows them to be. */
static void emit_order(const gm_inst *inst, const gm_state *state, double q, double level,
                       gm_emit *e)
{
    uint64_t from = 0;
    uint64_t to = 0;
    inst->stats->quantile_ranks(state->n, q, level, &from, &to);
    if (from == 0 || to == 0) {
        e->flags |= GM_EF_NO_INTERVAL;
        return;
    }
    double lower = at_rank(inst, state, from - 1);
    double upper = at_rank(inst, state, to - 1);
    if (!inst->is_exact) {
        lower = lower > 0 ? lower / (1 + inst->accuracy) : lower / (1 - inst->accuracy);
        upper = upper > 0 ? upper / (1 - inst->accuracy) : upper / (1 + inst->accuracy);
    }
    gm_emit_interval(e, inst->is_exact ? GM_U_ORDER : GM_U_ORDER_SKETCH, level, lower, upper,
                     gm_nan());
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    const gm_value *quantiles = &config->values[PARAM_QUANTILES];
    double level = config->values[PARAM_LEVEL].u.f;
    gm_status status = GM_OK;
    for (uint64_t i = 0; i < quantiles->u.l.n && status == GM_OK; i++) {
        double q = quantiles->u.l.items[i].u.f;
        char label[GM_TEXT_SIZE];
        gm_emit e = gm_emit_init(0);
        if (!(q >= 0 && q <= 1))
            return inst->host->error(inst->host, GM_E_CONFIG, "quantiles must be 0 to 1");
        e.label.len = inst->text->format_f64(q, label);
        e.label.ptr = label;
        e.n = state->n;
        e.flags = (state->n < COMMON_LOW_N ? GM_EF_LOW_N : 0u) |
                  (inst->is_exact ? 0u : GM_EF_APPROXIMATE);
        if (state->n_not_finite > 0)
            gm_emit_f64(&e, gm_nan());
        else if (state->n == 0)
            gm_emit_no_data(&e, GM_T_F64);
        else
            gm_emit_f64(&e, quantile(inst, state, q));
        if (e.status == GM_S_OK)
            emit_order(inst, state, q, level, &e);
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

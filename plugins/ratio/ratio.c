/* SPDX-License-Identifier: Apache-2.0
 * ratio.c - metric ratio: one part by another, each a count, a sum or a number of distinct keys.
 *
 * A state holds both parts, and the sums by independent unit (y: num, x: den) for the interval.
 * What a distinct part adds to a unit is not known row by row (a key may come again, also in
 * another state), so its keys are given to the units at the end, from the merged set.
 *
 * The interval. A share is count(A) / count(B) where A implies B, as seen in the data, or distinct
 * keys where all of num are in den. Wilson's interval is for shares of independent trials: distinct
 * keys, or events of which no unit has two. All else is a ratio of totals over units. A share whose
 * value is 0 or 1 shows no variance between units; it gets Wilson's interval with the units (or
 * their buckets) as trials, which errs on the wide side. */
#include <math.h>
#include <string.h>

#include <goalmill/blocks.h>
#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/services.h>
#include <goalmill/setup.h>

#include "../common/params.h"

enum { PARAM_NUM, PARAM_DEN, PARAM_UNIT, PARAM_LEVEL };
enum { FIELD_UNIT };
enum { NUM, DEN, PARTS };

static const gm_param param_num = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_EXPR,
    .flags = GM_P_REQUIRED | GM_P_PART,
    .item_type = GM_T_F64,
    .item_flags = GM_F_OPTIONAL | GM_F_WANT_HASH,
    .name = "num",
    .doc = "The numerator: count(COND), sum(FIELD where COND) or distinct(FIELD where COND).",
    .unit = "",
    .def = COMMON_NULL,
    .min = COMMON_NULL,
    .max = COMMON_NULL,
};

static const gm_param param_den = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_EXPR,
    .flags = GM_P_REQUIRED | GM_P_PART,
    .item_type = GM_T_F64,
    .item_flags = GM_F_OPTIONAL | GM_F_WANT_HASH,
    .name = "den",
    .doc = "The denominator, like num. Where it is 0 there is no rate.",
    .unit = "",
    .def = COMMON_NULL,
    .min = COMMON_NULL,
    .max = COMMON_NULL,
};

static const gm_param *const params[] = {
    [PARAM_NUM] = &param_num,
    [PARAM_DEN] = &param_den,
    [PARAM_UNIT] = &common_unit,
    [PARAM_LEVEL] = &common_level,
};

static const gm_field *const fields[] = {[FIELD_UNIT] = &common_unit_field};

static const gm_output output_rate = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_F64,
    .kind = GM_K_RATIO,
    .direction = GM_D_NEUTRAL,
    .name = "rate",
    .unit = "1",
    .unit_from = "num",
    .unit_per = "den",
    .doc =
        "num by den. n is den for a count or distinct keys, the events summed for a sum. A share "
        "of independent trials has Wilson's interval, all else that of a ratio over units.",
};

static const gm_output *const outputs[] = {&output_rate};

static const gm_descriptor descriptor = {
    .struct_size = sizeof(gm_descriptor),
    .algebra = GM_A_EXACT | GM_A_CANONICAL | GM_A_CONCURRENT,
    .id = "ratio",
    .version = GOALMILL_VERSION,
    .vendor = "goalmill",
    .name = "Ratio",
    .description = "One count, sum or number of distinct keys by another.",
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

typedef enum part_kind { PART_COUNT, PART_SUM, PART_DISTINCT } part_kind;

typedef struct part {
    part_kind kind;
    uint32_t bind;
} part;

struct gm_inst {
    const gm_host *host;
    const gm_ext_sketch *xsum;
    const gm_ext_set *set;
    const gm_ext_units *units;
    const gm_ext_stats *stats;
    part parts[PARTS];
    uint32_t unit_bind;
    int has_units;    /* sums by unit are kept: some log maps the unit, and it is of use */
    int has_same_key; /* both parts are distinct, of one field */
};

typedef struct part_state {
    uint64_t rows; /* where the condition holds */
    void *object;  /* exact sum, or set of keys; NULL of a count */
} part_state;

struct gm_state {
    part_state parts[PARTS];
    uint64_t n_outside; /* of two counts: rows in num and not in den */
    uint64_t n_unknown; /* rows that count and have no unit */
    void *units;        /* NULL without */
};

/* ---- life -------------------------------------------------------------------------------------
 */

static int is_same_text(gm_str a, gm_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static gm_status part_of(const gm_host *host, const gm_config *config, uint32_t param, part *out)
{
    out->bind = gm_bind_of_param(config, param);
    if (out->bind == UINT32_MAX)
        return host->error(host, GM_E_CONFIG, "%s is missing", params[param]->name);
    gm_type type = config->binds[out->bind]->type;
    if (type != GM_T_BOOL && type != GM_T_F64 && type != GM_T_I64 && type != GM_T_STR)
        return host->error(host, GM_E_CONFIG, "%s must be count(…), sum(…) or distinct(…)",
                           params[param]->name);
    out->kind = type == GM_T_BOOL ? PART_COUNT : type == GM_T_STR ? PART_DISTINCT : PART_SUM;
    return GM_OK;
}

/* Keys and rows add up by unit only when the keys are the units. */
static gm_status check_key(const gm_host *host, const gm_config *config, uint32_t param,
                           const part *distinct)
{
    gm_str key = config->binds[distinct->bind]->name;
    gm_str unit = config->values[PARAM_UNIT].u.s;
    if (is_same_text(key, unit))
        return GM_OK;
    return host->error(host, GM_E_CONFIG, "%s counts distinct %.*s: set unit = %.*s",
                       params[param]->name, (int)key.len, key.ptr, (int)key.len, key.ptr);
}

static void destroy(gm_inst *inst)
{
    if (inst != NULL)
        inst->host->free(inst->host, inst);
}

static gm_status configure(gm_inst *inst, const gm_config *config)
{
    const gm_host *host = inst->host;
    part *num = &inst->parts[NUM];
    part *den = &inst->parts[DEN];
    gm_status status = part_of(host, config, PARAM_NUM, num);
    if (status == GM_OK)
        status = part_of(host, config, PARAM_DEN, den);
    if (status != GM_OK)
        return status;
    inst->unit_bind = gm_bind_of_field(config, FIELD_UNIT);
    if (num->kind == PART_DISTINCT && den->kind == PART_DISTINCT) {
        inst->has_same_key =
            is_same_text(config->binds[num->bind]->name, config->binds[den->bind]->name);
        return GM_OK;
    }
    inst->has_units = gm_is_mapped(config, inst->unit_bind);
    if (num->kind == PART_DISTINCT)
        return check_key(host, config, PARAM_NUM, num);
    if (den->kind == PART_DISTINCT)
        return check_key(host, config, PARAM_DEN, den);
    return GM_OK;
}

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    const gm_ext_sketch *xsum = gm_service(host, GM_XSUM_ID);
    const gm_ext_set *set = gm_service(host, GM_SET_ID);
    const gm_ext_units *units = gm_service(host, GM_UNITS_ID);
    const gm_ext_stats *stats = gm_service(host, GM_STATS_ID);
    if (xsum == NULL || set == NULL || units == NULL || stats == NULL)
        return GM_E_UNSUPPORTED;
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    inst->xsum = xsum;
    inst->set = set;
    inst->units = units;
    inst->stats = stats;
    gm_status status = configure(inst, config);
    if (status != GM_OK) {
        destroy(inst);
        return status;
    }
    *out = inst;
    return GM_OK;
}

/* What keeps a part's numbers or keys; NULL for a count. */
static const gm_ext_sketch *sketch_of(const gm_inst *inst, int p)
{
    part_kind kind = inst->parts[p].kind;
    return kind == PART_SUM ? inst->xsum : kind == PART_DISTINCT ? inst->set->sketch : NULL;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    if (state == NULL)
        return;
    for (int p = 0; p < PARTS; p++)
        if (sketch_of(inst, p) != NULL)
            sketch_of(inst, p)->drop(inst->host, state->parts[p].object);
    inst->units->drop(inst->host, state->units);
    inst->host->free(inst->host, state);
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_status status = GM_OK;
    gm_state *state = gm_zalloc(inst->host, sizeof *state);
    if (state == NULL)
        return GM_E_NOMEM;
    for (int p = 0; p < PARTS && status == GM_OK; p++)
        if (sketch_of(inst, p) != NULL)
            status = sketch_of(inst, p)->make(inst->host, 0, &state->parts[p].object);
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

/* The rows of one state in one part. */
typedef struct part_rows {
    uint8_t is[GM_BLOCK_ROWS];   /* the condition holds */
    double value[GM_BLOCK_ROWS]; /* what the row adds; 0 for keys */
} part_rows;

static gm_status add_part(gm_inst *inst, part_state *state, int p, const gm_batch *batch,
                          const uint32_t *row, uint32_t n, part_rows *rows)
{
    const gm_column *c = batch->cols[inst->parts[p].bind];
    uint64_t keys[GM_BLOCK_ROWS];
    uint32_t n_keys = 0;
    uint64_t n_is = 0;
    gm_gather_is(c, row, n, rows->is);
    for (uint32_t i = 0; i < n; i++)
        n_is += rows->is[i];
    state->rows += n_is;
    switch (inst->parts[p].kind) {
    case PART_COUNT:
        for (uint32_t i = 0; i < n; i++)
            rows->value[i] = rows->is[i];
        return GM_OK;
    case PART_SUM:
        gm_gather_f64(c, row, n, rows->value);
        for (uint32_t i = 0; i < n; i++)
            rows->value[i] = rows->is[i] ? rows->value[i] : 0;
        return inst->xsum->add(state->object, NULL, rows->value, n);
    case PART_DISTINCT:
        for (uint32_t i = 0; i < n; i++) {
            rows->value[i] = 0;
            if (rows->is[i])
                keys[n_keys++] = gm_hash(c, row[i]);
        }
        return inst->set->sketch->add(state->object, keys, NULL, n_keys);
    }
    return GM_E_INTERNAL;
}

/* Only rows that add to a count or a sum: a unit that has none is not in the population. */
static gm_status add_units(gm_inst *inst, gm_state *state, const gm_batch *batch,
                           const uint32_t *row, uint32_t n, const part_rows rows[PARTS])
{
    uint64_t unit[GM_BLOCK_ROWS];
    uint32_t used[GM_BLOCK_ROWS];
    double x[GM_BLOCK_ROWS];
    double y[GM_BLOCK_ROWS];
    uint32_t m = 0;
    uint8_t is_num = inst->parts[NUM].kind != PART_DISTINCT;
    uint8_t is_den = inst->parts[DEN].kind != PART_DISTINCT;
    for (uint32_t i = 0; i < n; i++) {
        used[m] = row[i];
        x[m] = rows[DEN].value[i];
        y[m] = rows[NUM].value[i];
        m += ((rows[NUM].is[i] & is_num) | (rows[DEN].is[i] & is_den)) != 0;
    }
    state->n_unknown +=
        gm_gather_hash(batch->cols[inst->unit_bind], used, m, COMMON_UNIT_NONE, unit);
    return inst->units->add(state->units, unit, x, y, m);
}

static gm_status add_rows(gm_inst *inst, gm_state *state, const gm_batch *batch,
                          const uint32_t *row, uint32_t n)
{
    part_rows rows[PARTS];
    gm_status status = GM_OK;
    for (int p = 0; p < PARTS && status == GM_OK; p++)
        status = add_part(inst, &state->parts[p], p, batch, row, n, &rows[p]);
    if (status != GM_OK)
        return status;
    if (inst->parts[NUM].kind == PART_COUNT && inst->parts[DEN].kind == PART_COUNT)
        for (uint32_t i = 0; i < n; i++)
            state->n_outside += rows[NUM].is[i] > rows[DEN].is[i];
    return inst->has_units ? add_units(inst, state, batch, row, n, rows) : GM_OK;
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
    gm_status status = GM_OK;
    for (int p = 0; p < PARTS && status == GM_OK; p++) {
        if (src->parts[p].rows > COMMON_ROWS_MAX - dst->parts[p].rows)
            return inst->host->error(inst->host, GM_E_LIMIT, "more events than can be counted");
        dst->parts[p].rows += src->parts[p].rows;
        if (sketch_of(inst, p) != NULL)
            status = sketch_of(inst, p)->merge(dst->parts[p].object, src->parts[p].object);
    }
    dst->n_outside += src->n_outside;
    dst->n_unknown += src->n_unknown;
    if (status == GM_OK && inst->has_units)
        status = inst->units->merge(dst->units, src->units);
    return status;
}

/* ---- bytes --------------------------------------------------------------------------------------
 */

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    for (int p = 0; p < PARTS && status == GM_OK; p++) {
        status = gm_put_u64(writer, state->parts[p].rows);
        if (status == GM_OK && sketch_of(inst, p) != NULL)
            status = sketch_of(inst, p)->save(state->parts[p].object, writer);
    }
    if (status == GM_OK)
        status = gm_put_u64(writer, state->n_outside);
    if (status == GM_OK)
        status = gm_put_u64(writer, state->n_unknown);
    if (status == GM_OK && inst->has_units)
        status = inst->units->save(state->units, writer);
    return status;
}

static double part_value(const gm_inst *inst, const gm_state *state, int p)
{
    double value = (double)state->parts[p].rows;
    double bound;
    const gm_ext_sketch *sketch = sketch_of(inst, p);
    if (sketch != NULL && sketch->get(state->parts[p].object, 0, &value, &bound) != GM_OK)
        return gm_nan();
    return value;
}

static int is_legal(const gm_inst *inst, const gm_state *state)
{
    uint64_t num = state->parts[NUM].rows;
    uint64_t den = state->parts[DEN].rows;
    if (num > COMMON_ROWS_MAX || den > COMMON_ROWS_MAX || state->n_outside > num ||
        state->n_unknown > num + den)
        return 0;
    for (int p = 0; p < PARTS; p++)
        if (inst->parts[p].kind == PART_DISTINCT &&
            part_value(inst, state, p) > (double)state->parts[p].rows)
            return 0;
    return 1;
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
    for (int i = 0; i < PARTS && status == GM_OK; i++) {
        state->parts[i].rows = gm_get_u64(&r);
        if (sketch_of(inst, i) != NULL)
            status =
                gm_get_object(&r, inst->host, sketch_of(inst, i)->load, &state->parts[i].object);
    }
    state->n_outside = gm_get_u64(&r);
    state->n_unknown = gm_get_u64(&r);
    if (status == GM_OK && inst->has_units)
        status = gm_get_object(&r, inst->host, inst->units->load, &state->units);
    if (status == GM_OK)
        status = gm_get_end(&r, inst->host, is_legal(inst, state));
    if (status != GM_OK) {
        state_free(inst, state);
        return status;
    }
    *out = state;
    return GM_OK;
}

/* ---- values -------------------------------------------------------------------------------------
 */

static void emit_wilson(const gm_inst *inst, gm_emit *e, double share, double trials, double level)
{
    double lower, upper;
    inst->stats->wilson(share * trials, trials, level, &lower, &upper);
    gm_emit_interval(e, GM_U_WILSON, level, lower, upper, sqrt(share * (1 - share) / trials));
}

static void emit_over_units(const gm_inst *inst, gm_emit *e, const gm_units_moments *m,
                            int is_share, double level)
{
    double lower = gm_nan();
    double upper = gm_nan();
    double se = gm_nan();
    uint32_t method = GM_U_NONE;
    if (!m->overflowed)
        inst->stats->ratio_of_units(m, level, &lower, &upper, &se, &method);
    if (is_share && lower < 0)
        lower = 0;
    if (is_share && upper > 1)
        upper = 1;
    gm_emit_interval(e, method, level, lower, upper, se);
}

/* Each key of a part's set as a unit with 1 on the part's side. */
static gm_status add_keys(const gm_inst *inst, const gm_state *state, int p, void *units)
{
    uint64_t keys[GM_BLOCK_ROWS];
    double ones[GM_BLOCK_ROWS];
    uint64_t cursor = 0;
    gm_status status = GM_OK;
    for (uint32_t i = 0; i < GM_BLOCK_ROWS; i++)
        ones[i] = 1;
    for (uint32_t n; status == GM_OK && (n = inst->set->next(state->parts[p].object, &cursor, keys,
                                                             GM_BLOCK_ROWS)) > 0;)
        status = inst->units->add(units, keys, p == DEN ? ones : NULL, p == NUM ? ones : NULL, n);
    return status;
}

/* Sums over rows and keys together. */
static gm_status moments_of(const gm_inst *inst, const gm_state *state, gm_units_moments *m)
{
    void *units = NULL;
    gm_status status = inst->units->make(inst->host, &units);
    if (status == GM_OK && inst->has_units)
        status = inst->units->merge(units, state->units);
    for (int p = 0; p < PARTS && status == GM_OK; p++)
        if (inst->parts[p].kind == PART_DISTINCT)
            status = add_keys(inst, state, p, units);
    memset(m, 0, sizeof *m);
    m->struct_size = (uint32_t)sizeof *m;
    if (status == GM_OK)
        status = inst->units->moments(units, m);
    inst->units->drop(inst->host, units);
    return status;
}

/* Two numbers of distinct keys: the keys are the units. */
static gm_status emit_keys(const gm_inst *inst, const gm_state *state, double level, gm_emit *e)
{
    gm_units_moments m;
    if (!inst->has_same_key) {
        e->flags |= GM_EF_NO_INTERVAL;
        return GM_OK;
    }
    double both = (double)inst->set->overlap(state->parts[NUM].object, state->parts[DEN].object);
    if (!(both < e->num)) {
        emit_wilson(inst, e, e->value.u.f, e->den, level);
        return GM_OK;
    }
    gm_status status = moments_of(inst, state, &m);
    if (status == GM_OK)
        emit_over_units(inst, e, &m, 0, level);
    return status;
}

static gm_status emit_rows(const gm_inst *inst, const gm_state *state, double level, gm_emit *e)
{
    gm_units_moments m;
    double rate = e->value.u.f;
    int is_share = inst->parts[NUM].kind == PART_COUNT && inst->parts[DEN].kind == PART_COUNT &&
                   state->n_outside == 0;
    if (!inst->has_units || state->n_unknown > 0)
        e->flags |= GM_EF_UNIT_UNKNOWN;
    if (!inst->has_units) {
        if (is_share)
            emit_wilson(inst, e, rate, e->den, level);
        else
            e->flags |= GM_EF_NO_INTERVAL;
        return GM_OK;
    }
    gm_status status = moments_of(inst, state, &m);
    if (status != GM_OK)
        return status;
    if (is_share && m.x_max <= 1)
        emit_wilson(inst, e, rate, e->den, level);
    else if (is_share && !(rate > 0 && rate < 1) && !m.overflowed)
        emit_wilson(inst, e, rate, m.n, level);
    else
        emit_over_units(inst, e, &m, is_share, level);
    return GM_OK;
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    gm_emit e = gm_emit_init(0);
    double level = config->values[PARAM_LEVEL].u.f;
    double num = part_value(inst, state, NUM);
    double den = part_value(inst, state, DEN);
    gm_status status = GM_OK;
    int is_keys = inst->parts[DEN].kind == PART_DISTINCT;
    e.n = is_keys ? (uint64_t)den : state->parts[DEN].rows;
    if (e.n < COMMON_LOW_N)
        e.flags |= GM_EF_LOW_N;
    if (gm_is_finite(num) && gm_is_finite(den)) {
        e.num = num;
        e.den = den;
    }
    if (den > 0 || den < 0 || !gm_is_finite(den))
        gm_emit_f64(&e, num / den);
    else
        gm_emit_no_data(&e, GM_T_F64);
    if (e.status == GM_S_OK && is_keys && inst->parts[NUM].kind == PART_DISTINCT)
        status = emit_keys(inst, state, level, &e);
    else if (e.status == GM_S_OK)
        status = emit_rows(inst, state, level, &e);
    return status != GM_OK ? status : emitter->emit(emitter, &e);
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

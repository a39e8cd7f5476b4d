/* SPDX-License-Identifier: Apache-2.0
 * distinct.c - metric distinct: how many different keys there are.
 *
 * A state is one object of a service: the exact set of the keys' 64-bit hashes, or a HyperLogLog
 * sketch. Exact means exact in hashes: that any two of n keys share theirs has a probability of
 * about n^2 / 2^65, one in 37 million for a million keys. */
#include <math.h>

#include <goalmill/blocks.h>
#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/services.h>
#include <goalmill/setup.h>

#include "../common/params.h"

enum { PARAM_KEY, PARAM_MODE, PARAM_PRECISION, PARAM_LEVEL };
enum { FIELD_KEY };
enum { MODE_EXACT, MODE_HLL };

static const char *const modes[] = {"exact", "hll", NULL};

static const gm_param param_key = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_STR,
    .flags = GM_P_REQUIRED,
    .name = "key",
    .doc = "The field whose different values are counted.",
    .unit = "",
    .def = COMMON_NULL,
    .min = COMMON_NULL,
    .max = COMMON_NULL,
};

static const gm_param param_mode = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_ENUM,
    .name = "mode",
    .doc = "exact keeps 8 bytes for each key; hll keeps a sketch of fixed size and estimates.",
    .unit = "",
    .def = COMMON_ENUM(MODE_EXACT),
    .min = COMMON_NULL,
    .max = COMMON_NULL,
    .enum_values = modes,
};

static const gm_param param_precision = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_I64,
    .name = "precision",
    .doc = "Of hll: 2^precision registers, relative standard error 1.04 / sqrt(2^precision).",
    .unit = "",
    .def = COMMON_I64(14),
    .min = COMMON_I64(4),
    .max = COMMON_I64(18),
};

static const gm_param *const params[] = {
    [PARAM_KEY] = &param_key,
    [PARAM_MODE] = &param_mode,
    [PARAM_PRECISION] = &param_precision,
    [PARAM_LEVEL] = &common_level,
};

static const gm_field field_key = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_STR,
    .flags = GM_F_WANT_HASH,
    .name_param = "key",
    .doc = "The key. Events without it do not count.",
};

static const gm_field *const fields[] = {[FIELD_KEY] = &field_key};

static const gm_output output_distinct = {
    .struct_size = sizeof(gm_output),
    .type = GM_T_I64,
    .kind = GM_K_COUNT,
    .direction = GM_D_HIGHER_BETTER,
    .name = "distinct",
    .unit = "",
    .unit_from = "key",
    .doc = "Number of different keys. exact: no interval, there is nothing uncertain. hll: the "
           "interval is the error of the sketch.",
};

static const gm_output *const outputs[] = {&output_distinct};

static const gm_descriptor descriptor = {
    .struct_size = sizeof(gm_descriptor),
    .algebra = GM_A_EXACT | GM_A_CANONICAL | GM_A_IDEMPOTENT | GM_A_CONCURRENT,
    .id = "distinct",
    .version = GOALMILL_VERSION,
    .vendor = "goalmill",
    .name = "Distinct",
    .description = "Counts different values of a field, exactly or with HyperLogLog.",
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
    const gm_ext_sketch *sketch; /* of set or hll */
    const gm_ext_stats *stats;
    double make_arg;
    uint32_t key_bind;
    int is_exact;
};

struct gm_state {
    void *keys;
};

static void destroy(gm_inst *inst)
{
    if (inst != NULL)
        inst->host->free(inst->host, inst);
}

static gm_status create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    const gm_ext_set *set = gm_service(host, GM_SET_ID);
    const gm_ext_sketch *hll = gm_service(host, GM_HLL_ID);
    const gm_ext_stats *stats = gm_service(host, GM_STATS_ID);
    if (set == NULL || hll == NULL || stats == NULL)
        return GM_E_UNSUPPORTED;
    uint32_t key_bind = gm_bind_of_field(config, FIELD_KEY);
    if (key_bind == UINT32_MAX)
        return host->error(host, GM_E_CONFIG, "key must name a field");
    gm_inst *inst = gm_zalloc(host, sizeof *inst);
    if (inst == NULL)
        return GM_E_NOMEM;
    inst->host = host;
    inst->stats = stats;
    inst->key_bind = key_bind;
    inst->is_exact = config->values[PARAM_MODE].u.i == MODE_EXACT;
    inst->sketch = inst->is_exact ? set->sketch : hll;
    inst->make_arg = (double)config->values[PARAM_PRECISION].u.i;
    *out = inst;
    return GM_OK;
}

static void state_free(gm_inst *inst, gm_state *state)
{
    if (state == NULL)
        return;
    inst->sketch->drop(inst->host, state->keys);
    inst->host->free(inst->host, state);
}

static gm_status state_new(gm_inst *inst, gm_state **out)
{
    gm_state *state = gm_zalloc(inst->host, sizeof *state);
    if (state == NULL)
        return GM_E_NOMEM;
    gm_status status = inst->sketch->make(inst->host, inst->make_arg, &state->keys);
    if (status != GM_OK) {
        state_free(inst, state);
        return status;
    }
    *out = state;
    return GM_OK;
}

static gm_status update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *batch)
{
    gm_block block;
    gm_status status = GM_OK;
    uint64_t hashes[GM_BLOCK_ROWS];
    const gm_column *key = batch->cols[inst->key_bind];
    (void)n_states;
    for (uint32_t k = 0, n; (n = gm_block_next(&block, batch, group_of_row, k)) > 0; k += n) {
        for (uint32_t i = 0; i < block.n_runs && status == GM_OK; i++) {
            uint32_t size = gm_block_size(&block, i);
            (void)gm_gather_hash(key, gm_block_rows(&block, i), size, 0, hashes); /* no nulls */
            status = inst->sketch->add(states[block.state[i]]->keys, hashes, NULL, size);
        }
    }
    return status;
}

static gm_status merge(gm_inst *inst, gm_state *dst, const gm_state *src)
{
    return inst->sketch->merge(dst->keys, src->keys);
}

static gm_status serialize(gm_inst *inst, const gm_state *state, uint32_t format, gm_writer *writer)
{
    gm_status status = gm_check_format(inst->host, &descriptor, format);
    return status != GM_OK ? status : inst->sketch->save(state->keys, writer);
}

/* A sketch of another precision cannot be merged later, so it is refused here. */
static int is_of_precision(const gm_inst *inst, const gm_state *state)
{
    double value, bound;
    if (inst->is_exact)
        return 1;
    double want = 1.04 / sqrt(ldexp(1, (int)inst->make_arg));
    return inst->sketch->get(state->keys, 0, &value, &bound) == GM_OK &&
           fabs(bound - want) < want / 4;
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
    status = gm_get_object(&r, inst->host, inst->sketch->load, &state->keys);
    if (status == GM_OK)
        status = gm_get_end(&r, inst->host, is_of_precision(inst, state));
    if (status != GM_OK) {
        state_free(inst, state);
        return status;
    }
    *out = state;
    return GM_OK;
}

static gm_status finalize(gm_inst *inst, const gm_state *state, const gm_config *config,
                          gm_emitter *emitter)
{
    gm_emit e = gm_emit_init(0);
    double level = config->values[PARAM_LEVEL].u.f;
    double value, bound;
    gm_status status = inst->sketch->get(state->keys, 0, &value, &bound);
    if (status != GM_OK)
        return status;
    e.value.type = GM_T_I64;
    if (!(value < (double)COMMON_ROWS_MAX)) {
        e.value.is_null = 1;
        e.status = GM_S_ERROR;
        return emitter->emit(emitter, &e);
    }
    e.n = (uint64_t)floor(value + 0.5);
    e.value.u.i = (int64_t)e.n;
    if (e.n < COMMON_LOW_N)
        e.flags |= GM_EF_LOW_N;
    if (!inst->is_exact) {
        double part = inst->stats->normal_quantile((1 + level) / 2) * bound;
        double lower = part < 1 ? value * (1 - part) : 0;
        e.flags |= GM_EF_APPROXIMATE;
        gm_emit_interval(&e, GM_U_SKETCH, level, lower, value * (1 + part), value * bound);
    }
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

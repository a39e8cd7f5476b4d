/* SPDX-License-Identifier: Apache-2.0
 * metric_bench.h - a metric on the bench: its configuration, a table of events as plain arrays, and
 * batches of any of them in any encoding. metric_laws.h is built on it. */
#ifndef GM_TEST_METRIC_BENCH_H
#define GM_TEST_METRIC_BENCH_H

#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>

#include "host/descriptor_check.h"
#include "host/fake_host.h"

enum { BENCH_PARAMS = 8, BENCH_BINDS = 4, BENCH_EMITS = 16 };

/* One column of all events; the array that goes with the bind's type is set. */
typedef struct bench_column {
    const double *f64;
    const int64_t *i64;
    const uint8_t *bools;
    const uint32_t *keys; /* of STR: the text is the number in decimal */
    const uint8_t *is_null;
} bench_column;

typedef struct bench {
    fake_host fake;
    const gm_metric *metric;
    gm_value values[BENCH_PARAMS];
    gm_bind binds[BENCH_BINDS]; /* fields first, then EXPR parameters */
    const gm_bind *bind_list[BENCH_BINDS];
    gm_config config;
    bench_column columns[BENCH_BINDS];
    uint32_t n; /* events */
    gm_emit emits[BENCH_EMITS];
    char labels[BENCH_EMITS][32];
    uint32_t n_emits;
} bench;

static inline gm_str bench_str(const char *text)
{
    return (gm_str){.ptr = text, .len = (uint32_t)strlen(text)};
}

static inline void bench_init(bench *b)
{
    gm_error err;
    memset(b, 0, sizeof *b);
    fake_host_init(&b->fake);
    b->metric = gm_entry_v1(&b->fake.host)->metrics[0];
    const gm_descriptor *d = b->metric->desc;
    assert_int_equal(descriptor_check(d, "bench", &err), GM_OK);
    assert_true(d->n_params <= BENCH_PARAMS);
    for (uint32_t i = 0; i < d->n_params; i++)
        b->values[i] = d->params[i]->def;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n_fields; i++)
        b->binds[n++] = (gm_bind){.field = i, .param = UINT32_MAX, .type = d->fields[i]->type};
    for (uint32_t i = 0; i < d->n_params; i++)
        if (d->params[i]->type == GM_T_EXPR)
            b->binds[n++] = (gm_bind){.field = UINT32_MAX, .param = i};
    assert_true(n <= BENCH_BINDS);
    for (uint32_t i = 0; i < n; i++) {
        b->binds[i].struct_size = sizeof(gm_bind);
        b->bind_list[i] = &b->binds[i];
    }
    b->config = (gm_config){.struct_size = sizeof b->config,
                            .n_values = d->n_params,
                            .values = b->values,
                            .window_start = INT64_MIN,
                            .window_end = INT64_MAX,
                            .timezone = "UTC",
                            .binds = b->bind_list,
                            .n_binds = n};
}

static inline gm_inst *bench_create(bench *b)
{
    gm_inst *inst = NULL;
    assert_int_equal(b->metric->create(&b->fake.host, &b->config, &inst), GM_OK);
    return inst;
}

static inline gm_state *bench_state(bench *b, gm_inst *inst)
{
    gm_state *state = NULL;
    assert_int_equal(b->metric->state_new(inst, &state), GM_OK);
    return state;
}

static inline void *bench_alloc(size_t n)
{
    void *p = calloc(1, n + 1);
    assert_non_null(p);
    return p;
}

/* ---- columns ----------------------------------------------------------------------------------
 */

enum { BENCH_TEXT = 12 };

static inline gm_str bench_text(char *to, uint32_t key)
{
    int n = snprintf(to, BENCH_TEXT, "%u", (unsigned)key);
    return (gm_str){.ptr = to, .len = (uint32_t)n};
}

/* What a column needs beside the struct; all freed with the batch. */
typedef struct bench_memory {
    gm_column column;
    uint64_t *validity, *hashes;
    void *data;
    gm_str *dict;
    uint32_t *codes;
    char *text;
} bench_memory;

static inline void bench_fill_str(bench_memory *m, const bench_column *from, const uint32_t *event,
                                  uint32_t n)
{
    gm_column *c = &m->column;
    gm_str *strings = bench_alloc((n + 1) * sizeof *strings);
    m->text = bench_alloc((size_t)(n + 1) * BENCH_TEXT);
    m->hashes = bench_alloc((n + 1) * sizeof *m->hashes);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = c->encoding == GM_ENC_DICT ? n - 1 - i : i; /* any order of entries will do */
        strings[at] = bench_text(m->text + (size_t)at * BENCH_TEXT, from->keys[event[i]]);
        m->hashes[at] = hash_64(strings[at].ptr, strings[at].len, 0);
    }
    c->hashes = m->hashes;
    if (c->encoding != GM_ENC_DICT) {
        c->data = m->data = strings;
        return;
    }
    c->dict = m->dict = strings;
    c->dict_len = n;
    c->codes = m->codes = bench_alloc((n + 1) * sizeof *m->codes);
    for (uint32_t i = 0; i < n; i++)
        m->codes[i] = n - 1 - i;
}

/* Column of the given events, in order; is_const: they are all alike. */
static inline void bench_fill(bench_memory *m, gm_type type, const bench_column *from,
                              const uint32_t *event, uint32_t n, uint32_t encoding)
{
    memset(m, 0, sizeof *m);
    m->column = (gm_column){.struct_size = sizeof m->column, .type = type, .encoding = encoding};
    if (from->is_null != NULL) {
        m->column.validity = m->validity = bench_alloc((n / 64 + 1) * sizeof *m->validity);
        for (uint32_t i = 0; i < n; i++)
            m->validity[i / 64] |= (uint64_t)!from->is_null[event[i]] << i % 64;
    }
    if (type == GM_T_STR) {
        bench_fill_str(m, from, event, n);
        return;
    }
    size_t size = type == GM_T_BOOL ? 1 : 8;
    const char *source = type == GM_T_BOOL  ? (const char *)from->bools
                         : type == GM_T_F64 ? (const char *)from->f64
                                            : (const char *)from->i64;
    m->data = bench_alloc((n + 1) * size);
    m->column.data = m->data;
    for (uint32_t i = 0; i < n && (i == 0 || encoding == GM_ENC_FLAT); i++)
        memcpy((char *)m->data + i * size, source + event[i] * size, size);
}

static inline void bench_drop(bench_memory *m)
{
    free(m->validity);
    free(m->hashes);
    free(m->data);
    free(m->dict);
    free(m->codes);
    free(m->text);
}

/* Can the events stand in one CONST column? Null ones may have any value. */
static inline bool bench_is_const(gm_type type, const bench_column *c, const uint32_t *event,
                                  uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t a = event[0];
        uint32_t b = event[i];
        if (type == GM_T_STR    ? c->keys[a] != c->keys[b]
            : type == GM_T_BOOL ? c->bools[a] != c->bools[b]
            : type == GM_T_F64  ? fake_bits(c->f64[a]) != fake_bits(c->f64[b])
                                : c->i64[a] != c->i64[b])
            return false;
    }
    return n > 0;
}

/* One update with the given events, groups in step with them (NULL: one state). With a seed the
 * encodings are drawn, and other events stand between, not selected. */
static inline gm_status bench_update(bench *b, gm_inst *inst, gm_state *const *states,
                                     uint32_t n_states, const uint32_t *group,
                                     const uint32_t *event, uint32_t n, uint64_t *seed)
{
    bench_memory memory[BENCH_BINDS];
    const gm_column *cols[BENCH_BINDS];
    uint32_t *row_event = bench_alloc((3 * (size_t)n + 4) * sizeof *row_event);
    uint32_t *sel = bench_alloc((n + 1) * sizeof *sel);
    bool has_sel = seed != NULL && fake_random(seed) % 2 == 0;
    uint32_t rows = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint64_t strangers = has_sel ? fake_random(seed) % 3 : 0; strangers > 0; strangers--)
            row_event[rows++] = (uint32_t)(fake_random(seed) % b->n);
        sel[i] = rows;
        row_event[rows++] = event[i];
    }
    for (uint32_t c = 0; c < b->config.n_binds; c++) {
        gm_type type = b->binds[c].type;
        uint32_t encoding = GM_ENC_FLAT;
        if (seed != NULL && bench_is_const(type, &b->columns[c], row_event, rows))
            encoding = GM_ENC_CONST;
        else if (seed != NULL && type == GM_T_STR && fake_random(seed) % 2 == 0)
            encoding = GM_ENC_DICT;
        bench_fill(&memory[c], type, &b->columns[c], row_event, rows, encoding);
        cols[c] = &memory[c].column;
    }
    gm_batch batch = {.struct_size = sizeof batch,
                      .n_rows = rows,
                      .sel = has_sel ? sel : NULL,
                      .n_sel = has_sel ? n : 0,
                      .n_cols = b->config.n_binds,
                      .cols = cols};
    gm_status status = b->metric->update(inst, states, n_states, group, &batch);
    for (uint32_t c = 0; c < b->config.n_binds; c++)
        bench_drop(&memory[c]);
    free(row_event);
    free(sel);
    return status;
}

/* All events in one batch, plainly. */
static inline gm_state *bench_whole(bench *b, gm_inst *inst)
{
    gm_state *state = bench_state(b, inst);
    uint32_t *event = bench_alloc((b->n + 1) * sizeof *event);
    for (uint32_t i = 0; i < b->n; i++)
        event[i] = i;
    assert_int_equal(bench_update(b, inst, &state, 1, NULL, event, b->n, NULL), GM_OK);
    free(event);
    return state;
}

/* ---- results ----------------------------------------------------------------------------------
 */

static inline gm_status bench_take(gm_emitter *emitter, const gm_emit *e)
{
    bench *b = emitter->ctx;
    assert_true(b->n_emits < BENCH_EMITS);
    uint32_t i = b->n_emits++;
    assert_true(e->label.len < sizeof b->labels[i]);
    b->emits[i] = *e;
    memset(b->labels[i], 0, sizeof b->labels[i]);
    if (e->label.len > 0)
        memcpy(b->labels[i], e->label.ptr, e->label.len);
    b->emits[i].label.ptr = b->labels[i];
    assert_int_equal(e->struct_size, sizeof *e);
    assert_true(e->output < b->metric->desc->n_outputs);
    assert_int_equal(e->value.type, b->metric->desc->outputs[e->output]->type);
    assert_true(e->value.is_null == (e->status != GM_S_OK));
    assert_true(e->value.type != GM_T_F64 || gm_is_finite(e->value.u.f));
    assert_true(gm_is_finite(e->lower) == gm_is_finite(e->upper));
    assert_true(!(e->lower > e->upper));
    assert_true(gm_is_finite(e->lower) == (e->method != GM_U_NONE));
    return GM_OK;
}

static inline void bench_finalize(bench *b, gm_inst *inst, const gm_state *state)
{
    gm_emitter emitter = {.struct_size = sizeof emitter, .ctx = b, .emit = bench_take};
    b->n_emits = 0;
    assert_int_equal(b->metric->finalize(inst, state, &b->config, &emitter), GM_OK);
}

/* The whole table's results, in b->emits. */
static inline void bench_run(bench *b)
{
    gm_inst *inst = bench_create(b);
    gm_state *state = bench_whole(b, inst);
    bench_finalize(b, inst, state);
    b->metric->state_free(inst, state);
    b->metric->destroy(inst);
    assert_int_equal(b->fake.blocks, 0);
}

static inline void bench_assert_near(double got, double want, double tolerance)
{
    if (!(got >= want - tolerance && got <= want + tolerance))
        fail_msg("got %.17g, want %.17g", got, want);
}

#endif

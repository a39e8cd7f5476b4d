/* SPDX-License-Identifier: Apache-2.0
 * metric_laws.h - what every EXACT and CANONICAL metric must keep, over the table of a bench: any
 * partition, batch size, encoding, merge tree and grouping gives the bytes and values of one pass;
 * hostile states are refused or legal; a failed allocation leaks nothing. */
#ifndef GM_TEST_METRIC_LAWS_H
#define GM_TEST_METRIC_LAWS_H

#include "plugins/metric_bench.h"

enum { LAW_PARTS = 9 };

static inline void law_save(bench *b, gm_inst *inst, const gm_state *state, fake_writer *w)
{
    fake_writer_init(w);
    assert_int_equal(b->metric->serialize(inst, state, b->metric->desc->state_format, &w->writer),
                     GM_OK);
}

static inline void law_assert_saved(bench *b, gm_inst *inst, const gm_state *state,
                                    const fake_writer *want)
{
    fake_writer w;
    law_save(b, inst, state, &w);
    assert_int_equal(w.n, want->n);
    assert_memory_equal(w.data, want->data, w.n);
    fake_writer_deinit(&w);
}

static inline gm_state *law_reload(bench *b, gm_inst *inst, gm_state *state)
{
    fake_writer w;
    gm_state *out = NULL;
    law_save(b, inst, state, &w);
    b->metric->state_free(inst, state);
    assert_int_equal(b->metric->deserialize(inst, b->metric->desc->state_format, w.data, w.n, &out),
                     GM_OK);
    law_assert_saved(b, inst, out, &w);
    fake_writer_deinit(&w);
    return out;
}

/* Events dealt to states, in batches of drawn size, encoding and grouping; merged at random. */
static inline void law_random_tree(bench *b, gm_inst *inst, const fake_writer *want, uint64_t *seed)
{
    gm_state *states[LAW_PARTS + 1] = {0}; /* the last stays NULL: no row goes there */
    uint32_t parts = 1 + (uint32_t)(fake_random(seed) % LAW_PARTS);
    uint32_t *event = bench_alloc((b->n + 1) * sizeof *event);
    uint32_t *group = bench_alloc((b->n + 1) * sizeof *group);
    for (uint32_t i = 0; i < parts; i++)
        states[i] = bench_state(b, inst);
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t at = (uint32_t)(fake_random(seed) % (i + 1));
        event[i] = event[at];
        event[at] = i;
        group[i] = (uint32_t)(fake_random(seed) % parts);
    }
    uint32_t step = 1 + (uint32_t)(fake_random(seed) % (fake_random(seed) % 2 ? 5 : 3000));
    for (uint32_t i = 0, n; i < b->n; i += n) {
        n = b->n - i < step ? b->n - i : step;
        if (fake_random(seed) % 3 == 0)
            assert_int_equal(bench_update(b, inst, &states[group[i]], 1, NULL, event + i, n, seed),
                             GM_OK);
        else
            assert_int_equal(
                bench_update(b, inst, states, parts + 1, group + i, event + i, n, seed), GM_OK);
    }
    while (parts > 1) {
        uint32_t x = (uint32_t)(fake_random(seed) % parts);
        uint32_t y = (x + 1 + (uint32_t)(fake_random(seed) % (parts - 1))) % parts;
        assert_int_equal(b->metric->merge(inst, states[x], states[y]), GM_OK);
        b->metric->state_free(inst, states[y]);
        if (fake_random(seed) % 2 == 0)
            states[x] = law_reload(b, inst, states[x]);
        states[y] = states[--parts];
    }
    law_assert_saved(b, inst, states[0], want);
    b->metric->state_free(inst, states[0]);
    free(event);
    free(group);
}

/* Grouped at once equals one group after the other. */
static inline void law_groups(bench *b, gm_inst *inst, uint64_t *seed)
{
    enum { GROUPS = 40 };
    gm_state *together[GROUPS];
    uint32_t *event = bench_alloc((b->n + 1) * sizeof *event);
    uint32_t *group = bench_alloc((b->n + 1) * sizeof *group);
    uint32_t *mine = bench_alloc((b->n + 1) * sizeof *mine);
    for (uint32_t g = 0; g < GROUPS; g++)
        together[g] = bench_state(b, inst);
    for (uint32_t i = 0; i < b->n; i++) {
        event[i] = i;
        group[i] = (uint32_t)(fake_random(seed) % GROUPS);
    }
    assert_int_equal(bench_update(b, inst, together, GROUPS, group, event, b->n, seed), GM_OK);
    for (uint32_t g = 0; g < GROUPS; g++) {
        gm_state *alone = bench_state(b, inst);
        fake_writer want;
        uint32_t n = 0;
        for (uint32_t i = 0; i < b->n; i++)
            if (group[i] == g)
                mine[n++] = i;
        assert_int_equal(bench_update(b, inst, &alone, 1, NULL, mine, n, seed), GM_OK);
        law_save(b, inst, alone, &want);
        law_assert_saved(b, inst, together[g], &want);
        fake_writer_deinit(&want);
        b->metric->state_free(inst, alone);
        b->metric->state_free(inst, together[g]);
    }
    free(event);
    free(group);
    free(mine);
}

static inline void law_hostile(bench *b, gm_inst *inst, const uint8_t *p, size_t n)
{
    uint32_t format = b->metric->desc->state_format;
    gm_state *state = NULL;
    size_t before = b->fake.bytes;
    b->fake.peak = before;
    b->fake.status = GM_OK;
    uint8_t *copy = bench_alloc(n);
    memcpy(copy, p, n);
    copy = realloc(copy, n > 0 ? n : 1);
    gm_status status = b->metric->deserialize(inst, format, copy, n, &state);
    assert_true(b->fake.peak - before <= 2000 * 1000 + 600 * n);
    if (status == GM_OK) {
        fake_writer w = {.data = copy, .n = n};
        law_assert_saved(b, inst, state, &w);
        bench_finalize(b, inst, state);
        b->metric->state_free(inst, state);
    } else {
        assert_int_equal(status, GM_E_STATE);
        assert_int_equal(b->fake.status, GM_E_STATE);
        assert_null(state);
    }
    free(copy);
    assert_int_equal(b->fake.bytes, before);
}

static inline void law_damage(bench *b, gm_inst *inst, const fake_writer *saved)
{
    uint64_t seed = 99;
    uint8_t noise[2048];
    for (size_t n = 0; n < saved->n; n += 1 + n / 64)
        law_hostile(b, inst, saved->data, n);
    for (int i = 0; i < 1500; i++) {
        size_t bit = fake_random(&seed) % (saved->n * 8);
        saved->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        law_hostile(b, inst, saved->data, saved->n);
        saved->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (int i = 0; i < 1500; i++) {
        size_t n = fake_random(&seed) % sizeof noise;
        size_t keep = fake_random(&seed) % 60;
        for (size_t j = 0; j < n; j++)
            noise[j] = j < keep && j < saved->n ? saved->data[j] : (uint8_t)fake_random(&seed);
        law_hostile(b, inst, noise, n);
    }
}

static inline gm_status law_all_once(bench *b, const fake_writer *saved, const uint32_t *event)
{
    const gm_metric *m = b->metric;
    gm_inst *inst = NULL;
    gm_state *state = NULL;
    gm_state *other = NULL;
    gm_emitter emitter = {.struct_size = sizeof emitter, .ctx = b, .emit = bench_take};
    gm_status status = m->create(&b->fake.host, &b->config, &inst);
    if (status == GM_OK)
        status = m->state_new(inst, &state);
    if (status == GM_OK)
        status = bench_update(b, inst, &state, 1, NULL, event, b->n, NULL);
    if (status == GM_OK)
        status = m->deserialize(inst, m->desc->state_format, saved->data, saved->n, &other);
    if (status == GM_OK)
        status = m->merge(inst, state, other);
    b->n_emits = 0;
    if (status == GM_OK)
        status = m->finalize(inst, state, &b->config, &emitter);
    if (inst != NULL) {
        m->state_free(inst, state);
        m->state_free(inst, other);
    }
    m->destroy(inst);
    return status;
}

static inline void law_torture(bench *b, const fake_writer *saved)
{
    uint32_t *event = bench_alloc((b->n + 1) * sizeof *event);
    gm_status status = GM_E_NOMEM;
    for (uint32_t i = 0; i < b->n; i++)
        event[i] = i;
    for (uint64_t k = 1; status != GM_OK; k++) {
        b->fake.calls = 0;
        b->fake.fail_at = k;
        status = law_all_once(b, saved, event);
        assert_int_equal(b->fake.blocks, 0);
        assert_true(status == GM_E_NOMEM || (status == GM_OK && b->fake.calls < k));
    }
    b->fake.fail_at = 0;
    free(event);
}

static inline void law_writer(bench *b, gm_inst *inst, const gm_state *state, size_t n)
{
    uint32_t format = b->metric->desc->state_format;
    gm_state *none = NULL;
    for (size_t i = 1; i < n; i += 1 + n / 20) {
        fake_writer w;
        fake_writer_init(&w);
        w.fail_after = i;
        assert_int_equal(b->metric->serialize(inst, state, format, &w.writer), GM_E_LIMIT);
        fake_writer_deinit(&w);
    }
    assert_int_equal(b->metric->serialize(inst, state, format + 1, NULL), GM_E_FORMAT);
    assert_int_equal(b->metric->deserialize(inst, format + 1, "", 0, &none), GM_E_FORMAT);
}

/* A host without a service that the metric needs: create() says so. */
static inline void law_services(bench *b)
{
    const char *const ids[] = {GM_XSUM_ID,  GM_HLL_ID,   GM_SET_ID, GM_DDSKETCH_ID,
                               GM_UNITS_ID, GM_STATS_ID, GM_TEXT_ID};
    uint32_t needed = 0;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        gm_inst *inst = NULL;
        b->fake.missing = ids[i];
        gm_status status = b->metric->create(&b->fake.host, &b->config, &inst);
        if (status == GM_OK) {
            b->metric->destroy(inst);
            continue;
        }
        assert_int_equal(status, GM_E_UNSUPPORTED);
        assert_non_null(strstr(b->fake.error, ids[i]));
        assert_int_equal(b->fake.blocks, 0);
        needed++;
    }
    b->fake.missing = NULL;
    assert_true(needed > 0);
}

/* All laws over the bench's table. */
static inline void metric_laws(bench *b)
{
    gm_inst *inst = bench_create(b);
    gm_state *whole = bench_whole(b, inst);
    gm_state *empty = bench_state(b, inst);
    fake_writer want, nothing;
    uint64_t seed = b->n + 1;
    gm_emit first[BENCH_EMITS];
    law_save(b, inst, whole, &want);
    law_save(b, inst, empty, &nothing);
    bench_finalize(b, inst, whole);
    memcpy(first, b->emits, sizeof first);
    bench_finalize(b, inst, whole);
    assert_memory_equal(first, b->emits, sizeof first);
    law_assert_saved(b, inst, whole, &want);
    assert_int_equal(b->metric->merge(inst, whole, empty), GM_OK);
    law_assert_saved(b, inst, whole, &want);
    law_assert_saved(b, inst, empty, &nothing);
    assert_int_equal(b->metric->merge(inst, empty, whole), GM_OK);
    law_assert_saved(b, inst, empty, &want);
    whole = law_reload(b, inst, whole);
    for (int i = 0; i < 40; i++)
        law_random_tree(b, inst, &want, &seed);
    law_groups(b, inst, &seed);
    law_damage(b, inst, &want);
    law_damage(b, inst, &nothing);
    law_writer(b, inst, whole, want.n);
    b->metric->state_free(inst, whole);
    b->metric->state_free(inst, empty);
    b->metric->state_free(inst, NULL);
    b->metric->destroy(inst);
    b->metric->destroy(NULL);
    assert_int_equal(b->fake.blocks, 0);
    law_torture(b, &want);
    law_services(b);
    fake_writer_deinit(&want);
    fake_writer_deinit(&nothing);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/metric_laws.h"

#include <math.h>

enum { PARAM_KEY, PARAM_MODE, PARAM_PRECISION, PARAM_LEVEL };
enum { MODE_EXACT, MODE_HLL };
enum { ROWS = 6000 };

static uint32_t keys[ROWS];

static void init(bench *b, uint32_t n, int mode, int64_t precision)
{
    bench_init(b);
    b->columns[0].keys = keys;
    b->n = n;
    b->values[PARAM_MODE].u.i = mode;
    b->values[PARAM_PRECISION].u.i = precision;
}

static void test_exact(void **unused)
{
    (void)unused;
    const uint32_t cases[][2] = {{0, 1}, {1, 1}, {29, 100}, {30, 7}, {ROWS, 900}, {ROWS, 60000}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        static uint8_t seen[60000];
        uint64_t seed = c;
        uint32_t want = 0;
        bench b;
        memset(seen, 0, sizeof seen);
        for (uint32_t i = 0; i < cases[c][0]; i++) {
            keys[i] = (uint32_t)(fake_random(&seed) % cases[c][1]);
            want += !seen[keys[i]];
            seen[keys[i]] = 1;
        }
        init(&b, cases[c][0], MODE_EXACT, 14);
        bench_run(&b);
        assert_int_equal(b.n_emits, 1);
        assert_int_equal(b.emits[0].value.u.i, want);
        assert_int_equal(b.emits[0].n, want);
        assert_int_equal(b.emits[0].status, GM_S_OK);
        assert_int_equal(b.emits[0].method, GM_U_NONE);
        assert_int_equal(b.emits[0].flags, want < 30 ? GM_EF_LOW_N : 0);
    }
}

/* 6,000 keys: the interval is +- 1.959964 times 1.04 / sqrt(2^p), and holds the truth for this
 * fixed input. */
static void test_hll(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < ROWS; i++)
        keys[i] = i;
    for (int64_t p = 8; p <= 16; p += 4) {
        bench b;
        init(&b, ROWS, MODE_HLL, p);
        bench_run(&b);
        const gm_emit *e = &b.emits[0];
        double half = 1.959963984540054 * 1.04 / sqrt(ldexp(1, (int)p));
        assert_int_equal(e->method, GM_U_SKETCH);
        assert_int_equal(e->flags, GM_EF_APPROXIMATE);
        assert_true(e->lower < ROWS && ROWS < e->upper);
        bench_assert_near((e->upper - e->lower) / (e->upper + e->lower), half, 1e-9);
        bench_assert_near((double)e->value.u.i, (e->upper + e->lower) / 2, 0.5);
    }
}

static void test_laws(void **unused)
{
    (void)unused;
    const struct {
        uint32_t n;
        uint64_t keys;
    } cases[] = {{1, 1}, {300, 40}, {3000, 2000}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        uint64_t seed = c;
        for (uint32_t i = 0; i < cases[c].n; i++)
            keys[i] = (uint32_t)(fake_random(&seed) % cases[c].keys);
        for (int mode = MODE_EXACT; mode <= MODE_HLL; mode++) {
            bench b;
            init(&b, cases[c].n, mode, 6);
            metric_laws(&b);
        }
    }
}

/* A key that comes again in another state counts once: merge(s, s) is s. */
static void test_idempotent(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < ROWS; i++)
        keys[i] = i % 1000;
    for (int mode = MODE_EXACT; mode <= MODE_HLL; mode++) {
        bench b;
        fake_writer want;
        init(&b, ROWS, mode, 10);
        gm_inst *inst = bench_create(&b);
        gm_state *x = bench_whole(&b, inst);
        gm_state *y = bench_whole(&b, inst);
        law_save(&b, inst, x, &want);
        assert_int_equal(b.metric->merge(inst, x, y), GM_OK);
        law_assert_saved(&b, inst, x, &want);
        fake_writer_deinit(&want);
        b.metric->state_free(inst, x);
        b.metric->state_free(inst, y);
        b.metric->destroy(inst);
    }
}

/* The state of another precision is not taken. */
static void test_other_precision(void **unused)
{
    (void)unused;
    bench b, c;
    fake_writer w;
    gm_state *state = NULL;
    init(&b, 10, MODE_HLL, 10);
    init(&c, 10, MODE_HLL, 11);
    gm_inst *inst_b = bench_create(&b);
    gm_inst *inst_c = bench_create(&c);
    gm_state *whole = bench_whole(&b, inst_b);
    law_save(&b, inst_b, whole, &w);
    assert_int_equal(c.metric->deserialize(inst_c, 1, w.data, w.n, &state), GM_E_STATE);
    assert_int_equal(b.metric->deserialize(inst_b, 1, w.data, w.n, &state), GM_OK);
    b.metric->state_free(inst_b, state);
    b.metric->state_free(inst_b, whole);
    b.metric->destroy(inst_b);
    c.metric->destroy(inst_c);
    fake_writer_deinit(&w);
    assert_int_equal(b.fake.blocks + c.fake.blocks, 0);
}

/* A sketch with all registers at their highest: no number, and no number that is absurd. */
static void test_saturated(void **unused)
{
    (void)unused;
    bench b;
    uint8_t p[2 + 12] = {4, 1};
    gm_state *state = NULL;
    for (size_t i = 0; i < 4; i++) /* 61 four times, in 24 bits */
        memcpy(p + 2 + 3 * i, "\x7d\xdf\xf7", 3);
    init(&b, 0, MODE_HLL, 4);
    gm_inst *inst = bench_create(&b);
    assert_int_equal(b.metric->deserialize(inst, 1, p, sizeof p, &state), GM_OK);
    bench_finalize(&b, inst, state);
    assert_int_equal(b.emits[0].status, GM_S_ERROR);
    b.metric->state_free(inst, state);
    b.metric->destroy(inst);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_hll),
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_idempotent),
        cmocka_unit_test(test_other_precision),
        cmocka_unit_test(test_saturated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

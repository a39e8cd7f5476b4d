/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/metric_laws.h"

enum { PARAM_LEVEL };

/* Garwood's exact limits, as R prints them (poisson.test), to 6 digits. */
static void test_figures(void **unused)
{
    (void)unused;
    const struct {
        uint32_t n;
        double lower, upper;
    } cases[] = {{0, 0, 3.688879}, {10, 4.795389, 18.390356}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        bench_init(&b);
        b.n = cases[i].n;
        bench_run(&b);
        const gm_emit *e = &b.emits[0];
        assert_int_equal(b.n_emits, 1);
        assert_int_equal(e->value.u.i, cases[i].n);
        assert_int_equal(e->n, cases[i].n);
        assert_int_equal(e->status, GM_S_OK);
        assert_int_equal(e->method, GM_U_POISSON);
        assert_int_equal(e->flags, GM_EF_LOW_N);
        bench_assert_near(e->lower, cases[i].lower, 5e-7);
        bench_assert_near(e->upper, cases[i].upper, 5e-7);
    }
}

/* 137 in 24.19893 are 5.6614 [4.7531, 6.6927] a unit of time. */
static void test_rate(void **unused)
{
    (void)unused;
    bench b;
    bench_init(&b);
    b.n = 137;
    bench_run(&b);
    assert_int_equal(b.emits[0].flags, 0);
    bench_assert_near(b.emits[0].lower / 24.19893, 4.7531, 5e-5);
    bench_assert_near(b.emits[0].upper / 24.19893, 6.6927, 5e-5);
    double lower = b.emits[0].lower;
    b.values[PARAM_LEVEL].u.f = 0.9;
    bench_run(&b);
    assert_true(b.emits[0].lower > lower);
    bench_assert_near(b.emits[0].level, 0.9, 0);
}

static void test_low_n(void **unused)
{
    (void)unused;
    for (uint32_t n = 29; n <= 30; n++) {
        bench b;
        bench_init(&b);
        b.n = n;
        bench_run(&b);
        assert_int_equal(b.emits[0].flags, n < 30 ? GM_EF_LOW_N : 0);
    }
}

static void test_laws(void **unused)
{
    (void)unused;
    const uint32_t sizes[] = {0, 1, 1023, 1024, 1025, 3000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        bench b;
        bench_init(&b);
        b.n = sizes[i];
        metric_laws(&b);
    }
}

/* Two halves of more events than can be counted. */
static void test_limit(void **unused)
{
    (void)unused;
    bench b;
    bench_init(&b);
    gm_inst *inst = bench_create(&b);
    const uint8_t most[8] = {0, 0, 0, 0, 0, 0, 0, 0x40};
    const uint8_t more[8] = {1, 0, 0, 0, 0, 0, 0, 0x40};
    gm_state *state = NULL;
    assert_int_equal(b.metric->deserialize(inst, 1, more, 8, &state), GM_E_STATE);
    assert_int_equal(b.metric->deserialize(inst, 1, most, 8, &state), GM_OK);
    assert_int_equal(b.metric->merge(inst, state, state), GM_E_LIMIT);
    b.metric->state_free(inst, state);
    b.metric->destroy(inst);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures), cmocka_unit_test(test_rate),  cmocka_unit_test(test_low_n),
        cmocka_unit_test(test_laws),    cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

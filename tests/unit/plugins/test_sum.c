/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/metric_laws.h"

#include <float.h>
#include <math.h>

enum { PARAM_FIELD, PARAM_UNIT, PARAM_LEVEL };
enum { NUMBER, UNIT };
enum { SUM, MEAN, MIN, MAX };
enum { ROWS = 2500 };

static double numbers[ROWS];
static uint32_t units[ROWS];
static uint8_t no_unit[ROWS];

static void init(bench *b, const double *v, const uint32_t *unit, const uint8_t *null, uint32_t n)
{
    bench_init(b);
    b->columns[NUMBER].f64 = v;
    b->columns[UNIT].keys = unit;
    b->columns[UNIT].is_null = null;
    b->n = n;
}

/* By hand: units 7: 1 + 2, 8: 4, 9: 3. se of the total: sqrt(9 + 16 + 9); of the mean: residuals
 * -2, 1.5, 0.5 over 3 units. Limits by SciPy (norm.ppf, t.ppf with 2 degrees). */
static void test_figures(void **unused)
{
    (void)unused;
    const double v[] = {1, 2, 4, 3};
    const uint32_t unit[] = {7, 7, 8, 9};
    bench b;
    init(&b, v, unit, NULL, 4);
    bench_run(&b);
    assert_int_equal(b.n_emits, 4);
    const double want[] = {10, 2.5, 1, 4};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(b.emits[i].output, i);
        assert_int_equal(b.emits[i].status, GM_S_OK);
        assert_int_equal(b.emits[i].n, 4);
        assert_int_equal(b.emits[i].flags, GM_EF_LOW_N);
        assert_int_equal(fake_bits(b.emits[i].value.u.f), fake_bits(want[i]));
    }
    assert_int_equal(b.emits[SUM].method, GM_U_UNITS);
    bench_assert_near(b.emits[SUM].se, 5.830951894845301, 1e-12);
    bench_assert_near(b.emits[SUM].lower, -1.4284557094823747, 1e-9);
    bench_assert_near(b.emits[SUM].upper, 21.428455709482375, 1e-9);
    assert_int_equal(b.emits[MEAN].method, GM_U_UNITS);
    bench_assert_near(b.emits[MEAN].se, 0.7806247497997998, 1e-12);
    bench_assert_near(b.emits[MEAN].lower, -0.8587572107624144, 1e-9);
    bench_assert_near(b.emits[MEAN].upper, 5.858757210762414, 1e-9);
    bench_assert_near(b.emits[MEAN].num, 10, 0);
    bench_assert_near(b.emits[MEAN].den, 4, 0);
    assert_int_equal(b.emits[MIN].method, GM_U_NONE);
}

static void test_empty(void **unused)
{
    (void)unused;
    bench b;
    init(&b, numbers, units, NULL, 0);
    bench_run(&b);
    assert_int_equal(b.emits[SUM].status, GM_S_OK);
    assert_int_equal(fake_bits(b.emits[SUM].value.u.f), 0);
    assert_true(b.emits[SUM].flags & GM_EF_NO_INTERVAL);
    for (uint32_t i = MEAN; i <= MAX; i++)
        assert_int_equal(b.emits[i].status, GM_S_NO_DATA);
}

/* Events without a unit are one unit together: as if they had the same name. */
static void test_unit_unknown(void **unused)
{
    (void)unused;
    const double v[] = {1, 2, 4, 3, 5, 1};
    const uint32_t named[] = {1, 1, 2, 3, 4, 4};
    const uint8_t null[] = {0, 0, 0, 0, 1, 1};
    bench b, c;
    init(&b, v, named, NULL, 6);
    init(&c, v, named, null, 6);
    bench_run(&b);
    bench_run(&c);
    for (uint32_t i = SUM; i <= MEAN; i++) {
        bench_assert_near(c.emits[i].lower, b.emits[i].lower, 1e-12);
        bench_assert_near(c.emits[i].upper, b.emits[i].upper, 1e-12);
        assert_int_equal(b.emits[i].flags, GM_EF_LOW_N);
        assert_int_equal(c.emits[i].flags, GM_EF_LOW_N | GM_EF_UNIT_UNKNOWN);
    }
}

static void test_unit_unmapped(void **unused)
{
    (void)unused;
    const double v[] = {1, 2, 4};
    const uint8_t null[] = {1, 1, 1};
    const uint32_t none[] = {0, 0, 0};
    bench b;
    init(&b, v, none, null, 3);
    b.binds[UNIT].flags = GM_BIND_UNMAPPED;
    bench_run(&b);
    for (uint32_t i = SUM; i <= MEAN; i++) {
        assert_int_equal(b.emits[i].status, GM_S_OK);
        assert_int_equal(b.emits[i].method, GM_U_NONE);
        assert_int_equal(b.emits[i].flags, GM_EF_LOW_N | GM_EF_UNIT_UNKNOWN | GM_EF_NO_INTERVAL);
    }
    metric_laws(&b);
}

/* The exact sum does not care for order; a naive one gives 0. */
static void test_exact(void **unused)
{
    (void)unused;
    const double v[] = {1, 1e100, 1, -1e100};
    const uint32_t unit[] = {1, 2, 3, 4};
    bench b;
    init(&b, v, unit, NULL, 4);
    bench_run(&b);
    bench_assert_near(b.emits[SUM].value.u.f, 2, 0);
    bench_assert_near(b.emits[MEAN].value.u.f, 0.5, 0);
    assert_true(b.emits[SUM].flags & GM_EF_NO_INTERVAL); /* too large for the sums by unit */
}

static void test_not_finite(void **unused)
{
    (void)unused;
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    const uint32_t unit[] = {1, 2, 3};
    for (int i = 0; i < 3; i++) {
        double v[] = {1, bad[i], 2};
        bench b;
        init(&b, v, unit, NULL, 3);
        bench_run(&b);
        for (uint32_t o = SUM; o <= MAX; o++)
            assert_int_equal(b.emits[o].status, GM_S_ERROR);
        metric_laws(&b);
    }
}

static void test_signed_zero(void **unused)
{
    (void)unused;
    const double v[] = {-0.0, 0.0, -0.0};
    const uint32_t unit[] = {1, 2, 3};
    bench b;
    init(&b, v, unit, NULL, 3);
    bench_run(&b);
    for (uint32_t o = SUM; o <= MAX; o++)
        assert_int_equal(fake_bits(b.emits[o].value.u.f), 0);
    metric_laws(&b);
}

static void test_low_n(void **unused)
{
    (void)unused;
    for (uint32_t n = 29; n <= 30; n++) {
        bench b;
        init(&b, numbers, units, NULL, n);
        bench_run(&b);
        assert_int_equal(b.emits[SUM].flags & GM_EF_LOW_N, n < 30 ? GM_EF_LOW_N : 0);
    }
}

static void test_laws(void **unused)
{
    (void)unused;
    uint64_t seed = 4;
    const struct {
        uint64_t units;
        uint32_t n;
    } cases[] = {{3, 40}, {250, 1100}, {2000, ROWS}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (int kind = 0; kind < 2; kind++) {
            for (uint32_t i = 0; i < cases[c].n; i++) {
                double u = fake_uniform(&seed);
                numbers[i] = kind == 0 ? floor(u * 4) : (u - 0.5) * exp(40 * (u - 0.4));
                units[i] = (uint32_t)(fake_random(&seed) % cases[c].units);
                no_unit[i] = fake_random(&seed) % 10 == 0;
            }
            bench b;
            init(&b, numbers, units, no_unit, cases[c].n);
            metric_laws(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),      cmocka_unit_test(test_empty),
        cmocka_unit_test(test_unit_unknown), cmocka_unit_test(test_unit_unmapped),
        cmocka_unit_test(test_exact),        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_signed_zero),  cmocka_unit_test(test_low_n),
        cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/metric_laws.h"

#include <math.h>

enum { PARAM_NUM, PARAM_DEN, PARAM_UNIT, PARAM_LEVEL };
enum { UNIT, NUM, DEN };
enum { ROWS = 2500 };

static uint8_t num_is[ROWS], den_is[ROWS], num_null[ROWS], den_null[ROWS], no_unit[ROWS];
static double num_sum[ROWS], den_sum[ROWS];
static int64_t num_whole[ROWS];
static uint32_t num_key[ROWS], den_key[ROWS], units[ROWS];

static void init(bench *b, gm_type num, gm_type den, uint32_t n)
{
    bench_init(b);
    b->binds[NUM].type = num;
    b->binds[DEN].type = den;
    b->columns[UNIT] = (bench_column){.keys = units, .is_null = no_unit};
    b->columns[NUM] = (bench_column){
        .bools = num_is, .f64 = num_sum, .i64 = num_whole, .keys = num_key, .is_null = num_null};
    b->columns[DEN] =
        (bench_column){.bools = den_is, .f64 = den_sum, .keys = den_key, .is_null = den_null};
    b->n = n;
}

static void clear(void)
{
    memset(num_null, 0, sizeof num_null);
    memset(den_null, 0, sizeof den_null);
    memset(no_unit, 0, sizeof no_unit);
}

/* k of n events, each of a unit of its own. */
static void share(uint32_t k, uint32_t n)
{
    clear();
    for (uint32_t i = 0; i < n; i++) {
        units[i] = i;
        den_is[i] = 1;
        num_is[i] = i < k;
    }
}

/* Units one after the other: y[u] events in num among x[u] in den. */
static uint32_t by_unit(const uint32_t *y, const uint32_t *x, uint32_t n_units)
{
    uint32_t n = 0;
    clear();
    for (uint32_t u = 0; u < n_units; u++) {
        for (uint32_t i = 0; i < x[u] || i < y[u]; i++) {
            units[n] = u;
            num_is[n] = i < y[u];
            den_is[n++] = i < x[u];
        }
    }
    return n;
}

static void check(const gm_emit *e, uint32_t method, double value, double lower, double upper)
{
    assert_int_equal(e->status, GM_S_OK);
    assert_int_equal(e->method, method);
    bench_assert_near(e->value.u.f, value, 1e-12);
    bench_assert_near(e->lower, lower, 5e-7);
    bench_assert_near(e->upper, upper, 5e-7);
}

/* The figures of Newcombe 1998 for Wilson's method. */
static const struct {
    uint32_t k, n;
    double lower, upper;
} wilson[] = {{81, 263, .255289, .366210},
              {15, 148, .062386, .160487},
              {0, 20, 0, .161125},
              {1, 29, .006113, .171755}};
enum { WILSON = sizeof wilson / sizeof wilson[0] };

static void test_wilson_of_counts(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < WILSON; i++) {
        bench b;
        double rate = (double)wilson[i].k / wilson[i].n;
        share(wilson[i].k, wilson[i].n);
        init(&b, GM_T_BOOL, GM_T_BOOL, wilson[i].n);
        bench_run(&b);
        assert_int_equal(b.emits[0].n, wilson[i].n);
        bench_assert_near(b.emits[0].num, wilson[i].k, 0);
        bench_assert_near(b.emits[0].den, wilson[i].n, 0);
        assert_int_equal(b.emits[0].flags, wilson[i].n < 30 ? GM_EF_LOW_N : 0);
        if (wilson[i].n <= GM_UNITS_MAX)
            check(&b.emits[0], GM_U_WILSON, rate, wilson[i].lower, wilson[i].upper);
        else /* in buckets nobody knows whose event it was */
            assert_int_equal(b.emits[0].method, GM_U_UNITS);
        /* Without units events count as independent. */
        b.binds[UNIT].flags = GM_BIND_UNMAPPED;
        bench_run(&b);
        check(&b.emits[0], GM_U_WILSON, rate, wilson[i].lower, wilson[i].upper);
        assert_true(b.emits[0].flags & GM_EF_UNIT_UNKNOWN);
    }
}

/* Keys are the units: num has keys 0 to k - 1, den 0 to n - 1, each some times over. */
static void test_wilson_of_keys(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < WILSON; i++) {
        bench b;
        uint32_t n = wilson[i].n;
        clear();
        for (uint32_t r = 0; r < 3 * n; r++) {
            num_key[r] = den_key[r] = units[r] = r % n;
            num_null[r] = r % n >= wilson[i].k;
        }
        init(&b, GM_T_STR, GM_T_STR, 3 * n);
        b.binds[NUM].name = b.binds[DEN].name = bench_str("member");
        bench_run(&b);
        assert_int_equal(b.emits[0].n, n);
        assert_int_equal(b.emits[0].flags, n < 30 ? GM_EF_LOW_N : 0);
        check(&b.emits[0], GM_U_WILSON, (double)wilson[i].k / n, wilson[i].lower, wilson[i].upper);
    }
}

/* Expected limits from here on: the delta method written anew in NumPy, with t of SciPy. */
static void test_over_units(void **unused)
{
    (void)unused;
    bench b;
    const uint32_t share_y[] = {1, 2, 0, 1, 0};
    const uint32_t share_x[] = {2, 3, 2, 2, 1};
    init(&b, GM_T_BOOL, GM_T_BOOL, by_unit(share_y, share_x, 5));
    bench_run(&b);
    check(&b.emits[0], GM_U_UNITS, 0.4, 0.017293453124512803, 0.7827065468754872);
    bench_assert_near(b.emits[0].se, 0.13784048752090222, 1e-12);
    assert_int_equal(b.emits[0].n, 10);
    /* A share lies in 0 to 1: the lower limit would be -0.19. */
    const uint32_t clip_y[] = {1, 0, 0, 0, 0};
    const uint32_t clip_x[] = {2, 2, 1, 2, 2};
    init(&b, GM_T_BOOL, GM_T_BOOL, by_unit(clip_y, clip_x, 5));
    bench_run(&b);
    check(&b.emits[0], GM_U_UNITS, 1.0 / 9, 0, 0.412866422800415);
    /* An event in num that is not in den: no share, nothing to cut off. */
    const uint32_t out_y[] = {3, 4, 3};
    const uint32_t out_x[] = {2, 1, 1};
    init(&b, GM_T_BOOL, GM_T_BOOL, by_unit(out_y, out_x, 3));
    bench_run(&b);
    check(&b.emits[0], GM_U_UNITS, 2.5, -0.8587572107624144, 5.858757210762414);
}

/* Wilson with 5 units as trials: 0 of 5 and 5 of 5. */
static void test_all_alike(void **unused)
{
    (void)unused;
    bench b;
    const uint32_t x[] = {2, 3, 2, 2, 1};
    const uint32_t none[] = {0, 0, 0, 0, 0};
    init(&b, GM_T_BOOL, GM_T_BOOL, by_unit(none, x, 5));
    bench_run(&b);
    check(&b.emits[0], GM_U_WILSON, 0, 0, 0.43448246478317476);
    init(&b, GM_T_BOOL, GM_T_BOOL, by_unit(x, x, 5));
    bench_run(&b);
    check(&b.emits[0], GM_U_WILSON, 1, 0.5655175352168251, 1);
}

/* 4 keys in num, 10 in den, 2 of them in both. */
static void test_keys_apart(void **unused)
{
    (void)unused;
    bench b;
    clear();
    for (uint32_t i = 0; i < 14; i++) {
        num_null[i] = i >= 4;
        den_null[i] = i < 4;
        num_key[i] = i + 1;
        den_key[i] = i - 1;
    }
    init(&b, GM_T_STR, GM_T_STR, 14);
    b.binds[NUM].name = b.binds[DEN].name = bench_str("member");
    bench_run(&b);
    /* num 1 to 4, den 3 to 12: 12 units */
    check(&b.emits[0], GM_U_UNITS, 0.4, -0.05977080495261938, 0.8597708049526194);
    b.binds[DEN].name = bench_str("visitor");
    bench_run(&b);
    bench_assert_near(b.emits[0].value.u.f, 0.4, 1e-15);
    assert_int_equal(b.emits[0].method, GM_U_NONE);
    assert_true(b.emits[0].flags & GM_EF_NO_INTERVAL);
    metric_laws(&b);
}

/* Events by person: 12 persons, each seen twice; events 3, 1, 2 of three of them and 1 of nobody.
 */
static void test_count_by_keys(void **unused)
{
    (void)unused;
    const uint32_t who[] = {0, 0, 0, 1, 2, 2};
    bench b;
    clear();
    for (uint32_t i = 0; i < 31; i++) {
        den_null[i] = i >= 24;
        den_key[i] = i % 12;
        num_is[i] = i >= 24;
        units[i] = i < 24 ? i % 12 : i < 30 ? who[i - 24] : 0;
        no_unit[i] = i == 30;
    }
    init(&b, GM_T_BOOL, GM_T_STR, 31);
    b.binds[DEN].name = bench_str("member");
    b.values[PARAM_UNIT].u.s = bench_str("member");
    bench_run(&b);
    check(&b.emits[0], GM_U_UNITS, 7.0 / 12, -0.07358761184115492, 1.2402542785078214);
    assert_int_equal(b.emits[0].n, 12);
    assert_int_equal(b.emits[0].flags, GM_EF_LOW_N | GM_EF_UNIT_UNKNOWN);
    metric_laws(&b);
}

/* Distinct buyers by orders of 3 persons: y 1 1 0, x 2 1 3. */
static void test_keys_by_count(void **unused)
{
    (void)unused;
    const uint32_t who[] = {0, 0, 1, 2, 2, 2};
    bench b;
    clear();
    for (uint32_t i = 0; i < 6; i++) {
        units[i] = num_key[i] = who[i];
        num_null[i] = who[i] == 2;
        den_is[i] = 1;
    }
    init(&b, GM_T_STR, GM_T_BOOL, 6);
    b.binds[NUM].name = bench_str("actor");
    bench_run(&b);
    check(&b.emits[0], GM_U_UNITS, 1.0 / 3, -0.7620684346626003, 1.4287351013292668);
    metric_laws(&b);
}

/* sum / count and its mirror, I64 and F64; nulls do not count. */
static void test_sums(void **unused)
{
    (void)unused;
    const double y[] = {1, 2, 4, 3, 99};
    const uint32_t who[] = {7, 7, 8, 9, 9};
    for (int kind = 0; kind < 2; kind++) {
        bench b;
        clear();
        for (uint32_t i = 0; i < 5; i++) {
            num_sum[i] = y[i];
            num_whole[i] = (int64_t)y[i];
            units[i] = who[i];
            den_is[i] = i < 4;
            num_null[i] = i == 4;
        }
        init(&b, kind == 0 ? GM_T_F64 : GM_T_I64, GM_T_BOOL, 5);
        bench_run(&b);
        check(&b.emits[0], GM_U_UNITS, 2.5, -0.8587572107624144, 5.858757210762414);
        b.binds[UNIT].flags = GM_BIND_UNMAPPED;
        bench_run(&b);
        bench_assert_near(b.emits[0].value.u.f, 2.5, 0);
        assert_int_equal(b.emits[0].flags, GM_EF_LOW_N | GM_EF_NO_INTERVAL | GM_EF_UNIT_UNKNOWN);
    }
}

static void test_no_data(void **unused)
{
    (void)unused;
    bench b;
    share(0, 5);
    memset(den_is, 0, sizeof den_is);
    num_is[0] = 1;
    init(&b, GM_T_BOOL, GM_T_BOOL, 5);
    bench_run(&b);
    assert_int_equal(b.emits[0].status, GM_S_NO_DATA);
    bench_assert_near(b.emits[0].num, 1, 0);
    bench_assert_near(b.emits[0].den, 0, 0);
    den_sum[0] = 1;
    den_sum[1] = -1;
    init(&b, GM_T_BOOL, GM_T_F64, 2);
    bench_run(&b);
    assert_int_equal(b.emits[0].status, GM_S_NO_DATA);
    assert_int_equal(b.emits[0].n, 2);
    den_sum[0] = (double)INFINITY;
    bench_run(&b);
    assert_int_equal(b.emits[0].status, GM_S_ERROR);
    den_sum[0] = 1 + 0x1p-1074;
    den_sum[1] = -1;
    den_sum[2] = 0x1p-1074;
    init(&b, GM_T_BOOL, GM_T_F64, 3);
    bench_run(&b); /* 1 / 2^-1074 is too large */
    assert_int_equal(b.emits[0].status, GM_S_ERROR);
}

static void test_refused(void **unused)
{
    (void)unused;
    bench b;
    gm_inst *inst = NULL;
    init(&b, GM_T_BOOL, GM_T_STR, 0);
    b.binds[DEN].name = bench_str("member");
    assert_int_equal(b.metric->create(&b.fake.host, &b.config, &inst), GM_E_CONFIG);
    assert_string_equal(b.fake.error, "den counts distinct member: set unit = member");
    init(&b, GM_T_STR, GM_T_F64, 0);
    b.binds[NUM].name = bench_str("visitor");
    assert_int_equal(b.metric->create(&b.fake.host, &b.config, &inst), GM_E_CONFIG);
    assert_string_equal(b.fake.error, "num counts distinct visitor: set unit = visitor");
    init(&b, GM_T_TIME, GM_T_F64, 0);
    assert_int_equal(b.metric->create(&b.fake.host, &b.config, &inst), GM_E_CONFIG);
    assert_int_equal(b.fake.blocks, 0);
}

/* All kinds of parts, few and many units, nulls everywhere. */
static void test_laws(void **unused)
{
    (void)unused;
    const gm_type kinds[] = {GM_T_BOOL, GM_T_F64, GM_T_STR};
    const uint32_t sizes[] = {60, 1300};
    uint64_t seed = 6;
    for (int c = 0; c < 18; c++) {
        gm_type num = kinds[c % 3];
        gm_type den = kinds[c / 3 % 3];
        uint32_t n = sizes[c / 9];
        for (uint32_t i = 0; i < n; i++) {
            units[i] = (uint32_t)(fake_random(&seed) % (n / 2));
            no_unit[i] = fake_random(&seed) % 9 == 0;
            num_key[i] = den_key[i] = units[i];
            den_is[i] = fake_random(&seed) % 3 > 0;
            num_is[i] = den_is[i] && fake_random(&seed) % 3 == 0;
            num_null[i] = fake_random(&seed) % 4 == 0;
            den_null[i] = fake_random(&seed) % 4 == 0;
            num_sum[i] = fake_uniform(&seed) - 0.3;
            den_sum[i] = floor(fake_uniform(&seed) * 10);
        }
        bench b;
        init(&b, num, den, n);
        b.binds[NUM].name = b.binds[DEN].name = bench_str("actor");
        metric_laws(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson_of_counts),
        cmocka_unit_test(test_wilson_of_keys),
        cmocka_unit_test(test_over_units),
        cmocka_unit_test(test_all_alike),
        cmocka_unit_test(test_keys_apart),
        cmocka_unit_test(test_count_by_keys),
        cmocka_unit_test(test_keys_by_count),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_no_data),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

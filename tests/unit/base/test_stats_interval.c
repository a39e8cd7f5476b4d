/* SPDX-License-Identifier: Apache-2.0
 * test_stats_interval.c - confidence intervals. Figures of shares and counts are computed with
 * mpmath at 45 digits from the textbook formulas, ranks with exact fractions, ratios and totals
 * with NumPy from the units themselves (Fieller in the form with g; t from mpmath). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "base/stats.h"

static bool is_close(double got, double expected)
{
    return fabs(got - expected) <= 1e-11 * fabs(expected);
}

static void test_wilson(void **state)
{
    (void)state;
    static const struct {
        double k, n, level, lower, upper;
    } cases[] = {
        {0.0, 10.0, 0.95, 0, 0.27753279986288917},
        {10.0, 10.0, 0.95, 0.72246720013711083, 1},
        {1.0, 10.0, 0.95, 0.017876213095072909, 0.40415002679523843},
        {5.0, 10.0, 0.9, 0.26927182113826717, 0.73072817886173283},
        {50.0, 100.0, 0.95, 0.40383153036599565, 0.59616846963400435},
        {1.0, 1000000.0, 0.99, 1.1740547499963234e-7, 8.5174338347555946e-6},
        {999999.0, 1000000.0, 0.99, 0.99999148256616524, 0.999999882594525},
        {123456789.0, 1000000000.0, 0.95, 0.12343640161927888, 0.12347717927367159},
        {2.5, 7.5, 0.95, 0.1096857455095384, 0.66988405767676863},
        {1.0, 1.0, 0.95, 0.20654931437723745, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double lower, upper;
        stats_wilson(cases[i].k, cases[i].n, cases[i].level, &lower, &upper);
        if (!is_close(lower, cases[i].lower) || !is_close(upper, cases[i].upper))
            fail_msg("%g of %g: %.17g %.17g", cases[i].k, cases[i].n, lower, upper);
    }
}

static void test_poisson(void **state)
{
    (void)state;
    static const struct {
        double k, level, lower, upper;
    } cases[] = {
        {0, 0.95, 0.0, 3.6888794541139354},
        {1, 0.95, 0.025317807984289898, 5.5716433909388975},
        {2, 0.95, 0.24220927854396502, 7.2246876677239596},
        {5, 0.9, 1.9701495680595299, 10.513034908741533},
        {10, 0.95, 4.7953886961324344, 18.390356042017777},
        {10, 0.999999, 1.1810956675443495, 35.385378023476768},
        {39, 0.95, 27.732812489436478, 53.314283865832856},
        {42, 0.99, 27.183832595539537, 61.760852110888275},
        {100, 0.95, 81.363991250923144, 121.62679379242639},
        {10000.0, 0.95, 9804.9524672601832, 10197.951624661473},
        {1000000.0, 0.99, 997426.04902124081, 1002578.7088640063},
        {1000000000.0, 0.95, 999938021.44392792, 1000061981.4504089},
        {2.5, 0.95, 0.41560580674333138, 8.0063821373146609},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double lower, upper;
        stats_poisson(cases[i].k, cases[i].level, &lower, &upper);
        if (!is_close(lower, cases[i].lower) || !is_close(upper, cases[i].upper))
            fail_msg("%g at %g: %.17g %.17g", cases[i].k, cases[i].level, lower, upper);
    }
}

static void test_nothing_to_say(void **state)
{
    (void)state;
    static const struct {
        double k, n, level;
    } cases[] = {{1, 0, 0.95},
                 {0, 0, 0.95},
                 {-1, 10, 0.95},
                 {11, 10, 0.95},
                 {1, 10, 0},
                 {1, 10, 1},
                 {1, 10, -1},
                 {1, 10, 2},
                 {(double)NAN, 10, 0.95},
                 {1, 10, (double)NAN},
                 {1, (double)INFINITY, 0.95}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double lower = 1, upper = 1;
        stats_wilson(cases[i].k, cases[i].n, cases[i].level, &lower, &upper);
        assert_true(isnan(lower) && isnan(upper));
    }
    static const double counts[][2] = {
        {-1, 0.95}, {(double)NAN, 0.95}, {(double)INFINITY, 0.95}, {5, 0}, {5, 1}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        double lower = 1, upper = 1;
        stats_poisson(counts[i][0], counts[i][1], &lower, &upper);
        assert_true(isnan(lower) && isnan(upper));
    }
}

static void test_ranks(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        double q, level;
        uint64_t lower, upper;
    } cases[] = {
        {100, 0.5, 0.95, 40, 61},
        {10, 0.5, 0.95, 2, 9},
        {5, 0.5, 0.95, 0, 0},
        {6, 0.5, 0.95, 1, 6},
        {5, 0.5, 0.9375, 1, 5}, /* the tail is 1/32, exactly the bound */
        {5, 0.5, 0.937500001, 0, 0},
        {59, 0.95, 0.95, 52, 0},
        {1, 0.5, 0.5, 0, 0},
        {1, 0.25, 0.5, 0, 1},
        {1, 0.75, 0.5, 1, 0},
        {1000, 0.5, 0.95, 469, 532},
        {1000, 0.99, 0.95, 983, 997},
        {1000, 0.001, 0.95, 0, 4},
        {12345, 0.9, 0.95, 11045, 11176},
        {1000000, 0.5, 0.95, 499020, 500981},
        {1000000000, 0.9, 0.95, 899981406, 900018594},
        {UINT64_C(1000000000000), 0.5, 0.95, UINT64_C(499999020018), UINT64_C(500000979983)},
        {UINT64_C(1000000000000), 0.99, 0.95, UINT64_C(989999804986), UINT64_C(990000195014)},
        {UINT64_C(1000000000000), 0.001, 0.95, 999938052, 1000061950},
        {10, 0, 0.95, 0, 1},
        {10, 1, 0.95, 10, 0},
        {0, 0.5, 0.95, 0, 0},
        {10, -0.1, 0.95, 0, 0},
        {10, 1.1, 0.95, 0, 0},
        {10, (double)NAN, 0.95, 0, 0},
        {10, 0.5, 0, 0, 0},
        {10, 0.5, 1, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t lower = 42, upper = 42;
        stats_quantile_ranks(cases[i].n, cases[i].q, cases[i].level, &lower, &upper);
        if (lower != cases[i].lower || upper != cases[i].upper)
            fail_msg("%llu %g %g: %llu %llu", (unsigned long long)cases[i].n, cases[i].q,
                     cases[i].level, (unsigned long long)lower, (unsigned long long)upper);
    }
}

/* Against the plain sum of the binomial distribution. */
static void test_ranks_by_sum(void **state)
{
    (void)state;
    static const double qs[] = {0.05, 0.25, 0.5, 0.7, 0.9};
    for (uint64_t n = 1; n <= 60; n++) {
        for (size_t k = 0; k < sizeof qs / sizeof qs[0]; k++) {
            double q = qs[k], p = pow(1 - q, (double)n), sum = 0;
            uint64_t lower, upper, expected_lower = 0, expected_upper = 0;
            for (uint64_t r = 1; r <= n; r++) {
                sum += p; /* P(X <= r - 1) */
                if (sum <= 0.045)
                    expected_lower = r;
                if (expected_upper == 0 && 1 - sum <= 0.045)
                    expected_upper = r;
                p *= (double)(n - r + 1) / (double)r * (q / (1 - q));
            }
            stats_quantile_ranks(n, q, 0.91, &lower, &upper);
            assert_int_equal(lower, expected_lower);
            assert_int_equal(upper, expected_upper);
        }
    }
}

static void test_ratio(void **state)
{
    (void)state;
    const double none = (double)NAN;
    const struct {
        gm_units_moments m;
        double level, lower, upper, se;
        uint32_t method;
    } cases[] = {
        {{.n = 6, .x = 60, .y = 21, .xx = 10, .xy = 7, .yy = 5.5},
         0.95,
         0.2865981045840409,
         0.41340189541595906,
         0.024664414311581243,
         GM_U_UNITS},
        {{.n = 6, .is_bucketed = 1, .x = 60, .y = 21, .xx = 10, .xy = 7, .yy = 5.5},
         0.95,
         0.2865981045840409,
         0.41340189541595906,
         0.024664414311581243,
         GM_U_UNITS},
        {{.n = 8, .x = 26, .y = 35, .xx = 77.5, .xy = 104.25, .yy = 145.875},
         0.9,
         1.092798152154469,
         1.6012720222787225,
         0.09766515010874748,
         GM_U_FIELLER},
        {{.n = 4, .x = 23, .y = 28, .xx = 270.75, .xy = 285, .yy = 302},
         0.95,
         none,
         none,
         none,
         GM_U_NONE}, /* g is 6.9 */
        {{.n = 3, .x = 15, .y = 6, .yy = 2},
         0.95,
         -0.09682754235006602,
         0.896827542350066,
         0.11547005383792516,
         GM_U_UNITS},
        {{.n = 2, .x = 20, .y = 2, .xx = 18}, 0.5, 0.07, 0.13, 0.03, GM_U_UNITS}, /* CV is 0.3 */
        {{.n = 1, .x = 10, .y = 3}, 0.95, none, none, none, GM_U_NONE},
        {{.n = 0}, 0.95, none, none, none, GM_U_NONE},
        {{.n = 6, .x = 0, .y = 21, .xx = 10, .yy = 5}, 0.95, none, none, none, GM_U_NONE},
        {{.n = 6, .overflowed = 1, .x = 60, .y = 21, .xx = 10, .xy = 7, .yy = 5.5},
         0.95,
         none,
         none,
         none,
         GM_U_NONE},
        {{.n = 6, .x = 60, .y = 21, .xx = 10, .xy = 7, .yy = 5.5}, 1, none, none, none, GM_U_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double lower = 1, upper = 1, se = 1;
        uint32_t method = 42;
        stats_ratio_of_units(&cases[i].m, cases[i].level, &lower, &upper, &se, &method);
        assert_int_equal(method, cases[i].method);
        if (method == GM_U_NONE) {
            assert_true(isnan(lower) && isnan(upper) && isnan(se));
        } else if (!is_close(lower, cases[i].lower) || !is_close(upper, cases[i].upper) ||
                   !is_close(se, cases[i].se)) {
            fail_msg("%zu: %.17g %.17g %.17g", i, lower, upper, se);
        }
    }
    /* Just above a coefficient of variation of 0.3 Fieller takes over. */
    gm_units_moments m = {.n = 2, .x = 20, .y = 2, .xx = 18.0001};
    double lower, upper, se;
    uint32_t method;
    stats_ratio_of_units(&m, 0.5, &lower, &upper, &se, &method);
    assert_int_equal(method, GM_U_FIELLER);
    assert_true(lower < 0.1 && upper > 0.1);
}

static void test_total(void **state)
{
    (void)state;
    const double none = (double)NAN;
    const struct {
        gm_units_moments m;
        double level, lower, upper, se;
    } cases[] = {
        {{.n = 6, .y = 21, .yy = 5.5},
         0.95,
         3.5794590544714744,
         38.42054094552853,
         8.888194417315589},
        {{.n = 8, .y = 35, .yy = 145.875},
         0.9,
         6.557821940390564,
         63.44217805960943,
         17.291616465790582},
        {{.n = 6, .is_bucketed = 1, .y = 21, .yy = 5.5},
         0.95,
         14.39605569175192,
         27.60394430824808,
         2.569046515733026},
        {{.n = 1, .y = 3}, 0.95, -2.8798919536201615, 8.8798919536201615, 3},
        {{.n = 1, .is_bucketed = 1, .y = 3}, 0.95, none, none, none},
        {{.n = 0}, 0.95, none, none, none},
        {{.n = 6, .overflowed = 1, .y = 21, .yy = 5.5}, 0.95, none, none, none},
        {{.n = 6, .y = 21, .yy = 5.5}, 0, none, none, none},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double lower = 1, upper = 1, se = 1;
        stats_total_of_units(&cases[i].m, cases[i].level, &lower, &upper, &se);
        if (isnan(cases[i].se))
            assert_true(isnan(lower) && isnan(upper) && isnan(se));
        else if (!is_close(lower, cases[i].lower) || !is_close(upper, cases[i].upper) ||
                 !is_close(se, cases[i].se))
            fail_msg("%zu: %.17g %.17g %.17g", i, lower, upper, se);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson),         cmocka_unit_test(test_poisson),
        cmocka_unit_test(test_nothing_to_say), cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_ranks_by_sum),   cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_stats.c - distribution functions and quantiles. The figures are computed with mpmath at 45
 * digits (integrals and root finding, no formula of ours). SciPy 1.10 agrees with most of them to
 * 1e-11; its t.ppf is off by up to 2e-9. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "base/stats.h"
#include "base/stats_tail.h"

/* Within 1e-12 of the size of what is expected; the contract promises 1e-10. */
static bool is_close(double got, double expected)
{
    return fabs(got - expected) <= 1e-12 * fabs(expected);
}

static void test_gamma_p(void **state)
{
    (void)state;
    static const struct {
        double a, x, expected;
    } cases[] = {
        {0.5, 0.01, 0.11246291601828489},
        {0.5, 2, 0.95449973610364159},
        {1, 1, 0.63212055882855768},
        {3, 0.5, 0.014387677966970687},
        {3, 10, 0.99723060428448842},
        {10, 20, 0.99500458769169241},
        {39, 30, 0.064844322285799019},
        {41, 30, 0.032309574165874299},
        {41, 60, 0.99601719049772699},
        {100, 60, 1.4815276326460468e-6},
        {100, 150, 0.99999407545966452},
        {1000, 900, 0.00054990226571178292},
        {10000.0, 10250, 0.99348213651165744},
        {1000000.0, 995000, 2.7495803592700708e-7},
        {1000000000.0, 999900000, 0.00078244613996278354},
        {1000000000.0, 1000100000, 0.99921704383804167},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = stats_gamma_p(cases[i].a, cases[i].x);
        if (!is_close(v, cases[i].expected))
            fail_msg("%g, %g: %.17g, not %.17g", cases[i].a, cases[i].x, v, cases[i].expected);
    }
}

static void test_beta_i(void **state)
{
    (void)state;
    static const struct {
        double a, b, x, expected;
    } cases[] = {
        {0.5, 0.5, 0.1, 0.20483276469913346},
        {0.5, 0.5, 0.75, 0.66666666666666667},
        {1, 3, 0.2, 0.48800000000000002},
        {2, 5, 0.9, 0.999945},
        {10, 0.5, 0.99, 0.65792817515678433},
        {30, 40, 0.3, 0.012126160623329712},
        {50, 60, 0.3, 0.00034341151876628865},
        {50, 60, 0.6, 0.99894322877191007},
        {500, 0.5, 0.999, 0.31731044730971715},
        {0.5, 500000, 1e-05, 0.9984346359934405},
        {100000.0, 100000.0, 0.49, 1.8571347290404196e-19},
        {300000.0, 700000.0, 0.3013, 0.99770721137843106},
        {500000000000.0, 500000000000.0, 0.499999, 0.02275013195098733},
        {45, 1000000000000.0, 3e-11, 0.0062686146476839098},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = stats_beta_i(cases[i].a, cases[i].b, cases[i].x);
        if (!is_close(v, cases[i].expected))
            fail_msg("%g, %g, %g: %.17g, not %.17g", cases[i].a, cases[i].b, cases[i].x, v,
                     cases[i].expected);
    }
}

static void test_normal_quantile(void **state)
{
    (void)state;
    static const struct {
        double p, expected;
    } cases[] = {
        {1e-300, -37.047096299361199}, {1e-20, -9.2623400897984076},   {1e-06, -4.753424308822899},
        {0.001, -3.0902323061678135},  {0.025, -1.9599639845400542},   {0.05, -1.6448536269514727},
        {0.2, -0.84162123357291417},   {0.4, -0.25334710313579974},    {0.5, 0.0},
        {0.6, 0.25334710313579974},    {0.9, 1.2815515655446006},      {0.975, 1.9599639845400539},
        {0.995, 2.5758293035489005},   {0.999999, 4.7534243088170878},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = stats_normal_quantile(cases[i].p);
        if (!is_close(v, cases[i].expected))
            fail_msg("%g: %.17g, not %.17g", cases[i].p, v, cases[i].expected);
    }
}

static void test_t_quantile(void **state)
{
    (void)state;
    static const struct {
        double p, df, expected;
    } cases[] = {
        {0.975, 1, 12.706204736174693},          {1e-06, 1, -318309.88618274349},
        {0.999999, 1.5, 5219.4693246068863},     {0.9, 2, 1.885618083164127},
        {0.975, 2, 4.3026527297494618},          {0.025, 3, -3.1824463052837095},
        {0.6, 4, 0.27072229470759736},           {0.975, 5, 2.5705818356363148},
        {0.500001, 7, 2.5974602757236802e-6},    {0.95, 10, 1.8124611228116759},
        {0.995, 20, 2.8453397097861081},         {0.975, 29, 2.0452296421327039},
        {0.975, 79, 1.9904502102301285},         {0.975, 81, 1.9896863234569025},
        {0.999999, 100, 5.0488308772214468},     {0.75, 255, 0.67545307007524095},
        {0.3, 1000, -0.52456770730922693},       {1e-06, 10000.0, -4.756229685056779},
        {0.975, 100000.0, 1.9599877075346093},   {0.975, 1000000.0, 1.9599663568141067},
        {1e-06, 1000000.0, -4.7534523482796808},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = stats_t_quantile(cases[i].p, cases[i].df);
        if (!is_close(v, cases[i].expected))
            fail_msg("%g, %g: %.17g, not %.17g", cases[i].p, cases[i].df, v, cases[i].expected);
    }
}

static void test_chi2_quantile(void **state)
{
    (void)state;
    static const struct {
        double p, df, expected;
    } cases[] = {
        {0.95, 1, 3.8414588206941245},
        {1e-06, 1, 1.5707963267957189e-12},
        {0.999999, 1, 23.928126976879469},
        {0.025, 2, 0.050635615968579754},
        {0.05, 3, 0.35184631774927141},
        {0.95, 5, 11.070497693516352},
        {0.5, 10, 9.3418177655919674},
        {0.975, 30, 46.979242243671153},
        {0.025, 79, 56.30890283343967},
        {0.025, 81, 57.998416527399434},
        {0.975, 200, 241.05789550631091},
        {1e-06, 1000, 801.62443760686573},
        {0.999999, 1000, 1227.1524211872779},
        {0.95, 100000.0, 100736.736177319},
        {1e-06, 1000000.0, 993292.0337373913},
        {0.999999, 1000000.0, 1006736.7596362823},
        {0.025, 2000000000.0, 1999876042.8878558},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = stats_chi2_quantile(cases[i].p, cases[i].df);
        if (!is_close(v, cases[i].expected))
            fail_msg("%g, %g: %.17g, not %.17g", cases[i].p, cases[i].df, v, cases[i].expected);
    }
}

/* Quantiles and distribution functions undo each other over the whole promised range. */
static void test_there_and_back(void **state)
{
    (void)state;
    static const double ps[] = {1e-6, 1e-4, 0.01,  0.1,  0.25,   0.2500001, 0.4,
                                0.5,  0.6,  0.749, 0.95, 0.9999, 0.999999};
    for (double df = 1; df < 2e6; df *= 1.37) {
        for (size_t i = 0; i < sizeof ps / sizeof ps[0]; i++) {
            double x = stats_chi2_quantile(ps[i], df), p = stats_gamma_p(df / 2, x / 2);
            double t = stats_t_quantile(ps[i], df);
            double n = df + t * t, tail = stats_tail_beta(df / 2, 0.5, df / n, t * t / n) / 2;
            if (!(fabs(p - ps[i]) < 1e-10 * ps[i]))
                fail_msg("chi2 %g %g: %.17g", ps[i], df, p);
            if (!(fabs((t < 0 ? tail : 1 - tail) - ps[i]) < 1e-10 * ps[i]))
                fail_msg("t %g %g: %.17g", ps[i], df, tail);
        }
    }
}

static void test_edges(void **state)
{
    (void)state;
    assert_true(isinf(stats_normal_quantile(0)) && stats_normal_quantile(0) < 0);
    assert_true(isinf(stats_normal_quantile(1)) && stats_normal_quantile(1) > 0);
    assert_true(isnan(stats_normal_quantile(-0.1)));
    assert_true(isnan(stats_normal_quantile(1.1)));
    assert_true(isnan(stats_normal_quantile((double)NAN)));
    assert_true(isinf(stats_t_quantile(0, 5)) && stats_t_quantile(0, 5) < 0);
    assert_true(isinf(stats_t_quantile(1, 5)) && stats_t_quantile(1, 5) > 0);
    assert_true(fabs(stats_t_quantile(0.5, 5)) < 1e-300);
    assert_true(isnan(stats_t_quantile(0.5, 0)));
    assert_true(isnan(stats_t_quantile(2, 5)));
    assert_true(isnan(stats_t_quantile(0.9, (double)NAN)));
    assert_true(is_close(stats_t_quantile(0.975, (double)INFINITY), 1.9599639845400539));
    assert_true(is_close(stats_t_quantile(0.975, 1e18), 1.9599639845400539));
    assert_true(is_close(stats_t_quantile(0.975, 1e15), 1.9599639845400563));
    assert_true(fabs(stats_chi2_quantile(0, 5)) < 1e-300);
    assert_true(isinf(stats_chi2_quantile(1, 5)));
    assert_true(isnan(stats_chi2_quantile(0.5, -1)));
    assert_true(isnan(stats_chi2_quantile(0.5, (double)INFINITY)));
    assert_true(fabs(stats_gamma_p(2, 0)) < 1e-300);
    assert_true(is_close(stats_gamma_p(2, (double)INFINITY), 1));
    assert_true(isnan(stats_gamma_p(0, 1)));
    assert_true(isnan(stats_gamma_p(1, -1)));
    assert_true(fabs(stats_beta_i(2, 3, 0)) < 1e-300);
    assert_true(is_close(stats_beta_i(2, 3, 1), 1));
    assert_true(isnan(stats_beta_i(2, 3, 1.1)));
    assert_true(isnan(stats_beta_i(0, 3, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma_p),         cmocka_unit_test(test_beta_i),
        cmocka_unit_test(test_normal_quantile), cmocka_unit_test(test_t_quantile),
        cmocka_unit_test(test_chi2_quantile),   cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_stats_tail.c - tails that are too small to be had as 1 - p, and densities. The figures are
 * computed with mpmath at 45 digits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "base/stats_tail.h"

/* Within 1e-12 of the size of what is expected; the contract promises 1e-10. */
static bool is_close(double got, double expected)
{
    return fabs(got - expected) <= 1e-12 * fabs(expected);
}

static void test_gamma(void **state)
{
    (void)state;
    static const struct {
        double a, x;
        bool is_upper;
        double tail, slope;
    } cases[] = {
        {0.5, 50, true, 1.5239706048321052e-23, 7.6945986267064193e-22},
        {3, 0.0001, false, 1.666541671666528e-13, 4.9995000249991674e-13},
        {10, 80, true, 7.5087673221152214e-24, 5.3404553054289779e-22},
        {39.5, 120, true, 3.8554753524881983e-18, 3.1598069394991694e-16},
        {40, 5, false, 8.5500237568428868e-23, 3.0042957754638055e-21},
        {41, 200, true, 2.3275587433151077e-43, 3.7298242943282519e-41},
        {200, 500, true, 3.7272816423111791e-53, 1.1243493449341946e-50},
        {1000, 300, false, 2.4149201482967856e-221, 1.6914763368978181e-218},
        {1000000.0, 990000, false, 5.4466446930108087e-24, 5.4995431265267092e-20},
        {1000000000.0, 1000400000, true, 5.7793560575070034e-37, 2.326021281333785e-31},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double tail = stats_tail_gamma(cases[i].a, cases[i].x, cases[i].is_upper);
        double other = stats_tail_gamma(cases[i].a, cases[i].x, !cases[i].is_upper);
        double slope = stats_tail_gamma_slope(cases[i].a, cases[i].x);
        if (!is_close(tail, cases[i].tail) || !is_close(slope, cases[i].slope))
            fail_msg("%g %g: %.17g %.17g", cases[i].a, cases[i].x, tail, slope);
        assert_true(is_close(tail + other, 1));
        double back = stats_tail_gamma_quantile(cases[i].a, cases[i].tail, cases[i].is_upper);
        if (!is_close(back, cases[i].x))
            fail_msg("%g %g: back %.17g", cases[i].a, cases[i].x, back);
    }
}

static void test_beta(void **state)
{
    (void)state;
    static const struct {
        double a, b, x, tail, slope;
    } cases[] = {
        {0.5, 0.5, 1e-10, 6.3661977237819168e-6, 3.1830988616787518e-6},
        {5, 3, 1e-05, 2.0999650001500009e-24, 1.0499685003149994e-23},
        {39.5, 0.5, 0.5, 1.6083213253113651e-13, 3.2147667807905404e-12},
        {41, 0.5, 0.5, 5.5842639765020043e-14, 1.1581055322319044e-12},
        {60, 50, 0.1, 1.7930035382382434e-31, 8.8210841382854174e-30},
        {1000, 2, 0.95, 2.6988296013498505e-21, 1.3242786426231386e-19},
        {100000.0, 100000.0, 0.48, 6.3712374767322164e-72, 2.5563973577522703e-68},
        {300000.0, 700000.0, 0.295, 3.4815347018877488e-28, 1.7550161873302597e-24},
        {500000000000.0, 500000000000.0, 0.499995, 7.6198530086182265e-24, 3.8472993054849156e-17},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double a = cases[i].a, b = cases[i].b, x = cases[i].x, y = 1 - x;
        double tail = stats_tail_beta(a, b, x, y), slope = stats_tail_beta_slope(a, b, x, y);
        if (!is_close(tail, cases[i].tail) || !is_close(slope, cases[i].slope))
            fail_msg("%g %g %g: %.17g %.17g", a, b, x, tail, slope);
        assert_true(is_close(stats_tail_beta_slope(b, a, y, x), cases[i].slope));
        assert_true(is_close(tail + stats_tail_beta(b, a, y, x), 1));
        double s = stats_tail_beta_quantile(a, b, cases[i].tail, 0);
        if (!is_close(1 / (1 + exp(-s)), x))
            fail_msg("%g %g %g: back %.17g", a, b, x, 1 / (1 + exp(-s)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_beta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

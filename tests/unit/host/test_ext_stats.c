/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_stats.h"

#include "host/fake_host.h"

static void assert_near(double got, double want, double tolerance)
{
    if (!(got >= want - tolerance && got <= want + tolerance))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* One published figure a function, so that none stands in another's place. */
static void test_table(void **unused)
{
    (void)unused;
    const gm_ext_stats *s = &ext_stats_service;
    double lower, upper, se;
    uint64_t low, high;
    uint32_t method;
    assert_near(s->normal_quantile(0.975), 1.959963984540054, 1e-12);
    assert_near(s->t_quantile(0.975, 10), 2.2281388519649385, 1e-9);
    s->wilson(81, 263, 0.95, &lower, &upper);
    assert_near(lower, 0.255289, 5e-7);
    assert_near(upper, 0.366210, 5e-7);
    s->poisson(10, 0.95, &lower, &upper);
    assert_near(lower, 4.795389, 5e-7);
    assert_near(upper, 18.390356, 5e-7);
    s->quantile_ranks(40, 0.5, 0.95, &low, &high);
    assert_int_equal(low, 14);
    assert_int_equal(high, 27);
    const gm_units_moments m = {.struct_size = sizeof m,
                                .n = 3,
                                .x = 4,
                                .y = 10,
                                .xx = 2.0 / 3,
                                .xy = -1.0 / 3,
                                .yy = 2.0 / 3};
    s->ratio_of_units(&m, 0.95, &lower, &upper, &se, &method);
    assert_int_equal(method, GM_U_UNITS);
    assert_near(se, 0.7806247497997998, 1e-12);
    s->total_of_units(&m, 0.95, &lower, &upper, &se);
    assert_near(se, 5.830951894845301, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

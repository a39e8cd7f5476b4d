/* SPDX-License-Identifier: Apache-2.0
 * test_config_heading.c - kinds, names and patterns of sections. The messages are in test_config.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/error.h"
#include "config/config_heading.h"
#include "config/ini_scan.h"

static void test_headings(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *name;
        config_kind expected;
        bool is_good, is_pattern;
    } cases[] = {
        {"run", "", CONFIG_KIND_RUN, true, false},
        {"run", "x", CONFIG_KIND_RUN, false, false},
        {"source", "weibo_2", CONFIG_KIND_SOURCE, true, false},
        {"source", "a.b", CONFIG_KIND_SOURCE, false, false},
        {"source", "2a", CONFIG_KIND_SOURCE, false, false},
        {"source", "*", CONFIG_KIND_SOURCE, true, true},
        {"source", "a.*", CONFIG_KIND_SOURCE, false, false},
        {"metric", "m", CONFIG_KIND_METRIC, true, false},
        {"metric", "", CONFIG_KIND_METRIC, false, false},
        {"metric", "*", CONFIG_KIND_METRIC, false, true},
        {"goal", "a.b_c.d2", CONFIG_KIND_GOAL, true, false},
        {"goal", "a..b", CONFIG_KIND_GOAL, false, false},
        {"goal", "a.", CONFIG_KIND_GOAL, false, false},
        {"goal", "*", CONFIG_KIND_GOAL, true, true},
        {"goal", "a.b.*", CONFIG_KIND_GOAL, true, true},
        {"goal", ".*", CONFIG_KIND_GOAL, false, false},
        {"goal", "a*", CONFIG_KIND_GOAL, false, false},
        {"goal", "*.a", CONFIG_KIND_GOAL, false, false},
        {"goal", "a.*.b", CONFIG_KIND_GOAL, false, false},
        {"area", "a.b", CONFIG_KIND_AREA, true, false},
        {"area", "*", CONFIG_KIND_AREA, false, true},
        {"alert", "x", CONFIG_KIND_UNKNOWN, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const ini_section s = {
            .kind = cases[i].kind, .name = cases[i].name, .path = "m.ini", .line = 1, .column = 1};
        error_list errors = {0};
        bool is_pattern = true;
        assert_int_equal(config_heading_kind(&s), cases[i].expected);
        bool is_good = config_heading_check(&s, "m.ini", &is_pattern, &errors);
        if (is_good != cases[i].is_good || is_pattern != cases[i].is_pattern)
            fail_msg("[%s %s]", cases[i].kind, cases[i].name);
        assert_int_equal(errors.n, is_good ? 0 : 1);
        error_list_deinit(&errors);
    }
}

static void test_fits(void **state)
{
    (void)state;
    assert_true(config_heading_fits("*", "a"));
    assert_true(config_heading_fits("a.*", "a.b"));
    assert_true(config_heading_fits("a.*", "a.b.c"));
    assert_false(config_heading_fits("a.*", "a"));
    assert_false(config_heading_fits("a.*", "ab.c"));
    assert_false(config_heading_fits("a.b.*", "a.c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headings),
        cmocka_unit_test(test_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

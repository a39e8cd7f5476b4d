/* SPDX-License-Identifier: Apache-2.0
 * test_config_value.c - each type: what it takes, both sides of its limits, and what it says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "config/config_keys.h"
#include "config/config_value.h"

typedef union any_target {
    config_run run;
    config_source source;
    config_metric metric;
    config_goal goal;
} any_target;

/* Sets key of section from value; the message goes to text, "" when it was taken. */
static void set(const char *section, const char *key, const char *value, any_target *target,
                arena *memory, char text[512])
{
    const config_key *found = config_keys_find(section, key, false);
    assert_non_null(found);
    error_list errors = {0};
    const config_scope scope = {.memory = memory, .folder = ".", .errors = &errors};
    const ini_entry entry = {
        .key = key, .value = value, .path = "x.ini", .value_line = 1, .value_column = 5};
    const ini_entry *entries[] = {&entry};
    memset(target, 0, sizeof *target);
    bool is_good = config_value_set(found, entries, 1, target, &scope);
    assert_int_equal(is_good, errors.n == 0);
    text[0] = '\0';
    if (errors.n > 0)
        (void)snprintf(text, 512, "%u: %s", errors.items[0].column, errors.items[0].message);
    error_list_deinit(&errors);
}

#define LABEL64 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234"

static void test_taken(void **state)
{
    (void)state;
    static const struct {
        const char *section, *key, *value;
    } cases[] = {
        {"run", "name", "Nightly-brand_2.x"}, {"run", "name", LABEL64},
        {"run", "timezone", "UTC"},           {"run", "timezone", "Asia/Shanghai"},
        {"run", "until", "2026-02-28"},       {"run", "until", "2028-02-29"},
        {"run", "memory_max", "auto"},        {"run", "memory_max", "1B"},
        {"goal", "area", "brand.eu"},         {"goal", "direction", "output"},
        {"goal", "direction", "neutral"},     {"metric", "plugin", "acme.churn-2"},
        {"metric", "by", "a,b , c"},          {"metric", "by", "a,b,c,d,e,f,g,h"},
        {"source", "files", "x/{a,b}.gz,y"},
    };
    arena memory;
    arena_init(&memory, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        any_target target;
        char text[512];
        set(cases[i].section, cases[i].key, cases[i].value, &target, &memory, text);
        if (text[0] != '\0')
            fail_msg("%s = %s: %s", cases[i].key, cases[i].value, text);
    }
    arena_deinit(&memory);
}

static void test_refused(void **state)
{
    (void)state;
    static const char label[] = " is made of letters, digits, '.', '_' and '-', not '";
    static const char date[] = " is a date such as 2026-11-21, not '";
    static const char bands[] =
        " is three falling numbers from 100 to 0, such as 100, 80, 60, not '";
    static const char fuel[] = " is a whole number from 1000 to 50000000, not '";
    static const char workers[] = " is auto or a number from 1 to 1024, not '";
    static const char weight[] = " is a number above 0, not '";
    static const char share[] = " is a share from 0 to 1, such as 0.1% or 0.001, not '";
    static const char size[] = " is a size such as 64MiB (B, KB, MB, GB, KiB, MiB, GiB), not '";
    static const char name[] = " is a name of a-z, 0-9 and '_', with dots between parts, not '";
    static const struct {
        const char *section, *key, *value, *message; /* the message between key and value */
    } cases[] = {
        {"run", "name", "a b", label},
        {"run", "name", ".a", label},
        {"run", "name", "声", label},
        {"run", "until", "2026-02-29", date},
        {"run", "until", "2026-2-1", date},
        {"run", "until", "yesterday", date},
        {"run", "workers", "0", workers},
        {"run", "workers", "1025", workers},
        {"run", "workers", "+4", workers},
        {"run", "workers", "12abc", workers},
        {"run", "workers", "Auto", workers},
        {"run", "metric_memory_max", "auto", size},
        {"run", "metric_memory_max", "512", size},
        {"run", "metric_memory_max", "0B", " is a size above 0, not '"},
        {"source", "max_line_bytes", "268435457B", " is a size of at most 256MiB, not '"},
        {"source", "max_bad_lines", "101%", share},
        {"source", "max_bad_lines", "1.0001", share},
        {"source", "max_bad_lines", "-1%", share},
        {"source", "max_bad_lines", "1h", share},
        {"source", "max_bad_lines", "few", share},
        {"source", "format", "csv", " is ndjson, not '"},
        {"metric", "total", "true", " is yes or no, not '"},
        {"metric", "total", "Yes", " is yes or no, not '"},
        {"metric", "plugin", "Count", " is made of a-z, 0-9, '.', '_' and '-', not '"},
        {"metric", "plugin", "../x", " is made of a-z, 0-9, '.', '_' and '-', not '"},
        {"metric", "plugin", LABEL64 "5",
         " is made of a-z, 0-9, '.', '_' and '-', not "
         "'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeee"
         "eeeeffffffffff…'"},
        {"goal", "area", "Brand", name},
        {"goal", "area", "a..b", name},
        {"goal", "min_n", "-1", " is a whole number from 0, not '"},
        {"goal", "min_n", "3.5", " is a whole number from 0, not '"},
        {"goal", "min_n", "99999999999999999999", " is a whole number from 0, not '"},
        {"goal", "fuel", "999", fuel},
        {"goal", "fuel", "50000001", fuel},
        {"goal", "fuel", "many", fuel},
        {"goal", "weight", "0", weight},
        {"goal", "weight", "-1", weight},
        {"goal", "weight", "nan", weight},
        {"goal", "weight", "inf", weight},
        {"goal", "weight", "1 ", weight},
        {"goal", "bands", "100, 80", bands},
        {"goal", "bands", "100, 80, 60, 40", bands},
        {"goal", "bands", "60, 80, 100", bands},
        {"goal", "bands", "100, 80, 80", bands},
        {"goal", "bands", "100.1, 80, 60", bands},
        {"goal", "bands", "100, 80, -1", bands},
        {"goal", "bands", "100, 80, x", bands},
        {"goal", "direction", "upp",
         " is one of output, up, down, target, neutral, not 'upp'; did you mean 'up'?"},
        {"goal", "direction", "sideways", " is one of output, up, down, target, neutral, not '"},
    };
    arena memory;
    arena_init(&memory, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        any_target target;
        char text[512], expected[512];
        size_t n = strlen(cases[i].message);
        bool is_whole = strcmp(cases[i].message + n - 5, "not '") != 0;
        (void)snprintf(expected, sizeof expected, "5: '%s'%s%s%s", cases[i].key, cases[i].message,
                       is_whole ? "" : cases[i].value, is_whole ? "" : "'");
        set(cases[i].section, cases[i].key, cases[i].value, &target, &memory, text);
        assert_string_equal(text, expected);
    }
    arena_deinit(&memory);
}

static void test_lists(void **state)
{
    (void)state;
    static const struct {
        const char *value, *message;
    } cases[] = {
        {"a,b,c,d,e,f,g,h,i", "5: 'by' names 9 fields; at most 8 are possible"},
        {"a, b, a", "11: 'by' names 'a' twice"},
        {"a, B", "8: 'by' is a list of fields with commas between, and 'B' is not a field's name"},
        {"a b", "5: 'by' is a list of fields with commas between, and 'a b' is not a field's name"},
        {"a.b", "5: 'by' is a list of fields with commas between, and 'a.b' is not a field's name"},
        {"a,", "7: 'by' has an empty item between its commas"},
        {",a", "5: 'by' has an empty item between its commas"},
    };
    any_target target;
    char text[512];
    arena memory;
    arena_init(&memory, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set("metric", "by", cases[i].value, &target, &memory, text);
        assert_string_equal(text, cases[i].message);
    }
    set("source", "files", "x/{a,b}.gz , \"p,q\",/y", &target, &memory, text);
    assert_int_equal(target.source.files.n, 3);
    assert_string_equal(target.source.files.items[0].text, "x/{a,b}.gz");
    assert_string_equal(target.source.files.items[1].text, "\"p,q\"");
    assert_int_equal(target.source.files.items[1].column, 18);
    assert_string_equal(target.source.files.items[2].text, "/y");
    arena_deinit(&memory);
}

static void test_numbers(void **state)
{
    (void)state;
    any_target t;
    char text[512];
    arena memory;
    arena_init(&memory, 0);
    set("run", "workers", "1024", &t, &memory, text);
    assert_int_equal(t.run.workers, 1024);
    set("run", "workers", "1", &t, &memory, text);
    assert_int_equal(t.run.workers, 1);
    set("goal", "fuel", "50000000", &t, &memory, text);
    assert_int_equal(t.goal.fuel, 50000000);
    set("goal", "fuel", "1000", &t, &memory, text);
    assert_int_equal(t.goal.fuel, 1000);
    set("goal", "min_n", "9223372036854775807", &t, &memory, text);
    assert_int_equal(t.goal.min_n, INT64_MAX);
    set("goal", "weight", "1e-3", &t, &memory, text);
    assert_true(t.goal.weight > 0.0009999 && t.goal.weight < 0.0010001);
    set("goal", "bands", "100,50.5,0", &t, &memory, text);
    assert_true(t.goal.bands[1] > 50.4 && t.goal.bands[1] < 50.6);
    set("source", "max_line_bytes", "256MiB", &t, &memory, text);
    assert_int_equal(t.source.max_line_bytes, 268435456);
    set("source", "max_line_bytes", "1B", &t, &memory, text);
    assert_int_equal(t.source.max_line_bytes, 1);
    set("source", "max_bad_lines", "100%", &t, &memory, text);
    assert_true(t.source.max_bad_lines > 0.9999 && t.source.max_bad_lines < 1.0001);
    set("source", "max_bad_lines", "0", &t, &memory, text);
    assert_string_equal(text, "");
    set("run", "on_plugin_failure", "stop", &t, &memory, text);
    assert_true(t.run.stop_on_plugin_failure);
    set("run", "on_plugin_failure", "degrade", &t, &memory, text);
    assert_false(t.run.stop_on_plugin_failure);
    arena_deinit(&memory);
}

static void test_periods(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        config_period_kind kind;
        uint32_t days;
    } good[] = {
        {"1d", CONFIG_PERIOD_DAYS, 1},
        {"3660d", CONFIG_PERIOD_DAYS, 3660},
        {"week", CONFIG_PERIOD_WEEK, 0},
        {"month", CONFIG_PERIOD_MONTH, 0},
        {"quarter", CONFIG_PERIOD_QUARTER, 0},
        {"month_to_date", CONFIG_PERIOD_MONTH_TO_DATE, 0},
        {"quarter_to_date", CONFIG_PERIOD_QUARTER_TO_DATE, 0},
        {"year_to_date", CONFIG_PERIOD_YEAR_TO_DATE, 0},
    };
    static const char *const bad[] = {"0d", "3661d", "-1d", "+1d", "d", "7", "1w", "28 d", "1.5d"};
    arena memory;
    arena_init(&memory, 0);
    any_target t;
    char text[512];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        set("run", "period", good[i].value, &t, &memory, text);
        assert_string_equal(text, "");
        assert_int_equal(t.run.period, good[i].kind);
        assert_int_equal(t.run.period_days, good[i].days);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        set("run", "period", bad[i], &t, &memory, text);
        assert_true(text[0] != '\0');
    }
    arena_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lists),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_periods),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

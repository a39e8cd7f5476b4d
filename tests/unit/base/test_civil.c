/* SPDX-License-Identifier: Apache-2.0
 * test_civil.c - calendar dates. Day numbers and weekdays are those of GNU date. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/civil.h"

static void test_days(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        civil_date date;
        int32_t days;
        uint32_t weekday;
    } cases[] = {
        {"0001-01-01", {1, 1, 1}, -719162, 0},    {"0400-02-29", {400, 2, 29}, -573372, 1},
        {"1900-03-01", {1900, 3, 1}, -25508, 3},  {"1969-12-31", {1969, 12, 31}, -1, 2},
        {"1970-01-01", {1970, 1, 1}, 0, 3},       {"2000-02-29", {2000, 2, 29}, 11016, 1},
        {"2026-11-21", {2026, 11, 21}, 20778, 5}, {"9999-12-31", {9999, 12, 31}, 2932896, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[CIVIL_DATE_SIZE];
        int32_t days = 42;
        assert_int_equal(civil_to_days(cases[i].date), cases[i].days);
        assert_int_equal(civil_weekday(cases[i].days), cases[i].weekday);
        civil_format_date(cases[i].days, text);
        assert_string_equal(text, cases[i].text);
        assert_true(civil_parse_date(text, &days));
        assert_int_equal(days, cases[i].days);
    }
}

/* Counts through 800 years with nothing but the lengths of months. */
static void test_every_day(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t days = civil_to_days((civil_date){.year = 1599, .month = 1, .day = 1});
    uint32_t weekday = civil_weekday(days);
    for (int32_t year = 1599; year < 2401; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (uint32_t month = 1; month <= 12; month++) {
            uint32_t length = lengths[month - 1] + (month == 2 && is_leap ? 1 : 0);
            for (uint32_t day = 1; day <= length; day++) {
                civil_date date = civil_from_days(days);
                assert_int_equal(date.year, year);
                assert_int_equal(date.month, month);
                assert_int_equal(date.day, day);
                assert_int_equal(civil_to_days(date), days);
                assert_int_equal(civil_weekday(days), weekday);
                assert_true(civil_is_valid(date));
                days++;
                weekday = (weekday + 1) % 7;
            }
            civil_date beyond = {.year = year, .month = month, .day = length + 1};
            assert_false(civil_is_valid(beyond));
        }
    }
}

static void test_extremes(void **state)
{
    (void)state;
    static const int32_t days[] = {INT32_MIN, INT32_MIN + 1, -719468, -719469, INT32_MAX};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        char text[CIVIL_DATE_SIZE];
        assert_int_equal(civil_to_days(civil_from_days(days[i])), days[i]);
        civil_format_date(days[i], text);
        assert_true(civil_weekday(days[i]) < 7);
    }
    assert_false(civil_is_valid((civil_date){.year = 0, .month = 1, .day = 1}));
    assert_false(civil_is_valid((civil_date){.year = 10000, .month = 1, .day = 1}));
    assert_false(civil_is_valid((civil_date){.year = 2026, .month = 0, .day = 1}));
    assert_false(civil_is_valid((civil_date){.year = 2026, .month = 13, .day = 1}));
    assert_false(civil_is_valid((civil_date){.year = 2026, .month = 1, .day = 0}));
}

static void test_parse_refuses(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026",
        "2026-11",
        "2026-11-2",
        "2026-11-211",
        "2026-11-21 ",
        " 2026-11-21",
        "2026/11/21",
        "2026-1-21",
        "26-11-21",
        "0000-01-01",
        "2026-00-10",
        "2026-13-01",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-01-00",
        "2026-01-32",
        "2026-11-2x",
        "-026-11-21",
        "2026-11-21T",
        "+2026-11-21",
        "2026-+1-21",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t days = 42;
        if (civil_parse_date(cases[i], &days))
            fail_msg("'%s' was taken", cases[i]);
        assert_int_equal(days, 42);
    }
    int32_t days;
    assert_true(civil_parse_date("2028-02-29", &days));
    assert_true(civil_parse_date("2000-02-29", &days));
}

static void test_add_months(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int32_t months;
        const char *to;
    } cases[] = {
        {"2026-01-31", 1, "2026-02-28"},  {"2028-01-31", 1, "2028-02-29"},
        {"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -1, "2025-12-15"},
        {"2026-12-31", 2, "2027-02-28"},  {"2026-11-21", 0, "2026-11-21"},
        {"2026-11-21", 12, "2027-11-21"}, {"2024-02-29", -12, "2023-02-28"},
        {"2024-02-29", 48, "2028-02-29"}, {"2026-05-31", -3, "2026-02-28"},
        {"1970-01-31", -1, "1969-12-31"}, {"0001-12-31", -10, "0001-02-28"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t days;
        char text[CIVIL_DATE_SIZE];
        assert_true(civil_parse_date(cases[i].from, &days));
        civil_format_date(civil_add_months(days, cases[i].months), text);
        assert_string_equal(text, cases[i].to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),       cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_extremes),   cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_add_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

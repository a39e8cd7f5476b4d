/* SPDX-License-Identifier: Apache-2.0
 * test_figure_text.c - numbers as people read them; expected texts worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "report/figure_text.h"

typedef struct number_case {
    double v;
    const char *unit, *text;
} number_case;

static const number_case numbers[] = {
    /* shares: three digits, but never rounded to a whole that they are not */
    {0.0345, "1", "3.45 %"},
    {0.5, "1", "50 %"},
    {0, "1", "0 %"},
    {1, "1", "100 %"},
    {-0.1234, "1", "-12.3 %"},
    {0.12345, "1", "12.3 %"},
    {0.99949, "1", "99.9 %"},
    {0.99951, "1", "99.95 %"},
    {0.999999, "1", "99.9999 %"},
    {0.999999999999, "1", "100 %"},
    {-0.99996, "1", "-99.996 %"},
    {1.005, "1", "100.5 %"},
    {12.34567, "1", "1,234.6 %"},
    {0.000123, "1", "0.0123 %"},
    {0.00000001234, "1", "1.23e-06 %"},
    /* durations: two parts, rounded before they are split */
    {3900, "s", "1 h 5 min"},
    {0, "s", "0 s"},
    {0.35, "s", "350 ms"},
    {0.00012, "s", "0.12 ms"},
    {0.9994, "s", "999 ms"},
    {0.9996, "s", "1 s"},
    {12.34, "s", "12.3 s"},
    {59.94, "s", "59.9 s"},
    {59.96, "s", "1 min"},
    {61.4, "s", "1 min 1 s"},
    {3599.4, "s", "59 min 59 s"},
    {3599.6, "s", "1 h"},
    {86369, "s", "23 h 59 min"},
    {86371, "s", "1 d"},
    {187200, "s", "2 d 4 h"},
    {-3900, "s", "-1 h 5 min"},
    {864000000, "s", "10,000 d"},
    {90, "min", "1 h 30 min"},
    {36, "h", "1 d 12 h"},
    {0.5, "d", "12 h"},
    {1500, "ms", "1.5 s"},
    {250000, "us", "250 ms"},
    /* all else: four digits, the integer part in full, the unit behind */
    {1234567, "", "1,234,567"},
    {1234.56, "", "1,235"},
    {999.96, NULL, "1,000"},
    {123.456, "", "123.5"},
    {12.3456, "", "12.35"},
    {1.23456, "", "1.235"},
    {0.123456, "", "0.1235"},
    {0.0001, "", "0.0001"},
    {0.00001, "", "1e-05"},
    {1e15, "", "1e+15"},
    {999999999999999, "", "999,999,999,999,999"},
    {-1234.5, "", "-1,234"}, /* half to even, as IEEE 754 rounds */
    {-0.0, "", "0"},
    {100, "events", "100 events"},
    {2.5, "CNY", "2.5 CNY"},
    {7, "a\nb", "7 a.b"},
};

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[FIGURE_TEXT_SIZE];
        figure_text_number(numbers[i].v, numbers[i].unit, text);
        assert_string_equal(text, numbers[i].text);
    }
}

static void test_no_number(void **state)
{
    (void)state;
    char text[FIGURE_TEXT_SIZE];
    value_figure none = {.is_null = true};
    figure_text_value(&none, "events", text);
    assert_string_equal(text, "no data");
    figure_text_number((double)NAN, "1", text);
    assert_string_equal(text, "no data");
    figure_text_number((double)INFINITY, "s", text);
    assert_string_equal(text, "no data");
}

static void test_integers(void **state)
{
    (void)state;
    static const struct {
        int64_t i;
        const char *unit, *text;
    } cases[] = {
        {0, "events", "0 events"},
        {999, "events", "999 events"},
        {1000, "events", "1,000 events"},
        {-1000, "", "-1,000"},
        {INT64_C(9007199254740993), "", "9,007,199,254,740,993"}, /* 2^53 + 1: no double has it */
        {INT64_MIN, "", "-9,223,372,036,854,775,808"},
        {90, "s", "1 min 30 s"},
        {1, "1", "100 %"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[FIGURE_TEXT_SIZE];
        value_figure f = {.is_integer = true, .i = cases[i].i};
        figure_text_value(&f, cases[i].unit, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_intervals(void **state)
{
    (void)state;
    static const struct {
        double lower, upper;
        const char *unit, *text;
    } cases[] = {
        {0.22, 0.2634, "1", "22 % – 26.3 %"},
        {3000, 3660, "s", "50 min – 1 h 1 min"},
        {12128, 12564.7, "events", "12,128 – 12,565"},
        {3, (double)INFINITY, "", "≥ 3"},
        {(double)NAN, 3, "1", "≤ 300 %"},
        {(double)NAN, (double)NAN, "1", ""},
        {-2, -1, NULL, "-2 – -1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[FIGURE_TEXT_SIZE];
        value_figure f = {.lower = cases[i].lower, .upper = cases[i].upper};
        figure_text_interval(&f, cases[i].unit, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_changes(void **state)
{
    (void)state;
    static const struct {
        double change;
        const char *text;
    } cases[] = {
        {0.123, "+12.3 %"}, {-0.05, "-5 %"}, {0, "0 %"}, {12.5, "+1,250 %"}, {(double)NAN, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[FIGURE_TEXT_SIZE];
        figure_text_change(cases[i].change, text);
        assert_string_equal(text, cases[i].text);
    }
}

/* A score of 79.96 is at risk when on_track starts at 80: it must not be shown as 80. */
static void test_scores(void **state)
{
    (void)state;
    static const struct {
        double score;
        const char *text;
    } cases[] = {
        {0, "0"},
        {100, "100"},
        {72, "72"},
        {79.96, "79.9"},
        {99.99, "99.9"},
        {0.04, "0"},
        {57.99999999999999, "58"},
        {33.0 + 1.0 / 3, "33.3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[FIGURE_TEXT_SIZE];
        figure_text_score(cases[i].score, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_counts(void **state)
{
    (void)state;
    char text[FIGURE_TEXT_SIZE];
    figure_text_count(0, text);
    assert_string_equal(text, "0");
    figure_text_count(999999, text);
    assert_string_equal(text, "999,999");
    figure_text_count(UINT64_MAX, text);
    assert_string_equal(text, "18,446,744,073,709,551,615");
}

/* The longest of all fits: it is cut, not written past the end. */
static void test_long_units(void **state)
{
    (void)state;
    char unit[400], text[FIGURE_TEXT_SIZE];
    memset(unit, 'x', sizeof unit - 1);
    unit[sizeof unit - 1] = '\0';
    figure_text_number(-999999999999999, unit, text);
    assert_in_range(strlen(text), 40, FIGURE_TEXT_SIZE - 1);
    assert_memory_equal(text, "-999,999,999,999,999 xxx", 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),  cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_integers), cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_changes),  cmocka_unit_test(test_scores),
        cmocka_unit_test(test_counts),   cmocka_unit_test(test_long_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

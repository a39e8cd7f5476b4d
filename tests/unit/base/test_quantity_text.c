/* SPDX-License-Identifier: Apache-2.0
 * test_quantity_text.c - numbers as people read them. Expected texts are worked out by hand;
 * decimals of currencies are those of ISO 4217. */
#include "base/quantity_text.h"

#include <math.h>
#include <string.h>

#include "base/death_fixture.h"

typedef struct unit_case {
    double v;
    const char *unit, *text;
} unit_case;

static void expect(const char *is, const char *expected, size_t row)
{
    if (strcmp(is, expected) != 0)
        fail_msg("row %zu gives '%s', not '%s'", row, is, expected);
}

typedef void by_unit(double v, const char *unit, char text[QUANTITY_TEXT_SIZE]);

static void expect_units(by_unit *function, const unit_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[QUANTITY_TEXT_SIZE];
        function(cases[i].v, cases[i].unit, text);
        expect(text, cases[i].text, i);
    }
}
#define EXPECT_UNITS(function, cases)                                                              \
    expect_units((function), (cases), sizeof(cases) / sizeof *(cases))

/* ---- by unit ---- */

/* Three digits, but never rounded to a whole that they are not. */
static void test_shares(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {0.0345, "1", "3.45 %"},
        {0.5, "1", "50 %"},
        {0.28, "1", "28 %"},
        {0, "1", "0 %"},
        {1, "1", "100 %"},
        {-0.1234, "1", "-12.3 %"},
        {0.12345, "1", "12.3 %"},
        {0.99949, "1", "99.9 %"},
        {0.99951, "1", "99.95 %"},
        {0.9999, "1", "99.99 %"},
        {0.999999, "1", "99.9999 %"},
        {0.99999999999, "1", "99.999999999 %"}, /* nine decimals, the most there are */
        {0.999999999999, "1", "100 %"},
        {-0.99996, "1", "-99.996 %"},
        {1.005, "1", "100.5 %"},
        {12.34567, "1", "1,234.6 %"},
        {0.000123, "1", "0.0123 %"},
        {0.00000001234, "1", "1.23e-06 %"},
        {1e15, "1", "1e+17 %"},
    };
    EXPECT_UNITS(quantity_text_unit, cases);
}

/* Two parts, rounded before they are split. */
static void test_durations(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {3900, "s", "1 h 5 min"},
        {5400, "s", "1 h 30 min"},
        {0, "s", "0 s"},
        {0.35, "s", "350 ms"},
        {0.00012, "s", "0.12 ms"},
        {0.0000000012, "s", "1.2e-06 ms"},
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
        {90061, "s", "1 d 1 h"},
        {187200, "s", "2 d 4 h"},
        {-90, "s", "-1 min 30 s"},
        {-3900, "s", "-1 h 5 min"},
        {-0.35, "s", "-350 ms"},
        {864000000, "s", "10,000 d"},
        {999999999999999, "s", "11,574,074,074 d 2 h"},
        {1e15, "s", "1e+15 s"},
        {90, "min", "1 h 30 min"},
        {36, "h", "1 d 12 h"},
        {0.5, "d", "12 h"},
        {1500, "ms", "1.5 s"},
        {250000, "us", "250 ms"},
    };
    EXPECT_UNITS(quantity_text_unit, cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[QUANTITY_TEXT_SIZE];
        if (strcmp(cases[i].unit, "s") != 0)
            continue;
        quantity_text_duration(cases[i].v, text);
        expect(text, cases[i].text, i);
    }
}

/* Four digits, the integer part in full. */
static void test_plain_numbers(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {1234567, "", "1,234,567"},
        {1234.56, "", "1,235"},
        {999.96, NULL, "1,000"},
        {999, "", "999"},
        {123.456, "", "123.5"},
        {12.3456, "", "12.35"},
        {9.99996, "", "10"},
        {1.23456, "", "1.235"},
        {0.123456, "", "0.1235"},
        {0.0001, "", "0.0001"},
        {0.00001, "", "1e-05"},
        {0.00001234, "", "1.234e-05"},
        {-0.00001234, "", "-1.234e-05"},
        {1e15, "", "1e+15"},
        {999999999999999, "", "999,999,999,999,999"},
        {-1234.5, "", "-1,234"}, /* half to even, as IEEE 754 rounds */
        {-0.0, "", "0"},
    };
    EXPECT_UNITS(quantity_text_unit, cases);
}

/* Lower case, digits and '_' name what is counted; all else is part of the value. */
static void test_names_of_units(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {58, "events", "58"},
        {1234, "actor", "1,234"},
        {2.5, "order_lines", "2.5"},
        {7, "top10", "7"},
        {7, "x", "7"},
        {0.084, "events/actor", "0.084 events/actor"},
        {1234.5, "events/actor", "1,234 events/actor"},
        {7, "Events", "7 Events"},
        {7, "kB", "7 kB"},
        {7, "per-mille", "7 per-mille"},
        {7, "°C", "7 °C"},
        {7, "a\nb", "7 a.b"},
        {7, "a b", "7 a b"},
    };
    EXPECT_UNITS(quantity_text_unit, cases);
}

static void test_money_by_unit(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {19990, "CNY", "199.90 CNY"},
        {250, "EUR", "2.50 EUR"},
        {-5, "EUR", "-0.05 EUR"},
        {0, "EUR", "0.00 EUR"},
        {2.5, "CNY", "0.03 CNY"},
        {-0.4, "CNY", "0.00 CNY"},
        {123456789, "USD", "1,234,567.89 USD"},
        {19990, "JPY", "19,990 JPY"},
        {19990, "KWD", "19.990 KWD"},
        {1e17, "CNY", "1e+15 CNY"},
        {250, "eur", "250"}, /* a word like any other */
        {250, "EU", "250 EU"},
        {250, "EURO", "250 EURO"},
        {250, "EU1", "250 EU1"},
    };
    EXPECT_UNITS(quantity_text_unit, cases);
}

static void test_bare(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {0.2634, "1", "26.3 %"},
        {3660, "s", "1 h 1 min"},
        {90, "min", "1 h 30 min"},
        {12564.7, "events", "12,565"},
        {0.0841, "events/actor", "0.0841"},
        {19990, "CNY", "199.90"},
        {19990, "JPY", "19,990"},
        {19990, "KWD", "19.990"},
        {7, "kB", "7"},
        {-2, "", "-2"},
        {3, NULL, "3"},
    };
    EXPECT_UNITS(quantity_text_bare, cases);
}

static void test_no_finite_number(void **state)
{
    (void)state;
    const double inf = (double)INFINITY, nan = (double)NAN;
    const unit_case cases[] = {
        {nan, "", "not a number"},  {inf, "1", "infinite %"},    {-inf, "s", "-infinite s"},
        {inf, "kB", "infinite kB"}, {inf, "events", "infinite"}, {-inf, "CNY", "-infinite CNY"},
    };
    EXPECT_UNITS(quantity_text_unit, cases);
    char text[QUANTITY_TEXT_SIZE];
    quantity_text_number(nan, 2, text);
    assert_string_equal(text, "not a number");
    quantity_text_share(-inf, 1, text);
    assert_string_equal(text, "-infinite %");
    quantity_text_duration(-inf, text);
    assert_string_equal(text, "-infinite s");
}

/* ---- one by one ---- */

static const struct {
    double v;
    int decimals;
    const char *number, *share;
} with_decimals[] = {
    {2.5, 0, "2", "250 %"},
    {3.5, 0, "4", "350 %"},
    {3.14159, 2, "3.14", "314.16 %"},
    {3, 2, "3.00", "300.00 %"},
    {-0.05, 1, "-0.1", "-5.0 %"}, /* the binary fraction is a little above 0.05 */
    {-0.001, 2, "0.00", "-0.10 %"},
    {0.99999, 1, "1.0", "100.0 %"}, /* rounded up, as was asked for */
    {1234.5, 1, "1,234.5", "123,450.0 %"},
    {0, 9, "0.000000000", "0.000000000 %"},
    {-999999999999999.0, 9, "-999,999,999,999,999.000000000", "-1e+17 %"},
    {1.7976931348623157e306, 3, "1.798e+306", "1.8e+308 %"},
    {0.12345, -1, "0.1235", "12.3 %"},
    {12.5, -1, "12.5", "1,250 %"},
};

static void test_decimals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof with_decimals / sizeof *with_decimals; i++) {
        char text[QUANTITY_TEXT_SIZE];
        quantity_text_number(with_decimals[i].v, with_decimals[i].decimals, text);
        expect(text, with_decimals[i].number, i);
        quantity_text_share(with_decimals[i].v, with_decimals[i].decimals, text);
        expect(text, with_decimals[i].share, i);
    }
}

static void number_of_ten_decimals(void *text)
{
    quantity_text_number(1, QUANTITY_TEXT_DECIMALS_MAX + 1, text);
}

static void share_of_ten_decimals(void *text)
{
    quantity_text_share(1, QUANTITY_TEXT_DECIMALS_MAX + 1, text);
}

static void test_too_many_decimals(void **state)
{
    (void)state;
    char text[QUANTITY_TEXT_SIZE];
    assert_dies_of(number_of_ten_decimals, text, "decimals <= QUANTITY_TEXT_DECIMALS_MAX");
    assert_dies_of(share_of_ten_decimals, text, "decimals <= QUANTITY_TEXT_DECIMALS_MAX");
}

/* Every currency of ISO 4217 that has not two decimals, and some that have. */
static void test_currencies(void **state)
{
    (void)state;
    static const struct {
        const char *names, *number;
    } cases[] = {
        {"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", "12,345"},
        {"BHD IQD JOD KWD LYD OMR TND", "12.345"},
        {"AUD BRL CHF CNY CZK EUR GBP HKD HUF IDR INR MXN SGD THB TWD USD", "123.45"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (const char *p = cases[i].names;; p += 4) {
            char name[4] = {p[0], p[1], p[2], '\0'};
            char text[QUANTITY_TEXT_SIZE], expected[QUANTITY_TEXT_SIZE];
            quantity_text_money(12345, name, text);
            (void)snprintf(expected, sizeof expected, "%s %s", cases[i].number, name);
            assert_string_equal(text, expected);
            if (p[3] == '\0')
                break;
        }
    }
}

static void test_money_without_currency(void **state)
{
    (void)state;
    static const unit_case cases[] = {
        {-5, NULL, "-0.05"},
        {19990, "", "199.90"},
        {19990, "credits", "199.90 credits"},
    };
    EXPECT_UNITS(quantity_text_money, cases);
}

static void test_counts(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        const char *text;
    } cases[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {999999, "999,999"},
        {5000000, "5,000,000"},
        {UINT64_C(9007199254740993), "9,007,199,254,740,993"}, /* 2^53 + 1: no double has it */
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[QUANTITY_TEXT_SIZE];
        quantity_text_count(cases[i].n, text);
        expect(text, cases[i].text, i);
    }
}

/* The name is cut, not written past the end; the number stays whole. */
static void test_long_names(void **state)
{
    (void)state;
    char name[400], text[QUANTITY_TEXT_SIZE];
    memset(name, 'X', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    quantity_text_unit(-999999999999999, name, text);
    assert_in_range(strlen(text), 40, QUANTITY_TEXT_SIZE - 1);
    assert_memory_equal(text, "-999,999,999,999,999 XXX", 24);
    quantity_text_money(-99999999999999, name, text);
    assert_in_range(strlen(text), 24, QUANTITY_TEXT_SIZE - 1);
    assert_memory_equal(text, "-999,999,999,999.99 XXX", 23);
    memset(name, 'x', sizeof name - 1);
    quantity_text_unit(-999999999999999, name, text);
    assert_string_equal(text, "-999,999,999,999,999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_plain_numbers),
        cmocka_unit_test(test_names_of_units),
        cmocka_unit_test(test_money_by_unit),
        cmocka_unit_test(test_bare),
        cmocka_unit_test(test_no_finite_number),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_too_many_decimals),
        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_money_without_currency),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

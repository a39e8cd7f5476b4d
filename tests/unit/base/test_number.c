/* SPDX-License-Identifier: Apache-2.0
 * test_number.c - strict numbers. Expected doubles are the compiler's own constants, texts those of
 * Python's repr() (with the exponent from 1e15 on). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static void test_parse_i64(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"+9223372036854775807", true, INT64_MAX},
        {"99999999999999999999", false, 0},
        {"0000000000000000000000012", true, 12},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {"+-1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"0x10", false, 0},
        {"12abc", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t v = 42;
        bool ok = number_parse_i64(cases[i].text, strlen(cases[i].text), &v);
        if (ok != cases[i].ok || (ok && v != cases[i].value))
            fail_msg("'%s': %d %lld", cases[i].text, ok, (long long)v);
        if (!ok)
            assert_int_equal(v, 42);
    }
}

static void test_parse_f64(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0.0},
        {"-0", -0.0},
        {"-0e999999999999", -0.0},
        {"0.000", 0.0},
        {".5", 0.5},
        {"-.5", -0.5},
        {"+12.5", 12.5},
        {"0.1", 0.1},
        {"3.14159", 3.14159},
        {"9007199254740992", 9007199254740992.0},
        {"9007199254740993", 9007199254740992.0}, /* a tie, to even */
        {"9007199254740995", 9007199254740996.0},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"1e-22", 1e-22},
        {"123456789e-23", 123456789e-23},
        {"8.5E+3", 8500.0},
        {"1E5", 1e5},
        {"1e-400", 0.0},
        {"4.9406564584124654e-324", 0x1p-1074},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"1.7976931348623157e308", 0x1.fffffffffffffp1023},
        {"1.7976931348623158e308", 0x1.fffffffffffffp1023},
        {"0.30000000000000004440892098500626161694526672363281250000001", 0x1.3333333333334p-2},
        {"100000000000000000000000000000000000000e-38", 1.0},
        {"00000000000000000000000000000000000000000000000000000001", 1.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = 42;
        bool ok = number_parse_f64(cases[i].text, strlen(cases[i].text), &v);
        if (!ok || bits_of(v) != bits_of(cases[i].value))
            fail_msg("'%s': %d %a, not %a", cases[i].text, ok, v, cases[i].value);
    }
}

static void test_parse_f64_refuses(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "+",
        "-",
        ".",
        "1.",
        "e5",
        "1e",
        "1e+",
        "1.5.2",
        "1,5",
        " 1",
        "1 ",
        "0x1p3",
        "inf",
        "nan",
        "-inf",
        "1e309",
        "--1",
        "1d5",
        "12abc",
        "1_0",
        "1.7976931348623159e308",
        "1e999999999999999999999",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double v = 42;
        if (number_parse_f64(cases[i], strlen(cases[i]), &v))
            fail_msg("'%s' was taken as %g", cases[i], v);
        assert_true(v > 41);
    }
    double v;
    assert_false(number_parse_f64("1\0", 2, &v)); /* NUL is a character like any other */
    assert_false(number_parse_f64(NULL, 0, &v));
}

static void test_parse_takes_exactly_n(void **state)
{
    (void)state;
    double v;
    int64_t i;
    assert_true(number_parse_f64("123456", 3, &v));
    assert_int_equal(bits_of(v), bits_of(123));
    assert_true(number_parse_i64("123456", 2, &i));
    assert_int_equal(i, 12);
    /* Long enough to leave the small buffer, and not ended by NUL. */
    size_t n = 1000;
    char *text = mem_alloc(n);
    memset(text, '0', n);
    memcpy(text, "1.", 2);
    text[n - 1] = '1';
    assert_true(number_parse_f64(text, n, &v));
    assert_int_equal(bits_of(v), bits_of(1));
    for (n = 120; n < 140; n++) /* both sides of that buffer */
        assert_true(number_parse_f64(text, n, &v));
    mem_free(text);
}

static void test_format(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100000, "100000"},
        {123456.75, "123456.75"},
        {999999999999999, "999999999999999"},
        {1e15, "1e+15"},
        {-1e15, "-1e+15"},
        {9007199254740992, "9007199254740992"},
        {1e300, "1e+300"},
        {1e100, "1e+100"},
        {1.5e-300, "1.5e-300"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {0.000123, "0.000123"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {1e22, "1e+22"},
        {5e-324, "5e-324"},
        {1.5e-323, "1.5e-323"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {0x1.fffffffffffffp1023, "1.7976931348623157e+308"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[NUMBER_TEXT_MAX];
        size_t n = number_format_f64(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
    }
}

static void test_format_rounded(void **state)
{
    (void)state;
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {
        {1.0 / 3, 12, "0.333333333333"},
        {2.0 / 3, 1, "0.7"},
        {0.1, 17, "0.1"},
        {0.1 + 0.2, 15, "0.3"},
        {0.1 + 0.2, 16, "0.3"},
        {0.1 + 0.2, 17, "0.30000000000000004"},
        {123456, 3, "123000"},
        {999.96, 4, "1000"},
        {-0.00012345, 2, "-0.00012"},
        {1.25e20, 2, "1.2e+20"},
        {5e-324, 12, "5e-324"},
        {0.0, 1, "0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[NUMBER_TEXT_MAX];
        size_t n = number_format_rounded(cases[i].value, cases[i].digits, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
    }
}

/* Any double reads back as itself; the bits come from a fixed generator (splitmix64). */
static void test_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        if ((z >> 52 & 0x7ff) == 0x7ff)
            continue;
        double v, back;
        char text[NUMBER_TEXT_MAX];
        memcpy(&v, &z, sizeof v);
        size_t n = number_format_f64(v, text);
        assert_true(n < NUMBER_TEXT_MAX);
        assert_true(number_parse_f64(text, n, &back));
        assert_int_equal(bits_of(back), z);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_i64),
        cmocka_unit_test(test_parse_f64),
        cmocka_unit_test(test_parse_f64_refuses),
        cmocka_unit_test(test_parse_takes_exactly_n),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_rounded),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_json_number.c - integers in all spellings, and the edges of what fits. */
#include "event/json_number.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        json_number_result result;
        int64_t want;
    } cases[] = {
        {"0", JSON_NUMBER_OK, 0},
        {"-0", JSON_NUMBER_OK, 0},
        {"-0.0", JSON_NUMBER_OK, 0},
        {"0e999999999999999999999", JSON_NUMBER_OK, 0},
        {"3", JSON_NUMBER_OK, 3},
        {"3.0", JSON_NUMBER_OK, 3},
        {"3.000", JSON_NUMBER_OK, 3},
        {"3e0", JSON_NUMBER_OK, 3},
        {"30e-1", JSON_NUMBER_OK, 3},
        {"0.003e3", JSON_NUMBER_OK, 3},
        {"-1.5e1", JSON_NUMBER_OK, -15},
        {"1200E-2", JSON_NUMBER_OK, 12},
        {"1e18", JSON_NUMBER_OK, INT64_C(1000000000000000000)},
        {"9007199254740993", JSON_NUMBER_OK, INT64_C(9007199254740993)}, /* 2^53 + 1 */
        {"9007199254740993.0", JSON_NUMBER_OK, INT64_C(9007199254740993)},
        {"9223372036854775807", JSON_NUMBER_OK, INT64_MAX},
        {"9223372036854775807.0", JSON_NUMBER_OK, INT64_MAX},
        {"922337203685477580.7e1", JSON_NUMBER_OK, INT64_MAX},
        {"-9223372036854775808", JSON_NUMBER_OK, INT64_MIN},
        {"-9223372036854775808e0", JSON_NUMBER_OK, INT64_MIN},
        {"0000000000000000000000000000000000000012.0", JSON_NUMBER_OK, 12},
        {"+5.", JSON_NUMBER_TYPE, 0},
        {"9223372036854775808", JSON_NUMBER_RANGE, 0},
        {"9223372036854775808.0", JSON_NUMBER_RANGE, 0},
        {"-9223372036854775809", JSON_NUMBER_RANGE, 0},
        {"18446744073709551617", JSON_NUMBER_RANGE, 0}, /* 2^64 + 1 */
        {"99999999999999999999", JSON_NUMBER_RANGE, 0},
        {"1e19", JSON_NUMBER_RANGE, 0},
        {"1e999", JSON_NUMBER_RANGE, 0},
        {"1e99999999999999999999999", JSON_NUMBER_RANGE, 0},
        {"3.5", JSON_NUMBER_TYPE, 0},
        {"1e-1", JSON_NUMBER_TYPE, 0},
        {"35e-1", JSON_NUMBER_TYPE, 0},
        {"1e-99999999999999999999999", JSON_NUMBER_TYPE, 0},
        {"99999999999999999999.5", JSON_NUMBER_TYPE, 0},
        {"", JSON_NUMBER_TYPE, 0},
        {"-", JSON_NUMBER_TYPE, 0},
        {".", JSON_NUMBER_TYPE, 0},
        {"e1", JSON_NUMBER_TYPE, 0},
        {"1e", JSON_NUMBER_TYPE, 0},
        {"1e+", JSON_NUMBER_TYPE, 0},
        {"1 ", JSON_NUMBER_TYPE, 0},
        {" 1", JSON_NUMBER_TYPE, 0},
        {"12abc", JSON_NUMBER_TYPE, 0},
        {"0x10", JSON_NUMBER_TYPE, 0},
        {"1,5", JSON_NUMBER_TYPE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t got = -77;
        json_number_result result = json_number_i64(cases[i].text, strlen(cases[i].text), &got);
        if (result != cases[i].result || (result == JSON_NUMBER_OK && got != cases[i].want))
            fail_msg("'%s': %d, %lld", cases[i].text, (int)result, (long long)got);
    }
}

static void test_doubles(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        json_number_result result;
        uint64_t bits; /* IEEE 754, as Python's struct.pack(">d") prints them */
    } cases[] = {
        {"0", JSON_NUMBER_OK, 0},
        {"-0", JSON_NUMBER_OK, UINT64_C(0x8000000000000000)},
        {"0.1", JSON_NUMBER_OK, UINT64_C(0x3fb999999999999a)},
        {"173.13", JSON_NUMBER_OK, UINT64_C(0x4065a428f5c28f5c)},
        {"9007199254740993", JSON_NUMBER_OK, UINT64_C(0x4340000000000000)},
        {"1.7976931348623157e308", JSON_NUMBER_OK, UINT64_C(0x7fefffffffffffff)},
        {"1e-999", JSON_NUMBER_OK, 0},
        {"1e999", JSON_NUMBER_RANGE, 0},
        {"-1.8e308", JSON_NUMBER_RANGE, 0},
        {"NaN", JSON_NUMBER_TYPE, 0},
        {"inf", JSON_NUMBER_TYPE, 0},
        {"Infinity", JSON_NUMBER_TYPE, 0},
        {"0x1p3", JSON_NUMBER_TYPE, 0},
        {"1e999x", JSON_NUMBER_TYPE, 0},
        {"", JSON_NUMBER_TYPE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = 1;
        uint64_t bits;
        json_number_result result = json_number_f64(cases[i].text, strlen(cases[i].text), &got);
        memcpy(&bits, &got, sizeof bits);
        if (result != cases[i].result || (result == JSON_NUMBER_OK && bits != cases[i].bits))
            fail_msg("'%s': %d, %llx", cases[i].text, (int)result, (unsigned long long)bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

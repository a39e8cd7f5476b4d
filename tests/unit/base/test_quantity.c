/* SPDX-License-Identifier: Apache-2.0
 * test_quantity.c - numbers with units. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/quantity.h"

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        quantity_kind kind;
        double value;
    } cases[] = {
        {"12.5", QUANTITY_NUMBER, 12.5},
        {"  12.5\t", QUANTITY_NUMBER, 12.5},
        {"-3", QUANTITY_NUMBER, -3},
        {"+.5", QUANTITY_NUMBER, 0.5},
        {"1e3", QUANTITY_NUMBER, 1000},
        {"0", QUANTITY_NUMBER, 0},
        {"22%", QUANTITY_SHARE, 0.22},
        {"0.1%", QUANTITY_SHARE, 0.001},
        {"99.99%", QUANTITY_SHARE, 0.9999},
        {"5pp", QUANTITY_SHARE, 0.05},
        {"-0.3pp", QUANTITY_SHARE, -0.003},
        {"0%", QUANTITY_SHARE, 0},
        {"12.345678901234567890123%", QUANTITY_SHARE, 12.345678901234567890123 / 100},
        {"15min", QUANTITY_DURATION, 900},
        {"7d", QUANTITY_DURATION, 604800},
        {"2w", QUANTITY_DURATION, 1209600},
        {"1h30min", QUANTITY_DURATION, 5400},
        {"1d2h3min4s5ms6us", QUANTITY_DURATION, 93784.005006},
        {"500ms", QUANTITY_DURATION, 0.5},
        {"0.1ms", QUANTITY_DURATION, 0.0001},
        {"1.5h", QUANTITY_DURATION, 5400},
        {"-90s", QUANTITY_DURATION, -90},
        {"1e3ms", QUANTITY_DURATION, 1},
        {"0.5us", QUANTITY_DURATION, 0.5e-6},
        {"64MiB", QUANTITY_BYTES, 67108864},
        {"1GB", QUANTITY_BYTES, 1e9},
        {"4096B", QUANTITY_BYTES, 4096},
        {"1.5KiB", QUANTITY_BYTES, 1536},
        {"2KB", QUANTITY_BYTES, 2000},
        {"3MB", QUANTITY_BYTES, 3e6},
        {"2GiB", QUANTITY_BYTES, 2147483648.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        quantity q = {.value = 42};
        gm_error err = {.message = ""};
        if (quantity_parse(&q, cases[i].text, &err) != GM_OK)
            fail_msg("'%s': %s", cases[i].text, err.message);
        if (q.kind != cases[i].kind || memcmp(&q.value, &cases[i].value, sizeof q.value) != 0)
            fail_msg("'%s': %d %.17g", cases[i].text, (int)q.kind, q.value);
    }
}

static void test_parse_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "does not start with a number"},
        {"   ", "does not start with a number"},
        {"min", "does not start with a number"},
        {"-", "does not start with a number"},
        {"--5", "does not start with a number"},
        {"12abc", "unknown unit"},
        {"15m", "unknown unit"},
        {"15 min", "unknown unit"},
        {"15Min", "unknown unit"},
        {"5kb", "unknown unit"},
        {"1e5x", "unknown unit"},
        {"5.", "proper number"},
        {"5.%", "proper number"},
        {"1.2.3", "several parts"},
        {"5%5%", "several parts"},
        {"1h5%", "several parts"},
        {"1h30", "several parts"},
        {"1GB5MB", "several parts"},
        {"30min1h", "largest unit first"},
        {"1h1h", "largest unit first"},
        {"1h-30min", "unknown unit"},
        {"1e308d", "too large"},
        {"1e999", "proper number"},
        {"5%\n%", "unknown unit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        quantity q = {.value = 42};
        gm_error err = {.message = ""};
        assert_int_equal(quantity_parse(&q, cases[i].text, &err), GM_E_CONFIG);
        assert_int_equal(err.code, GM_E_CONFIG);
        if (strstr(err.message, cases[i].reason) == NULL)
            fail_msg("'%s': %s", cases[i].text, err.message);
        assert_non_null(strstr(err.message, "us ms s min h d w"));
        assert_null(strchr(err.message, '\n'));
        assert_int_equal(quantity_parse(&q, cases[i].text, NULL), GM_E_CONFIG);
    }
}

static void test_us(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        gm_status status;
        int64_t us;
    } cases[] = {
        {"15min", GM_OK, 900000000},
        {"1h30min", GM_OK, INT64_C(5400000000)},
        {"0s", GM_OK, 0},
        {"0.000001s", GM_OK, 1},
        {"0.0000010s", GM_OK, 1},
        {"0.0000011s", GM_E_CONFIG, 0},
        {"0.5us", GM_E_CONFIG, 0},
        {"0.125ms", GM_OK, 125},
        {"0.0625ms", GM_E_CONFIG, 0},
        {"0.0625s", GM_OK, 62500},
        {"1.000000000000000d", GM_OK, INT64_C(86400000000)},
        {"0.00000000003125w", GM_E_CONFIG, 0}, /* 18.9 us */
        {"0.000000000625d", GM_OK, 54},
        {"-2h", GM_OK, INT64_C(-7200000000)},
        {"2e3us", GM_OK, 2000},
        {"9223372036854775807us", GM_E_CONFIG, 0}, /* more than 18 digits */
        {"922337203685477580us", GM_OK, INT64_C(922337203685477580)},
        {"9223372036854.775807s", GM_E_CONFIG, 0},
        {"106751991d", GM_OK, INT64_C(9223372022400000000)},
        {"106751992d", GM_E_CONFIG, 0},
        {"1e300us", GM_E_CONFIG, 0},
        {"15", GM_E_CONFIG, 0},
        {"0", GM_E_CONFIG, 0},
        {"5%", GM_E_CONFIG, 0},
        {"5MiB", GM_E_CONFIG, 0},
        {"soon", GM_E_CONFIG, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t us = 42;
        gm_error err = {.message = ""};
        gm_status status = quantity_parse_us(&us, cases[i].text, &err);
        if (status != cases[i].status || (status == GM_OK && us != cases[i].us))
            fail_msg("'%s': %d %lld %s", cases[i].text, status, (long long)us, err.message);
    }
}

static void test_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        gm_status status;
        uint64_t n;
    } cases[] = {
        {"64MiB", GM_OK, 67108864},
        {"0B", GM_OK, 0},
        {"1.5KiB", GM_OK, 1536},
        {"0.5B", GM_E_CONFIG, 0},
        {"0.0001KB", GM_E_CONFIG, 0},
        {"0.001KB", GM_OK, 1},
        {"-1B", GM_E_CONFIG, 0},
        {"17179869183GiB", GM_OK, UINT64_C(18446744072635809792)},
        {"17179869184GiB", GM_E_CONFIG, 0},
        {"4096", GM_E_CONFIG, 0},
        {"1min", GM_E_CONFIG, 0},
        {"", GM_E_CONFIG, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t n = 42;
        gm_status status = quantity_parse_bytes(&n, cases[i].text, NULL);
        if (status != cases[i].status || (status == GM_OK && n != cases[i].n))
            fail_msg("'%s': %d %llu", cases[i].text, status, (unsigned long long)n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_us),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

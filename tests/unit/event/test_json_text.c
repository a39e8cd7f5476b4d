/* SPDX-License-Identifier: Apache-2.0
 * test_json_text.c - escapes; the pair of U+1F600 is from the Unicode Standard, that of U+1D11E
 * from RFC 8259. */
#include "event/json_text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FFFD "\xef\xbf\xbd"

static void test_unescape(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *want;
        uint64_t n_lone;
    } cases[] = {
        {"", "", 0},
        {"plain", "plain", 0},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 0},
        {"a\\u0041\\u00e9\\u7528z", "aA\xc3\xa9\xe7\x94\xa8z", 0},
        {"\\uABCD\\uabcd", "\xea\xaf\x8d\xea\xaf\x8d", 0},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80", 0},
        {"\\uD834\\uDD1E", "\xf0\x9d\x84\x9e", 0},
        {"\\uD800\\uDC00\\uDBFF\\uDFFF", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0},
        {"\\ud800", FFFD, 1},
        {"\\udc00", FFFD, 1},
        {"\\ud800x", FFFD "x", 1},
        {"\\ud800\\n", FFFD "\n", 1},
        {"\\ud800\\u0041", FFFD "A", 1},
        {"\\ud800\\ud83d\\ude00", FFFD "\xf0\x9f\x98\x80", 1},
        {"\\ude00\\ud83d", FFFD FFFD, 2},
        {"\\ud7ff\\ue000", "\xed\x9f\xbf\xee\x80\x80", 0},
        {"\xff\\n\xff", "\xff\n\xff", 0}, /* bytes pass */
        {"\\\\u0041", "\\u0041", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].raw);
        char *out = malloc(n + 1);
        char *raw = malloc(n + 1);
        assert_non_null(out);
        assert_non_null(raw);
        memcpy(raw, cases[i].raw, n);
        uint64_t n_lone = 0;
        size_t len = json_text_unescape(out, raw, n, &n_lone);
        assert_int_equal(len, strlen(cases[i].want));
        assert_memory_equal(out, cases[i].want, len);
        assert_int_equal(n_lone, cases[i].n_lone);
        free(out);
        free(raw);
    }
}

static void test_nul(void **state)
{
    (void)state;
    char out[16];
    uint64_t n_lone = 0;
    assert_int_equal(json_text_unescape(out, "a\\u0000b", 8, &n_lone), 3);
    assert_memory_equal(out, "a\0b", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_config_text.c - places within a value, also one that goes on in further lines. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "config/config_text.h"

static void test_places(void **unused)
{
    (void)unused;
    static const config_break breaks[] = {{.at = 4, .line = 8}, {.at = 10, .line = 11}};
    const config_text text = {.text = "0123456789abcdef",
                              .path = "a.ini",
                              .line = 7,
                              .column = 20,
                              .breaks = breaks,
                              .n_breaks = 2};
    static const struct {
        uint32_t offset, line, column;
    } cases[] = {{0, 7, 20}, {3, 7, 23}, {4, 8, 1}, {9, 8, 6}, {10, 11, 1}, {16, 11, 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        config_text from = config_text_from(&text, cases[i].offset);
        assert_int_equal(from.line, cases[i].line);
        assert_int_equal(from.column, cases[i].column);
        assert_ptr_equal(from.text, text.text + cases[i].offset);
        assert_string_equal(from.path, "a.ini");
        assert_int_equal(from.n_breaks, 0);
    }
}

/* From a flag: there is no line, whatever the offset. */
static void test_no_file(void **unused)
{
    (void)unused;
    const config_text text = {.text = "abc", .path = "--workers"};
    config_text from = config_text_from(&text, 2);
    assert_int_equal(from.line, 0);
    assert_int_equal(from.column, 0);
    assert_string_equal(from.path, "--workers");
}

static void test_error(void **unused)
{
    (void)unused;
    const config_text text = {.text = "abc", .path = "a.ini", .line = 3, .column = 9};
    gm_error err;
    assert_int_equal(config_error(&err, &text, "no %s", "such thing"), GM_E_CONFIG);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 9);
    assert_string_equal(err.path, "a.ini");
    assert_string_equal(err.message, "no such thing");
    assert_int_equal(config_error(NULL, &text, "x"), GM_E_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

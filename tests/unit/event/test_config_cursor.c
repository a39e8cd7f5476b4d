/* SPDX-License-Identifier: Apache-2.0
 * test_config_cursor.c - quotes, and where errors point. */
#include "event/config_cursor.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_quoted(void **state)
{
    (void)state;
    arena run_arena;
    arena_init(&run_arena, 0);
    config_text text = {.text = " \t\"a \\\"b\\\\\" rest", .path = "a.ini", .line = 2, .column = 5};
    config_cursor c = config_cursor_start(&text);
    config_cursor_skip_space(&c);
    gm_str got;
    gm_error err;
    assert_int_equal(config_cursor_quoted(&c, &got, &run_arena, &err), GM_OK);
    assert_int_equal(got.len, 5);
    assert_memory_equal(got.ptr, "a \"b\\", 5);
    assert_string_equal(c.p, " rest");
    arena_deinit(&run_arena);
}

static void test_errors_have_columns(void **state)
{
    (void)state;
    gm_error err;
    config_text text = {
        .text = "\xe7\x94\xa8\xe6\x88\xb7x", .path = "a.ini", .line = 2, .column = 5};
    config_cursor c = config_cursor_start(&text);
    assert_int_equal(config_cursor_error(&c, text.text + 6, &err, "no %s", "good"), GM_E_CONFIG);
    assert_string_equal(err.message, "no good");
    assert_string_equal(err.path, "a.ini");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 11); /* columns are bytes: six before it */
    text.line = 0;
    text.column = 0; /* from a flag: no place in a file */
    assert_int_equal(config_cursor_error(&c, text.text + 6, &err, "x"), GM_E_CONFIG);
    assert_int_equal(err.column, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_errors_have_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

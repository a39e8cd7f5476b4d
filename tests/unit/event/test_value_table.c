/* SPDX-License-Identifier: Apache-2.0
 * test_value_table.c - the syntax of value.FIELD and its errors. */
#include "event/value_table.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static arena run_arena;

static gm_status parse(value_table *t, const char *text, gm_error *err)
{
    static config_text at;
    at = (config_text){.text = text, .path = "a.ini", .line = 3, .column = 1};
    return value_table_init(t, &at, &run_arena, err);
}

static void expect(const value_table *t, const char *raw, const char *want)
{
    gm_str got = value_table_map(t, (gm_str){.ptr = raw, .len = (uint32_t)strlen(raw)});
    assert_int_equal(got.len, strlen(want));
    if (got.len != 0)
        assert_memory_equal(got.ptr, want, got.len);
}

static void test_table(void **state)
{
    (void)state;
    value_table t;
    gm_error err;
    arena_init(&run_arena, 0);
    assert_int_equal(parse(&t,
                           "\xe7\x94\xb5\xe8\xaf\x9d -> call, \"a, b\" -> x , call center->phone,"
                           "\"q\\\"\" -> \"\",\"\"->none, - -> dash,\" s \"->s",
                           &err),
                     GM_OK);
    expect(&t, "\xe7\x94\xb5\xe8\xaf\x9d", "call");
    expect(&t, "a, b", "x");
    expect(&t, "call center", "phone");
    expect(&t, "q\"", "");
    expect(&t, "", "none");
    expect(&t, "-", "dash");
    expect(&t, " s ", "s");
    expect(&t, "s", "s");
    expect(&t, "unknown", "unknown");
    expect(&t, "Call center", "Call center"); /* letters count as they are */
    value_table_deinit(&t);
    arena_deinit(&run_arena);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t column;
        const char *message;
    } cases[] = {
        {"", 1, "a value of the log is missing"},
        {"a", 2, "an arrow is missing"},
        {"a = b", 6, "an arrow is missing"},
        {"-> b", 1, "a value of the log is missing"},
        {"a ->", 5, "what the value becomes is missing"},
        {"a -> , b -> c", 6, "what the value becomes is missing"},
        {"a -> b,", 8, "a value of the log is missing"},
        {"a -> b -> c", 8, "between pairs stands a comma"},
        {"a -> \"b\" c", 10, "between pairs stands a comma"},
        {"\"a\" b -> c", 5, "an arrow is missing"},
        {"a -> b, c -> d, a -> e", 17, "'a' stands in this table twice"},
        {"a -> b, \"a\" -> e", 9, "'a' stands in this table twice"},
        {"\"a -> b", 1, "not closed"},
    };
    arena_init(&run_arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        value_table t;
        gm_error err;
        assert_int_equal(parse(&t, cases[i].text, &err), GM_E_CONFIG);
        if (strstr(err.message, cases[i].message) == NULL || err.column != cases[i].column)
            fail_msg("'%s': %u: %s", cases[i].text, err.column, err.message);
        value_table_deinit(&t);
    }
    arena_deinit(&run_arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

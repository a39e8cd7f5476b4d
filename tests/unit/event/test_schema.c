/* SPDX-License-Identifier: Apache-2.0
 * test_schema.c - columns are united by field and kind. */
#include "event/schema.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_wishes_are_united(void **state)
{
    (void)state;
    arena run_arena;
    schema s;
    arena_init(&run_arena, 0);
    schema_init(&s, &run_arena);
    char field[] = "type";
    assert_int_equal(schema_want(&s, field, SCHEMA_TEXT, true, false), 0);
    field[0] = 'X'; /* the schema has its own copy */
    assert_int_equal(schema_want(&s, "value", SCHEMA_NUMBER, true, true), 1);
    assert_int_equal(schema_want(&s, "value", SCHEMA_INTEGER, false, false), 2);
    assert_int_equal(schema_want(&s, "type", SCHEMA_TEXT, false, true), 0);
    assert_int_equal(schema_want(&s, "time", SCHEMA_TIME, false, false), 3);
    assert_int_equal(schema_want(&s, "type", SCHEMA_PRESENT, false, false), 4);
    assert_int_equal(schema_want(&s, "value", SCHEMA_NUMBER, false, false), 1);
    assert_int_equal(s.n, 5);
    assert_string_equal(s.columns[0].field, "type");
    assert_true(s.columns[0].wants_dict);
    assert_true(s.columns[0].wants_hash);
    assert_false(s.columns[1].wants_dict); /* numbers have neither */
    assert_false(s.columns[1].wants_hash);
    schema_deinit(&s);
    arena_deinit(&run_arena);
}

static void test_many_columns(void **state)
{
    (void)state;
    arena run_arena;
    schema s;
    arena_init(&run_arena, 0);
    schema_init(&s, &run_arena);
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 512; i++) {
            char field[16];
            (void)snprintf(field, sizeof field, "f%u", i);
            assert_int_equal(schema_want(&s, field, SCHEMA_TEXT, false, false), i);
        }
    assert_int_equal(s.n, 512);
    schema_deinit(&s);
    arena_deinit(&run_arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wishes_are_united),
        cmocka_unit_test(test_many_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

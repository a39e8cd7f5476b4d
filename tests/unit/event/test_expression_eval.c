/* SPDX-License-Identifier: Apache-2.0
 * test_expression_eval.c - what evaluation does at its edges: NaN, no rows, dictionaries that grow.
 * What expressions mean is tested in test_expression.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "event/expression.h"

static const char *const NAMES[] = {"type", "n"};
static const expression_fields FIELDS = {.names = NAMES, .n = 2};
static const gm_str post = {.ptr = "post", .len = 4};
static const gm_str reply = {.ptr = "reply", .len = 5};

/* A number column may hold NaN: it is present, but equal to nothing and in no order. */
static void test_nan(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint8_t row;
    } cases[] = {{"n == 5", 0}, {"n != 5", 1}, {"n < 5", 0},       {"n <= 5", 0},
                 {"n > 5", 0},  {"n >= 5", 0}, {"n in (1, 5)", 0}, {"n not in (1, 5)", 1}};
    const double nan_value = (double)NAN;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena memory;
        arena_init(&memory, 0);
        schema wanted;
        schema_init(&wanted, &memory);
        const expression *e = NULL;
        config_text text = {.text = cases[i].text, .path = "x.ini", .line = 1, .column = 1};
        assert_int_equal(expression_compile(&e, &text, &wanted, &FIELDS, &memory, NULL), GM_OK);
        expression_run *run = expression_run_new(e);
        gm_column column = {.struct_size = sizeof column, .type = GM_T_F64, .data = &nan_value};
        event_batch batch = {.n_rows = 1, .n_columns = 1, .columns = &column};
        assert_int_equal(expression_evaluate(run, &batch)[0], cases[i].row);
        expression_run_free(run);
        schema_deinit(&wanted);
        arena_deinit(&memory);
    }
}

/* Entries that were seen are not looked at again as long as dict_id stays: their text may even be
 * gone. A new id looks at all. Each run has its own memory. */
static void test_dictionary_once(void **state)
{
    (void)state;
    arena memory;
    arena_init(&memory, 0);
    schema wanted;
    schema_init(&wanted, &memory);
    const expression *e = NULL;
    config_text text = {.text = "type == post", .path = "x.ini", .line = 1, .column = 1};
    assert_int_equal(expression_compile(&e, &text, &wanted, &FIELDS, &memory, NULL), GM_OK);
    expression_run *run = expression_run_new(e), *other = expression_run_new(e);
    gm_str dict[200];
    for (uint32_t i = 0; i < 200; i++)
        dict[i] = i == 199 ? post : reply;
    dict[0] = post;
    const uint32_t codes[] = {0, 1, 199};
    gm_column column = {.struct_size = sizeof column,
                        .type = GM_T_STR,
                        .encoding = GM_ENC_DICT,
                        .codes = codes,
                        .dict = dict,
                        .dict_len = 2,
                        .dict_id = 7};
    event_batch batch = {.n_rows = 2, .n_columns = 1, .columns = &column};
    assert_memory_equal(expression_evaluate(run, &batch), "\1\0", 2);
    dict[0] = (gm_str){.len = 4};
    dict[1] = (gm_str){.len = 4};
    column.dict_len = 200;
    batch.n_rows = 3;
    assert_memory_equal(expression_evaluate(run, &batch), "\1\0\1", 3);
    dict[0] = reply;
    dict[1] = post;
    assert_memory_equal(expression_evaluate(other, &batch), "\0\1\1", 3);
    column.dict_id = 8;
    column.dict_len = 2;
    batch.n_rows = 2;
    assert_memory_equal(expression_evaluate(run, &batch), "\0\1", 2);
    expression_run_free(run);
    expression_run_free(other);
    expression_run_free(NULL);
    schema_deinit(&wanted);
    arena_deinit(&memory);
}

/* An empty text may come without a pointer; it still is there. */
static void test_empty_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint8_t row;
    } cases[] = {
        {"type contains \"\"", 1}, {"type contains a", 0}, {"type == \"\"", 1}, {"type == a", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena memory;
        arena_init(&memory, 0);
        schema wanted;
        schema_init(&wanted, &memory);
        const expression *e = NULL;
        config_text text = {.text = cases[i].text, .path = "x.ini", .line = 1, .column = 1};
        assert_int_equal(expression_compile(&e, &text, &wanted, &FIELDS, &memory, NULL), GM_OK);
        expression_run *run = expression_run_new(e);
        const gm_str empty = {.ptr = NULL, .len = 0};
        gm_column column = {.struct_size = sizeof column, .type = GM_T_STR, .data = &empty};
        event_batch batch = {.n_rows = 1, .n_columns = 1, .columns = &column};
        assert_int_equal(expression_evaluate(run, &batch)[0], cases[i].row);
        expression_run_free(run);
        schema_deinit(&wanted);
        arena_deinit(&memory);
    }
}

/* Batches of all sizes in one run, the largest included. */
static void test_sizes(void **state)
{
    (void)state;
    arena memory;
    arena_init(&memory, 0);
    schema wanted;
    schema_init(&wanted, &memory);
    const expression *e = NULL;
    config_text text = {.text = "n > 2 and not (n > 3 or n == 7)", .path = "x", .line = 1};
    assert_int_equal(expression_compile(&e, &text, &wanted, &FIELDS, &memory, NULL), GM_OK);
    expression_run *run = expression_run_new(e);
    double *numbers = mem_array(LIMIT_BATCH_ROWS, sizeof *numbers);
    for (uint32_t r = 0; r < LIMIT_BATCH_ROWS; r++)
        numbers[r] = r % 5;
    gm_column column = {.struct_size = sizeof column, .type = GM_T_F64, .data = numbers};
    static const uint32_t sizes[] = {0, 1, 64, 65, LIMIT_BATCH_ROWS, 3, 0, LIMIT_BATCH_ROWS};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        event_batch batch = {.n_rows = sizes[i], .n_columns = 1, .columns = &column};
        const uint8_t *rows = expression_evaluate(run, &batch);
        assert_non_null(rows);
        for (uint32_t r = 0; r < sizes[i]; r++)
            assert_int_equal(rows[r], r % 5 == 3);
    }
    mem_free(numbers);
    expression_run_free(run);
    schema_deinit(&wanted);
    arena_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nan),
        cmocka_unit_test(test_dictionary_once),
        cmocka_unit_test(test_empty_text),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_expression.c - any text as a condition and as a part of a ratio.
 *
 * What compiles must print to a text that compiles to itself, and give the same rows. What does not
 * must have a message and a place within the text. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/mem.h"
#include "event/expression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const NAMES[] = {"type", "actor", "value", "time", "a.b", "x"};
static const expression_fields FIELDS = {.names = NAMES, .n = 6};
enum { COLUMNS_MAX = 3 * 6, ROWS = 4 };

static const gm_str TEXTS[ROWS] = {{.ptr = "post", .len = 4},
                                   {.ptr = "", .len = 0},
                                   {.ptr = NULL, .len = 9},
                                   {.ptr = "5", .len = 1}};
static const gm_str DICT[] = {{.ptr = "5", .len = 1},
                              {.ptr = "post", .len = 4},
                              {.ptr = "a b", .len = 3},
                              {.ptr = "", .len = 0}};
static const double NUMBERS[ROWS] = {0, -1, 5, 1e300};
static const uint8_t PRESENT[ROWS] = {1, 0, 1, 1};
static const uint32_t CODES[ROWS] = {3, 0, UINT32_MAX, 1};
static const uint64_t VALIDITY = 0xb; /* row 2 is null */

static void check_error(const config_text *text, const gm_error *err)
{
    GM_ASSERT(err->code == GM_E_CONFIG);
    GM_ASSERT(err->message[0] != '\0');
    GM_ASSERT(err->line == text->line);
    GM_ASSERT(err->column >= text->column);
    GM_ASSERT(err->column - text->column <= strlen(text->text));
}

static void evaluate(const expression *e, const schema *wanted, uint8_t rows[ROWS])
{
    GM_ASSERT(wanted->n <= COLUMNS_MAX);
    gm_column columns[COLUMNS_MAX] = {0};
    for (uint32_t i = 0; i < wanted->n; i++) {
        gm_column *c = &columns[i];
        c->validity = &VALIDITY;
        if (wanted->columns[i].kind == SCHEMA_NUMBER) {
            c->type = GM_T_F64;
            c->data = NUMBERS;
        } else if (wanted->columns[i].kind == SCHEMA_PRESENT) {
            c->type = GM_T_BOOL;
            c->data = PRESENT;
        } else {
            c->type = GM_T_STR;
            c->encoding = wanted->columns[i].wants_dict ? GM_ENC_DICT : GM_ENC_FLAT;
            c->data = TEXTS;
            c->codes = CODES;
            c->dict = DICT;
            c->dict_len = sizeof DICT / sizeof *DICT;
        }
    }
    expression_run *run = expression_run_new(e);
    event_batch batch = {.n_rows = ROWS, .n_columns = wanted->n, .columns = columns};
    memcpy(rows, expression_evaluate(run, &batch), ROWS);
    for (uint32_t r = 0; r < ROWS; r++)
        GM_ASSERT(rows[r] <= 1);
    expression_run_free(run);
}

static void check_condition(const config_text *text, arena *memory)
{
    schema wanted;
    schema_init(&wanted, memory);
    const expression *e = NULL, *again = NULL;
    gm_error err = {0};
    if (expression_compile(&e, text, &wanted, &FIELDS, memory, &err) != GM_OK) {
        check_error(text, &err);
    } else {
        config_text normal = *text;
        normal.text = expression_canonical(e);
        GM_ASSERT(expression_compile(&again, &normal, &wanted, &FIELDS, memory, &err) == GM_OK);
        GM_ASSERT(strcmp(expression_canonical(again), normal.text) == 0);
        uint8_t rows[ROWS], rows_again[ROWS];
        evaluate(e, &wanted, rows);
        evaluate(again, &wanted, rows_again);
        GM_ASSERT(memcmp(rows, rows_again, ROWS) == 0);
    }
    schema_deinit(&wanted);
}

static void check_part(const config_text *text, arena *memory)
{
    schema wanted;
    schema_init(&wanted, memory);
    expression_part part, again;
    gm_error err = {0};
    if (expression_compile_part(&part, text, &wanted, &FIELDS, memory, &err) != GM_OK) {
        check_error(text, &err);
    } else {
        config_text normal = *text;
        normal.text = expression_part_canonical(&part, memory);
        GM_ASSERT(expression_compile_part(&again, &normal, &wanted, &FIELDS, memory, &err) ==
                  GM_OK);
        GM_ASSERT(strcmp(expression_part_canonical(&again, memory), normal.text) == 0);
        GM_ASSERT(again.kind == part.kind && again.column == part.column);
    }
    schema_deinit(&wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = mem_strndup(size == 0 ? "" : (const char *)data, size);
    config_text text = {.text = copy, .path = "fuzz.ini", .line = 2, .column = 9};
    arena memory;
    arena_init(&memory, 0);
    check_condition(&text, &memory);
    check_part(&text, &memory);
    arena_deinit(&memory);
    mem_free(copy);
    return 0;
}

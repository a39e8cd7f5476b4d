/* SPDX-License-Identifier: Apache-2.0
 * expression.h - conditions over events, and parts of a ratio.
 *
 *   condition := or-chain of: not, parentheses, FIELD op VALUE, FIELD [not] in (VALUE, …),
 *                FIELD contains VALUE, exists(FIELD), true, false
 *   op        := == != < <= > >=
 *   part      := count(), count(COND), sum(FIELD [where COND]), distinct(FIELD [where COND])
 *
 * Left of an operator stands a field, right of it a value: a bare word, "a string in double quotes"
 * (\" and \\ inside), or a number. A number compares as number, anything else as text (== != in
 * contains), where < <= > >= want a number. With a missing field == < <= > >= in contains are
 * false,
 * != and not in are true. and binds tighter than or; not tighter than both.
 *
 * An expression is compiled once to a list of steps over byte registers and evaluated by whole
 * columns, once per dictionary entry where there is a dictionary. */
#ifndef GM_EVENT_EXPRESSION_H
#define GM_EVENT_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"
#include "event/batch.h"
#include "event/schema.h"

/* The fields that exist, for checks and suggestions; borrowed. */
typedef struct expression_fields {
    const char *const *names;
    uint32_t n;
} expression_fields;

/* Compiled; read-only, shared by workers; memory is the arena's. */
typedef struct expression expression;

typedef enum expression_part_kind {
    EXPRESSION_COUNT,
    EXPRESSION_SUM,
    EXPRESSION_DISTINCT
} expression_part_kind;

typedef struct expression_part {
    expression_part_kind kind;
    const char *field;           /* of sum and distinct, else NULL */
    uint32_t column;             /* the field's schema column */
    const expression *condition; /* NULL: every event */
} expression_part;

/* Compiles text; wants its columns of s. An unknown field, a syntax error or a value of the wrong
 * kind gives an error at its character (line and column of the file). */
gm_status expression_compile(const expression **out, const config_text *text, schema *s,
                             const expression_fields *fields, arena *run_arena, gm_error *err);
gm_status expression_compile_part(expression_part *out, const config_text *text, schema *s,
                                  const expression_fields *fields, arena *run_arena, gm_error *err);

/* The expression in one normal spelling (spaces, parentheses, quotes), for keys and plans;
 * borrowed. */
const char *expression_canonical(const expression *e);
bool expression_reads(const expression *e, const char *field);
const char *expression_part_canonical(const expression_part *p, arena *run_arena);

/* What evaluation remembers between batches of a log (results by dictionary entry) and its
 * registers. One for each expression and worker. */
typedef struct expression_run expression_run;
expression_run *expression_run_new(const expression *e);
void expression_run_free(expression_run *run);
/* A byte a row, 0 or 1; borrowed until the next call. */
const uint8_t *expression_evaluate(expression_run *run, const event_batch *batch);

#endif

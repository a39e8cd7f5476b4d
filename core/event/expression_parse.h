/* SPDX-License-Identifier: Apache-2.0
 * expression_parse.h - the state of the parser, and what its files share; private to
 * expression_*.c.
 *
 * The parser looks one token ahead. expression_parse.c has what joins conditions, expression_leaf.c
 * what a condition is made of. All of it reports through the parser's err. */
#ifndef GM_EVENT_EXPRESSION_PARSE_H
#define GM_EVENT_EXPRESSION_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "event/expression.h"
#include "event/expression_lexer.h"
#include "event/expression_steps.h"
#include "event/schema.h"

/* A higher number binds tighter. */
typedef struct expression_junction {
    expression_op op;
    uint32_t precedence;
} expression_junction;

/* Each "(" and "not" can have one "or" and one "and" waiting above it, and so can the bottom. */
enum {
    EXPRESSION_OPERATORS_MAX = 3 * LIMIT_EXPRESSION_DEPTH + 2,
    EXPRESSION_OPERANDS_MAX = EXPRESSION_OPERATORS_MAX + 1
};

typedef struct expression_value {
    expression_token token;
    bool is_number;
    double number;
} expression_value;

typedef struct expression_waiting {
    const expression_junction *junction;
    uint32_t offset;
} expression_waiting;

typedef struct expression_parser {
    expression_lexer lexer;
    expression_token token, before; /* the next one, and the last that was taken (END: none yet) */
    schema *schema;
    const expression_fields *fields;
    arena *run_arena;
    gm_error *err;
    bool inside; /* of a part's parentheses: ")" may end the condition */
    uint32_t n_open, n_not, n_ops, n_registers;
    expression_step *steps;
    uint32_t n_steps, steps_cap;
    expression_value *values;
    uint32_t n_values, values_cap;
    expression_waiting operators[EXPRESSION_OPERATORS_MAX];
    uint32_t n_operators;
    uint32_t operands[EXPRESSION_OPERANDS_MAX];
    uint32_t n_operands;
} expression_parser;

#define EXPRESSION_FAIL(p, offset, ...)                                                            \
    expression_lexer_error(&(p)->lexer, (offset), (p)->err, __VA_ARGS__)
#define EXPRESSION_QUOTE(p, token) expression_lexer_quote(&(p)->lexer, &(token)).text

gm_status expression_parse_advance(expression_parser *p, expression_lexer_mode mode);
/* The next token is not what had to stand here. advice begins with ";" or is empty. */
gm_status expression_parse_expected(expression_parser *p, const char *what, const char *advice);
/* Advances over a token of that kind, which messages call what. */
gm_status expression_parse_take(expression_parser *p, expression_token_kind kind, const char *what);
/* One more of LIMIT_EXPRESSION_OPS. */
gm_status expression_parse_count(expression_parser *p, uint32_t offset);
/* A step without operands; gives it its register. */
void expression_parse_emit(expression_parser *p, expression_step leaf);

#endif

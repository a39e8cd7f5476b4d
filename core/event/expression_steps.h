/* SPDX-License-Identifier: Apache-2.0
 * expression_steps.h - what a compiled expression is; private to expression_*.c.
 *
 * Steps stand in postfix order: operands before their operator, the whole as the last step. Each
 * writes one byte a row, 0 or 1, to its register; operators find their operands in that register
 * and the next. A leaf compares one schema column with constants. Its match with a null is 0, and
 * its result is match xor negated: so "!=" and "not in" hold for what is missing. */
#ifndef GM_EVENT_EXPRESSION_STEPS_H
#define GM_EVENT_EXPRESSION_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "event/expression.h"

typedef enum expression_op {
    EXPRESSION_OP_NONE,
    EXPRESSION_OP_OR,  /* register |= the next */
    EXPRESSION_OP_AND, /* register &= the next */
    EXPRESSION_OP_NOT, /* register ^= 1 */
    EXPRESSION_OP_TRUE,
    EXPRESSION_OP_FALSE,
    EXPRESSION_OP_EXISTS,        /* a PRESENT column */
    EXPRESSION_OP_TEXT_IN,       /* a TEXT column; also for == and != */
    EXPRESSION_OP_TEXT_CONTAINS, /* likewise */
    EXPRESSION_OP_NUMBER_IN,     /* a NUMBER column; also for == and != */
    EXPRESSION_OP_NUMBER_LT,     /* likewise, also below */
    EXPRESSION_OP_NUMBER_LE,
    EXPRESSION_OP_NUMBER_GT,
    EXPRESSION_OP_NUMBER_GE
} expression_op;

typedef struct expression_step {
    expression_op op;
    uint32_t reg;
    uint32_t left; /* OR, AND: the step of the left operand; that of the right, and of NOT, is the
                      step before */
    /* Leaves with a field: */
    uint32_t column;
    const char *field;
    const char *spelling; /* "==", "not in" … */
    bool negated;
    bool list; /* values stand in parentheses */
    uint32_t n_values;
    const gm_str *texts;   /* TEXT_* */
    const double *numbers; /* NUMBER_* */
} expression_step;

struct expression {
    const expression_step *steps;
    uint32_t n_steps;
    uint32_t n_registers;
    const char *canonical;
};

/* Steps in the one normal spelling; memory is the arena's. */
const char *expression_print(const expression_step *steps, uint32_t n_steps, arena *run_arena);

#endif

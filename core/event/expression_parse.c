/* SPDX-License-Identifier: Apache-2.0
 * expression_parse.c - text to steps, by operator precedence with two explicit stacks.
 *
 * The parser stands either before an operand (a comparison, exists(), true, false, "not", "(") or
 * behind one (and, or, ")"). Operators wait on a stack until one that binds less tightly comes;
 * then they become steps. The operand stack holds the step of each finished operand, and its height
 * is the register. Leaves are expression_leaf.c's.
 *
 * Limits: LIMIT_EXPRESSION_OPS values, exists(), true, false and operators; LIMIT_EXPRESSION_DEPTH
 * "(" and "not" that are open at a time. The result's memory is the arena's; a failed try leaves
 * some. */
#include "event/expression_parse.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "event/expression.h"
#include "event/expression_leaf.h"
#include "event/expression_lexer.h"
#include "event/expression_steps.h"

/* "(" waits for its ")". */
static const expression_junction OPEN = {EXPRESSION_OP_NONE, 0};
static const expression_junction OR = {EXPRESSION_OP_OR, 1};
static const expression_junction AND = {EXPRESSION_OP_AND, 2};
static const expression_junction NOT = {EXPRESSION_OP_NOT, 3};

static gm_status parse_condition(expression_parser *p);
static gm_status parse_part(expression_parser *p, expression_part *out);

static void begin(expression_parser *p, const config_text *text, schema *s,
                  const expression_fields *fields, arena *run_arena, gm_error *err)
{
    memset(p, 0, sizeof *p);
    expression_lexer_init(&p->lexer, text, run_arena);
    p->schema = s;
    p->fields = fields;
    p->run_arena = run_arena;
    p->err = err;
}

static void end(expression_parser *p)
{
    mem_free(p->steps);
    mem_free(p->values);
}

static const expression *finished(const expression_parser *p)
{
    GM_ASSERT(p->n_operands == 1 && p->n_operators == 0);
    expression *e = arena_push(p->run_arena, sizeof *e);
    e->steps = arena_copy(p->run_arena, p->steps, p->n_steps * sizeof *p->steps);
    e->n_steps = p->n_steps;
    e->n_registers = p->n_registers;
    e->canonical = expression_print(p->steps, p->n_steps, p->run_arena);
    return e;
}

gm_status expression_parse_advance(expression_parser *p, expression_lexer_mode mode)
{
    p->before = p->token;
    return expression_lexer_next(&p->token, &p->lexer, mode, p->err);
}

gm_status expression_compile(const expression **out, const config_text *text, schema *s,
                             const expression_fields *fields, arena *run_arena, gm_error *err)
{
    expression_parser p;
    begin(&p, text, s, fields, run_arena, err);
    gm_status status = expression_parse_advance(&p, EXPRESSION_LEX_NAME);
    if (status == GM_OK && p.token.kind == EXPRESSION_TOKEN_END)
        status = EXPRESSION_FAIL(&p, 0, "this condition is empty; write one such as type == post");
    if (status == GM_OK)
        status = parse_condition(&p);
    if (status == GM_OK)
        *out = finished(&p);
    end(&p);
    return status;
}

gm_status expression_compile_part(expression_part *out, const config_text *text, schema *s,
                                  const expression_fields *fields, arena *run_arena, gm_error *err)
{
    expression_parser p;
    begin(&p, text, s, fields, run_arena, err);
    p.inside = true;
    gm_status status = expression_parse_advance(&p, EXPRESSION_LEX_NAME);
    if (status == GM_OK)
        status = parse_part(&p, out);
    end(&p);
    return status;
}

const char *expression_canonical(const expression *e)
{
    return e->canonical;
}

const char *expression_part_canonical(const expression_part *p, arena *run_arena)
{
    const char *condition = p->condition == NULL ? "" : p->condition->canonical;
    if (p->kind == EXPRESSION_COUNT)
        return arena_printf(run_arena, "count(%s)", condition);
    return arena_printf(run_arena, "%s(%s%s%s)", p->kind == EXPRESSION_SUM ? "sum" : "distinct",
                        p->field, p->condition == NULL ? "" : " where ", condition);
}

gm_status expression_parse_expected(expression_parser *p, const char *what, const char *advice)
{
    char small[48] = "";
    const char *keyword = expression_lexer_keyword_like(&p->token);
    if (keyword != NULL)
        (void)snprintf(small, sizeof small, "; keywords are small: %s", keyword); /* fits */
    bool first = p->before.kind == EXPRESSION_TOKEN_END;
    return EXPRESSION_FAIL(p, p->token.offset, "expected %s%s%s, found %s%s", what,
                           first ? "" : " after ", first ? "" : EXPRESSION_QUOTE(p, p->before),
                           EXPRESSION_QUOTE(p, p->token), keyword != NULL ? small : advice);
}

gm_status expression_parse_take(expression_parser *p, expression_token_kind kind, const char *what)
{
    return p->token.kind == kind ? expression_parse_advance(p, EXPRESSION_LEX_NAME)
                                 : expression_parse_expected(p, what, "");
}

gm_status expression_parse_count(expression_parser *p, uint32_t offset)
{
    if (p->n_ops == LIMIT_EXPRESSION_OPS)
        return EXPRESSION_FAIL(p, offset, "this expression has more than %d values and operators",
                               LIMIT_EXPRESSION_OPS);
    p->n_ops++;
    return GM_OK;
}

static void emit(expression_parser *p, expression_step step)
{
    MEM_GROW(p->steps, p->n_steps, p->steps_cap);
    p->operands[step.reg] = p->n_steps;
    p->steps[p->n_steps++] = step;
}

void expression_parse_emit(expression_parser *p, expression_step step)
{
    GM_ASSERT(p->n_operands < EXPRESSION_OPERANDS_MAX);
    step.reg = p->n_operands++;
    if (p->n_registers < p->n_operands)
        p->n_registers = p->n_operands;
    emit(p, step);
}

/* Makes steps of the operators that bind at least so tightly. */
static void reduce(expression_parser *p, uint32_t precedence)
{
    while (p->n_operators > 0) {
        const expression_junction *top = p->operators[p->n_operators - 1].junction;
        if (top->precedence < precedence)
            break;
        p->n_operators--;
        expression_step step = {.op = top->op};
        if (top->op == EXPRESSION_OP_NOT) {
            p->n_not--;
        } else {
            GM_ASSERT(p->n_operands >= 2);
            step.left = p->operands[p->n_operands - 2];
            p->n_operands--;
        }
        GM_ASSERT(p->n_operands >= 1);
        step.reg = p->n_operands - 1;
        emit(p, step);
    }
}

static gm_status push_operator(expression_parser *p, const expression_junction *junction)
{
    bool opens = junction == &OPEN, negates = junction == &NOT;
    uint32_t offset = p->token.offset;
    gm_status status = opens ? GM_OK : expression_parse_count(p, offset);
    if (status != GM_OK)
        return status;
    if ((opens || negates) && p->n_open + p->n_not == LIMIT_EXPRESSION_DEPTH)
        return EXPRESSION_FAIL(p, offset, "more than %d '(' and 'not' are open here",
                               LIMIT_EXPRESSION_DEPTH);
    p->n_open += opens ? 1 : 0;
    p->n_not += negates ? 1 : 0;
    if (!opens && !negates)
        reduce(p, junction->precedence);
    GM_ASSERT(p->n_operators < EXPRESSION_OPERATORS_MAX);
    p->operators[p->n_operators++] = (expression_waiting){.junction = junction, .offset = offset};
    return expression_parse_advance(p, EXPRESSION_LEX_NAME);
}

/* A keyword where a condition must begin. When it is compared it was meant as a field. */
static gm_status no_operand(expression_parser *p)
{
    expression_token word = p->token, before = p->before;
    if (!expression_lexer_is_keyword(word.kind))
        return expression_parse_expected(p, "a condition", "");
    gm_status status = expression_parse_advance(p, EXPRESSION_LEX_NAME);
    if (status != GM_OK)
        return status;
    expression_token_kind next = p->token.kind;
    bool part = word.kind >= EXPRESSION_TOKEN_COUNT;
    if (expression_lexer_is_comparison(next) || (part && next == EXPRESSION_TOKEN_NOT))
        return expression_leaf_keyword(p, &word);
    p->token = word;
    p->before = before;
    part = part && next == EXPRESSION_TOKEN_OPEN;
    return expression_parse_expected(p, "a condition", part ? ", which is a part of a ratio" : "");
}

/* *done: an operand is complete. */
static gm_status take_operand(expression_parser *p, bool *done)
{
    expression_token word = p->token;
    *done = true;
    if (word.kind == EXPRESSION_TOKEN_WORD)
        return expression_leaf_comparison(p);
    if (word.kind == EXPRESSION_TOKEN_EXISTS)
        return expression_leaf_exists(p);
    if (word.kind == EXPRESSION_TOKEN_TRUE)
        return expression_leaf_constant(p, EXPRESSION_OP_TRUE);
    if (word.kind == EXPRESSION_TOKEN_FALSE)
        return expression_leaf_constant(p, EXPRESSION_OP_FALSE);
    if (word.kind == EXPRESSION_TOKEN_STRING)
        return EXPRESSION_FAIL(p, word.offset,
                               "left of an operator stands a field, without quotes, not %s",
                               EXPRESSION_QUOTE(p, word));
    *done = false;
    if (word.kind == EXPRESSION_TOKEN_OPEN)
        return push_operator(p, &OPEN);
    if (word.kind != EXPRESSION_TOKEN_NOT)
        return no_operand(p);
    gm_status status = push_operator(p, &NOT);
    if (status == GM_OK && expression_lexer_is_comparison(p->token.kind) &&
        p->token.kind != EXPRESSION_TOKEN_IN)
        status = expression_leaf_keyword(p, &word);
    return status;
}

/* *done: the operator wants no further operand. */
static gm_status take_operator(expression_parser *p, bool *done)
{
    *done = p->token.kind == EXPRESSION_TOKEN_CLOSE;
    if (p->token.kind == EXPRESSION_TOKEN_AND)
        return push_operator(p, &AND);
    if (p->token.kind == EXPRESSION_TOKEN_OR)
        return push_operator(p, &OR);
    if (p->token.kind == EXPRESSION_TOKEN_CLOSE) {
        if (p->n_open == 0)
            return EXPRESSION_FAIL(p, p->token.offset, "this ')' has no '(' before it");
        reduce(p, OR.precedence);
        p->n_operators--;
        p->n_open--;
        return expression_parse_advance(p, EXPRESSION_LEX_NAME);
    }
    bool words = p->before.kind == EXPRESSION_TOKEN_WORD && p->token.kind == EXPRESSION_TOKEN_WORD;
    return expression_parse_expected(
        p, p->n_open > 0 || p->inside ? "'and', 'or' or ')'" : "'and' or 'or'",
        words ? "; a value of several words stands in double quotes" : "");
}

/* Up to the end of the text, or inside to the ")" that is not the condition's own. */
static gm_status parse_condition(expression_parser *p)
{
    bool operand = false; /* one is complete */
    for (;;) {
        bool close = p->inside && p->token.kind == EXPRESSION_TOKEN_CLOSE && p->n_open == 0;
        if (operand && (close || p->token.kind == EXPRESSION_TOKEN_END))
            break;
        gm_status status = operand ? take_operator(p, &operand) : take_operand(p, &operand);
        if (status != GM_OK)
            return status;
    }
    reduce(p, OR.precedence);
    if (p->n_operators > 0)
        return EXPRESSION_FAIL(p, p->operators[p->n_operators - 1].offset,
                               "this '(' is not closed");
    return GM_OK;
}

static gm_status parse_part(expression_parser *p, expression_part *out)
{
    expression_token_kind kind = p->token.kind;
    if (kind != EXPRESSION_TOKEN_COUNT && kind != EXPRESSION_TOKEN_SUM &&
        kind != EXPRESSION_TOKEN_DISTINCT)
        return expression_parse_expected(p, "count(), sum(FIELD) or distinct(FIELD)", "");
    expression_part part = {.kind = kind == EXPRESSION_TOKEN_COUNT ? EXPRESSION_COUNT
                                    : kind == EXPRESSION_TOKEN_SUM ? EXPRESSION_SUM
                                                                   : EXPRESSION_DISTINCT};
    bool condition = false;
    gm_status status = expression_parse_advance(p, EXPRESSION_LEX_NAME);
    if (status == GM_OK)
        status = expression_parse_take(p, EXPRESSION_TOKEN_OPEN, "'('");
    if (status == GM_OK && part.kind == EXPRESSION_COUNT) {
        condition = p->token.kind != EXPRESSION_TOKEN_CLOSE;
    } else if (status == GM_OK) {
        uint32_t offset = p->token.offset;
        bool sum = part.kind == EXPRESSION_SUM;
        status = expression_leaf_field(p, &part.field);
        if (status == GM_OK)
            status = expression_leaf_want(p, &part.column, part.field, offset,
                                          sum ? SCHEMA_NUMBER : SCHEMA_TEXT, false, !sum);
        condition = status == GM_OK && p->token.kind == EXPRESSION_TOKEN_WHERE;
        if (condition)
            status = expression_parse_advance(p, EXPRESSION_LEX_NAME);
    }
    if (status == GM_OK && condition)
        status = parse_condition(p);
    if (status == GM_OK)
        status =
            expression_parse_take(p, EXPRESSION_TOKEN_CLOSE, condition ? "')'" : "'where' or ')'");
    if (status == GM_OK && p->token.kind != EXPRESSION_TOKEN_END)
        status = expression_parse_expected(p, "the end", "");
    if (status != GM_OK)
        return status;
    if (condition)
        part.condition = finished(p);
    *out = part;
    return GM_OK;
}

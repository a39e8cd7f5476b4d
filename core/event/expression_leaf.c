/* SPDX-License-Identifier: Apache-2.0
 * expression_leaf.c - fields, comparisons, exists(), true and false to steps.
 *
 * A comparison takes its field and its values at once and becomes a single step. The kind of the
 * values says which column it reads: numbers the NUMBER column of the field, texts its TEXT column,
 * with a dictionary for == != and in, whose cost is then one look a row. A value is a number when
 * it is a bare word that quantity_parse() takes as a whole and that begins with a digit, a sign or
 * a point: 5, -1e3, 22% (0.22), 1h30min (5400). In double quotes it is text. contains takes every
 * word as text. Keywords may be values, but those that join or compare need quotes. */
#include "event/expression_leaf.h"

#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "event/expression_lexer.h"
#include "event/expression_steps.h"

enum { FIELDS_LISTED = 8 };

/* OP_NONE: it takes no text, or no number. */
typedef struct comparison {
    expression_token_kind token;
    bool negated, list;
    const char *spelling;
    expression_op text_op, number_op;
} comparison;

#define TEXT_IN   EXPRESSION_OP_TEXT_IN
#define NUMBER_IN EXPRESSION_OP_NUMBER_IN
#define NONE      EXPRESSION_OP_NONE
static const comparison COMPARISONS[] = {
    {EXPRESSION_TOKEN_EQ, false, false, "==", TEXT_IN, NUMBER_IN},
    {EXPRESSION_TOKEN_NE, true, false, "!=", TEXT_IN, NUMBER_IN},
    {EXPRESSION_TOKEN_LT, false, false, "<", NONE, EXPRESSION_OP_NUMBER_LT},
    {EXPRESSION_TOKEN_LE, false, false, "<=", NONE, EXPRESSION_OP_NUMBER_LE},
    {EXPRESSION_TOKEN_GT, false, false, ">", NONE, EXPRESSION_OP_NUMBER_GT},
    {EXPRESSION_TOKEN_GE, false, false, ">=", NONE, EXPRESSION_OP_NUMBER_GE},
    {EXPRESSION_TOKEN_IN, false, true, "in", TEXT_IN, NUMBER_IN},
    {EXPRESSION_TOKEN_NOT, true, true, "not in", TEXT_IN, NUMBER_IN},
    {EXPRESSION_TOKEN_CONTAINS, false, false, "contains", EXPRESSION_OP_TEXT_CONTAINS, NONE},
};

/* Equality of numbers from here on would hold for neighbours too. */
static const double EXACT_MAX = 9007199254740992.0;

gm_status expression_leaf_keyword(expression_parser *p, const expression_token *word)
{
    return EXPRESSION_FAIL(
        p, word->offset,
        "%s is a word of the language and cannot name a field; map the field to another name",
        EXPRESSION_QUOTE(p, *word));
}

static gm_status unknown_field(expression_parser *p)
{
    const expression_fields *fields = p->fields;
    const char *keyword = expression_lexer_keyword_like(&p->token);
    if (keyword != NULL)
        return EXPRESSION_FAIL(p, p->token.offset, "unknown field %s; keywords are small: %s",
                               EXPRESSION_QUOTE(p, p->token), keyword);
    if (p->token.value.ptr[0] >= '0' && p->token.value.ptr[0] <= '9')
        return EXPRESSION_FAIL(p, p->token.offset, "left of an operator stands a field, not %s",
                               EXPRESSION_QUOTE(p, p->token));
    const char *name = arena_strndup(p->run_arena, p->token.value.ptr, p->token.value.len);
    const char *near = text_suggest(name, fields->names, fields->n);
    bytes list;
    bytes_init(&list, GM_ERROR_MESSAGE_MAX / 2);
    if (fields->n == 0)
        bytes_printf(&list, "; no field is mapped");
    for (uint32_t i = 0; fields->n <= FIELDS_LISTED && i < fields->n; i++)
        bytes_printf(&list, "%s%s", i == 0 ? "; fields: " : ", ", fields->names[i]);
    if (list.failed)
        bytes_clear(&list);
    gm_status status = EXPRESSION_FAIL(
        p, p->token.offset, "unknown field %s%s%s%s%.*s", EXPRESSION_QUOTE(p, p->token),
        near == NULL ? "" : " (did you mean '", near == NULL ? "" : near, near == NULL ? "" : "'?)",
        (int)list.len, list.len == 0 ? "" : (const char *)list.data);
    bytes_deinit(&list);
    return status;
}

gm_status expression_leaf_field(expression_parser *p, const char **field)
{
    if (expression_lexer_is_keyword(p->token.kind))
        return expression_leaf_keyword(p, &p->token);
    if (p->token.kind == EXPRESSION_TOKEN_STRING)
        return EXPRESSION_FAIL(p, p->token.offset, "a field's name stands without quotes, not %s",
                               EXPRESSION_QUOTE(p, p->token));
    if (p->token.kind != EXPRESSION_TOKEN_WORD)
        return expression_parse_expected(p, "a field", "");
    gm_str name = p->token.value;
    for (uint32_t i = 0; i < p->fields->n; i++) {
        const char *known = p->fields->names[i];
        if (strlen(known) == name.len && memcmp(known, name.ptr, name.len) == 0) {
            *field = arena_strdup(p->run_arena, known);
            return expression_parse_advance(p, EXPRESSION_LEX_NAME);
        }
    }
    return unknown_field(p);
}

gm_status expression_leaf_want(expression_parser *p, uint32_t *column, const char *field,
                               uint32_t offset, schema_kind kind, bool dict, bool hash)
{
    GM_ASSERT(field != NULL);
    if (kind != SCHEMA_PRESENT && strcmp(field, "time") == 0)
        return EXPRESSION_FAIL(p, offset,
                               "'time' is the time of the event; it has no text or number here");
    const schema *s = p->schema;
    uint32_t i = 0;
    while (i < s->n && (s->columns[i].kind != kind || strcmp(s->columns[i].field, field) != 0))
        i++;
    if (i >= LIMIT_COLUMNS)
        return EXPRESSION_FAIL(p, offset, "this run wants more than %d columns of events",
                               LIMIT_COLUMNS);
    *column = schema_want(p->schema, field, kind, dict, hash);
    return GM_OK;
}

gm_status expression_leaf_exists(expression_parser *p)
{
    expression_token word = p->token;
    gm_status status = expression_parse_count(p, word.offset);
    if (status == GM_OK)
        status = expression_parse_advance(p, EXPRESSION_LEX_NAME);
    if (status == GM_OK && expression_lexer_is_comparison(p->token.kind))
        status = expression_leaf_keyword(p, &word);
    if (status == GM_OK)
        status = expression_parse_take(p, EXPRESSION_TOKEN_OPEN, "'('");
    uint32_t offset = p->token.offset;
    expression_step step = {.op = EXPRESSION_OP_EXISTS};
    if (status == GM_OK)
        status = expression_leaf_field(p, &step.field);
    if (status == GM_OK)
        status = expression_parse_take(p, EXPRESSION_TOKEN_CLOSE, "')'");
    if (status == GM_OK)
        status =
            expression_leaf_want(p, &step.column, step.field, offset, SCHEMA_PRESENT, false, false);
    if (status == GM_OK)
        expression_parse_emit(p, step);
    return status;
}

gm_status expression_leaf_constant(expression_parser *p, expression_op op)
{
    expression_token word = p->token;
    gm_status status = expression_parse_count(p, word.offset);
    if (status == GM_OK)
        status = expression_parse_advance(p, EXPRESSION_LEX_NAME);
    if (status != GM_OK)
        return status;
    if (expression_lexer_is_comparison(p->token.kind))
        return expression_leaf_keyword(p, &word);
    expression_parse_emit(p, (expression_step){.op = op});
    return GM_OK;
}

static bool read_number(const expression_parser *p, const expression_token *token, double *out)
{
    gm_str s = token->value;
    uint32_t sign = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0;
    if (token->kind != EXPRESSION_TOKEN_WORD || s.len == sign ||
        strchr("0123456789.", s.ptr[sign]) == NULL)
        return false;
    quantity q;
    if (quantity_parse(&q, arena_strndup(p->run_arena, s.ptr, s.len), NULL) != GM_OK)
        return false;
    *out = q.value < 0 || q.value > 0 ? q.value : 0; /* no negative zero */
    return true;
}

static gm_status check_value(expression_parser *p, const comparison *c, const expression_value *v)
{
    uint32_t offset = v->token.offset;
    if (c->text_op == EXPRESSION_OP_NONE && !v->is_number)
        return EXPRESSION_FAIL(p, offset, "'%s' needs a number such as 5, 22%% or 15min, found %s",
                               c->spelling, EXPRESSION_QUOTE(p, v->token));
    if (p->n_values > 0 && v->is_number != p->values[0].is_number)
        return EXPRESSION_FAIL(
            p, offset,
            v->is_number
                ? "%s is a number, but the values before it are text; put it in double quotes"
                : "%s is text, but the values before it are numbers; put those in double quotes "
                  "to compare all as text",
            EXPRESSION_QUOTE(p, v->token));
    if (v->is_number && c->number_op == EXPRESSION_OP_NUMBER_IN &&
        (v->number >= EXACT_MAX || v->number <= -EXACT_MAX))
        return EXPRESSION_FAIL(
            p, offset,
            "%s is too large to compare exactly as a number; in double quotes it compares as text",
            EXPRESSION_QUOTE(p, v->token));
    return expression_parse_count(p, offset);
}

static gm_status take_value(expression_parser *p, const comparison *c)
{
    expression_token_kind kind = p->token.kind;
    bool word = kind == EXPRESSION_TOKEN_WORD || kind >= EXPRESSION_TOKEN_TRUE ||
                kind == EXPRESSION_TOKEN_EXISTS;
    if (!word && kind != EXPRESSION_TOKEN_STRING)
        return expression_parse_expected(
            p, "a value",
            expression_lexer_is_keyword(kind) ? "; as a value it stands in double quotes" : "");
    expression_value v = {.token = p->token};
    v.is_number = c->number_op != EXPRESSION_OP_NONE && read_number(p, &p->token, &v.number);
    gm_status status = check_value(p, c, &v);
    if (status != GM_OK)
        return status;
    MEM_GROW(p->values, p->n_values, p->values_cap);
    p->values[p->n_values++] = v;
    return expression_parse_advance(p, EXPRESSION_LEX_NAME);
}

/* The token is the comparison's last word; behind the values it is the one after them. */
static gm_status take_values(expression_parser *p, const comparison *c)
{
    p->n_values = 0;
    gm_status status = expression_parse_advance(p, EXPRESSION_LEX_VALUE);
    if (status != GM_OK || !c->list)
        return status != GM_OK ? status : take_value(p, c);
    if (p->token.kind != EXPRESSION_TOKEN_OPEN)
        return expression_parse_expected(p, "'('", "");
    do {
        status = expression_parse_advance(p, EXPRESSION_LEX_VALUE);
        if (status == GM_OK)
            status = take_value(p, c);
    } while (status == GM_OK && p->token.kind == EXPRESSION_TOKEN_COMMA);
    return status != GM_OK ? status
                           : expression_parse_take(p, EXPRESSION_TOKEN_CLOSE, "',' or ')'");
}

/* Which comparison stands behind the field; of "not in" the token is then "in". */
static gm_status find_comparison(expression_parser *p, const expression_token *field,
                                 const comparison **out)
{
    expression_token_kind kind = p->token.kind;
    *out = NULL;
    for (size_t i = 0; i < sizeof COMPARISONS / sizeof *COMPARISONS; i++)
        if (COMPARISONS[i].token == kind)
            *out = &COMPARISONS[i];
    if (*out != NULL && kind != EXPRESSION_TOKEN_NOT)
        return GM_OK;
    if (kind == EXPRESSION_TOKEN_NOT) {
        gm_status status = expression_parse_advance(p, EXPRESSION_LEX_NAME);
        if (status != GM_OK || p->token.kind == EXPRESSION_TOKEN_IN)
            return status;
        return expression_parse_expected(
            p, "'in'", "; before other comparisons 'not' stands left of the field");
    }
    if (kind == EXPRESSION_TOKEN_END || kind == EXPRESSION_TOKEN_CLOSE ||
        kind == EXPRESSION_TOKEN_AND || kind == EXPRESSION_TOKEN_OR)
        return EXPRESSION_FAIL(
            p, field->offset, "%s is a field, not a condition; compare it, or write exists(%.*s)",
            EXPRESSION_QUOTE(p, *field), (int)field->value.len, field->value.ptr);
    return expression_parse_expected(p, "==, !=, <, <=, >, >=, in, not in or contains", "");
}

static void set_constants(const expression_parser *p, expression_step *step)
{
    uint32_t n = p->n_values;
    step->n_values = n;
    if (p->values[0].is_number) {
        double *numbers = arena_push(p->run_arena, n * sizeof *numbers);
        for (uint32_t i = 0; i < n; i++)
            numbers[i] = p->values[i].number;
        step->numbers = numbers;
        return;
    }
    gm_str *texts = arena_push(p->run_arena, n * sizeof *texts);
    for (uint32_t i = 0; i < n; i++) {
        gm_str s = p->values[i].token.value;
        texts[i] = (gm_str){.ptr = arena_strndup(p->run_arena, s.ptr, s.len), .len = s.len};
    }
    step->texts = texts;
}

gm_status expression_leaf_comparison(expression_parser *p)
{
    expression_token at = p->token;
    expression_step step = {.op = EXPRESSION_OP_NONE};
    const comparison *c = NULL;
    gm_status status = expression_leaf_field(p, &step.field);
    if (status == GM_OK)
        status = find_comparison(p, &at, &c);
    if (status == GM_OK)
        status = take_values(p, c);
    if (status != GM_OK)
        return status;
    GM_ASSERT(p->n_values > 0);
    const expression_value *last = &p->values[p->n_values - 1];
    bool number = last->is_number;
    step.op = number ? c->number_op : c->text_op;
    step.spelling = c->spelling;
    step.negated = c->negated;
    step.list = c->list;
    set_constants(p, &step);
    status = expression_leaf_want(p, &step.column, step.field, at.offset,
                                  number ? SCHEMA_NUMBER : SCHEMA_TEXT,
                                  step.op == EXPRESSION_OP_TEXT_IN, false);
    if (status != GM_OK)
        return status;
    expression_parse_emit(p, step);
    return GM_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * test_expression_parse.c - the normal spelling, the columns that are wanted, parts of a ratio,
 * every message with its column, and the limits. Numbers in the spelling follow from the units'
 * meaning. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "event/expression.h"

enum { LINE = 7, COLUMN = 21 };

static const char *const NAMES[] = {"actor", "system", "type", "value", "字段", "a.b"};
static const expression_fields FIELDS = {.names = NAMES, .n = 6};

typedef struct world {
    arena memory;
    schema wanted;
} world;

static void world_begin(world *w)
{
    arena_init(&w->memory, 0);
    schema_init(&w->wanted, &w->memory);
}

static void world_end(world *w)
{
    schema_deinit(&w->wanted);
    arena_deinit(&w->memory);
}

static config_text at(const char *text)
{
    return (config_text){.text = text, .path = "night.ini", .line = LINE, .column = COLUMN};
}

static const struct {
    const char *text, *canonical;
} SPELLINGS[] = {
    {"type==post", "type == \"post\""},
    {"  type\t==  \"post\" ", "type == \"post\""},
    {"((type == post))", "type == \"post\""},
    {"字段 == 已解决", "字段 == \"已解决\""},
    {"a.b == 2026-07-01", "a.b == \"2026-07-01\""},
    {"type == \"a\\\"b\\\\c\"", "type == \"a\\\"b\\\\c\""},
    {"type == \"\"", "type == \"\""},
    {"value == 5", "value == 5"},
    {"value == \"5\"", "value == \"5\""},
    {"value == 5.0", "value == 5"},
    {"value == +5e0", "value == 5"},
    {"value == .5", "value == 0.5"},
    {"value == -0", "value == 0"},
    {"value == -0.0", "value == 0"},
    {"value >= 22%", "value >= 0.22"},
    {"value < -5pp", "value < -0.05"},
    {"value > 15min", "value > 900"},
    {"value <= 1h30min", "value <= 5400"},
    {"value <= 2KiB", "value <= 2048"},
    {"value > 1e300", "value > 1e+300"},
    {"value == 9007199254740991", "value == 9007199254740991"},
    {"value == 0.1", "value == 0.1"},
    {"value == 1.2.3", "value == \"1.2.3\""},
    {"value == 15minn", "value == \"15minn\""},
    {"value == -x", "value == \"-x\""},
    {"value == -", "value == \"-\""},
    {"value == nan", "value == \"nan\""},
    {"value == 0x10", "value == \"0x10\""},
    {"type in (a,b , \"c\")", "type in (\"a\", \"b\", \"c\")"},
    {"type in(a)", "type in (\"a\")"},
    {"type not in (a,a)", "type not in (\"a\", \"a\")"},
    {"type in (1, 2%, -3)", "type in (1, 0.02, -3)"},
    {"type in (\"1\", \"2\")", "type in (\"1\", \"2\")"},
    {"type contains 5", "type contains \"5\""},
    {"type contains 007", "type contains \"007\""},
    {"type contains \"\"", "type contains \"\""},
    {"type == true or type in (count, sum, distinct, exists, false)",
     "type == \"true\" or type in (\"count\", \"sum\", \"distinct\", \"exists\", \"false\")"},
    {"exists ( actor )", "exists(actor)"},
    {"true", "true"},
    {"(false)", "false"},
    {"not not true", "not not true"},
    {"not (not true)", "not not true"},
    {"not (type == a)", "not type == \"a\""},
    {"not(true and false)", "not (true and false)"},
    {"(not true) and false", "not true and false"},
    {"not true and false or true", "not true and false or true"},
    {"true and (false and true)", "true and false and true"},
    {"(true or (false or true))", "true or false or true"},
    {"true and (false or true)", "true and (false or true)"},
    {"(true or false) and true", "(true or false) and true"},
    {"(true and false) or true", "true and false or true"},
    {"true or (false and true)", "true or false and true"},
    {"((true or false) and (true or not (false or true and false)))",
     "(true or false) and (true or not (false or true and false))"},
};

static void test_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SPELLINGS / sizeof *SPELLINGS; i++) {
        world w;
        world_begin(&w);
        const expression *e = NULL, *again = NULL;
        gm_error err = {0};
        config_text text = at(SPELLINGS[i].text);
        if (expression_compile(&e, &text, &w.wanted, &FIELDS, &w.memory, &err) != GM_OK)
            fail_msg("%s: %s", text.text, err.message);
        assert_string_equal(expression_canonical(e), SPELLINGS[i].canonical);
        uint32_t n = w.wanted.n;
        text = at(expression_canonical(e));
        assert_int_equal(expression_compile(&again, &text, &w.wanted, &FIELDS, &w.memory, &err),
                         GM_OK);
        assert_string_equal(expression_canonical(again), SPELLINGS[i].canonical);
        assert_int_equal(w.wanted.n, n); /* and means the same columns */
        world_end(&w);
    }
}

static void test_wants(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field;
        schema_kind kind;
        bool dict;
    } cases[] = {
        {"type == a", "type", SCHEMA_TEXT, true},
        {"type != \"5\"", "type", SCHEMA_TEXT, true},
        {"type in (a, b)", "type", SCHEMA_TEXT, true},
        {"type not in (a, b)", "type", SCHEMA_TEXT, true},
        {"type contains 5", "type", SCHEMA_TEXT, false},
        {"type == 5", "type", SCHEMA_NUMBER, false},
        {"type != 5%", "type", SCHEMA_NUMBER, false},
        {"type < 5", "type", SCHEMA_NUMBER, false},
        {"type not in (5, 6)", "type", SCHEMA_NUMBER, false},
        {"exists(type)", "type", SCHEMA_PRESENT, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;
        world_begin(&w);
        const expression *e = NULL;
        config_text text = at(cases[i].text);
        assert_int_equal(expression_compile(&e, &text, &w.wanted, &FIELDS, &w.memory, NULL), GM_OK);
        assert_int_equal(w.wanted.n, 1);
        assert_string_equal(w.wanted.columns[0].field, cases[i].field);
        assert_int_equal(w.wanted.columns[0].kind, cases[i].kind);
        assert_int_equal(w.wanted.columns[0].wants_dict, cases[i].dict);
        assert_false(w.wanted.columns[0].wants_hash);
        world_end(&w);
    }
}

static void test_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *canonical;
        expression_part_kind kind;
        const char *field, *condition;
        schema_kind field_kind;
    } cases[] = {
        {"count()", "count()", EXPRESSION_COUNT, NULL, NULL, SCHEMA_TIME},
        {" count ( ) ", "count()", EXPRESSION_COUNT, NULL, NULL, SCHEMA_TIME},
        {"count((type == a) or (true))", "count(type == \"a\" or true)", EXPRESSION_COUNT, NULL,
         "type == \"a\" or true", SCHEMA_TIME},
        {"sum(value)", "sum(value)", EXPRESSION_SUM, "value", NULL, SCHEMA_NUMBER},
        {"sum(value where value > 0)", "sum(value where value > 0)", EXPRESSION_SUM, "value",
         "value > 0", SCHEMA_NUMBER},
        {"distinct( actor where(type in (a)) )", "distinct(actor where type in (\"a\"))",
         EXPRESSION_DISTINCT, "actor", "type in (\"a\")", SCHEMA_TEXT},
        {"distinct(actor)", "distinct(actor)", EXPRESSION_DISTINCT, "actor", NULL, SCHEMA_TEXT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;
        world_begin(&w);
        schema_want(&w.wanted, "other", SCHEMA_PRESENT, false, false); /* so that columns differ */
        expression_part part;
        gm_error err = {0};
        config_text text = at(cases[i].text);
        if (expression_compile_part(&part, &text, &w.wanted, &FIELDS, &w.memory, &err) != GM_OK)
            fail_msg("%s: %s", text.text, err.message);
        assert_int_equal(part.kind, cases[i].kind);
        assert_string_equal(expression_part_canonical(&part, &w.memory), cases[i].canonical);
        assert_int_equal(part.field != NULL, cases[i].field != NULL);
        if (part.field != NULL) {
            assert_string_equal(part.field, cases[i].field);
            const schema_column *column = &w.wanted.columns[part.column];
            assert_string_equal(column->field, cases[i].field);
            assert_int_equal(column->kind, cases[i].field_kind);
            assert_int_equal(column->wants_hash, cases[i].kind == EXPRESSION_DISTINCT);
        }
        assert_int_equal(part.condition != NULL, cases[i].condition != NULL);
        if (part.condition != NULL)
            assert_string_equal(expression_canonical(part.condition), cases[i].condition);
        text = at(expression_part_canonical(&part, &w.memory));
        assert_int_equal(expression_compile_part(&part, &text, &w.wanted, &FIELDS, &w.memory, NULL),
                         GM_OK);
        assert_string_equal(expression_part_canonical(&part, &w.memory), cases[i].canonical);
        world_end(&w);
    }
}

typedef struct error_case {
    const char *text;
    uint32_t offset;
    const char *message;
} error_case;

#define KNOWN     "; fields: actor, system, type, value, 字段, a.b"
#define KEYWORD   " is a word of the language and cannot name a field; map the field to another name"
#define COMPARE   "expected ==, !=, <, <=, >, >=, in, not in or contains after "
#define IN_QUOTES "; as a value it stands in double quotes"

static const error_case ERRORS[] = {
    {"", 0, "this condition is empty; write one such as type == post"},
    {"   ", 0, "this condition is empty; write one such as type == post"},
    {"actr == 5", 0, "unknown field 'actr' (did you mean 'actor'?)" KNOWN},
    {"true and zzzzzzzz == 5", 9, "unknown field 'zzzzzzzz'" KNOWN},
    {"exists(actr)", 7, "unknown field 'actr' (did you mean 'actor'?)" KNOWN},
    {"NOT type == a", 0, "unknown field 'NOT'; keywords are small: not"},
    {"5 == value", 0, "left of an operator stands a field, not '5'"},
    {"\"a b\" == type", 0, "left of an operator stands a field, without quotes, not '\"a b\"'"},
    {"exists(\"actor\")", 7, "a field's name stands without quotes, not '\"actor\"'"},
    {"actor", 0, "'actor' is a field, not a condition; compare it, or write exists(actor)"},
    {"true and actor or true", 9,
     "'actor' is a field, not a condition; compare it, or write exists(actor)"},
    {"(actor)", 1, "'actor' is a field, not a condition; compare it, or write exists(actor)"},
    {"actor actor", 6, COMPARE "'actor', found 'actor'"},
    {"actor IN (a)", 6, COMPARE "'actor', found 'IN'; keywords are small: in"},
    {"actor (", 6, COMPARE "'actor', found '('"},
    {"actor = 5", 6, "write == instead of ="},
    {"actor not contains 5", 10,
     "expected 'in' after 'not', found 'contains'; before other comparisons 'not' stands left of "
     "the field"},
    {"actor not", 9,
     "expected 'in' after 'not', found the end; before other comparisons 'not' stands left of the "
     "field"},
    {"actor ==", 8, "expected a value after '==', found the end"},
    {"actor == and true", 9, "expected a value after '==', found 'and'" IN_QUOTES},
    {"actor == where", 9, "expected a value after '==', found 'where'" IN_QUOTES},
    {"actor in (a, contains)", 13, "expected a value after ',', found 'contains'" IN_QUOTES},
    {"actor == )", 9, "expected a value after '==', found ')'"},
    {"actor == == 5", 9, "expected a value after '==', found '=='"},
    {"actor contains", 14, "expected a value after 'contains', found the end"},
    {"actor in a", 9, "expected '(' after 'in', found 'a'"},
    {"actor in", 8, "expected '(' after 'in', found the end"},
    {"actor in ()", 10, "expected a value after '(', found ')'"},
    {"actor in (a,)", 12, "expected a value after ',', found ')'"},
    {"actor in (a", 11, "expected ',' or ')' after 'a', found the end"},
    {"actor in (a b)", 12, "expected ',' or ')' after 'a', found 'b'"},
    {"actor in (1, 2, x)", 16,
     "'x' is text, but the values before it are numbers; put those in double quotes to compare all "
     "as text"},
    {"actor in (1, \"2\")", 13,
     "'\"2\"' is text, but the values before it are numbers; put those in double quotes to compare "
     "all as text"},
    {"actor not in (x, 2)", 17,
     "'2' is a number, but the values before it are text; put it in double quotes"},
    {"value < abc", 8, "'<' needs a number such as 5, 22% or 15min, found 'abc'"},
    {"value <= \"5\"", 9, "'<=' needs a number such as 5, 22% or 15min, found '\"5\"'"},
    {"value > 15minn", 8, "'>' needs a number such as 5, 22% or 15min, found '15minn'"},
    {"value >= 2026-07-01", 9, "'>=' needs a number such as 5, 22% or 15min, found '2026-07-01'"},
    {"value == 9007199254740992", 9,
     "'9007199254740992' is too large to compare exactly as a number; in double quotes it compares "
     "as text"},
    {"value in (1, -9007199254740992)", 13,
     "'-9007199254740992' is too large to compare exactly as a number; in double quotes it "
     "compares "
     "as text"},
    {"count == 5", 0, "'count'" KEYWORD},
    {"true and sum not in (5)", 9, "'sum'" KEYWORD},
    {"where contains x", 0, "'where'" KEYWORD},
    {"in in (a)", 0, "'in'" KEYWORD},
    {"and == 5", 0, "'and'" KEYWORD},
    {"not == 5", 0, "'not'" KEYWORD},
    {"true != x", 0, "'true'" KEYWORD},
    {"false in (x)", 0, "'false'" KEYWORD},
    {"exists == 5", 0, "'exists'" KEYWORD},
    {"exists(count)", 7, "'count'" KEYWORD},
    {"count(true)", 0, "expected a condition, found 'count', which is a part of a ratio"},
    {"true and distinct(actor)", 9,
     "expected a condition after 'and', found 'distinct', which is a part of a ratio"},
    {"and true", 0, "expected a condition, found 'and'"},
    {"true and", 8, "expected a condition after 'and', found the end"},
    {"true or or true", 8, "expected a condition after 'or', found 'or'"},
    {"not", 3, "expected a condition after 'not', found the end"},
    {"not in (a)", 4, "expected a condition after 'not', found 'in'"},
    {"== 5", 0, "expected a condition, found '=='"},
    {"()", 1, "expected a condition after '(', found ')'"},
    {"true and )", 9, "expected a condition after 'and', found ')'"},
    {"(true", 0, "this '(' is not closed"},
    {"true and ((true) or true", 9, "this '(' is not closed"},
    {"true)", 4, "this ')' has no '(' before it"},
    {"type == a)", 9, "this ')' has no '(' before it"},
    {"(true)) and true", 6, "this ')' has no '(' before it"},
    {"true true", 5, "expected 'and' or 'or' after 'true', found 'true'"},
    {"(true true)", 6, "expected 'and', 'or' or ')' after 'true', found 'true'"},
    {"true AND true", 5,
     "expected 'and' or 'or' after 'true', found 'AND'; keywords are small: and"},
    {"type == two words", 12,
     "expected 'and' or 'or' after 'two', found 'words'; a value of several words stands in double "
     "quotes"},
    {"value < 5 < 6", 10, "expected 'and' or 'or' after '5', found '<'"},
    {"true not true", 5, "expected 'and' or 'or' after 'true', found 'not'"},
    {"type in (a), b", 11, "expected 'and' or 'or' after ')', found ','"},
    {"exists", 6, "expected '(' after 'exists', found the end"},
    {"exists actor", 7, "expected '(' after 'exists', found 'actor'"},
    {"exists()", 7, "expected a field after '(', found ')'"},
    {"exists(actor", 12, "expected ')' after 'actor', found the end"},
    {"exists(actor, type)", 12, "expected ')' after 'actor', found ','"},
    {"type == a$b", 9,
     "unexpected character '$'; a value with such characters stands in double "
     "quotes"},
};

static const error_case PART_ERRORS[] = {
    {"", 0, "expected count(), sum(FIELD) or distinct(FIELD), found the end"},
    {"type == a", 0, "expected count(), sum(FIELD) or distinct(FIELD), found 'type'"},
    {"SUM(value)", 0,
     "expected count(), sum(FIELD) or distinct(FIELD), found 'SUM'; keywords are small: sum"},
    {"count", 5, "expected '(' after 'count', found the end"},
    {"count(", 6, "expected a condition after '(', found the end"},
    {"count(where true)", 6, "expected a condition after '(', found 'where'"},
    {"count(actor)", 6, "'actor' is a field, not a condition; compare it, or write exists(actor)"},
    {"count(true", 10, "expected ')' after 'true', found the end"},
    {"count((true)", 12, "expected ')' after ')', found the end"},
    {"count(((true)", 6, "this '(' is not closed"},
    {"count(true))", 11, "expected the end after ')', found ')'"},
    {"count() + 1", 8,
     "unexpected character '+'; a value with such characters stands in double "
     "quotes"},
    {"count() count()", 8, "expected the end after ')', found 'count'"},
    {"count(true true)", 11, "expected 'and', 'or' or ')' after 'true', found 'true'"},
    {"sum()", 4, "expected a field after '(', found ')'"},
    {"sum(actr)", 4, "unknown field 'actr' (did you mean 'actor'?)" KNOWN},
    {"sum(sum)", 4, "'sum'" KEYWORD},
    {"sum(value", 9, "expected 'where' or ')' after 'value', found the end"},
    {"sum(value, type)", 9, "expected 'where' or ')' after 'value', found ','"},
    {"sum(value where)", 15, "expected a condition after 'where', found ')'"},
    {"sum(value where type == a", 25, "expected ')' after 'a', found the end"},
};

static void check_errors(const error_case *cases, size_t n, bool part)
{
    for (size_t i = 0; i < n; i++) {
        world w;
        world_begin(&w);
        const expression *e = NULL;
        expression_part unused;
        gm_error err = {0};
        config_text text = at(cases[i].text);
        gm_status status =
            part ? expression_compile_part(&unused, &text, &w.wanted, &FIELDS, &w.memory, &err)
                 : expression_compile(&e, &text, &w.wanted, &FIELDS, &w.memory, &err);
        if (status != GM_E_CONFIG || err.code != GM_E_CONFIG ||
            strcmp(err.message, cases[i].message) != 0 || err.column != COLUMN + cases[i].offset)
            fail_msg("%s: %d at %d: %s", text.text, (int)status, (int)err.column - COLUMN,
                     err.message);
        assert_null(e);
        assert_int_equal(err.line, LINE);
        assert_string_equal(err.path, "night.ini");
        world_end(&w);
    }
}

static void test_errors(void **state)
{
    (void)state;
    check_errors(ERRORS, sizeof ERRORS / sizeof *ERRORS, false);
    check_errors(PART_ERRORS, sizeof PART_ERRORS / sizeof *PART_ERRORS, true);
}

/* What is said of the fields depends on which there are. */
static void test_unknown_fields(void **state)
{
    (void)state;
    static const char *const many[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"};
    static const char *const time[] = {"time"};
    static const struct {
        const char *text;
        expression_fields fields;
        const char *message;
    } cases[] = {
        {"x == 5", {NULL, 0}, "unknown field 'x'; no field is mapped"},
        {"zzz == 5", {many, 8}, "unknown field 'zzz'; fields: a1, a2, a3, a4, a5, a6, a7, a8"},
        {"zzz == 5", {many, 9}, "unknown field 'zzz'"},
        {"time == 5", {time, 1}, "'time' is the time of the event; it has no text or number here"},
        {"time == x", {time, 1}, "'time' is the time of the event; it has no text or number here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;
        world_begin(&w);
        const expression *e = NULL;
        gm_error err = {0};
        config_text text = at(cases[i].text);
        assert_int_equal(
            expression_compile(&e, &text, &w.wanted, &cases[i].fields, &w.memory, &err),
            GM_E_CONFIG);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.column, COLUMN);
        world_end(&w);
    }
}

/* head, then piece n times, then tail. */
static gm_status compile_repeated(const char *head, const char *piece, uint32_t n, const char *tail,
                                  gm_error *err)
{
    bytes text;
    bytes_init(&text, LIMIT_MIB(1));
    bytes_printf(&text, "%s", head);
    for (uint32_t i = 0; i < n; i++)
        bytes_printf(&text, "%s", piece);
    bytes_printf(&text, "%s", tail);
    for (uint32_t i = 0; piece[0] == '(' && i < n; i++)
        bytes_put(&text, ")", 1);
    bytes_u8(&text, 0);
    assert_false(text.failed);
    world w;
    world_begin(&w);
    const expression *e = NULL, *again = NULL;
    config_text source = at((const char *)text.data);
    gm_status status = expression_compile(&e, &source, &w.wanted, &FIELDS, &w.memory, err);
    if (status == GM_OK) {
        source = at(expression_canonical(e));
        assert_int_equal(expression_compile(&again, &source, &w.wanted, &FIELDS, &w.memory, err),
                         GM_OK);
        assert_string_equal(expression_canonical(again), expression_canonical(e));
    }
    world_end(&w);
    bytes_deinit(&text);
    return status;
}

static void test_limits(void **state)
{
    (void)state;
    const uint32_t ops = LIMIT_EXPRESSION_OPS, depth = LIMIT_EXPRESSION_DEPTH;
    const struct {
        const char *head, *piece, *tail;
        uint32_t n; /* repeats that are still allowed */
        uint32_t offset;
        const char *message;
    } cases[] = {
        {"actor in (a", ",b", ")", ops - 1, 10 + 2 * ops,
         "this expression has more than 1024 values and operators"},
        /* 1 + 2n operations: 1023 are the most */
        {"true", " or true", "", ops / 2 - 1, 4 + 8 * (ops / 2) - 4,
         "this expression has more than 1024 values and operators"},
        {"not true", " or true", "", ops / 2 - 1, 8 + 8 * (ops / 2 - 1) + 1,
         "this expression has more than 1024 values and operators"},
        {"exists(actor)", " and exists(actor)", "", ops / 2 - 1, 13 + 18 * (ops / 2) - 13,
         "this expression has more than 1024 values and operators"},
        {"", "(", "true", depth, depth, "more than 64 '(' and 'not' are open here"},
        {"", "not ", "true", depth, 4 * depth, "more than 64 '(' and 'not' are open here"},
        {"", "(true or true and ", "true", depth, 18 * depth,
         "more than 64 '(' and 'not' are open here"},
        {"not ", "(", "true", depth - 1, 4 + depth - 1, "more than 64 '(' and 'not' are open here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gm_error err = {0};
        for (uint32_t n = cases[i].n - 1; n <= cases[i].n; n++)
            if (compile_repeated(cases[i].head, cases[i].piece, n, cases[i].tail, &err) != GM_OK)
                fail_msg("case %zu at %u: %s", i, n, err.message);
        assert_int_equal(
            compile_repeated(cases[i].head, cases[i].piece, cases[i].n + 1, cases[i].tail, &err),
            GM_E_CONFIG);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.column - COLUMN, cases[i].offset);
    }
}

/* What is closed is open no more. */
static void test_depth_returns(void **state)
{
    (void)state;
    gm_error err = {0};
    assert_int_equal(compile_repeated("true", " and (not true)", 300, "", &err), GM_OK);
    assert_int_equal(compile_repeated("true", " and not true", 300, "", &err), GM_OK);
}

static void test_columns_limit(void **state)
{
    (void)state;
    world w;
    world_begin(&w);
    const expression *e = NULL;
    gm_error err = {0};
    for (uint32_t i = 0; i < LIMIT_COLUMNS - 1; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "f%u", i); /* fits */
        schema_want(&w.wanted, name, SCHEMA_PRESENT, false, false);
    }
    config_text text = at("actor == a and actor == b");
    assert_int_equal(expression_compile(&e, &text, &w.wanted, &FIELDS, &w.memory, &err), GM_OK);
    assert_int_equal(w.wanted.n, LIMIT_COLUMNS);
    text = at("actor == c and type == a");
    assert_int_equal(expression_compile(&e, &text, &w.wanted, &FIELDS, &w.memory, &err),
                     GM_E_CONFIG);
    assert_string_equal(err.message, "this run wants more than 512 columns of events");
    assert_int_equal(err.column, COLUMN + 15);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),      cmocka_unit_test(test_wants),
        cmocka_unit_test(test_parts),          cmocka_unit_test(test_errors),
        cmocka_unit_test(test_unknown_fields), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_depth_returns),  cmocka_unit_test(test_columns_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

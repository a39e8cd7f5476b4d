/* SPDX-License-Identifier: Apache-2.0
 * test_expression_lexer.c - tokens, their places, and what is no token. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "event/expression_lexer.h"

#define NAME  EXPRESSION_LEX_NAME
#define VALUE EXPRESSION_LEX_VALUE
#define T(k)  EXPRESSION_TOKEN_##k

enum { COLUMN = 11, TOKENS_MAX = 14 };

typedef struct expected_token {
    expression_token_kind kind;
    uint32_t offset, length;
    const char *value;
} expected_token;

typedef struct lex_case {
    const char *text;
    expression_lexer_mode mode;
    expected_token tokens[TOKENS_MAX]; /* ends with END */
} lex_case;

static const lex_case CASES[] = {
    {"", NAME, {{T(END), 0, 0, ""}}},
    {" \t ", NAME, {{T(END), 3, 0, ""}}},
    {"actor", NAME, {{T(WORD), 0, 5, "actor"}, {T(END), 5, 0, ""}}},
    {"a.b_c 1x", NAME, {{T(WORD), 0, 5, "a.b_c"}, {T(WORD), 6, 2, "1x"}, {T(END), 8, 0, ""}}},
    {"()(,)",
     NAME,
     {{T(OPEN), 0, 1, "("},
      {T(CLOSE), 1, 1, ")"},
      {T(OPEN), 2, 1, "("},
      {T(COMMA), 3, 1, ","},
      {T(CLOSE), 4, 1, ")"},
      {T(END), 5, 0, ""}}},
    {"== != < <= > >=<",
     NAME,
     {{T(EQ), 0, 2, "=="},
      {T(NE), 3, 2, "!="},
      {T(LT), 6, 1, "<"},
      {T(LE), 8, 2, "<="},
      {T(GT), 11, 1, ">"},
      {T(GE), 13, 2, ">="},
      {T(LT), 15, 1, "<"},
      {T(END), 16, 0, ""}}},
    {"and or not in contains exists where",
     NAME,
     {{T(AND), 0, 3, "and"},
      {T(OR), 4, 2, "or"},
      {T(NOT), 7, 3, "not"},
      {T(IN), 11, 2, "in"},
      {T(CONTAINS), 14, 8, "contains"},
      {T(EXISTS), 23, 6, "exists"},
      {T(WHERE), 30, 5, "where"},
      {T(END), 35, 0, ""}}},
    {"true false count sum distinct",
     VALUE,
     {{T(TRUE), 0, 4, "true"},
      {T(FALSE), 5, 5, "false"},
      {T(COUNT), 11, 5, "count"},
      {T(SUM), 17, 3, "sum"},
      {T(DISTINCT), 21, 8, "distinct"},
      {T(END), 29, 0, ""}}},
    {"And ands an",
     NAME,
     {{T(WORD), 0, 3, "And"}, {T(WORD), 4, 4, "ands"}, {T(WORD), 9, 2, "an"}, {T(END), 11, 0, ""}}},
    {"2026-07-01,a@b.cn)https://x.cn/y:8+1",
     VALUE,
     {{T(WORD), 0, 10, "2026-07-01"},
      {T(COMMA), 10, 1, ","},
      {T(WORD), 11, 6, "a@b.cn"},
      {T(CLOSE), 17, 1, ")"},
      {T(WORD), 18, 18, "https://x.cn/y:8+1"},
      {T(END), 36, 0, ""}}},
    {"22% -5% +.5 -",
     VALUE,
     {{T(WORD), 0, 3, "22%"},
      {T(WORD), 4, 3, "-5%"},
      {T(WORD), 8, 3, "+.5"},
      {T(WORD), 12, 1, "-"},
      {T(END), 13, 0, ""}}},
    {"已解决 caf\u00e9 \u3007\U0001f600",
     VALUE,
     {{T(WORD), 0, 9, "已解决"},
      {T(WORD), 10, 5, "caf\u00e9"},
      {T(WORD), 16, 7, "\u3007\U0001f600"},
      {T(END), 23, 0, ""}}},
    {"字段==值",
     NAME,
     {{T(WORD), 0, 6, "字段"}, {T(EQ), 6, 2, "=="}, {T(WORD), 8, 3, "值"}, {T(END), 11, 0, ""}}},
    {"\"\" \"a b\"\"c\"",
     NAME,
     {{T(STRING), 0, 2, ""},
      {T(STRING), 3, 5, "a b"},
      {T(STRING), 8, 3, "c"},
      {T(END), 11, 0, ""}}},
    {"\"\\\"\\\\\\\\\" \"#；'\t“\"",
     VALUE,
     {{T(STRING), 0, 8, "\"\\\\"}, {T(STRING), 9, 11, "#；'\t“"}, {T(END), 20, 0, ""}}},
};

static void test_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const lex_case *c = &CASES[i];
        arena memory;
        arena_init(&memory, 0);
        config_text text = {.text = c->text, .path = "x.ini", .line = 3, .column = COLUMN};
        expression_lexer lexer;
        expression_lexer_init(&lexer, &text, &memory);
        for (uint32_t k = 0;; k++) {
            expression_token token;
            gm_error err = {0};
            gm_status status = expression_lexer_next(&token, &lexer, c->mode, &err);
            const expected_token *want = &c->tokens[k];
            if (status != GM_OK)
                fail_msg("%s: %s", c->text, err.message);
            if (token.kind != want->kind || token.offset != want->offset ||
                token.length != want->length)
                fail_msg("%s: token %u is %d at %u+%u", c->text, k, (int)token.kind, token.offset,
                         token.length);
            assert_int_equal(token.value.len, strlen(want->value));
            if (token.value.len > 0)
                assert_memory_equal(token.value.ptr, want->value, token.value.len);
            if (token.kind == T(END))
                break;
        }
        expression_token again; /* the end stays the end */
        assert_int_equal(expression_lexer_next(&again, &lexer, c->mode, NULL), GM_OK);
        assert_int_equal(again.kind, T(END));
        arena_deinit(&memory);
    }
}

typedef struct error_case {
    const char *text;
    expression_lexer_mode mode;
    uint32_t offset;
    const char *message;
} error_case;

#define QUOTED "; a value with such characters stands in double quotes"

static const error_case ERRORS[] = {
    {"=5", NAME, 0, "write == instead of ="},
    {"= 5", VALUE, 0, "write == instead of ="},
    {"<>", NAME, 0, "write != instead of <>"},
    {"x && y", NAME, 2, "write and instead of &&"},
    {"x & y", NAME, 2, "write and instead of &"},
    {"x || y", NAME, 2, "write or instead of ||"},
    {"x | y", NAME, 2, "write or instead of |"},
    {"!x", NAME, 0, "write not instead of !"},
    {"'abc'", VALUE, 0, "write \" instead of '"},
    {"x（", NAME, 1, "write ( instead of （"},
    {"x）", VALUE, 1, "write ) instead of ）"},
    {"x，", VALUE, 1, "write , instead of ，"},
    {"x、y", VALUE, 1, "write , instead of 、"},
    {"x＝", NAME, 1, "write == instead of ＝"},
    {"x！", NAME, 1, "write != instead of ！"},
    {"x＜", NAME, 1, "write < instead of ＜"},
    {"x＞", NAME, 1, "write > instead of ＞"},
    {"“x”", VALUE, 0, "write \" instead of “"},
    {"x”", VALUE, 1, "write \" instead of ”"},
    {"x\u3000y", NAME, 1, "write a plain space instead of \u3000"},
    {"x\u00a0y", NAME, 1, "write a plain space instead of \u00a0"},
    {"a-b", NAME, 1, "unexpected character '-'" QUOTED},
    {"@x", NAME, 0, "unexpected character '@'" QUOTED},
    {"a%", VALUE, 1, "unexpected character '%'" QUOTED},
    {"a#b", VALUE, 1, "unexpected character '#'" QUOTED},
    {"a\\", VALUE, 1, "unexpected character '\\'" QUOTED},
    {"字；", VALUE, 3, "unexpected character '；'" QUOTED},
    {"x \x01", NAME, 2, "unexpected control character 0x01"},
    {"\x7f", VALUE, 0, "unexpected control character 0x7f"},
    {"ab\xff", VALUE, 2, "this is not valid UTF-8"},
    {"ab\xe5\xb7", NAME, 2, "this is not valid UTF-8"},
    {"\xc0\x80", NAME, 0, "this is not valid UTF-8"},
    {"\"ab\xed\xa0\x80\"", VALUE, 3, "this is not valid UTF-8"},
    {"x \"abc", NAME, 2, "the double quote is not closed"},
    {"\"", VALUE, 0, "the double quote is not closed"},
    {"\"abc\\\"", VALUE, 0, "the double quote is not closed"},
    {"\"a\\n\"", VALUE, 2,
     "in double quotes \\\" and \\\\ are the only escapes; write \\\\ for \\"},
    {"\"a\\", VALUE, 2, "in double quotes \\\" and \\\\ are the only escapes; write \\\\ for \\"},
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++) {
        const error_case *c = &ERRORS[i];
        arena memory;
        arena_init(&memory, 0);
        config_text text = {.text = c->text, .path = "x.ini", .line = 3, .column = COLUMN};
        expression_lexer lexer;
        expression_lexer_init(&lexer, &text, &memory);
        gm_error err = {0};
        expression_token token;
        gm_status status = GM_OK;
        do
            status = expression_lexer_next(&token, &lexer, c->mode, &err);
        while (status == GM_OK && token.kind != T(END));
        assert_int_equal(status, GM_E_CONFIG);
        assert_string_equal(err.message, c->message);
        assert_int_equal(err.column, COLUMN + c->offset);
        assert_int_equal(err.line, 3);
        assert_string_equal(err.path, "x.ini");
        arena_deinit(&memory);
    }
}

static void test_words(void **state)
{
    (void)state;
    config_text text = {.text = "", .path = "x.ini", .line = 1, .column = 1};
    expression_token token = {.kind = T(WORD), .value = {.ptr = "Distinct", .len = 8}};
    assert_string_equal(expression_lexer_keyword_like(&token), "distinct");
    token.value.len = 7;
    assert_null(expression_lexer_keyword_like(&token));
    token = (expression_token){.kind = T(STRING), .value = {.ptr = "AND", .len = 3}};
    assert_null(expression_lexer_keyword_like(&token));
    assert_false(expression_lexer_is_keyword(T(GE)));
    assert_true(expression_lexer_is_keyword(T(AND)));
    assert_true(expression_lexer_is_keyword(T(DISTINCT)));
    assert_false(expression_lexer_is_comparison(T(COMMA)));
    assert_true(expression_lexer_is_comparison(T(EQ)));
    assert_true(expression_lexer_is_comparison(T(GE)));
    assert_true(expression_lexer_is_comparison(T(IN)));
    assert_false(expression_lexer_is_comparison(T(NOT)));
    /* A long token is cut for messages. */
    char longest[200];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    text.text = longest;
    arena memory;
    arena_init(&memory, 0);
    expression_lexer lexer;
    expression_lexer_init(&lexer, &text, &memory);
    assert_int_equal(expression_lexer_next(&token, &lexer, NAME, NULL), GM_OK);
    expression_quote quote = expression_lexer_quote(&lexer, &token);
    assert_int_equal(strlen(quote.text), sizeof quote.text - 1);
    assert_memory_equal(quote.text, "'xxx", 4);
    assert_int_equal(expression_lexer_next(&token, &lexer, NAME, NULL), GM_OK);
    assert_string_equal(expression_lexer_quote(&lexer, &token).text, "the end");
    arena_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

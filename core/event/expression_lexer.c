/* SPDX-License-Identifier: Apache-2.0
 * expression_lexer.c - characters to tokens; see expression_lexer.h. */
#include "event/expression_lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

typedef struct spelling {
    const char *text;
    expression_token_kind kind;
} spelling;

/* Longer signs stand before their beginnings. */
static const spelling SIGNS[] = {
    {"==", EXPRESSION_TOKEN_EQ},  {"!=", EXPRESSION_TOKEN_NE},   {"<=", EXPRESSION_TOKEN_LE},
    {">=", EXPRESSION_TOKEN_GE},  {"<", EXPRESSION_TOKEN_LT},    {">", EXPRESSION_TOKEN_GT},
    {"(", EXPRESSION_TOKEN_OPEN}, {")", EXPRESSION_TOKEN_CLOSE}, {",", EXPRESSION_TOKEN_COMMA},
};

static const spelling KEYWORDS[] = {
    {"and", EXPRESSION_TOKEN_AND},           {"or", EXPRESSION_TOKEN_OR},
    {"not", EXPRESSION_TOKEN_NOT},           {"in", EXPRESSION_TOKEN_IN},
    {"contains", EXPRESSION_TOKEN_CONTAINS}, {"exists", EXPRESSION_TOKEN_EXISTS},
    {"where", EXPRESSION_TOKEN_WHERE},       {"true", EXPRESSION_TOKEN_TRUE},
    {"false", EXPRESSION_TOKEN_FALSE},       {"count", EXPRESSION_TOKEN_COUNT},
    {"sum", EXPRESSION_TOKEN_SUM},           {"distinct", EXPRESSION_TOKEN_DISTINCT},
};

/* What people write out of habit, and what to write here. Right signs have been tried before. */
typedef struct habit {
    const char *wrong, *right;
} habit;

static const habit HABITS[] = {
    {"=", "=="},
    {"<>", "!="},
    {"&&", "and"},
    {"&", "and"},
    {"||", "or"},
    {"|", "or"},
    {"!", "not"},
    {"'", "\""},
    {"（", "("},
    {"）", ")"},
    {"，", ","},
    {"、", ","},
    {"＝", "=="},
    {"！", "!="},
    {"＜", "<"},
    {"＞", ">"},
    {"“", "\""},
    {"”", "\""},
    {"\u3000", "a plain space"},
    {"\u00a0", "a plain space"},
};

/* Beyond ASCII these are no letters: controls, blanks, punctuation, quotes, brackets. */
static const struct {
    uint32_t from, to;
} NO_LETTERS[] = {
    {0x80, 0xa0},     {0xab, 0xab},     {0xbb, 0xbb},     {0x2000, 0x206f}, {0x3000, 0x3004},
    {0x3008, 0x3020}, {0xfe10, 0xfe6f}, {0xfeff, 0xfeff}, {0xff00, 0xff0f}, {0xff1a, 0xff20},
    {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xfff0, 0xffff},
};

static gm_status lex_string(expression_token *out, expression_lexer *l, gm_error *err);
static gm_status lex_word(expression_token *out, expression_lexer *l, expression_lexer_mode mode,
                          gm_error *err);
static gm_status no_token(const expression_lexer *l, gm_error *err);

void expression_lexer_init(expression_lexer *l, const config_text *source, arena *run_arena)
{
    GM_ASSERT(source->text != NULL);
    size_t length = strlen(source->text);
    GM_ASSERT(length < UINT32_MAX);
    *l = (expression_lexer){.source = source, .length = (uint32_t)length, .run_arena = run_arena};
}

gm_status expression_lexer_next(expression_token *out, expression_lexer *l,
                                expression_lexer_mode mode, gm_error *err)
{
    const char *text = l->source->text;
    while (text[l->at] == ' ' || text[l->at] == '\t')
        l->at++;
    *out = (expression_token){.kind = EXPRESSION_TOKEN_END, .offset = l->at};
    if (l->at == l->length)
        return GM_OK;
    if (text[l->at] == '"')
        return lex_string(out, l, err);
    if (strncmp(text + l->at, "<>", 2) == 0)
        return no_token(l, err);
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t n = strlen(SIGNS[i].text);
        if (strncmp(text + l->at, SIGNS[i].text, n) == 0) {
            out->kind = SIGNS[i].kind;
            out->length = (uint32_t)n;
            out->value = (gm_str){.ptr = text + l->at, .len = (uint32_t)n};
            l->at += (uint32_t)n;
            return GM_OK;
        }
    }
    return lex_word(out, l, mode, err);
}

/* The length of the well-formed character at p, 0 when there is none; left > 0. */
static uint32_t char_length(const char *p, uint32_t left)
{
    uint8_t lead = (uint8_t)p[0];
    uint32_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return n <= left && text_is_utf8(p, n) ? n : 0;
}

static uint32_t code_point(const char *p, uint32_t n)
{
    uint32_t code = (uint8_t)p[0];
    if (n > 1)
        code &= 0x7fU >> n;
    for (uint32_t i = 1; i < n; i++)
        code = code << 6 | ((uint8_t)p[i] & 0x3fU);
    return code;
}

/* The length of the character at p when it may stand in a word, else 0. */
static uint32_t word_char(const char *p, uint32_t left, const char *more)
{
    char c = p[0];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return 1;
    if ((uint8_t)c < 0x80)
        return c != '\0' && strchr(more, c) != NULL ? 1 : 0;
    uint32_t n = char_length(p, left);
    if (n == 0)
        return 0;
    uint32_t code = code_point(p, n);
    for (size_t i = 0; i < sizeof NO_LETTERS / sizeof *NO_LETTERS; i++)
        if (code >= NO_LETTERS[i].from && code <= NO_LETTERS[i].to)
            return 0;
    return n;
}

static gm_status lex_word(expression_token *out, expression_lexer *l, expression_lexer_mode mode,
                          gm_error *err)
{
    const char *p = l->source->text + l->at;
    bool like_number = strchr("0123456789.+-", p[0]) != NULL;
    const char *more = mode == EXPRESSION_LEX_NAME ? "_." : like_number ? "_.:/@+-%" : "_.:/@+-";
    uint32_t n = 0;
    for (uint32_t step; l->at + n < l->length; n += step) {
        step = word_char(p + n, l->length - l->at - n, more);
        if (step == 0)
            break;
    }
    if (n == 0)
        return no_token(l, err);
    out->kind = EXPRESSION_TOKEN_WORD;
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (strlen(KEYWORDS[i].text) == n && memcmp(KEYWORDS[i].text, p, n) == 0)
            out->kind = KEYWORDS[i].kind;
    out->length = n;
    out->value = (gm_str){.ptr = p, .len = n};
    l->at += n;
    return GM_OK;
}

/* at stands behind the opening quote; *end is where the closing one stands. */
static gm_status find_quote(uint32_t *end, const expression_lexer *l, uint32_t at, gm_error *err)
{
    const char *text = l->source->text;
    while (at < l->length && text[at] != '"') {
        if (text[at] == '\\' && text[at + 1] != '"' && text[at + 1] != '\\')
            return expression_lexer_error(
                l, at, err,
                "in double quotes \\\" and \\\\ are the only escapes; write \\\\ for \\");
        at += text[at] == '\\' ? 1 : 0;
        uint32_t n = char_length(text + at, l->length - at);
        if (n == 0)
            return expression_lexer_error(l, at, err, "this is not valid UTF-8");
        at += n;
    }
    if (at == l->length)
        return expression_lexer_error(l, l->at, err, "the double quote is not closed");
    *end = at;
    return GM_OK;
}

static gm_status lex_string(expression_token *out, expression_lexer *l, gm_error *err)
{
    const char *text = l->source->text;
    uint32_t start = l->at + 1, end = 0;
    gm_status status = find_quote(&end, l, start, err);
    if (status != GM_OK)
        return status;
    char *value = arena_push(l->run_arena, end - start + 1);
    uint32_t n = 0;
    for (uint32_t i = start; i < end; i++) {
        i += text[i] == '\\' ? 1 : 0;
        value[n++] = text[i];
    }
    out->kind = EXPRESSION_TOKEN_STRING;
    out->length = end + 1 - l->at;
    out->value = (gm_str){.ptr = value, .len = n};
    l->at = end + 1;
    return GM_OK;
}

static gm_status no_token(const expression_lexer *l, gm_error *err)
{
    const char *p = l->source->text + l->at;
    for (size_t i = 0; i < sizeof HABITS / sizeof *HABITS; i++)
        if (strncmp(p, HABITS[i].wrong, strlen(HABITS[i].wrong)) == 0)
            return expression_lexer_error(l, l->at, err, "write %s instead of %s", HABITS[i].right,
                                          HABITS[i].wrong);
    uint32_t n = char_length(p, l->length - l->at);
    if (n == 0)
        return expression_lexer_error(l, l->at, err, "this is not valid UTF-8");
    if ((uint8_t)p[0] < 0x20 || p[0] == 0x7f)
        return expression_lexer_error(l, l->at, err, "unexpected control character 0x%02x",
                                      (unsigned)(uint8_t)p[0]);
    return expression_lexer_error(
        l, l->at, err,
        "unexpected character '%.*s'; a value with such characters stands in double quotes", (int)n,
        p);
}

gm_status expression_lexer_error(const expression_lexer *l, uint32_t offset, gm_error *err,
                                 const char *fmt, ...)
{
    char message[GM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* cut is fine */
    va_end(args);
    config_text at = config_text_from(l->source, offset);
    return config_error(err, &at, "%s", message);
}

expression_quote expression_lexer_quote(const expression_lexer *l, const expression_token *token)
{
    expression_quote quote = {.text = "the end"};
    if (token->kind == EXPRESSION_TOKEN_END)
        return quote;
    char excerpt[sizeof quote.text - 2];
    text_excerpt(excerpt, sizeof excerpt, l->source->text + token->offset, token->length);
    (void)snprintf(quote.text, sizeof quote.text, "'%s'", excerpt); /* fits */
    return quote;
}

const char *expression_lexer_keyword_like(const expression_token *token)
{
    if (token->kind != EXPRESSION_TOKEN_WORD)
        return NULL;
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (strlen(KEYWORDS[i].text) == token->value.len &&
            strncasecmp(KEYWORDS[i].text, token->value.ptr, token->value.len) == 0)
            return KEYWORDS[i].text;
    return NULL;
}

bool expression_lexer_is_keyword(expression_token_kind kind)
{
    return kind >= EXPRESSION_TOKEN_AND;
}

bool expression_lexer_is_comparison(expression_token_kind kind)
{
    return (kind >= EXPRESSION_TOKEN_EQ && kind <= EXPRESSION_TOKEN_GE) ||
           kind == EXPRESSION_TOKEN_IN || kind == EXPRESSION_TOKEN_CONTAINS;
}

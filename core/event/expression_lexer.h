/* SPDX-License-Identifier: Apache-2.0
 * expression_lexer.h - the tokens of an expression, one at a time; private to expression_*.c.
 *
 * The parser says what may stand next, because a value may hold more characters than a name:
 *
 *   name   [A-Za-z0-9_.] and letters beyond ASCII. Field names, keywords.
 *   value  the same and [:/@+-], and % in a word that begins like a number. So 2026-07-01,
 *          a@b.cn, https://x.cn/y, 已解决, -5, 22% and 1h30min are one word each. What holds other
 *          characters (blanks, quotes, punctuation of any script) needs double quotes.
 *
 * Keywords are small letters only. In double quotes \" and \\ are the only escapes. All text must
 * be valid UTF-8. Errors stand at their character: the text's column plus the offset in bytes. */
#ifndef GM_EVENT_EXPRESSION_LEXER_H
#define GM_EVENT_EXPRESSION_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

typedef enum expression_token_kind {
    EXPRESSION_TOKEN_END,
    EXPRESSION_TOKEN_WORD,
    EXPRESSION_TOKEN_STRING,
    EXPRESSION_TOKEN_OPEN,
    EXPRESSION_TOKEN_CLOSE,
    EXPRESSION_TOKEN_COMMA,
    EXPRESSION_TOKEN_EQ,
    EXPRESSION_TOKEN_NE,
    EXPRESSION_TOKEN_LT,
    EXPRESSION_TOKEN_LE,
    EXPRESSION_TOKEN_GT,
    EXPRESSION_TOKEN_GE,
    EXPRESSION_TOKEN_AND, /* from here on: keywords */
    EXPRESSION_TOKEN_OR,
    EXPRESSION_TOKEN_NOT,
    EXPRESSION_TOKEN_IN,
    EXPRESSION_TOKEN_CONTAINS,
    EXPRESSION_TOKEN_EXISTS,
    EXPRESSION_TOKEN_WHERE,
    EXPRESSION_TOKEN_TRUE,
    EXPRESSION_TOKEN_FALSE,
    EXPRESSION_TOKEN_COUNT,
    EXPRESSION_TOKEN_SUM,
    EXPRESSION_TOKEN_DISTINCT
} expression_token_kind;

typedef enum expression_lexer_mode {
    EXPRESSION_LEX_NAME,
    EXPRESSION_LEX_VALUE
} expression_lexer_mode;

typedef struct expression_token {
    expression_token_kind kind;
    uint32_t offset, length; /* in the source, with quotes */
    gm_str value;            /* as written, borrowed from the source; of STRING without quotes and
                                escapes, in the arena */
} expression_token;

typedef struct expression_lexer {
    const config_text *source; /* borrowed */
    uint32_t at, length;
    arena *run_arena; /* borrowed */
} expression_lexer;

void expression_lexer_init(expression_lexer *l, const config_text *source, arena *run_arena);
/* At the end of the text: END, again and again. */
gm_status expression_lexer_next(expression_token *out, expression_lexer *l,
                                expression_lexer_mode mode, gm_error *err);

/* err at an offset of the source; returns GM_E_CONFIG. */
gm_status expression_lexer_error(const expression_lexer *l, uint32_t offset, gm_error *err,
                                 const char *fmt, ...) GM_PRINTF(4, 5);

/* A token as messages show it: 'actor', or "the end". */
typedef struct expression_quote {
    char text[64];
} expression_quote;
expression_quote expression_lexer_quote(const expression_lexer *l, const expression_token *token);

/* The keyword that a word is but for its capitals, or NULL; static. */
const char *expression_lexer_keyword_like(const expression_token *token);
bool expression_lexer_is_keyword(expression_token_kind kind);
bool expression_lexer_is_comparison(expression_token_kind kind); /* also in, contains */

#endif

/* SPDX-License-Identifier: Apache-2.0
 * selector.c - one pass from left to right; see selector.h. */
#include "config/selector.h"

#include <stdbool.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

enum { EXCERPT_BYTES = 64 };

typedef struct parser {
    const config_text *text;
    size_t at;
    arena *run_arena;
    gm_error *err;
} parser;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(parser *p)
{
    while (is_blank(p->text->text[p->at]))
        p->at++;
}

static config_text place(const parser *p, size_t at)
{
    return config_text_from(p->text, (uint32_t)at);
}

/* "expected WHAT, not 'the rest'". */
static gm_status expected(const parser *p, const char *what)
{
    char excerpt[EXCERPT_BYTES];
    const char *rest = p->text->text + p->at;
    config_text where = place(p, p->at);
    if (rest[0] == '\0')
        return config_error(p->err, &where, "expected %s, but the text ends here", what);
    text_excerpt(excerpt, sizeof excerpt, rest, strlen(rest));
    return config_error(p->err, &where, "expected %s, not '%s'", what, excerpt);
}

static gm_status parse_name(parser *p, const char *what, const char **out)
{
    const char *from = p->text->text + p->at;
    size_t n = strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0 || n > LIMIT_NAME_BYTES || !text_is_name(from, n, false))
        return expected(p, what);
    *out = arena_strndup(p->run_arena, from, n);
    p->at += n;
    return GM_OK;
}

/* A value in double quotes; \" and \\ inside. */
static gm_status parse_quoted(parser *p, const char **out)
{
    const char *text = p->text->text;
    size_t start = p->at++, n = 0;
    char *value = arena_push(p->run_arena, strlen(text + p->at) + 1);
    for (;; p->at++) {
        char c = text[p->at];
        if (c == '\0') {
            config_text where = place(p, start);
            return config_error(p->err, &where, "no closing double quote");
        }
        if (c == '"')
            break;
        if (c == '\\') {
            c = text[++p->at];
            if (c != '"' && c != '\\')
                return expected(p, "'\"' or a backslash behind a backslash");
        }
        value[n++] = c;
    }
    p->at++;
    value[n] = '\0';
    *out = value;
    return GM_OK;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '.' || (unsigned char)c >= 0x80;
}

static gm_status parse_value(parser *p, const char **out)
{
    const char *from = p->text->text + p->at;
    size_t n = 0;
    if (from[0] == '"')
        return parse_quoted(p, out);
    if (from[0] == '*') {
        p->at++;
        *out = NULL;
        return GM_OK;
    }
    while (is_word(from[n]))
        n++;
    if (n == 0)
        return expected(p, "a word, a number, * or a text in double quotes");
    *out = arena_strndup(p->run_arena, from, n);
    p->at += n;
    return GM_OK;
}

static gm_status parse_label(parser *p, const selector_label *before, uint32_t n_before,
                             selector_label *out)
{
    config_text where = place(p, p->at);
    gm_status status = parse_name(p, "the name of a label", &out->name);
    if (status != GM_OK)
        return status;
    GM_ASSERT(out->name != NULL);
    out->column = where.column;
    for (uint32_t i = 0; i < n_before; i++) {
        if (strcmp(before[i].name, out->name) == 0)
            return config_error(p->err, &where, "the label '%s' stands twice", out->name);
    }
    skip_blanks(p);
    if (p->text->text[p->at] != '=')
        return expected(p, "'='");
    p->at++;
    skip_blanks(p);
    return parse_value(p, &out->text);
}

/* "{name=value, …}" from its brace. */
static gm_status parse_labels(parser *p, selector *out)
{
    selector_label *labels = NULL;
    uint32_t n = 0, cap = 0;
    gm_status status = GM_OK;
    do {
        p->at++;
        skip_blanks(p);
        MEM_GROW(labels, n, cap);
        labels[n] = (selector_label){0};
        status = parse_label(p, labels, n, &labels[n]);
        if (status != GM_OK)
            goto done;
        n++;
        if (n > LIMIT_GROUP_BY * 2) {
            config_text where = place(p, p->at);
            status =
                config_error(p->err, &where, "more than %u labels", (unsigned)LIMIT_GROUP_BY * 2);
            goto done;
        }
        skip_blanks(p);
    } while (p->text->text[p->at] == ',');
    if (p->text->text[p->at] != '}') {
        status = expected(p, "',' or '}'");
        goto done;
    }
    p->at++;
    out->n_labels = n;
    out->labels = arena_copy(p->run_arena, labels, n * sizeof *labels);
done:
    mem_free(labels);
    return status;
}

gm_status selector_parse(selector *out, const config_text *text, arena *run_arena, gm_error *err)
{
    GM_ASSERT(text->text != NULL);
    parser p = {.text = text, .run_arena = run_arena, .err = err};
    *out = (selector){0};
    skip_blanks(&p);
    gm_status status = parse_name(&p, "a metric's name", &out->metric);
    if (status != GM_OK)
        return status;
    if (text->text[p.at] == '.') {
        p.at++;
        status = parse_name(&p, "the name of an output behind the dot", &out->output);
        if (status != GM_OK)
            return status;
    }
    skip_blanks(&p);
    if (text->text[p.at] == '{') {
        status = parse_labels(&p, out);
        if (status != GM_OK)
            return status;
        skip_blanks(&p);
    }
    if (text->text[p.at] == '\0')
        return GM_OK;
    return expected(&p, out->n_labels > 0 ? "nothing behind '}'" : "'{' or nothing");
}

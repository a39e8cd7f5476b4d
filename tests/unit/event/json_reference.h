/* SPDX-License-Identifier: Apache-2.0
 * json_reference.h - RFC 8259 once more, as plainly as it can be written: a recursive descent over
 * the grammar, for comparison with the parser. Whitespace has no LF in it: that ends a line. */
#ifndef GM_TEST_JSON_REFERENCE_H
#define GM_TEST_JSON_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct json_reference {
    const char *p, *end;
    int depth, depth_max;
} json_reference;

static inline void json_reference_space(json_reference *r)
{
    while (r->p != r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\r'))
        r->p++;
}

static inline bool json_reference_take(json_reference *r, char c)
{
    if (r->p == r->end || *r->p != c)
        return false;
    r->p++;
    return true;
}

static inline bool json_reference_one_of(json_reference *r, const char *set)
{
    if (r->p == r->end || *r->p == '\0' || strchr(set, *r->p) == NULL)
        return false;
    r->p++;
    return true;
}

static inline bool json_reference_string(json_reference *r)
{
    if (!json_reference_take(r, '"'))
        return false;
    while (r->p != r->end && *r->p != '"') {
        if ((unsigned char)*r->p < 0x20)
            return false;
        if (*r->p++ != '\\')
            continue;
        if (json_reference_take(r, 'u')) {
            for (int i = 0; i < 4; i++)
                if (!json_reference_one_of(r, "0123456789abcdefABCDEF"))
                    return false;
        } else if (!json_reference_one_of(r, "\"\\/bfnrt")) {
            return false;
        }
    }
    return json_reference_take(r, '"');
}

static inline bool json_reference_digits(json_reference *r)
{
    if (!json_reference_one_of(r, "0123456789"))
        return false;
    while (json_reference_one_of(r, "0123456789")) {
    }
    return true;
}

static inline bool json_reference_number(json_reference *r)
{
    (void)json_reference_take(r, '-');
    if (!json_reference_take(r, '0') && !json_reference_digits(r))
        return false;
    if (json_reference_take(r, '.') && !json_reference_digits(r))
        return false;
    if (json_reference_one_of(r, "eE")) {
        (void)json_reference_one_of(r, "+-");
        return json_reference_digits(r);
    }
    return true;
}

static inline bool json_reference_word(json_reference *r, const char *word)
{
    while (*word != '\0')
        if (!json_reference_take(r, *word++))
            return false;
    return true;
}

static inline bool json_reference_value(json_reference *r)
{
    json_reference_space(r);
    if (r->p == r->end)
        return false;
    bool ok = true;
    char c = *r->p;
    if (c == '{' || c == '[') {
        char close = c == '{' ? '}' : ']';
        r->p++;
        if (++r->depth > r->depth_max)
            r->depth_max = r->depth;
        json_reference_space(r);
        bool more = !json_reference_take(r, close);
        while (ok && more) {
            json_reference_space(r);
            if (c == '{') {
                ok = json_reference_string(r);
                json_reference_space(r);
                ok = ok && json_reference_take(r, ':');
            }
            ok = ok && json_reference_value(r);
            more = ok && json_reference_take(r, ',');
            ok = ok && (more || json_reference_take(r, close));
        }
        r->depth--;
    } else if (c == '"') {
        ok = json_reference_string(r);
    } else if (c == 't') {
        ok = json_reference_word(r, "true");
    } else if (c == 'f') {
        ok = json_reference_word(r, "false");
    } else if (c == 'n') {
        ok = json_reference_word(r, "null");
    } else {
        ok = json_reference_number(r);
    }
    json_reference_space(r);
    return ok;
}

/* Is s[0..n) one JSON value? *depth is its nesting. */
static inline bool json_reference_is_valid(const char *s, size_t n, int *depth)
{
    json_reference r = {.p = s, .end = s + n};
    bool ok = json_reference_value(&r) && r.p == r.end;
    *depth = r.depth_max;
    return ok;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 * json_text.c - see json_text.h. An escape is never shorter than what it stands for: \n is two
 * bytes for one, \uXXXX six for at most three, a pair of them twelve for four. */
#include "event/json_text.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum { REPLACEMENT = 0xfffd };

static uint32_t hex4(const char *s)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t c = (unsigned char)s[i];
        v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

/* s stands behind "\u" with n bytes left; returns how many of them belong to the character. */
static size_t code_point_of(const char *s, size_t n, uint32_t *code_point, uint64_t *n_lone)
{
    GM_ASSERT(n >= 4);
    uint32_t high = hex4(s);
    *code_point = high;
    if (high < 0xd800 || high > 0xdfff)
        return 4;
    if (high < 0xdc00 && n >= 10 && s[4] == '\\' && s[5] == 'u') {
        uint32_t low = hex4(s + 6);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *code_point = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
            return 10;
        }
    }
    *code_point = REPLACEMENT;
    (*n_lone)++;
    return 4;
}

static char plain_escape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c; /* " \ / stand for themselves */
    }
}

size_t json_text_unescape(char *out, const char *s, size_t n, uint64_t *n_lone)
{
    const char *end = s + n;
    char *to = out;
    while (s != end) {
        const char *escape = memchr(s, '\\', (size_t)(end - s));
        size_t plain = escape == NULL ? (size_t)(end - s) : (size_t)(escape - s);
        memcpy(to, s, plain);
        to += plain;
        s += plain;
        if (s == end)
            break;
        GM_ASSERT(end - s >= 2);
        if (s[1] != 'u') {
            *to++ = plain_escape(s[1]);
            s += 2;
            continue;
        }
        uint32_t code_point;
        char utf8[4];
        s += 2;
        s += code_point_of(s, (size_t)(end - s), &code_point, n_lone);
        size_t len = text_put_utf8(utf8, code_point);
        memcpy(to, utf8, len);
        to += len;
    }
    return (size_t)(to - out);
}

/* SPDX-License-Identifier: Apache-2.0
 * text_utf8.c - decoding, checking, repairing and writing UTF-8; see text.h and text_utf8.h. */
#include "base/text_utf8.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

bool text_utf8_next(const char *s, size_t n, uint32_t *code_point, size_t *used)
{
    const uint8_t *p = (const uint8_t *)s;
    uint8_t lead = p[0];
    *used = 1;
    if (lead < 0x80) {
        *code_point = lead;
        return true;
    }
    if (lead < 0xc2 || lead > 0xf4)
        return false;
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    /* The second byte decides about overlong forms, surrogates and what is beyond U+10FFFF. */
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    uint32_t v = lead & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if (i == n || p[i] < low || p[i] > high)
            return false;
        v = v << 6 | (p[i] & 0x3fu);
        *used = i + 1;
        low = 0x80;
        high = 0xbf;
    }
    *code_point = v;
    return true;
}

/* Length of the ASCII prefix, eight bytes a step. */
static size_t ascii_prefix(const char *s, size_t n)
{
    size_t i = 0;
    while (n - i >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, s + i, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
        i += sizeof word;
    }
    while (i < n && (uint8_t)s[i] < 0x80)
        i++;
    return i;
}

bool text_is_utf8(const char *s, size_t n)
{
    size_t i = 0;
    for (;;) {
        i += ascii_prefix(s + i, n - i);
        if (i == n)
            return true;
        uint32_t code_point;
        size_t used;
        if (!text_utf8_next(s + i, n - i, &code_point, &used))
            return false;
        i += used;
    }
}

size_t text_repair_utf8(char *out, const char *s, size_t n, uint64_t *n_replaced)
{
    char *to = out;
    size_t i = 0;
    *n_replaced = 0;
    while (i < n) {
        uint32_t code_point;
        size_t used;
        if (text_utf8_next(s + i, n - i, &code_point, &used)) {
            memcpy(to, s + i, used);
            to += used;
        } else {
            to += text_put_utf8(to, 0xfffd);
            (*n_replaced)++;
        }
        i += used;
    }
    return (size_t)(to - out);
}

size_t text_put_utf8(char out[4], uint32_t code_point)
{
    GM_ASSERT(code_point <= 0x10ffff);
    GM_ASSERT(code_point < 0xd800 || code_point > 0xdfff);
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)(leads[length] | code_point);
    return length;
}

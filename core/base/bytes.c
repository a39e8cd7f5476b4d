/* SPDX-License-Identifier: Apache-2.0
 * bytes.c - little-endian writing and reading; see bytes.h. */
#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

void bytes_init(bytes *b, size_t max)
{
    memset(b, 0, sizeof *b);
    b->max = max;
}

void bytes_deinit(bytes *b)
{
    mem_free(b->data);
    memset(b, 0, sizeof *b);
}

void bytes_clear(bytes *b)
{
    b->len = 0;
    b->failed = false;
}

uint8_t *bytes_reserve(bytes *b, size_t n)
{
    if (b->failed || n > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    if (b->data == NULL || b->cap - b->len < n) {
        size_t cap = b->cap < 256 ? 256 : b->cap;
        while (cap < b->len + n)
            cap = cap > b->max / 2 ? b->max : cap * 2;
        b->data = mem_realloc(b->data, cap);
        b->cap = cap;
    }
    return b->data + b->len;
}

void bytes_put(bytes *b, const void *p, size_t n)
{
    uint8_t *to = bytes_reserve(b, n);
    if (to == NULL || n == 0)
        return;
    memcpy(to, p, n);
    b->len += n;
}

void bytes_u8(bytes *b, uint8_t v)
{
    bytes_put(b, &v, 1);
}

void bytes_u32(bytes *b, uint32_t v)
{
    uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    bytes_put(b, le, sizeof le);
}

void bytes_u64(bytes *b, uint64_t v)
{
    bytes_u32(b, (uint32_t)v);
    bytes_u32(b, (uint32_t)(v >> 32));
}

void bytes_i64(bytes *b, int64_t v)
{
    bytes_u64(b, (uint64_t)v);
}

void bytes_f64(bytes *b, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bytes_u64(b, bits);
}

void bytes_varint(bytes *b, uint64_t v)
{
    while (v >= 0x80) {
        bytes_u8(b, (uint8_t)(v | 0x80));
        v >>= 7;
    }
    bytes_u8(b, (uint8_t)v);
}

void bytes_blob(bytes *b, const void *p, size_t n)
{
    bytes_varint(b, n);
    bytes_put(b, p, n);
}

void bytes_str(bytes *b, const char *s)
{
    bytes_blob(b, s, s == NULL ? 0 : strlen(s));
}

void bytes_printf(bytes *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    GM_ASSERT(n >= 0);
    /* vsnprintf ends with a NUL, for which there may be no room below the ceiling. */
    char few[256];
    char *text = (size_t)n < sizeof few ? few : mem_alloc((size_t)n + 1);
    (void)vsnprintf(text, (size_t)n + 1, fmt, again); /* fits, as measured */
    bytes_put(b, text, (size_t)n);
    if (text != few)
        mem_free(text);
    va_end(again);
}

bytes_reader bytes_read(const void *p, size_t n)
{
    const uint8_t *from = p;
    return (bytes_reader){.p = from, .end = n == 0 ? from : from + n, .bad = false};
}

const uint8_t *bytes_get(bytes_reader *r, size_t n)
{
    if (r->bad || (size_t)(r->end - r->p) < n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->p;
    r->p += n;
    return p;
}

uint8_t bytes_get_u8(bytes_reader *r)
{
    const uint8_t *p = bytes_get(r, 1);
    return p == NULL ? 0 : p[0];
}

uint32_t bytes_get_u32(bytes_reader *r)
{
    const uint8_t *p = bytes_get(r, 4);
    if (p == NULL)
        return 0;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint64_t bytes_get_u64(bytes_reader *r)
{
    uint64_t low = bytes_get_u32(r);
    uint64_t high = bytes_get_u32(r);
    return r->bad ? 0 : low | high << 32;
}

int64_t bytes_get_i64(bytes_reader *r)
{
    return (int64_t)bytes_get_u64(r);
}

double bytes_get_f64(bytes_reader *r)
{
    uint64_t bits = bytes_get_u64(r);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

uint64_t bytes_get_varint(bytes_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = bytes_get_u8(r);
        if (shift == 63 && byte > 1)
            r->bad = true;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return r->bad ? 0 : v;
    }
    r->bad = true;
    return 0;
}

gm_str bytes_get_str(bytes_reader *r)
{
    uint64_t n = bytes_get_varint(r);
    if (n > UINT32_MAX)
        r->bad = true;
    const uint8_t *p = bytes_get(r, (size_t)n);
    gm_str s = {.ptr = (const char *)p, .len = p == NULL ? 0 : (uint32_t)n};
    return s;
}

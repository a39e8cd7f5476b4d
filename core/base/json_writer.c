/* SPDX-License-Identifier: Apache-2.0
 * json_writer.c - see json_writer.h. */
#include "base/json_writer.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

void json_init(json_writer *w, bytes *out, bool pretty)
{
    memset(w, 0, sizeof *w);
    w->out = out;
    w->pretty = pretty;
}

void json_finish(json_writer *w)
{
    GM_ASSERT(w->depth == 0);
    bytes_u8(w->out, '\n');
}

static void new_line(json_writer *w)
{
    if (!w->pretty || w->inline_level[w->depth])
        return;
    bytes_u8(w->out, '\n');
    for (uint32_t i = 0; i < w->depth; i++)
        bytes_put(w->out, "  ", 2);
}

/* Before a key, or before an element of an array: comma and line break as needed. */
static void before_item(json_writer *w)
{
    if (w->depth == 0)
        return;
    if (w->has_items[w->depth]) {
        bytes_u8(w->out, ',');
        if (w->pretty && w->inline_level[w->depth])
            bytes_u8(w->out, ' ');
    }
    w->has_items[w->depth] = true;
    new_line(w);
}

static void before_value(json_writer *w)
{
    if (w->after_key)
        w->after_key = false;
    else
        before_item(w);
}

static void open_level(json_writer *w, char c, bool is_inline)
{
    before_value(w);
    bytes_u8(w->out, (uint8_t)c);
    w->depth++;
    GM_ASSERT(w->depth < JSON_WRITER_DEPTH_MAX);
    w->has_items[w->depth] = false;
    w->inline_level[w->depth] = is_inline || w->inline_level[w->depth - 1];
}

static void close_level(json_writer *w, char c)
{
    GM_ASSERT(w->depth > 0);
    GM_ASSERT(!w->after_key);
    bool had_items = w->has_items[w->depth];
    bool was_inline = w->inline_level[w->depth];
    w->depth--;
    if (had_items && !was_inline)
        new_line(w);
    bytes_u8(w->out, (uint8_t)c);
}

void json_object_begin(json_writer *w)
{
    open_level(w, '{', false);
}

void json_object_end(json_writer *w)
{
    close_level(w, '}');
}

void json_array_begin(json_writer *w)
{
    open_level(w, '[', false);
}

void json_array_end(json_writer *w)
{
    close_level(w, ']');
}

void json_inline_object_begin(json_writer *w)
{
    open_level(w, '{', true);
}

void json_inline_array_begin(json_writer *w)
{
    open_level(w, '[', true);
}

static void put_string(json_writer *w, const char *s, size_t n)
{
    bytes_u8(w->out, '"');
    size_t from = 0;
    if (n == 0)
        s = ""; /* an empty text may be NULL */
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        bytes_put(w->out, s + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            bytes_printf(w->out, "\\%c", c);
        else if (c == '\n')
            bytes_put(w->out, "\\n", 2);
        else if (c == '\t')
            bytes_put(w->out, "\\t", 2);
        else
            bytes_printf(w->out, "\\u%04x", c);
    }
    bytes_put(w->out, s + from, n - from);
    bytes_u8(w->out, '"');
}

void json_key_n(json_writer *w, const char *key, size_t n)
{
    GM_ASSERT(!w->after_key);
    before_item(w);
    put_string(w, key, n);
    bytes_u8(w->out, ':');
    if (w->pretty)
        bytes_u8(w->out, ' ');
    w->after_key = true;
}

void json_key(json_writer *w, const char *key)
{
    json_key_n(w, key, strlen(key));
}

void json_null(json_writer *w)
{
    before_value(w);
    bytes_put(w->out, "null", 4);
}

void json_bool(json_writer *w, bool v)
{
    before_value(w);
    bytes_printf(w->out, "%s", v ? "true" : "false");
}

void json_i64(json_writer *w, int64_t v)
{
    before_value(w);
    bytes_printf(w->out, "%lld", (long long)v);
}

void json_u64(json_writer *w, uint64_t v)
{
    before_value(w);
    bytes_printf(w->out, "%llu", (unsigned long long)v);
}

void json_f64(json_writer *w, double v)
{
    if (!isfinite(v)) {
        json_null(w);
        return;
    }
    char text[NUMBER_TEXT_MAX];
    size_t n = number_format_f64(v, text);
    before_value(w);
    bytes_put(w->out, text, n);
}

void json_rounded(json_writer *w, double v)
{
    if (!isfinite(v)) {
        json_null(w);
        return;
    }
    char text[NUMBER_TEXT_MAX];
    size_t n = number_format_rounded(v, 12, text);
    before_value(w);
    bytes_put(w->out, text, n);
}

void json_str_n(json_writer *w, const char *s, size_t n)
{
    before_value(w);
    put_string(w, s, n);
}

void json_str(json_writer *w, const char *s)
{
    if (s == NULL)
        json_null(w);
    else
        json_str_n(w, s, strlen(s));
}

void json_pair_str(json_writer *w, const char *key, const char *s)
{
    json_key(w, key);
    json_str(w, s);
}

void json_pair_i64(json_writer *w, const char *key, int64_t v)
{
    json_key(w, key);
    json_i64(w, v);
}

void json_pair_u64(json_writer *w, const char *key, uint64_t v)
{
    json_key(w, key);
    json_u64(w, v);
}

void json_pair_f64(json_writer *w, const char *key, double v)
{
    json_key(w, key);
    json_f64(w, v);
}

void json_pair_rounded(json_writer *w, const char *key, double v)
{
    json_key(w, key);
    json_rounded(w, v);
}

void json_pair_bool(json_writer *w, const char *key, bool v)
{
    json_key(w, key);
    json_bool(w, v);
}

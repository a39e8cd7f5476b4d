/* SPDX-License-Identifier: Apache-2.0
 * report_text.c - see report_text.h. */
#include "report/report_text.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* s as UTF-8, owned; *n is its length. */
static char *repaired(const char *s, size_t *n)
{
    size_t len = strlen(s);
    uint64_t n_replaced = 0;
    char *text = mem_alloc(3 * len + 1);
    *n = text_repair_utf8(text, s, len, &n_replaced);
    text[*n] = '\0';
    return text;
}

void report_text_json(json_writer *w, const char *s)
{
    if (s == NULL || text_is_utf8(s, strlen(s))) {
        json_str(w, s);
        return;
    }
    size_t n;
    char *text = repaired(s, &n);
    json_str_n(w, text, n);
    mem_free(text);
}

void report_text_json_pair(json_writer *w, const char *key, const char *s)
{
    json_key(w, key);
    report_text_json(w, s);
}

void report_text_json_key(json_writer *w, const char *key)
{
    size_t n;
    char *text = repaired(key, &n);
    json_key_n(w, text, n);
    mem_free(text);
}

/* The code point at s, which is well-formed; returns its length. */
static size_t decode(const char *s, uint32_t *code_point)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        *code_point = p[0];
        return 1;
    }
    size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fu);
    *code_point = c;
    return n;
}

/* What stands for a code point that must not come out as it is; 0: it may. */
static char substitute(uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        return ' ';
    if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
        return '.';
    bool turns_direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    if (turns_direction || c == 0x2028 || c == 0x2029)
        return '.';
    return 0;
}

/* The plain text, owned; *n is its length, at most that of what it is made from. */
static char *plain(const char *s, size_t *n)
{
    size_t len;
    char *text = repaired(s, &len);
    size_t at = 0;
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t width = decode(text + i, &c);
        char instead = substitute(c);
        if (instead != 0)
            text[at++] = instead;
        else
            for (size_t k = 0; k < width; k++)
                text[at++] = text[i + k];
        i += width;
    }
    text[at] = '\0';
    *n = at;
    return text;
}

void report_text_plain(bytes *out, const char *s)
{
    size_t n;
    char *text = plain(s, &n);
    bytes_put(out, text, n);
    mem_free(text);
}

/* Is s[i] a character that makes a list or a rule of the line it starts ("- x", "1. x", "---")? */
static bool starts_block(const char *s, size_t i)
{
    bool is_marker = i == 0 ? s[0] == '-' || s[0] == '+'
                            : (s[i] == '.' || s[i] == ')') && strspn(s, "0123456789") == i;
    return is_marker && (s[i + 1] == ' ' || s[i + 1] == '-' || s[i + 1] == '\0');
}

/* s is plain. */
static void put_markdown(bytes *out, const char *s, bool starts_line)
{
    for (size_t i = 0; s[i] != '\0'; i++) {
        bool is_markup = strchr("\\`*_[]<>|~#&$", s[i]) != NULL;
        if (is_markup || (starts_line && starts_block(s, i)))
            bytes_u8(out, '\\');
        bytes_u8(out, (uint8_t)s[i]);
    }
}

void report_text_markdown(bytes *out, const char *s)
{
    size_t n;
    char *text = plain(s, &n);
    put_markdown(out, text, false);
    mem_free(text);
}

void report_text_markdown_line(bytes *out, const char *s)
{
    size_t n;
    char *text = plain(s, &n);
    const char *first = text + strspn(text, " ");
    put_markdown(out, *first != '\0' ? first : "–", true);
    mem_free(text);
}

void report_text_code(bytes *out, const char *s)
{
    size_t n;
    char *text = plain(s, &n);
    size_t longest = 0, ticks = 0;
    for (size_t i = 0; i < n; i++) {
        ticks = text[i] == '`' ? ticks + 1 : 0;
        if (ticks > longest)
            longest = ticks;
    }
    /* The fence is longer than any run of backticks inside; a blank keeps it apart from one. */
    bool padded = n == 0 || text[0] == '`' || text[n - 1] == '`';
    for (size_t i = 0; i <= longest; i++)
        bytes_u8(out, '`');
    bytes_printf(out, "%s%s%s", padded ? " " : "", text, padded ? " " : "");
    for (size_t i = 0; i <= longest; i++)
        bytes_u8(out, '`');
    mem_free(text);
}

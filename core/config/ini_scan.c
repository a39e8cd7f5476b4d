/* SPDX-License-Identifier: Apache-2.0
 * ini_scan.c - physical lines are joined to logical ones, then each is a section, a key or a
 * comment; see ini_scan.h.
 *
 * Joining follows iniparser 4.1 to the letter: blanks at the end are dropped, then a backslash at
 * the end is replaced by the next line, its leading blanks included. */
#include "config/ini_scan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

enum { EXCERPT_BYTES = 64 };

/* Where a physical line begins in the joined one. */
typedef struct piece {
    uint32_t at, line;
} piece;

typedef struct scanner {
    ini_scan *out;
    const char *path;
    arena *memory;
    error_list *errors;
    char text[LIMIT_CONFIG_LINE_BYTES + 2]; /* the joined line */
    uint32_t len;
    /* A piece that adds nothing is replaced by the next, so there are never more than characters.
     */
    piece pieces[LIMIT_CONFIG_LINE_BYTES + 2];
    uint32_t n_pieces;
    uint32_t offset; /* of the joined line, in the file */
    bool is_too_long;
} scanner;

static bool check_bytes(scanner *s, const char *text, size_t n);
static void join_line(scanner *s, const char *line, size_t n, uint32_t number);
static void read_line(scanner *s);
static void check_keys_twice(const scanner *s);

bool ini_scan_text(ini_scan *out, const char *path, const char *text, size_t n, arena *memory,
                   error_list *errors)
{
    GM_ASSERT(n <= LIMIT_CONFIG_BYTES);
    size_t errors_before = errors->n + errors->n_dropped;
    scanner *s = mem_zalloc(sizeof *s);
    *s = (scanner){.out = out, .path = path, .memory = memory, .errors = errors};
    if (!check_bytes(s, text, n))
        goto done;
    uint32_t number = 0;
    bool is_open = false; /* does the joined line go on? */
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end == NULL ? n - at : (size_t)(end - (text + at));
        number++;
        if (!is_open) {
            s->len = 0;
            s->n_pieces = 0;
            s->is_too_long = false;
            s->offset = (uint32_t)at;
        }
        join_line(s, text + at, len, number);
        at += len + 1;
        is_open = s->len > 0 && s->text[s->len - 1] == '\\';
        if (is_open)
            s->len--;
        else if (!s->is_too_long)
            read_line(s);
    }
    if (is_open)
        error_list_addf(errors, path, number, 0,
                        "the file ends after a backslash, which says that the line goes on");
    check_keys_twice(s);
    const ini_section **sections = mem_array(out->n_sections, sizeof(ini_section *));
    for (uint32_t i = 0; i < out->n_sections; i++)
        sections[i] = &out->sections[i];
    ini_scan_check_twice(sections, out->n_sections, true, errors);
    mem_free(sections);
done:
    mem_free(s);
    return errors->n + errors->n_dropped == errors_before;
}

void ini_scan_deinit(ini_scan *scan)
{
    mem_free(scan->sections);
    mem_free(scan->entries);
    memset(scan, 0, sizeof *scan);
}

const char *ini_scan_title(const ini_section *section, arena *memory)
{
    if (section->name[0] == '\0')
        return arena_printf(memory, "[%s]", section->kind);
    return arena_printf(memory, "[%s %s]", section->kind, section->name);
}

/* ---- bytes ---- */

/* Adds the first fault of a line and returns whether there is none. */
static bool check_line_bytes(scanner *s, const char *line, size_t n, uint32_t number)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line[i];
        if (c == '\0') {
            error_list_addf(s->errors, s->path, number, (uint32_t)i + 1,
                            "a NUL byte: this is not a text file");
            return false;
        }
        bool is_line_end = c == '\r' && i == n - 1;
        if ((c < 0x20 && c != '\t' && !is_line_end) || c == 0x7f) {
            error_list_addf(s->errors, s->path, number, (uint32_t)i + 1,
                            "a control character (0x%02x); remove it", (unsigned)c);
            return false;
        }
    }
    if (!text_is_utf8(line, n)) {
        error_list_addf(s->errors, s->path, number, 0,
                        "this line is not UTF-8; save the file in the encoding UTF-8");
        return false;
    }
    return true;
}

static bool check_bytes(scanner *s, const char *text, size_t n)
{
    bool is_good = true;
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        error_list_addf(s->errors, s->path, 1, 1,
                        "the file begins with a byte order mark; save it as UTF-8 without one");
        is_good = false;
    }
    uint32_t number = 0;
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end == NULL ? n - at : (size_t)(end - (text + at));
        is_good = check_line_bytes(s, text + at, len, ++number) && is_good;
        at += len + 1;
    }
    return is_good;
}

/* ---- lines ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void join_line(scanner *s, const char *line, size_t n, uint32_t number)
{
    if (n > 0 && line[n - 1] == '\r')
        n--;
    if (!s->is_too_long && s->len + n > LIMIT_CONFIG_LINE_BYTES) {
        error_list_addf(s->errors, s->path, number, 0,
                        "a line of more than %u bytes (continuations included); for a list, use "
                        "numbered keys (files.1, files.2), for a long condition, fewer blanks",
                        (unsigned)LIMIT_CONFIG_LINE_BYTES);
        s->is_too_long = true;
    }
    if (s->is_too_long) { /* only whether it goes on still matters */
        s->len = 0;
        while (n > 0 && is_blank(line[n - 1]))
            n--;
        if (n > 0)
            s->text[s->len++] = line[n - 1];
        return;
    }
    if (s->n_pieces > 0 && s->pieces[s->n_pieces - 1].at == s->len)
        s->n_pieces--;
    s->pieces[s->n_pieces++] = (piece){.at = s->len, .line = number};
    memcpy(s->text + s->len, line, n);
    s->len += (uint32_t)n;
    while (s->len > 0 && is_blank(s->text[s->len - 1]))
        s->len--;
}

/* The physical place of a character of the joined line. */
static void place(const scanner *s, uint32_t at, uint32_t *line, uint32_t *column)
{
    GM_ASSERT(s->n_pieces > 0);
    uint32_t i = s->n_pieces - 1;
    while (i > 0 && s->pieces[i].at > at)
        i--;
    *line = s->pieces[i].line;
    *column = at - s->pieces[i].at + 1;
}

static void fault(scanner *s, uint32_t at, const char *fmt, ...) GM_PRINTF(3, 4);

static void fault(scanner *s, uint32_t at, const char *fmt, ...)
{
    char message[GM_ERROR_MESSAGE_MAX];
    uint32_t line, column;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* cut is fine */
    va_end(args);
    place(s, at, &line, &column);
    error_list_addf(s->errors, s->path, line, column, "%s", message);
}

/* A comment that goes on in the next line takes away what the user takes for a key. */
static void check_comment(scanner *s, uint32_t at)
{
    if (at < s->pieces[s->n_pieces - 1].at)
        fault(s, at, "a comment must not end with a backslash: the next line would be part of it");
}

/* A copy in lower case; *at_upper is the first upper-case letter, or n. */
static char *lower(scanner *s, const char *text, uint32_t n, uint32_t *at_upper)
{
    char *copy = arena_strndup(s->memory, text, n);
    *at_upper = n;
    for (uint32_t i = n; i-- > 0;) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] - 'A' + 'a');
            *at_upper = i;
        }
    }
    return copy;
}

static void read_section(scanner *s, uint32_t start)
{
    /* Without a ']' the line is still taken as a section, so that its keys find their place. */
    const char *closing = memchr(s->text + start, ']', s->len - start);
    uint32_t end = closing == NULL ? s->len : (uint32_t)(closing - s->text);
    if (closing == NULL)
        fault(s, start, "no ']' at the end of the section's name");
    else if (end + 1 != s->len)
        fault(s, end + 1,
              "nothing may follow the ']' of a section; put a comment on a line of its own");
    uint32_t from = start + 1;
    while (from < end && is_blank(s->text[from]))
        from++;
    while (end > from && is_blank(s->text[end - 1]))
        end--;
    uint32_t at_upper;
    char *heading = lower(s, s->text + from, end - from, &at_upper);
    if (from == end)
        fault(s, start, "a section without a name");
    else if (at_upper < end - from)
        fault(s, from + at_upper, "section names are written in lower case: [%s]", heading);
    size_t kind_len = strcspn(heading, " \t");
    ini_section section = {.heading = heading,
                           .kind = arena_strndup(s->memory, heading, kind_len),
                           .name = heading + kind_len + strspn(heading + kind_len, " \t"),
                           .path = s->path,
                           .offset = s->offset,
                           .first = s->out->n_entries};
    place(s, start, &section.line, &section.column);
    ini_scan *out = s->out;
    MEM_GROW(out->sections, out->n_sections, out->sections_cap);
    out->sections[out->n_sections++] = section;
}

/* ---- values ---- */

/* Text within single quotes, from the quote at `start`. */
static bool read_quoted(scanner *s, uint32_t start, uint32_t *from, uint32_t *n)
{
    const char *open = s->text + start;
    const char *closing = memchr(open + 1, '\'', s->len - start - 1);
    if (closing == NULL) {
        fault(s, start, "no closing single quote");
        return false;
    }
    *from = start + 1;
    *n = (uint32_t)(closing - open) - 1;
    uint32_t rest = *from + *n + 1;
    while (rest < s->len && is_blank(s->text[rest]))
        rest++;
    if (rest == s->len)
        return true;
    if (s->text[rest] != ';' && s->text[rest] != '#') {
        fault(s, rest,
              "text after the closing quote; single quotes go around the whole value, which has "
              "no single quote inside");
        return false;
    }
    check_comment(s, rest);
    return true;
}

static bool read_plain(scanner *s, uint32_t start, uint32_t *from, uint32_t *n)
{
    bool in_quotes = false;
    uint32_t end = start;
    for (; end < s->len; end++) {
        char c = s->text[end];
        if (c == '\\' && in_quotes && end + 1 < s->len && s->text[end + 1] == '"')
            end++;
        else if (c == '"')
            in_quotes = !in_quotes;
        else if (c == ';' || c == '#') {
            bool is_comment = !in_quotes && (end == start || is_blank(s->text[end - 1]));
            if (!is_comment) {
                fault(s, end,
                      "the value would be cut at this '%c'; put the whole value in single quotes "
                      "(for a comment, a blank before the '%c')",
                      c, c);
                return false;
            }
            check_comment(s, end);
            break;
        }
    }
    while (end > start && is_blank(s->text[end - 1]))
        end--;
    *from = start;
    *n = end - start;
    return true;
}

/* Parts of [a-z0-9_] with dots between; the first begins with a letter. */
static bool is_key(const char *key)
{
    if (key[0] < 'a' || key[0] > 'z')
        return false;
    for (const char *c = key; *c != '\0'; c++) {
        bool is_word = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_';
        bool is_dot = *c == '.' && c[1] != '.' && c[1] != '\0';
        if (!is_word && !is_dot)
            return false;
    }
    return true;
}

static bool read_key(scanner *s, uint32_t start, uint32_t end, ini_entry *entry)
{
    while (end > start && is_blank(s->text[end - 1]))
        end--;
    if (end == start) {
        fault(s, start, "no key before the '='");
        return false;
    }
    uint32_t at_upper;
    entry->key = lower(s, s->text + start, end - start, &at_upper);
    place(s, start, &entry->line, &entry->column);
    if (!is_key(entry->key)) {
        char excerpt[EXCERPT_BYTES];
        text_excerpt(excerpt, sizeof excerpt, s->text + start, end - start);
        fault(s, start,
              "'%s' is not a key: keys begin with a letter and are made of a-z, 0-9, '_' and '.'",
              excerpt);
        return false;
    }
    if (at_upper < end - start)
        fault(s, start + at_upper, "keys are written in lower case: '%s'", entry->key);
    return true;
}

/* The pieces that begin within the value, which is n characters from from on. */
static void place_breaks(const scanner *s, uint32_t from, uint32_t n, ini_entry *entry)
{
    config_break *breaks = arena_push(s->memory, s->n_pieces * sizeof *breaks);
    for (uint32_t i = 0; i < s->n_pieces; i++)
        if (s->pieces[i].at > from && s->pieces[i].at < from + n)
            breaks[entry->n_breaks++] =
                (config_break){.at = s->pieces[i].at - from, .line = s->pieces[i].line};
    entry->breaks = breaks;
}

static void read_entry(scanner *s, uint32_t start, uint32_t equals)
{
    ini_entry entry = {.path = s->path, .offset = s->offset};
    if (!read_key(s, start, equals, &entry))
        return;
    if (s->out->n_sections == 0) {
        fault(s, start, "'%s' stands before the first section; write [run] or another above it",
              entry.key);
        return;
    }
    uint32_t at = equals + 1;
    while (at < s->len && is_blank(s->text[at]))
        at++;
    uint32_t from = at, n = 0;
    entry.is_quoted = at < s->len && s->text[at] == '\'';
    if (at < s->len && s->text[at] == '"') {
        fault(s, at,
              "a value must not begin with a double quote; leave the quotes out, or put the whole "
              "value in single quotes");
        entry.is_bad = true;
    } else if (entry.is_quoted) {
        entry.is_bad = !read_quoted(s, at, &from, &n);
    } else {
        entry.is_bad = !read_plain(s, at, &from, &n);
    }
    entry.value = arena_strndup(s->memory, s->text + from, n);
    place(s, from, &entry.value_line, &entry.value_column);
    place_breaks(s, from, n, &entry);
    ini_scan *out = s->out;
    MEM_GROW(out->entries, out->n_entries, out->entries_cap);
    out->entries[out->n_entries++] = entry;
    out->sections[out->n_sections - 1].n++;
}

static void read_line(scanner *s)
{
    uint32_t start = 0;
    while (start < s->len && is_blank(s->text[start]))
        start++;
    if (start == s->len)
        return;
    const char *rest = s->text + start;
    size_t n = s->len - start;
    const char *equals = memchr(rest, '=', n);
    if (rest[0] == ';' || rest[0] == '#') {
        check_comment(s, start);
    } else if (rest[0] == '[') {
        read_section(s, start);
    } else if (equals != NULL) {
        read_entry(s, start, (uint32_t)(equals - s->text));
    } else if (memmem(rest, n, "\xEF\xBC\x9D", 3) != NULL) {
        fault(s, start, "'\xEF\xBC\x9D' is the full-width sign; write the ASCII '='");
    } else {
        char excerpt[EXCERPT_BYTES];
        text_excerpt(excerpt, sizeof excerpt, rest, n);
        fault(s, start,
              "'%s' is neither a [section], a 'key = value' nor a comment (these begin with ';')",
              excerpt);
    }
}

/* ---- what was given twice ---- */

static int compare_keys(const void *a, const void *b)
{
    const ini_entry *x = *(const ini_entry *const *)a, *y = *(const ini_entry *const *)b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static void check_keys_twice(const scanner *s)
{
    const ini_scan *scan = s->out;
    const ini_entry **sorted = mem_array(scan->n_entries, sizeof(ini_entry *));
    for (uint32_t i = 0; i < scan->n_sections; i++) {
        const ini_section *section = &scan->sections[i];
        for (uint32_t k = 0; k < section->n; k++)
            sorted[k] = &scan->entries[section->first + k];
        qsort(sorted, section->n, sizeof(ini_entry *), compare_keys);
        const ini_entry *first = section->n == 0 ? NULL : sorted[0];
        for (uint32_t k = 1; k < section->n; k++) {
            if (strcmp(first->key, sorted[k]->key) != 0)
                first = sorted[k];
            else
                error_list_addf(s->errors, s->path, sorted[k]->line, sorted[k]->column,
                                "'%s' stands twice in %s, first in line %u", first->key,
                                ini_scan_title(section, s->memory), first->line);
        }
    }
    mem_free(sorted);
}

typedef struct ranked_section {
    const ini_section *section;
    size_t rank; /* in the order in which they were read */
} ranked_section;

static int compare_sections(const void *a, const void *b)
{
    const ranked_section *x = a, *y = b;
    int order = strcmp(x->section->kind, y->section->kind);
    if (order == 0)
        order = strcmp(x->section->name, y->section->name);
    return order != 0 ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

void ini_scan_check_twice(const ini_section *const *sections, size_t n, bool same_file,
                          error_list *errors)
{
    ranked_section *sorted = mem_array(n, sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = (ranked_section){.section = sections[i], .rank = i};
    qsort(sorted, n, sizeof *sorted, compare_sections);
    for (size_t i = 1, first = 0; i < n; i++) {
        const ini_section *a = sorted[first].section, *b = sorted[i].section;
        if (strcmp(a->kind, b->kind) != 0 || strcmp(a->name, b->name) != 0) {
            first = i;
            continue;
        }
        const char *gap = b->name[0] == '\0' ? "" : " ";
        bool is_same_file = strcmp(a->path, b->path) == 0;
        if (is_same_file && same_file)
            error_list_addf(errors, b->path, b->line, b->column,
                            "[%s%s%s] stands twice, first in line %u; keep its keys in one place",
                            b->kind, gap, b->name, a->line);
        else if (!is_same_file && !same_file)
            error_list_addf(errors, b->path, b->line, b->column,
                            "[%s%s%s] stands in %s:%u too; keep one of the two", b->kind, gap,
                            b->name, a->path, a->line);
    }
    mem_free(sorted);
}

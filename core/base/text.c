/* SPDX-License-Identifier: Apache-2.0
 * text.c - suggestions, excerpts, names; see text.h. UTF-8 itself is in text_utf8.c, columns in
 * text_width.c. */
#include "base/text.h"

#include <string.h>

#include "base/error.h"
#include "base/text_utf8.h"

enum { SUGGEST_MAX = 96 }; /* letters of a name that are compared */

/* The letters of s with ASCII folded to lower case; SUGGEST_MAX + 1 when there are more. */
static size_t letters(const char *s, uint32_t out[SUGGEST_MAX])
{
    size_t n = strlen(s), count = 0;
    for (size_t i = 0, used = 0; i < n; i += used) {
        uint32_t c;
        if (!text_utf8_next(s + i, n - i, &c, &used))
            c = 0xfffd;
        if (count == SUGGEST_MAX)
            return SUGGEST_MAX + 1;
        out[count++] = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
    return count;
}

static size_t min_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein distance (no part is changed twice), or anything above max when it is more.
 */
static size_t distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t max)
{
    size_t rows[3][SUGGEST_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    if ((n > m ? n - m : m - n) > max)
        return max + 1;
    for (size_t j = 0; j <= m; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t least = row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = min_of(last[j - 1] + cost, min_of(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_of(row[j], before[j - 2] + 1);
            least = min_of(least, row[j]);
        }
        if (least > max)
            return max + 1;
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[m];
}

const char *text_suggest(const char *name, const char *const *candidates, size_t n)
{
    uint32_t want[SUGGEST_MAX], have[SUGGEST_MAX];
    size_t n_want = letters(name, want);
    if (n_want == 0 || n_want > SUGGEST_MAX)
        return NULL;
    const char *best = NULL;
    size_t bound = n_want / 3 + 1; /* only what is nearer counts, so the first of equals wins */
    for (size_t i = 0; i < n && bound > 0; i++) {
        size_t n_have = letters(candidates[i], have);
        if (n_have > SUGGEST_MAX)
            continue;
        size_t d = distance(want, n_want, have, n_have, bound - 1);
        if (d < bound) {
            bound = d;
            best = candidates[i];
        }
    }
    return best;
}

void text_excerpt(char *out, size_t size, const char *s, size_t n)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    GM_ASSERT(size > 0);
    size_t len = 0, cut = 0; /* cut: where the ellipsis would go */
    bool has_room = size > sizeof ellipsis - 1;
    for (size_t i = 0, used = 0; i < n; i += used) {
        char piece[4];
        uint32_t c;
        if (!text_utf8_next(s + i, n - i, &c, &used))
            c = 0xfffd;
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            c = '.';
        size_t length = text_put_utf8(piece, c);
        if (len + length > size - 1) {
            if (has_room) {
                memcpy(out + cut, ellipsis, sizeof ellipsis - 1);
                len = cut + sizeof ellipsis - 1;
            }
            break;
        }
        memcpy(out + len, piece, length);
        len += length;
        if (len + sizeof ellipsis - 1 <= size - 1)
            cut = len;
    }
    out[len] = '\0';
}

bool text_is_name(const char *s, size_t n, bool dots)
{
    bool starts = true;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_other = (c >= '0' && c <= '9') || c == '_';
        if (starts ? !is_letter : !is_letter && !is_other && !(dots && c == '.'))
            return false;
        starts = c == '.';
    }
    return !starts;
}

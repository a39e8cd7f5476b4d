/* SPDX-License-Identifier: Apache-2.0
 * civil_tzif.c - TZif versions 1 to 4; see civil_tzif.h.
 *
 * A file is a header and a block with 32-bit times; from version 2 on a second header and a block
 * with 64-bit times, then the footer. All integers are big-endian. Zones that count leap seconds
 * ("right/…") are refused: instants of goalmill do not count them. */
#include "base/civil_tzif.h"

#include <stdbool.h>
#include <string.h>

#include "base/civil.h"
#include "base/civil_posix.h"
#include "base/mem.h"
#include "base/text.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6 };

/* Bytes that are left; taking more sets bad. */
typedef struct cursor {
    const uint8_t *p;
    size_t left;
    bool bad;
} cursor;

static const uint8_t *take(cursor *c, uint64_t n)
{
    if (c->bad || n > c->left) {
        c->bad = true;
        return NULL;
    }
    const uint8_t *p = c->p;
    c->p += (size_t)n;
    c->left -= (size_t)n;
    return p;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static int64_t be_time(const uint8_t *p, size_t width)
{
    if (width == 4)
        return (int32_t)be32(p);
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

typedef struct header {
    uint8_t version; /* 0, '2', '3', '4' */
    uint32_t n_isut, n_isstd, n_leap, n_times, n_types, n_chars;
} header;

static gm_status read_header(header *h, cursor *c, gm_error *err)
{
    const uint8_t *p = take(c, HEADER_BYTES);
    if (p == NULL || memcmp(p, "TZif", 4) != 0)
        return error_set(err, GM_E_DAMAGED, "not a compiled time zone (TZif)");
    *h = (header){.version = p[4],
                  .n_isut = be32(p + 20),
                  .n_isstd = be32(p + 24),
                  .n_leap = be32(p + 28),
                  .n_times = be32(p + 32),
                  .n_types = be32(p + 36),
                  .n_chars = be32(p + 40)};
    if (h->n_types == 0 || h->n_types > 256)
        return error_set(err, GM_E_DAMAGED, "%u types of local time", h->n_types);
    return GM_OK;
}

/* Appends a change; one that changes nothing is left out, one at the same instant replaces. */
static void add_change(civil_tzif *z, int64_t at, int32_t offset)
{
    if (z->n > 0 && z->at[z->n - 1] == at)
        z->n--;
    int32_t before = z->n == 0 ? z->first_offset : z->offsets[z->n - 1];
    if (offset == before)
        return;
    if (z->n == z->cap) {
        z->cap = z->cap == 0 ? 256 : z->cap * 2;
        z->at = mem_realloc(z->at, z->cap * sizeof *z->at);
        z->offsets = mem_realloc(z->offsets, z->cap * sizeof *z->offsets);
    }
    z->at[z->n] = at;
    z->offsets[z->n] = offset;
    z->n++;
}

/* Reads the block that h describes; with z NULL only passes over it. *last: the last instant named.
 */
static gm_status read_block(civil_tzif *z, const header *h, size_t width, cursor *c, int64_t *last,
                            gm_error *err)
{
    const uint8_t *times = take(c, (uint64_t)h->n_times * width);
    const uint8_t *indexes = take(c, h->n_times);
    const uint8_t *types = take(c, (uint64_t)h->n_types * TYPE_BYTES);
    (void)take(c, h->n_chars); /* the names are not kept; bad remembers a failure */
    (void)take(c, (uint64_t)h->n_leap * (width + 4));
    (void)take(c, h->n_isstd);
    (void)take(c, h->n_isut);
    if (c->bad)
        return error_set(err, GM_E_DAMAGED, "the file is cut short");
    if (z == NULL)
        return GM_OK;
    if (h->n_leap > 0)
        return error_set(err, GM_E_DAMAGED, "the zone counts leap seconds");
    for (uint32_t i = 0; i < h->n_types; i++) {
        int32_t offset = (int32_t)be32(types + (size_t)i * TYPE_BYTES);
        if (offset < CIVIL_OFFSET_MIN || offset > CIVIL_OFFSET_MAX)
            return error_set(err, GM_E_DAMAGED, "an offset of %d seconds", offset);
    }
    z->first_offset = (int32_t)be32(types);
    for (uint32_t i = 0; i < h->n_times; i++) {
        int64_t at = be_time(times + i * width, width);
        if (i > 0 && at <= *last)
            return error_set(err, GM_E_DAMAGED, "transition %u is not after the one before", i);
        if (indexes[i] >= h->n_types)
            return error_set(err, GM_E_DAMAGED, "transition %u has no type", i);
        add_change(z, at, (int32_t)be32(types + (size_t)indexes[i] * TYPE_BYTES));
        *last = at;
    }
    return GM_OK;
}

/* The two changes of each year in the order of time. Summer time all year long makes one change end
 * where the next starts: the later year's wins, as add_change() replaces. */
static void write_out_rule(civil_tzif *z, const civil_posix *rule, int64_t last)
{
    if (!rule->has_summer) {
        add_change(z, last, rule->standard);
        return;
    }
    const int64_t year_9999 = INT64_C(253370764800);
    if (last >= year_9999)
        return;
    int32_t first_year = 1;
    if (last > INT64_C(-62135596800))
        first_year = civil_from_days((int32_t)(last / 86400 - (last < 0 ? 1 : 0))).year;
    if (first_year < 1)
        first_year = 1;
    int32_t end_year = first_year + 402;
    for (int32_t year = first_year; year <= end_year; year++) { /* one more, for local times */
        int64_t to_summer, to_standard;
        civil_posix_year(rule, year, &to_summer, &to_standard);
        bool summer_first = to_summer < to_standard;
        int64_t at[2] = {summer_first ? to_summer : to_standard,
                         summer_first ? to_standard : to_summer};
        for (int i = 0; i < 2; i++) {
            bool is_summer = (i == 0) == summer_first;
            bool in_order = z->n == 0 || at[i] >= z->at[z->n - 1];
            if (at[i] > last && in_order)
                add_change(z, at[i], is_summer ? rule->summer : rule->standard);
        }
    }
    civil_date end = {.year = end_year, .month = 1, .day = 1};
    z->cycle_end = (int64_t)civil_to_days(end) * 86400;
}

static gm_status read_footer(civil_tzif *z, cursor *c, int64_t last, gm_error *err)
{
    const uint8_t *start = take(c, 1);
    if (start == NULL || *start != '\n')
        return error_set(err, GM_E_DAMAGED, "the footer is missing");
    const uint8_t *end = memchr(c->p, '\n', c->left);
    if (end == NULL)
        return error_set(err, GM_E_DAMAGED, "the footer has no end");
    const char *text = (const char *)c->p;
    size_t n = (size_t)(end - c->p);
    civil_posix rule;
    if (n == 0)
        return GM_OK; /* the last offset stays */
    if (!civil_posix_parse(&rule, text, n)) {
        char shown[64];
        text_excerpt(shown, sizeof shown, text, n);
        return error_set(err, GM_E_DAMAGED, "the footer '%s' is no rule", shown);
    }
    write_out_rule(z, &rule, last);
    return GM_OK;
}

gm_status civil_tzif_parse(civil_tzif *out, const void *p, size_t n, gm_error *err)
{
    cursor c = {.p = p, .left = n, .bad = false};
    header h = {.version = 0};
    int64_t last = INT64_MIN;
    *out = (civil_tzif){.cycle_end = INT64_MAX};
    gm_status status = read_header(&h, &c, err);
    if (status == GM_OK && h.version < '2') {
        status = read_block(out, &h, 4, &c, &last, err);
    } else if (status == GM_OK) {
        status = read_block(NULL, &h, 4, &c, &last, err);
        if (status == GM_OK)
            status = read_header(&h, &c, err);
        if (status == GM_OK)
            status = read_block(out, &h, 8, &c, &last, err);
        if (status == GM_OK)
            status = read_footer(out, &c, last, err);
    }
    if (status != GM_OK)
        civil_tzif_deinit(out);
    return status;
}

void civil_tzif_deinit(civil_tzif *z)
{
    mem_free(z->at);
    mem_free(z->offsets);
    *z = (civil_tzif){.cycle_end = INT64_MAX};
}

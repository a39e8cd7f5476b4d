/* SPDX-License-Identifier: Apache-2.0
 * civil_zone.c - time zones and local time; see civil.h.
 *
 * A zone is two arrays: the instants at which its offset changes and the offset from there on. They
 * are read once (civil_tzif.c) and never change, so threads and forks may share them. Beyond the
 * last year that is written out, an instant is looked up a whole number of 400 years earlier.
 * Instants so far out that local time would not fit are cut to the ends of int64. */
#include "base/civil.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/civil_tzif.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

#define CYCLE_US  (CIVIL_CYCLE_SECONDS * CIVIL_US_PER_SECOND)
#define MARGIN_US (2 * CIVIL_US_PER_DAY) /* more than any offset */

enum { ZONE_NAME_MAX = 100, SUGGESTIONS_MAX = 4096 };

struct civil_zone {
    char *name;
    int64_t *at; /* microseconds since 1970, ascending */
    int32_t *offsets;
    size_t n;
    int32_t first_offset;
    int64_t cycle_end; /* microseconds; INT64_MAX: never */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static int64_t to_us(int64_t seconds)
{
    int64_t us;
    if (__builtin_mul_overflow(seconds, CIVIL_US_PER_SECOND, &us))
        return seconds < 0 ? INT64_MIN : INT64_MAX;
    return us;
}

/* ---- opening ----------------------------------------------------------------------------- */

static civil_zone *zone_new(const char *name, const civil_tzif *z)
{
    civil_zone *zone = mem_zalloc(sizeof *zone);
    zone->name = mem_strdup(name);
    zone->n = z->n;
    zone->first_offset = z->first_offset;
    zone->cycle_end = to_us(z->cycle_end);
    zone->at = mem_array(z->n, sizeof *zone->at);
    zone->offsets = mem_array(z->n, sizeof *zone->offsets);
    for (size_t i = 0; i < z->n; i++) {
        zone->at[i] = to_us(z->at[i]);
        zone->offsets[i] = z->offsets[i];
    }
    return zone;
}

/* The letters of a tz name, so that none leads out of the folder. */
static bool is_zone_name(const char *name)
{
    size_t n = strlen(name);
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_+-/.";
    return n > 0 && n <= ZONE_NAME_MAX && strspn(name, letters) == n && name[0] != '/' &&
           name[0] != '.' && strstr(name, "..") == NULL;
}

static const char *zone_folder(void)
{
    const char *folder = getenv("TZDIR"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    return folder == NULL || folder[0] == '\0' ? "/usr/share/zoneinfo" : folder;
}

/* Collects the names of an index: of tzdata.zi the zones ("Z NAME …") and links ("L OLD NAME"), of
 * a .tab file the third column. Returns how many. */
static size_t read_names(arena *a, const bytes *index, bool is_zi, const char **names)
{
    size_t n = 0;
    const char *p = (const char *)index->data, *end = p + index->len;
    while (p < end && n < SUGGESTIONS_MAX) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        if (line_end == NULL)
            line_end = end;
        size_t column = p[0] == 'Z' ? 1 : 2;
        bool is_wanted = is_zi ? p[0] == 'Z' || p[0] == 'L' : p[0] != '#';
        for (; is_wanted && column > 0 && p < line_end; column--) {
            while (p < line_end && *p != ' ' && *p != '\t')
                p++;
            if (p < line_end)
                p++;
        }
        const char *start = p;
        while (p < line_end && *p != ' ' && *p != '\t')
            p++;
        if (is_wanted && p > start)
            names[n++] = arena_strndup(a, start, (size_t)(p - start));
        p = line_end == end ? end : line_end + 1;
    }
    return n;
}

/* "Berlin" means Europe/Berlin; else the nearest name. */
static const char *nearest(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *slash = strrchr(names[i], '/');
        if (slash != NULL && strcasecmp(slash + 1, name) == 0)
            return names[i];
    }
    return text_suggest(name, names, n);
}

static gm_status unknown_zone(const char *name, gm_error *err)
{
    static const char *const indexes[] = {"tzdata.zi", "zone1970.tab", "zone.tab"};
    char shown[80];
    text_excerpt(shown, sizeof shown, name, strlen(name));
    bytes index;
    arena a;
    size_t n = 0;
    bytes_init(&index, LIMIT_ZONE_INDEX_BYTES);
    arena_init(&a, 0);
    const char **names = mem_array(SUGGESTIONS_MAX, sizeof *names);
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0] && n == 0; i++) {
        char *path = file_join(zone_folder(), indexes[i]);
        if (file_read(&index, path, NULL) == GM_OK && index.len > 0)
            n = read_names(&a, &index, i == 0, names);
        mem_free(path);
    }
    const char *near = nearest(name, names, n);
    gm_status status =
        near != NULL
            ? error_set(err, GM_E_CONFIG, "unknown time zone '%s'; did you mean '%s'?", shown, near)
            : error_set(err, GM_E_CONFIG,
                        "unknown time zone '%s': not found in %s; expected a name such as "
                        "Europe/Berlin",
                        shown, zone_folder());
    mem_free(names);
    arena_deinit(&a);
    bytes_deinit(&index);
    return status;
}

gm_status civil_zone_open(civil_zone **out, const char *name, gm_error *err)
{
    civil_tzif z = {.cycle_end = INT64_MAX};
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0) {
        *out = zone_new(name, &z);
        return GM_OK;
    }
    if (!is_zone_name(name))
        return unknown_zone(name, err);
    gm_error why = {.code = GM_OK};
    bytes file;
    bytes_init(&file, LIMIT_ZONE_BYTES);
    char *path = file_join(zone_folder(), name);
    gm_status status = file_read(&file, path, NULL);
    if (status != GM_OK && status != GM_E_LIMIT) {
        status = unknown_zone(name, err);
        goto done;
    }
    if (status == GM_OK)
        status = civil_tzif_parse(&z, file.data, file.len, &why);
    if (status != GM_OK) {
        const char *text = why.code == GM_OK ? "the file is too large" : why.message;
        status = error_set(err, GM_E_CONFIG, "time zone '%s' cannot be used: %s ('%s')", name, text,
                           path);
        goto done;
    }
    *out = zone_new(name, &z);
    civil_tzif_deinit(&z);
done:
    mem_free(path);
    bytes_deinit(&file);
    return status;
}

void civil_zone_free(civil_zone *zone)
{
    if (zone == NULL)
        return;
    mem_free(zone->name);
    mem_free(zone->at);
    mem_free(zone->offsets);
    mem_free(zone);
}

const char *civil_zone_name(const civil_zone *zone)
{
    return zone->name;
}

/* ---- looking up -------------------------------------------------------------------------- */

/* How far before us its offset is to be looked up: 0 or a whole number of cycles. */
static int64_t cycles_before(const civil_zone *zone, int64_t us)
{
    if (us < zone->cycle_end)
        return 0;
    return ((us - zone->cycle_end) / CYCLE_US + 1) * CYCLE_US;
}

/* How many changes lie at or before us. */
static size_t changes_until(const civil_zone *zone, int64_t us)
{
    const int64_t *base = zone->at;
    size_t n = zone->n;
    if (n == 0)
        return 0;
    while (n > 1) { /* no branch that depends on the data */
        size_t half = n / 2;
        base = base[half] <= us ? base + half : base;
        n -= half;
    }
    return (size_t)(base - zone->at) + (*base <= us ? 1 : 0);
}

static int32_t offset_after(const civil_zone *zone, size_t n_changes)
{
    return n_changes == 0 ? zone->first_offset : zone->offsets[n_changes - 1];
}

int32_t civil_offset(const civil_zone *zone, int64_t us)
{
    return offset_after(zone, changes_until(zone, us - cycles_before(zone, us)));
}

int32_t civil_day_of(const civil_zone *zone, int64_t us)
{
    int64_t local = floor_div(us, CIVIL_US_PER_SECOND) + civil_offset(zone, us);
    return (int32_t)floor_div(local, 86400);
}

/* What a local time means. */
typedef struct resolved {
    int64_t us;      /* in a gap by the offset before it */
    int64_t gap_end; /* the instant of the change; of a gap */
    bool is_gap, is_ambiguous;
} resolved;

/* Walks the stretches of one offset each, from one that surely starts before the local time. */
static resolved resolve_in_cycle(const civil_zone *zone, int64_t local)
{
    size_t k = changes_until(zone, local - MARGIN_US);
    for (;; k++) {
        int64_t us = local - offset_after(zone, k) * CIVIL_US_PER_SECOND;
        if (k == zone->n || us < zone->at[k]) {
            resolved r = {.us = us};
            if (k < zone->n) {
                int64_t later = local - zone->offsets[k] * CIVIL_US_PER_SECOND;
                r.is_ambiguous =
                    later >= zone->at[k] && (k + 1 == zone->n || later < zone->at[k + 1]);
            }
            return r;
        }
        if (local - zone->offsets[k] * CIVIL_US_PER_SECOND < zone->at[k])
            return (resolved){.us = us, .gap_end = zone->at[k], .is_gap = true};
    }
}

static resolved resolve(const civil_zone *zone, int64_t local)
{
    if (local < INT64_MIN + 2 * MARGIN_US)
        local = INT64_MIN + 2 * MARGIN_US;
    if (local > INT64_MAX - 2 * MARGIN_US)
        local = INT64_MAX - 2 * MARGIN_US;
    int64_t shift = cycles_before(zone, local);
    resolved r = resolve_in_cycle(zone, local - shift);
    r.us += shift;
    r.gap_end += shift;
    return r;
}

int64_t civil_from_local(const civil_zone *zone, int64_t local_us, bool *is_ambiguous)
{
    resolved r = resolve(zone, local_us);
    if (is_ambiguous != NULL)
        *is_ambiguous = r.is_ambiguous;
    return r.us;
}

int64_t civil_day_start(const civil_zone *zone, int32_t day)
{
    int64_t local;
    if (__builtin_mul_overflow((int64_t)day, CIVIL_US_PER_DAY, &local))
        return day < 0 ? INT64_MIN : INT64_MAX;
    resolved r = resolve(zone, local);
    return r.is_gap ? r.gap_end : r.us;
}

int64_t civil_hour_start(const civil_zone *zone, int64_t us)
{
    int64_t shift = cycles_before(zone, us);
    size_t k = changes_until(zone, us - shift);
    int64_t after = offset_after(zone, k) * CIVIL_US_PER_SECOND;
    /* Modulo first: the sum must not leave int64. */
    int64_t local = us % CIVIL_US_PER_HOUR + after % CIVIL_US_PER_HOUR;
    int64_t into = local - floor_div(local, CIVIL_US_PER_HOUR) * CIVIL_US_PER_HOUR;
    if (us < INT64_MIN + into)
        return INT64_MIN;
    int64_t start = us - into;
    if (k == 0 || start >= zone->at[k - 1] + shift)
        return start;
    /* The hour holds a change. It goes on over a gap within it, and starts anew in a fold. */
    int64_t change = zone->at[k - 1];
    int64_t before = offset_after(zone, k - 1) * CIVIL_US_PER_SECOND;
    int64_t hour_before = floor_div(change - 1 + before, CIVIL_US_PER_HOUR);
    if (before < after && hour_before == floor_div(change + after, CIVIL_US_PER_HOUR))
        return hour_before * CIVIL_US_PER_HOUR - before + shift;
    return change + shift;
}

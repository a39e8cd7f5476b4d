/* SPDX-License-Identifier: Apache-2.0
 * civil_posix.c - POSIX TZ strings; see civil_posix.h. */
#include "base/civil_posix.h"

#include "base/civil.h"
#include "base/civil_tzif.h"

typedef struct scanner {
    const char *p, *end;
    bool bad;
} scanner;

static bool take(scanner *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

/* Digits with a value from min to max. */
static uint32_t take_number(scanner *s, uint32_t min, uint32_t max)
{
    const char *start = s->p;
    uint32_t v = 0;
    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
        v = v * 10 + (uint32_t)(*s->p - '0');
        if (v > max) {
            s->bad = true;
            return min;
        }
    }
    if (s->p == start || v < min) {
        s->bad = true;
        return min;
    }
    return v;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "CET" or "<+0330>". */
static void take_name(scanner *s)
{
    const char *start = s->p;
    if (take(s, '<')) {
        while (s->p < s->end && *s->p != '>')
            s->p++;
        if (!take(s, '>') || s->p - start < 3)
            s->bad = true;
        return;
    }
    while (s->p < s->end && is_letter(*s->p))
        s->p++;
    if (s->p - start < 3)
        s->bad = true;
}

/* [-+]hours[:minutes[:seconds]] in seconds. */
static int32_t take_time(scanner *s, uint32_t hours_max)
{
    bool negative = take(s, '-');
    if (!negative)
        (void)take(s, '+'); /* says nothing */
    uint32_t v = take_number(s, 0, hours_max) * 3600;
    if (take(s, ':')) {
        v += take_number(s, 0, 59) * 60;
        if (take(s, ':'))
            v += take_number(s, 0, 59);
    }
    return negative ? -(int32_t)v : (int32_t)v;
}

/* POSIX counts west of Greenwich. */
static int32_t take_offset(scanner *s)
{
    int32_t offset = -take_time(s, 25);
    if (offset < CIVIL_OFFSET_MIN || offset > CIVIL_OFFSET_MAX)
        s->bad = true;
    return offset;
}

static civil_posix_change take_change(scanner *s)
{
    civil_posix_change c = {.kind = CIVIL_POSIX_DAY, .seconds = 2 * 3600};
    if (!take(s, ','))
        s->bad = true;
    if (take(s, 'M')) {
        c.kind = CIVIL_POSIX_WEEKDAY;
        c.month = take_number(s, 1, 12);
        s->bad |= !take(s, '.');
        c.week = take_number(s, 1, 5);
        s->bad |= !take(s, '.');
        c.weekday = take_number(s, 0, 6);
    } else if (take(s, 'J')) {
        c.kind = CIVIL_POSIX_JULIAN;
        c.day = take_number(s, 1, 365);
    } else {
        c.day = take_number(s, 0, 365);
    }
    if (take(s, '/'))
        c.seconds = take_time(s, 167);
    return c;
}

bool civil_posix_parse(civil_posix *out, const char *text, size_t n)
{
    *out = (civil_posix){.has_summer = false};
    if (n == 0)
        return false;
    scanner s = {.p = text, .end = text + n, .bad = false};
    take_name(&s);
    out->standard = take_offset(&s);
    if (!s.bad && s.p < s.end) {
        out->has_summer = true;
        take_name(&s);
        out->summer = out->standard + 3600;
        if (s.p < s.end && *s.p != ',')
            out->summer = take_offset(&s);
        out->start = take_change(&s);
        out->end = take_change(&s);
        if (out->summer > CIVIL_OFFSET_MAX)
            s.bad = true;
    }
    return !s.bad && s.p == s.end;
}

static int64_t change_seconds(const civil_posix_change *c, int32_t year, int32_t offset)
{
    int32_t day = civil_to_days((civil_date){.year = year, .month = 1, .day = 1});
    switch (c->kind) {
    case CIVIL_POSIX_DAY:
        day += (int32_t)c->day;
        break;
    case CIVIL_POSIX_JULIAN: {
        int32_t march = civil_to_days((civil_date){.year = year, .month = 3, .day = 1});
        day = c->day < 60 ? day + (int32_t)c->day - 1 : march + (int32_t)c->day - 60;
        break;
    }
    case CIVIL_POSIX_WEEKDAY: {
        int32_t first = civil_to_days((civil_date){.year = year, .month = c->month, .day = 1});
        uint32_t from_sunday = (civil_weekday(first) + 1) % 7;
        day = first + (int32_t)((c->weekday + 7 - from_sunday) % 7 + 7 * (c->week - 1));
        while (civil_from_days(day).month != c->month)
            day -= 7; /* week 5 is the last there is */
        break;
    }
    }
    return (int64_t)day * 86400 + c->seconds - offset;
}

void civil_posix_year(const civil_posix *rule, int32_t year, int64_t *to_summer,
                      int64_t *to_standard)
{
    *to_summer = change_seconds(&rule->start, year, rule->standard);
    *to_standard = change_seconds(&rule->end, year, rule->summer);
}

/* SPDX-License-Identifier: Apache-2.0
 * timestamp.c - reading and writing instants; see timestamp.h.
 *
 * "YYYY-MM-DDTHH:MM" has 16 characters, and most lines of a log share them with the line before.
 * The parser keeps these and the local time they mean, nothing that depends on a zone, so that a
 * hit and a miss cannot differ. */
#include "base/timestamp.h"

#include <stdio.h>
#include <string.h>

#define US_PER_MINUTE INT64_C(60000000)
#define FIRST_US      INT64_C(-62135596800000000) /* 0001-01-01T00:00:00Z */
#define END_US        INT64_C(253402300800000000) /* 10000-01-01T00:00:00Z */

enum { DATE_LENGTH = 10, MINUTE_LENGTH = 16 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* count digits; the caller knows that they are within the text. */
static bool read_digits(const char *s, size_t count, uint32_t *out)
{
    uint32_t v = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(s[i]))
            return false;
        v = v * 10 + (uint32_t)(s[i] - '0');
    }
    *out = v;
    return true;
}

/* Up to six digits after the point as microseconds; more are cut. Advances *i. */
static bool read_fraction(const char *s, size_t n, size_t *i, uint32_t *out)
{
    uint32_t v = 0, count = 0;
    size_t start = *i;
    for (; *i < n && is_digit(s[*i]); (*i)++) {
        if (count < 6) {
            v = v * 10 + (uint32_t)(s[*i] - '0');
            count++;
        }
    }
    for (; count < 6; count++)
        v *= 10;
    *out = v;
    return *i > start;
}

/* ---- RFC 3339 ------------------------------------------------------------------------------ */

static bool read_date(const char *s, int32_t *days)
{
    uint32_t year;
    civil_date date;
    if (s[4] != '-' || s[7] != '-' || !read_digits(s, 4, &year) ||
        !read_digits(s + 5, 2, &date.month) || !read_digits(s + 8, 2, &date.day))
        return false;
    date.year = (int32_t)year;
    if (!civil_is_valid(date))
        return false;
    *days = civil_to_days(date);
    return true;
}

/* The local time that the first 16 characters mean, as if UTC. */
static bool read_minute(timestamp_parser *p, const char *s, int64_t *local)
{
    if (p->last_len == MINUTE_LENGTH && memcmp(p->last_minute, s, MINUTE_LENGTH) == 0) {
        *local = p->last_us;
        return true;
    }
    int32_t days;
    uint32_t hour, minute;
    if (!read_date(s, &days) || (s[10] != 'T' && s[10] != 't' && s[10] != ' ') ||
        !read_digits(s + 11, 2, &hour) || s[13] != ':' || !read_digits(s + 14, 2, &minute) ||
        hour > 23 || minute > 59)
        return false;
    *local = days * CIVIL_US_PER_DAY + hour * CIVIL_US_PER_HOUR + minute * US_PER_MINUTE;
    memcpy(p->last_minute, s, MINUTE_LENGTH);
    p->last_len = MINUTE_LENGTH;
    p->last_us = *local;
    return true;
}

/* "+hh:mm", "+hhmm", "+hh" as all of s[0..n). */
static bool read_offset(const char *s, size_t n, int64_t *us)
{
    uint32_t hours, minutes = 0;
    if ((n != 3 && n != 5 && n != 6) || (s[0] != '+' && s[0] != '-'))
        return false;
    if (!read_digits(s + 1, 2, &hours) || (n == 6 && s[3] != ':') ||
        (n > 3 && !read_digits(s + n - 2, 2, &minutes)) || hours > 23 || minutes > 59)
        return false;
    *us = hours * CIVIL_US_PER_HOUR + minutes * US_PER_MINUTE;
    if (s[0] == '-')
        *us = -*us;
    return true;
}

static bool read_rfc3339(timestamp_parser *p, const char *s, size_t n, int64_t *us)
{
    if (n == DATE_LENGTH) {
        int32_t days;
        if (p->zone == NULL || !read_date(s, &days))
            return false;
        *us = civil_day_start(p->zone, days);
        return true;
    }
    int64_t local, offset;
    if (n < MINUTE_LENGTH || !read_minute(p, s, &local))
        return false;
    size_t i = MINUTE_LENGTH;
    if (i < n && s[i] == ':') {
        uint32_t seconds, fraction;
        if (n - i < 3 || !read_digits(s + i + 1, 2, &seconds) || seconds > 60)
            return false;
        i += 3;
        local += seconds * CIVIL_US_PER_SECOND;
        if (i < n && (s[i] == '.' || s[i] == ',')) {
            i++;
            if (!read_fraction(s, n, &i, &fraction))
                return false;
            local += fraction;
        }
    }
    if (i == n) {
        bool is_ambiguous;
        if (p->zone == NULL)
            return false;
        *us = civil_from_local(p->zone, local, &is_ambiguous);
        p->n_ambiguous += is_ambiguous ? 1 : 0;
        return true;
    }
    if (n - i == 1 && (s[i] == 'Z' || s[i] == 'z'))
        offset = 0;
    else if (!read_offset(s + i, n - i, &offset))
        return false;
    *us = local - offset;
    return true;
}

/* ---- epochs -------------------------------------------------------------------------------- */

static timestamp_format unit_by_size(uint64_t whole, bool *is_ns)
{
    *is_ns = whole >= UINT64_C(100000000000000000);
    if (whole < UINT64_C(100000000000))
        return TIMESTAMP_EPOCH_S;
    return whole < UINT64_C(100000000000000) ? TIMESTAMP_EPOCH_MS : TIMESTAMP_EPOCH_US;
}

static bool read_epoch(timestamp_format format, const char *s, size_t n, int64_t *us)
{
    bool is_ns = false, is_negative = n > 0 && s[0] == '-';
    size_t i = n > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0, start = i;
    uint64_t whole = 0;
    uint32_t fraction = 0; /* millionths of the unit */
    for (; i < n && is_digit(s[i]); i++) {
        if (whole > UINT64_C(1000000000000000000))
            return false; /* no unit makes that a time */
        whole = whole * 10 + (uint64_t)(s[i] - '0');
    }
    if (i == start)
        return false;
    if (i < n) {
        if (s[i++] != '.' || !read_fraction(s, n, &i, &fraction) || i != n)
            return false;
    }
    if (format == TIMESTAMP_AUTO)
        format = unit_by_size(whole, &is_ns);
    uint64_t scale = format == TIMESTAMP_EPOCH_S    ? 1000000
                     : format == TIMESTAMP_EPOCH_MS ? 1000
                                                    : 1;
    if (is_ns)
        whole /= 1000;
    else if (__builtin_mul_overflow(whole, scale, &whole))
        return false;
    if (whole > (uint64_t)END_US)
        return false;
    whole += fraction * scale / 1000000;
    *us = is_negative ? -(int64_t)whole : (int64_t)whole;
    return true;
}

bool timestamp_parse(timestamp_parser *p, const char *s, size_t n, int64_t *us)
{
    bool is_epoch = p->format != TIMESTAMP_RFC3339;
    if (p->format == TIMESTAMP_AUTO)
        is_epoch = n < DATE_LENGTH || s[4] != '-';
    int64_t v;
    if (is_epoch ? !read_epoch(p->format, s, n, &v) : !read_rfc3339(p, s, n, &v))
        return false;
    if (v < FIRST_US || v >= END_US)
        return false;
    *us = v;
    return true;
}

/* ---- writing ------------------------------------------------------------------------------- */

void timestamp_format_rfc3339(int64_t us, const civil_zone *zone, char text[TIMESTAMP_SIZE])
{
    int32_t offset = zone == NULL ? 0 : civil_offset(zone, us) / 60; /* minutes */
    int64_t seconds = us / CIVIL_US_PER_SECOND - (us % CIVIL_US_PER_SECOND < 0 ? 1 : 0);
    uint32_t fraction = (uint32_t)(us - seconds * CIVIL_US_PER_SECOND);
    seconds += (int64_t)offset * 60;
    int64_t day = seconds / 86400 - (seconds % 86400 < 0 ? 1 : 0);
    uint32_t of_day = (uint32_t)(seconds - day * 86400);
    civil_date date = civil_from_days((int32_t)day);
    size_t n = (size_t)snprintf(text, TIMESTAMP_SIZE, "%04d-%02u-%02uT%02u:%02u:%02u", date.year,
                                date.month, date.day, of_day / 3600, of_day / 60 % 60, of_day % 60);
    GM_ASSERT(n < TIMESTAMP_SIZE - 14);
    if (fraction != 0) {
        text[n++] = '.';
        for (uint32_t unit = 100000; fraction != 0; unit /= 10) {
            text[n++] = (char)('0' + fraction / unit);
            fraction %= unit;
        }
    }
    if (offset == 0) {
        text[n] = 'Z';
        text[n + 1] = '\0';
        return;
    }
    uint32_t size = (uint32_t)(offset < 0 ? -offset : offset);
    int used = snprintf(text + n, TIMESTAMP_SIZE - n, "%c%02u:%02u", offset < 0 ? '-' : '+',
                        size / 60, size % 60);
    GM_ASSERT(used == 6);
}

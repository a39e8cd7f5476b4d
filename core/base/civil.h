/* SPDX-License-Identifier: Apache-2.0
 * civil.h - calendar dates and time zones.
 *
 * An instant is int64 microseconds since 1970-01-01T00:00:00Z. A day is the number of civil days
 * since 1970-01-01 (proleptic Gregorian). In a zone a day has 23 to 25 hours; day_start() gives its
 * first instant. Zones are read from the system's tz database (TZif, RFC 8536), at $TZDIR or
 * /usr/share/zoneinfo. */
#ifndef GM_BASE_CIVIL_H
#define GM_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define CIVIL_US_PER_SECOND INT64_C(1000000)
#define CIVIL_US_PER_HOUR   INT64_C(3600000000)
#define CIVIL_US_PER_DAY    INT64_C(86400000000)

typedef struct civil_date {
    int32_t year; /* 1 to 9999 in all input */
    uint32_t month, day;
} civil_date;

/* Days since 1970-01-01 and back; any proleptic Gregorian date. */
int32_t civil_to_days(civil_date date);
civil_date civil_from_days(int32_t days);
bool civil_is_valid(civil_date date);                   /* month and day exist, year 1 to 9999 */
uint32_t civil_weekday(int32_t days);                   /* 0 Monday to 6 Sunday */
int32_t civil_add_months(int32_t days, int32_t months); /* the day is cut to the month's end */

/* "2026-11-21", the whole of text. */
bool civil_parse_date(const char *text, int32_t *days);
enum { CIVIL_DATE_SIZE = 16 };
void civil_format_date(int32_t days, char text[CIVIL_DATE_SIZE]);

/* A time zone. Owned: civil_zone_free(). Immutable once open. */
typedef struct civil_zone civil_zone;

/* GM_E_CONFIG for a name that is unknown, with a suggestion where one is near. */
gm_status civil_zone_open(civil_zone **out, const char *name, gm_error *err);
void civil_zone_free(civil_zone *zone);
const char *civil_zone_name(const civil_zone *zone); /* borrowed */

/* Seconds east of Greenwich that the zone has at an instant. */
int32_t civil_offset(const civil_zone *zone, int64_t us);
/* The civil day that an instant lies in. */
int32_t civil_day_of(const civil_zone *zone, int64_t us);
/* The first instant of a day; of a day that starts in a gap, the end of the gap. */
int64_t civil_day_start(const civil_zone *zone, int32_t day);
/* The start of the hour an instant lies in: local hours; an hour that comes twice is two buckets.
 */
int64_t civil_hour_start(const civil_zone *zone, int64_t us);

/* Local wall time (microseconds as if UTC) to an instant. In a fold the earlier offset is taken and
 * *is_ambiguous set; in a gap the offset before it is used (RFC 5545). is_ambiguous may be NULL. */
int64_t civil_from_local(const civil_zone *zone, int64_t local_us, bool *is_ambiguous);

#endif

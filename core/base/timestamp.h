/* SPDX-License-Identifier: Apache-2.0
 * timestamp.h - instants from text and back. */
#ifndef GM_BASE_TIMESTAMP_H
#define GM_BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/civil.h"

/* How a log writes its times. An epoch has the form [-+]?digits[.digits]. AUTO takes what has a '-'
 * after four digits as RFC 3339, else an epoch by its size: below 1e11 seconds (until the year
 * 5138), below 1e14 milliseconds, below 1e17 microseconds, above nanoseconds. */
typedef enum timestamp_format {
    TIMESTAMP_AUTO,
    TIMESTAMP_RFC3339, /* also "2026-11-21 10:00:00,5", without seconds, without a zone, a bare date
                          (the start of that day in zone); offsets also as +0100 and +01 */
    TIMESTAMP_EPOCH_S,
    TIMESTAMP_EPOCH_MS,
    TIMESTAMP_EPOCH_US
} timestamp_format;

/* Remembers the last minute, which makes sorted logs cheap. Zeroed is ready. zone: for times that
 * carry none; NULL makes such a time an error. Borrowed. */
typedef struct timestamp_parser {
    timestamp_format format;
    const civil_zone *zone;
    char last_minute[20]; /* "2026-11-21T10:00", then its zone part is parsed each time */
    uint32_t last_len;
    int64_t last_us;
    uint64_t n_ambiguous; /* local times that came twice; the earlier was taken */
} timestamp_parser;

/* The whole of s[0..n). Instants from year 1 to 9999 in UTC; a leap second :60 counts as the second
 * after :59; fractions beyond microseconds are cut. False: no such time. */
bool timestamp_parse(timestamp_parser *p, const char *s, size_t n, int64_t *us);

enum { TIMESTAMP_SIZE = 40 };
/* RFC 3339 with the zone's offset at that instant (to the minute: it has no seconds), seconds, no
 * fraction unless there is one; "…Z" when zone is NULL or the offset 0. */
void timestamp_format_rfc3339(int64_t us, const civil_zone *zone, char text[TIMESTAMP_SIZE]);

#endif

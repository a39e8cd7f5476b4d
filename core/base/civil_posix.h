/* SPDX-License-Identifier: Apache-2.0
 * civil_posix.h - the rule at the end of a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3".
 * POSIX TZ strings with the extensions of RFC 8536: times from -167 to 167 hours. */
#ifndef GM_BASE_CIVIL_POSIX_H
#define GM_BASE_CIVIL_POSIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum civil_posix_kind {
    CIVIL_POSIX_JULIAN, /* Jn: 1 to 365, 29 February never counts */
    CIVIL_POSIX_DAY,    /* n: 0 to 365, 29 February counts */
    CIVIL_POSIX_WEEKDAY /* Mm.w.d */
} civil_posix_kind;

typedef struct civil_posix_change {
    civil_posix_kind kind;
    uint32_t day;                  /* of JULIAN and DAY */
    uint32_t month, week, weekday; /* 1 to 12, 1 to 5 (5: last), 0 Sunday to 6 */
    int32_t seconds;               /* local time of day at which it happens */
} civil_posix_change;

typedef struct civil_posix {
    int32_t standard, summer; /* seconds east of Greenwich */
    bool has_summer;
    civil_posix_change start, end; /* of summer */
} civil_posix;

/* The whole of s[0..n). A summer time without its two changes is refused. */
bool civil_posix_parse(civil_posix *out, const char *s, size_t n);

/* The two instants of a year in seconds since 1970: to summer, to standard time. */
void civil_posix_year(const civil_posix *rule, int32_t year, int64_t *to_summer,
                      int64_t *to_standard);

#endif

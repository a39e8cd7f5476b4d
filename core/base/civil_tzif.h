/* SPDX-License-Identifier: Apache-2.0
 * civil_tzif.h - compiled time zones (TZif, RFC 8536), read with distrust.
 *
 * What comes out is a plain list of instants at which the offset changes. The rule of the footer is
 * written out for 400 years, after which the calendar and so the rule repeat. Private to
 * civil_zone.c. */
#ifndef GM_BASE_CIVIL_TZIF_H
#define GM_BASE_CIVIL_TZIF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Offsets are seconds east of Greenwich within these, both included. */
#define CIVIL_OFFSET_MIN (-89999)
#define CIVIL_OFFSET_MAX 93599

/* 400 years: 146,097 days, a whole number of weeks. */
#define CIVIL_CYCLE_SECONDS (INT64_C(146097) * 86400)

typedef struct civil_tzif {
    int64_t *at;      /* seconds since 1970, ascending */
    int32_t *offsets; /* offsets[i] holds from at[i] on and differs from the one before */
    size_t n, cap;
    int32_t first_offset; /* before at[0] */
    int64_t cycle_end;    /* offsets from here on are those of 400 years before; INT64_MAX: never */
} civil_tzif;

/* GM_E_DAMAGED with the reason. On failure there is nothing to free. */
gm_status civil_tzif_parse(civil_tzif *out, const void *p, size_t n, gm_error *err);
void civil_tzif_deinit(civil_tzif *z);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * period.h - the civil days that a run scores, and those it compares them with. */
#ifndef GM_RUN_PERIOD_H
#define GM_RUN_PERIOD_H

#include <stdint.h>

#include "base/civil.h"
#include "config/config.h"

typedef struct period {
    int32_t first_day, end_day; /* civil days, half open */
    int64_t start_us, end_us;   /* the same as instants */
} period;

/* The period whose last day is until (to-date kinds and whole units: the one that holds it). */
period period_ending(const config_run *run, int32_t until, const civil_zone *zone);
/* What it is compared with: the civil unit before it (to-date: as many days of it), or the same
 * days a year before. */
period period_before(const config_run *run, const period *current, const civil_zone *zone);

#endif

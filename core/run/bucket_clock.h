/* SPDX-License-Identifier: Apache-2.0
 * bucket_clock.h - from an instant to the start of its bucket (hour or civil day), fast for times
 * that come roughly in order: quarter hours that were asked for are remembered. */
#ifndef GM_RUN_BUCKET_CLOCK_H
#define GM_RUN_BUCKET_CLOCK_H

#include <stdint.h>

#include "base/civil.h"
#include "config/config.h"

enum { BUCKET_CLOCK_SLOTS = 256 };

typedef struct bucket_clock {
    const civil_zone *zone; /* borrowed */
    config_bucket bucket;
    struct {
        int64_t quarter; /* number of the quarter hour since 1970; INT64_MIN: free */
        int64_t start;   /* of the bucket that all of it lies in */
    } slots[BUCKET_CLOCK_SLOTS];
} bucket_clock;

void bucket_clock_init(bucket_clock *c, const civil_zone *zone, config_bucket bucket);
int64_t bucket_clock_start(bucket_clock *c, int64_t us);
/* The start of the bucket after the one that starts at start. */
int64_t bucket_clock_next(const civil_zone *zone, config_bucket bucket, int64_t start);

#endif

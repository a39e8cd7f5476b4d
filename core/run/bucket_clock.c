/* SPDX-License-Identifier: Apache-2.0
 * bucket_clock.c - see bucket_clock.h. */
#include "run/bucket_clock.h"

static const int64_t quarter_us = CIVIL_US_PER_HOUR / 4;

void bucket_clock_init(bucket_clock *c, const civil_zone *zone, config_bucket bucket)
{
    c->zone = zone;
    c->bucket = bucket;
    for (uint32_t i = 0; i < BUCKET_CLOCK_SLOTS; i++)
        c->slots[i].quarter = INT64_MIN;
}

static int64_t start_of(const civil_zone *zone, config_bucket bucket, int64_t us)
{
    if (bucket == CONFIG_BUCKET_HOUR)
        return civil_hour_start(zone, us);
    return civil_day_start(zone, civil_day_of(zone, us));
}

int64_t bucket_clock_start(bucket_clock *c, int64_t us)
{
    int64_t quarter = us / quarter_us - (us % quarter_us < 0);
    uint32_t slot = (uint32_t)((uint64_t)quarter % BUCKET_CLOCK_SLOTS);
    if (c->slots[slot].quarter == quarter)
        return c->slots[slot].start;
    int64_t start = start_of(c->zone, c->bucket, us);
    /* Zones of old have offsets that are no quarter hours: then a quarter may span two buckets. */
    int64_t first = quarter * quarter_us;
    if (start_of(c->zone, c->bucket, first) ==
        start_of(c->zone, c->bucket, first + quarter_us - 1)) {
        c->slots[slot].quarter = quarter;
        c->slots[slot].start = start;
    }
    return start;
}

int64_t bucket_clock_next(const civil_zone *zone, config_bucket bucket, int64_t start)
{
    if (bucket == CONFIG_BUCKET_DAY)
        return civil_day_start(zone, civil_day_of(zone, start) + 1);
    /* Not simply an hour on: at a change of clocks buckets are shorter, and a short one may lie
     * whole within that hour (02:45 to 03:45 on Chatham leaves one of 15 minutes). */
    int64_t next = start + CIVIL_US_PER_HOUR;
    for (int64_t first = civil_hour_start(zone, next); first > start;
         first = civil_hour_start(zone, next - 1))
        next = first;
    return next;
}

/* SPDX-License-Identifier: Apache-2.0
 * period.c - see period.h. */
#include "run/period.h"

static period make(int32_t first, int32_t end, const civil_zone *zone)
{
    return (period){.first_day = first,
                    .end_day = end,
                    .start_us = civil_day_start(zone, first),
                    .end_us = civil_day_start(zone, end)};
}

static int32_t month_start(int32_t day)
{
    civil_date d = civil_from_days(day);
    d.day = 1;
    return civil_to_days(d);
}

static int32_t quarter_start(int32_t day)
{
    civil_date d = civil_from_days(day);
    d.day = 1;
    d.month = (d.month - 1) / 3 * 3 + 1;
    return civil_to_days(d);
}

static int32_t year_start(int32_t day)
{
    civil_date d = {.year = civil_from_days(day).year, .month = 1, .day = 1};
    return civil_to_days(d);
}

/* The first day of the unit that day lies in. */
static int32_t unit_start(config_period_kind kind, int32_t day)
{
    switch (kind) {
    case CONFIG_PERIOD_WEEK:
        return day - (int32_t)civil_weekday(day);
    case CONFIG_PERIOD_MONTH:
    case CONFIG_PERIOD_MONTH_TO_DATE:
        return month_start(day);
    case CONFIG_PERIOD_QUARTER:
    case CONFIG_PERIOD_QUARTER_TO_DATE:
        return quarter_start(day);
    case CONFIG_PERIOD_YEAR_TO_DATE:
        return year_start(day);
    case CONFIG_PERIOD_DAYS:
        break;
    }
    return day;
}

/* The first day of the unit after the one that starts at first. */
static int32_t next_unit(config_period_kind kind, int32_t first)
{
    switch (kind) {
    case CONFIG_PERIOD_WEEK:
        return first + 7;
    case CONFIG_PERIOD_MONTH:
    case CONFIG_PERIOD_MONTH_TO_DATE:
        return civil_add_months(first, 1);
    case CONFIG_PERIOD_QUARTER:
    case CONFIG_PERIOD_QUARTER_TO_DATE:
        return civil_add_months(first, 3);
    case CONFIG_PERIOD_YEAR_TO_DATE:
        return civil_add_months(first, 12);
    case CONFIG_PERIOD_DAYS:
        break;
    }
    return first + 1;
}

static bool is_to_date(config_period_kind kind)
{
    return kind == CONFIG_PERIOD_MONTH_TO_DATE || kind == CONFIG_PERIOD_QUARTER_TO_DATE ||
           kind == CONFIG_PERIOD_YEAR_TO_DATE;
}

period period_ending(const config_run *run, int32_t until, const civil_zone *zone)
{
    if (run->period == CONFIG_PERIOD_DAYS)
        return make(until + 1 - (int32_t)run->period_days, until + 1, zone);
    int32_t first = unit_start(run->period, until);
    return make(first, is_to_date(run->period) ? until + 1 : next_unit(run->period, first), zone);
}

period period_before(const config_run *run, const period *current, const civil_zone *zone)
{
    if (run->against == CONFIG_AGAINST_YEAR) {
        /* By the last day: the end of 28 February 2024 a year before must not be cut to its start.
         * A whole February ends with the month, whatever its length. */
        bool is_whole = run->period == CONFIG_PERIOD_MONTH || run->period == CONFIG_PERIOD_QUARTER;
        int32_t end = is_whole ? civil_add_months(current->end_day, -12)
                               : civil_add_months(current->end_day - 1, -12) + 1;
        return make(civil_add_months(current->first_day, -12), end, zone);
    }
    int32_t days = current->end_day - current->first_day;
    if (run->period == CONFIG_PERIOD_DAYS)
        return make(current->first_day - days, current->first_day, zone);
    int32_t first = unit_start(run->period, current->first_day - 1);
    int32_t end = current->first_day;
    /* So many days of the unit before, which may be shorter. */
    if (is_to_date(run->period) && first + days < end)
        end = first + days;
    return make(first, end, zone);
}

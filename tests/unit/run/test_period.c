/* SPDX-License-Identifier: Apache-2.0
 * test_period.c - periods of all kinds and what they are compared with. Days were taken from a
 * calendar, instants from CPython's zoneinfo. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "run/period.h"

static civil_zone *zone_of(const char *name)
{
    civil_zone *zone = NULL;
    gm_error err;
    assert_int_equal(civil_zone_open(&zone, name, &err), GM_OK);
    return zone;
}

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    assert_true(civil_parse_date(text, &day));
    return day;
}

/* Compares the days; last is the last day, not the one behind it. */
static void expect_days(const char *what, const char *until, const period *p, const char *first,
                        const char *last)
{
    if (p->first_day == day_of(first) && p->end_day == day_of(last) + 1)
        return;
    char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];
    civil_format_date(p->first_day, from);
    civil_format_date(p->end_day - 1, to);
    fail_msg("%s, until %s: %s to %s, expected %s to %s", what, until, from, to, first, last);
}

typedef struct days_case {
    config_period_kind kind;
    uint32_t days;
    const char *until;
    const char *first, *last;                   /* the period */
    const char *previous_first, *previous_last; /* the one before */
    const char *year_first, *year_last;         /* a year before */
} days_case;

static const days_case cases[] = {
    /* N days: as many days right before; a year before by their dates. */
    {CONFIG_PERIOD_DAYS, 1, "2026-11-21", "2026-11-21", "2026-11-21", "2026-11-20", "2026-11-20",
     "2025-11-21", "2025-11-21"},
    {CONFIG_PERIOD_DAYS, 7, "2026-01-03", "2025-12-28", "2026-01-03", "2025-12-21", "2025-12-27",
     "2024-12-28", "2025-01-03"},
    {CONFIG_PERIOD_DAYS, 28, "2024-03-01", "2024-02-03", "2024-03-01", "2024-01-06", "2024-02-02",
     "2023-02-03", "2023-03-01"},
    {CONFIG_PERIOD_DAYS, 400, "2026-06-30", "2025-05-27", "2026-06-30", "2024-04-22", "2025-05-26",
     "2024-05-27", "2025-06-30"},
    /* Around the leap day: one day stays one day. */
    {CONFIG_PERIOD_DAYS, 1, "2024-02-28", "2024-02-28", "2024-02-28", "2024-02-27", "2024-02-27",
     "2023-02-28", "2023-02-28"},
    {CONFIG_PERIOD_DAYS, 1, "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-28", "2024-02-28",
     "2023-02-28", "2023-02-28"},
    {CONFIG_PERIOD_DAYS, 1, "2024-03-01", "2024-03-01", "2024-03-01", "2024-02-29", "2024-02-29",
     "2023-03-01", "2023-03-01"},
    {CONFIG_PERIOD_DAYS, 1, "2025-02-28", "2025-02-28", "2025-02-28", "2025-02-27", "2025-02-27",
     "2024-02-28", "2024-02-28"},
    {CONFIG_PERIOD_DAYS, 1, "2025-03-01", "2025-03-01", "2025-03-01", "2025-02-28", "2025-02-28",
     "2024-03-01", "2024-03-01"},
    {CONFIG_PERIOD_DAYS, 7, "2024-02-28", "2024-02-22", "2024-02-28", "2024-02-15", "2024-02-21",
     "2023-02-22", "2023-02-28"},
    /* Weeks from Monday to Sunday, whichever of their days is named. */
    {CONFIG_PERIOD_WEEK, 0, "2026-11-16", "2026-11-16", "2026-11-22", "2026-11-09", "2026-11-15",
     "2025-11-16", "2025-11-22"},
    {CONFIG_PERIOD_WEEK, 0, "2026-11-22", "2026-11-16", "2026-11-22", "2026-11-09", "2026-11-15",
     "2025-11-16", "2025-11-22"},
    {CONFIG_PERIOD_WEEK, 0, "2027-01-01", "2026-12-28", "2027-01-03", "2026-12-21", "2026-12-27",
     "2025-12-28", "2026-01-03"},
    {CONFIG_PERIOD_WEEK, 0, "1969-12-31", "1969-12-29", "1970-01-04", "1969-12-22", "1969-12-28",
     "1968-12-29", "1969-01-04"},
    /* Whole months and quarters, of whatever length. */
    {CONFIG_PERIOD_MONTH, 0, "2026-03-31", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28",
     "2025-03-01", "2025-03-31"},
    {CONFIG_PERIOD_MONTH, 0, "2026-03-01", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28",
     "2025-03-01", "2025-03-31"},
    {CONFIG_PERIOD_MONTH, 0, "2024-02-15", "2024-02-01", "2024-02-29", "2024-01-01", "2024-01-31",
     "2023-02-01", "2023-02-28"},
    {CONFIG_PERIOD_MONTH, 0, "2025-02-15", "2025-02-01", "2025-02-28", "2025-01-01", "2025-01-31",
     "2024-02-01", "2024-02-29"},
    {CONFIG_PERIOD_MONTH, 0, "2026-01-15", "2026-01-01", "2026-01-31", "2025-12-01", "2025-12-31",
     "2025-01-01", "2025-01-31"},
    {CONFIG_PERIOD_QUARTER, 0, "2024-03-31", "2024-01-01", "2024-03-31", "2023-10-01", "2023-12-31",
     "2023-01-01", "2023-03-31"},
    {CONFIG_PERIOD_QUARTER, 0, "2026-12-31", "2026-10-01", "2026-12-31", "2026-07-01", "2026-09-30",
     "2025-10-01", "2025-12-31"},
    {CONFIG_PERIOD_QUARTER, 0, "2026-05-05", "2026-04-01", "2026-06-30", "2026-01-01", "2026-03-31",
     "2025-04-01", "2025-06-30"},
    /* To date: as many days of the unit before, as far as it has them. */
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2026-03-28", "2026-03-01", "2026-03-28", "2026-02-01",
     "2026-02-28", "2025-03-01", "2025-03-28"},
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2026-03-29", "2026-03-01", "2026-03-29", "2026-02-01",
     "2026-02-28", "2025-03-01", "2025-03-29"},
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2024-03-29", "2024-03-01", "2024-03-29", "2024-02-01",
     "2024-02-29", "2023-03-01", "2023-03-29"},
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2026-04-01", "2026-04-01", "2026-04-01", "2026-03-01",
     "2026-03-01", "2025-04-01", "2025-04-01"},
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2026-04-30", "2026-04-01", "2026-04-30", "2026-03-01",
     "2026-03-30", "2025-04-01", "2025-04-30"},
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2024-02-29", "2024-02-01", "2024-02-29", "2024-01-01",
     "2024-01-29", "2023-02-01", "2023-02-28"},
    {CONFIG_PERIOD_MONTH_TO_DATE, 0, "2025-02-28", "2025-02-01", "2025-02-28", "2025-01-01",
     "2025-01-28", "2024-02-01", "2024-02-28"},
    {CONFIG_PERIOD_QUARTER_TO_DATE, 0, "2026-06-30", "2026-04-01", "2026-06-30", "2026-01-01",
     "2026-03-31", "2025-04-01", "2025-06-30"},
    {CONFIG_PERIOD_QUARTER_TO_DATE, 0, "2026-08-15", "2026-07-01", "2026-08-15", "2026-04-01",
     "2026-05-16", "2025-07-01", "2025-08-15"},
    {CONFIG_PERIOD_YEAR_TO_DATE, 0, "2024-03-01", "2024-01-01", "2024-03-01", "2023-01-01",
     "2023-03-02", "2023-01-01", "2023-03-01"},
    {CONFIG_PERIOD_YEAR_TO_DATE, 0, "2024-12-31", "2024-01-01", "2024-12-31", "2023-01-01",
     "2023-12-31", "2023-01-01", "2023-12-31"},
    {CONFIG_PERIOD_YEAR_TO_DATE, 0, "2025-12-31", "2025-01-01", "2025-12-31", "2024-01-01",
     "2024-12-30", "2024-01-01", "2024-12-31"},
    {CONFIG_PERIOD_YEAR_TO_DATE, 0, "2026-01-01", "2026-01-01", "2026-01-01", "2025-01-01",
     "2025-01-01", "2025-01-01", "2025-01-01"},
};

static void test_days(void **state)
{
    (void)state;
    civil_zone *utc = zone_of("UTC");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const days_case *c = &cases[i];
        config_run run = {.period = c->kind, .period_days = c->days};
        period current = period_ending(&run, day_of(c->until), utc);
        expect_days("period", c->until, &current, c->first, c->last);
        assert_int_equal(current.start_us, current.first_day * CIVIL_US_PER_DAY);
        assert_int_equal(current.end_us, current.end_day * CIVIL_US_PER_DAY);
        run.against = CONFIG_AGAINST_PREVIOUS;
        period before = period_before(&run, &current, utc);
        expect_days("before", c->until, &before, c->previous_first, c->previous_last);
        assert_int_equal(before.start_us, before.first_day * CIVIL_US_PER_DAY);
        assert_int_equal(before.end_us, before.end_day * CIVIL_US_PER_DAY);
        run.against = CONFIG_AGAINST_YEAR;
        before = period_before(&run, &current, utc);
        expect_days("a year before", c->until, &before, c->year_first, c->year_last);
    }
    civil_zone_free(utc);
}

/* Any day within a unit gives the same unit. */
static void test_every_day_of_a_unit(void **state)
{
    (void)state;
    civil_zone *utc = zone_of("UTC");
    static const config_period_kind kinds[] = {CONFIG_PERIOD_WEEK, CONFIG_PERIOD_MONTH,
                                               CONFIG_PERIOD_QUARTER};
    for (size_t k = 0; k < 3; k++) {
        config_run run = {.period = kinds[k], .against = CONFIG_AGAINST_PREVIOUS};
        period expected = period_ending(&run, day_of("1968-01-01"), utc);
        for (int32_t day = expected.first_day; day < day_of("2032-01-01"); day++) {
            if (day == expected.end_day) {
                period next = period_ending(&run, day, utc);
                assert_int_equal(next.first_day, expected.end_day);
                period before = period_before(&run, &next, utc);
                assert_memory_equal(&before, &expected, sizeof before);
                expected = next;
            }
            period p = period_ending(&run, day, utc);
            assert_memory_equal(&p, &expected, sizeof p);
        }
    }
    civil_zone_free(utc);
}

/* Without a comparison the period before is still one: plan.has_previous says that it is not used.
 */
static void test_against_none(void **state)
{
    (void)state;
    civil_zone *utc = zone_of("UTC");
    config_run run = {.period = CONFIG_PERIOD_MONTH, .against = CONFIG_AGAINST_NONE};
    period current = period_ending(&run, day_of("2026-03-15"), utc);
    period before = period_before(&run, &current, utc);
    expect_days("none", "2026-03-15", &before, "2026-02-01", "2026-02-28");
    civil_zone_free(utc);
}

typedef struct instant_case {
    const char *zone, *until;
    config_period_kind kind;
    config_against against;
    int64_t start, end; /* seconds */
    int64_t before_start, before_end;
} instant_case;

/* Days of 23, 25, 23.5 and 24.5 hours, and one that starts at 01:00. */
static const instant_case instants[] = {
    {"Europe/Berlin", "2026-03-29", CONFIG_PERIOD_DAYS, CONFIG_AGAINST_YEAR, 1774738800, 1774821600,
     1743202800, 1743289200},
    {"Europe/Berlin", "2026-10-25", CONFIG_PERIOD_DAYS, CONFIG_AGAINST_PREVIOUS, 1792879200,
     1792969200, 1792792800, 1792879200},
    {"Europe/Berlin", "2026-03-10", CONFIG_PERIOD_MONTH, CONFIG_AGAINST_PREVIOUS, 1772319600,
     1774994400, 1769900400, 1772319600},
    {"Australia/Lord_Howe", "2026-04-05", CONFIG_PERIOD_DAYS, CONFIG_AGAINST_PREVIOUS, 1775307600,
     1775395800, 1775221200, 1775307600},
    {"Australia/Lord_Howe", "2026-10-04", CONFIG_PERIOD_DAYS, CONFIG_AGAINST_PREVIOUS, 1791034200,
     1791118800, 1790947800, 1791034200},
    {"America/Sao_Paulo", "2018-11-04", CONFIG_PERIOD_DAYS, CONFIG_AGAINST_PREVIOUS, 1541300400,
     1541383200, 1541214000, 1541300400},
};

static void test_instants(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        const instant_case *c = &instants[i];
        civil_zone *zone = zone_of(c->zone);
        config_run run = {.period = c->kind, .period_days = 1, .against = c->against};
        period p = period_ending(&run, day_of(c->until), zone);
        assert_int_equal(p.start_us, c->start * CIVIL_US_PER_SECOND);
        assert_int_equal(p.end_us, c->end * CIVIL_US_PER_SECOND);
        p = period_before(&run, &p, zone);
        assert_int_equal(p.start_us, c->before_start * CIVIL_US_PER_SECOND);
        assert_int_equal(p.end_us, c->before_end * CIVIL_US_PER_SECOND);
        civil_zone_free(zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_every_day_of_a_unit),
        cmocka_unit_test(test_against_none),
        cmocka_unit_test(test_instants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

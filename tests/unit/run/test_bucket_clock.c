/* SPDX-License-Identifier: Apache-2.0
 * test_bucket_clock.c - buckets of hours and days. The reference walks second by second and knows a
 * zone's offsets only: an hour ends when the local hour is another one, or when the clock goes
 * back. The starts in the table are those of CPython's zoneinfo. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "run/bucket_clock.h"

#define SECOND CIVIL_US_PER_SECOND

static civil_zone *zone_of(const char *name)
{
    civil_zone *zone = NULL;
    gm_error err;
    if (civil_zone_open(&zone, name, &err) != GM_OK)
        fail_msg("%s", err.message);
    return zone;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* ---- the reference: all in seconds ----------------------------------------------------------- */

static int64_t local_of(const civil_zone *zone, int64_t s)
{
    return s + civil_offset(zone, s * SECOND);
}

static int64_t slow_hour(const civil_zone *zone, int64_t s)
{
    int64_t hour = floor_div(local_of(zone, s), 3600);
    while (floor_div(local_of(zone, s - 1), 3600) == hour &&
           civil_offset(zone, (s - 1) * SECOND) <= civil_offset(zone, s * SECOND))
        s--;
    return s;
}

/* The first second of the local day that s lies in, even if the day was left again in between. */
static int64_t slow_day(const civil_zone *zone, int64_t s)
{
    int64_t day = floor_div(local_of(zone, s), 86400);
    int64_t at = day * 86400 - 16 * 3600; /* no offset is larger */
    while (floor_div(local_of(zone, at + 60), 86400) != day)
        at += 60;
    while (floor_div(local_of(zone, at), 86400) != day)
        at++;
    return at;
}

static int64_t slow_next_hour(const civil_zone *zone, int64_t s)
{
    int64_t hour = floor_div(local_of(zone, s), 3600);
    do
        s++;
    while (floor_div(local_of(zone, s), 3600) == hour &&
           civil_offset(zone, (s - 1) * SECOND) <= civil_offset(zone, s * SECOND));
    return s;
}

static int64_t next_change(const civil_zone *zone, int64_t s)
{
    int32_t offset = civil_offset(zone, s * SECOND);
    int64_t until = s + INT64_C(20) * 366 * 86400;
    while (civil_offset(zone, (s + 1800) * SECOND) == offset && s < until)
        s += 1800;
    assert_true(s < until); /* the table names a change that there is */
    while (civil_offset(zone, s * SECOND) == offset)
        s++;
    return s;
}

/* ---- tests ----------------------------------------------------------------------------------- */

typedef struct change_case {
    const char *zone;
    int32_t year; /* the first changes at or after its start */
    uint32_t n_changes;
} change_case;

static const change_case changes[] = {
    {"Europe/Berlin", 2026, 2},       {"America/New_York", 2026, 2},
    {"Australia/Lord_Howe", 2026, 2}, /* by half an hour */
    {"Pacific/Chatham", 2026, 2},     /* an hour, at a quarter to the hour */
    {"America/St_Johns", 2006, 2},    /* an hour, at 00:01 */
    {"Antarctica/Troll", 2026, 2},    /* by two hours */
    {"America/Sao_Paulo", 2018, 2},   /* days that start at 01:00 and end twice */
    {"Pacific/Apia", 2011, 3},        /* a day that is not there */
    {"Asia/Kathmandu", 1985, 1},      /* from +5:30 to +5:45 */
    {"Asia/Singapore", 1981, 1},      /* from +7:30 to +8 */
    {"Africa/Monrovia", 1971, 1},     /* from -0:44:30 to 0 */
    {"Europe/Dublin", 1916, 2},       /* offsets of -0:25:21 and 0:34:39 */
    {"America/Phoenix", 1883, 1},     /* from -7:28:18 to -7, at 11:31:42 */
    {"America/St_Johns", 1919, 4},    /* -3:30:52 and an hour more */
    {"Asia/Kolkata", 1905, 1},
};

static int64_t slow(const civil_zone *zone, config_bucket bucket, int64_t s)
{
    return bucket == CONFIG_BUCKET_HOUR ? slow_hour(zone, s) : slow_day(zone, s);
}

/* Around a change: each instant before it is remembered, once it is, and in a jumble. */
static void check_around(const civil_zone *zone, config_bucket bucket, int64_t change)
{
    static const int64_t from_change[] = {
        -90000, -86400, -7200, -5400, -3661, -3600, -2701, -1801, -1800, -901, -900, -899, -61,
        -60,    -59,    -42,   -1,    0,     1,     59,    60,    61,    98,   899,  900,  901,
        1799,   1800,   2699,  2700,  3540,  3599,  3600,  5399,  5400,  7199, 7200, 90000};
    enum { N = sizeof from_change / sizeof *from_change };
    int64_t expected[N];
    for (size_t i = 0; i < N; i++)
        expected[i] = slow(zone, bucket, change + from_change[i]) * SECOND;
    bucket_clock clock;
    bucket_clock_init(&clock, zone, bucket);
    for (size_t pass = 0; pass < 3; pass++) {
        for (size_t k = 0; k < N; k++) {
            size_t i = pass == 2 ? k * 23 % N : k;
            int64_t us = (change + from_change[i]) * SECOND + (pass == 1 ? SECOND - 1 : 0);
            int64_t start = bucket_clock_start(&clock, us);
            if (start != expected[i])
                fail_msg("%s, %lld s from the change at %lld: %lld, expected %lld",
                         civil_zone_name(zone), (long long)from_change[i], (long long)change,
                         (long long)start, (long long)expected[i]);
        }
    }
}

static void check_next(const civil_zone *zone, int64_t change)
{
    int64_t at = slow_hour(zone, change - 2 * 3600);
    while (at < change + 3 * 3600) {
        int64_t next = slow_next_hour(zone, at);
        assert_int_equal(bucket_clock_next(zone, CONFIG_BUCKET_HOUR, at * SECOND), next * SECOND);
        at = next;
    }
}

static void test_changes_of_clocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        civil_zone *zone = zone_of(changes[i].zone);
        civil_date first = {.year = changes[i].year, .month = 1, .day = 1};
        int64_t at = (int64_t)civil_to_days(first) * 86400;
        for (uint32_t k = 0; k < changes[i].n_changes; k++) {
            at = next_change(zone, at);
            check_around(zone, CONFIG_BUCKET_HOUR, at);
            check_around(zone, CONFIG_BUCKET_DAY, at);
            check_next(zone, at);
        }
        civil_zone_free(zone);
    }
}

typedef struct hours_case {
    const char *zone;
    int64_t starts[6]; /* seconds */
} hours_case;

/* Consecutive hours over a change. */
static const hours_case hours[] = {
    {"UTC", {-7200, -3600, 0, 3600, 7200, 10800}},
    {"Europe/Berlin", {1774742400, 1774746000, 1774749600, 1774753200, 1774756800, 1774760400}},
    {"Europe/Berlin", {1792886400, 1792890000, 1792893600, 1792897200, 1792900800, 1792904400}},
    {"Australia/Lord_Howe",
     {1775311200, 1775314800, 1775316600, 1775320200, 1775323800, 1775327400}},
    {"Australia/Lord_Howe",
     {1791037800, 1791041400, 1791043200, 1791046800, 1791050400, 1791054000}},
    /* 02:45 to 03:45 leaves three quarters of an hour, then one. */
    {"Pacific/Chatham", {1790428500, 1790431200, 1790432100, 1790435700, 1790439300, 1790442900}},
    {"Pacific/Chatham", {1775308500, 1775311200, 1775312100, 1775315700, 1775319300, 1775322900}},
    {"America/St_Johns", {1143948600, 1143948660, 1143952200, 1143955800, 1143959400, 1143963000}},
    {"America/St_Johns", {1162089000, 1162089060, 1162092600, 1162096200, 1162099800, 1162103400}},
};

static void test_hours(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        civil_zone *zone = zone_of(hours[i].zone);
        bucket_clock clock;
        bucket_clock_init(&clock, zone, CONFIG_BUCKET_HOUR);
        for (size_t k = 0; k + 1 < 6; k++) {
            int64_t start = hours[i].starts[k] * SECOND, next = hours[i].starts[k + 1] * SECOND;
            assert_int_equal(bucket_clock_next(zone, CONFIG_BUCKET_HOUR, start), next);
            assert_int_equal(bucket_clock_start(&clock, start), start);
            assert_int_equal(bucket_clock_start(&clock, next - 1), start);
        }
        civil_zone_free(zone);
    }
}

static int64_t days_from(const char *text)
{
    int32_t day = 0;
    assert_true(civil_parse_date(text, &day));
    return day;
}

typedef struct day_case {
    const char *zone, *day;
    int64_t starts[3]; /* of that day and the two behind it, seconds */
} day_case;

static const day_case days[] = {
    {"UTC", "1969-12-31", {-86400, 0, 86400}},
    {"Europe/Berlin", "2026-03-28", {1774652400, 1774738800, 1774821600}},
    {"America/Sao_Paulo", "2018-11-03", {1541214000, 1541300400, 1541383200}}, /* from 01:00 on */
    /* There was no 30 December 2011. */
    {"Pacific/Apia", "2011-12-29", {1325152800, 1325239200, 1325325600}},
};

static void test_days(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        civil_zone *zone = zone_of(days[i].zone);
        int64_t start = civil_day_start(zone, (int32_t)days_from(days[i].day));
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(start, days[i].starts[k] * SECOND);
            start = bucket_clock_next(zone, CONFIG_BUCKET_DAY, start);
        }
        civil_zone_free(zone);
    }
}

/* Times that share a slot, and times long before 1970: 256 quarters are 64 hours. */
static void test_slots(void **state)
{
    (void)state;
    civil_zone *utc = zone_of("UTC");
    bucket_clock clock;
    bucket_clock_init(&clock, utc, CONFIG_BUCKET_DAY);
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (int64_t k = -2000; k <= 2000; k++) {
            int64_t us = k * 64 * CIVIL_US_PER_HOUR - 1;
            int64_t expected = floor_div(us, CIVIL_US_PER_DAY) * CIVIL_US_PER_DAY;
            assert_int_equal(bucket_clock_start(&clock, us), expected);
            assert_int_equal(bucket_clock_start(&clock, us), expected);
        }
    }
    int32_t first = 0, last = 0;
    assert_true(civil_parse_date("0001-01-01", &first));
    assert_true(civil_parse_date("9999-12-31", &last));
    bucket_clock_init(&clock, utc, CONFIG_BUCKET_HOUR);
    assert_int_equal(bucket_clock_start(&clock, first * CIVIL_US_PER_DAY + 1),
                     first * CIVIL_US_PER_DAY);
    assert_int_equal(bucket_clock_start(&clock, (last + INT64_C(1)) * CIVIL_US_PER_DAY - 1),
                     (last + INT64_C(1)) * CIVIL_US_PER_DAY - CIVIL_US_PER_HOUR);
    civil_zone_free(utc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_of_clocks),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

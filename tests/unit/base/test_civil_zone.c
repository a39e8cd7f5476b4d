/* SPDX-License-Identifier: Apache-2.0
 * test_civil_zone.c - time zones of the system's tz database. Offsets and instants are those that
 * Python's zoneinfo and GNU date give for them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"

static civil_zone *open_zone(const char *name)
{
    civil_zone *zone = NULL;
    gm_error err = {.message = ""};
    if (civil_zone_open(&zone, name, &err) != GM_OK)
        fail_msg("%s: %s", name, err.message);
    assert_string_equal(civil_zone_name(zone), name);
    return zone;
}

static int32_t days_of(const char *text)
{
    int32_t days = 0;
    assert_true(civil_parse_date(text, &days));
    return days;
}

static void test_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t seconds;
        int32_t offset;
    } cases[] = {
        {"Europe/Berlin", INT64_C(-2858630400), 3208},       /* 1879-06-01, local mean time */
        {"Europe/Berlin", INT64_C(-775872000), 10800},       /* 1945-06-01, double summer time */
        {"Europe/Berlin", INT64_C(1774745999), 3600},        /* 2026-03-29T00:59:59Z */
        {"Europe/Berlin", INT64_C(1774746000), 7200},        /* 2026-03-29T01:00:00Z */
        {"Europe/Berlin", INT64_C(1792889999), 7200},        /* 2026-10-25T00:59:59Z */
        {"Europe/Berlin", INT64_C(1792890000), 3600},        /* 2026-10-25T01:00:00Z */
        {"Europe/Berlin", INT64_C(2382480000), 7200},        /* 2045-07-01 */
        {"Europe/Berlin", INT64_C(2395699200), 3600},        /* 2045-12-01 */
        {"Europe/Berlin", INT64_C(2374102799), 3600},        /* 2045-03-26T00:59:59Z */
        {"Europe/Berlin", INT64_C(2374102800), 7200},        /* 2045-03-26T01:00:00Z */
        {"Europe/Berlin", INT64_C(15154736399), 3600},       /* 2450-03-27T00:59:59Z */
        {"Europe/Berlin", INT64_C(15154736400), 7200},       /* 2450-03-27T01:00:00Z */
        {"Europe/Berlin", INT64_C(253386403200), 7200},      /* 9999-07-01 */
        {"Europe/Berlin", INT64_C(253399622400), 3600},      /* 9999-12-01 */
        {"America/New_York", INT64_C(-2717650801), -17762},  /* 1883-11-18T16:59:59Z */
        {"America/New_York", INT64_C(-2717650800), -18000},  /* 1883-11-18T17:00:00Z */
        {"America/New_York", INT64_C(1173596399), -18000},   /* 2007-03-11T06:59:59Z */
        {"America/New_York", INT64_C(1173596400), -14400},   /* 2007-03-11T07:00:00Z */
        {"America/New_York", INT64_C(1793512799), -14400},   /* 2026-11-01T05:59:59Z */
        {"America/New_York", INT64_C(1793512800), -18000},   /* 2026-11-01T06:00:00Z */
        {"America/New_York", INT64_C(2372914799), -18000},   /* 2045-03-12T06:59:59Z */
        {"America/New_York", INT64_C(2372914800), -14400},   /* 2045-03-12T07:00:00Z */
        {"America/New_York", INT64_C(2393474399), -14400},   /* 2045-11-05T05:59:59Z */
        {"America/New_York", INT64_C(2393474400), -18000},   /* 2045-11-05T06:00:00Z */
        {"Asia/Shanghai", INT64_C(-2208988800), 29143},      /* 1900-01-01 */
        {"Asia/Shanghai", INT64_C(523238400), 32400},        /* 1986-08-01 */
        {"Asia/Shanghai", INT64_C(1782864000), 28800},       /* 2026-07-01 */
        {"Asia/Shanghai", INT64_C(2382480000), 28800},       /* 2045-07-01 */
        {"Australia/Lord_Howe", INT64_C(1775314799), 39600}, /* 2026-04-04T14:59:59Z */
        {"Australia/Lord_Howe", INT64_C(1775314800), 37800}, /* 2026-04-04T15:00:00Z */
        {"Australia/Lord_Howe", INT64_C(1791041399), 37800}, /* 2026-10-03T15:29:59Z */
        {"Australia/Lord_Howe", INT64_C(1791041400), 39600}, /* 2026-10-03T15:30:00Z */
        {"Australia/Lord_Howe", INT64_C(2368051200), 39600}, /* 2045-01-15 */
        {"Australia/Lord_Howe", INT64_C(2383689600), 37800}, /* 2045-07-15 */
        {"Africa/Casablanca", INT64_C(1540598400), 3600},    /* 2018-10-27 */
        {"Africa/Casablanca", INT64_C(1557021599), 3600},    /* 2019-05-05T01:59:59Z */
        {"Africa/Casablanca", INT64_C(1557021600), 0},       /* Ramadan */
        {"Africa/Casablanca", INT64_C(1560045600), 3600},    /* 2019-06-09T02:00:00Z */
        {"America/Sao_Paulo", INT64_C(1541300399), -10800},  /* 2018-11-04T02:59:59Z */
        {"America/Sao_Paulo", INT64_C(1541300400), -7200},   /* 2018-11-04T03:00:00Z */
        {"America/Sao_Paulo", INT64_C(1550368799), -7200},   /* 2019-02-17T01:59:59Z */
        {"America/Sao_Paulo", INT64_C(1550368800), -10800},  /* 2019-02-17T02:00:00Z */
        {"Asia/Kolkata", INT64_C(-788918400), 23400},        /* 1945-01-01 */
        {"Asia/Kolkata", INT64_C(1767225600), 19800},        /* 2026-01-01 */
        {"Asia/Kolkata", INT64_C(2366841600), 19800},        /* 2045-01-01 */
        {"Pacific/Apia", INT64_C(1325239199), -36000},       /* 2011-12-30T09:59:59Z */
        {"Pacific/Apia", INT64_C(1325239200), 50400},        /* 2011-12-30T10:00:00Z */
        {"Pacific/Apia", INT64_C(2366841600), 46800},        /* 2045-01-01 */
        {"Europe/Dublin", INT64_C(1768435200), 0},           /* 2026-01-15, negative summer time */
        {"Europe/Dublin", INT64_C(1784073600), 3600},        /* 2026-07-15 */
        {"Europe/Dublin", INT64_C(2383689600), 3600},        /* 2045-07-15 */
        {"Etc/GMT+5", INT64_C(1767225600), -18000},
        {"UTC", INT64_C(1767225600), 0},
        {"Etc/UTC", INT64_C(-99999999999), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_zone *zone = open_zone(cases[i].zone);
        int32_t offset = civil_offset(zone, cases[i].seconds * CIVIL_US_PER_SECOND);
        if (offset != cases[i].offset)
            fail_msg("%s at %lld: %d", cases[i].zone, (long long)cases[i].seconds, offset);
        civil_zone_free(zone);
    }
}

static void test_day_starts(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *date;
        int64_t seconds;
    } cases[] = {
        {"Europe/Berlin", "2026-03-28", INT64_C(1774652400)},
        {"Europe/Berlin", "2026-03-29", INT64_C(1774738800)}, /* 23 hours */
        {"Europe/Berlin", "2026-03-30", INT64_C(1774821600)},
        {"Europe/Berlin", "2026-10-25", INT64_C(1792879200)}, /* 25 hours */
        {"Europe/Berlin", "2026-10-26", INT64_C(1792969200)},
        {"Europe/Berlin", "2045-03-26", INT64_C(2374095600)},
        {"Europe/Berlin", "2045-03-27", INT64_C(2374178400)},
        {"Europe/Berlin", "2045-10-29", INT64_C(2392840800)},
        {"Europe/Berlin", "2045-10-30", INT64_C(2392930800)},
        {"America/New_York", "2026-03-08", INT64_C(1772946000)},
        {"America/New_York", "2026-03-09", INT64_C(1773028800)},
        {"America/New_York", "2026-11-01", INT64_C(1793505600)},
        {"America/New_York", "2026-11-02", INT64_C(1793595600)},
        {"Australia/Lord_Howe", "2026-04-05", INT64_C(1775307600)}, /* 24.5 hours */
        {"Australia/Lord_Howe", "2026-04-06", INT64_C(1775395800)},
        {"Australia/Lord_Howe", "2026-10-04", INT64_C(1791034200)}, /* 23.5 hours */
        {"Australia/Lord_Howe", "2026-10-05", INT64_C(1791118800)},
        {"America/Sao_Paulo", "2018-11-03", INT64_C(1541214000)},
        {"America/Sao_Paulo", "2018-11-04", INT64_C(1541300400)}, /* starts at 01:00 */
        {"America/Sao_Paulo", "2018-11-05", INT64_C(1541383200)},
        {"America/Sao_Paulo", "2019-02-16", INT64_C(1550282400)}, /* 23:00 comes twice */
        {"America/Sao_Paulo", "2019-02-17", INT64_C(1550372400)},
        {"Pacific/Apia", "2011-12-29", INT64_C(1325152800)},
        {"Pacific/Apia", "2011-12-30", INT64_C(1325239200)}, /* was skipped: no hours */
        {"Pacific/Apia", "2011-12-31", INT64_C(1325239200)},
        {"Pacific/Apia", "2012-01-01", INT64_C(1325325600)},
        {"Asia/Kolkata", "2026-06-15", INT64_C(1781461800)},
        {"Asia/Shanghai", "2026-06-15", INT64_C(1781452800)},
        {"Africa/Casablanca", "2019-05-05", INT64_C(1557010800)},
        {"Africa/Casablanca", "2019-05-06", INT64_C(1557100800)},
        {"Africa/Casablanca", "2019-06-09", INT64_C(1560038400)},
        {"Africa/Casablanca", "2019-06-10", INT64_C(1560121200)},
        {"UTC", "2026-06-15", INT64_C(1781481600)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_zone *zone = open_zone(cases[i].zone);
        int32_t day = days_of(cases[i].date);
        int64_t start = civil_day_start(zone, day);
        if (start != cases[i].seconds * CIVIL_US_PER_SECOND)
            fail_msg("%s %s: %lld", cases[i].zone, cases[i].date, (long long)start);
        assert_int_equal(civil_day_of(zone, start - 1) < day, true);
        bool is_skipped = civil_day_start(zone, day + 1) == start;
        assert_int_equal(civil_day_of(zone, start), is_skipped ? day + 1 : day);
        civil_zone_free(zone);
    }
}

static void test_local_times(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *date;
        int32_t hour, minute;
        int64_t seconds;
        bool is_ambiguous;
    } cases[] = {
        {"Europe/Berlin", "2026-03-29", 1, 59, INT64_C(1774745940), false},
        {"Europe/Berlin", "2026-03-29", 2, 0, INT64_C(1774746000), false},  /* gap: as 03:00 */
        {"Europe/Berlin", "2026-03-29", 2, 30, INT64_C(1774747800), false}, /* gap: as 03:30 */
        {"Europe/Berlin", "2026-03-29", 3, 0, INT64_C(1774746000), false},
        {"Europe/Berlin", "2026-10-25", 1, 59, INT64_C(1792886340), false},
        {"Europe/Berlin", "2026-10-25", 2, 0, INT64_C(1792886400), true},
        {"Europe/Berlin", "2026-10-25", 2, 59, INT64_C(1792889940), true},
        {"Europe/Berlin", "2026-10-25", 3, 0, INT64_C(1792893600), false},
        {"Europe/Berlin", "2045-10-29", 2, 30, INT64_C(2392849800), true},
        {"Australia/Lord_Howe", "2026-04-05", 1, 45, INT64_C(1775313900), true},
        {"Australia/Lord_Howe", "2026-04-05", 1, 15, INT64_C(1775312100), false},
        {"America/Sao_Paulo", "2018-11-04", 0, 0, INT64_C(1541300400), false},
        {"America/Sao_Paulo", "2019-02-16", 23, 30, INT64_C(1550367000), true},
        {"Pacific/Apia", "2011-12-30", 12, 0, INT64_C(1325282400), false}, /* no such day */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_zone *zone = open_zone(cases[i].zone);
        int64_t local = days_of(cases[i].date) * CIVIL_US_PER_DAY +
                        cases[i].hour * CIVIL_US_PER_HOUR + cases[i].minute * INT64_C(60000000);
        bool is_ambiguous = !cases[i].is_ambiguous;
        int64_t us = civil_from_local(zone, local, &is_ambiguous);
        if (us != cases[i].seconds * CIVIL_US_PER_SECOND || is_ambiguous != cases[i].is_ambiguous)
            fail_msg("%zu: %lld %d", i, (long long)us, is_ambiguous);
        assert_int_equal(civil_from_local(zone, local, NULL), us);
        civil_zone_free(zone);
    }
}

/* Offsets, days and local times must agree with each other around every change of 60 years. */
static void test_agreement(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin",       "America/New_York", "Africa/Cairo",
                                        "Australia/Lord_Howe", "Asia/Kathmandu",   "Pacific/Apia",
                                        "America/Sao_Paulo",   "Asia/Pyongyang",   "UTC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        civil_zone *zone = open_zone(names[i]);
        int64_t last_start = INT64_MIN;
        for (int64_t us = 0; us < 60 * 365 * CIVIL_US_PER_DAY; us += 7 * CIVIL_US_PER_HOUR + 1) {
            int64_t local = us + civil_offset(zone, us) * CIVIL_US_PER_SECOND;
            bool is_ambiguous;
            int64_t back = civil_from_local(zone, local, &is_ambiguous);
            assert_true(back == us || (is_ambiguous && back < us));
            int32_t day = civil_day_of(zone, us);
            assert_int_equal(day, local / CIVIL_US_PER_DAY - (local % CIVIL_US_PER_DAY < 0));
            assert_true(civil_day_start(zone, day) <= us);
            assert_true(civil_day_start(zone, day + 1) > us);
            int64_t start = civil_hour_start(zone, us);
            assert_true(start <= us && us - start < CIVIL_US_PER_HOUR);
            assert_true(start >= last_start);
            assert_int_equal(civil_hour_start(zone, start), start);
            last_start = start;
        }
        civil_zone_free(zone);
    }
}

static void test_hours(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t seconds, start;
    } cases[] = {
        {"UTC", 7199, 3600},
        {"UTC", 7200, 7200},
        {"UTC", -1, -3600},
        {"Asia/Kolkata", INT64_C(1767225600), INT64_C(1767223800)}, /* 05:30 lies in 05:00 */
        {"Asia/Kolkata", INT64_C(1767227400), INT64_C(1767227400)},
        {"Europe/Berlin", INT64_C(1792888200), INT64_C(1792886400)}, /* 02:30, the first */
        {"Europe/Berlin", INT64_C(1792891800), INT64_C(1792890000)}, /* 02:30, the second */
        {"Europe/Berlin", INT64_C(1774746001), INT64_C(1774746000)}, /* 03:00:01 after the gap */
        /* 01:30 to 02:00 comes twice: the second is a bucket of half an hour. */
        {"Australia/Lord_Howe", INT64_C(1775314799), INT64_C(1775311200)},
        {"Australia/Lord_Howe", INT64_C(1775314800), INT64_C(1775314800)},
        {"Australia/Lord_Howe", INT64_C(1775316599), INT64_C(1775314800)},
        {"Australia/Lord_Howe", INT64_C(1775316600), INT64_C(1775316600)},
        /* 02:00 to 02:30 does not come: the hour has half its length. */
        {"Australia/Lord_Howe", INT64_C(1791041399), INT64_C(1791037800)},
        {"Australia/Lord_Howe", INT64_C(1791041400), INT64_C(1791041400)},
        {"Australia/Lord_Howe", INT64_C(1791043199), INT64_C(1791041400)},
        {"Australia/Lord_Howe", INT64_C(1791043200), INT64_C(1791043200)},
        /* 1972-01-07: 00:00:00 became 00:44:30. */
        {"Africa/Monrovia", INT64_C(63593069), INT64_C(63589470)},
        {"Africa/Monrovia", INT64_C(63593070), INT64_C(63593070)},
        /* 1916-07-28: 00:01:00 became 00:26:08 within the hour, which stays one. */
        {"Europe/Athens", INT64_C(-1686101633), INT64_C(-1686101692)},
        {"Europe/Athens", INT64_C(-1686101632), INT64_C(-1686101692)},
        {"Europe/Athens", INT64_C(-1686099601), INT64_C(-1686101692)},
        {"Europe/Athens", INT64_C(-1686099600), INT64_C(-1686099600)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_zone *zone = open_zone(cases[i].zone);
        int64_t start = civil_hour_start(zone, cases[i].seconds * CIVIL_US_PER_SECOND);
        if (start != cases[i].start * CIVIL_US_PER_SECOND)
            fail_msg("%s at %lld: %lld", cases[i].zone, (long long)cases[i].seconds,
                     (long long)start);
        civil_zone_free(zone);
    }
}

/* The ends of int64 are cut to, not computed beyond (the sanitizers watch). */
static void test_extremes(void **state)
{
    (void)state;
    static const char *const names[] = {"UTC", "Pacific/Apia", "America/New_York"};
    static const int64_t instants[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        civil_zone *zone = open_zone(names[i]);
        for (size_t k = 0; k < sizeof instants / sizeof instants[0]; k++) {
            int32_t offset = civil_offset(zone, instants[k]);
            assert_true(offset > -86400 && offset < 86400);
            int32_t day = civil_day_of(zone, instants[k]);
            assert_true(day < 0 ? day < -106751000 : day > 106751000);
            assert_true(civil_hour_start(zone, instants[k]) <= instants[k]);
            (void)civil_from_local(zone, instants[k], NULL);
        }
        assert_int_equal(civil_day_start(zone, INT32_MIN), INT64_MIN);
        assert_int_equal(civil_day_start(zone, INT32_MAX), INT64_MAX);
        civil_zone_free(zone);
    }
    civil_zone_free(NULL);
}

static void test_unknown_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *expected;
    } cases[] = {
        {"Europe/Berlim", "did you mean 'Europe/Berlin'?"},
        {"europe/berlin", "did you mean 'Europe/Berlin'?"},
        {"Berlin", "did you mean 'Europe/Berlin'?"},
        {"new_york", "did you mean 'America/New_York'?"},
        {"Asia/Calcuta", "did you mean 'Asia/Calcutta'?"},
        {"", "unknown time zone ''"},
        {"Nowhere/At_All_Really", "not found in "},
        {"/usr/share/zoneinfo/UTC", "unknown time zone"},
        {"../zoneinfo/Europe/Berlin", "unknown time zone"},
        {"Europe/../Europe/Berlin", "unknown time zone"},
        {"Europe", "unknown time zone 'Europe'"},
        {"Europe/Berlin\n", "did you mean 'Europe/Berlin'?"},
        {"tzdata.zi", "cannot be used: not a compiled time zone"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_zone *zone = NULL;
        gm_error err = {.message = ""};
        assert_int_equal(civil_zone_open(&zone, cases[i].name, &err), GM_E_CONFIG);
        assert_null(zone);
        if (strstr(err.message, cases[i].expected) == NULL)
            fail_msg("'%s': %s", cases[i].name, err.message);
        assert_int_equal(civil_zone_open(&zone, cases[i].name, NULL), GM_E_CONFIG);
    }
}

static void write_file(const char *folder, const char *name, const void *p, size_t n)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(p, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void test_other_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_civil_zone.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(setenv("TZDIR", folder, 1), 0);
    civil_zone *zone = NULL;
    gm_error err = {.message = ""};
    /* No database at all: UTC works, nothing else, and nothing is suggested. */
    assert_int_equal(civil_zone_open(&zone, "UTC", &err), GM_OK);
    assert_int_equal(civil_day_start(zone, 1), CIVIL_US_PER_DAY);
    civil_zone_free(zone);
    zone = NULL;
    assert_int_equal(civil_zone_open(&zone, "Europe/Berlin", &err), GM_E_CONFIG);
    assert_non_null(strstr(err.message, folder));
    /* An index of the older kind. */
    static const char tab[] = "# comment\nDE\t+5230+01322\tEurope/Berlin\tmost\nXX\n";
    write_file(folder, "zone1970.tab", tab, sizeof tab - 1);
    assert_int_equal(civil_zone_open(&zone, "Europe/Berlim", &err), GM_E_CONFIG);
    assert_non_null(strstr(err.message, "did you mean 'Europe/Berlin'?"));
    /* The ceiling: what is larger is no zone. */
    size_t max = (size_t)256 << 10;
    char *large = calloc(1, max + 1);
    assert_non_null(large);
    write_file(folder, "Large", large, max + 1);
    assert_int_equal(civil_zone_open(&zone, "Large", &err), GM_E_CONFIG);
    assert_non_null(strstr(err.message, "too large"));
    write_file(folder, "Large", large, max);
    assert_int_equal(civil_zone_open(&zone, "Large", &err), GM_E_CONFIG);
    assert_non_null(strstr(err.message, "not a compiled time zone"));
    free(large);
    assert_int_equal(unsetenv("TZDIR"), 0);
    char path[256];
    static const char *const names[] = {"Large", "zone1970.tab"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets),       cmocka_unit_test(test_day_starts),
        cmocka_unit_test(test_local_times),   cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_hours),         cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_unknown_names), cmocka_unit_test(test_other_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

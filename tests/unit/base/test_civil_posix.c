/* SPDX-License-Identifier: Apache-2.0
 * test_civil_posix.c - POSIX TZ rules. The instants are those at which GNU date (glibc) changes its
 * offset when TZ is the rule. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/civil_posix.h"

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t standard, summer, year;
        int64_t to_summer, to_standard;
    } cases[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200, 2045, 2374102800, 2392851600},
        {"EST5EDT,M3.2.0,M11.1.0", -18000, -14400, 2045, 2372914800, 2393474400},
        {"IST-2IDT,M3.4.4/26,M10.5.0", 7200, 10800, 2045, 2373926400, 2392844400},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", 7200, 10800, 2045, 2374012800, 2392758000},
        {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -10800, -7200, 2021, 1616893200, 1635642000},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, 39600, 2026, 1791041400, 1775314800},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0, 2026, 1792890000, 1774746000},
        {"AAA-1BBB,J60,J300", 3600, 7200, 2027, 1803862800, 1824595200},
        {"AAA-1BBB,J60,J300", 3600, 7200, 2028, 1835485200, 1856217600},
        {"AAA-1BBB,59,300/4:30:15", 3600, 7200, 2027, 1803862800, 1824690615},
        {"AAA-1BBB,59,300/4:30:15", 3600, 7200, 2028, 1835398800, 1856226615},
        /* By hand: 2026-12-31T23:00-04:30 lies in 2027 in UTC, where glibc has changed the year. */
        {"AAA5BBB4:30,J1/0,J365/23", -18000, -16200, 2026, 1767243600, 1798774200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_posix rule;
        int64_t to_summer, to_standard;
        if (!civil_posix_parse(&rule, cases[i].text, strlen(cases[i].text)))
            fail_msg("'%s' was refused", cases[i].text);
        assert_true(rule.has_summer);
        assert_int_equal(rule.standard, cases[i].standard);
        assert_int_equal(rule.summer, cases[i].summer);
        civil_posix_year(&rule, cases[i].year, &to_summer, &to_standard);
        if (to_summer != cases[i].to_summer || to_standard != cases[i].to_standard)
            fail_msg("'%s' %d: %lld %lld", cases[i].text, cases[i].year, (long long)to_summer,
                     (long long)to_standard);
    }
}

static void test_fixed_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t offset;
    } cases[] = {
        {"UTC0", 0},           {"<+0545>-5:45", 20700}, {"<-12>12", -43200},     {"EST+5", -18000},
        {"LMT-0:53:28", 3208}, {"abc24:59:59", -89999}, {"abc-25:59:59", 93599},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_posix rule;
        assert_true(civil_posix_parse(&rule, cases[i].text, strlen(cases[i].text)));
        assert_false(rule.has_summer);
        assert_int_equal(rule.standard, cases[i].offset);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "CET",
        "CE-1",
        "<>0",
        "<CET-1",
        "CET-1x",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,M3.5.0,M10.5.0,",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET-1CEST,0,366",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0/-168,M10.5.0",
        "CET-1CEST,M3.5.0/2:60,M10.5.0",
        "CET-1CEST,M3.5.0/,M10.5.0",
        "CET-1CEST,M99999999999.5.0,M10.5.0",
        "CET-26",
        "CET25",
        "CET--1",
        "CET-1:",
        ":Europe/Berlin",
        "CET-25:30CEST,M3.5.0,M10.5.0",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_posix rule;
        if (civil_posix_parse(&rule, cases[i], strlen(cases[i])))
            fail_msg("'%s' was taken", cases[i]);
    }
    /* The limits themselves are taken. */
    static const char *const taken[] = {"CET-1CEST,0,365", "CET-1CEST,J1,J365",
                                        "CET-1CEST,M3.5.0/167,M10.1.6/-167",
                                        "CET-1CEST,M12.5.6/2:59:59,M1.1.0/+0"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        civil_posix rule;
        if (!civil_posix_parse(&rule, taken[i], strlen(taken[i])))
            fail_msg("'%s' was refused", taken[i]);
        for (size_t n = 0; n < strlen("CET-1CEST,0,365"); n++) { /* and every cut is safe */
            civil_posix part;
            (void)civil_posix_parse(&part, taken[i], n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_fixed_offsets),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

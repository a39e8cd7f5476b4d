/* SPDX-License-Identifier: Apache-2.0
 * test_timestamp.c - instants from text. Figures are those of Python's datetime; some texts are the
 * examples of RFC 3339, section 5.8. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/timestamp.h"

static civil_zone *zone_of(const char *name)
{
    civil_zone *zone = NULL;
    assert_int_equal(civil_zone_open(&zone, name, NULL), GM_OK);
    return zone;
}

typedef struct text_case {
    const char *text;
    int64_t us;
} text_case;

static void check_all(const text_case *cases, size_t n, timestamp_format format,
                      const civil_zone *zone)
{
    timestamp_parser kept = {.format = format, .zone = zone};
    for (size_t i = 0; i < n; i++) {
        timestamp_parser fresh = {.format = format, .zone = zone};
        int64_t us = 42;
        bool ok = timestamp_parse(&fresh, cases[i].text, strlen(cases[i].text), &us);
        if (!ok || us != cases[i].us)
            fail_msg("'%s': %d %lld", cases[i].text, ok, (long long)us);
        us = 42;
        assert_true(timestamp_parse(&kept, cases[i].text, strlen(cases[i].text), &us));
        assert_int_equal(us, cases[i].us);
    }
}

static void test_rfc3339(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"2026-11-21T10:00:00Z", INT64_C(1795255200000000)},
        {"2026-11-21t10:00:00z", INT64_C(1795255200000000)},
        {"2026-11-21 10:00:00Z", INT64_C(1795255200000000)},
        {"2026-11-21T10:00:00+00:00", INT64_C(1795255200000000)},
        {"2026-11-21T10:00:00-00:00", INT64_C(1795255200000000)},
        {"2026-11-21T10:00:00+01:00", INT64_C(1795251600000000)},
        {"2026-11-21T10:00:00+0100", INT64_C(1795251600000000)},
        {"2026-11-21T10:00:00+01", INT64_C(1795251600000000)},
        {"2026-11-21T10:00Z", INT64_C(1795255200000000)},
        {"2026-11-21T10:00+01:00", INT64_C(1795251600000000)},
        {"2026-11-21T10:00:00.123456-05:30", INT64_C(1795275000123456)},
        {"2026-11-21T10:00:00,5Z", INT64_C(1795255200500000)},
        {"2026-11-21T10:00:00.1Z", INT64_C(1795255200100000)},
        {"2026-11-21T10:00:00.000001Z", INT64_C(1795255200000001)},
        {"2026-11-21T10:00:00.1234567Z", INT64_C(1795255200123456)},
        {"2026-11-21T10:00:00.999999999999Z", INT64_C(1795255200999999)},
        {"1985-04-12T23:20:50.52Z", INT64_C(482196050520000)},
        {"1996-12-19T16:39:57-08:00", INT64_C(851042397000000)},
        {"1990-12-31T23:59:60Z", INT64_C(662688000000000)},
        {"1990-12-31T15:59:60-08:00", INT64_C(662688000000000)},
        {"1990-12-31T23:59:60.5Z", INT64_C(662688000500000)},
        {"1937-01-01T12:00:27.87+00:20", INT64_C(-1041337172130000)},
        {"1969-12-31T23:59:59.5Z", -500000},
        {"1969-12-31T23:59:60Z", 0},
        {"2024-02-29T12:00:00+14:00", INT64_C(1709157600000000)},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000000)},
        {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
        {"2026-11-21T10:00:00+23:59", INT64_C(1795168860000000)},
    };
    check_all(cases, sizeof cases / sizeof cases[0], TIMESTAMP_RFC3339, NULL);
    check_all(cases, sizeof cases / sizeof cases[0], TIMESTAMP_AUTO, NULL);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026",
        "2026-11-21", /* no zone */
        "2026-11-21T10:00:00",
        "2026-11-21 10:00",
        "2026-11-21T",
        "2026-11-21T10",
        "2026-11-21T10:0",
        "2026-11-21T10:00:",
        "2026-11-21T10:00:0",
        "2026-11-21T10:00:0Z",
        "2026-11-21T10:00:00.",
        "2026-11-21T10:00:00.Z",
        "2026-11-21T10:00:00ZZ",
        "2026-11-21T10:00:00Z ",
        " 2026-11-21T10:00:00Z",
        "2026-11-21T10:00:00 Z",
        "2026-11-21T10:00:00 +01:00",
        "2026-11-21X10:00:00Z",
        "2026-11-21  10:00:00Z",
        "2026/11/21T10:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T23:60:00Z",
        "2026-11-21T23:59:61Z",
        "2026-11-21T10.00.00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-00T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01", /* in UTC the year before 1 */
        "9999-12-31T23:59:59-00:01", /* and after 9999 */
        "9999-12-31T23:59:60Z",
        "2026-11-21T10:00:00+24:00",
        "2026-11-21T10:00:00+01:60",
        "2026-11-21T10:00:00+1",
        "2026-11-21T10:00:00+1:00",
        "2026-11-21T10:00:00+001",
        "2026-11-21T10:00:00+01:0",
        "2026-11-21T10:00:00+01-00",
        "2026-11-21T10:00:00+01:000",
        "2026-11-21T10:00:00\342\210\22201:00", /* a minus sign, but not this one */
        "-026-11-21T10:00:00Z",
        "+2026-11-21T10:00:00Z",
        "20261121T100000Z",
        "2026-11-2 T10:00:00Z",
        "2026-11-21T1o:00:00Z",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        timestamp_parser p = {.format = TIMESTAMP_RFC3339};
        int64_t us = 42;
        size_t n = strlen(cases[i]);
        char *copy = mem_alloc(n); /* not a byte more to read */
        memcpy(copy, cases[i], n);
        if (timestamp_parse(&p, copy, n, &us))
            fail_msg("'%s' was taken as %lld", cases[i], (long long)us);
        assert_int_equal(us, 42);
        mem_free(copy);
    }
    timestamp_parser p = {.format = TIMESTAMP_RFC3339};
    int64_t us;
    assert_true(timestamp_parse(&p, "2000-02-29T00:00:00Z", 20, &us));
    assert_true(timestamp_parse(&p, "2028-02-29T00:00:00Z", 20, &us));
    assert_false(timestamp_parse(&p, "1763719200", 10, &us));
}

static void test_without_zone(void **state)
{
    (void)state;
    static const text_case berlin[] = {
        {"2026-11-21T10:00:00", INT64_C(1795251600000000)},
        {"2026-11-21 10:00:00.25", INT64_C(1795251600250000)},
        {"2026-11-21 10:00", INT64_C(1795251600000000)},
        {"2026-11-21", INT64_C(1795215600000000)},
        {"2026-07-01T00:00:00", INT64_C(1782856800000000)},
        {"2026-03-29T02:30:00", INT64_C(1774747800000000)},  /* gap: 03:30 summer time */
        {"2026-11-21T10:00:00Z", INT64_C(1795255200000000)}, /* its own zone wins */
    };
    static const text_case sao_paulo[] = {
        {"2018-11-04", INT64_C(1541300400000000)}, /* the day starts at 01:00 */
        {"2018-11-04 00:00:00", INT64_C(1541300400000000)},
    };
    civil_zone *zone = zone_of("Europe/Berlin");
    check_all(berlin, sizeof berlin / sizeof berlin[0], TIMESTAMP_AUTO, zone);
    timestamp_parser p = {.format = TIMESTAMP_AUTO, .zone = zone};
    int64_t us;
    assert_true(timestamp_parse(&p, "2026-10-25 02:30:00", 19, &us)); /* came twice */
    assert_int_equal(us, INT64_C(1792888200000000));
    assert_int_equal(p.n_ambiguous, 1);
    assert_true(timestamp_parse(&p, "2026-10-25 02:30:01", 19, &us)); /* the minute is remembered */
    assert_int_equal(p.n_ambiguous, 2);
    assert_true(timestamp_parse(&p, "2026-10-25T02:30:00+01:00", 25, &us));
    assert_true(timestamp_parse(&p, "2026-10-25 03:00:00", 19, &us));
    assert_int_equal(p.n_ambiguous, 2);
    assert_false(timestamp_parse(&p, "2026-02-30", 10, &us));
    civil_zone_free(zone);
    zone = zone_of("America/Sao_Paulo");
    check_all(sao_paulo, sizeof sao_paulo / sizeof sao_paulo[0], TIMESTAMP_RFC3339, zone);
    civil_zone_free(zone);
}

static void test_epochs(void **state)
{
    (void)state;
    static const text_case seconds[] = {
        {"0", 0},
        {"-0", 0},
        {"1763719200", INT64_C(1763719200000000)},
        {"+1763719200", INT64_C(1763719200000000)},
        {"1763719200.5", INT64_C(1763719200500000)},
        {"1763719200.1234569", INT64_C(1763719200123456)},
        {"-0.5", -500000},
        {"-86400", INT64_C(-86400000000)},
        {"253402300799.999999", INT64_C(253402300799999999)},
        {"-62135596800", INT64_C(-62135596800000000)},
    };
    static const text_case milliseconds[] = {
        {"1763719200123", INT64_C(1763719200123000)},
        {"1763719200123.4567", INT64_C(1763719200123456)},
        {"-1", -1000},
    };
    static const text_case microseconds[] = {
        {"1763719200123456", INT64_C(1763719200123456)},
        {"1763719200123456.9", INT64_C(1763719200123456)},
        {"7", 7},
    };
    static const text_case by_size[] = {
        {"1763719200", INT64_C(1763719200000000)},
        {"1763719200.25", INT64_C(1763719200250000)},
        {"1763719200123", INT64_C(1763719200123000)},
        {"1763719200123456", INT64_C(1763719200123456)},
        {"1763719200123456789", INT64_C(1763719200123456)},
        {"99999999999", INT64_C(99999999999000000)},       /* still seconds */
        {"100000000000", INT64_C(100000000000000)},        /* milliseconds */
        {"99999999999999", INT64_C(99999999999999000)},    /* still milliseconds */
        {"100000000000000", INT64_C(100000000000000)},     /* microseconds */
        {"99999999999999999", INT64_C(99999999999999999)}, /* still microseconds */
        {"100000000000000000", INT64_C(100000000000000)},  /* nanoseconds */
        {"-86400", INT64_C(-86400000000)},
        {"-100000000000", INT64_C(-100000000000000)},
    };
    check_all(seconds, sizeof seconds / sizeof seconds[0], TIMESTAMP_EPOCH_S, NULL);
    check_all(milliseconds, sizeof milliseconds / sizeof milliseconds[0], TIMESTAMP_EPOCH_MS, NULL);
    check_all(microseconds, sizeof microseconds / sizeof microseconds[0], TIMESTAMP_EPOCH_US, NULL);
    check_all(by_size, sizeof by_size / sizeof by_size[0], TIMESTAMP_AUTO, NULL);
}

static void test_epochs_refused(void **state)
{
    (void)state;
    static const struct {
        timestamp_format format;
        const char *text;
    } cases[] = {
        {TIMESTAMP_EPOCH_S, ""},
        {TIMESTAMP_EPOCH_S, "-"},
        {TIMESTAMP_EPOCH_S, "1."},
        {TIMESTAMP_EPOCH_S, ".5"},
        {TIMESTAMP_EPOCH_S, "1.5.2"},
        {TIMESTAMP_EPOCH_S, "1e9"},
        {TIMESTAMP_EPOCH_S, "1,5"},
        {TIMESTAMP_EPOCH_S, "12x"},
        {TIMESTAMP_EPOCH_S, "0x10"},
        {TIMESTAMP_EPOCH_S, "253402300800"},
        {TIMESTAMP_EPOCH_S, "-62135596801"},
        {TIMESTAMP_EPOCH_S, "18446744073709.6"}, /* wraps when counted in 64 bits */
        {TIMESTAMP_EPOCH_S, "18446744073709.999999"},
        {TIMESTAMP_EPOCH_MS, "18446744073709551.9"},
        {TIMESTAMP_EPOCH_S, "99999999999999999999999999"},
        {TIMESTAMP_EPOCH_US, "253402300800000000"},
        {TIMESTAMP_EPOCH_US, "18446744073709551616"},
        {TIMESTAMP_EPOCH_S, "2026-11-21T10:00:00Z"},
        {TIMESTAMP_AUTO, "99999999999999999999999999"},
        {TIMESTAMP_AUTO, "yesterday at noon"},
        {TIMESTAMP_AUTO, "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        timestamp_parser p = {.format = cases[i].format};
        int64_t us = 42;
        if (timestamp_parse(&p, cases[i].text, strlen(cases[i].text), &us))
            fail_msg("'%s' was taken as %lld", cases[i].text, (long long)us);
        assert_int_equal(us, 42);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Texts of few different minutes, some of them damaged: what the parser remembers must not show. */
static void test_memory_never_shows(void **state)
{
    (void)state;
    static const char *const tails[] = {"",        ":07",    ":07Z",      ":60Z",   ":61Z",
                                        ":07.25Z", ":59+02", ":59-03:30", ":5Z",    "Z",
                                        ":07.Z",   "+01:00", ":07+25:00", ":30,125"};
    civil_zone *zone = zone_of("Europe/Berlin");
    timestamp_parser kept = {.format = TIMESTAMP_AUTO, .zone = zone};
    uint64_t seed = 1, n_ambiguous = 0, n_taken = 0;
    for (int i = 0; i < 200000; i++) {
        uint64_t r = next_random(&seed);
        char text[64];
        int n = snprintf(
            text, sizeof text, "2026-%02u-%02u%c%02u:%02u%s", 10 + (unsigned)(r & 3) / 3,
            25 + (unsigned)(r >> 2 & 7) / 4, r >> 5 & 7 ? 'T' : ' ', 2 + (unsigned)(r >> 8 & 1),
            (unsigned)(r >> 9 & 3) / 3 * 59, tails[(r >> 12) % (sizeof tails / sizeof tails[0])]);
        if ((r >> 20 & 15) == 0)
            text[(r >> 24) % (unsigned)n] = "0189-:TZx "[(r >> 32) % 10];
        if ((r >> 40 & 63) == 0)
            n = (int)((r >> 48) % (unsigned)n);
        timestamp_parser fresh = {.format = TIMESTAMP_AUTO, .zone = zone};
        int64_t us = 0, expected = 0;
        bool ok = timestamp_parse(&kept, text, (size_t)n, &us);
        bool expected_ok = timestamp_parse(&fresh, text, (size_t)n, &expected);
        if (ok != expected_ok || us != expected)
            fail_msg("'%.*s': %d %lld, not %d %lld", n, text, ok, (long long)us, expected_ok,
                     (long long)expected);
        n_ambiguous += fresh.n_ambiguous;
        n_taken += ok;
    }
    assert_int_equal(kept.n_ambiguous, n_ambiguous);
    assert_true(n_ambiguous > 1000);
    assert_true(n_taken > 50000 && n_taken < 180000);
    civil_zone_free(zone);
}

static void test_format(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t us;
        const char *text;
    } cases[] = {
        {NULL, 0, "1970-01-01T00:00:00Z"},
        {NULL, -1, "1969-12-31T23:59:59.999999Z"},
        {NULL, INT64_C(1795255200000000), "2026-11-21T10:00:00Z"},
        {NULL, INT64_C(1795255200500000), "2026-11-21T10:00:00.5Z"},
        {NULL, INT64_C(1795255200000010), "2026-11-21T10:00:00.00001Z"},
        {NULL, INT64_C(-62135596800000000), "0001-01-01T00:00:00Z"},
        {NULL, INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z"},
        {"UTC", INT64_C(1795255200000000), "2026-11-21T10:00:00Z"},
        {"Europe/Berlin", INT64_C(1795255200000000), "2026-11-21T11:00:00+01:00"},
        {"Europe/Berlin", INT64_C(1792888200000000), "2026-10-25T02:30:00+02:00"},
        {"Europe/Berlin", INT64_C(1792891800000000), "2026-10-25T02:30:00+01:00"},
        {"Asia/Kolkata", INT64_C(1795255200123000), "2026-11-21T15:30:00.123+05:30"},
        {"America/New_York", INT64_C(1795255200000000), "2026-11-21T05:00:00-05:00"},
        {"America/New_York", INT64_C(-2717650801000000), "1883-11-18T12:03:59-04:56"},
        {"Pacific/Apia", INT64_C(253402300799000000), "10000-01-01T12:59:59+13:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        civil_zone *zone = cases[i].zone == NULL ? NULL : zone_of(cases[i].zone);
        char text[TIMESTAMP_SIZE];
        timestamp_format_rfc3339(cases[i].us, zone, text);
        assert_string_equal(text, cases[i].text);
        timestamp_parser p = {.format = TIMESTAMP_RFC3339};
        int64_t us = 42;
        if (text[4] == '-') {
            assert_true(timestamp_parse(&p, text, strlen(text), &us));
            assert_int_equal(us, cases[i].us);
        }
        civil_zone_free(zone);
    }
    char text[TIMESTAMP_SIZE];
    timestamp_format_rfc3339(INT64_MIN, NULL, text); /* fits */
    timestamp_format_rfc3339(INT64_MAX, NULL, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc3339),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_without_zone),   cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_epochs_refused), cmocka_unit_test(test_memory_never_shows),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

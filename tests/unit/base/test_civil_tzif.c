/* SPDX-License-Identifier: Apache-2.0
 * test_civil_tzif.c - TZif files built by hand after RFC 8536, whole, cut and damaged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "base/civil_tzif.h"
#include "base/mem.h"

static void put_be(bytes *b, uint64_t v, unsigned width)
{
    for (unsigned i = width; i > 0; i--)
        bytes_u8(b, (uint8_t)(v >> (8 * (i - 1))));
}

static void put_header(bytes *b, char version, uint32_t n_leap, uint32_t n_times, uint32_t n_types)
{
    static const uint8_t reserved[15] = {0};
    bytes_put(b, "TZif", 4);
    bytes_u8(b, (uint8_t)version);
    bytes_put(b, reserved, sizeof reserved);
    const uint32_t counts[] = {n_types, n_types, n_leap, n_times, n_types, 4};
    for (size_t i = 0; i < 6; i++)
        put_be(b, counts[i], 4);
}

typedef struct change {
    int64_t at;
    uint8_t type;
} change;

static void put_block(bytes *b, unsigned width, uint32_t n_leap, const change *changes, size_t n,
                      const int32_t *offsets, size_t n_types)
{
    for (size_t i = 0; i < n; i++)
        put_be(b, (uint64_t)changes[i].at, width);
    for (size_t i = 0; i < n; i++)
        bytes_u8(b, changes[i].type);
    for (size_t i = 0; i < n_types; i++) {
        put_be(b, (uint32_t)offsets[i], 4);
        put_be(b, 0, 2); /* no summer time, first name */
    }
    bytes_put(b, "ABC", 4);
    for (uint32_t i = 0; i < n_leap; i++) {
        put_be(b, 0, width);
        put_be(b, 0, 4);
    }
    for (size_t i = 0; i < 2 * n_types; i++)
        bytes_u8(b, 0);
}

static const change changes[] = {{INT64_C(-4000000000), 1}, {0, 2}, {1000, 2}, {5000, 1}};
static const int32_t offsets[] = {-1234, 3600, 7200};
enum { N_CHANGES = 4, N_TYPES = 3 };

/* A version 2 file with an empty first block and this footer. */
static void put_v2(bytes *b, const change *list, size_t n, const char *footer)
{
    put_header(b, '2', 0, 0, 1);
    put_block(b, 4, 0, NULL, 0, offsets, 1);
    put_header(b, '2', 0, (uint32_t)n, N_TYPES);
    put_block(b, 8, 0, list, n, offsets, N_TYPES);
    bytes_printf(b, "\n%s\n", footer);
}

static int32_t offset_at(const civil_tzif *z, int64_t at)
{
    int32_t offset = z->first_offset;
    for (size_t i = 0; i < z->n && z->at[i] <= at; i++)
        offset = z->offsets[i];
    return offset;
}

static void test_version_1(void **state)
{
    (void)state;
    static const change short_changes[] = {{-1000, 1}, {0, 2}};
    bytes b;
    civil_tzif z;
    bytes_init(&b, 4096);
    put_header(&b, 0, 0, 2, N_TYPES);
    put_block(&b, 4, 0, short_changes, 2, offsets, N_TYPES);
    assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
    assert_int_equal(z.n, 2);
    assert_int_equal(z.at[0], -1000);
    assert_int_equal(offset_at(&z, -1001), -1234);
    assert_int_equal(offset_at(&z, -1000), 3600);
    assert_int_equal(offset_at(&z, 0), 7200);
    assert_true(z.cycle_end == INT64_MAX);
    civil_tzif_deinit(&z);
    bytes_deinit(&b);
}

static void test_version_2(void **state)
{
    (void)state;
    bytes b;
    civil_tzif z;
    bytes_init(&b, 4096);
    put_v2(&b, changes, N_CHANGES, "");
    assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
    assert_int_equal(z.n, 3); /* the one that changes no offset is left out */
    assert_int_equal(z.at[0], INT64_C(-4000000000));
    assert_int_equal(z.at[2], 5000);
    assert_int_equal(offset_at(&z, 4999), 7200);
    assert_int_equal(offset_at(&z, INT64_MAX), 3600);
    civil_tzif_deinit(&z);
    bytes_deinit(&b);
}

static void test_footers(void **state)
{
    (void)state;
    static const struct {
        const char *footer;
        int64_t at;
        int32_t offset;
    } cases[] = {
        {"CET-1", INT64_C(2374102800), 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", INT64_C(2374102799), 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", INT64_C(2374102800), 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", INT64_C(2392851599), 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", INT64_C(2392851600), 3600},
        /* Summer time all year long (RFC 8536, section 3.3.1). */
        {"EST5EDT,0/0,J365/25", INT64_C(2374102800), -14400},
        {"EST5EDT,0/0,J365/25", INT64_C(2398395600) - 1, -14400}, /* at the turn of the year */
        {"EST5EDT,0/0,J365/25", INT64_C(2398395600), -14400},
        {"EST5EDT,0/0,J365/25", INT64_C(2398399200), -14400},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", INT64_C(2374012799), 7200},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", INT64_C(2374012800), 10800},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes b;
        civil_tzif z;
        bytes_init(&b, 4096);
        put_v2(&b, changes, N_CHANGES, cases[i].footer);
        assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
        if (offset_at(&z, cases[i].at) != cases[i].offset)
            fail_msg("'%s' at %lld: %d", cases[i].footer, (long long)cases[i].at,
                     offset_at(&z, cases[i].at));
        assert_int_equal(offset_at(&z, -1), 3600); /* what was is not touched */
        for (size_t k = 1; k < z.n; k++)
            assert_true(z.at[k] > z.at[k - 1]);
        civil_tzif_deinit(&z);
        /* Without any change the rule holds for all times. */
        bytes_clear(&b);
        put_v2(&b, NULL, 0, cases[i].footer);
        assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
        int64_t at = cases[i].at;
        while (at >= z.cycle_end)
            at -= CIVIL_CYCLE_SECONDS;
        assert_int_equal(offset_at(&z, at), cases[i].offset);
        civil_tzif_deinit(&z);
        bytes_deinit(&b);
    }
}

/* Of a rule that is written out, the offsets repeat after 400 years. */
static void test_cycle(void **state)
{
    (void)state;
    bytes b;
    civil_tzif z;
    bytes_init(&b, 4096);
    put_v2(&b, changes, N_CHANGES, "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
    assert_int_equal(z.cycle_end, INT64_C(12685852800)); /* 2372-01-01 */
    int64_t from = z.cycle_end - CIVIL_CYCLE_SECONDS;
    for (int64_t at = from; at < from + 366 * 86400; at += 3600)
        assert_int_equal(offset_at(&z, at), offset_at(&z, at + CIVIL_CYCLE_SECONDS));
    civil_tzif_deinit(&z);
    /* A last change beyond all years needs no rule. */
    static const change late[] = {{INT64_C(9000000000000000000), 1}};
    bytes_clear(&b);
    put_v2(&b, late, 1, "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
    assert_int_equal(z.n, 1);
    civil_tzif_deinit(&z);
    bytes_deinit(&b);
}

static void refuse(const bytes *b, const char *reason)
{
    civil_tzif z;
    gm_error err = {.message = ""};
    assert_int_equal(civil_tzif_parse(&z, b->data, b->len, &err), GM_E_DAMAGED);
    if (strstr(err.message, reason) == NULL)
        fail_msg("'%s' instead of '%s'", err.message, reason);
    assert_null(z.at);
    assert_int_equal(civil_tzif_parse(&z, b->data, b->len, NULL), GM_E_DAMAGED);
}

static void test_refused(void **state)
{
    (void)state;
    bytes b;
    bytes_init(&b, 65536);
    bytes_str(&b, "TZix");
    refuse(&b, "not a compiled time zone");
    bytes_clear(&b);
    put_v2(&b, changes, N_CHANGES, "CET-1CEST");
    refuse(&b, "footer 'CET-1CEST' is no rule");
    bytes_clear(&b);
    put_v2(&b, changes, N_CHANGES, "\x1b[2J");
    refuse(&b, "footer '.[2J'"); /* nothing that a terminal obeys */

    static const change twice[] = {{0, 1}, {0, 2}};
    bytes_clear(&b);
    put_v2(&b, twice, 2, "");
    refuse(&b, "not after the one before");
    static const change no_type[] = {{0, N_TYPES}};
    bytes_clear(&b);
    put_v2(&b, no_type, 1, "");
    refuse(&b, "has no type");

    static const int32_t bad_offsets[] = {CIVIL_OFFSET_MIN - 1, CIVIL_OFFSET_MAX + 1, INT32_MIN};
    for (size_t i = 0; i < 3; i++) {
        bytes_clear(&b);
        put_header(&b, 0, 0, 0, 1);
        put_block(&b, 4, 0, NULL, 0, &bad_offsets[i], 1);
        refuse(&b, "an offset of ");
    }
    static const int32_t good_offsets[] = {CIVIL_OFFSET_MIN, CIVIL_OFFSET_MAX};
    for (size_t i = 0; i < 2; i++) {
        civil_tzif z;
        bytes_clear(&b);
        put_header(&b, 0, 0, 0, 1);
        put_block(&b, 4, 0, NULL, 0, &good_offsets[i], 1);
        assert_int_equal(civil_tzif_parse(&z, b.data, b.len, NULL), GM_OK);
        assert_int_equal(z.first_offset, good_offsets[i]);
        civil_tzif_deinit(&z);
    }
    bytes_clear(&b);
    put_header(&b, 0, 1, 0, 1);
    put_block(&b, 4, 1, NULL, 0, offsets, 1);
    refuse(&b, "leap seconds");
    bytes_clear(&b);
    put_header(&b, 0, 0, 0, 0);
    refuse(&b, "0 types");
    bytes_clear(&b);
    put_header(&b, 0, 0, 0, 257);
    refuse(&b, "257 types");
    bytes_clear(&b);
    put_header(&b, 0, 0, UINT32_MAX, 1); /* counts that no file holds */
    refuse(&b, "cut short");
    bytes_clear(&b);
    put_header(&b, '2', UINT32_MAX, UINT32_MAX, 256);
    refuse(&b, "cut short");
    bytes_deinit(&b);
}

/* Each shorter file is refused, and read no further than its end (the sanitizers watch). */
static void test_cut(void **state)
{
    (void)state;
    bytes b;
    bytes_init(&b, 4096);
    put_v2(&b, changes, N_CHANGES, "CET-1CEST,M3.5.0,M10.5.0/3");
    for (size_t n = 0; n < b.len; n++) {
        uint8_t *copy = mem_alloc(n);
        memcpy(copy, b.data, n);
        civil_tzif z;
        assert_int_equal(civil_tzif_parse(&z, copy, n, NULL), GM_E_DAMAGED);
        mem_free(copy);
    }
    bytes_deinit(&b);
}

/* Any one byte changed to anything: refused or a list in order, nothing else. */
static void test_damaged(void **state)
{
    (void)state;
    bytes b;
    bytes_init(&b, 4096);
    put_v2(&b, changes, N_CHANGES, "CET-1CEST,J1,J300/3");
    for (size_t i = 0; i < b.len; i++) {
        uint8_t original = b.data[i];
        for (unsigned v = 0; v < 256; v += v < 16 ? 1 : 15) {
            civil_tzif z;
            b.data[i] = (uint8_t)(original ^ v);
            if (civil_tzif_parse(&z, b.data, b.len, NULL) != GM_OK)
                continue;
            for (size_t k = 1; k < z.n; k++)
                assert_true(z.at[k] > z.at[k - 1]);
            for (size_t k = 0; k < z.n; k++)
                assert_true(z.offsets[k] >= CIVIL_OFFSET_MIN && z.offsets[k] <= CIVIL_OFFSET_MAX);
            civil_tzif_deinit(&z);
        }
        b.data[i] = original;
    }
    bytes_deinit(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_1), cmocka_unit_test(test_version_2),
        cmocka_unit_test(test_footers),   cmocka_unit_test(test_cycle),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_cut),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

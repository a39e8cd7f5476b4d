/* SPDX-License-Identifier: Apache-2.0
 * test_hash.c - the hash is XXH3 as frozen by its author: kept results stay valid for ever. The
 * expected values are those of xxHash's own sanity check (tests/sanity_test_vectors.h, v0.8). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/hash.h"

enum { BUFFER_BYTES = 2367 };
static uint8_t buffer[BUFFER_BYTES];

static int fill_buffer(void **state)
{
    (void)state;
    uint64_t generator = 2654435761u;
    for (size_t i = 0; i < sizeof buffer; i++) {
        buffer[i] = (uint8_t)(generator >> 56);
        generator *= UINT64_C(11400714785074694797);
    }
    return 0;
}

static void test_64(void **state)
{
    (void)state;
    const uint64_t prime = UINT64_C(11400714785074694797);
    static const struct {
        size_t n;
        uint64_t plain;
    } cases[] = {
        {0, UINT64_C(0x2D06800538D394C2)},    {1, UINT64_C(0xC44BDFF4074EECDB)},
        {6, UINT64_C(0x27B56A84CD2D7325)},    {12, UINT64_C(0xA713DAF0DFBB77E7)},
        {24, UINT64_C(0xA3FE70BF9D3510EB)},   {48, UINT64_C(0x397DA259ECBA1F11)},
        {80, UINT64_C(0xBCDEFBBB2C47C90A)},   {195, UINT64_C(0xCD94217EE362EC3A)},
        {403, UINT64_C(0xCDEB804D65C6DEA4)},  {512, UINT64_C(0x617E49599013CB6B)},
        {2048, UINT64_C(0xDD59E2C3A5F038E0)}, {2240, UINT64_C(0x6E73A90539CF2948)},
        {2367, UINT64_C(0xCB37AEB9E5D361ED)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(hash_64(buffer, cases[i].n, 0) == cases[i].plain);
    assert_true(hash_64(buffer, 0, prime) == UINT64_C(0xA8A6B918B2F0364A));
    assert_true(hash_64(buffer, 1, prime) == UINT64_C(0x032BE332DD766EF8));
    assert_true(hash_64(NULL, 0, 0) == cases[0].plain);
}

static const struct {
    size_t n;
    hash128 hash;
} cases_128[] = {
    {0, {UINT64_C(0x6001C324468D497F), UINT64_C(0x99AA06D3014798D8)}},
    {1, {UINT64_C(0xC44BDFF4074EECDB), UINT64_C(0xA6CD5E9392000F6A)}},
    {6, {UINT64_C(0x3E7039BDDA43CFC6), UINT64_C(0x082AFE0B8162D12A)}},
    {12, {UINT64_C(0x061A192713F69AD9), UINT64_C(0x6E3EFD8FC7802B18)}},
    {48, {UINT64_C(0xF942219AED80F67B), UINT64_C(0xA002AC4E5478227E)}},
    {81, {UINT64_C(0x5E8BAFB9F95FB803), UINT64_C(0x4952F58181AB0042)}},
    {222, {UINT64_C(0xF1AEBD597CEC6B3A), UINT64_C(0x337E09641B948717)}},
    {403, {UINT64_C(0xCDEB804D65C6DEA4), UINT64_C(0x1B6DE21E332DD73D)}},
    {512, {UINT64_C(0x617E49599013CB6B), UINT64_C(0x18D2D110DCC9BCA1)}},
    {2048, {UINT64_C(0xDD59E2C3A5F038E0), UINT64_C(0xF736557FD47073A5)}},
    {2240, {UINT64_C(0x6E73A90539CF2948), UINT64_C(0xCCB134FBFA7CE49D)}},
    {2367, {UINT64_C(0xCB37AEB9E5D361ED), UINT64_C(0xE89C0F6FF369B427)}},
};

static void test_128(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases_128 / sizeof cases_128[0]; i++)
        assert_int_equal(hash_compare(hash_128(buffer, cases_128[i].n), cases_128[i].hash), 0);
}

/* A stream gives the same, however it is cut, and after a reset. */
static void test_stream(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 64, 255, 256, 257, 1000, BUFFER_BYTES};
    hash_stream *s = hash_stream_new();
    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
        for (size_t i = 0; i < sizeof cases_128 / sizeof cases_128[0]; i++) {
            size_t n = cases_128[i].n;
            hash_stream_reset(s);
            for (size_t at = 0; at < n; at += steps[k]) {
                hash_stream_update(s, buffer + at, n - at < steps[k] ? n - at : steps[k]);
                hash_stream_update(s, NULL, 0);
                (void)hash_stream_digest(s); /* asking changes nothing */
            }
            assert_int_equal(hash_compare(hash_stream_digest(s), cases_128[i].hash), 0);
        }
    }
    hash_stream_free(s);
    hash_stream_free(NULL);
}

static void test_compare_and_hex(void **state)
{
    (void)state;
    /* In ascending order; the text has the high half first, so texts have the same order. */
    static const struct {
        hash128 hash;
        const char *text;
    } cases[] = {
        {{0, 0}, "00000000000000000000000000000000"},
        {{1, 0}, "00000000000000000000000000000001"},
        {{UINT64_MAX, 0}, "0000000000000000ffffffffffffffff"},
        {{0, 1}, "00000000000000010000000000000000"},
        {{UINT64_C(0x6001C324468D497F), UINT64_C(0x99AA06D3014798D8)},
         "99aa06d3014798d86001c324468d497f"},
        {{UINT64_MAX, UINT64_MAX}, "ffffffffffffffffffffffffffffffff"},
    };
    size_t n = sizeof cases / sizeof cases[0];
    for (size_t i = 0; i < n; i++) {
        char text[HASH_HEX_SIZE + 1];
        memset(text, '#', sizeof text);
        hash_hex(cases[i].hash, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(text[HASH_HEX_SIZE], '#');
        for (size_t k = 0; k < n; k++) {
            int order = hash_compare(cases[i].hash, cases[k].hash);
            assert_int_equal(order < 0 ? -1 : order > 0, i < k ? -1 : i > k);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_64),
        cmocka_unit_test(test_128),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_compare_and_hex),
    };
    return cmocka_run_group_tests(tests, fill_buffer, NULL);
}

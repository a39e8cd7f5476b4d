/* SPDX-License-Identifier: Apache-2.0
 * test_gzip.c - members whole, odd, truncated and with flipped bits. They are made with zlib's
 * deflate and headers by hand; hello_gz is what gzip 1.12 wrote. */
#include <stdbool.h>

#include "input/codec_fixture.h"

static void test_gzip(void **state)
{
    (void)state;
    for (size_t room = 1; room < 20; room++) {
        outcome o = read_bytes(hello_gz, sizeof hello_gz, 0, room);
        assert_int_equal(o.stats.kind, CODEC_GZIP);
        assert_int_equal(o.stats.bytes_in, sizeof hello_gz);
        assert_int_equal(o.stats.members, 1);
        assert_int_equal(o.stats.trailing_bytes, 0);
        assert_int_equal(hash_compare(o.stats.content, hash_128(hello_gz, sizeof hello_gz)), 0);
        expect_data(&o, hello, HELLO_LEN);
    }
}

/* More than any buffer holds, stored and packed, with members of all sizes. */
static void test_large_members(void **state)
{
    (void)state;
    uint64_t seed = 1;
    enum { LEN = 700001 };
    uint8_t *data = malloc(LEN);
    assert_non_null(data);
    for (size_t i = 0; i < LEN; i++)
        data[i] = (uint8_t)(i % 1000 < 500 ? log_fixture_random(&seed) : i / 1000);
    for (int level = 0; level <= 9; level += 3) {
        gzip_image g = {0};
        size_t at = 0;
        uint64_t members = 0;
        while (at < LEN) {
            size_t n = (size_t)(log_fixture_random(&seed) % 100000);
            n = n < LEN - at ? n : LEN - at;
            gzip_image_member(&g, data + at, n, level);
            at += n;
            members++;
        }
        outcome o = read_bytes(g.data, g.len, 0, 65536);
        assert_int_equal(o.stats.members, members);
        expect_data(&o, data, LEN);
        gzip_image_free(&g);
    }
    free(data);
}

static void test_empty_members_and_padding(void **state)
{
    (void)state;
    static const uint8_t zeros[300];
    gzip_image g = {0};
    gzip_image_member(&g, "", 0, 6);
    outcome o = read_bytes(g.data, g.len, 0, 10);
    assert_int_equal(o.stats.members, 1);
    expect_data(&o, "", 0); /* a real empty gzip is 20 bytes, and fine */

    gzip_image_put(&g, hello_gz, sizeof hello_gz);
    gzip_image_member(&g, "", 0, 0);
    gzip_image_put(&g, zeros, sizeof zeros);
    o = read_bytes(g.data, g.len, 0, 10);
    assert_int_equal(o.stats.members, 3);
    assert_int_equal(o.stats.trailing_bytes, 0);
    assert_int_equal(o.stats.bytes_in, g.len);
    expect_data(&o, hello, HELLO_LEN);
    gzip_image_free(&g);
}

/* As gzip(1): garbage behind the last member is ignored; we count it. */
static void test_trailing_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n, trailing;
    } cases[] = {
        {"garbage", 7, 7},
        {"x", 1, 1},
        {"\0\0x", 3, 1},
        {"\0\0\x1f\x8b\x08\0", 6, 4}, /* behind padding nothing is a member */
        {"\x1fxyz", 4, 4},
        {"\x1f\x8b\x07zz", 5, 5},               /* an unknown method */
        {"\x1f\x8b\x08\x20zzzzzzzzzz", 14, 14}, /* a reserved flag */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gzip_image g = {0};
        gzip_image_put(&g, hello_gz, sizeof hello_gz);
        gzip_image_put(&g, cases[i].bytes, cases[i].n);
        outcome o = read_bytes(g.data, g.len, 0, 100);
        assert_int_equal(o.stats.trailing_bytes, cases[i].trailing);
        assert_int_equal(o.stats.bytes_in, g.len);
        assert_int_equal(hash_compare(o.stats.content, hash_128(g.data, g.len)), 0);
        expect_data(&o, hello, HELLO_LEN);
        gzip_image_free(&g);
    }
}

/* A member with every field of the header: the CRC-16 of the header is zlib's crc32 of its bytes.
 */
static void put_rich_member(gzip_image *g, unsigned flags, size_t n_extra, size_t n_name,
                            bool bad_crc)
{
    gzip_image h = {0};
    uint8_t fixed[10] = {0x1f, 0x8b, 8, (uint8_t)flags, 1, 2, 3, 4, 5, 6};
    gzip_image_put(&h, fixed, sizeof fixed);
    if ((flags & 4) != 0) {
        uint8_t len[2] = {(uint8_t)n_extra, (uint8_t)(n_extra >> 8)};
        gzip_image_put(&h, len, sizeof len);
        for (size_t i = 0; i < n_extra; i++)
            gzip_image_put(&h, "\0", 1);
    }
    for (size_t i = 0; (flags & 8) != 0 && i < n_name; i++)
        gzip_image_put(&h, "n", 1);
    if ((flags & 8) != 0)
        gzip_image_put(&h, "\0", 1);
    if ((flags & 16) != 0)
        gzip_image_put(&h, "a comment\n", 11);
    if ((flags & 2) != 0) {
        uint32_t crc = (uint32_t)crc32_z(0, h.data, h.len) ^ (bad_crc ? 0x100 : 0);
        uint8_t crc16[2] = {(uint8_t)crc, (uint8_t)(crc >> 8)};
        gzip_image_put(&h, crc16, sizeof crc16);
    }
    gzip_image_put(g, h.data, h.len);
    gzip_image_free(&h);
    gzip_image_body(g, hello, HELLO_LEN, 6);
}

static void test_header_fields(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags < 32; flags++) {
        gzip_image g = {0};
        put_rich_member(&g, flags, 65535, 3, false);
        put_rich_member(&g, flags, 0, 300000, false);
        outcome o = read_bytes(g.data, g.len, 0, 100);
        assert_int_equal(o.stats.members, 2);
        expect_data(&o, "hello, log\nhello, log\n", 2 * HELLO_LEN);
        gzip_image_free(&g);
        if ((flags & 2) == 0)
            continue;
        put_rich_member(&g, flags, 5, 5, true);
        o = read_bytes(g.data, g.len, 0, 100);
        expect_damage(&o, "header of the gzip member that starts at byte 0");
        gzip_image_free(&g);
    }
}

static void test_odd_headers_are_damage(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *message;
    } cases[] = {
        {"\x1f\x8b\x07\0\0\0\0\0\0\0\x03\0", 12, "unknown compression method (0x07 at byte 2)"},
        {"\x1f\x8b\x08\x80\0\0\0\0\0\0\x03\0", 12, "unknown flag (0x80 at byte 3)"},
        {"\x1f\x8b", 2, "ends at byte 2 within the header"},
        {"\x1f\x8b\x08\x08\0\0\0\0\0\0name without an end", 29,
         "ends at byte 29 within the header"},
        {"\x1f\x8b\x08\x04\0\0\0\0\0\0\xff\xff..", 14, "ends at byte 14 within the header"},
        {"\x1f\x8b\x08\0\0\0\0\0\0\0\x07", 11, "data are damaged near byte 11: invalid block type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        outcome o = read_bytes(cases[i].bytes, cases[i].n, 0, 100);
        expect_damage(&o, cases[i].message);
    }
}

static void test_wrong_trailers(void **state)
{
    (void)state;
    uint8_t copy[sizeof hello_gz];
    memcpy(copy, hello_gz, sizeof copy);
    copy[sizeof copy - 8] ^= 1;
    outcome o = read_bytes(copy, sizeof copy, 0, 100);
    assert_int_equal(o.data.len, HELLO_LEN); /* given before the trailer was seen */
    expect_damage(&o, "gzip member at bytes 0 to 31 do not fit its checksum");
    memcpy(copy, hello_gz, sizeof copy);
    copy[sizeof copy - 1] ^= 1;
    o = read_bytes(copy, sizeof copy, 0, 100);
    expect_damage(&o, "do not fit its length");
}

typedef struct three_members {
    gzip_image file, data;
    size_t ends[3], data_ends[3];
} three_members;

static three_members make_three(void)
{
    static const char *const texts[] = {"{\"a\":1}\n{\"a\":2}\n", "",
                                        "{\"abcabcabcabc\":[3,3,3]}\n"};
    three_members t = {0};
    for (int i = 0; i < 3; i++) {
        gzip_image_member(&t.file, texts[i], strlen(texts[i]), i * 4);
        gzip_image_put(&t.data, texts[i], strlen(texts[i]));
        t.ends[i] = t.file.len;
        t.data_ends[i] = t.data.len;
    }
    return t;
}

static void test_every_truncation(void **state)
{
    (void)state;
    three_members t = make_three();
    for (size_t n = 2; n <= t.file.len; n++) {
        outcome o = read_bytes(t.file.data, n, 0, 100);
        for (size_t room = 1; room < 9; room++) { /* the size of a read changes nothing */
            outcome small = read_bytes(t.file.data, n, 0, room);
            assert_int_equal(small.status, o.status);
            assert_int_equal(small.data.len, o.data.len);
            gzip_image_free(&small.data);
        }
        int whole = -1;
        for (int i = 0; i < 3; i++)
            if (n == t.ends[i])
                whole = i;
        if (whole >= 0) {
            assert_int_equal(o.stats.members, whole + 1);
            expect_data(&o, t.data.data, t.data_ends[whole]);
        } else {
            assert_true(o.data.len <= t.data.len);
            if (o.data.len != 0)
                assert_memory_equal(o.data.data, t.data.data, o.data.len);
            char where[32];
            (void)snprintf(where, sizeof where, "ends at byte %zu ", n);
            expect_damage(&o, where);
        }
    }
    gzip_image_free(&t.file);
    gzip_image_free(&t.data);
}

/* One member: either the damage is seen, or the data are the same (time, level, system, FTEXT).
 * Several: a later member that no longer starts like one is trailing garbage, and counted. */
static void test_every_bit_flip(void **state)
{
    (void)state;
    size_t n_same = 0;
    uint8_t copy[sizeof hello_gz];
    for (size_t bit = 0; bit < sizeof copy * 8; bit++) {
        memcpy(copy, hello_gz, sizeof copy);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        outcome o = read_bytes(copy, sizeof copy, 0, 100);
        if (bit < 16) {
            assert_int_equal(o.stats.kind, CODEC_PLAIN); /* no magic: not gzip */
            expect_data(&o, copy, sizeof copy);
        } else if (o.status == GM_OK) {
            expect_data(&o, hello, HELLO_LEN);
            n_same++;
        } else {
            expect_damage(&o, "");
        }
    }
    /* FTEXT, six bytes that mean nothing to us, and six unused bits behind the deflate stream. */
    assert_int_equal(n_same, 1 + 6 * 8 + 6);

    three_members t = make_three();
    for (size_t bit = 16; bit < t.file.len * 8; bit++) {
        uint8_t mask = (uint8_t)(1u << bit % 8);
        t.file.data[bit / 8] ^= mask;
        outcome o = read_bytes(t.file.data, t.file.len, 0, 100);
        t.file.data[bit / 8] ^= mask;
        if (o.status == GM_OK && o.stats.trailing_bytes == 0) {
            expect_data(&o, t.data.data, t.data.len);
        } else if (o.status == GM_OK) {
            assert_true(bit / 8 >= t.ends[0]);
            assert_int_equal(o.stats.trailing_bytes,
                             t.file.len - t.ends[bit / 8 < t.ends[1] ? 0 : 1]);
            expect_data(&o, t.data.data, t.data_ends[bit / 8 < t.ends[1] ? 0 : 1]);
        } else {
            expect_damage(&o, "");
        }
    }
    gzip_image_free(&t.file);
    gzip_image_free(&t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_large_members),
        cmocka_unit_test(test_empty_members_and_padding),
        cmocka_unit_test(test_trailing_bytes),
        cmocka_unit_test(test_header_fields),
        cmocka_unit_test(test_odd_headers_are_damage),
        cmocka_unit_test(test_wrong_trailers),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_bit_flip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

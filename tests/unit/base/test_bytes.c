/* SPDX-License-Identifier: Apache-2.0
 * test_bytes.c - writing with a ceiling, reading with distrust. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

static void test_layout(void **state)
{
    (void)state;
    static const uint8_t expected[] = {
        0xab,                                           /* u8 */
        0x04, 0x03, 0x02, 0x01,                         /* u32 */
        0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, /* u64 */
        0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* i64 -2 */
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0xbf, /* f64 -1.5 */
        0x02, 'h',  'i',                                /* blob */
        0x00,                                           /* NULL string */
        'n',  '=',  '7',                                /* printf */
    };
    bytes b;
    bytes_init(&b, 1000);
    assert_null(b.data);
    bytes_u8(&b, 0xab);
    bytes_u32(&b, 0x01020304);
    bytes_u64(&b, UINT64_C(0x0102030405060708));
    bytes_i64(&b, -2);
    bytes_f64(&b, -1.5);
    bytes_str(&b, "hi");
    bytes_str(&b, NULL);
    bytes_printf(&b, "n=%d", 7);
    assert_int_equal(b.len, sizeof expected);
    assert_memory_equal(b.data, expected, sizeof expected);
    assert_false(b.failed);

    bytes_reader r = bytes_read(b.data, b.len);
    assert_int_equal(bytes_get_u8(&r), 0xab);
    assert_int_equal(bytes_get_u32(&r), 0x01020304);
    assert_int_equal(bytes_get_u64(&r), UINT64_C(0x0102030405060708));
    assert_int_equal(bytes_get_i64(&r), -2);
    double v = bytes_get_f64(&r), want = -1.5;
    assert_memory_equal(&v, &want, sizeof v);
    gm_str s = bytes_get_str(&r);
    assert_int_equal(s.len, 2);
    assert_memory_equal(s.ptr, "hi", 2);
    s = bytes_get_str(&r);
    assert_int_equal(s.len, 0);
    assert_memory_equal(bytes_get(&r, 3), "n=7", 3);
    assert_false(r.bad);
    assert_ptr_equal(r.p, r.end);
    bytes_deinit(&b);
}

static void test_varints(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        size_t length;
    } cases[] = {
        {0, 1},
        {127, 1},
        {128, 2},
        {16383, 2},
        {16384, 3},
        {UINT32_MAX, 5},
        {UINT64_C(1) << 63, 10},
        {UINT64_MAX, 10},
        {(UINT64_C(1) << 63) - 1, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes b;
        bytes_init(&b, 16);
        bytes_varint(&b, cases[i].value);
        assert_int_equal(b.len, cases[i].length);
        bytes_reader r = bytes_read(b.data, b.len);
        assert_int_equal(bytes_get_varint(&r), cases[i].value);
        assert_false(r.bad);
        for (size_t n = 0; n < b.len; n++) { /* each cut is bad */
            r = bytes_read(b.data, n);
            assert_int_equal(bytes_get_varint(&r), 0);
            assert_true(r.bad);
        }
        bytes_deinit(&b);
    }
    /* More than 64 bits. */
    static const uint8_t high[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    static const uint8_t longer[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                     0x80, 0x80, 0x80, 0x80, 0x01};
    bytes_reader r = bytes_read(high, sizeof high);
    assert_int_equal(bytes_get_varint(&r), 0);
    assert_true(r.bad);
    r = bytes_read(longer, sizeof longer);
    assert_int_equal(bytes_get_varint(&r), 0);
    assert_true(r.bad);
}

static void test_ceiling(void **state)
{
    (void)state;
    for (size_t max = 0; max < 600; max += max < 20 ? 1 : 97) {
        bytes b;
        bytes_init(&b, max);
        for (size_t i = 0; i < max; i++)
            bytes_u8(&b, (uint8_t)i);
        assert_int_equal(b.len, max); /* at the ceiling */
        assert_false(b.failed);
        bytes_put(&b, NULL, 0);
        assert_false(b.failed);
        bytes_u8(&b, 1); /* above it */
        assert_true(b.failed);
        assert_int_equal(b.len, max);
        for (size_t i = 0; i < max; i++)
            assert_int_equal(b.data[i], (uint8_t)i);
        bytes_clear(&b);
        assert_false(b.failed);
        assert_int_equal(b.len, 0);
        bytes_deinit(&b);
    }
    bytes b;
    bytes_init(&b, 10);
    bytes_put(&b, "12345678", 8);
    bytes_u32(&b, 7); /* does not fit: nothing of it is written */
    assert_int_equal(b.len, 8);
    bytes_u8(&b, 7); /* would fit, but failed stays */
    assert_int_equal(b.len, 8);
    assert_null(bytes_reserve(&b, 1));
    bytes_clear(&b);
    assert_null(bytes_reserve(&b, SIZE_MAX));
    bytes_clear(&b);
    bytes_printf(&b, "%s", "12345678901"); /* longer than the ceiling */
    assert_true(b.failed);
    assert_int_equal(b.len, 0);
    bytes_deinit(&b);
}

static void test_reading_past_the_end(void **state)
{
    (void)state;
    uint8_t *data = mem_zalloc(7);
    memset(data, 1, 7);
    bytes_reader r = bytes_read(data, 7);
    assert_int_equal(bytes_get_u64(&r), 0);
    assert_true(r.bad);
    assert_int_equal(bytes_get_u8(&r), 0); /* bad stays bad */
    assert_null(bytes_get(&r, 0));
    r = bytes_read(data, 7);
    assert_int_equal(bytes_get_u32(&r), 0x01010101);
    assert_int_equal(bytes_get_u32(&r), 0);
    assert_true(r.bad);
    r = bytes_read(data, 7);
    assert_null(bytes_get(&r, SIZE_MAX));
    assert_true(r.bad);
    r = bytes_read(NULL, 0);
    assert_int_equal(bytes_get_u8(&r), 0);
    assert_true(r.bad);
    /* A string longer than what is left, and one longer than any string may be. */
    static const uint8_t cut[] = {0x05, 'a', 'b'};
    r = bytes_read(cut, sizeof cut);
    gm_str s = bytes_get_str(&r);
    assert_true(r.bad && s.ptr == NULL && s.len == 0);
    static const uint8_t huge[] = {0x80, 0x80, 0x80, 0x80, 0x10, 'a'};
    r = bytes_read(huge, sizeof huge);
    s = bytes_get_str(&r);
    assert_true(r.bad && s.ptr == NULL && s.len == 0);
    mem_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_varints),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_reading_past_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

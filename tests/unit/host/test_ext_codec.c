/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_codec.h"

#include "host/fake_host.h"

/* LEB128: 300 is the example of the Protocol Buffers documentation. */
static void test_varint(void **unused)
{
    (void)unused;
    const struct {
        uint64_t v;
        size_t n;
        uint8_t bytes[10];
    } cases[] = {
        {0, 1, {0}},
        {127, 1, {0x7f}},
        {128, 2, {0x80, 1}},
        {300, 2, {0xac, 2}},
        {UINT64_MAX, 10, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_writer w;
        ext_codec_out out;
        fake_writer_init(&w);
        ext_codec_begin(&out, &w.writer);
        ext_codec_varint(&out, cases[i].v);
        assert_int_equal(ext_codec_end(&out), GM_OK);
        assert_int_equal(w.n, cases[i].n);
        assert_memory_equal(w.data, cases[i].bytes, w.n);
        bytes_reader r = bytes_read(w.data, w.n);
        assert_true(ext_codec_get_varint(&r) == cases[i].v);
        assert_false(r.bad);
        assert_ptr_equal(r.p, r.end);
        fake_writer_deinit(&w);
    }
}

/* Zero has one byte, and no number has zeros on top. */
static void test_longer_than_needed(void **unused)
{
    (void)unused;
    const struct {
        size_t n;
        uint8_t bytes[11];
    } cases[] = {{2, {0x80, 0}},
                 {3, {0xac, 0x82, 0}},
                 {10, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}},
                 {10, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2}},
                 {1, {0x80}},
                 {0, {0}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes_reader r = bytes_read(cases[i].bytes, cases[i].n);
        assert_int_equal(ext_codec_get_varint(&r), 0);
        assert_true(r.bad);
    }
}

/* Small and large pieces come out in order, whatever the size of the buffer. */
static void test_order(void **unused)
{
    (void)unused;
    static uint8_t large[3000];
    static uint8_t want[20000];
    size_t n = 0;
    fake_writer w;
    ext_codec_out out;
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(i * 7);
    fake_writer_init(&w);
    ext_codec_begin(&out, &w.writer);
    const size_t sizes[] = {1, 1000, 30, 1024, 1025, 3000, 0, 5, 1023, 1, 1, 2000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ext_codec_put(&out, large, sizes[i]);
        memcpy(want + n, large, sizes[i]);
        n += sizes[i];
    }
    ext_codec_u8(&out, 0xab);
    ext_codec_u32(&out, 0x04030201);
    ext_codec_f64(&out, -2.0);
    memcpy(want + n, "\xab\x01\x02\x03\x04\0\0\0\0\0\0\0\xc0", 13);
    assert_int_equal(ext_codec_end(&out), GM_OK);
    assert_int_equal(w.n, n + 13);
    assert_memory_equal(w.data, want, w.n);
    fake_writer_deinit(&w);
}

/* The first failure of the writer stays, also when later writes would fit. */
static void test_writer_fails(void **unused)
{
    (void)unused;
    const uint8_t block[2000] = {0};
    fake_writer w;
    ext_codec_out out;
    fake_writer_init(&w);
    w.fail_after = 2500;
    ext_codec_begin(&out, &w.writer);
    ext_codec_put(&out, block, 2000);
    ext_codec_put(&out, block, 2000);
    ext_codec_put(&out, block, 10);
    assert_int_equal(ext_codec_end(&out), GM_E_LIMIT);
    assert_int_equal(w.n, 2000);
    fake_writer_deinit(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varint),
        cmocka_unit_test(test_longer_than_needed),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_writer_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

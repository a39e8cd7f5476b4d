/* SPDX-License-Identifier: Apache-2.0
 * test_codec.c - what is common to all formats: opening, telling them apart, ceilings, files that
 * change. */
#include "input/codec.h"

#include <sys/stat.h>

#include "input/codec_fixture.h"

/* The first bytes tell, and nothing else. */
static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        codec_kind want;
    } cases[] = {
        {"\x1f", 1, CODEC_PLAIN},         {"\x1f\x8c\x08", 3, CODEC_PLAIN},
        {"\x8b\x1f\x08", 3, CODEC_PLAIN}, {"{\"a\":1}\n", 8, CODEC_PLAIN},
        {"\x1f\x8b", 2, CODEC_GZIP},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        outcome o = read_bytes(cases[i].bytes, cases[i].n, 0, 10);
        assert_int_equal(o.stats.kind, cases[i].want);
        if (cases[i].want == CODEC_PLAIN)
            expect_data(&o, cases[i].bytes, cases[i].n);
        else
            expect_damage(&o, "truncated");
    }
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    outcome o = read_path("/nonexistent/log.gz", 0, 10);
    assert_int_equal(o.status, GM_E_NOT_FOUND);
    assert_non_null(strstr(o.err.message, "'/nonexistent/log.gz'"));
    o = read_path("/tmp", 0, 10);
    assert_int_equal(o.status, GM_E_IO);
    assert_string_equal(o.err.message, "is not a regular file but a folder");
    o = read_path("/dev/null", 0, 10);
    assert_int_equal(o.status, GM_E_IO);
    assert_string_equal(o.err.message, "is not a regular file");
    o = read_bytes("", 0, 0, 10);
    assert_int_equal(o.status, GM_E_DAMAGED);
    assert_string_equal(o.err.message, "is empty (0 bytes)");
    assert_non_null(strstr(o.err.path, "/proc/self/fd/"));
}

/* Nobody writes to it: an open that waits would hang here. */
static void test_fifo_does_not_hang(void **state)
{
    (void)state;
    char folder[] = "/tmp/gm-codec-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    outcome o = read_path(path, 0, 10);
    assert_int_equal(o.status, GM_E_IO);
    assert_string_equal(o.err.message, "is not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_max_bytes(void **state)
{
    (void)state;
    static const struct {
        uint64_t max;
        gm_status status;
        size_t given;
    } cases[] = {{HELLO_LEN - 1, GM_E_LIMIT, HELLO_LEN - 1},
                 {HELLO_LEN, GM_OK, HELLO_LEN},
                 {HELLO_LEN + 1, GM_OK, HELLO_LEN},
                 {1, GM_E_LIMIT, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t room = 1; room < 14; room += 4) {
            outcome a = read_bytes(hello, HELLO_LEN, cases[i].max, room);
            outcome b = read_bytes(hello_gz, sizeof hello_gz, cases[i].max, room);
            assert_int_equal(a.status, cases[i].status);
            assert_int_equal(b.status, cases[i].status);
            assert_int_equal(a.data.len, cases[i].given);
            assert_int_equal(b.data.len, cases[i].given);
            if (a.status != GM_OK) {
                assert_non_null(strstr(a.err.message, "has more than max_file_bytes = "));
                assert_non_null(strstr(b.err.message, " bytes when inflated"));
            }
            gzip_image_free(&a.data);
            gzip_image_free(&b.data);
        }
    }
}

/* 16 MiB of zeros in 16 KiB; a ceiling of 1 MiB stops it there. */
static void test_bomb(void **state)
{
    (void)state;
    enum { LEN = 16 << 20 };
    uint8_t *zeros = calloc(1, LEN);
    assert_non_null(zeros);
    gzip_image g = {0};
    gzip_image_member(&g, zeros, LEN, 9);
    assert_true(g.len < 17000);
    outcome o = read_bytes(g.data, g.len, 1 << 20, 65536);
    assert_int_equal(o.status, GM_E_LIMIT);
    assert_int_equal(o.data.len, 1 << 20);
    gzip_image_free(&o.data);
    o = read_bytes(g.data, g.len, LEN, 65536);
    expect_data(&o, zeros, LEN);
    gzip_image_free(&g);
    free(zeros);
}

/* What is appended after opening is left for the next run; what is cut off is damage. */
static void test_file_changes_while_it_is_read(void **state)
{
    (void)state;
    enum { LEN = 400000 };
    char *data = malloc(LEN);
    assert_non_null(data);
    memset(data, 'x', LEN);
    for (int shrink = 0; shrink <= 1; shrink++) {
        log_fixture f = log_fixture_new(data, LEN);
        codec *c = NULL;
        gm_error err;
        assert_int_equal(codec_open(&c, f.path, 0, &err), GM_OK);
        assert_int_equal(ftruncate(f.fd, shrink ? LEN / 2 : 2 * LEN), 0);
        gm_status status = GM_OK;
        size_t total = 0, n = 1;
        char *buffer = malloc(LEN);
        while (status == GM_OK && n != 0) {
            status = codec_read(c, buffer, LEN, &n, &err);
            total += n;
        }
        assert_int_equal(total, shrink ? LEN / 2 : LEN);
        assert_int_equal(status, shrink ? GM_E_DAMAGED : GM_OK);
        if (shrink)
            assert_string_equal(err.message,
                                "became shorter while it was read: 200000 bytes instead of 400000");
        free(buffer);
        codec_free(c);
        log_fixture_free(&f);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_what_cannot_be_opened),
        cmocka_unit_test(test_fifo_does_not_hang),
        cmocka_unit_test(test_max_bytes),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_file_changes_while_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

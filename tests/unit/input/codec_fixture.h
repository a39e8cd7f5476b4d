/* SPDX-License-Identifier: Apache-2.0
 * codec_fixture.h - reading a whole file through the codec, for its tests. */
#ifndef GM_TEST_CODEC_FIXTURE_H
#define GM_TEST_CODEC_FIXTURE_H

#include "input/codec.h"
#include "input/gzip_fixture.h"

/* printf 'hello, log\n' | gzip -9n */
static const uint8_t hello_gz[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb,
                                   0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8, 0xc9, 0x4f, 0xe7, 0x02,
                                   0x00, 0x7c, 0xc8, 0x0e, 0xbf, 0x0b, 0x00, 0x00, 0x00};
static const char hello[] = "hello, log\n";
enum { HELLO_LEN = sizeof hello - 1 };

typedef struct outcome {
    gm_status status;
    gm_error err;
    gzip_image data; /* all that was given */
    codec_stats stats;
} outcome;

/* Reads a whole file, room bytes at a time. */
static inline outcome read_path(const char *path, uint64_t max_bytes, size_t room)
{
    outcome o = {0};
    codec *c = NULL;
    o.status = codec_open(&c, path, max_bytes, &o.err);
    uint8_t *buffer = malloc(room);
    size_t n = 1;
    while (o.status == GM_OK && n != 0) {
        o.status = codec_read(c, buffer, room, &n, &o.err);
        gzip_image_put(&o.data, buffer, n);
    }
    if (c != NULL) {
        /* The end, and an error, stay. */
        gm_error again;
        assert_int_equal(codec_read(c, buffer, room, &n, &again), o.status);
        assert_int_equal(n, 0);
        if (o.status != GM_OK)
            assert_string_equal(again.message, o.err.message);
        o.stats = *codec_get_stats(c);
        assert_int_equal(o.stats.bytes_out, o.data.len);
    }
    free(buffer);
    codec_free(c);
    return o;
}

static inline outcome read_bytes(const void *p, size_t n, uint64_t max_bytes, size_t room)
{
    log_fixture f = log_fixture_new(p, n);
    outcome o = read_path(f.path, max_bytes, room);
    log_fixture_free(&f);
    return o;
}

static inline void expect_data(outcome *o, const void *p, size_t n)
{
    if (o->status != GM_OK)
        fail_msg("%s", o->err.message);
    assert_int_equal(o->data.len, n);
    if (n != 0)
        assert_memory_equal(o->data.data, p, n);
    gzip_image_free(&o->data);
}

static inline void expect_damage(outcome *o, const char *in_message)
{
    assert_int_equal(o->status, GM_E_DAMAGED);
    if (strstr(o->err.message, in_message) == NULL)
        fail_msg("'%s' is not in '%s'", in_message, o->err.message);
    gzip_image_free(&o->data);
}

#endif

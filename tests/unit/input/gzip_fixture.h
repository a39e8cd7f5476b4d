/* SPDX-License-Identifier: Apache-2.0
 * gzip_fixture.h - gzip members for tests, put together by hand around zlib's deflate. */
#ifndef GM_TEST_GZIP_FIXTURE_H
#define GM_TEST_GZIP_FIXTURE_H

#include <zlib.h>

#include "input/log_fixture.h"

/* A growing file image. */
typedef struct gzip_image {
    uint8_t *data;
    size_t len, cap;
} gzip_image;

static inline void gzip_image_put(gzip_image *g, const void *p, size_t n)
{
    if (g->cap - g->len < n) {
        g->cap = (g->len + n) * 2;
        g->data = realloc(g->data, g->cap);
        assert_non_null(g->data);
    }
    if (n != 0)
        memcpy(g->data + g->len, p, n);
    g->len += n;
}

static inline void gzip_image_u32(gzip_image *g, uint32_t v)
{
    uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    gzip_image_put(g, le, sizeof le);
}

static inline void gzip_image_free(gzip_image *g)
{
    free(g->data);
    *g = (gzip_image){0};
}

/* The deflate stream and the trailer, behind a header that is already there. */
static inline void gzip_image_body(gzip_image *g, const void *p, size_t n, int level)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, n) + 64;
    uint8_t *out = malloc(room);
    assert_non_null(out);
    void *in = malloc(n + 1);
    assert_non_null(in);
    if (n != 0)
        memcpy(in, p, n);
    z.next_in = in;
    z.avail_in = (unsigned)n;
    z.next_out = out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    gzip_image_put(g, out, room - z.avail_out);
    assert_int_equal(deflateEnd(&z), Z_OK);
    gzip_image_u32(g, (uint32_t)crc32_z(0, in, n));
    gzip_image_u32(g, (uint32_t)n);
    free(in);
    free(out);
}

static inline void gzip_image_member(gzip_image *g, const void *p, size_t n, int level)
{
    gzip_image_put(g, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    gzip_image_body(g, p, n, level);
}

#endif

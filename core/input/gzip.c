/* SPDX-License-Identifier: Apache-2.0
 * gzip.c - gzip (RFC 1952) over zlib's raw inflate, with a member state machine of our own.
 *
 * gzread() takes a truncated file for a whole one, so the frame is checked here: every member has a
 * whole header, a whole deflate stream, the right CRC-32 and the right length, or the file is
 * damaged. Behind the last member zero bytes may follow; whatever else follows that does not start
 * like a member is ignored and counted, as gzip(1) does. A start of a member that the file cuts off
 * is damage. */
#include "input/codec_format.h"

#include <limits.h>
#include <string.h>

#include <zlib.h>

#include "base/mem.h"

enum { MAGIC_1 = 0x1f, MAGIC_2 = 0x8b, METHOD_DEFLATE = 8 };
enum {
    FLAG_HEADER_CRC = 1 << 1,
    FLAG_EXTRA = 1 << 2,
    FLAG_NAME = 1 << 3,
    FLAG_COMMENT = 1 << 4,
    FLAGS_RESERVED = 0xe0
};
enum { HEADER_BYTES = 10, TRAILER_BYTES = 8 };

typedef enum gzip_state {
    GZIP_FIRST,   /* before the first member */
    GZIP_BETWEEN, /* behind a member */
    GZIP_BODY,
    GZIP_TRAILER,
    GZIP_END
} gzip_state;

typedef struct gzip {
    z_stream z;
    gzip_state state;
    uint64_t member_start; /* offset in the file */
    uint32_t crc;          /* of the header while in it, then of the data */
    uint32_t length;       /* of the data, modulo 2^32 */
} gzip;

static void *zlib_alloc(void *opaque, unsigned n, unsigned size)
{
    (void)opaque;
    return mem_array(n, size);
}

static void zlib_free(void *opaque, void *p)
{
    (void)opaque;
    mem_free(p);
}

static bool gzip_matches(const uint8_t *first, size_t n)
{
    return n >= 2 && first[0] == MAGIC_1 && first[1] == MAGIC_2;
}

static void *gzip_begin(void)
{
    gzip *g = mem_zalloc(sizeof *g);
    g->z.zalloc = zlib_alloc;
    g->z.zfree = zlib_free;
    int code = inflateInit2(&g->z, -MAX_WBITS);
    GM_ASSERT(code == Z_OK);
    return g;
}

static void gzip_end(void *self)
{
    gzip *g = self;
    int code = inflateEnd(&g->z);
    GM_ASSERT(code == Z_OK);
    mem_free(g);
}

static gm_status cut_off(const gzip *g, const codec_input *in, const char *within, gm_error *err)
{
    return error_at(err, GM_E_DAMAGED, in->path, 0, 0,
                    "the file ends at byte %llu within the %s of the gzip member that starts at "
                    "byte %llu: it is truncated",
                    (unsigned long long)codec_input_offset(in), within,
                    (unsigned long long)g->member_start);
}

/* Takes n bytes of the header into its CRC; out may be NULL. */
static gm_status take_header(gzip *g, codec_input *in, uint8_t *out, size_t n, gm_error *err)
{
    while (n != 0) {
        gm_status status = codec_input_fill(in, err);
        if (status != GM_OK)
            return status;
        size_t part = in->len - in->pos < n ? in->len - in->pos : n;
        if (part == 0)
            return cut_off(g, in, "header", err);
        g->crc = (uint32_t)crc32_z(g->crc, in->data + in->pos, part);
        if (out != NULL) {
            memcpy(out, in->data + in->pos, part);
            out += part;
        }
        in->pos += part;
        n -= part;
    }
    return GM_OK;
}

/* Skips a text that ends with a NUL. It may be long, but takes no memory. */
static gm_status skip_text(gzip *g, codec_input *in, gm_error *err)
{
    const uint8_t *nul = NULL;
    while (nul == NULL) {
        gm_status status = codec_input_fill(in, err);
        if (status != GM_OK)
            return status;
        if (in->pos == in->len)
            return cut_off(g, in, "header", err);
        nul = memchr(in->data + in->pos, 0, in->len - in->pos);
        size_t end = nul == NULL ? in->len : (size_t)(nul - in->data) + 1;
        status = take_header(g, in, NULL, end - in->pos, err);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

/* What follows the ten fixed bytes, as flags say. */
static gm_status read_header_fields(gzip *g, codec_input *in, unsigned flags, gm_error *err)
{
    gm_status status = GM_OK;
    uint8_t two[2] = {0};
    if ((flags & FLAG_EXTRA) != 0) {
        status = take_header(g, in, two, sizeof two, err);
        if (status == GM_OK)
            status = take_header(g, in, NULL, (size_t)two[0] | (size_t)two[1] << 8, err);
    }
    if (status == GM_OK && (flags & FLAG_NAME) != 0)
        status = skip_text(g, in, err);
    if (status == GM_OK && (flags & FLAG_COMMENT) != 0)
        status = skip_text(g, in, err);
    if (status != GM_OK || (flags & FLAG_HEADER_CRC) == 0)
        return status;
    uint32_t want = g->crc & 0xffff;
    status = take_header(g, in, two, sizeof two, err);
    if (status == GM_OK && ((uint32_t)two[0] | (uint32_t)two[1] << 8) != want)
        status = error_at(err, GM_E_DAMAGED, in->path, 0, 0,
                          "the header of the gzip member that starts at byte %llu does not fit its "
                          "checksum (byte %llu)",
                          (unsigned long long)g->member_start,
                          (unsigned long long)codec_input_offset(in) - sizeof two);
    return status;
}

/* The rest of the file is no member: it is read, for the content hash, and counted. */
static gm_status ignore_rest(gzip *g, codec_input *in, codec_stats *stats, uint64_t n_before,
                             gm_error *err)
{
    gm_status status = GM_OK;
    stats->trailing_bytes = n_before;
    for (;;) {
        status = codec_input_fill(in, err);
        if (status != GM_OK || in->pos == in->len)
            break;
        stats->trailing_bytes += in->len - in->pos;
        in->pos = in->len;
    }
    g->state = GZIP_END;
    return status;
}

/* Magic, method and flags tell whether this is a member at all. *is_member is false when not; then
 * *n_taken bytes are consumed. */
static gm_status read_header_start(gzip *g, codec_input *in, uint8_t start[4], bool *is_member,
                                   size_t *n_taken, gm_error *err)
{
    *n_taken = 0;
    *is_member = true;
    g->crc = 0;
    g->member_start = codec_input_offset(in);
    while (*is_member && *n_taken < 4) {
        gm_status status = take_header(g, in, &start[*n_taken], 1, err);
        if (status != GM_OK)
            return status;
        uint8_t byte = start[(*n_taken)++];
        *is_member = *n_taken == 1   ? byte == MAGIC_1
                     : *n_taken == 2 ? byte == MAGIC_2
                     : *n_taken == 3 ? byte == METHOD_DEFLATE
                                     : (byte & FLAGS_RESERVED) == 0;
    }
    return GM_OK;
}

static gm_status read_header(gzip *g, codec_input *in, codec_stats *stats, gm_error *err)
{
    uint8_t start[4] = {0};
    bool is_member;
    size_t n_taken;
    gm_status status = read_header_start(g, in, start, &is_member, &n_taken, err);
    if (status != GM_OK)
        return status;
    if (!is_member && g->state == GZIP_BETWEEN)
        return ignore_rest(g, in, stats, n_taken, err);
    if (!is_member)
        return error_at(err, GM_E_DAMAGED, in->path, 0, 0,
                        "the gzip header has an unknown %s (0x%02x at byte %zu)",
                        n_taken == 3 ? "compression method" : "flag", (unsigned)start[n_taken - 1],
                        n_taken - 1);
    status = take_header(g, in, NULL, HEADER_BYTES - sizeof start, err); /* time, level, system */
    if (status == GM_OK)
        status = read_header_fields(g, in, start[3], err);
    if (status != GM_OK)
        return status;
    int code = inflateReset(&g->z);
    GM_ASSERT(code == Z_OK);
    g->crc = 0;
    g->length = 0;
    g->state = GZIP_BODY;
    return GM_OK;
}

/* Behind a member: the end, zero padding, or what may be another member. */
static gm_status read_between(gzip *g, codec_input *in, codec_stats *stats, gm_error *err)
{
    bool was_padding = false;
    for (;;) {
        gm_status status = codec_input_fill(in, err);
        if (status != GM_OK)
            return status;
        if (in->pos == in->len) {
            g->state = GZIP_END;
            return GM_OK;
        }
        if (in->data[in->pos] != 0)
            return was_padding ? ignore_rest(g, in, stats, 0, err) : read_header(g, in, stats, err);
        while (in->pos < in->len && in->data[in->pos] == 0)
            in->pos++;
        was_padding = true;
    }
}

static gm_status read_body(gzip *g, codec_input *in, uint8_t *buffer, size_t room, size_t *n,
                           gm_error *err)
{
    gm_status status = GM_OK;
    unsigned capacity = room > UINT_MAX ? UINT_MAX : (unsigned)room;
    g->z.next_out = buffer;
    g->z.avail_out = capacity;
    while (status == GM_OK && g->state == GZIP_BODY && g->z.avail_out != 0) {
        status = codec_input_fill(in, err);
        if (status != GM_OK)
            break;
        g->z.next_in = in->data + in->pos;
        g->z.avail_in = (unsigned)(in->len - in->pos);
        int code = inflate(&g->z, Z_NO_FLUSH);
        in->pos = in->len - g->z.avail_in;
        if (code == Z_STREAM_END)
            g->state = GZIP_TRAILER;
        else if (code == Z_BUF_ERROR) /* nothing to read, and nothing held back */
            status = cut_off(g, in, "data", err);
        else if (code != Z_OK)
            status = error_at(err, GM_E_DAMAGED, in->path, 0, 0,
                              "the gzip data are damaged near byte %llu: %s",
                              (unsigned long long)codec_input_offset(in),
                              g->z.msg == NULL ? "no progress" : g->z.msg);
    }
    *n = capacity - g->z.avail_out;
    g->crc = (uint32_t)crc32_z(g->crc, buffer, *n);
    g->length += (uint32_t)*n;
    return status;
}

static uint32_t read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static gm_status read_trailer(gzip *g, codec_input *in, codec_stats *stats, gm_error *err)
{
    uint8_t trailer[TRAILER_BYTES];
    for (size_t have = 0; have < sizeof trailer; have++) {
        gm_status status = codec_input_fill(in, err);
        if (status != GM_OK)
            return status;
        if (in->pos == in->len)
            return cut_off(g, in, "trailer", err);
        trailer[have] = in->data[in->pos++];
    }
    const char *wrong = read_u32(trailer) != g->crc          ? "checksum"
                        : read_u32(trailer + 4) != g->length ? "length"
                                                             : NULL;
    if (wrong != NULL)
        return error_at(err, GM_E_DAMAGED, in->path, 0, 0,
                        "the data of the gzip member at bytes %llu to %llu do not fit its %s",
                        (unsigned long long)g->member_start,
                        (unsigned long long)codec_input_offset(in), wrong);
    stats->members++;
    g->state = GZIP_BETWEEN;
    return GM_OK;
}

static gm_status gzip_read(void *self, codec_input *in, codec_stats *stats, uint8_t *buffer,
                           size_t room, size_t *n, gm_error *err)
{
    gzip *g = self;
    gm_status status = GM_OK;
    *n = 0;
    while (status == GM_OK && *n == 0 && g->state != GZIP_END) {
        switch (g->state) {
        case GZIP_FIRST:
            status = read_header(g, in, stats, err);
            break;
        case GZIP_BETWEEN:
            status = read_between(g, in, stats, err);
            break;
        case GZIP_BODY:
            status = read_body(g, in, buffer, room, n, err);
            break;
        case GZIP_TRAILER:
            status = read_trailer(g, in, stats, err);
            break;
        case GZIP_END:
        default:
            break;
        }
    }
    return status;
}

const codec_format gzip_format = {
    .kind = CODEC_GZIP,
    .matches = gzip_matches,
    .begin = gzip_begin,
    .read = gzip_read,
    .end = gzip_end,
};

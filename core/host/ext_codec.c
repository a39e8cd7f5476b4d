/* SPDX-License-Identifier: Apache-2.0
 * ext_codec.c - see ext_codec.h. */
#include "host/ext_codec.h"

#include <string.h>

void ext_codec_begin(ext_codec_out *out, gm_writer *writer)
{
    out->writer = writer;
    out->status = GM_OK;
    out->n = 0;
}

static void flush(ext_codec_out *out)
{
    if (out->status == GM_OK && out->n > 0)
        out->status = out->writer->write(out->writer, out->buffer, out->n);
    out->n = 0;
}

void ext_codec_put(ext_codec_out *out, const void *p, size_t n)
{
    if (n > sizeof out->buffer - out->n)
        flush(out);
    if (n > sizeof out->buffer) {
        if (out->status == GM_OK)
            out->status = out->writer->write(out->writer, p, n);
        return;
    }
    memcpy(out->buffer + out->n, p, n);
    out->n += n;
}

void ext_codec_u8(ext_codec_out *out, uint8_t v)
{
    ext_codec_put(out, &v, 1);
}

void ext_codec_u32(ext_codec_out *out, uint32_t v)
{
    uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    ext_codec_put(out, b, sizeof b);
}

void ext_codec_u64(ext_codec_out *out, uint64_t v)
{
    ext_codec_u32(out, (uint32_t)v);
    ext_codec_u32(out, (uint32_t)(v >> 32));
}

void ext_codec_f64(ext_codec_out *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    ext_codec_u64(out, bits);
}

void ext_codec_varint(ext_codec_out *out, uint64_t v)
{
    uint8_t b[10];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        b[n++] = (uint8_t)(v | 0x80);
    b[n++] = (uint8_t)v;
    ext_codec_put(out, b, n);
}

gm_status ext_codec_end(ext_codec_out *out)
{
    flush(out);
    return out->status;
}

uint64_t ext_codec_get_varint(bytes_reader *r)
{
    const uint8_t *start = r->p;
    uint64_t v = bytes_get_varint(r);
    if (!r->bad && r->p - start > 1 && r->p[-1] == 0)
        r->bad = true;
    return r->bad ? 0 : v;
}

void *ext_codec_zalloc(const gm_host *host, size_t n)
{
    void *p = host->alloc(host, n);
    if (p == NULL)
        (void)ext_codec_nomem(host); /* the caller returns the status */
    else
        memset(p, 0, n);
    return p;
}

void ext_codec_free(const gm_host *host, void *p)
{
    if (p != NULL)
        host->free(host, p);
}

gm_status ext_codec_nomem(const gm_host *host)
{
    return host->error(host, GM_E_NOMEM, "the memory of this metric is used up");
}

gm_status ext_codec_damaged(const gm_host *host, const char *service)
{
    return host->error(host, GM_E_STATE, "damaged state of %s", service);
}

gm_status ext_codec_mismatch(const gm_host *host, const char *service)
{
    return host->error(host, GM_E_STATE, "states of %s that were made differently cannot be merged",
                       service);
}

/* SPDX-License-Identifier: Apache-2.0
 * ext_codec.h - how the services of the host write and read their states, and how they fail.
 *
 * Integers are little-endian or varints (LEB128). What is read comes from a file: a varint that is
 * longer than need be is refused, so that equal content has one form only. */
#ifndef GM_HOST_EXT_CODEC_H
#define GM_HOST_EXT_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/bytes.h"

/* Collects small writes; keeps the first failure of the writer. */
typedef struct ext_codec_out {
    gm_writer *writer; /* borrowed until the end */
    gm_status status;
    size_t n;
    uint8_t buffer[1024];
} ext_codec_out;

void ext_codec_begin(ext_codec_out *out, gm_writer *writer);
void ext_codec_put(ext_codec_out *out, const void *p, size_t n);
void ext_codec_u8(ext_codec_out *out, uint8_t v);
void ext_codec_u32(ext_codec_out *out, uint32_t v);
void ext_codec_u64(ext_codec_out *out, uint64_t v);
void ext_codec_f64(ext_codec_out *out, double v);
void ext_codec_varint(ext_codec_out *out, uint64_t v);
gm_status ext_codec_end(ext_codec_out *out);

/* Sets r->bad also for a varint of more bytes than its value needs. */
uint64_t ext_codec_get_varint(bytes_reader *r);

/* Zeroed memory; NULL, with the text kept by the host, when the budget is used up. */
void *ext_codec_zalloc(const gm_host *host, size_t n);
/* Takes NULL. */
void ext_codec_free(const gm_host *host, void *p);
/* Keep a text and return the status. */
gm_status ext_codec_nomem(const gm_host *host);
gm_status ext_codec_damaged(const gm_host *host, const char *service);
gm_status ext_codec_mismatch(const gm_host *host, const char *service);

#endif

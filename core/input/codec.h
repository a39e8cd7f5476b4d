/* SPDX-License-Identifier: Apache-2.0
 * codec.h - the bytes of a log, inflated if need be. What it is, is told by its first bytes, never
 * by its name. The end is reported only when it was verified: all members whole, checksums and
 * lengths right. */
#ifndef GM_INPUT_CODEC_H
#define GM_INPUT_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

typedef enum codec_kind { CODEC_PLAIN, CODEC_GZIP } codec_kind;

typedef struct codec codec;

typedef struct codec_stats {
    codec_kind kind;
    uint64_t bytes_in, bytes_out;
    uint64_t members;
    uint64_t trailing_bytes; /* behind the last member, other than zero padding; ignored */
    hash128 content;         /* of all bytes that were read; set at the end or an error */
} codec_stats;

/* Opens path: a regular file, O_NONBLOCK and fstat first, so that a FIFO cannot hang a run.
 * max_bytes: ceiling of the inflated size, 0 for none. The file is read up to the size it has now.
 * GM_E_NOT_FOUND, GM_E_IO; GM_E_DAMAGED for an empty file ("0 bytes"). */
gm_status codec_open(codec **out, const char *path, uint64_t max_bytes, gm_error *err);

/* Fills buffer with up to room bytes; *n = 0 only at the verified end. GM_E_DAMAGED says what and
 * at which byte of the file; GM_E_LIMIT beyond max_bytes. What was given before an error was right
 * as far as it can be known. */
gm_status codec_read(codec *c, void *buffer, size_t room, size_t *n, gm_error *err);
const codec_stats *codec_get_stats(const codec *c);
void codec_free(codec *c);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * codec_format.h - what a compression format gives to codec.c, and the raw bytes it reads from.
 * Another format is one more file with one more codec_format, listed in codec.c. */
#ifndef GM_INPUT_CODEC_FORMAT_H
#define GM_INPUT_CODEC_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "input/codec.h"

/* The file: data[pos..len) was read and waits to be consumed. */
typedef struct codec_input {
    int fd;
    const char *path; /* for messages; borrowed */
    uint64_t size;    /* when it was opened; what is appended later is not read */
    uint64_t bytes_read;
    hash_stream *hash; /* of the bytes read */
    uint8_t *data;
    size_t pos, len;
} codec_input;

/* Afterwards pos < len, unless the file has ended. */
gm_status codec_input_fill(codec_input *in, gm_error *err);
/* Gives up to room bytes; *n = 0 at the end of the file. */
gm_status codec_input_read(codec_input *in, uint8_t *buffer, size_t room, size_t *n, gm_error *err);
/* Where in the file the next byte stands. */
uint64_t codec_input_offset(const codec_input *in);

typedef struct codec_format {
    codec_kind kind;
    /* Do the first bytes of a file say that it is of this format? */
    bool (*matches)(const uint8_t *first, size_t n);
    void *(*begin)(void); /* owned: end() */
    /* *n = 0 with GM_OK only at the verified end. With an error, buffer[0..*n) is still good. */
    gm_status (*read)(void *self, codec_input *in, codec_stats *stats, uint8_t *buffer, size_t room,
                      size_t *n, gm_error *err);
    void (*end)(void *self);
} codec_format;

extern const codec_format gzip_format;  /* gzip.c */
extern const codec_format plain_format; /* plain.c */

#endif

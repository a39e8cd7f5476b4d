/* SPDX-License-Identifier: Apache-2.0
 * plain.c - a log that is not compressed: its bytes as they are. Matches everything, so it stands
 * last in the list of formats. Its end is the size that the file had when it was opened. */
#include "input/codec_format.h"

static bool plain_matches(const uint8_t *first, size_t n)
{
    (void)first;
    (void)n;
    return true;
}

static void *plain_begin(void)
{
    return NULL;
}

static gm_status plain_read(void *self, codec_input *in, codec_stats *stats, uint8_t *buffer,
                            size_t room, size_t *n, gm_error *err)
{
    (void)self;
    (void)stats;
    return codec_input_read(in, buffer, room, n, err);
}

static void plain_end(void *self)
{
    (void)self;
}

const codec_format plain_format = {
    .kind = CODEC_PLAIN,
    .matches = plain_matches,
    .begin = plain_begin,
    .read = plain_read,
    .end = plain_end,
};

/* SPDX-License-Identifier: Apache-2.0
 * line_reader.h - a log as blocks of whole lines.
 *
 * A line goes over from one read to the next without being copied twice. A BOM at the start is
 * dropped; lines end in LF, CRLF, or in CR alone when the first block has no LF. A line beyond
 * max_line_bytes is counted, skipped up to its end without being kept, and never delivered. */
#ifndef GM_INPUT_LINE_READER_H
#define GM_INPUT_LINE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/codec.h"
#include "input/log_counts.h"

/* Whole lines, each ended by LF (a last one without is given one). Behind len stand
 * LINE_BLOCK_PADDING readable bytes. Borrowed until the next call. May be written to by the parser.
 */
typedef struct line_block {
    char *data;
    size_t len;
    uint64_t first_line; /* number of its first line, from 1 */
} line_block;

enum { LINE_BLOCK_PADDING = 64 };

typedef struct line_reader line_reader;

/* One a worker, used for log after log. */
line_reader *line_reader_new(size_t block_bytes);
void line_reader_free(line_reader *r);
/* Starts on c (borrowed until the end or the next start). counts (borrowed likewise) takes lines,
 * too_long and the codec's figures. */
void line_reader_start(line_reader *r, codec *c, uint64_t max_line_bytes, log_counts *counts);
/* block->len = 0 at the verified end. After an error, complete lines before the damage have been
 * delivered. */
gm_status line_reader_next(line_reader *r, line_block *block, gm_error *err);

#endif

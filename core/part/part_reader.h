/* SPDX-License-Identifier: Apache-2.0
 * part_reader.h - reads parts; believes nothing in them. Trust comes in this order: magic, trailer,
 * checksum of the directory, bounds, metric key, checksum of a block, its columns; the state itself
 * is the plugin's to check. No file handle is kept between calls, so thousands of parts may be
 * open. */
#ifndef GM_PART_PART_READER_H
#define GM_PART_PART_READER_H

#include <stdbool.h>

#include "base/error.h"
#include "part/part_file.h"

typedef struct part_log {
    const char *source;
    hash128 content;
    const uint8_t *facts;
    size_t n_facts;
} part_log;

typedef struct part_reader part_reader;

/* GM_E_DAMAGED names the file and what is wrong; GM_E_FORMAT a version that is not read. */
gm_status part_reader_open(part_reader **out, const char *path, gm_error *err);
void part_reader_free(part_reader *r);

uint32_t part_reader_n_logs(const part_reader *r);
const part_log *part_reader_log(const part_reader *r, uint32_t ordinal); /* borrowed from r */
/* NULL: the part has no such section. Borrowed from r. */
const part_section *part_reader_section(const part_reader *r, hash128 key);
/* Bytes of a section's blocks in slots first to last, uncompressed. */
uint64_t part_section_bytes(const part_section *s, uint32_t first_slot, uint32_t last_slot);

/* The entries of a section in slots first to last, in their order. */
typedef struct part_cursor part_cursor;
part_cursor *part_cursor_new(part_reader *r, const part_section *section, uint32_t first_slot,
                             uint32_t last_slot);
void part_cursor_free(part_cursor *c);
/* *out is NULL at the end; borrowed until the next call. */
gm_status part_cursor_next(part_cursor *c, const part_entry **out, gm_error *err);

#endif

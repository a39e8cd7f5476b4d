/* SPDX-License-Identifier: Apache-2.0
 * part_file.h - the layout of a part, shared by its writer and its reader.
 *
 *   "GMPART" 00 01 · blocks · directory · trailer (32 bytes)
 *
 * A part holds what one log, or a bundle of small logs of one source, contributed. The directory
 * names the logs and has a section for each metric key; a section's entries are sorted by (hash of
 * the group, group, bucket, log) and cut into blocks, each compressed where that pays, each with a
 * checksum. A block never spans two slots (the top 4 bits of the group's hash), so that a reduce
 * task reads only its own. Nothing in it depends on time, host, process or the order of work: the
 * same logs give the same bytes. All numbers are little-endian, varints are LEB128.
 *
 * A block, before compression, is columnar:
 *   n groups, then each as a blob · n entries · the group of each entry (index) · buckets (zigzag
 * of the difference) · logs · lengths of states · the states
 *
 * A group is the blob of its fields in the order of `by`: 0 for a missing one, else 1 and a blob.
 */
#ifndef GM_PART_PART_FILE_H
#define GM_PART_PART_FILE_H

#include <stdint.h>

#include "base/hash.h"

#define PART_FILE_MAGIC   "GMPART\0\1"
#define PART_FILE_VERSION 1u

enum { PART_FILE_MAGIC_BYTES = 8, PART_FILE_TRAILER_BYTES = 32 };
enum { PART_FILE_RAW = 0, PART_FILE_ZSTD = 1 };

typedef struct part_block {
    uint64_t offset, stored_bytes, raw_bytes;
    uint64_t checksum; /* hash_64 of the stored bytes, seed 0 */
    uint32_t encoding;
    uint32_t slot;
    uint32_t n_entries;
} part_block;

typedef struct part_section {
    hash128 key;        /* of the metric: what it computes */
    const char *plugin; /* metric id of the plugin */
    uint32_t state_format;
    part_block *blocks;
    uint32_t n_blocks;
} part_section;

typedef struct part_entry {
    const uint8_t *group;
    uint32_t group_len;
    uint32_t log;        /* ordinal in the part */
    uint64_t group_hash; /* hash_64 of group, seed 0 */
    int64_t bucket;
    const uint8_t *state;
    size_t state_len;
} part_entry;

static inline uint32_t part_slot(uint64_t group_hash)
{
    return (uint32_t)(group_hash >> 60);
}

/* The order of entries within a section, logs aside: <0, 0, >0. */
int part_compare_group(const part_entry *a, const part_entry *b);
int part_compare(const part_entry *a, const part_entry *b); /* group, bucket, log */

#endif

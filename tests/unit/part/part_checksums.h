/* SPDX-License-Identifier: Apache-2.0
 * part_checksums.h - makes a damaged part look sound: recomputes its checksums after a change, so
 * that the checks behind them are reached. Follows the layout in part/part_file.h on its own, and
 * stops where the directory makes no sense. */
#ifndef GM_TEST_PART_CHECKSUMS_H
#define GM_TEST_PART_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "part/part_file.h"

enum { PART_KEYS_MAX = 64 };

/* Which sections a part names. */
typedef struct part_keys {
    hash128 key[PART_KEYS_MAX];
    uint32_t n;
} part_keys;

static inline void part_checksums_put(uint8_t *to, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(v >> (8 * i));
}

static inline void part_checksums_blocks(uint8_t *file, size_t at, bytes_reader *in)
{
    uint64_t n_blocks = bytes_get_varint(in);
    for (uint64_t i = 0; i < n_blocks && !in->bad; i++) {
        uint64_t offset = bytes_get_varint(in), stored = bytes_get_varint(in);
        (void)bytes_get_varint(in); /* raw bytes */
        const uint8_t *checksum = bytes_get(in, 8);
        if (checksum != NULL && offset <= at && stored <= at - offset)
            part_checksums_put(file + (checksum - file), hash_64(file + offset, (size_t)stored, 0));
        for (int k = 0; k < 3; k++) /* encoding, slot, entries */
            (void)bytes_get_varint(in);
    }
}

/* file[0..n) has the shape of a part: its trailer says where the directory begins. keys may be
 * NULL. */
static inline void part_checksums_fix(uint8_t *file, size_t n, part_keys *keys)
{
    if (keys != NULL)
        keys->n = 0;
    if (n < PART_FILE_TRAILER_BYTES)
        return;
    size_t end = n - PART_FILE_TRAILER_BYTES;
    bytes_reader trailer = bytes_read(file + end, PART_FILE_TRAILER_BYTES);
    uint64_t at = bytes_get_u64(&trailer);
    if (at > end)
        return;
    bytes_reader in = bytes_read(file + at, end - (size_t)at);
    (void)bytes_get_u32(&in); /* version */
    uint32_t n_logs = bytes_get_u32(&in);
    for (uint32_t i = 0; i < n_logs && !in.bad; i++) {
        (void)bytes_get_str(&in);
        (void)bytes_get(&in, 16);
        (void)bytes_get_str(&in);
    }
    uint32_t n_sections = bytes_get_u32(&in);
    for (uint32_t i = 0; i < n_sections && !in.bad; i++) {
        uint64_t low = bytes_get_u64(&in), high = bytes_get_u64(&in);
        if (keys != NULL && !in.bad && keys->n < PART_KEYS_MAX)
            keys->key[keys->n++] = (hash128){.low = low, .high = high};
        (void)bytes_get_str(&in);    /* plugin */
        (void)bytes_get_varint(&in); /* format of states */
        part_checksums_blocks(file, (size_t)at, &in);
    }
    part_checksums_put(file + end + 8, end - at);
    part_checksums_put(file + end + 16, hash_64(file + at, end - (size_t)at, 0));
}

#endif

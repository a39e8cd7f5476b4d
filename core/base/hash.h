/* SPDX-License-Identifier: Apache-2.0
 * hash.h - XXH3, the one hash of goalmill: frozen, so its results may be kept. */
#ifndef GM_BASE_HASH_H
#define GM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct hash128 {
    uint64_t low, high;
} hash128;

uint64_t hash_64(const void *p, size_t n, uint64_t seed);
hash128 hash_128(const void *p, size_t n);
int hash_compare(hash128 a, hash128 b); /* <0, 0, >0, by high then low */

enum { HASH_HEX_SIZE = 33 };
void hash_hex(hash128 h, char text[HASH_HEX_SIZE]);

/* Of a stream. Owned: hash_stream_free(). */
typedef struct hash_stream hash_stream;
hash_stream *hash_stream_new(void);
void hash_stream_reset(hash_stream *s);
void hash_stream_update(hash_stream *s, const void *p, size_t n);
hash128 hash_stream_digest(const hash_stream *s);
void hash_stream_free(hash_stream *s);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * hash.c - XXH3 of libxxhash; see hash.h. */
#include "base/hash.h"

#include <stdio.h>

#include <xxhash.h>

#include "base/error.h"
#include "base/mem.h"

struct hash_stream {
    XXH3_state_t *state;
};

uint64_t hash_64(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(p, n, seed);
}

hash128 hash_128(const void *p, size_t n)
{
    XXH128_hash_t h = XXH3_128bits(p, n);
    return (hash128){.low = h.low64, .high = h.high64};
}

int hash_compare(hash128 a, hash128 b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    if (a.low != b.low)
        return a.low < b.low ? -1 : 1;
    return 0;
}

void hash_hex(hash128 h, char text[HASH_HEX_SIZE])
{
    (void)snprintf(text, HASH_HEX_SIZE, "%016llx%016llx", (unsigned long long)h.high,
                   (unsigned long long)h.low); /* always 32 characters */
}

hash_stream *hash_stream_new(void)
{
    hash_stream *s = mem_alloc(sizeof *s);
    s->state = XXH3_createState();
    GM_ASSERT(s->state != NULL);
    hash_stream_reset(s);
    return s;
}

void hash_stream_reset(hash_stream *s)
{
    XXH_errorcode code = XXH3_128bits_reset(s->state);
    GM_ASSERT(code == XXH_OK);
}

void hash_stream_update(hash_stream *s, const void *p, size_t n)
{
    XXH_errorcode code = XXH3_128bits_update(s->state, p, n);
    GM_ASSERT(code == XXH_OK);
}

hash128 hash_stream_digest(const hash_stream *s)
{
    XXH128_hash_t h = XXH3_128bits_digest(s->state);
    return (hash128){.low = h.low64, .high = h.high64};
}

void hash_stream_free(hash_stream *s)
{
    if (s == NULL)
        return;
    (void)XXH3_freeState(s->state); /* always XXH_OK */
    mem_free(s);
}

/* SPDX-License-Identifier: Apache-2.0
 * dict.c - open addressing with linear probing, at most half full; see dict.h.
 *
 * hashes[] are kept with seed 0 because they are handed on and may be persisted. The place in slots
 * comes from a second hash whose seed is drawn once a process, so that no log can be written whose
 * keys all collide. Strings live in an arena: their addresses stay until dict_clear(). */
#include "base/dict.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/mem.h"

enum { FIRST_SLOTS = 32, CODES_MAX = 1 << 30 };

/* Drawn at the first call. Without a random device the address space layout has to do. */
static uint64_t process_seed(void)
{
    static _Atomic uint64_t kept;
    uint64_t seed = atomic_load_explicit(&kept, memory_order_relaxed);
    if (seed != 0)
        return seed;
    ssize_t n;
    do {
        n = getrandom(&seed, sizeof seed, 0);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof seed)
        seed = (uint64_t)(uintptr_t)&n ^ (uint64_t)getpid() << 48;
    seed |= 1; /* 0 stands for none */
    uint64_t none = 0;
    return atomic_compare_exchange_strong(&kept, &none, seed) ? seed : none;
}

static uint32_t slot_of(const dict *d, const char *s, size_t n)
{
    return (uint32_t)hash_64(s, n, process_seed()) & (d->n_slots - 1);
}

void dict_init(dict *d, uint32_t max)
{
    GM_ASSERT(max <= CODES_MAX);
    memset(d, 0, sizeof *d);
    d->max = max;
    arena_init(&d->text, 0);
}

void dict_deinit(dict *d)
{
    mem_free(d->strings);
    mem_free(d->hashes);
    mem_free(d->slots);
    arena_deinit(&d->text);
    memset(d, 0, sizeof *d);
}

void dict_clear(dict *d)
{
    d->n = 0;
    if (d->slots != NULL)
        memset(d->slots, 0, d->n_slots * sizeof *d->slots);
    arena_reset(&d->text);
}

static void grow_slots(dict *d)
{
    mem_free(d->slots);
    d->n_slots = d->n_slots == 0 ? FIRST_SLOTS : d->n_slots * 2;
    d->slots = mem_array(d->n_slots, sizeof *d->slots);
    for (uint32_t code = 0; code < d->n; code++) {
        uint32_t i = slot_of(d, d->strings[code].ptr, d->strings[code].len);
        while (d->slots[i] != 0)
            i = (i + 1) & (d->n_slots - 1);
        d->slots[i] = code + 1;
    }
}

/* The slot where s is, or the free one where it would go. There is always a free one. */
static uint32_t probe(const dict *d, const char *s, size_t n)
{
    uint32_t i = slot_of(d, s, n);
    for (;;) {
        if (d->slots[i] == 0)
            return i;
        const gm_str *have = &d->strings[d->slots[i] - 1];
        if (have->len == n && memcmp(have->ptr, s, n) == 0)
            return i;
        i = (i + 1) & (d->n_slots - 1);
    }
}

uint32_t dict_code(dict *d, const char *s, size_t n)
{
    GM_ASSERT(n <= UINT32_MAX);
    if (n == 0)
        s = "";
    if (((uint64_t)d->n + 1) * 2 > d->n_slots)
        grow_slots(d);
    uint32_t slot = probe(d, s, n);
    if (d->slots[slot] != 0)
        return d->slots[slot] - 1;
    if (d->n >= d->max)
        return DICT_FULL;
    if (d->n == d->cap) {
        d->cap = d->cap == 0 ? 16 : d->cap * 2;
        d->strings = mem_realloc(d->strings, d->cap * sizeof *d->strings);
        d->hashes = mem_realloc(d->hashes, d->cap * sizeof *d->hashes);
    }
    d->strings[d->n] = (gm_str){.ptr = arena_strndup(&d->text, s, n), .len = (uint32_t)n};
    d->hashes[d->n] = hash_64(s, n, 0);
    d->slots[slot] = d->n + 1;
    return d->n++;
}

uint32_t dict_find(const dict *d, const char *s, size_t n)
{
    if (d->n == 0)
        return DICT_FULL;
    uint32_t slot = probe(d, n == 0 ? "" : s, n);
    return d->slots[slot] == 0 ? DICT_FULL : d->slots[slot] - 1;
}

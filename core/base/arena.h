/* SPDX-License-Identifier: Apache-2.0
 * arena.h - many small allocations, freed together.
 *
 * run_arena lives as long as the run, batch_arena is reset for each batch: the name of a parameter
 * says which. With GM_ARENA_DEBUG each push is a block of its own, so that sanitizers see it. */
#ifndef GM_BASE_ARENA_H
#define GM_BASE_ARENA_H

#include <stddef.h>

typedef struct arena_chunk arena_chunk;

typedef struct arena {
    arena_chunk *chunks; /* newest first */
    size_t chunk_size;
    size_t used; /* bytes pushed since the last reset */
} arena;

void arena_init(arena *a, size_t chunk_size); /* 0: 64 KiB */
void arena_deinit(arena *a);
void arena_reset(arena *a); /* keeps one chunk */

/* 16-byte aligned, borrowed until reset or deinit. Zeroed: no. */
void *arena_push(arena *a, size_t n);
void *arena_zpush(arena *a, size_t n);
void *arena_copy(arena *a, const void *p, size_t n);
char *arena_strndup(arena *a, const char *s, size_t n);
char *arena_strdup(arena *a, const char *s);
char *arena_printf(arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

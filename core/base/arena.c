/* SPDX-License-Identifier: Apache-2.0
 * arena.c - chunks in a list, newest first; see arena.h. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

struct arena_chunk {
    arena_chunk *next;
    size_t size, used;
    _Alignas(16) unsigned char data[];
};

void arena_init(arena *a, size_t chunk_size)
{
    memset(a, 0, sizeof *a);
    a->chunk_size = chunk_size == 0 ? (size_t)64 << 10 : chunk_size;
}

static void free_from(arena_chunk *chunk)
{
    while (chunk != NULL) {
        arena_chunk *next = chunk->next;
        mem_free(chunk);
        chunk = next;
    }
}

void arena_deinit(arena *a)
{
    free_from(a->chunks);
    a->chunks = NULL;
    a->used = 0;
}

void arena_reset(arena *a)
{
#ifdef GM_ARENA_DEBUG
    arena_deinit(a);
#else
    if (a->chunks != NULL) {
        free_from(a->chunks->next);
        a->chunks->next = NULL;
        a->chunks->used = 0;
    }
    a->used = 0;
#endif
}

void *arena_push(arena *a, size_t n)
{
    GM_ASSERT(n <= SIZE_MAX - 64);
    size_t need = (n + 15) & ~(size_t)15;
    arena_chunk *chunk = a->chunks;
#ifdef GM_ARENA_DEBUG
    chunk = NULL;
    size_t size = n == 0 ? 1 : n;
#else
    size_t size = need > a->chunk_size ? need : a->chunk_size;
#endif
    if (chunk == NULL || chunk->size - chunk->used < need) {
        chunk = mem_alloc(sizeof *chunk + size);
        chunk->size = size;
        chunk->used = 0;
        chunk->next = a->chunks;
        a->chunks = chunk;
    }
    void *p = chunk->data + chunk->used;
    chunk->used += need < chunk->size - chunk->used ? need : chunk->size - chunk->used;
    a->used += need;
    return p;
}

void *arena_zpush(arena *a, size_t n)
{
    return memset(arena_push(a, n), 0, n);
}

void *arena_copy(arena *a, const void *p, size_t n)
{
    void *copy = arena_push(a, n);
    if (n != 0)
        memcpy(copy, p, n);
    return copy;
}

char *arena_strndup(arena *a, const char *s, size_t n)
{
    char *copy = arena_push(a, n + 1);
    if (n != 0)
        memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *arena_strdup(arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    GM_ASSERT(n >= 0);
    char *text = arena_push(a, (size_t)n + 1);
    (void)vsnprintf(text, (size_t)n + 1, fmt, again); /* fits, as measured */
    va_end(again);
    return text;
}

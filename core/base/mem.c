/* SPDX-License-Identifier: Apache-2.0
 * mem.c - allocation that does not fail; see mem.h. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void out_of_memory(size_t n)
{
    (void)fprintf(stderr, "goalmill: out of memory (%zu bytes asked for)\n", n);
    _exit(9);
}

void *mem_try_alloc(size_t n)
{
    return malloc(n == 0 ? 1 : n);
}

void *mem_try_realloc(void *p, size_t n)
{
    return realloc(p, n == 0 ? 1 : n);
}

void *mem_alloc(size_t n)
{
    void *p = mem_try_alloc(n);
    if (p == NULL)
        out_of_memory(n);
    return p;
}

void *mem_zalloc(size_t n)
{
    return memset(mem_alloc(n), 0, n);
}

void *mem_array(size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return mem_zalloc(n * size);
}

void *mem_realloc(void *p, size_t n)
{
    void *q = mem_try_realloc(p, n);
    if (q == NULL)
        out_of_memory(n);
    return q;
}

char *mem_strndup(const char *s, size_t n)
{
    char *copy = mem_alloc(n + 1);
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

char *mem_printf(const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        out_of_memory(0);
    char *text = mem_alloc((size_t)n + 1);
    (void)vsnprintf(text, (size_t)n + 1, fmt, again); /* fits, as measured */
    va_end(again);
    return text;
}

void mem_free(void *p)
{
    free(p);
}

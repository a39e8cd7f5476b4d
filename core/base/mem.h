/* SPDX-License-Identifier: Apache-2.0
 * mem.h - the only place that calls malloc.
 *
 * These never return NULL: a process that cannot get a few kilobytes says so and ends with exit
 * code
 * 9. For a worker that is a death like any other: the supervisor names the log and maps it again.
 * What grows with hostile input has a ceiling (base/limits.h) or a budget (host/) of its own and
 * reports GM_E_NOMEM or GM_E_LIMIT instead of asking for more. */
#ifndef GM_BASE_MEM_H
#define GM_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n);              /* owned: mem_free() */
void *mem_zalloc(size_t n);             /* the same, zeroed */
void *mem_array(size_t n, size_t size); /* n items, zeroed; checks the product */
void *mem_realloc(void *p, size_t n);   /* consumes p */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mem_free(void *p); /* takes NULL */

/* The one variant that may fail, for budgets: NULL when there is no memory. */
void *mem_try_alloc(size_t n);
void *mem_try_realloc(void *p, size_t n);

/* Grows *items (of item_size bytes each) so that one more fits behind the n there are. */
#define MEM_GROW(items, n, cap)                                                                    \
    do {                                                                                           \
        if ((n) == (cap)) {                                                                        \
            (cap) = (cap) == 0 ? 8 : (cap)*2;                                                      \
            (items) = mem_realloc((items), (size_t)(cap) * sizeof *(items));                       \
        }                                                                                          \
    } while (0)

#endif

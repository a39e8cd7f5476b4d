/* SPDX-License-Identifier: Apache-2.0
 * log_list.h - from glob patterns to the logs of a source. Regular files only; a link is followed;
 * a log that several patterns match is there once. */
#ifndef GM_INPUT_LOG_LIST_H
#define GM_INPUT_LOG_LIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

typedef struct log_list_item {
    const char *path;
    uint64_t size;
    uint64_t device, inode;
    const char *problem; /* why it cannot be read ("is a folder", "permission denied"), or NULL */
} log_list_item;

typedef struct log_list {
    log_list_item *items; /* sorted by path, bytewise */
    uint32_t n, cap;
} log_list;

/* Adds what pattern matches; *n_matched says how many. Text goes to run_arena, items to the heap.
 */
gm_status log_list_add(log_list *list, const char *pattern, arena *run_arena, uint32_t *n_matched,
                       gm_error *err);
void log_list_sort(log_list *list); /* and drops repeated paths */
void log_list_deinit(log_list *list);

#endif

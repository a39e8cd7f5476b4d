/* SPDX-License-Identifier: Apache-2.0
 * breadcrumb.h - where a worker is, in a page shared with the supervisor: when a worker dies, this
 * tells which plugin, function and log it was in. One a worker, a cache line each, two relaxed
 * stores a call. */
#ifndef GM_HOST_BREADCRUMB_H
#define GM_HOST_BREADCRUMB_H

#include <stdatomic.h>
#include <stdint.h>

/* What a worker is doing; the names are for messages ("in update"). */
#define BREADCRUMB_CALL_LIST(X)                                                                    \
    X(NONE, "")                                                                                    \
    X(LOAD, "load")                                                                                \
    X(CREATE, "create")                                                                            \
    X(STATE_NEW, "state_new")                                                                      \
    X(STATE_FREE, "state_free")                                                                    \
    X(UPDATE, "update")                                                                            \
    X(MERGE, "merge")                                                                              \
    X(SERIALIZE, "serialize")                                                                      \
    X(DESERIALIZE, "deserialize")                                                                  \
    X(FINALIZE, "finalize")

typedef enum breadcrumb_call {
#define X(id, name) BREADCRUMB_##id,
    BREADCRUMB_CALL_LIST(X)
#undef X
        BREADCRUMB_CALLS
} breadcrumb_call;

typedef struct breadcrumb {
    _Alignas(64) _Atomic uint32_t call;
    _Atomic uint32_t metric; /* in the plan, while call is not NONE */
    _Atomic uint32_t log;    /* in the record; UINT32_MAX: none */
    _Atomic uint32_t reserved;
    _Atomic uint64_t batch;    /* of that log */
    _Atomic uint64_t bytes_in; /* read by this worker so far, of all logs; for progress */
    _Atomic uint64_t events;   /* likewise */
    _Atomic int64_t call_ns;   /* monotonic time at which the call began */
} breadcrumb;

/* Where this process leaves its crumbs; never NULL (a process without a page writes to its own). */
breadcrumb *breadcrumb_mine(void);
void breadcrumb_set_page(breadcrumb *page);

void breadcrumb_enter(breadcrumb_call call, uint32_t metric);
void breadcrumb_leave(void);
const char *breadcrumb_call_name(uint32_t call); /* static; "" when unknown */

#endif

/* SPDX-License-Identifier: Apache-2.0
 * pool.h - forked workers that pull tasks, watched by the supervisor.
 *
 * A task is a number, and what a worker needs to know of it beyond what it inherited: a worker may
 * have been forked before the task came up. Tasks are handed out in the order of their cost,
 * largest first, as far as the memory they ask for fits (one always runs). A worker that dies is
 * replaced; its handler decides whether the task is pushed again. The supervisor only moves bytes:
 * answers are parsed by the handler. */
#ifndef GM_RUN_POOL_H
#define GM_RUN_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "host/breadcrumb.h"

typedef struct pool pool;

typedef struct pool_death {
    int signal;         /* that ended the worker; 0: it exited */
    int exit_code;      /* when it exited */
    bool timed_out;     /* the supervisor killed it: a plugin's call took too long */
    breadcrumb crumb;   /* where it was */
    const char *reason; /* "was killed by SIGKILL", "called exit(0)"; borrowed */
} pool_death;

typedef struct pool_handler {
    void *context; /* passed to all of these */
    /* In a worker: does the task and appends its answer. order: what was pushed with the task. */
    gm_status (*work)(void *context, uint32_t task, bytes_reader order, bytes *answer,
                      gm_error *err);
    /* In the supervisor. */
    void (*on_done)(void *context, uint32_t task, bytes_reader answer);
    void (*on_error)(void *context, uint32_t task, const gm_error *err);
    void (*on_death)(void *context, uint32_t task, const pool_death *death);
    void (*on_tick)(void *context, pool *p); /* a few times a second; may be NULL */
} pool_handler;

typedef struct pool_options {
    const char *name; /* of the workers: "map" */
    uint32_t workers;
    uint64_t memory_max;     /* over all running tasks; 0: no limit */
    double call_seconds_max; /* of one call into a plugin */
} pool_options;

pool *pool_new(const pool_options *options, const pool_handler *handler);
/* order: bytes for the worker, copied; NULL: none. */
void pool_push(pool *p, uint32_t task, uint64_t cost, uint64_t memory, const bytes *order);
/* Drops what waits; what runs goes on to its end. */
void pool_cancel(pool *p);
/* Until no task is left. GM_E_STOPPED when a signal came (stop_signal.h); workers are then dead. */
gm_status pool_run(pool *p, gm_error *err);
void pool_free(pool *p);

/* In a worker: back to the folder it was forked in, wherever a plugin went. */
void pool_return_to_folder(void);

uint32_t pool_running_max(const pool *p); /* workers that were busy at the same time */
/* Sums over the breadcrumbs of all workers, dead ones included. */
void pool_progress(const pool *p, uint64_t *bytes_in, uint64_t *events);

#endif

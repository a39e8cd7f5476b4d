/* SPDX-License-Identifier: Apache-2.0
 * pool_worker.h - the worker's side of a pool, and what travels over its socket. Private to
 * pool*.c.
 *
 * The supervisor writes a task: its number, the length of its order, the order. The worker answers
 * with a status, a length and bytes: the answer, or the error. */
#ifndef GM_RUN_POOL_WORKER_H
#define GM_RUN_POOL_WORKER_H

#include "run/pool.h"

enum { POOL_WORKER_HEAD_BYTES = 12 }; /* of an answer: int32 status, uint64 length */

/* In a fork: takes what only a worker has (signals, limits, streams, breadcrumb page). */
void pool_worker_become(breadcrumb *page);
/* Does tasks until the socket ends. */
_Noreturn void pool_worker_run(const pool_handler *handler, const char *name, int fd);

#endif

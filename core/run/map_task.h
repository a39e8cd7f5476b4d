/* SPDX-License-Identifier: Apache-2.0
 * map_task.h - what a map worker does: a bundle of logs of one source becomes a part.
 *
 * A bundle is one log, or several small ones. The worker answers with what became of each log; a
 * log that is damaged, unreadable or too large contributes nothing (or its complete lines, with
 * on_damage = keep) and the others go on. */
#ifndef GM_RUN_MAP_TASK_H
#define GM_RUN_MAP_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "run/log_facts.h"
#include "run/plan.h"
#include "run/run_record.h"

typedef struct map_bundle {
    uint32_t source;
    uint32_t *logs; /* in the record; by path */
    uint32_t n_logs;
    const char *part; /* path of the part to write */
} map_bundle;

typedef struct map_answer_log {
    run_log_outcome outcome;
    uint32_t ordinal;    /* in the part; UINT32_MAX: not in it */
    const char *message; /* NULL: none */
    hash128 content;
    log_facts facts;
} map_answer_log;

typedef struct map_answer {
    map_answer_log *logs; /* as in the bundle */
    uint64_t part_bytes;
    const char **failures;  /* a metric each; NULL: works */
    uint64_t *metric_bytes; /* a metric each: of its states in the part */
} map_answer;

typedef struct map_worker map_worker;

/* In a worker, once. is_out: metrics that are not computed; borrowed, like p. */
map_worker *map_worker_new(const plan *p, const run_log *logs, const bool *is_out,
                           uint32_t batch_rows);
void map_worker_free(map_worker *w);
/* order: a bundle as map_task_order() wrote it. */
gm_status map_task_run(map_worker *w, bytes_reader *order, bytes *answer, gm_error *err);

/* In the supervisor. */
void map_task_order(const map_bundle *bundle, bytes *out);
/* Memory is run_arena's. GM_E_DAMAGED. */
gm_status map_task_read(map_answer *out, const map_bundle *bundle, const plan *p,
                        bytes_reader *answer, arena *run_arena, gm_error *err);

#endif

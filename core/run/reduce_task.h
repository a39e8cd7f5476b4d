/* SPDX-License-Identifier: Apache-2.0
 * reduce_task.h - what a reduce worker does: the states of one metric, of a range of groups, from
 * all parts, become values.
 *
 * States are merged in one order whatever the workers do: groups by hash, buckets by time, logs by
 * identity (source, content). For each group the buckets of the period are merged into the window's
 * state; each bucket by itself gives the series. A total merges the states of all groups. */
#ifndef GM_RUN_REDUCE_TASK_H
#define GM_RUN_REDUCE_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "run/plan.h"

typedef struct reduce_part {
    const char *path;
    uint32_t source;
    const uint32_t *ranks; /* of its logs, by ordinal: place in the order of identities, rising as
                              ordinals do; UINT32_MAX: the log does not count */
} reduce_part;

typedef struct reduce_task {
    uint32_t metric;
    uint32_t first_slot, last_slot;
    bool wants_groups, wants_total;
} reduce_task;

/* What the period and the one before hold for each metric; without events every value is no_data.
 */
typedef struct reduce_options {
    const plan *plan;
    const reduce_part *parts;
    uint32_t n_parts;
    const uint64_t *events_current, *events_previous; /* a source each */
} reduce_options;

typedef struct reduce_worker reduce_worker;

reduce_worker *reduce_worker_new(const reduce_options *options);
void reduce_worker_free(reduce_worker *w);
/* Appends the values (value_file.h). GM_E_PLUGIN: the metric failed; GM_E_DAMAGED, GM_E_IO: a part.
 */
gm_status reduce_task_run(reduce_worker *w, const reduce_task *task, bytes *answer, gm_error *err);

#endif

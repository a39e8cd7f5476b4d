/* SPDX-License-Identifier: Apache-2.0
 * fold.h - the states of all folded metrics while the logs of one bundle are read.
 *
 * begin_log, then batches, then end_log (serialises the log's states into entries) or drop_log (as
 * if the log had not been there). write() puts the entries of all logs into a part. A metric that
 * fails is taken out; it is out for the whole run, so its entries do not matter any more. */
#ifndef GM_RUN_FOLD_H
#define GM_RUN_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "event/batch.h"
#include "part/part_writer.h"
#include "run/metric_host.h"
#include "run/plan.h"

typedef struct fold fold;

/* is_out: a metric each; those that are not to be computed. Borrowed. */
fold *fold_new(const plan *p, metric_host *host, const bool *is_out);
void fold_free(fold *f);

/* path: for messages; borrowed until the log ends. */
void fold_begin_log(fold *f, uint32_t source, const char *path);
void fold_batch(fold *f, const event_batch *batch);
/* log: the caller's number for it, given back by fold_write's order. */
void fold_end_log(fold *f, uint32_t log);
void fold_drop_log(fold *f);

/* ordinals: for each number given to fold_end_log(), the log's ordinal in the part. */
gm_status fold_write(fold *f, uint32_t source, const uint32_t *ordinals, part_writer *w,
                     gm_error *err);

/* Bytes of the states that a metric has for the logs that ended. */
uint64_t fold_bytes(const fold *f, uint32_t metric);
/* Why a metric is out, or NULL; borrowed. */
const char *fold_failure(const fold *f, uint32_t metric);
/* Events of the log under way that a metric lacked a field for: by column of the metric. Set to 0
 * by fold_begin_log(); borrowed. */
const uint64_t *fold_nulls(const fold *f, uint32_t metric);

#endif

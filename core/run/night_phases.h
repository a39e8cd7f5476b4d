/* SPDX-License-Identifier: Apache-2.0
 * night_phases.h - the phases of a night and what they share. Private to night*.c and *_phase.c. */
#ifndef GM_RUN_NIGHT_PHASES_H
#define GM_RUN_NIGHT_PHASES_H

#include "run/map_task.h"
#include "run/night.h"
#include "run/pool.h"
#include "run/progress.h"

enum { NIGHT_ATTEMPTS_MAX = 3 };
/* How long one call into a plugin may take. */
#define NIGHT_CALL_SECONDS_MAX 10.0

typedef struct night_part {
    const char *path;
    uint32_t source;
    uint32_t *log_of; /* by ordinal: the log in the record */
    uint32_t n_logs;
} night_part;

/* What metrics missed in a log. */
typedef struct night_nulls {
    const log_null *items;
    uint32_t n;
} night_nulls;

typedef struct night_work {
    const night_options *options;
    const plan *plan;
    night *night;
    bool *is_out;       /* a metric each: taken out of the run */
    night_nulls *nulls; /* a log each */
    uint32_t
        *ranks; /* a log each: its place in the order of identities; UINT32_MAX: does not count */
    night_part *parts;
    uint32_t n_parts, parts_cap;
    uint64_t *metric_bytes; /* a metric each: of its states in all parts */
    progress progress;
    gm_error fatal; /* code GM_OK: none */
} night_work;

/* Fills record.logs and record.sources. */
gm_status night_find_logs(night_work *w, gm_error *err);
gm_status night_map(night_work *w, gm_error *err);
/* After the map: ranks, copies, sums by source and metric. */
void night_account(night_work *w);
gm_status night_reduce(night_work *w, gm_error *err);
gm_status night_score(night_work *w, gm_error *err);

/* Takes all metrics of the plugin of a metric out of the run; with stop_on_plugin_failure that ends
 * the run (fatal). Once a plugin is enough. */
void night_plugin_failed(night_work *w, uint32_t metric, const char *message);
/* Takes one metric out of the run. */
void night_metric_failed(night_work *w, uint32_t metric, const char *message);
/* For the record; what follows from a death is said by who decides it. */
void night_note_death(night_work *w, const char *message);
/* Did the worker die of the plugin it was in? Outside kills (SIGKILL) are nobody's fault at first.
 */
bool night_is_plugins_fault(const night_work *w, const pool_death *death);
/* "app.gz, batch 12, in update of metric n (plugin count)": what a dead worker was at. */
const char *night_place(night_work *w, const pool_death *death);

#endif

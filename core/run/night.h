/* SPDX-License-Identifier: Apache-2.0
 * night.h - one run, from logs to scorecards: find logs, map, reduce, score. The supervisor's side;
 * it plans, forks, watches and collects. Writing the outputs is report's and the caller's business.
 */
#ifndef GM_RUN_NIGHT_H
#define GM_RUN_NIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "part/value.h"
#include "run/plan.h"
#include "run/run_record.h"
#include "score/scorecard.h"

typedef enum night_progress { NIGHT_SILENT, NIGHT_LINES, NIGHT_BAR } night_progress;

typedef struct night_options {
    const plan *plan;
    const char *run_id;
    const char *parts_dir; /* for the parts of this run */
    int64_t now_us;        /* wall clock, for the record only */
    uint32_t workers;      /* at least 1 */
    uint64_t memory_max;   /* bytes over all workers */
    uint32_t batch_rows;
    night_progress progress; /* on stderr */
} night_options;

typedef struct night {
    run_record record;
    value_set values;
    scorecard_set scorecards;
} night;

/* GM_OK although logs, plugins or rules failed: the record has the causes. Errors: GM_E_IO (state
 * cannot be written), GM_E_STOPPED, GM_E_PLUGIN (on_plugin_failure = stop), GM_E_INTERNAL.
 * night_deinit() in any case. */
gm_status night_run(night *out, const night_options *options, gm_error *err);
void night_deinit(night *n);

/* The number of workers and the memory a run takes when the configuration says auto. */
uint32_t night_auto_workers(void);
uint64_t night_auto_memory(void);

#endif

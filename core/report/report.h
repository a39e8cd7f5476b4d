/* SPDX-License-Identifier: Apache-2.0
 * report.h - the outputs of a run: one writer a file, each from the same four things. Writers fill
 * a buffer; report_write() puts the buffers into the run's folder, synced. What depends on a run
 * (its id, times, names of logs) stands in run.json and report.md only. */
#ifndef GM_REPORT_REPORT_H
#define GM_REPORT_REPORT_H

#include "base/bytes.h"
#include "base/error.h"
#include "part/value.h"
#include "run/plan.h"
#include "run/run_record.h"
#include "score/scorecard.h"

typedef struct report {
    const plan *plan;
    const run_record *record;
    const value_set *values;
    const scorecard_set *scorecards;
} report;

void run_json_write(const report *r, bytes *out);
void metrics_ndjson_write(const report *r, bytes *out);
void scorecard_json_write(const report *r, uint32_t goal, bool pretty, bytes *out);
void areas_json_write(const report *r, bytes *out);
void report_md_write(const report *r, bytes *out);

/* The table a run ends with. width: columns of the terminal, 0 unknown; color: ANSI colours. */
typedef struct terminal_options {
    uint32_t width;
    bool color;
} terminal_options;
void terminal_table_write(const report *r, const terminal_options *options, bytes *out);

/* All files of the run into folder, which exists and is empty: run.json, metrics.ndjson,
 * scorecards/<goal>.json, scorecards.ndjson, areas.json, report.md. Syncs files and folders. */
gm_status report_write(const report *r, const char *folder, gm_error *err);

#endif

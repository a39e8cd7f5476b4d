/* SPDX-License-Identifier: Apache-2.0
 * data_quality.h - how good the data behind a goal, or behind the whole run, is: counts, and a
 * sentence for each thing that was left out. The sentences name sources, metrics and fields, never
 * a log: they are the same for the same data, wherever it lies. */
#ifndef GM_REPORT_DATA_QUALITY_H
#define GM_REPORT_DATA_QUALITY_H

#include "report/report.h"

typedef struct data_quality {
    bool degraded;     /* logs, patterns, too many lines or a plugin are missing from it */
    uint64_t logs_bad; /* not how many there are: the events may be cut into logs in any way */
    uint64_t lines, lines_rejected;
    uint64_t events_missing_field; /* that a metric could not use */
    const char **notes;            /* plain text, one sentence each */
    uint32_t n_notes, cap_notes;
    arena memory; /* owns the texts */
} data_quality;

/* Of the sources that the metrics of the goal's inputs read. */
void data_quality_of_goal(data_quality *out, const report *r, uint32_t goal);
/* Of all sources and metrics. */
void data_quality_of_run(data_quality *out, const report *r);
void data_quality_deinit(data_quality *q);

/* Why a log was not read, or not to its end: its message, else what its outcome means. Borrowed. */
const char *data_quality_log_reason(const run_log *log);

#endif

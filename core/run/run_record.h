/* SPDX-License-Identifier: Apache-2.0
 * run_record.h - what happened in a run, beside its values: each log and what became of it, what
 * was skipped and why, who failed, how long it took. Filled by the supervisor, written to run.json.
 */
#ifndef GM_RUN_RUN_RECORD_H
#define GM_RUN_RUN_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "input/log_counts.h"

#define RUN_LOG_OUTCOME_LIST(X)                                                                    \
    X(READ, "read", "read to its verified end")                                                    \
    X(DAMAGED, "damaged", "its stream is damaged; it contributed nothing")                         \
    X(KEPT, "kept", "its stream is damaged; the complete lines before the damage count")           \
    X(UNREADABLE, "unreadable", "it could not be opened or read")                                  \
    X(DUPLICATE, "duplicate", "same content as another log of its source; counted once")           \
    X(FAILED, "failed", "the worker that read it ended each time it was tried")

typedef enum run_log_outcome {
#define X(id, name, doc) RUN_LOG_##id,
    RUN_LOG_OUTCOME_LIST(X)
#undef X
        RUN_LOG_OUTCOMES
} run_log_outcome;

typedef struct run_log {
    uint32_t source; /* in the configuration */
    const char *path;
    uint64_t size;
    run_log_outcome outcome;
    const char *message; /* why it was not read, or NULL */
    hash128 content;
    uint64_t lines;
    uint64_t outcomes[LOG_OUTCOMES];
    uint64_t notices[LOG_NOTICES];
    uint64_t bytes_out, members, trailing_bytes;
    uint64_t events_current, events_previous, events_outside; /* by their time */
    uint64_t events_future; /* of those outside: more than a day after the period's end */
    uint32_t attempts;
} run_log;

/* A line that was rejected or mended, as an example. */
typedef struct run_example {
    uint32_t source;
    bool is_notice;
    uint32_t what; /* log_outcome or log_notice */
    const char *path;
    uint64_t line;
    const char *text;
} run_example;

/* Events that a metric could not use because a field it needs was missing. */
typedef struct run_null {
    uint32_t metric;
    const char *field;
    uint64_t events;
} run_null;

typedef struct run_source {
    uint64_t logs, logs_bad; /* bad: damaged, kept, unreadable, failed */
    uint64_t logs_kept;      /* kept: damaged, but their complete lines count */
    uint64_t lines, rejected;
    uint64_t events_future; /* more than a day after the period's end */
    const char **unmatched; /* patterns that matched no file */
    uint32_t n_unmatched;
    bool too_many_bad_lines;
} run_source;

/* A plugin that was taken out of the run. */
typedef struct run_plugin_failure {
    uint32_t plugin;
    const char *message;
} run_plugin_failure;

typedef struct run_metric_failure {
    uint32_t metric;
    const char *message;
} run_metric_failure;

/* A worker that ended early, whatever became of its task. */
typedef struct run_death {
    const char *message; /* "map worker 2 was killed (SIGKILL) while reading x.gz" */
} run_death;

typedef struct run_cause {
    int exit_code;
    const char *text;
} run_cause;

typedef struct run_phase {
    const char *name; /* plan, map, reduce, score, write */
    double seconds;
} run_phase;

enum { RUN_PHASES = 5 };

typedef struct run_record {
    arena memory; /* owns all texts and the arrays below */
    const char *run_id;
    int64_t started_us, ended_us; /* wall clock, UTC */
    uint32_t workers;
    uint64_t memory_max;
    uint32_t running_max; /* workers busy at the same time, at most */
    run_log *logs;        /* by source, then by path */
    uint32_t n_logs;
    run_source *sources; /* as configured */
    uint32_t n_sources;
    run_example *examples;
    uint32_t n_examples, examples_cap;
    run_null *nulls;
    uint32_t n_nulls, nulls_cap;
    run_plugin_failure *plugin_failures;
    uint32_t n_plugin_failures, plugin_failures_cap;
    run_metric_failure *metric_failures;
    uint32_t n_metric_failures, metric_failures_cap;
    run_death *deaths;
    uint32_t n_deaths, deaths_cap;
    run_cause *causes; /* of the exit code; none: 0 */
    uint32_t n_causes, causes_cap;
    run_phase phases[RUN_PHASES];
    uint32_t n_phases;
    int exit_code;
} run_record;

const char *run_log_outcome_name(run_log_outcome outcome);

#endif

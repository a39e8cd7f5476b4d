/* SPDX-License-Identifier: Apache-2.0
 * log_facts.h - what a map worker found out about one log, as the supervisor is told and as its
 * part keeps it: counters, events by day, what metrics missed, examples. Nothing depends on the
 * run. */
#ifndef GM_RUN_LOG_FACTS_H
#define GM_RUN_LOG_FACTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "input/log_counts.h"

typedef struct log_day {
    int32_t day; /* civil, in the zone of the run */
    uint64_t events;
} log_day;

typedef struct log_null {
    uint32_t metric, column; /* in the plan */
    uint64_t events;
} log_null;

typedef struct log_facts {
    log_counts counts;
    log_day *days; /* ascending */
    uint32_t n_days, days_cap;
    log_null *nulls;
    uint32_t n_nulls, nulls_cap;
} log_facts;

/* Counts n events of a day. */
void log_facts_add_day(log_facts *f, int32_t day, uint64_t n);
void log_facts_deinit(log_facts *f);

void log_facts_save(const log_facts *f, bytes *out);
/* Arrays come from run_arena: no log_facts_deinit() then. GM_E_DAMAGED. */
gm_status log_facts_load(log_facts *out, bytes_reader *in, arena *run_arena, gm_error *err);

#endif

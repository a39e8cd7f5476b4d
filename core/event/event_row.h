/* SPDX-License-Identifier: Apache-2.0
 * event_row.h - the values of a parsed line as one row: alternatives, value tables, conversions. */
#ifndef GM_EVENT_EVENT_ROW_H
#define GM_EVENT_EVENT_ROW_H

#include <stdint.h>

#include "base/arena.h"
#include "base/timestamp.h"
#include "event/column_builder.h"
#include "event/mapping.h"
#include "event/ndjson.h"
#include "input/log_counts.h"

/* What a row is made with; the pointers are borrowed. */
typedef struct event_row {
    const mapping *m;
    ndjson_value *values; /* of the line, by slot; strings are unescaped in place, once */
    column_builder *columns;
    arena *batch_arena;
    timestamp_parser time;
    uint64_t *wrong_type;          /* by schema column; grows */
    uint64_t notices[LOG_NOTICES]; /* of this line; event_row_time() clears them */
    uint32_t n_notices;            /* is any of them not 0? */
} event_row;

void event_row_start(event_row *row, const mapping *m, ndjson_value *values);
/* LOG_ACCEPTED, LOG_NO_TIME or LOG_BAD_TIME. An empty string is no time. */
log_outcome event_row_time(event_row *row, int64_t *us);
/* Fills row r of all columns. */
void event_row_fill(event_row *row, uint32_t r);

#endif

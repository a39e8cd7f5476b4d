/* SPDX-License-Identifier: Apache-2.0
 * batch.h - a block of events in columns, in the order of the schema. */
#ifndef GM_EVENT_BATCH_H
#define GM_EVENT_BATCH_H

#include <stdint.h>

#include <goalmill/plugin.h>

/* Borrowed until the next batch. Strings point into the block of lines or the batch's arena. */
typedef struct event_batch {
    uint32_t n_rows;
    uint32_t n_columns;
    const gm_column *columns; /* columns[i] is column i of the schema */
    const int64_t *times;     /* a row, microseconds UTC; never null */
    const uint64_t *lines;    /* a row: its line in the log, from 1 */
    int64_t time_min, time_max;
    uint64_t seq; /* of the batch in its log, from 0 */
} event_batch;

#endif

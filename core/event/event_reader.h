/* SPDX-License-Identifier: Apache-2.0
 * event_reader.h - a log as batches of events: codec, lines, parser and mapping in one pull.
 * One a worker, used for log after log; it owns all buffers. */
#ifndef GM_EVENT_EVENT_READER_H
#define GM_EVENT_EVENT_READER_H

#include <stdint.h>

#include "base/error.h"
#include "event/batch.h"
#include "event/mapping.h"
#include "event/schema.h"
#include "input/codec.h"
#include "input/log_counts.h"

typedef struct event_reader event_reader;

/* batch_rows: at most so many rows a batch, 1 to LIMIT_BATCH_ROWS. s is borrowed. */
event_reader *event_reader_new(const schema *s, uint32_t batch_rows);
void event_reader_free(event_reader *r);

/* Opens the log at path, mapped by m (both borrowed until it ends). */
gm_status event_reader_open(event_reader *r, const mapping *m, const char *path, gm_error *err);
/* *out is NULL at the verified end of the log. On GM_E_DAMAGED, GM_E_LIMIT or GM_E_IO the batches
 * so far are the complete lines before the damage. */
gm_status event_reader_next(event_reader *r, const event_batch **out, gm_error *err);

/* Of the log that is or was open; borrowed. */
const log_counts *event_reader_counts(const event_reader *r);
const codec_stats *event_reader_codec(const event_reader *r);
/* How often field columns were null for a wrong type or range, by schema column; borrowed. */
const uint64_t *event_reader_wrong_type(const event_reader *r);

#endif

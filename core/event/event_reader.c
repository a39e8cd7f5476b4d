/* SPDX-License-Identifier: Apache-2.0
 * event_reader.c - see event_reader.h.
 *
 * A block of lines is parsed in place and its strings are given out as they lie there, so a batch
 * ends where its block ends; a block gives as many batches as it takes. A line becomes a row only
 * when it was accepted as a whole: before that nothing is stored, so nothing needs undoing. */
#include "event/event_reader.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "event/column_builder.h"
#include "event/event_row.h"
#include "event/mapping_plan.h"
#include "event/ndjson.h"
#include "input/line_reader.h"

struct event_reader {
    const schema *s;
    uint32_t batch_rows;
    codec *source;    /* NULL: no log is open */
    codec_stats none; /* of no log */
    line_reader *lines;
    ndjson_parser *parser; /* of the mapping in use */
    const char *at;        /* the next line of the block */
    const char *block_end;
    uint64_t line; /* the number of the line at `at` */
    event_row row;
    arena batch_arena;
    int64_t *times;
    uint64_t *line_numbers;
    uint64_t *wrong_type; /* by schema column */
    event_batch batch;
    log_counts counts;
};

event_reader *event_reader_new(const schema *s, uint32_t batch_rows)
{
    GM_ASSERT(batch_rows >= 1);
    GM_ASSERT(batch_rows <= LIMIT_BATCH_ROWS);
    event_reader *r = mem_zalloc(sizeof *r);
    r->s = s;
    r->batch_rows = batch_rows;
    r->lines = line_reader_new(LIMIT_BLOCK_BYTES);
    r->times = mem_array(batch_rows, sizeof *r->times);
    r->line_numbers = mem_array(batch_rows, sizeof *r->line_numbers);
    r->wrong_type = mem_array(s->n, sizeof *r->wrong_type);
    arena_init(&r->batch_arena, LIMIT_KIB(256));
    r->row.columns = column_builder_new(s, batch_rows);
    r->row.batch_arena = &r->batch_arena;
    r->row.wrong_type = r->wrong_type;
    return r;
}

void event_reader_free(event_reader *r)
{
    if (r == NULL)
        return;
    codec_free(r->source);
    line_reader_free(r->lines);
    ndjson_free(r->parser);
    column_builder_free(r->row.columns);
    mem_free(r->times);
    mem_free(r->line_numbers);
    mem_free(r->wrong_type);
    arena_deinit(&r->batch_arena);
    mem_free(r);
}

/* Nothing of the log before may be seen any more, even when this one cannot be opened. */
static void forget_log(event_reader *r)
{
    codec_free(r->source);
    r->source = NULL;
    ndjson_free(r->parser);
    r->parser = NULL;
    memset(&r->counts, 0, sizeof r->counts);
    memset(&r->batch, 0, sizeof r->batch);
    for (uint32_t i = 0; i < r->s->n; i++)
        r->wrong_type[i] = 0;
    r->at = NULL;
    r->block_end = NULL;
}

gm_status event_reader_open(event_reader *r, const mapping *m, const char *path, gm_error *err)
{
    GM_ASSERT(m->s == r->s);
    forget_log(r);
    gm_status status = codec_open(&r->source, path, m->max_file_bytes, err);
    if (status != GM_OK)
        return status;
    line_reader_start(r->lines, r->source, m->max_line_bytes, &r->counts);
    column_builder_start(r->row.columns, m);
    r->parser = ndjson_new(&m->paths);
    event_row_start(&r->row, m, ndjson_values(r->parser));
    return GM_OK;
}

/* Notices of a line that was accepted all the same; each counts as often as it came, but is an
 * example once. */
static void count_notices(event_reader *r, const char *line, size_t n)
{
    event_row *row = &r->row;
    row->notices[LOG_DUPLICATE_KEY] += ndjson_duplicates(r->parser);
    for (log_notice what = 0; what < LOG_NOTICES; what++) {
        if (row->notices[what] == 0)
            continue;
        log_counts_notice(&r->counts, what, r->line, line, n);
        r->counts.notices[what] += row->notices[what] - 1;
    }
}

/* The line at r->at becomes row n_rows, or is rejected. */
static bool read_line(event_reader *r, uint32_t n_rows)
{
    const char *line = r->at, *end;
    int64_t us = 0;
    log_outcome outcome = ndjson_parse(r->parser, line, &end);
    if (outcome == LOG_ACCEPTED)
        outcome = event_row_time(&r->row, &us);
    size_t n = (size_t)(end - line);
    log_counts_outcome(&r->counts, outcome, r->line, line, n);
    if (outcome == LOG_ACCEPTED) {
        event_row_fill(&r->row, n_rows);
        if (r->row.n_notices != 0 || ndjson_duplicates(r->parser) != 0)
            count_notices(r, line, n);
        r->times[n_rows] = us;
        r->line_numbers[n_rows] = r->line;
    }
    r->at = end + 1;
    r->line++;
    return outcome == LOG_ACCEPTED;
}

static void finish_batch(event_reader *r, uint32_t n_rows)
{
    event_batch *b = &r->batch;
    b->seq = b->n_rows == 0 ? 0 : b->seq + 1; /* n_rows 0: there was none before in this log */
    b->n_rows = n_rows;
    b->n_columns = r->s->n;
    b->times = r->times;
    b->lines = r->line_numbers;
    b->time_min = b->time_max = r->times[0];
    for (uint32_t i = 1; i < n_rows; i++) {
        b->time_min = r->times[i] < b->time_min ? r->times[i] : b->time_min;
        b->time_max = r->times[i] > b->time_max ? r->times[i] : b->time_max;
    }
    b->columns = column_builder_finish(r->row.columns, n_rows, r->times);
}

static gm_status next_block(event_reader *r, gm_error *err)
{
    line_block block;
    gm_status status = line_reader_next(r->lines, &block, err);
    r->at = NULL;
    r->block_end = NULL;
    if (status != GM_OK || block.len == 0)
        return status;
    r->at = block.data;
    r->block_end = block.data + block.len;
    r->line = block.first_line;
    return GM_OK;
}

gm_status event_reader_next(event_reader *r, const event_batch **out, gm_error *err)
{
    GM_ASSERT(r->source != NULL);
    *out = NULL;
    arena_reset(&r->batch_arena);
    column_builder_begin(r->row.columns);
    uint32_t n_rows = 0;
    while (n_rows == 0) {
        if (r->at == r->block_end) {
            gm_status status = next_block(r, err);
            if (status != GM_OK || r->at == NULL)
                return status;
        }
        while (r->at != r->block_end && n_rows < r->batch_rows)
            n_rows += read_line(r, n_rows);
    }
    finish_batch(r, n_rows);
    *out = &r->batch;
    return GM_OK;
}

const log_counts *event_reader_counts(const event_reader *r)
{
    return &r->counts;
}

const codec_stats *event_reader_codec(const event_reader *r)
{
    return r->source == NULL ? &r->none : codec_get_stats(r->source);
}

const uint64_t *event_reader_wrong_type(const event_reader *r)
{
    return r->wrong_type;
}

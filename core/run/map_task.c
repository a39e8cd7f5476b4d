/* SPDX-License-Identifier: Apache-2.0
 * map_task.c - see map_task.h. */
#include "run/map_task.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/event_reader.h"
#include "host/breadcrumb.h"
#include "part/part_writer.h"
#include "run/fold.h"
#include "run/metric_host.h"
#include "run/pool.h"

struct map_worker {
    const plan *plan;
    const run_log *logs;
    const bool *is_out;
    event_reader *reader;
    metric_host *host;
    uint64_t bytes_before; /* of logs that are done, for progress */
};

/* One log of the bundle, while the bundle is worked on. */
typedef struct mapped_log {
    run_log_outcome outcome;
    gm_error error;
    hash128 content;
    log_facts facts;
    uint32_t ordinal;
} mapped_log;

map_worker *map_worker_new(const plan *p, const run_log *logs, const bool *is_out,
                           uint32_t batch_rows)
{
    map_worker *w = mem_zalloc(sizeof *w);
    w->plan = p;
    w->logs = logs;
    w->is_out = is_out;
    w->reader = event_reader_new(&p->schema, batch_rows);
    w->host = metric_host_new(p);
    return w;
}

void map_worker_free(map_worker *w)
{
    if (w == NULL)
        return;
    event_reader_free(w->reader);
    metric_host_free(w->host);
    mem_free(w);
}

/* Events by civil day; a day's bounds are remembered, as times come roughly in order. */
static void count_days(const map_worker *w, log_facts *facts, const event_batch *batch)
{
    int64_t start = 0, end = 0;
    int32_t day = 0;
    uint64_t n = 0;
    for (uint32_t r = 0; r < batch->n_rows; r++) {
        int64_t t = batch->times[r];
        if (t < start || t >= end) {
            if (n != 0)
                log_facts_add_day(facts, day, n);
            n = 0;
            day = civil_day_of(w->plan->zone, t);
            start = civil_day_start(w->plan->zone, day);
            end = civil_day_start(w->plan->zone, day + 1);
        }
        n++;
    }
    if (n != 0)
        log_facts_add_day(facts, day, n);
}

static void note_nulls(const map_worker *w, const fold *f, log_facts *facts)
{
    for (uint32_t i = 0; i < w->plan->n_metrics; i++) {
        const uint64_t *nulls = fold_nulls(f, i);
        for (uint32_t c = 0; c < w->plan->metrics[i].n_columns; c++) {
            if (nulls[c] == 0)
                continue;
            MEM_GROW(facts->nulls, facts->n_nulls, facts->nulls_cap);
            facts->nulls[facts->n_nulls++] =
                (log_null){.metric = i, .column = c, .events = nulls[c]};
        }
    }
}

static gm_status read_log(map_worker *w, fold *f, uint32_t source, const char *path,
                          mapped_log *out, gm_error *err)
{
    breadcrumb *crumb = breadcrumb_mine();
    pool_return_to_folder();
    gm_status st = event_reader_open(w->reader, w->plan->mappings[source], path, err);
    while (st == GM_OK) {
        const event_batch *batch = NULL;
        st = event_reader_next(w->reader, &batch, err);
        if (st != GM_OK || batch == NULL)
            break;
        atomic_store_explicit(&crumb->batch, batch->seq, memory_order_relaxed);
        atomic_store_explicit(&crumb->bytes_in,
                              w->bytes_before + event_reader_codec(w->reader)->bytes_in,
                              memory_order_relaxed);
        atomic_fetch_add_explicit(&crumb->events, batch->n_rows, memory_order_relaxed);
        count_days(w, &out->facts, batch);
        fold_batch(f, batch);
    }
    return st;
}

static void map_log(map_worker *w, fold *f, const map_bundle *b, uint32_t index, mapped_log *out)
{
    const run_log *log = &w->logs[b->logs[index]];
    atomic_store_explicit(&breadcrumb_mine()->log, b->logs[index], memory_order_relaxed);
    fold_begin_log(f, b->source, log->path);
    gm_status st = read_log(w, f, b->source, log->path, out, &out->error);
    const codec_stats *stats = event_reader_codec(w->reader);
    if (stats != NULL) {
        w->bytes_before += stats->bytes_in;
        out->content = stats->content;
        out->facts.counts = *event_reader_counts(w->reader);
    }
    out->outcome = RUN_LOG_READ;
    bool keeps = w->plan->config->sources[b->source].on_damage == CONFIG_DAMAGE_KEEP;
    if (st == GM_E_DAMAGED || st == GM_E_LIMIT)
        out->outcome = keeps ? RUN_LOG_KEPT : RUN_LOG_DAMAGED;
    else if (st != GM_OK)
        out->outcome = RUN_LOG_UNREADABLE;
    if (out->outcome == RUN_LOG_READ || out->outcome == RUN_LOG_KEPT) {
        note_nulls(w, f, &out->facts);
        fold_end_log(f, index);
    } else {
        fold_drop_log(f);
        log_facts_deinit(&out->facts); /* what it seemed to hold counts for nothing */
    }
}

typedef struct order_item {
    hash128 content;
    uint32_t index;
} order_item;

/* The order of identities: content, then path (as in the bundle). */
static int by_identity(const void *a, const void *b)
{
    const order_item *x = a, *y = b;
    int order = hash_compare(x->content, y->content);
    return order != 0 ? order : x->index < y->index ? -1 : x->index > y->index;
}

static gm_status write_part(map_worker *w, fold *f, const map_bundle *b, mapped_log *logs,
                            uint64_t *part_bytes, gm_error *err)
{
    order_item *order = mem_array(b->n_logs, sizeof *order);
    uint32_t *ordinals = mem_array(b->n_logs, sizeof *ordinals);
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n_logs; i++) {
        logs[i].ordinal = UINT32_MAX;
        if (logs[i].outcome == RUN_LOG_READ || logs[i].outcome == RUN_LOG_KEPT)
            order[n++] = (order_item){.content = logs[i].content, .index = i};
    }
    gm_status st = GM_OK;
    *part_bytes = 0;
    if (n != 0) {
        qsort(order, n, sizeof *order, by_identity);
        part_writer *part = NULL;
        st = part_writer_open(&part, b->part, err);
        bytes facts;
        bytes_init(&facts, LIMIT_ANSWER_BYTES);
        for (uint32_t k = 0; st == GM_OK && k < n; k++) {
            mapped_log *log = &logs[order[k].index];
            bytes_clear(&facts);
            log_facts_save(&log->facts, &facts);
            log->ordinal = part_writer_add_log(part, w->plan->config->sources[b->source].name,
                                               log->content, facts.data, facts.len);
            ordinals[order[k].index] = log->ordinal;
        }
        bytes_deinit(&facts);
        if (st == GM_OK)
            st = fold_write(f, b->source, ordinals, part, err);
        if (st == GM_OK)
            st = part_writer_commit(part, part_bytes, err);
        else
            part_writer_abandon(part);
    }
    mem_free(order);
    mem_free(ordinals);
    return st;
}

static void put_answer(const map_worker *w, const fold *f, const map_bundle *b,
                       const mapped_log *logs, uint64_t part_bytes, bytes *answer)
{
    bytes_u64(answer, part_bytes);
    for (uint32_t i = 0; i < b->n_logs; i++) {
        bool has_message = logs[i].outcome != RUN_LOG_READ;
        bytes_u8(answer, (uint8_t)logs[i].outcome);
        bytes_u32(answer, logs[i].ordinal);
        bytes_str(answer, has_message ? logs[i].error.message : NULL);
        bytes_u64(answer, logs[i].content.low);
        bytes_u64(answer, logs[i].content.high);
        log_facts_save(&logs[i].facts, answer);
    }
    for (uint32_t i = 0; i < w->plan->n_metrics; i++) {
        bytes_str(answer, fold_failure(f, i));
        bytes_varint(answer, fold_bytes(f, i));
    }
}

void map_task_order(const map_bundle *b, bytes *out)
{
    bytes_u32(out, b->source);
    bytes_str(out, b->part);
    bytes_u32(out, b->n_logs);
    for (uint32_t i = 0; i < b->n_logs; i++)
        bytes_u32(out, b->logs[i]);
}

static gm_status map_bundle_logs(map_worker *w, const map_bundle *b, bytes *answer, gm_error *err)
{
    fold *f = fold_new(w->plan, w->host, w->is_out);
    mapped_log *logs = mem_array(b->n_logs, sizeof *logs);
    for (uint32_t i = 0; i < b->n_logs; i++)
        map_log(w, f, b, i, &logs[i]);
    uint64_t part_bytes = 0;
    gm_status st = write_part(w, f, b, logs, &part_bytes, err);
    if (st == GM_OK)
        put_answer(w, f, b, logs, part_bytes, answer);
    for (uint32_t i = 0; i < b->n_logs; i++)
        log_facts_deinit(&logs[i].facts);
    mem_free(logs);
    fold_free(f);
    atomic_store_explicit(&breadcrumb_mine()->log, UINT32_MAX, memory_order_relaxed);
    return st;
}

gm_status map_task_run(map_worker *w, bytes_reader *order, bytes *answer, gm_error *err)
{
    map_bundle b = {.source = bytes_get_u32(order)};
    gm_str part = bytes_get_str(order);
    b.n_logs = bytes_get_u32(order);
    GM_ASSERT(!order->bad); /* our own supervisor wrote it */
    char *path = mem_strndup(part.ptr, part.len);
    b.part = path;
    b.logs = mem_array(b.n_logs, sizeof *b.logs);
    for (uint32_t i = 0; i < b.n_logs; i++)
        b.logs[i] = bytes_get_u32(order);
    GM_ASSERT(!order->bad && order->p == order->end);
    gm_status st = map_bundle_logs(w, &b, answer, err);
    mem_free(b.logs);
    mem_free(path);
    return st;
}

static const char *get_text(bytes_reader *in, arena *a)
{
    gm_str s = bytes_get_str(in);
    return in->bad || s.len == 0 ? NULL : arena_strndup(a, s.ptr, s.len);
}

gm_status map_task_read(map_answer *out, const map_bundle *b, const plan *p, bytes_reader *answer,
                        arena *run_arena, gm_error *err)
{
    out->part_bytes = bytes_get_u64(answer);
    out->logs = arena_zpush(run_arena, b->n_logs * sizeof *out->logs);
    for (uint32_t i = 0; i < b->n_logs && !answer->bad; i++) {
        map_answer_log *log = &out->logs[i];
        uint8_t outcome = bytes_get_u8(answer);
        if (outcome >= RUN_LOG_OUTCOMES)
            answer->bad = true;
        log->outcome = (run_log_outcome)outcome;
        log->ordinal = bytes_get_u32(answer);
        log->message = get_text(answer, run_arena);
        log->content.low = bytes_get_u64(answer);
        log->content.high = bytes_get_u64(answer);
        gm_status st = log_facts_load(&log->facts, answer, run_arena, err);
        if (st != GM_OK)
            return st;
    }
    out->failures = arena_zpush(run_arena, (p->n_metrics + 1) * sizeof *out->failures);
    out->metric_bytes = arena_zpush(run_arena, (p->n_metrics + 1) * sizeof *out->metric_bytes);
    for (uint32_t i = 0; i < p->n_metrics && !answer->bad; i++) {
        out->failures[i] = get_text(answer, run_arena);
        out->metric_bytes[i] = bytes_get_varint(answer);
    }
    if (answer->bad || answer->p != answer->end)
        return error_set(err, GM_E_DAMAGED, "the answer of a map worker is damaged");
    return GM_OK;
}

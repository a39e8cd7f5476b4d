/* SPDX-License-Identifier: Apache-2.0
 * map_phase.c - finds the logs, bundles them, has them mapped, and keeps account of each. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/message.h"
#include "input/log_list.h"
#include "run/night_phases.h"

/* Logs below this are bundled, up to so many bytes or logs. */
static const uint64_t small_log_bytes = UINT64_C(4) << 20;
static const uint64_t bundle_bytes_max = UINT64_C(8) << 20;
enum { BUNDLE_LOGS_MAX = 256 };

/* What a map worker needs beside the states: buffers of lines, columns, inflating. */
static const uint64_t worker_bytes = UINT64_C(16) << 20;

typedef struct bundle {
    map_bundle map;
    uint32_t attempts;
} bundle;

typedef struct map_phase {
    night_work *work;
    bundle *bundles;
    uint32_t n_bundles, bundles_cap;
    pool *pool;
    map_worker *worker; /* in a worker: made with its first task */
} map_phase;

/* ---- finding
 * -------------------------------------------------------------------------------------- */

static gm_status find_source_logs(night_work *w, uint32_t s, log_list *list, gm_error *err)
{
    run_record *r = &w->night->record;
    const config_source *source = &w->plan->config->sources[s];
    run_source *out = &r->sources[s];
    out->unmatched = arena_zpush(&r->memory, source->files.n * sizeof *out->unmatched);
    for (uint32_t i = 0; i < source->files.n; i++) {
        uint32_t n = 0;
        gm_status st = log_list_add(list, source->files.items[i].text, &r->memory, &n, err);
        if (st != GM_OK)
            return st;
        if (n == 0) {
            out->unmatched[out->n_unmatched++] = source->files.items[i].text;
            message_warn("source %s: no file matches %s", source->name,
                         source->files.items[i].text);
        }
    }
    log_list_sort(list);
    out->logs = list->n;
    return GM_OK;
}

gm_status night_find_logs(night_work *w, gm_error *err)
{
    run_record *r = &w->night->record;
    const config *c = w->plan->config;
    r->n_sources = c->n_sources;
    r->sources = arena_zpush(&r->memory, c->n_sources * sizeof *r->sources);
    log_list *lists = mem_array(c->n_sources + 1, sizeof *lists);
    gm_status st = GM_OK;
    uint32_t n = 0;
    for (uint32_t s = 0; st == GM_OK && s < c->n_sources; s++) {
        st = find_source_logs(w, s, &lists[s], err);
        n += lists[s].n;
    }
    r->logs = arena_zpush(&r->memory, (n + 1) * sizeof *r->logs);
    for (uint32_t s = 0; st == GM_OK && s < c->n_sources; s++) {
        for (uint32_t i = 0; i < lists[s].n; i++) {
            const log_list_item *item = &lists[s].items[i];
            run_log *log = &r->logs[r->n_logs++];
            log->source = s;
            log->path = item->path;
            log->size = item->size;
            log->message = item->problem;
            log->outcome = item->problem == NULL ? RUN_LOG_READ : RUN_LOG_UNREADABLE;
            if (item->problem != NULL)
                message_warn("%s: %s", item->path, item->problem);
        }
    }
    for (uint32_t s = 0; s < c->n_sources; s++)
        log_list_deinit(&lists[s]);
    mem_free(lists);
    return st;
}

/* ---- bundling
 * --------------------------------------------------------------------------------------- */

/* n_max: logs that it will hold at most. */
static uint32_t add_bundle(map_phase *p, uint32_t source, uint32_t n_max)
{
    run_record *r = &p->work->night->record;
    MEM_GROW(p->bundles, p->n_bundles, p->bundles_cap);
    bundle *b = &p->bundles[p->n_bundles];
    memset(b, 0, sizeof *b);
    b->map.source = source;
    b->map.logs = arena_zpush(&r->memory, n_max * sizeof *b->map.logs);
    b->map.part =
        arena_printf(&r->memory, "%s/%06u.gmpart", p->work->options->parts_dir, p->n_bundles);
    return p->n_bundles++;
}

static uint64_t bytes_of(const map_phase *p, const bundle *b)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < b->map.n_logs; i++)
        n += p->work->night->record.logs[b->map.logs[i]].size;
    return n;
}

/* States of a log are at most a few times as large as the log, and have a budget. */
static uint64_t memory_of(const map_phase *p, const bundle *b)
{
    const config *c = p->work->plan->config;
    uint64_t states = 4 * bytes_of(p, b);
    uint64_t budget = c->n_metrics * c->run.metric_memory_max;
    return worker_bytes + (states < budget ? states : budget);
}

static void push(map_phase *p, uint32_t index)
{
    const bundle *b = &p->bundles[index];
    bytes order;
    bytes_init(&order, LIMIT_ANSWER_BYTES);
    map_task_order(&b->map, &order);
    pool_push(p->pool, index, bytes_of(p, b), memory_of(p, b), &order);
    bytes_deinit(&order);
}

static void make_bundles(map_phase *p)
{
    const run_record *r = &p->work->night->record;
    uint32_t open = UINT32_MAX;
    uint64_t open_bytes = 0;
    for (uint32_t i = 0; i < r->n_logs; i++) {
        const run_log *log = &r->logs[i];
        if (log->outcome != RUN_LOG_READ)
            continue;
        if (log->size >= small_log_bytes) {
            uint32_t alone = add_bundle(p, log->source, 1);
            p->bundles[alone].map.logs[0] = i;
            p->bundles[alone].map.n_logs = 1;
            continue;
        }
        if (open == UINT32_MAX || p->bundles[open].map.source != log->source ||
            p->bundles[open].map.n_logs == BUNDLE_LOGS_MAX ||
            open_bytes + log->size > bundle_bytes_max) {
            open = add_bundle(p, log->source, BUNDLE_LOGS_MAX);
            open_bytes = 0;
        }
        map_bundle *b = &p->bundles[open].map;
        b->logs[b->n_logs++] = i;
        open_bytes += log->size;
    }
}

/* ---- answers
 * ---------------------------------------------------------------------------------------- */

static void add_example(run_record *r, const run_log *log, bool is_notice, uint32_t what,
                        const log_example *e)
{
    if (e->line == 0)
        return;
    uint32_t have = 0;
    for (uint32_t i = 0; i < r->n_examples; i++)
        have += r->examples[i].source == log->source && r->examples[i].is_notice == is_notice &&
                r->examples[i].what == what;
    if (have >= LIMIT_EXAMPLES)
        return;
    MEM_GROW(r->examples, r->n_examples, r->examples_cap);
    r->examples[r->n_examples++] = (run_example){.source = log->source,
                                                 .is_notice = is_notice,
                                                 .what = what,
                                                 .path = log->path,
                                                 .line = e->line,
                                                 .text = arena_strdup(&r->memory, e->text)};
}

static void add_days(const night_work *w, run_log *log, const log_facts *facts)
{
    const plan *p = w->plan;
    for (uint32_t i = 0; i < facts->n_days; i++) {
        const log_day *d = &facts->days[i];
        bool is_current = d->day >= p->current.first_day && d->day < p->current.end_day;
        bool is_previous =
            p->has_previous && d->day >= p->previous.first_day && d->day < p->previous.end_day;
        if (is_current)
            log->events_current += d->events;
        if (is_previous)
            log->events_previous += d->events;
        if (!is_current && !is_previous)
            log->events_outside += d->events;
        if (d->day > p->current.end_day)
            log->events_future += d->events;
    }
}

static void take_log(night_work *w, run_log *log, const map_answer_log *answer)
{
    run_record *r = &w->night->record;
    const log_counts *c = &answer->facts.counts;
    log->outcome = answer->outcome;
    log->message = answer->message;
    log->content = answer->content;
    log->lines = c->lines;
    log->bytes_out = c->bytes_out;
    log->members = c->members;
    log->trailing_bytes = c->trailing_bytes;
    for (uint32_t i = 0; i < LOG_OUTCOMES; i++) {
        log->outcomes[i] = c->outcomes[i];
        for (uint32_t k = 0; i > LOG_BLANK && k < LIMIT_EXAMPLES; k++)
            add_example(r, log, false, i, &c->examples[i][k]);
    }
    for (uint32_t i = 0; i < LOG_NOTICES; i++) {
        log->notices[i] = c->notices[i];
        for (uint32_t k = 0; k < LIMIT_EXAMPLES; k++)
            add_example(r, log, true, i, &c->notice_examples[i][k]);
    }
    add_days(w, log, &answer->facts);
    w->nulls[log - r->logs] =
        (night_nulls){.items = answer->facts.nulls, .n = answer->facts.n_nulls};
    if (log->trailing_bytes != 0)
        message_warn(
            "%s: %llu bytes behind its last gzip member were ignored; a damaged member looks "
            "like that too",
            log->path, (unsigned long long)log->trailing_bytes);
    if (log->outcome != RUN_LOG_READ)
        message_warn("%s: %s", log->path, log->message == NULL ? "cannot be used" : log->message);
}

static void keep_part(night_work *w, const bundle *b, const map_answer *answer)
{
    run_record *r = &w->night->record;
    night_part part = {.path = b->map.part, .source = b->map.source};
    part.log_of = arena_zpush(&r->memory, b->map.n_logs * sizeof *part.log_of);
    for (uint32_t i = 0; i < b->map.n_logs; i++) {
        uint32_t ordinal = answer->logs[i].ordinal;
        if (ordinal >= b->map.n_logs)
            continue; /* it is not in the part */
        part.log_of[ordinal] = b->map.logs[i];
        part.n_logs++;
    }
    if (part.n_logs == 0)
        return;
    MEM_GROW(w->parts, w->n_parts, w->parts_cap);
    w->parts[w->n_parts++] = part;
}

static void set_fatal(map_phase *p, const gm_error *err)
{
    if (p->work->fatal.code == GM_OK)
        p->work->fatal = *err;
    pool_cancel(p->pool);
}

static void on_done(void *context, uint32_t task, bytes_reader in)
{
    map_phase *p = context;
    night_work *w = p->work;
    bundle *b = &p->bundles[task];
    map_answer answer;
    gm_error err;
    if (map_task_read(&answer, &b->map, w->plan, &in, &w->night->record.memory, &err) != GM_OK) {
        set_fatal(p, &err);
        return;
    }
    for (uint32_t i = 0; i < b->map.n_logs; i++) {
        run_log *log = &w->night->record.logs[b->map.logs[i]];
        log->attempts = b->attempts + 1;
        take_log(w, log, &answer.logs[i]);
    }
    for (uint32_t i = 0; i < w->plan->n_metrics; i++) {
        w->metric_bytes[i] += answer.metric_bytes[i];
        if (answer.failures[i] != NULL)
            night_metric_failed(w, i, answer.failures[i]);
    }
    keep_part(w, b, &answer);
    w->progress.logs_done += b->map.n_logs;
    if (w->fatal.code != GM_OK)
        pool_cancel(p->pool);
}

/* The worker lives, but its part could not be written: then the next one cannot either. */
static void on_error(void *context, uint32_t task, const gm_error *err)
{
    (void)task; /* whichever it was */
    set_fatal(context, err);
}

/* ---- deaths
 * ----------------------------------------------------------------------------------------- */

static void give_up(map_phase *p, const bundle *b, const char *message)
{
    run_record *r = &p->work->night->record;
    for (uint32_t i = 0; i < b->map.n_logs; i++) {
        run_log *log = &r->logs[b->map.logs[i]];
        log->outcome = RUN_LOG_FAILED;
        log->attempts = b->attempts;
        log->message = arena_strdup(&r->memory, message);
        message_warn("%s: given up: %s", log->path, message);
    }
    p->work->progress.logs_done += b->map.n_logs;
}

/* One log of the bundle may be to blame: each is tried by itself. */
static void split(map_phase *p, uint32_t task)
{
    uint32_t n = p->bundles[task].map.n_logs;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = add_bundle(p, p->bundles[task].map.source, 1);
        p->bundles[at].map.logs[0] = p->bundles[task].map.logs[i];
        p->bundles[at].map.n_logs = 1;
        p->bundles[at].attempts = p->bundles[task].attempts;
        push(p, at);
    }
}

static void on_death(void *context, uint32_t task, const pool_death *death)
{
    map_phase *p = context;
    night_work *w = p->work;
    bundle *b = &p->bundles[task];
    b->attempts++;
    const char *message = arena_printf(&w->night->record.memory, "a map worker %s%s", death->reason,
                                       night_place(w, death));
    night_note_death(w, message);
    bool in_plugin = atomic_load(&death->crumb.call) != BREADCRUMB_NONE &&
                     atomic_load(&death->crumb.metric) < w->plan->n_metrics;
    if (night_is_plugins_fault(w, death) || (in_plugin && b->attempts >= NIGHT_ATTEMPTS_MAX)) {
        night_plugin_failed(w, atomic_load(&death->crumb.metric), message);
        if (w->fatal.code != GM_OK) {
            pool_cancel(p->pool);
            return;
        }
        b->attempts = 0; /* without the plugin it starts anew */
        push(p, task);
    } else if (b->map.n_logs > 1) {
        message_warn("%s; its logs are tried one by one", message);
        split(p, task);
    } else if (b->attempts < NIGHT_ATTEMPTS_MAX) {
        message_warn("%s; it is tried again", message);
        push(p, task);
    } else {
        give_up(p, b, message);
    }
}

static void on_tick(void *context, pool *workers)
{
    map_phase *p = context;
    uint64_t done = 0, events = 0;
    pool_progress(workers, &done, &events);
    progress_map(&p->work->progress, done, events);
}

/* ---- the phase
 * -------------------------------------------------------------------------------------- */

static gm_status work(void *context, uint32_t task, bytes_reader order, bytes *answer,
                      gm_error *err)
{
    map_phase *p = context;
    (void)task; /* the order says all: a bundle may be younger than this worker */
    const night_options *o = p->work->options;
    if (p->worker == NULL)
        p->worker =
            map_worker_new(o->plan, p->work->night->record.logs, p->work->is_out, o->batch_rows);
    return map_task_run(p->worker, &order, answer, err);
}

gm_status night_map(night_work *w, gm_error *err)
{
    map_phase phase = {.work = w};
    pool_handler handler = {.context = &phase,
                            .work = work,
                            .on_done = on_done,
                            .on_error = on_error,
                            .on_death = on_death,
                            .on_tick = on_tick};
    pool_options options = {.name = "map",
                            .workers = w->options->workers,
                            .memory_max = w->options->memory_max,
                            .call_seconds_max = NIGHT_CALL_SECONDS_MAX};
    w->nulls =
        arena_zpush(&w->night->record.memory, (w->night->record.n_logs + 1) * sizeof *w->nulls);
    make_bundles(&phase);
    phase.pool = pool_new(&options, &handler);
    uint64_t total = 0;
    for (uint32_t i = 0; i < phase.n_bundles; i++) {
        total += bytes_of(&phase, &phase.bundles[i]);
        push(&phase, i);
    }
    progress_begin(&w->progress, w->night->record.n_logs, total);
    gm_status st = pool_run(phase.pool, err);
    progress_end(&w->progress);
    w->night->record.running_max = pool_running_max(phase.pool);
    pool_free(phase.pool);
    mem_free(phase.bundles);
    if (st == GM_OK && w->fatal.code != GM_OK) {
        if (err != NULL)
            *err = w->fatal;
        st = w->fatal.code;
    }
    if (st == GM_OK && w->n_parts != 0)
        st = file_sync_folder(w->options->parts_dir, err);
    if (st == GM_OK)
        night_account(w);
    return st;
}

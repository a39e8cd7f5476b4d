/* SPDX-License-Identifier: Apache-2.0
 * reduce_phase.c - cuts the reduce into tasks and collects the values. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/message.h"
#include "part/value_file.h"
#include "run/night_phases.h"
#include "run/reduce_task.h"
#include "run/value_build.h"

/* A metric with groups and more bytes than this is reduced by slots of the groups' hash. */
static const uint64_t whole_bytes_max = UINT64_C(8) << 20;

typedef struct task_item {
    reduce_task task;
    uint32_t attempts;
} task_item;

typedef struct reduce_phase {
    night_work *work;
    reduce_options options;
    task_item *tasks;
    uint32_t n_tasks, tasks_cap;
    pool *pool;
    reduce_worker *worker; /* in a worker: made with its first task */
} reduce_phase;

/* ---- what reduce workers are given
 * ---------------------------------------------------------------- */

static const reduce_part *rank_parts(night_work *w)
{
    run_record *r = &w->night->record;
    reduce_part *parts = arena_zpush(&r->memory, (w->n_parts + 1) * sizeof *parts);
    for (uint32_t i = 0; i < w->n_parts; i++) {
        const night_part *from = &w->parts[i];
        uint32_t *of_part = arena_push(&r->memory, (from->n_logs + 1) * sizeof *of_part);
        for (uint32_t k = 0; k < from->n_logs; k++)
            of_part[k] = w->ranks[from->log_of[k]];
        parts[i] = (reduce_part){.path = from->path, .source = from->source, .ranks = of_part};
    }
    return parts;
}

static void sum_events(night_work *w, reduce_options *o)
{
    const run_record *r = &w->night->record;
    uint64_t *current = arena_zpush(&w->night->record.memory, (r->n_sources + 1) * sizeof *current);
    uint64_t *previous =
        arena_zpush(&w->night->record.memory, (r->n_sources + 1) * sizeof *previous);
    for (uint32_t i = 0; i < r->n_logs; i++) {
        current[r->logs[i].source] += r->logs[i].events_current;
        previous[r->logs[i].source] += r->logs[i].events_previous;
    }
    o->events_current = current;
    o->events_previous = previous;
}

/* ---- tasks
 * ------------------------------------------------------------------------------------------ */

static void add_task(reduce_phase *p, const reduce_task *task)
{
    MEM_GROW(p->tasks, p->n_tasks, p->tasks_cap);
    p->tasks[p->n_tasks++] = (task_item){.task = *task};
}

static void add_metric(reduce_phase *p, uint32_t metric)
{
    const plan_metric *m = &p->work->plan->metrics[metric];
    bool has_groups = p->work->plan->groupings[m->grouping].n_by != 0;
    reduce_task whole = {.metric = metric,
                         .last_slot = LIMIT_PART_SLOTS - 1,
                         .wants_groups = has_groups,
                         .wants_total = m->total};
    if (!has_groups || p->work->metric_bytes[metric] <= whole_bytes_max) {
        add_task(p, &whole);
        return;
    }
    for (uint32_t slot = 0; slot < LIMIT_PART_SLOTS; slot++) {
        reduce_task part = whole;
        part.first_slot = part.last_slot = slot;
        part.wants_total = false;
        add_task(p, &part);
    }
    whole.wants_groups = false;
    if (whole.wants_total)
        add_task(p, &whole);
}

static void push(reduce_phase *p, uint32_t index)
{
    const reduce_task *t = &p->tasks[index].task;
    uint64_t slots = t->last_slot - t->first_slot + 1;
    uint64_t cost = p->work->metric_bytes[t->metric] / LIMIT_PART_SLOTS * slots;
    /* States in memory are about as large again as their bytes. */
    pool_push(p->pool, index, cost, 2 * cost, NULL);
}

static gm_status work(void *context, uint32_t task, bytes_reader order, bytes *answer,
                      gm_error *err)
{
    reduce_phase *p = context;
    (void)order; /* all is inherited */
    if (p->worker == NULL)
        p->worker = reduce_worker_new(&p->options);
    return reduce_task_run(p->worker, &p->tasks[task].task, answer, err);
}

static void set_fatal(reduce_phase *p, const gm_error *err)
{
    if (p->work->fatal.code == GM_OK)
        p->work->fatal = *err;
    pool_cancel(p->pool);
}

static void on_done(void *context, uint32_t task, bytes_reader answer)
{
    reduce_phase *p = context;
    gm_error err;
    (void)task; /* values name their metric */
    if (value_file_load(&p->work->night->values, answer.p, (size_t)(answer.end - answer.p), &err) !=
        GM_OK)
        set_fatal(p, &err);
}

static void on_error(void *context, uint32_t task, const gm_error *err)
{
    reduce_phase *p = context;
    if (err->code == GM_E_PLUGIN || err->code == GM_E_CONFIG || err->code == GM_E_FORMAT)
        night_metric_failed(p->work, p->tasks[task].task.metric, err->message);
    else
        set_fatal(p, err);
    if (p->work->fatal.code != GM_OK)
        pool_cancel(p->pool);
}

static void on_death(void *context, uint32_t task, const pool_death *death)
{
    reduce_phase *p = context;
    task_item *item = &p->tasks[task];
    const char *message = arena_printf(&p->work->night->record.memory, "a reduce worker %s%s",
                                       death->reason, night_place(p->work, death));
    night_note_death(p->work, message);
    item->attempts++;
    if (!night_is_plugins_fault(p->work, death) && item->attempts < NIGHT_ATTEMPTS_MAX) {
        message_warn("%s; it is tried again", message);
        push(p, task);
    } else if (atomic_load(&death->crumb.call) != BREADCRUMB_NONE) {
        night_plugin_failed(p->work, item->task.metric, message);
    } else {
        night_metric_failed(p->work, item->task.metric, message);
    }
    if (p->work->fatal.code != GM_OK)
        pool_cancel(p->pool);
}

/* ---- the phase
 * -------------------------------------------------------------------------------------- */

/* What a failed metric gave before it failed is dropped: it is absent, never partial. */
static void drop_failed(night_work *w)
{
    value_set *set = &w->night->values;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->n; i++)
        if (set->items[i].metric_index < w->plan->n_metrics &&
            !w->is_out[set->items[i].metric_index])
            set->items[kept++] = set->items[i];
    set->n = kept;
    const run_record *r = &w->night->record;
    for (uint32_t i = 0; i < r->n_metric_failures; i++)
        value_build_failed(w->plan, r->metric_failures[i].metric, r->metric_failures[i].message,
                           set);
    value_build_sort(set);
}

gm_status night_reduce(night_work *w, gm_error *err)
{
    reduce_phase phase = {.work = w};
    pool_handler handler = {.context = &phase,
                            .work = work,
                            .on_done = on_done,
                            .on_error = on_error,
                            .on_death = on_death};
    pool_options options = {.name = "reduce",
                            .workers = w->options->workers,
                            .memory_max = w->options->memory_max,
                            .call_seconds_max = NIGHT_CALL_SECONDS_MAX};
    phase.options =
        (reduce_options){.plan = w->plan, .parts = rank_parts(w), .n_parts = w->n_parts};
    sum_events(w, &phase.options);
    phase.pool = pool_new(&options, &handler);
    for (uint32_t i = 0; i < w->plan->n_metrics; i++)
        if (!w->is_out[i])
            add_metric(&phase, i);
    for (uint32_t i = 0; i < phase.n_tasks; i++)
        push(&phase, i);
    gm_status st = pool_run(phase.pool, err);
    pool_free(phase.pool);
    mem_free(phase.tasks);
    if (st == GM_OK && w->fatal.code != GM_OK) {
        if (err != NULL)
            *err = w->fatal;
        st = w->fatal.code;
    }
    if (st == GM_OK)
        drop_failed(w);
    return st;
}

/* SPDX-License-Identifier: Apache-2.0
 * reduce_task.c - see reduce_task.h. */
#include "run/reduce_task.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "part/value_file.h"
#include "run/bucket_clock.h"
#include "run/metric_host.h"
#include "run/state_merge.h"
#include "run/value_build.h"

struct reduce_worker {
    reduce_options options;
    metric_host *host;
};

/* The buckets of a period and what was merged for each. */
typedef struct window {
    int64_t *starts;   /* of the buckets, ascending */
    gm_state **states; /* NULL: nothing */
    uint32_t n;
    int64_t end;
} window;

/* One group on its way: the states of its buckets in both periods. */
typedef struct group_states {
    window current, previous;
    bool has_any;
} group_states;

typedef struct reduction {
    const reduce_worker *worker;
    const reduce_task *task;
    instance *instance;
    value_build *build;
    group_states group, total;
    bytes key; /* of the group under way */
    bool has_group;
    uint32_t n_calls; /* of finalize */
} reduction;

reduce_worker *reduce_worker_new(const reduce_options *options)
{
    reduce_worker *w = mem_zalloc(sizeof *w);
    w->options = *options;
    w->host = metric_host_new(options->plan);
    return w;
}

void reduce_worker_free(reduce_worker *w)
{
    if (w == NULL)
        return;
    metric_host_free(w->host);
    mem_free(w);
}

static void window_init(window *w, const plan *p, const plan_metric *m, const period *over)
{
    config_bucket bucket = p->groupings[m->grouping].bucket;
    uint32_t cap = 0;
    for (int64_t t = over->start_us; t < over->end_us; t = bucket_clock_next(p->zone, bucket, t)) {
        MEM_GROW(w->starts, w->n, cap);
        w->starts[w->n++] = t;
    }
    w->states = mem_array(w->n + 1, sizeof(gm_state *));
    w->end = over->end_us;
}

static void window_clear(window *w, instance *i)
{
    for (uint32_t b = 0; b < w->n; b++) {
        instance_state_free(i, w->states[b]);
        w->states[b] = NULL;
    }
}

static void window_deinit(window *w, instance *i)
{
    if (i != NULL)
        window_clear(w, i);
    mem_free(w->starts);
    mem_free(w->states);
}

/* Where the state of a bucket stands, or NULL when it is outside. */
static gm_state **window_find(window *w, int64_t bucket)
{
    uint32_t low = 0, high = w->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (w->starts[mid] < bucket)
            low = mid + 1;
        else
            high = mid;
    }
    return low < w->n && w->starts[low] == bucket ? &w->states[low] : NULL;
}

static gm_status add_state(reduction *r, group_states *g, int64_t bucket, const gm_state *state,
                           gm_error *err)
{
    window *both[] = {&g->current, &g->previous};
    for (size_t k = 0; k < 2; k++) {
        gm_state **slot = window_find(both[k], bucket);
        if (slot == NULL)
            continue;
        gm_status st = *slot == NULL ? instance_state_new(r->instance, slot, err) : GM_OK;
        if (st == GM_OK)
            st = instance_merge(r->instance, *slot, state, err);
        if (st != GM_OK)
            return st;
        g->has_any = true;
    }
    return GM_OK;
}

/* Finalises one period of a group: the window as a whole, and its buckets when there is a series.
 */
static gm_status finish_window(reduction *r, window *w, const period *over, uint64_t events,
                               bool is_current, gm_error *err)
{
    gm_state *whole = NULL, *empty = NULL;
    gm_status st = instance_state_new(r->instance, &whole, err);
    for (uint32_t b = 0; st == GM_OK && b < w->n; b++)
        if (w->states[b] != NULL)
            st = instance_merge(r->instance, whole, w->states[b], err);
    gm_config asked = metric_host_window(r->worker->host, r->task->metric, over);
    value_build_take take = {.build = r->build,
                             .what = is_current ? VALUE_BUILD_CURRENT : VALUE_BUILD_PREVIOUS,
                             .call = ++r->n_calls,
                             .has_events = events != 0};
    if (st == GM_OK)
        st = instance_finalize(r->instance, whole, &asked, value_build_emit, &take, err);
    if (st == GM_OK && is_current)
        st = instance_state_new(r->instance, &empty, err);
    for (uint32_t b = 0; st == GM_OK && is_current && b < w->n; b++) {
        period bucket = *over;
        bucket.start_us = w->starts[b];
        bucket.end_us = b + 1 < w->n ? w->starts[b + 1] : w->end;
        asked = metric_host_window(r->worker->host, r->task->metric, &bucket);
        take.what = VALUE_BUILD_BUCKET;
        take.bucket = b;
        take.call = ++r->n_calls;
        st = instance_finalize(r->instance, w->states[b] == NULL ? empty : w->states[b], &asked,
                               value_build_emit, &take, err);
    }
    instance_state_free(r->instance, whole);
    instance_state_free(r->instance, empty);
    return st;
}

static uint64_t events_of(const reduction *r, const uint64_t *by_source)
{
    const plan *p = r->worker->options.plan;
    uint64_t n = 0;
    for (uint32_t s = 0; s < p->config->n_sources; s++)
        if (p->metrics[r->task->metric].reads_source[s])
            n += by_source[s];
    return n;
}

/* key NULL: the total. */
static gm_status finish_group(reduction *r, group_states *g, const bytes *key, gm_error *err)
{
    const reduce_options *o = &r->worker->options;
    gm_status st =
        value_build_begin(r->build, key == NULL ? NULL : key->data, key == NULL ? 0 : key->len,
                          g->current.starts, g->current.n, err);
    if (st == GM_OK)
        st = finish_window(r, &g->current, &o->plan->current, events_of(r, o->events_current), true,
                           err);
    if (st == GM_OK && o->plan->has_previous)
        st = finish_window(r, &g->previous, &o->plan->previous, events_of(r, o->events_previous),
                           false, err);
    if (st == GM_OK)
        value_build_end(r->build);
    window_clear(&g->current, r->instance);
    window_clear(&g->previous, r->instance);
    g->has_any = false;
    return st;
}

/* A group whose every event lies outside both periods is none. */
static gm_status close_group(reduction *r, gm_error *err)
{
    gm_status st = GM_OK;
    if (r->has_group && r->group.has_any && r->task->wants_groups)
        st = finish_group(r, &r->group, &r->key, err);
    r->has_group = false;
    return st;
}

static gm_status take_entry(reduction *r, const state_item *item, gm_error *err)
{
    const part_entry *e = item->entry;
    gm_status st = GM_OK;
    bool is_same = r->has_group && r->key.len == e->group_len &&
                   (e->group_len == 0 || memcmp(r->key.data, e->group, e->group_len) == 0);
    if (!is_same) {
        st = close_group(r, err);
        bytes_clear(&r->key);
        bytes_put(&r->key, e->group, e->group_len);
        r->has_group = true;
    }
    if (st != GM_OK || (window_find(&r->group.current, e->bucket) == NULL &&
                        window_find(&r->group.previous, e->bucket) == NULL))
        return st;
    gm_state *state = NULL;
    st = instance_deserialize(r->instance, item->state_format, e->state, e->state_len, &state, err);
    if (st == GM_OK && r->task->wants_groups)
        st = add_state(r, &r->group, e->bucket, state, err);
    if (st == GM_OK && r->task->wants_total)
        st = add_state(r, &r->total, e->bucket, state, err);
    instance_state_free(r->instance, state);
    return st;
}

gm_status reduce_task_run(reduce_worker *w, const reduce_task *task, bytes *answer, gm_error *err)
{
    const plan *p = w->options.plan;
    const plan_metric *m = &p->metrics[task->metric];
    reduction r = {.worker = w, .task = task};
    gm_status st = metric_host_get(w->host, task->metric, &r.instance, err);
    if (st != GM_OK)
        return st;
    value_set values;
    value_set_init(&values);
    bytes_init(&r.key, LIMIT_PART_STATE_BYTES);
    r.build = value_build_new(p, task->metric, &values);
    group_states *both[] = {&r.group, &r.total};
    for (size_t k = 0; k < 2; k++) {
        window_init(&both[k]->current, p, m, &p->current);
        if (p->has_previous)
            window_init(&both[k]->previous, p, m, &p->previous);
    }
    state_merge *merge = NULL;
    st = state_merge_open(&merge, &w->options, task, err);
    while (st == GM_OK) {
        state_item item;
        st = state_merge_next(merge, &item, err);
        if (st != GM_OK || item.entry == NULL)
            break;
        st = take_entry(&r, &item, err);
    }
    if (st == GM_OK)
        st = close_group(&r, err);
    if (st == GM_OK && task->wants_total)
        st = finish_group(&r, &r.total, NULL, err);
    if (st == GM_OK)
        value_file_save(&values, answer);
    state_merge_free(merge);
    for (size_t k = 0; k < 2; k++) {
        window_deinit(&both[k]->current, r.instance);
        window_deinit(&both[k]->previous, r.instance);
    }
    value_build_free(r.build);
    bytes_deinit(&r.key);
    value_set_deinit(&values);
    return st;
}

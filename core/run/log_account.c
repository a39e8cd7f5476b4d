/* SPDX-License-Identifier: Apache-2.0
 * log_account.c - when all logs are mapped: gives each its place in the order of identities, finds
 * copies, and sums up by source and metric what counts. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/message.h"
#include "run/night_phases.h"

static int by_identity(const void *a, const void *b)
{
    const run_log *x = *(run_log *const *)a, *y = *(run_log *const *)b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    int order = hash_compare(x->content, y->content);
    return order != 0 ? order : strcmp(x->path, y->path);
}

/* Logs without a line are alike without being copies. */
static bool is_copy(const run_log *log, const run_log *of)
{
    return of != NULL && of->source == log->source && of->outcome == log->outcome &&
           of->lines == log->lines && log->lines != 0 &&
           hash_compare(of->content, log->content) == 0;
}

static void rank_logs(night_work *w)
{
    run_record *r = &w->night->record;
    w->ranks = arena_push(&r->memory, (r->n_logs + 1) * sizeof *w->ranks);
    run_log **order = mem_array(r->n_logs + 1, sizeof *order);
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n_logs; i++) {
        w->ranks[i] = UINT32_MAX;
        if (r->logs[i].outcome == RUN_LOG_READ || r->logs[i].outcome == RUN_LOG_KEPT)
            order[n++] = &r->logs[i];
    }
    qsort(order, n, sizeof *order, by_identity);
    const run_log *last = NULL;
    for (uint32_t i = 0; i < n; i++) {
        run_log *log = order[i];
        if (is_copy(log, last)) {
            log->outcome = RUN_LOG_DUPLICATE;
            log->message = arena_printf(&r->memory, "has the same content as %s", last->path);
            message_warn("%s: %s; it counts once", log->path, log->message);
            log->events_current = log->events_previous = 0;
            log->events_outside = log->events_future = 0;
            continue;
        }
        w->ranks[log - r->logs] = i;
        last = log;
    }
    mem_free(order);
}

static void sum_sources(night_work *w)
{
    run_record *r = &w->night->record;
    for (uint32_t i = 0; i < r->n_logs; i++) {
        const run_log *log = &r->logs[i];
        run_source *s = &r->sources[log->source];
        s->logs_bad += log->outcome == RUN_LOG_DAMAGED || log->outcome == RUN_LOG_KEPT ||
                       log->outcome == RUN_LOG_UNREADABLE || log->outcome == RUN_LOG_FAILED;
        s->logs_kept += log->outcome == RUN_LOG_KEPT;
        if (log->outcome == RUN_LOG_DUPLICATE)
            continue;
        s->lines += log->lines;
        s->events_future += log->events_future;
        for (uint32_t k = LOG_BLANK + 1; k < LOG_OUTCOMES; k++)
            s->rejected += log->outcomes[k];
    }
    for (uint32_t s = 0; s < r->n_sources; s++) {
        run_source *source = &r->sources[s];
        source->too_many_bad_lines =
            (double)source->rejected >
            w->plan->config->sources[s].max_bad_lines * (double)source->lines;
    }
}

static void add_nulls(night_work *w, const night_nulls *nulls)
{
    run_record *r = &w->night->record;
    for (uint32_t i = 0; i < nulls->n; i++) {
        const log_null *null = &nulls->items[i];
        const plan_metric *m =
            null->metric < w->plan->n_metrics ? &w->plan->metrics[null->metric] : NULL;
        const char *field =
            m != NULL && null->column < m->n_columns ? m->columns[null->column].name : NULL;
        if (field == NULL)
            continue; /* nothing that the plan has */
        uint32_t at = 0;
        while (at < r->n_nulls &&
               (r->nulls[at].metric != null->metric || strcmp(r->nulls[at].field, field) != 0))
            at++;
        if (at == r->n_nulls) {
            MEM_GROW(r->nulls, r->n_nulls, r->nulls_cap);
            r->nulls[r->n_nulls++] = (run_null){.metric = null->metric, .field = field};
        }
        r->nulls[at].events += null->events;
    }
}

void night_account(night_work *w)
{
    rank_logs(w);
    sum_sources(w);
    for (uint32_t i = 0; i < w->night->record.n_logs; i++)
        if (w->ranks[i] != UINT32_MAX)
            add_nulls(w, &w->nulls[i]);
}

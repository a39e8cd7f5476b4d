/* SPDX-License-Identifier: Apache-2.0
 * data_quality.c - see data_quality.h. */
#include "report/data_quality.h"

#include <string.h>

#include "base/mem.h"
#include "report/figure_text.h"

static void add_note(data_quality *q, const char *text)
{
    MEM_GROW(q->notes, q->n_notes, q->cap_notes);
    q->notes[q->n_notes++] = text;
}

/* "3 of 4" with thousands separated. */
static const char *share_text(data_quality *q, uint64_t part, uint64_t whole)
{
    char a[FIGURE_TEXT_SIZE], b[FIGURE_TEXT_SIZE];
    quantity_text_count(part, a);
    quantity_text_count(whole, b);
    return arena_printf(&q->memory, "%s of %s", a, b);
}

static void add_source(data_quality *q, const report *r, uint32_t index)
{
    const run_source *s = &r->record->sources[index];
    const char *name = r->plan->config->sources[index].name;
    q->logs_bad += s->logs_bad;
    q->lines += s->lines;
    q->lines_rejected += s->rejected;
    q->degraded = q->degraded || s->logs_bad > 0 || s->n_unmatched > 0 || s->too_many_bad_lines;
    if (s->n_unmatched > 0)
        add_note(q, arena_printf(&q->memory, "%s of source %s matched no log.",
                                 s->n_unmatched == 1
                                     ? "A pattern"
                                     : arena_printf(&q->memory, "%u patterns", s->n_unmatched),
                                 name));
    if (s->logs_bad > s->logs_kept)
        add_note(q, arena_printf(&q->memory, "%s logs of source %s could not be used.",
                                 share_text(q, s->logs_bad - s->logs_kept, s->logs), name));
    if (s->logs_kept > 0)
        add_note(q, arena_printf(&q->memory,
                                 "%s logs of source %s %s damaged; the lines before the damage "
                                 "count.",
                                 share_text(q, s->logs_kept, s->logs), name,
                                 s->logs_kept == 1 ? "is" : "are"));
    if (s->rejected > 0)
        add_note(q, arena_printf(&q->memory, "%s lines of source %s were rejected%s.",
                                 share_text(q, s->rejected, s->lines), name,
                                 s->too_many_bad_lines ? ", more than max_bad_lines allows" : ""));
    if (s->events_future > 0) {
        char count[FIGURE_TEXT_SIZE];
        quantity_text_count(s->events_future, count);
        add_note(q, arena_printf(&q->memory,
                                 "%s %s of source %s %s in the period's future, more than a "
                                 "day after its end, and not counted.",
                                 count, s->events_future == 1 ? "event" : "events", name,
                                 s->events_future == 1 ? "is" : "are"));
    }
}

static void add_failures(data_quality *q, const report *r, uint32_t metric)
{
    const plan_metric *m = &r->plan->metrics[metric];
    const run_record *record = r->record;
    for (uint32_t i = 0; i < record->n_plugin_failures; i++) {
        if (record->plugin_failures[i].plugin != m->plugin)
            continue;
        q->degraded = true;
        add_note(q, arena_printf(&q->memory,
                                 "The plugin of metric %s failed and was taken out of the run.",
                                 m->config->name));
        return;
    }
    for (uint32_t i = 0; i < record->n_metric_failures; i++) {
        if (record->metric_failures[i].metric != metric)
            continue;
        q->degraded = true;
        add_note(q, arena_printf(&q->memory, "Metric %s failed.", m->config->name));
    }
}

static void add_metric(data_quality *q, const report *r, uint32_t metric)
{
    add_failures(q, r, metric);
    for (uint32_t i = 0; i < r->record->n_nulls; i++) {
        const run_null *null = &r->record->nulls[i];
        if (null->metric != metric || null->events == 0)
            continue;
        char count[FIGURE_TEXT_SIZE];
        quantity_text_count(null->events, count);
        q->events_missing_field += null->events;
        add_note(q, arena_printf(&q->memory, "Metric %s could not use %s %s: field %s was missing.",
                                 r->plan->metrics[metric].config->name, count,
                                 null->events == 1 ? "event" : "events", null->field));
    }
}

/* Is the metric of input i one that an earlier input has too? */
static bool is_repeated(const plan_goal *goal, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (goal->inputs[k] != NULL && goal->inputs[k]->metric == goal->inputs[i]->metric)
            return true;
    return false;
}

static bool reads_source(const report *r, const plan_goal *goal, uint32_t n_inputs, uint32_t source)
{
    for (uint32_t i = 0; i < n_inputs; i++)
        if (goal->inputs[i] != NULL &&
            r->plan->metrics[goal->inputs[i]->metric].reads_source[source])
            return true;
    return false;
}

static void init(data_quality *q)
{
    memset(q, 0, sizeof *q);
    arena_init(&q->memory, 4096);
}

void data_quality_of_goal(data_quality *out, const report *r, uint32_t goal)
{
    GM_ASSERT(goal < r->plan->n_goals);
    GM_ASSERT(r->record->n_sources == r->plan->config->n_sources);
    const plan_goal *g = &r->plan->goals[goal];
    uint32_t n_inputs = r->plan->rules[g->rule].n_inputs;
    init(out);
    for (uint32_t s = 0; s < r->record->n_sources; s++)
        if (reads_source(r, g, n_inputs, s))
            add_source(out, r, s);
    for (uint32_t i = 0; i < n_inputs; i++)
        if (g->inputs[i] != NULL && !is_repeated(g, i))
            add_metric(out, r, g->inputs[i]->metric);
}

void data_quality_of_run(data_quality *out, const report *r)
{
    GM_ASSERT(r->record->n_sources == r->plan->config->n_sources);
    init(out);
    for (uint32_t s = 0; s < r->record->n_sources; s++)
        add_source(out, r, s);
    for (uint32_t m = 0; m < r->plan->n_metrics; m++)
        add_metric(out, r, m);
}

void data_quality_deinit(data_quality *q)
{
    mem_free(q->notes);
    arena_deinit(&q->memory);
    memset(q, 0, sizeof *q);
}

const char *data_quality_log_reason(const run_log *log)
{
    static const char *const meanings[] = {
#define X(id, name, doc) doc,
        RUN_LOG_OUTCOME_LIST(X)
#undef X
    };
    GM_ASSERT(log->outcome < RUN_LOG_OUTCOMES);
    return log->message != NULL ? log->message : meanings[log->outcome];
}

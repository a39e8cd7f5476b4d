/* SPDX-License-Identifier: Apache-2.0
 * night.c - the order of the phases, and what all of them may have to say about failures. */
#include "run/night.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/message.h"
#include "run/night_phases.h"

uint32_t night_auto_workers(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (uint32_t)CPU_COUNT(&set);
    return 1;
}

/* A number in kilobytes behind a word of /proc/meminfo, as bytes; 0 when it is not there. */
static uint64_t meminfo(const char *word)
{
    bytes text;
    bytes_init(&text, 1 << 16);
    uint64_t kib = 0;
    if (file_read(&text, "/proc/meminfo", NULL) == GM_OK) {
        bytes_u8(&text, 0);
        const char *at = strstr((const char *)text.data, word);
        for (at = at == NULL ? "" : at + strlen(word); *at == ' ' || (*at >= '0' && *at <= '9');
             at++)
            if (*at != ' ')
                kib = kib * 10 + (uint64_t)(*at - '0');
    }
    bytes_deinit(&text);
    return kib << 10;
}

uint64_t night_auto_memory(void)
{
    /* A quarter stays for the page cache and for others. */
    uint64_t available = meminfo("MemAvailable:");
    if (available == 0)
        available = UINT64_C(1) << 30;
    bytes text;
    bytes_init(&text, 64);
    if (file_read(&text, "/sys/fs/cgroup/memory.max", NULL) == GM_OK && text.len > 0 &&
        text.data[0] != 'm') {
        uint64_t limit = 0;
        for (size_t i = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
            limit = limit * 10 + (uint64_t)(text.data[i] - '0');
        if (limit != 0 && limit < available)
            available = limit;
    }
    bytes_deinit(&text);
    return available / 4 * 3;
}

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static gm_status timed(night_work *w, const char *name,
                       gm_status (*phase)(night_work *, gm_error *), gm_error *err)
{
    double start = seconds_now();
    gm_status st = phase(w, err);
    run_record *r = &w->night->record;
    r->phases[r->n_phases++] = (run_phase){.name = name, .seconds = seconds_now() - start};
    return st;
}

static void add_cause(run_record *r, int exit_code, const char *text)
{
    MEM_GROW(r->causes, r->n_causes, r->causes_cap);
    r->causes[r->n_causes++] = (run_cause){.exit_code = exit_code, .text = text};
}

/* A metric that works but has values in error: told once a metric. */
static void find_value_causes(night_work *w)
{
    run_record *r = &w->night->record;
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < w->night->values.n; i++) {
        const value *v = &w->night->values.items[i];
        if (v->current.status != GM_S_ERROR || w->is_out[v->metric_index] ||
            v->metric_index == last)
            continue;
        last = v->metric_index;
        add_cause(r, 4, arena_strdup(&r->memory, v->error));
        message_warn("%s", v->error);
    }
}

/* Is a goal in error because of what it was given? */
static bool has_bad_input(const night_work *w, const plan_goal *g)
{
    for (uint32_t i = 0; i < w->plan->rules[g->rule].n_inputs; i++) {
        const value *v =
            g->inputs[i] == NULL ? NULL : plan_find_value(g->inputs[i], &w->night->values);
        if (v != NULL && v->current.status == GM_S_ERROR)
            return true;
    }
    return false;
}

static void find_rule_causes(night_work *w)
{
    run_record *r = &w->night->record;
    for (uint32_t i = 0; i < w->night->scorecards.n_goals; i++) {
        const scorecard *card = &w->night->scorecards.goals[i];
        const plan_goal *g = &w->plan->goals[card->goal];
        if (card->status != SCORECARD_ERROR || card->error == NULL || has_bad_input(w, g))
            continue;
        add_cause(r, 5, arena_printf(&r->memory, "goal %s: %s", g->config->name, card->error));
        message_warn("goal %s could not be scored: %.*s", g->config->name,
                     (int)strcspn(card->error, "\n"), card->error);
    }
}

static void find_causes(night_work *w)
{
    run_record *r = &w->night->record;
    const config *c = w->plan->config;
    for (uint32_t s = 0; s < r->n_sources; s++) {
        const run_source *src = &r->sources[s];
        if (src->logs_bad > src->logs_kept)
            add_cause(r, 3,
                      arena_printf(&r->memory, "source %s: %llu of %llu logs could not be used",
                                   c->sources[s].name,
                                   (unsigned long long)(src->logs_bad - src->logs_kept),
                                   (unsigned long long)src->logs));
        if (src->logs_kept != 0)
            add_cause(r, 3,
                      arena_printf(&r->memory,
                                   "source %s: %llu of %llu logs are damaged; their lines before "
                                   "the damage count",
                                   c->sources[s].name, (unsigned long long)src->logs_kept,
                                   (unsigned long long)src->logs));
        for (uint32_t i = 0; i < src->n_unmatched; i++)
            add_cause(r, 3,
                      arena_printf(&r->memory, "source %s: no file matches %s", c->sources[s].name,
                                   src->unmatched[i]));
        if (src->too_many_bad_lines)
            add_cause(r, 3,
                      arena_printf(&r->memory,
                                   "source %s: %llu of %llu lines were rejected, more than "
                                   "max_bad_lines",
                                   c->sources[s].name, (unsigned long long)src->rejected,
                                   (unsigned long long)src->lines));
    }
    for (uint32_t i = 0; i < r->n_metric_failures; i++)
        add_cause(r, 4, r->metric_failures[i].message);
    find_value_causes(w);
    find_rule_causes(w);
}

gm_status night_run(night *out, const night_options *options, gm_error *err)
{
    memset(out, 0, sizeof *out);
    run_record *r = &out->record;
    arena_init(&r->memory, 0);
    value_set_init(&out->values);
    r->run_id = arena_strdup(&r->memory, options->run_id);
    r->started_us = options->now_us;
    r->workers = options->workers;
    r->memory_max = options->memory_max;
    night_work w = {.options = options, .plan = options->plan, .night = out};
    w.is_out = arena_zpush(&r->memory, (options->plan->n_metrics + 1) * sizeof *w.is_out);
    w.metric_bytes =
        arena_zpush(&r->memory, (options->plan->n_metrics + 1) * sizeof *w.metric_bytes);
    progress_init(&w.progress, options->progress);
    gm_status st = night_find_logs(&w, err);
    if (st == GM_OK)
        st = timed(&w, "map", night_map, err);
    if (st == GM_OK)
        st = timed(&w, "reduce", night_reduce, err);
    if (st == GM_OK)
        st = timed(&w, "score", night_score, err);
    if (st == GM_OK)
        find_causes(&w);
    mem_free(w.parts);
    return st;
}

void night_deinit(night *n)
{
    run_record *r = &n->record;
    mem_free(r->examples);
    mem_free(r->nulls);
    mem_free(r->plugin_failures);
    mem_free(r->metric_failures);
    mem_free(r->deaths);
    mem_free(r->causes);
    arena_deinit(&r->memory);
    value_set_deinit(&n->values);
    scorecard_set_deinit(&n->scorecards);
}

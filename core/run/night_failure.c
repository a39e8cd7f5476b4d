/* SPDX-License-Identifier: Apache-2.0
 * night_failure.c - what becomes of metrics and plugins that fail, and of workers that die. */
#include <signal.h>

#include "base/mem.h"
#include "base/message.h"
#include "run/night_phases.h"

static void take_out(night_work *w, uint32_t metric, const char *message)
{
    run_record *r = &w->night->record;
    w->is_out[metric] = true;
    MEM_GROW(r->metric_failures, r->n_metric_failures, r->metric_failures_cap);
    r->metric_failures[r->n_metric_failures++] =
        (run_metric_failure){.metric = metric, .message = arena_strdup(&r->memory, message)};
    if (w->plan->config->run.stop_on_plugin_failure && w->fatal.code == GM_OK)
        (void)error_set(&w->fatal, GM_E_PLUGIN, "%s; stopped, as on_plugin_failure says",
                        message); /* the pool is cancelled by who sees it */
}

void night_metric_failed(night_work *w, uint32_t metric, const char *message)
{
    if (w->is_out[metric])
        return;
    take_out(w, metric, message);
    message_warn("%s", message);
}

void night_plugin_failed(night_work *w, uint32_t metric, const char *message)
{
    run_record *r = &w->night->record;
    uint32_t plugin = w->plan->metrics[metric].plugin;
    for (uint32_t i = 0; i < r->n_plugin_failures; i++)
        if (r->plugin_failures[i].plugin == plugin)
            return;
    MEM_GROW(r->plugin_failures, r->n_plugin_failures, r->plugin_failures_cap);
    r->plugin_failures[r->n_plugin_failures++] =
        (run_plugin_failure){.plugin = plugin, .message = arena_strdup(&r->memory, message)};
    for (uint32_t i = 0; i < w->plan->n_metrics; i++)
        if (w->plan->metrics[i].plugin == plugin && !w->is_out[i])
            take_out(w, i, message);
    message_warn("%s", message);
}

void night_note_death(night_work *w, const char *message)
{
    run_record *r = &w->night->record;
    MEM_GROW(r->deaths, r->n_deaths, r->deaths_cap);
    r->deaths[r->n_deaths++] = (run_death){.message = arena_strdup(&r->memory, message)};
}

bool night_is_plugins_fault(const night_work *w, const pool_death *death)
{
    uint32_t call = atomic_load(&death->crumb.call);
    if (call == BREADCRUMB_NONE || atomic_load(&death->crumb.metric) >= w->plan->n_metrics)
        return false;
    return death->timed_out || death->signal != SIGKILL;
}

const char *night_place(night_work *w, const pool_death *death)
{
    run_record *r = &w->night->record;
    uint32_t log = atomic_load(&death->crumb.log), call = atomic_load(&death->crumb.call);
    uint32_t metric = atomic_load(&death->crumb.metric);
    const char *where = "";
    if (log < r->n_logs)
        where = arena_printf(&r->memory, " at %s, batch %llu", r->logs[log].path,
                             (unsigned long long)atomic_load(&death->crumb.batch));
    if (call == BREADCRUMB_NONE || metric >= w->plan->n_metrics)
        return where;
    const plan_metric *m = &w->plan->metrics[metric];
    return arena_printf(&r->memory, "%s, in %s of plugin %s %s (metric '%s')", where,
                        breadcrumb_call_name(call), m->descriptor->id, m->descriptor->version,
                        m->config->name);
}

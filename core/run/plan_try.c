/* SPDX-License-Identifier: Apache-2.0
 * plan_try.c - has each metric configured once, in a short-lived worker: what a plugin refuses
 * about its parameters is told with the rest of the configuration's errors, before any log is
 * opened. Whatever else goes wrong there is not the configuration's fault: the run will meet it and
 * degrade. */
#include "run/metric_host.h"
#include "run/plan_build.h"
#include "run/pool.h"

#define TRY_SECONDS_MAX 2.0

typedef struct try_context {
    plan_build *build;
    metric_host *host; /* in the worker: made with the first task */
} try_context;

static gm_status work(void *context, uint32_t task, bytes_reader order, bytes *answer,
                      gm_error *err)
{
    try_context *c = context;
    instance *unused = NULL;
    (void)order;  /* all is inherited */
    (void)answer; /* success says nothing */
    if (c->host == NULL)
        c->host = metric_host_new(c->build->plan);
    return metric_host_get(c->host, task, &unused, err);
}

static void on_done(void *context, uint32_t task, bytes_reader answer)
{
    (void)context; /* nothing to tell */
    (void)task;
    (void)answer;
}

static void on_error(void *context, uint32_t task, const gm_error *err)
{
    try_context *c = context;
    const config_metric *m = c->build->plan->metrics[task].config;
    if (err->code == GM_E_CONFIG)
        error_list_addf(c->build->errors, m->section.path, m->section.line, m->section.column,
                        "[metric %s] %s", m->name, err->message);
}

static void on_death(void *context, uint32_t task, const pool_death *death)
{
    (void)context; /* the run will meet it */
    (void)task;
    (void)death;
}

gm_status plan_try(plan_build *b, gm_error *err)
{
    try_context context = {.build = b};
    pool_handler handler = {.context = &context,
                            .work = work,
                            .on_done = on_done,
                            .on_error = on_error,
                            .on_death = on_death};
    pool_options options = {.name = "try", .workers = 1, .call_seconds_max = TRY_SECONDS_MAX};
    pool *p = pool_new(&options, &handler);
    for (uint32_t i = 0; i < b->plan->n_metrics; i++)
        if (b->plan->metrics[i].keys != NULL) /* planned without an error */
            pool_push(p, i, 0, 0, NULL);
    gm_status st = pool_run(p, err);
    pool_free(p);
    return st;
}

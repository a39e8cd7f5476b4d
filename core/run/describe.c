/* SPDX-License-Identifier: Apache-2.0
 * describe.c - see describe.h. */
#include "run/describe.h"

#include <string.h>

#include "host/loader.h"
#include "run/pool.h"

#define DESCRIBE_SECONDS_MAX 2.0

typedef struct describe_context {
    describe_item *items;
    arena *run_arena;
} describe_context;

static gm_status work(void *context, uint32_t task, bytes_reader order, bytes *answer,
                      gm_error *err)
{
    describe_context *c = context;
    (void)order; /* all is inherited */
    const describe_item *item = &c->items[task];
    breadcrumb_enter(BREADCRUMB_LOAD, task);
    gm_status st = GM_OK;
    if (item->is_rule) {
        rule_info rule;
        st = rule_describe(&rule, item->name, item->path, c->run_arena, err);
        if (st == GM_OK)
            rule_save(&rule, answer);
    } else {
        plugin_info plugin;
        st = loader_describe(&plugin, item->path, c->run_arena, err);
        if (st == GM_OK)
            plugin_info_save(&plugin, answer);
    }
    breadcrumb_leave();
    return st;
}

static void on_done(void *context, uint32_t task, bytes_reader answer)
{
    describe_context *c = context;
    describe_item *item = &c->items[task];
    gm_status st = GM_OK;
    if (item->is_rule)
        st = rule_load(&item->rule, &answer, c->run_arena, &item->error);
    else
        st = plugin_info_load(&item->plugin, &answer, c->run_arena, &item->error);
    if (st != GM_OK)
        item->error.code = st;
}

static void on_error(void *context, uint32_t task, const gm_error *err)
{
    describe_context *c = context;
    c->items[task].error = *err;
}

static void on_death(void *context, uint32_t task, const pool_death *death)
{
    describe_context *c = context;
    describe_item *item = &c->items[task];
    (void)error_set(&item->error, item->is_rule ? GM_E_RULE : GM_E_PLUGIN,
                    "%s '%s': its worker %s while loading it", item->is_rule ? "rule" : "plugin",
                    item->path, death->reason); /* kept in the item */
}

gm_status describe_run(describe_item *items, uint32_t n_items, arena *run_arena, gm_error *err)
{
    describe_context context = {.items = items, .run_arena = run_arena};
    pool_handler handler = {.context = &context,
                            .work = work,
                            .on_done = on_done,
                            .on_error = on_error,
                            .on_death = on_death};
    pool_options options = {
        .name = "describe", .workers = 1, .call_seconds_max = DESCRIBE_SECONDS_MAX};
    pool *p = pool_new(&options, &handler);
    for (uint32_t i = 0; i < n_items; i++)
        pool_push(p, i, 0, 0, NULL);
    gm_status st = pool_run(p, err);
    pool_free(p);
    return st;
}

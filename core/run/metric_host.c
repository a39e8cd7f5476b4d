/* SPDX-License-Identifier: Apache-2.0
 * metric_host.c - see metric_host.h. */
#include "run/metric_host.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "host/breadcrumb.h"
#include "host/loader.h"
#include "run/pool.h"

struct metric_host {
    const plan *plan;
    const gm_plugin **plugins; /* NULL: not loaded yet */
    instance **instances;      /* likewise */
    gm_config *configs;
    arena memory;
};

metric_host *metric_host_new(const plan *p)
{
    metric_host *h = mem_zalloc(sizeof *h);
    h->plan = p;
    h->plugins = mem_array(p->n_plugins + 1, sizeof *h->plugins);
    h->instances = mem_array(p->n_metrics + 1, sizeof(instance *));
    h->configs = mem_array(p->n_metrics + 1, sizeof *h->configs);
    arena_init(&h->memory, 0);
    return h;
}

void metric_host_free(metric_host *h)
{
    if (h == NULL)
        return;
    for (uint32_t i = 0; i < h->plan->n_metrics; i++)
        instance_free(h->instances[i]);
    mem_free(h->plugins);
    mem_free(h->instances);
    mem_free(h->configs);
    arena_deinit(&h->memory);
    mem_free(h);
}

static gm_str str_of(const char *s)
{
    return (gm_str){.ptr = s == NULL ? "" : s, .len = s == NULL ? 0 : (uint32_t)strlen(s)};
}

static void make_config(metric_host *h, uint32_t metric)
{
    const plan_metric *m = &h->plan->metrics[metric];
    const gm_bind **binds = arena_zpush(&h->memory, (m->n_columns + 1) * sizeof *binds);
    for (uint32_t i = 0; i < m->n_columns; i++) {
        const plan_column *c = &m->columns[i];
        gm_bind *bind = arena_zpush(&h->memory, sizeof *bind);
        bind->struct_size = sizeof *bind;
        bind->field = c->field;
        bind->param = c->param;
        bind->type = c->type;
        bind->flags = c->is_unmapped ? GM_BIND_UNMAPPED : 0;
        bind->name = str_of(c->name);
        bind->unit = str_of("");
        binds[i] = bind;
    }
    h->configs[metric] = (gm_config){.struct_size = sizeof(gm_config),
                                     .n_values = m->descriptor->n_params,
                                     .values = m->values,
                                     .window_start = INT64_MIN,
                                     .window_end = INT64_MAX,
                                     .timezone = civil_zone_name(h->plan->zone),
                                     .binds = binds,
                                     .n_binds = m->n_columns,
                                     .item_names = m->item_names};
}

gm_status metric_host_get(metric_host *h, uint32_t metric, instance **out, gm_error *err)
{
    *out = h->instances[metric];
    if (*out != NULL)
        return GM_OK;
    const plan_metric *m = &h->plan->metrics[metric];
    if (h->plugins[m->plugin] == NULL) {
        pool_return_to_folder();
        breadcrumb_enter(BREADCRUMB_LOAD, metric);
        gm_status st = loader_open(&h->plugins[m->plugin], h->plan->plugins[m->plugin].path, err);
        breadcrumb_leave();
        if (st != GM_OK)
            return st;
    }
    const gm_plugin *plugin = h->plugins[m->plugin];
    if (m->metric_in_plugin >= plugin->n_metrics ||
        strcmp(plugin->metrics[m->metric_in_plugin]->desc->id, m->descriptor->id) != 0)
        return error_set(err, GM_E_PLUGIN, "plugin '%s' changed while the run went on",
                         h->plan->plugins[m->plugin].path);
    make_config(h, metric);
    instance_options options = {.metric = plugin->metrics[m->metric_in_plugin],
                                .name = m->config->name,
                                .index = metric,
                                .config = &h->configs[metric],
                                .memory_max = h->plan->config->run.metric_memory_max};
    gm_status st = instance_new(&h->instances[metric], &options, err);
    *out = h->instances[metric];
    return st;
}

gm_config metric_host_window(const metric_host *h, uint32_t metric, const period *window)
{
    gm_config c = h->configs[metric];
    c.window_start = window->start_us;
    c.window_end = window->end_us;
    return c;
}

/* SPDX-License-Identifier: Apache-2.0
 * metric_host.h - the metrics of a plan, loaded and configured in a worker. Plugins are loaded once
 * a process; an instance is made when a metric is first needed. */
#ifndef GM_RUN_METRIC_HOST_H
#define GM_RUN_METRIC_HOST_H

#include "base/error.h"
#include "host/instance.h"
#include "run/plan.h"

typedef struct metric_host metric_host;

metric_host *metric_host_new(const plan *p);
void metric_host_free(metric_host *h);
/* Borrowed from h. GM_E_PLUGIN or GM_E_CONFIG as loader_open() and instance_new() say. */
gm_status metric_host_get(metric_host *h, uint32_t metric, instance **out, gm_error *err);
/* A gm_config of the metric with another window; borrowed texts. */
gm_config metric_host_window(const metric_host *h, uint32_t metric, const period *window);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * plan_build.h - the steps of plan_make(), one a file. Private to plan*.c. */
#ifndef GM_RUN_PLAN_BUILD_H
#define GM_RUN_PLAN_BUILD_H

#include "base/error.h"
#include "run/describe.h"
#include "run/plan.h"

typedef struct plan_build {
    plan *plan;
    const plan_options *options;
    error_list *errors;
    expression_fields fields; /* all that some source maps */
} plan_build;

/* plan_describe.c: plugins and rules that the configuration names; fills plan.plugins and
 * plan.rules, and metrics[].plugin, .descriptor and goals[].rule where they are found. */
gm_status plan_describe(plan_build *b, gm_error *err);
/* plan_metric.c: parameters, expressions, columns, groupings and keys of all metrics. */
void plan_metrics(plan_build *b);
/* plan_try.c: what plugins refuse about their parameters. */
gm_status plan_try(plan_build *b, gm_error *err);
/* plan_goal.c: selectors, parameters and quantities of all goals. */
void plan_goals(plan_build *b);

#endif

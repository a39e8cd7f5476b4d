/* SPDX-License-Identifier: Apache-2.0
 * plan.h - everything that a run will do, settled before a log is opened: configuration, plugin and
 * rule declarations, compiled expressions, columns, periods. Built by the supervisor from data;
 * workers inherit it by fork and only read it. */
#ifndef GM_RUN_PLAN_H
#define GM_RUN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "config/config.h"
#include "event/expression.h"
#include "event/mapping.h"
#include "event/schema.h"
#include "host/plugin_info.h"
#include "part/value.h"
#include "run/period.h"
#include "score/rule.h"
#include "score/score.h"

/* One column of the batches that a plugin is given. */
typedef enum plan_column_kind {
    PLAN_FIELD,     /* a field as it is */
    PLAN_CONDITION, /* BOOL of an expression */
    PLAN_PART       /* a part of a ratio */
} plan_column_kind;

typedef struct plan_column {
    plan_column_kind kind;
    const char *name;            /* of the field, or NULL */
    uint32_t schema_column;      /* of FIELD, and of a PART that is a sum or distinct */
    uint32_t field;              /* index into the descriptor's fields, or UINT32_MAX */
    uint32_t param;              /* else the parameter */
    gm_type type;                /* of the delivered column */
    bool optional;               /* nulls are delivered */
    bool is_unmapped;            /* no source has the field */
    expression_part_kind part;   /* of PART */
    const expression *condition; /* of CONDITION and PART; NULL: every event */
} plan_column;

/* A way to split events: metrics with the same fields and bucket share one. */
typedef struct plan_grouping {
    uint32_t n_by;
    const char *fields[LIMIT_GROUP_BY];
    uint32_t columns[LIMIT_GROUP_BY]; /* in the schema */
    config_bucket bucket;
} plan_grouping;

typedef struct plan_metric {
    const config_metric *config;
    uint32_t plugin; /* index into plan.plugins */
    const gm_descriptor *descriptor;
    uint32_t metric_in_plugin;
    gm_value *values;          /* a parameter each */
    const gm_str **item_names; /* of families, see gm_config */
    plan_column *columns;
    uint32_t n_columns;
    const char **units;      /* an output each; "" unknown */
    const expression *where; /* NULL: all events */
    uint32_t grouping;
    bool total;           /* without `by`: true */
    const char *key_text; /* what it computes, in words; the period is not in it */
    hash128 *keys;        /* a source each: of key_text and the mapping; parts are kept by it */
    bool *reads_source;   /* a source each: false when it lacks a field that is required */
} plan_metric;

/* What a goal's input points at. */
typedef struct plan_input {
    uint32_t metric, output;
    value_label *labels; /* of groups and of the output, by name; all of them must agree */
    uint32_t n_labels;
} plan_input;

typedef struct plan_goal {
    const config_goal *config;
    uint32_t rule; /* index into plan.rules */
    uint32_t direction;
    bool has_target, has_baseline;
    double target, baseline;
    const plan_input **inputs; /* as the rule declares them; NULL: optional and not given */
    const score_param *params; /* as the rule declares them */
} plan_goal;

typedef struct plan {
    arena memory;
    config *config; /* owned */
    civil_zone *zone;
    period current, previous;
    bool has_previous;
    schema schema;
    mapping **mappings; /* a source each */
    plugin_info *plugins;
    uint32_t n_plugins;
    plan_metric *metrics;
    uint32_t n_metrics;
    plan_grouping *groupings;
    uint32_t n_groupings, groupings_cap;
    const expression **expressions; /* each condition once; metrics share them */
    uint32_t n_expressions, expressions_cap;
    rule_info *rules;
    uint32_t n_rules;
    plan_goal *goals;
    uint32_t n_goals;
} plan;

typedef struct plan_options {
    const char *config_path;
    const config_override *overrides;
    uint32_t n_overrides;
    int64_t now_us;                 /* wall clock, for the default of until: the day before */
    const char *date;               /* --date, or NULL */
    const char *rules_dir;          /* where bare rule names live */
    const char *const *plugin_dirs; /* searched after those of the configuration */
    uint32_t n_plugin_dirs;
} plan_options;

/* Everything that is wrong is added to errors; then *out is NULL. Forks describe workers. */
gm_status plan_make(plan **out, const plan_options *options, error_list *errors);
void plan_free(plan *p);

/* The value a goal's input points at, or NULL. */
const value *plan_find_value(const plan_input *input, const value_set *values);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * score.h - goals and their values in, scorecards out. Runs in the score worker. */
#ifndef GM_SCORE_SCORE_H
#define GM_SCORE_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/error.h"
#include "config/config.h"
#include "part/value.h"
#include "score/rule.h"
#include "score/scorecard.h"

typedef struct score_input {
    const char *name;
    const value *value; /* NULL: there is no such value in this run; counts as no_data */
} score_input;

/* A parameter as checked against the rule: default or configured. */
typedef struct score_param {
    const char *name;
    rule_param_type type;
    double number;
    const char *text;
    bool flag;
    const double *numbers;
    uint32_t n_numbers;
} score_param;

/* A goal, ready to be scored; all borrowed. */
typedef struct score_goal {
    const config_goal *config;
    const rule_info *rule;
    uint32_t direction; /* GM_D_*: the goal's, else its output's */
    bool has_target, has_baseline;
    double target, baseline;
    const score_input *inputs; /* as the rule declares them */
    uint32_t n_inputs;
    const score_param *params; /* as the rule declares them */
    uint32_t n_params;
} score_goal;

typedef struct score_options {
    const score_goal *goals;
    uint32_t n_goals;
    const config *config;             /* areas and weights */
    const civil_zone *zone;           /* borrowed */
    int64_t period_start, period_end; /* microseconds, half open */
} score_options;

/* Scores all goals, each in a fresh Lua state; a rule that fails gives a scorecard with status
 * error. *out is owned: scorecard_set_deinit(). An error only when no scoring is possible at all.
 */
gm_status score_run(scorecard_set *out, const score_options *options, gm_error *err);

/* Status of a score by bands (met, on_track, at_risk from). */
scorecard_status score_status(double score, const double bands[CONFIG_BANDS]);

#endif

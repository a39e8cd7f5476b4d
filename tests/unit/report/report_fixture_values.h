/* SPDX-License-Identifier: Apache-2.0
 * report_fixture_values.h - what the goals of the made-up run point at, and its values. */
#ifndef GM_TESTS_REPORT_FIXTURE_VALUES_H
#define GM_TESTS_REPORT_FIXTURE_VALUES_H

#include "report/report_fixture_plan.h"

#define FIXTURE_NONE                                                                               \
    .num = (double)NAN, .den = (double)NAN, .lower = (double)NAN, .upper = (double)NAN,            \
    .level = (double)NAN, .se = (double)NAN
#define FIXTURE_NO_DATA                                                                            \
    {                                                                                              \
        .status = GM_S_NO_DATA, .is_null = true, FIXTURE_NONE                                      \
    }
#define FIXTURE_COUNT(number, low, high)                                                           \
    {                                                                                              \
        .method = GM_U_POISSON, .is_integer = true, .i = (number), .n = (number),                  \
        .num = (double)NAN, .den = (double)NAN, .lower = (low), .upper = (high), .level = 0.95,    \
        .se = (double)NAN                                                                          \
    }

static value_label fixture_q90[] = {{"q", "0.9"}};
static const plan_input fixture_to_visits = {.metric = 0};
static const plan_input fixture_to_voice = {.metric = 1};
static const plan_input fixture_to_reply = {.metric = 2, .labels = fixture_q90, .n_labels = 1};
static const plan_input fixture_to_tone = {.metric = 3};
static value_label fixture_nowhere[] = {{"country", NULL}, {"q", "\xd7\xa9\"\\"}};
static const plan_input fixture_to_nothing = {
    .metric = 0, .labels = fixture_nowhere, .n_labels = 2};

static const plan_input *fixture_voice_inputs[] = {&fixture_to_voice, NULL};
static const plan_input *fixture_visits_inputs[] = {&fixture_to_visits};
static const plan_input *fixture_reply_inputs[] = {&fixture_to_reply};
static const plan_input *fixture_tone_inputs[] = {&fixture_to_tone};
static const plan_input *fixture_loyalty_inputs[] = {&fixture_to_nothing, &fixture_to_visits};

static const double fixture_steps[] = {0.1, 0.5, 1};
static const score_param fixture_params[] = {
    {.name = "max_drop", .type = RULE_NUMBER, .number = 0.05},
    {.name = "floor", .type = RULE_NUMBER, .number = (double)NAN},
    {.name = "kind", .type = RULE_TEXT, .text = "line\nbreak"},
    {.name = "strict", .type = RULE_BOOL, .flag = true},
    {.name = "steps", .type = RULE_NUMBERS, .numbers = fixture_steps, .n_numbers = 3},
};

static plan_goal fixture_goals[] = {
    {.config = &fixture_config_goals[0],
     .rule = 1,
     .direction = GM_D_HIGHER_BETTER,
     .has_target = true,
     .has_baseline = true,
     .target = 0.25,
     .baseline = 0.2,
     .inputs = fixture_voice_inputs,
     .params = fixture_params},
    {.config = &fixture_config_goals[1],
     .direction = GM_D_HIGHER_BETTER,
     .has_target = true,
     .target = 12000,
     .inputs = fixture_visits_inputs},
    {.config = &fixture_config_goals[2],
     .direction = GM_D_LOWER_BETTER,
     .has_target = true,
     .target = 3600,
     .inputs = fixture_reply_inputs},
    {.config = &fixture_config_goals[3], .direction = GM_D_NEUTRAL, .inputs = fixture_tone_inputs},
    {.config = &fixture_config_goals[4],
     .rule = 1,
     .direction = GM_D_TARGET,
     .inputs = fixture_loyalty_inputs,
     .params = fixture_params},
};

static value_label fixture_countries[] = {
    {"country", "cn"}, {"country", "d\"e\n"}, {"country", NULL}};
static value_point fixture_visit_days[] = {
    {FIXTURE_DAY(1), 4000}, {FIXTURE_DAY(2), (double)NAN}, {FIXTURE_DAY(3), 8345}};
static value_point fixture_voice_days[] = {{FIXTURE_DAY(1), 0.24}, {FIXTURE_DAY(2), 0.1}};

#define FIXTURE_VISITS .metric = "visits", .output = "value", .unit = "events"
static value fixture_value_items[] = {
    {FIXTURE_VISITS, .current = FIXTURE_COUNT(12345, 12128.191, 12564.73), .has_previous = true,
     .previous = FIXTURE_COUNT(12000, 11786.25, 12216.64), .series = fixture_visit_days,
     .n_series = 3},
    {FIXTURE_VISITS, .groups = &fixture_countries[0], .n_groups = 1,
     .current = FIXTURE_COUNT(12001, 11787.2, 12217.66), .has_previous = true,
     .previous = FIXTURE_NO_DATA},
    {FIXTURE_VISITS, .groups = &fixture_countries[1], .n_groups = 1,
     .current = FIXTURE_COUNT(344, 308.6, 382.3)},
    {FIXTURE_VISITS, .groups = &fixture_countries[2], .n_groups = 1, .current = FIXTURE_NO_DATA},
    {.metric_index = 1,
     .metric = "voice",
     .output = "ratio",
     .unit = "1",
     .current = {.method = GM_U_WILSON,
                 .f = 0.241,
                 .n = 1000,
                 .num = 241,
                 .den = 1000,
                 .lower = 0.21550297136391,
                 .upper = 0.26844962,
                 .level = 0.95,
                 .se = 0.01352},
     .has_previous = true,
     .previous = {.status = GM_S_LOW_N,
                  .flags = GM_EF_LOW_N,
                  .f = 0.2,
                  .n = 10,
                  .num = 2,
                  .den = 10,
                  .lower = 0.05668,
                  .upper = 0.50984,
                  .level = 0.95,
                  .se = 0.1265},
     .series = fixture_voice_days,
     .n_series = 2},
    {.metric_index = 2,
     .metric = "reply",
     .output = "quantile",
     .unit = "s",
     .labels = {{"q", "0.9"}},
     .n_labels = 1,
     .current = {.method = GM_U_ORDER_SKETCH,
                 .flags = GM_EF_APPROXIMATE,
                 .f = 3900.5,
                 .n = 77,
                 .num = (double)NAN,
                 .den = (double)NAN,
                 .lower = 3000,
                 .upper = (double)INFINITY,
                 .level = 0.95,
                 .se = (double)NAN}},
    {.metric_index = 3,
     .metric = "tone",
     .output = "mean",
     .unit = "",
     .current = {.status = GM_S_ERROR, .is_null = true, FIXTURE_NONE},
     .error = "the plugin said: \"no\""},
};

#endif

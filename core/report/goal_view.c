/* SPDX-License-Identifier: Apache-2.0
 * goal_view.c - see goal_view.h. */
#include "report/goal_view.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static double change_of(const value *v)
{
    if (!v->has_previous)
        return (double)NAN;
    double now = value_number(&v->current);
    double before = value_number(&v->previous);
    double size = fabs(before);
    return size > 0 ? (now - before) / size : (double)NAN;
}

static double gap_of(const plan_goal *goal, const value *v)
{
    if (!goal->has_target)
        return (double)NAN;
    double gap = goal->target - value_number(&v->current);
    if (goal->direction == GM_D_LOWER_BETTER)
        return 0 - gap;
    return goal->direction == GM_D_TARGET ? fabs(gap) : gap;
}

goal_view goal_view_of(const report *r, uint32_t goal)
{
    GM_ASSERT(goal < r->plan->n_goals);
    GM_ASSERT(r->scorecards->n_goals == r->plan->n_goals);
    const plan_goal *g = &r->plan->goals[goal];
    GM_ASSERT(g->rule < r->plan->n_rules);
    goal_view view = {
        .card = &r->scorecards->goals[goal],
        .goal = g,
        .rule = &r->plan->rules[g->rule],
        .name = g->config->name,
        .title = g->config->title.text != NULL ? g->config->title.text : g->config->name,
        .change = (double)NAN,
        .gap = (double)NAN,
    };
    GM_ASSERT(view.card->goal == goal);
    uint32_t i = 0;
    while (i < view.rule->n_inputs && g->inputs[i] == NULL)
        i++;
    if (i < view.rule->n_inputs)
        view.first = plan_find_value(g->inputs[i], r->values);
    if (view.first != NULL) {
        view.change = change_of(view.first);
        view.gap = gap_of(g, view.first);
    }
    return view;
}

const char *goal_view_area_title(const report *r, uint32_t area)
{
    GM_ASSERT(area < r->plan->config->n_areas);
    const config_area *a = &r->plan->config->areas[area];
    return a->title.text != NULL ? a->title.text : a->name;
}

const char *goal_view_status_words(scorecard_status status)
{
    static const char *const words[SCORECARD_STATUSES] = {
        [SCORECARD_MET] = "met",
        [SCORECARD_ON_TRACK] = "on track",
        [SCORECARD_AT_RISK] = "at risk",
        [SCORECARD_MISSED] = "missed",
        [SCORECARD_NO_TARGET] = "no target",
        [SCORECARD_LOW_N] = "low n",
        [SCORECARD_NO_DATA] = "no data",
        [SCORECARD_ERROR] = "error",
    };
    GM_ASSERT(status < SCORECARD_STATUSES);
    return words[status];
}

const char *goal_view_direction_name(uint32_t direction)
{
    static const char *const names[] = {
        [GM_D_NEUTRAL] = "neutral",
        [GM_D_HIGHER_BETTER] = "up",
        [GM_D_LOWER_BETTER] = "down",
        [GM_D_TARGET] = "target",
    };
    GM_ASSERT(direction < sizeof names / sizeof *names);
    return names[direction];
}

void goal_view_counts(const report *r, uint32_t counts[SCORECARD_STATUSES])
{
    memset(counts, 0, SCORECARD_STATUSES * sizeof *counts);
    for (uint32_t i = 0; i < r->scorecards->n_goals; i++)
        counts[r->scorecards->goals[i].status]++;
}

void goal_view_summary(const report *r, bytes *out)
{
    uint32_t counts[SCORECARD_STATUSES];
    uint32_t n = r->scorecards->n_goals;
    goal_view_counts(r, counts);
    bytes_printf(out, "%" PRIu32 " %s", n, n == 1 ? "goal" : "goals");
    const char *separator = ": ";
    for (uint32_t s = 0; s < SCORECARD_STATUSES; s++) {
        if (counts[s] == 0)
            continue;
        bytes_printf(out, "%s%" PRIu32 " %s", separator, counts[s],
                     goal_view_status_words((scorecard_status)s));
        separator = ", ";
    }
}

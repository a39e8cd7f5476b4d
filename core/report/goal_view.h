/* SPDX-License-Identifier: Apache-2.0
 * goal_view.h - what all outputs show of a goal, an area or the whole, worked out once and the same
 * way. Everything is borrowed from the report. */
#ifndef GM_REPORT_GOAL_VIEW_H
#define GM_REPORT_GOAL_VIEW_H

#include "report/report.h"

typedef struct goal_view {
    const scorecard *card;
    const plan_goal *goal;
    const rule_info *rule;
    const char *name, *title;
    const value *first; /* of the first input that is given; NULL: there is none in this run */
    double change;      /* of first against the period before, relative to it; NaN: none */
    double gap;         /* from first to the target, above 0 while it is not reached; NaN: none */
} goal_view;

goal_view goal_view_of(const report *r, uint32_t goal);

const char *goal_view_area_title(const report *r, uint32_t area);
/* "on track": a status for people. */
const char *goal_view_status_words(scorecard_status status);
const char *goal_view_direction_name(uint32_t direction); /* of GM_D_* */
/* Goals by status. */
void goal_view_counts(const report *r, uint32_t counts[SCORECARD_STATUSES]);
/* "5 goals: 2 met, 1 at risk, 2 no data". */
void goal_view_summary(const report *r, bytes *out);

#endif

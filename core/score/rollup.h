/* SPDX-License-Identifier: Apache-2.0
 * rollup.h - areas from goals, and the whole from areas.
 *
 * The score of a group is the weighted mean of those children that have one; coverage says how much
 * of the weight that was. An area that no goal names has no children and is no child of the whole.
 * A group's status is that of its score by the default bands, no_data without one. */
#ifndef GM_SCORE_ROLLUP_H
#define GM_SCORE_ROLLUP_H

#include "config/config.h"
#include "score/score.h"
#include "score/scorecard.h"

/* Fills areas and overall of a set whose goals are scored. Each goal names an area of c. */
void rollup_run(scorecard_set *set, const score_goal *goals, const config *c);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * scorecard_file.h - scorecards as bytes, from the score worker to the supervisor. */
#ifndef GM_SCORE_SCORECARD_FILE_H
#define GM_SCORE_SCORECARD_FILE_H

#include "base/bytes.h"
#include "base/error.h"
#include "score/scorecard.h"

void scorecard_file_save(const scorecard_set *set, bytes *out);
/* Distrusts the bytes: GM_E_DAMAGED. n_goals, n_areas: what the plan has. */
gm_status scorecard_file_load(scorecard_set *out, const void *p, size_t n, uint32_t n_goals,
                              uint32_t n_areas, gm_error *err);

#endif

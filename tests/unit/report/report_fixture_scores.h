/* SPDX-License-Identifier: Apache-2.0
 * report_fixture_scores.h - the scorecards of the made-up run. */
#ifndef GM_TESTS_REPORT_FIXTURE_SCORES_H
#define GM_TESTS_REPORT_FIXTURE_SCORES_H

#include "score/scorecard.h"

static const char *fixture_voice_reasons[] = {"share of voice 24.1 %, target 25 %",
                                              "1. | <b>bold</b> `x`"};
static const char *fixture_reply_reasons[] = {"slower than\n1 h"};
static const char *fixture_tone_reasons[] = {"no data: the plugin failed"};
static const char *fixture_voice_flags[] = {"sentiment_unknown"};
static scorecard_evidence fixture_evidence[] = {{.name = "mentions", .number = 1000},
                                                {.name = "note", .text = "a \"note\""}};

static scorecard fixture_cards[] = {
    {.goal = 0,
     .status = SCORECARD_AT_RISK,
     .has_score = true,
     .score = 79.96,
     .reasons = fixture_voice_reasons,
     .n_reasons = 2,
     .evidence = fixture_evidence,
     .n_evidence = 2,
     .flags = fixture_voice_flags,
     .n_flags = 1},
    {.goal = 1, .status = SCORECARD_MET, .has_score = true, .score = 100},
    {.goal = 2,
     .status = SCORECARD_MISSED,
     .has_score = true,
     .score = 100.0 / 3,
     .reasons = fixture_reply_reasons,
     .n_reasons = 1},
    {.goal = 3, .status = SCORECARD_NO_DATA, .reasons = fixture_tone_reasons, .n_reasons = 1},
    {.goal = 4,
     .status = SCORECARD_ERROR,
     .error = "rules/voice.lua:3: nil value\nstack:\n  score"},
};

static scorecard_child fixture_brand[] = {{0, 2, true}, {1, 1, true}};
static scorecard_child fixture_service[] = {{2, 1, true}, {3, 0.5, false}};
static scorecard_child fixture_other[] = {{4, 1, false}};
static scorecard_child fixture_whole[] = {{0, 2, true}, {1, 1, true}, {2, 1, false}};
static scorecard_area fixture_scored_areas[] = {
    {.name = "brand",
     .status = SCORECARD_ON_TRACK,
     .has_score = true,
     .score = 86.64,
     .coverage = 1,
     .weight = 2,
     .children = fixture_brand,
     .n_children = 2},
    {.name = "service",
     .status = SCORECARD_MISSED,
     .has_score = true,
     .score = 100.0 / 3,
     .coverage = 2.0 / 3,
     .weight = 1,
     .children = fixture_service,
     .n_children = 2},
    {.name = "other",
     .status = SCORECARD_NO_DATA,
     .weight = 1,
     .children = fixture_other,
     .n_children = 1},
};

#endif

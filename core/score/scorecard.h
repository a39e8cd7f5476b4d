/* SPDX-License-Identifier: Apache-2.0
 * scorecard.h - what a run says about goals and areas: the result of scoring, ready to be written.
 * Made by the score worker, passed on as bytes (score/scorecard_file.h), read by report/. */
#ifndef GM_SCORE_SCORECARD_H
#define GM_SCORE_SCORECARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* The first four by score, the others outside of roll-ups. Order and names are fixed. */
#define SCORECARD_STATUS_LIST(X)                                                                   \
    X(MET, "met")                                                                                  \
    X(ON_TRACK, "on_track")                                                                        \
    X(AT_RISK, "at_risk")                                                                          \
    X(MISSED, "missed")                                                                            \
    X(NO_TARGET, "no_target")                                                                      \
    X(LOW_N, "low_n")                                                                              \
    X(NO_DATA, "no_data")                                                                          \
    X(ERROR, "error")

typedef enum scorecard_status {
#define X(id, name) SCORECARD_##id,
    SCORECARD_STATUS_LIST(X)
#undef X
        SCORECARD_STATUSES
} scorecard_status;

typedef struct scorecard_evidence {
    const char *name;
    const char *text; /* NULL: it is the number */
    double number;
} scorecard_evidence;

typedef struct scorecard {
    uint32_t goal; /* index in the plan */
    scorecard_status status;
    bool has_score;
    double score; /* 0 to 100 */
    const char **reasons;
    uint32_t n_reasons;
    scorecard_evidence *evidence;
    uint32_t n_evidence;
    const char **flags; /* what the rule flagged */
    uint32_t n_flags;
    const char *error; /* of the rule, several lines; NULL: none */
    uint64_t fuel_used;
} scorecard;

typedef struct scorecard_child {
    uint32_t goal;
    double weight;
    bool is_counted; /* had a score */
} scorecard_child;

/* A group of goals, or the whole (name NULL). */
typedef struct scorecard_area {
    const char *name;
    scorecard_status status; /* no_data when no child has a score */
    bool has_score;
    double score;              /* weighted mean of the children that have one */
    double coverage;           /* weight of those over the weight of all; 0 to 1 */
    double weight;             /* of the area in the whole */
    scorecard_child *children; /* of the whole: goal is the index of an area */
    uint32_t n_children;
} scorecard_area;

typedef struct scorecard_set {
    scorecard *goals; /* as configured */
    uint32_t n_goals;
    scorecard_area *areas; /* as configured */
    uint32_t n_areas;
    scorecard_area overall;
    arena memory; /* owns all of it */
} scorecard_set;

const char *scorecard_status_name(scorecard_status status);
bool scorecard_is_judged(scorecard_status status); /* met, on_track, at_risk, missed */
void scorecard_set_deinit(scorecard_set *set);

#endif

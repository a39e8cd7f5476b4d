/* SPDX-License-Identifier: Apache-2.0
 * rule_call.h - one evaluation of a rule: what the functions inside the sandbox work on. */
#ifndef GM_SCORE_RULE_CALL_H
#define GM_SCORE_RULE_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "base/arena.h"
#include "part/value.h"
#include "score/score.h"
#include "score/scorecard.h"

enum { RULE_CALL_REASON_MAX = 256 };

typedef struct rule_call {
    const score_goal *goal;
    const score_options *options;
    const char *source; /* of the rule file */
    size_t n_source;
    arena *set_arena;      /* of the scorecards */
    scorecard *out;        /* filled when the rule returns a result */
    bool *has_seen_status; /* of each input, then of each input's previous period */
    /* Set before the sandbox is left early. */
    scorecard_status left_status;
    char left_reason[RULE_CALL_REASON_MAX];
} rule_call;

/* Runs the goal's rule and fills *out but its index. source: the bytes of the rule file. Memory
 * comes from set_arena. */
void rule_call_run(scorecard *out, const score_goal *goal, const score_options *options,
                   const char *source, size_t n_source, arena *set_arena);

/* Ends the goal early; for functions inside the sandbox. */
_Noreturn void rule_call_leave(lua_State *L, scorecard_status status, const char *fmt, ...)
    GM_PRINTF(3, 4);

/* What users call an input: its selector as configured, else metric.output, else its name. */
const char *rule_call_input_label(const score_goal *goal, uint32_t input, char *text, size_t size);

/* The figure of an input; one with status no_data when there is none. Static or borrowed. */
const value_figure *rule_call_figure(const score_goal *goal, uint32_t input, bool is_previous);

/* "up", "down", "target", "neutral". */
const char *rule_call_direction(uint32_t direction);

#endif

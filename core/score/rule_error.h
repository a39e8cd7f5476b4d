/* SPDX-License-Identifier: Apache-2.0
 * rule_error.h - a rule's failure as its author wants to read it: place, message, the lines of the
 * file, the way there, what the inputs were. No addresses, no times: the same text each time. */
#ifndef GM_SCORE_RULE_ERROR_H
#define GM_SCORE_RULE_ERROR_H

#include "base/arena.h"
#include "score/rule.h"
#include "score/sandbox.h"
#include "score/score.h"

enum { RULE_ERROR_NAME_SIZE = 280 };

/* How messages call a rule's file: "band.lua", "rules/x.lua". */
void rule_error_file_name(const char *rule_name, char text[RULE_ERROR_NAME_SIZE]);

/* Several lines, without one at the end. fuel: what the goal was given. From set_arena. */
const char *rule_error_text(const sandbox_fault *fault, const score_goal *goal, uint64_t fuel,
                            const char *source, size_t n_source, arena *set_arena);

#endif

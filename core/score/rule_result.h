/* SPDX-License-Identifier: Apache-2.0
 * rule_result.h - what a score function returns.
 *
 *   score(x)   0 to 100         no_data(why)         low_n(n)
 *   :because(text [, values])   a reason, with {name} filled in
 *   :evidence{ name = number or text }
 *   :flag(name)
 *   :cap(max, why [, values])   score() only: at most max, with a reason
 *
 * Each method changes its result and returns it. A result lives in the Lua state, so its size is
 * bounded by the limits of LIMIT_RULE_* and the sandbox. */
#ifndef GM_SCORE_RULE_RESULT_H
#define GM_SCORE_RULE_RESULT_H

#include <lua.h>

#include "base/arena.h"
#include "score/scorecard.h"

/* Adds score, no_data and low_n to the globals. */
void rule_result_open(lua_State *L);

/* Copies the result at index to out (status NO_DATA or LOW_N; of a score MET, to be set by bands).
 * Raises an error when it is none. */
void rule_result_read(lua_State *L, int index, scorecard *out, arena *set_arena);

#endif

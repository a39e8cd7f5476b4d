/* SPDX-License-Identifier: Apache-2.0
 * score_library.h - scale.*, fmt.* and stats.* of the rule API.
 *
 *   scale.linear(x, {from=, to=})           0 at from, 100 at to, cut to 0..100
 *   scale.step(x, {at=, scores=, falling=}) scores[1] before at[1] is reached, scores[2] from it on
 *   fmt.num(x [, decimals])                 fmt.pct(x [, decimals])
 *   fmt.dur(seconds)                        fmt.money(minor units [, currency])
 *   fmt.unit(x, unit)                       as a value of that unit is written
 *   stats.wilson(k, n [, level])            lower, upper */
#ifndef GM_SCORE_SCORE_LIBRARY_H
#define GM_SCORE_SCORE_LIBRARY_H

#include <lua.h>

/* Adds the three tables to the globals. */
void score_library_open(lua_State *L);

#endif

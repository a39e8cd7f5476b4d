/* SPDX-License-Identifier: Apache-2.0
 * rule_metric.h - ctx.m.NAME: what a rule sees of a metric's value.
 *
 *   value lower upper num den          numbers; lower, upper, num, den are nil when there is none
 *   n level unit direction status flags
 *   :prev()    the same for the period before; status no_data when there is none
 *   :change()  relative change against it, nil when that cannot be said
 *   :series()  the buckets' numbers, oldest first, gaps removed
 *
 * Who reads a number of a value that is not ok ends the goal with no_data (or low_n, or error, as
 * the value has it), unless the rule has looked at its status: then the number is nil. */
#ifndef GM_SCORE_RULE_METRIC_H
#define GM_SCORE_RULE_METRIC_H

#include <stdint.h>

#include <lua.h>

void rule_metric_open(lua_State *L);

/* Pushes the value of an input of the goal that is scored. */
void rule_metric_push(lua_State *L, uint32_t input);

#endif

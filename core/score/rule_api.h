/* SPDX-License-Identifier: Apache-2.0
 * rule_api.h - all that a rule file sees: rule{…}, results, scale, fmt, stats, and ctx.
 *
 * ctx   m param          by name, as the rule declares them
 *       target           reading a missing one ends the goal with no_target
 *       has_target       for a rule that can do without
 *       baseline         nil when there is none
 *       weight lang direction
 *       period           start, ends (dates, the last day included), days */
#ifndef GM_SCORE_RULE_API_H
#define GM_SCORE_RULE_API_H

#include <stdint.h>

#include <lua.h>

/* Opens libraries and API in a fresh state; the first thing to run inside. */
void rule_api_open(lua_State *L);

/* Runs a rule file and pushes the table that it gave to rule{}. *line: of that call. */
void rule_api_load(lua_State *L, const char *name, const void *source, size_t n, uint32_t *line);

/* Pushes ctx for the goal of the rule_call that the sandbox was made with. */
void rule_api_push_context(lua_State *L);

#endif

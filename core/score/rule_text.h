/* SPDX-License-Identifier: Apache-2.0
 * rule_text.h - texts that rules give: by language, with placeholders. All raise errors. */
#ifndef GM_SCORE_RULE_TEXT_H
#define GM_SCORE_RULE_TEXT_H

#include <stddef.h>

#include <lua.h>

/* The value at index is a text, or a table of texts by language; then it is replaced by the English
 * one, or by the first by name. The text is UTF-8 without NUL, at most LIMIT_RULE_TEXT_BYTES long.
 * Borrowed from the stack. what: how messages call it. */
const char *rule_text_choose(lua_State *L, int index, const char *what);

/* A text as rule_text_choose() takes it (no table). */
const char *rule_text_check(lua_State *L, int index, const char *what);

/* Fills {name} in the chosen text at text_index from the table at args_index (nil: there is none),
 * and pushes the result: numbers as fmt.num gives them, metric values with their unit. A brace is
 * written twice. */
const char *rule_text_fill(lua_State *L, int text_index, int args_index, const char *what);

#endif

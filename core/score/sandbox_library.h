/* SPDX-License-Identifier: Apache-2.0
 * sandbox_library.h - what a rule finds besides the rule API: an allowlist of its own.
 *
 *   assert error ipairs pairs pcall select tonumber tostring type
 *   math.*     without random and randomseed
 *   string.    byte char format len lower rep reverse sub upper
 *   table.     concat insert remove sort unpack
 *   utf8.      char codepoint len
 *
 * pairs goes in the order of the keys (numbers, texts bytewise, booleans), sort is stable, tostring
 * shows no address. Reading an unknown name and setting a global are errors. */
#ifndef GM_SCORE_SANDBOX_LIBRARY_H
#define GM_SCORE_SANDBOX_LIBRARY_H

#include <lauxlib.h>
#include <lua.h>

#include <goalmill/plugin.h>

/* All of these run inside sandbox_call(), before sandbox_arm(). */
void sandbox_library_open(lua_State *L);
/* Adds the value on the top of the stack as a global, or functions as a table of that name. */
void sandbox_library_add(lua_State *L, const char *name);
void sandbox_library_add_table(lua_State *L, const char *name, const luaL_Reg *functions);
/* Pushes the table that is to be a chunk's _ENV: empty, so that nothing can be overwritten. */
void sandbox_library_globals(lua_State *L);

/* Replaces the value at index by the text that tostring() gives, and returns it. */
const char *sandbox_library_tostring(lua_State *L, int index, size_t *n);

/* Raises "TEXT (did you mean 'x'? has: a, b, c)": key is missing among the names that are the keys
 * of the table at index. */
int sandbox_library_missing(lua_State *L, int index, const char *key, const char *fmt, ...)
    GM_PRINTF(4, 5);

#endif

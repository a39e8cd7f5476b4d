/* SPDX-License-Identifier: Apache-2.0
 * sandbox_table.h - going through tables in a fixed order, and the table library: each element that
 * a function touches is charged. Part of score/sandbox_library.h. */
#ifndef GM_SCORE_SANDBOX_TABLE_H
#define GM_SCORE_SANDBOX_TABLE_H

#include <lauxlib.h>
#include <lua.h>

enum { SANDBOX_TABLE_UNPACK_MAX = 10000 };

int sandbox_table_pairs(lua_State *L);
int sandbox_table_ipairs(lua_State *L);

/* concat insert remove sort unpack. Static. */
extern const luaL_Reg sandbox_table_functions[];

#endif

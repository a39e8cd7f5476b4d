/* SPDX-License-Identifier: Apache-2.0
 * sandbox_table.c - see sandbox_table.h. Tables of rules have no metatables, so access is raw. */
#include "score/sandbox_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "score/sandbox.h"
#include "score/sandbox_library.h"

/* ---- pairs ---------------------------------------------------------------------------------- */

enum { RANK_NUMBER, RANK_TEXT, RANK_BOOLEAN };

/* A key, ready to be compared. text is borrowed from the list of keys. */
typedef struct table_key {
    lua_Integer place; /* in the list of keys, from 1 */
    int rank;
    bool is_integer;
    lua_Integer integer; /* also of a boolean */
    lua_Number number;
    const char *text;
    size_t n;
} table_key;

/* Floats that are keys are never whole: Lua makes those integers. */
static int compare_integer_and_float(lua_Integer i, lua_Number f)
{
    if (f >= 9223372036854775808.0)
        return -1;
    if (f < -9223372036854775808.0)
        return 1;
    return i <= (lua_Integer)floor(f) ? -1 : 1;
}

static int compare_numbers(const table_key *a, const table_key *b)
{
    if (a->is_integer && b->is_integer)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->is_integer)
        return compare_integer_and_float(a->integer, b->number);
    if (b->is_integer)
        return -compare_integer_and_float(b->integer, a->number);
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_keys(const void *pa, const void *pb)
{
    const table_key *a = pa, *b = pb;
    if (a->rank != b->rank)
        return a->rank - b->rank;
    if (a->rank == RANK_NUMBER)
        return compare_numbers(a, b);
    if (a->rank == RANK_BOOLEAN)
        return (a->integer > b->integer) - (a->integer < b->integer);
    int order = memcmp(a->text, b->text, a->n < b->n ? a->n : b->n);
    return order != 0 ? order : (a->n > b->n) - (a->n < b->n);
}

static table_key read_key(lua_State *L, int index, lua_Integer place)
{
    table_key key = {.place = place};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key.rank = RANK_NUMBER;
        key.is_integer = lua_isinteger(L, index) != 0;
        key.integer = key.is_integer ? lua_tointeger(L, index) : 0;
        key.number = key.is_integer ? 0 : lua_tonumber(L, index);
        break;
    case LUA_TSTRING:
        key.rank = RANK_TEXT;
        key.text = lua_tolstring(L, index, &key.n);
        break;
    case LUA_TBOOLEAN:
        key.rank = RANK_BOOLEAN;
        key.integer = lua_toboolean(L, index);
        break;
    default:
        (void)luaL_error(L, "pairs: a key that is a %s has no fixed order",
                         luaL_typename(L, index));
    }
    return key;
}

/* upvalues: the table, its keys, their order, the place in it. */
static int next_pair(lua_State *L)
{
    const table_key *order = lua_touserdata(L, lua_upvalueindex(3));
    lua_Integer n = (lua_Integer)lua_rawlen(L, lua_upvalueindex(2));
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(4));
    for (; at < n; at++) {
        (void)lua_rawgeti(L, lua_upvalueindex(2), order[at].place);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
            lua_pushinteger(L, at + 1);
            lua_replace(L, lua_upvalueindex(4));
            return 2;
        }
        lua_pop(L, 2); /* removed since the loop began */
        sandbox_charge(L, 1);
    }
    lua_pushnil(L);
    return 1;
}

int sandbox_table_pairs(lua_State *L)
{
    lua_Integer n = 0;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, 1) != 0) {
        sandbox_charge_texts(L, 8); /* and its share of the sorting */
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, 2, ++n);
    }
    table_key *order = lua_newuserdatauv(L, (size_t)n * sizeof *order + 1, 0);
    for (lua_Integer i = 1; i <= n; i++) {
        (void)lua_rawgeti(L, 2, i);
        order[i - 1] = read_key(L, -1, i);
        lua_pop(L, 1);
    }
    qsort(order, (size_t)n, sizeof *order, compare_keys);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_pair, 4);
    return 1;
}

static int next_element(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE); /* a rule may call this with anything */
    lua_Integer i = (lua_Integer)((lua_Unsigned)luaL_checkinteger(L, 2) + 1);
    lua_pushinteger(L, i);
    return lua_rawgeti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

int sandbox_table_ipairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushcfunction(L, next_element);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* ---- table ---------------------------------------------------------------------------------- */

static int table_concat(lua_State *L)
{
    luaL_Buffer b;
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t n_separator;
    const char *separator = luaL_optlstring(L, 2, "", &n_separator);
    lua_Integer from = luaL_optinteger(L, 3, 1);
    lua_Integer to = luaL_optinteger(L, 4, (lua_Integer)lua_rawlen(L, 1));
    luaL_buffinit(L, &b);
    for (lua_Integer i = from; i <= to; i++) {
        size_t n;
        sandbox_charge(L, 4);
        int type = lua_rawgeti(L, 1, i);
        if (type != LUA_TSTRING && type != LUA_TNUMBER)
            return luaL_error(L, "table.concat: element %I is a %s, not a text or a number", i,
                              luaL_typename(L, -1));
        (void)sandbox_library_tostring(L, -1, &n);
        if (luaL_bufflen(&b) + n > LIMIT_RULE_STRING_BYTES)
            return luaL_error(L, "table.concat would make a text longer than 64 KiB");
        luaL_addvalue(&b);
        if (i == to)
            break; /* i + 1 could overflow */
        luaL_addlstring(&b, separator, n_separator);
    }
    luaL_pushresult(&b);
    return 1;
}

static int table_insert(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer end = (lua_Integer)lua_rawlen(L, 1) + 1, at = end;
    int n_args = lua_gettop(L);
    if (n_args == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of bounds");
    } else if (n_args != 2) {
        return luaL_error(L, "table.insert takes a table, a position or none, and a value");
    }
    sandbox_charge(L, 1 + (uint64_t)(end - at));
    for (lua_Integer i = end; i > at; i--) {
        (void)lua_rawgeti(L, 1, i - 1);
        lua_rawseti(L, 1, i);
    }
    lua_rawseti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    lua_Integer at = luaL_optinteger(L, 2, n);
    if (lua_gettop(L) > 1 && n + 1 != at && !(n == 0 && at == 0))
        luaL_argcheck(L, at >= 1 && at <= n, 2, "position out of bounds");
    sandbox_charge(L, 1 + (uint64_t)(n > at ? n - at : 0));
    (void)lua_rawgeti(L, 1, at);
    for (; at < n; at++) {
        (void)lua_rawgeti(L, 1, at + 1);
        lua_rawseti(L, 1, at);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, at);
    return 1;
}

static int table_unpack(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_optinteger(L, 2, 1);
    lua_Integer to = luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, 1));
    if (from > to)
        return 0;
    uint64_t n = (uint64_t)to - (uint64_t)from;
    if (n >= SANDBOX_TABLE_UNPACK_MAX)
        return luaL_error(L, "table.unpack: more than %d values", SANDBOX_TABLE_UNPACK_MAX);
    sandbox_charge(L, n + 1);
    luaL_checkstack(L, (int)n + 1, "table.unpack");
    for (uint64_t i = 0; i <= n; i++)
        (void)lua_rawgeti(L, 1, from + (lua_Integer)i);
    return (int)n + 1;
}

/* Does the value at a belong before the value at b? Stack: 1 the table, 2 the order or nil. */
static bool is_before(lua_State *L, int a, int b)
{
    sandbox_charge_texts(L, 1);
    if (lua_isnil(L, 2))
        return lua_compare(L, a, b, LUA_OPLT) != 0;
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool answer = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    return answer;
}

/* Merges from[low, middle) and from[middle, high) into to; both are stack slots of tables. */
static void merge_runs(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle,
                       lua_Integer high)
{
    lua_Integer a = low, b = middle;
    for (lua_Integer k = low; k < high; k++) {
        sandbox_charge(L, 1);
        bool take_b = a == middle;
        if (a < middle && b < high) {
            (void)lua_rawgeti(L, from, a);
            (void)lua_rawgeti(L, from, b);
            take_b = is_before(L, lua_gettop(L), lua_gettop(L) - 1);
            lua_pop(L, 2);
        }
        (void)lua_rawgeti(L, from, take_b ? b++ : a++);
        lua_rawseti(L, to, k);
    }
}

/* A stable merge sort, bottom up: equal elements stay in order, whatever the comparison says. */
static int table_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    int from = 1, to = 3;
    lua_newtable(L);
    for (lua_Integer width = 1; width < n; width *= 2) {
        for (lua_Integer low = 1; low <= n; low += 2 * width) {
            lua_Integer middle = low + width <= n + 1 ? low + width : n + 1;
            lua_Integer high = middle + width <= n + 1 ? middle + width : n + 1;
            merge_runs(L, from, to, low, middle, high);
        }
        int other = from;
        from = to;
        to = other;
    }
    for (lua_Integer i = 1; from != 1 && i <= n; i++) {
        sandbox_charge(L, 1);
        (void)lua_rawgeti(L, from, i);
        lua_rawseti(L, 1, i);
    }
    return 0;
}

const luaL_Reg sandbox_table_functions[] = {{"concat", table_concat}, {"insert", table_insert},
                                            {"remove", table_remove}, {"sort", table_sort},
                                            {"unpack", table_unpack}, {NULL, NULL}};

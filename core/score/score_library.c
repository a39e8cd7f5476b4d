/* SPDX-License-Identifier: Apache-2.0
 * score_library.c - see score_library.h. Functions raise errors that say what a rule's author
 * should change. */
#include "score/score_library.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "base/limits.h"
#include "base/stats.h"
#include "score/sandbox_library.h"
#include "base/quantity_text.h"

/* A number that is one; nil has the usual reason that a goal leaves something out. */
static double check_number(lua_State *L, int index, const char *function, const char *what)
{
    if (lua_type(L, index) == LUA_TNIL || lua_type(L, index) == LUA_TNONE)
        (void)luaL_error(L, "%s: %s is nil; has the goal no such value?", function, what);
    if (lua_type(L, index) != LUA_TNUMBER)
        (void)luaL_error(L, "%s: %s is a %s, not a number", function, what,
                         luaL_typename(L, index));
    double v = lua_tonumber(L, index);
    if (isnan(v))
        (void)luaL_error(L, "%s: %s is not a number (0/0?)", function, what);
    return v;
}

/* The table of named arguments at 2 has only these names. */
static void check_names(lua_State *L, const char *function, const char *const *names)
{
    if (lua_type(L, 2) != LUA_TTABLE)
        (void)luaL_error(L, "%s: the second argument is a %s, not a table", function,
                         luaL_typename(L, 2));
    lua_pushnil(L);
    while (lua_next(L, 2) != 0) {
        lua_pop(L, 1);
        const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        const char *const *name = names;
        while (*name != NULL && strcmp(*name, key) != 0)
            name++;
        if (*name == NULL)
            (void)luaL_error(L, "%s: there is no argument '%s'", function, key);
    }
}

static double field_number(lua_State *L, const char *function, const char *name)
{
    (void)lua_getfield(L, 2, name);
    double v = check_number(L, -1, function, name);
    lua_pop(L, 1);
    return v;
}

static int scale_linear(lua_State *L)
{
    static const char *const names[] = {"from", "to", NULL};
    static const char function[] = "scale.linear";
    double x = check_number(L, 1, function, "the value");
    check_names(L, function, names);
    double from = field_number(L, function, "from"), to = field_number(L, function, "to");
    char text[QUANTITY_TEXT_SIZE];
    if (!(from < to) && !(from > to)) {
        quantity_text_number(from, -1, text);
        return luaL_error(L, "scale.linear: from and to are both %s", text);
    }
    double share = (x - from) / (to - from);
    lua_pushnumber(L, share <= 0 ? 0 : share >= 1 ? 100 : share * 100);
    return 1;
}

/* Reads a field that is a list of numbers. */
static uint32_t field_numbers(lua_State *L, const char *name, double list[LIMIT_RULE_ITEMS + 1],
                              uint32_t max)
{
    if (lua_getfield(L, 2, name) != LUA_TTABLE)
        (void)luaL_error(L, "scale.step: %s is a %s, not a list of numbers", name,
                         luaL_typename(L, -1));
    lua_Unsigned n = lua_rawlen(L, -1);
    if (n > max)
        (void)luaL_error(L, "scale.step: %s has more than %d numbers", name, (int)max);
    for (lua_Unsigned i = 0; i < n; i++) {
        (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
        list[i] = check_number(L, -1, "scale.step", name);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return (uint32_t)n;
}

/* Which way do the thresholds go? With one only, `falling` says it. */
static bool check_thresholds(lua_State *L, const double *at, uint32_t n)
{
    int type = lua_getfield(L, 2, "falling");
    bool is_falling = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    if (n == 0)
        (void)luaL_error(L, "scale.step: at has no number");
    if (type == LUA_TNIL && n > 1)
        is_falling = at[1] < at[0];
    for (uint32_t i = 1; i < n; i++)
        if (is_falling ? !(at[i] < at[i - 1]) : !(at[i] > at[i - 1]))
            (void)luaL_error(L, "scale.step: at must %s from each number to the next",
                             is_falling ? "fall" : "rise");
    return is_falling;
}

static int scale_step(lua_State *L)
{
    static const char *const names[] = {"at", "scores", "falling", NULL};
    double at[LIMIT_RULE_ITEMS + 1], scores[LIMIT_RULE_ITEMS + 1];
    double x = check_number(L, 1, "scale.step", "the value");
    check_names(L, "scale.step", names);
    uint32_t n = field_numbers(L, "at", at, LIMIT_RULE_ITEMS);
    uint32_t n_scores = field_numbers(L, "scores", scores, LIMIT_RULE_ITEMS + 1);
    bool is_falling = check_thresholds(L, at, n);
    if (n_scores != n + 1)
        return luaL_error(L,
                          "scale.step: scores must have one number more than at, "
                          "but at has %d and scores has %d",
                          (int)n, (int)n_scores);
    for (uint32_t i = 0; i < n_scores; i++)
        if (scores[i] < 0 || scores[i] > 100)
            return luaL_error(L, "scale.step: a score is from 0 to 100, not %f", scores[i]);
    uint32_t step = 0;
    while (step < n && (is_falling ? x <= at[step] : x >= at[step]))
        step++;
    lua_pushnumber(L, scores[step]);
    lua_pushinteger(L, (lua_Integer)step);
    return 2;
}

static int optional_decimals(lua_State *L, const char *function)
{
    if (lua_isnoneornil(L, 2))
        return -1;
    double v = check_number(L, 2, function, "the number of decimals");
    if (!(v >= 0 && v <= QUANTITY_TEXT_DECIMALS_MAX))
        (void)luaL_error(L, "%s: the number of decimals is from 0 to %d", function,
                         QUANTITY_TEXT_DECIMALS_MAX);
    return (int)v;
}

static int fmt_num(lua_State *L)
{
    char text[QUANTITY_TEXT_SIZE];
    double v = check_number(L, 1, "fmt.num", "the value");
    quantity_text_number(v, optional_decimals(L, "fmt.num"), text);
    lua_pushstring(L, text);
    return 1;
}

static int fmt_pct(lua_State *L)
{
    char text[QUANTITY_TEXT_SIZE];
    double v = check_number(L, 1, "fmt.pct", "the value");
    quantity_text_share(v, optional_decimals(L, "fmt.pct"), text);
    lua_pushstring(L, text);
    return 1;
}

static int fmt_dur(lua_State *L)
{
    char text[QUANTITY_TEXT_SIZE];
    quantity_text_duration(check_number(L, 1, "fmt.dur", "the value"), text);
    lua_pushstring(L, text);
    return 1;
}

static int fmt_money(lua_State *L)
{
    char text[QUANTITY_TEXT_SIZE];
    quantity_text_money(check_number(L, 1, "fmt.money", "the value"), luaL_optstring(L, 2, NULL),
                        text);
    lua_pushstring(L, text);
    return 1;
}

static int fmt_unit(lua_State *L)
{
    char text[QUANTITY_TEXT_SIZE];
    quantity_text_unit(check_number(L, 1, "fmt.unit", "the value"), luaL_checkstring(L, 2), text);
    lua_pushstring(L, text);
    return 1;
}

static int stats_wilson_of(lua_State *L)
{
    static const char function[] = "stats.wilson";
    double k = check_number(L, 1, function, "the number of successes");
    double n = check_number(L, 2, function, "the number of trials");
    double level = lua_isnoneornil(L, 3) ? 0.95 : check_number(L, 3, function, "the level");
    double lower, upper;
    if (!(n > 0) || isinf(n))
        return luaL_error(L, "stats.wilson: the number of trials must be above 0");
    if (!(k >= 0 && k <= n))
        return luaL_error(L, "stats.wilson: more successes than trials, or fewer than 0");
    if (!(level > 0 && level < 1))
        return luaL_error(L, "stats.wilson: the level must be between 0 and 1");
    stats_wilson(k, n, level, &lower, &upper);
    lua_pushnumber(L, lower);
    lua_pushnumber(L, upper);
    return 2;
}

void score_library_open(lua_State *L)
{
    static const luaL_Reg scale[] = {{"linear", scale_linear}, {"step", scale_step}, {NULL, NULL}};
    static const luaL_Reg fmt[] = {{"num", fmt_num},     {"pct", fmt_pct},   {"dur", fmt_dur},
                                   {"money", fmt_money}, {"unit", fmt_unit}, {NULL, NULL}};
    static const luaL_Reg stats[] = {{"wilson", stats_wilson_of}, {NULL, NULL}};
    sandbox_library_add_table(L, "scale", scale);
    sandbox_library_add_table(L, "fmt", fmt);
    sandbox_library_add_table(L, "stats", stats);
}

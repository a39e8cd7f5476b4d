/* SPDX-License-Identifier: Apache-2.0
 * rule_api.c - see rule_api.h. */
#include "score/rule_api.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "base/civil.h"
#include "score/rule_call.h"
#include "score/rule_metric.h"
#include "score/rule_result.h"
#include "score/sandbox.h"
#include "score/sandbox_library.h"
#include "score/score_library.h"

static const char rule_type[] = "rule";
static const char record_type[] = "record";

enum { RECORD_NAME_SIZE = 24 };

/* A read-only table; its fields are its user value. */
typedef struct rule_record {
    char name[RECORD_NAME_SIZE]; /* "ctx.param" */
    bool is_context;
} rule_record;

/* ---- records -------------------------------------------------------------------------------- */

static int record_index(lua_State *L)
{
    const rule_record *r = luaL_checkudata(L, 1, record_type);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    (void)lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) != LUA_TNIL)
        return 1;
    if (r->is_context && strcmp(key, "target") == 0)
        rule_call_leave(L, SCORECARD_NO_TARGET, "the goal has no target");
    if (r->is_context && strcmp(key, "baseline") == 0)
        return 1;
    if (r->is_context) { /* these may be there: they belong into the list of names */
        lua_pushboolean(L, 1);
        lua_setfield(L, 3, "target");
        lua_pushboolean(L, 1);
        lua_setfield(L, 3, "baseline");
    }
    return sandbox_library_missing(L, 3, key, "%s has no field '%.60s'", r->name, key);
}

static int record_set(lua_State *L)
{
    const rule_record *r = luaL_checkudata(L, 1, record_type);
    return luaL_error(L, "%s is read-only", r->name);
}

/* Turns the table on the top of the stack into a record. */
static void make_record(lua_State *L, const char *name, bool is_context)
{
    rule_record *r = lua_newuserdatauv(L, sizeof *r, 1);
    (void)snprintf(r->name, sizeof r->name, "%s", name);
    r->is_context = is_context;
    luaL_setmetatable(L, record_type);
    lua_insert(L, -2);
    (void)lua_setiuservalue(L, -2, 1);
}

static void open_records(lua_State *L)
{
    (void)luaL_newmetatable(L, record_type);
    lua_pushcfunction(L, record_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, record_set);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);
}

/* ---- rule{} --------------------------------------------------------------------------------- */

typedef struct rule_object {
    uint32_t line;
} rule_object;

static int new_rule(lua_State *L)
{
    lua_Debug ar;
    luaL_argcheck(L, lua_type(L, 1) == LUA_TTABLE, 1, "a table is needed: rule { … }");
    rule_object *r = lua_newuserdatauv(L, sizeof *r, 1);
    r->line = 0;
    if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "l", &ar) && ar.currentline > 0)
        r->line = (uint32_t)ar.currentline;
    luaL_setmetatable(L, rule_type);
    lua_pushvalue(L, 1);
    (void)lua_setiuservalue(L, -2, 1);
    return 1;
}

void rule_api_open(lua_State *L)
{
    sandbox_library_open(L);
    score_library_open(L);
    rule_metric_open(L);
    rule_result_open(L);
    open_records(L);
    (void)luaL_newmetatable(L, rule_type);
    lua_pop(L, 1);
    lua_pushcfunction(L, new_rule);
    sandbox_library_add(L, "rule");
}

void rule_api_load(lua_State *L, const char *name, const void *source, size_t n, uint32_t *line)
{
    sandbox_library_globals(L);
    sandbox_load(L, name, source, n);
    lua_call(L, 0, 1);
    const rule_object *r = luaL_testudata(L, -1, rule_type);
    if (r == NULL) {
        (void)luaL_error(L, "the file must return rule { … }, not %s",
                         lua_isnil(L, -1) ? "nothing" : luaL_typename(L, -1));
        return;
    }
    *line = r->line;
    (void)lua_getiuservalue(L, -1, 1);
    lua_remove(L, -2);
}

/* ---- ctx ------------------------------------------------------------------------------------ */

static void push_param(lua_State *L, const score_param *p)
{
    switch (p->type) {
    case RULE_NUMBER:
        lua_pushnumber(L, p->number);
        break;
    case RULE_TEXT:
        lua_pushstring(L, p->text);
        break;
    case RULE_BOOL:
        lua_pushboolean(L, p->flag);
        break;
    case RULE_NUMBERS:
        lua_createtable(L, (int)p->n_numbers, 0);
        for (uint32_t i = 0; i < p->n_numbers; i++) {
            lua_pushnumber(L, p->numbers[i]);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        break;
    }
}

static void push_params(lua_State *L, const score_goal *goal)
{
    lua_createtable(L, 0, (int)goal->n_params);
    for (uint32_t i = 0; i < goal->n_params; i++) {
        push_param(L, &goal->params[i]);
        lua_setfield(L, -2, goal->params[i].name);
    }
    make_record(L, "ctx.param", false);
}

static void push_inputs(lua_State *L, const score_goal *goal)
{
    lua_createtable(L, 0, (int)goal->n_inputs);
    for (uint32_t i = 0; i < goal->n_inputs; i++) {
        rule_metric_push(L, i);
        lua_setfield(L, -2, goal->inputs[i].name);
    }
    make_record(L, "ctx.m", false);
}

static void push_period(lua_State *L, const score_options *options)
{
    char text[CIVIL_DATE_SIZE];
    int32_t first = civil_day_of(options->zone, options->period_start);
    int32_t last = civil_day_of(options->zone, options->period_end - 1);
    lua_createtable(L, 0, 3);
    civil_format_date(first, text);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "start");
    civil_format_date(last, text);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "ends");
    lua_pushinteger(L, (lua_Integer)last - first + 1);
    lua_setfield(L, -2, "days");
    make_record(L, "ctx.period", false);
}

void rule_api_push_context(lua_State *L)
{
    const rule_call *call = sandbox_user(L);
    const score_goal *goal = call->goal;
    lua_createtable(L, 0, 12);
    push_inputs(L, goal);
    lua_setfield(L, -2, "m");
    push_params(L, goal);
    lua_setfield(L, -2, "param");
    push_period(L, call->options);
    lua_setfield(L, -2, "period");
    if (goal->has_target) {
        lua_pushnumber(L, goal->target);
        lua_setfield(L, -2, "target");
    }
    if (goal->has_baseline) {
        lua_pushnumber(L, goal->baseline);
        lua_setfield(L, -2, "baseline");
    }
    lua_pushboolean(L, goal->has_target);
    lua_setfield(L, -2, "has_target");
    lua_pushnumber(L, goal->config->weight);
    lua_setfield(L, -2, "weight");
    lua_pushstring(L, rule_call_direction(goal->direction));
    lua_setfield(L, -2, "direction");
    lua_pushliteral(L, "en");
    lua_setfield(L, -2, "lang");
    make_record(L, "ctx", true);
}

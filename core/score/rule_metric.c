/* SPDX-License-Identifier: Apache-2.0
 * rule_metric.c - see rule_metric.h. */
#include "score/rule_metric.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "score/rule_call.h"
#include "score/sandbox.h"
#include "score/sandbox_library.h"
#include "base/quantity_text.h"

static const char type_name[] = "metric";

typedef struct rule_metric {
    uint32_t input;
    bool is_previous;
} rule_metric;

enum { METRIC_LABEL_SIZE = 160 };

static const rule_metric *check(lua_State *L)
{
    return luaL_checkudata(L, 1, type_name);
}

static const value *value_of(const rule_call *call, const rule_metric *m)
{
    return call->goal->inputs[m->input].value;
}

static bool is_ok(const value_figure *f)
{
    return f->status == GM_S_OK && !isnan(value_number(f));
}

/* May a number be read? False: there is none, and the rule knows. If it does not, ends the goal. */
static bool may_read(lua_State *L, const rule_metric *m)
{
    const rule_call *call = sandbox_user(L);
    const value_figure *f = rule_call_figure(call->goal, m->input, m->is_previous);
    if (is_ok(f))
        return true;
    if (call->has_seen_status[m->input + (m->is_previous ? call->goal->n_inputs : 0)])
        return false;
    char label[METRIC_LABEL_SIZE];
    const char *name = rule_call_input_label(call->goal, m->input, label, sizeof label);
    const char *when = m->is_previous ? " in the period before" : "";
    if (f->status == GM_S_LOW_N)
        rule_call_leave(L, SCORECARD_LOW_N, "%s has too few events%s", name, when);
    if (f->status == GM_S_ERROR)
        rule_call_leave(L, SCORECARD_ERROR, "%s could not be computed%s", name, when);
    if (f->status == GM_S_IMMATURE)
        rule_call_leave(L, SCORECARD_NO_DATA, "%s is still under observation%s", name, when);
    rule_call_leave(L, SCORECARD_NO_DATA, "%s has no data%s", name, when);
}

static int push_number(lua_State *L, double v)
{
    if (isnan(v))
        lua_pushnil(L);
    else
        lua_pushnumber(L, v);
    return 1;
}

static int push_flags(lua_State *L, uint32_t flags)
{
    const char *names[VALUE_FLAGS_MAX];
    uint32_t n = value_flag_names(flags, names);
    lua_createtable(L, (int)n, 0);
    for (uint32_t i = 0; i < n; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- fields --------------------------------------------------------------------------------- */

typedef enum metric_field {
    FIELD_VALUE,
    FIELD_LOWER,
    FIELD_UPPER,
    FIELD_NUM,
    FIELD_DEN,
    FIELD_LEVEL,
    FIELD_N,
    FIELD_UNIT,
    FIELD_DIRECTION,
    FIELD_STATUS,
    FIELD_FLAGS,
    FIELDS
} metric_field;

static const char *const field_names[FIELDS] = {
    "value", "lower", "upper", "num", "den", "level", "n", "unit", "direction", "status", "flags"};

static int push_figure_number(lua_State *L, const rule_metric *m, const value_figure *f, int field)
{
    const double numbers[] = {value_number(f), f->lower, f->upper, f->num, f->den, f->level};
    _Static_assert(sizeof numbers / sizeof *numbers == FIELD_LEVEL + 1, "one for each field");
    if (may_read(L, m))
        return push_number(L, numbers[field]);
    lua_pushnil(L);
    return 1;
}

static int push_field(lua_State *L, const rule_metric *m, int field)
{
    const rule_call *call = sandbox_user(L);
    const value *v = value_of(call, m);
    const value_figure *f = rule_call_figure(call->goal, m->input, m->is_previous);
    switch (field) {
    case FIELD_N:
        lua_pushinteger(L, f->n > (uint64_t)LUA_MAXINTEGER ? LUA_MAXINTEGER : (lua_Integer)f->n);
        return 1;
    case FIELD_UNIT:
        lua_pushstring(L, v != NULL && v->unit != NULL ? v->unit : "");
        return 1;
    case FIELD_DIRECTION:
        lua_pushstring(L, rule_call_direction(v != NULL ? v->direction : GM_D_NEUTRAL));
        return 1;
    case FIELD_STATUS:
        call->has_seen_status[m->input + (m->is_previous ? call->goal->n_inputs : 0)] = true;
        lua_pushstring(L, is_ok(f) || f->status != GM_S_OK ? value_status_name(f->status)
                                                           : value_status_name(GM_S_NO_DATA));
        return 1;
    case FIELD_FLAGS:
        return push_flags(L, f->flags);
    default:
        return push_figure_number(L, m, f, field);
    }
}

static int unknown_field(lua_State *L, const rule_metric *m, const char *key)
{
    const rule_call *call = sandbox_user(L);
    lua_createtable(L, 0, FIELDS + 3);
    for (int i = 0; i < FIELDS; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, field_names[i]);
    }
    static const char *const methods[] = {"change", "prev", "series"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, methods[i]);
    }
    return sandbox_library_missing(L, -1, key, "metric '%.60s' has no field '%.60s'",
                                   call->goal->inputs[m->input].name, key);
}

/* upvalue: the table of methods. */
static int metric_index(lua_State *L)
{
    const rule_metric *m = check(L);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    for (int i = 0; i < FIELDS; i++)
        if (strcmp(key, field_names[i]) == 0)
            return push_field(L, m, i);
    if (lua_getfield(L, lua_upvalueindex(1), key) != LUA_TNIL)
        return 1;
    return unknown_field(L, m, key);
}

static int metric_set(lua_State *L)
{
    const rule_call *call = sandbox_user(L);
    return luaL_error(L, "metric '%s' is read-only", call->goal->inputs[check(L)->input].name);
}

static int metric_text(lua_State *L)
{
    const rule_call *call = sandbox_user(L);
    const rule_metric *m = check(L);
    const value *v = value_of(call, m);
    char text[QUANTITY_TEXT_SIZE];
    if (!may_read(L, m)) {
        lua_pushliteral(L, "no data");
        return 1;
    }
    double number = value_number(rule_call_figure(call->goal, m->input, m->is_previous));
    quantity_text_unit(number, v->unit, text);
    lua_pushstring(L, text);
    return 1;
}

/* ---- methods -------------------------------------------------------------------------------- */

static void push(lua_State *L, uint32_t input, bool is_previous)
{
    rule_metric *m = lua_newuserdatauv(L, sizeof *m, 0);
    *m = (rule_metric){.input = input, .is_previous = is_previous};
    luaL_setmetatable(L, type_name);
}

static int metric_prev(lua_State *L)
{
    const rule_metric *m = check(L);
    if (luaL_optinteger(L, 2, 1) != 1 || m->is_previous)
        return luaL_error(L, "prev: only the period before is known: prev(1)");
    push(L, m->input, true);
    return 1;
}

static int metric_change(lua_State *L)
{
    const rule_call *call = sandbox_user(L);
    const rule_metric *m = check(L);
    const value_figure *now = rule_call_figure(call->goal, m->input, false);
    const value_figure *before = rule_call_figure(call->goal, m->input, true);
    if (m->is_previous)
        return luaL_error(L, "change: only the period before is known: ctx.m.%s:change()",
                          call->goal->inputs[m->input].name);
    double was = is_ok(before) ? value_number(before) : 0;
    if (!is_ok(now) || !(fabs(was) > 0))
        return push_number(L, (double)NAN);
    return push_number(L, (value_number(now) - was) / fabs(was));
}

static int metric_series(lua_State *L)
{
    const rule_call *call = sandbox_user(L);
    const rule_metric *m = check(L);
    const value *v = value_of(call, m);
    lua_Integer n = 0;
    if (m->is_previous)
        return luaL_error(L, "series: there is none of the period before");
    lua_newtable(L);
    for (uint32_t i = 0; v != NULL && i < v->n_series; i++) {
        sandbox_charge(L, 1);
        if (isnan(v->series[i].value))
            continue;
        lua_pushnumber(L, v->series[i].value);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

void rule_metric_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"change", metric_change}, {"prev", metric_prev}, {"series", metric_series}, {NULL, NULL}};
    (void)luaL_newmetatable(L, type_name);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, metric_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, metric_set);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, metric_text);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
}

void rule_metric_push(lua_State *L, uint32_t input)
{
    push(L, input, false);
}

/* SPDX-License-Identifier: Apache-2.0
 * rule_result.c - see rule_result.h. */
#include "score/rule_result.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "score/rule_text.h"
#include "score/sandbox_library.h"
#include "score/sandbox_table.h"
#include "base/quantity_text.h"

static const char type_name[] = "result";

typedef enum result_kind { RESULT_SCORE, RESULT_NO_DATA, RESULT_LOW_N } result_kind;

typedef struct rule_result {
    result_kind kind;
    double score;
    uint32_t n_reasons, n_evidence, n_flags;
} rule_result;

/* Its user values: lists of texts, and a table of evidence by name. */
enum { UV_REASONS = 1, UV_EVIDENCE, UV_FLAGS, UVS = UV_FLAGS };

static rule_result *push_result(lua_State *L, result_kind kind)
{
    rule_result *r = lua_newuserdatauv(L, sizeof *r, UVS);
    memset(r, 0, sizeof *r);
    r->kind = kind;
    luaL_setmetatable(L, type_name);
    for (int i = UV_REASONS; i <= UVS; i++) {
        lua_newtable(L);
        (void)lua_setiuservalue(L, -2, i);
    }
    return r;
}

/* Takes the text on the top of the stack as a reason of the result at index. */
static void add_reason(lua_State *L, int index, rule_result *r)
{
    if (r->n_reasons == LIMIT_RULE_REASONS)
        (void)luaL_error(L, "a result has at most %d reasons", LIMIT_RULE_REASONS);
    (void)lua_getiuservalue(L, index, UV_REASONS);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (lua_Integer)r->n_reasons + 1);
    r->n_reasons++; /* after what may fail: a rule can catch the error and go on */
    lua_pop(L, 1);
}

static double check_score(lua_State *L, int index, const char *what)
{
    if (lua_type(L, index) != LUA_TNUMBER)
        (void)luaL_error(L, "%s must be a number from 0 to 100, not %s", what,
                         luaL_typename(L, index));
    double v = lua_tonumber(L, index);
    if (isnan(v))
        (void)luaL_error(L, "%s must be a number from 0 to 100, not NaN (0/0?)", what);
    if (!(v >= 0 && v <= 100)) /* exact: 100.00000000000001 is not 100 */
        (void)luaL_error(L, "%s must be from 0 to 100, not %s", what,
                         sandbox_library_tostring(L, index, NULL));
    return v + 0.0; /* -0 becomes 0 */
}

static int new_score(lua_State *L)
{
    double score = check_score(L, 1, "a score");
    push_result(L, RESULT_SCORE)->score = score;
    return 1;
}

static int new_no_data(lua_State *L)
{
    bool has_reason = !lua_isnoneornil(L, 1);
    if (has_reason) {
        (void)rule_text_choose(L, 1, "no_data: the reason");
        lua_settop(L, 1);
    }
    rule_result *r = push_result(L, RESULT_NO_DATA);
    if (has_reason) {
        lua_pushvalue(L, 1);
        add_reason(L, -2, r);
    }
    return 1;
}

static int new_low_n(lua_State *L)
{
    char text[QUANTITY_TEXT_SIZE];
    if (lua_type(L, 1) != LUA_TNUMBER)
        return luaL_error(L, "low_n: a number is needed, not %s", luaL_typename(L, 1));
    quantity_text_number(lua_tonumber(L, 1), -1, text);
    rule_result *r = push_result(L, RESULT_LOW_N);
    (void)lua_pushfstring(L, "n = %s is too few to judge", text);
    add_reason(L, -2, r);
    return 1;
}

/* ---- methods -------------------------------------------------------------------------------- */

/* Pushes the filled text of the arguments at 2 (text) and 3 (values), or at 3 and 4. */
static void push_filled(lua_State *L, int text_index, const char *what)
{
    int values = text_index + 1;
    lua_settop(L, values);
    (void)rule_text_choose(L, text_index, what);
    if (!lua_isnil(L, values) && lua_type(L, values) != LUA_TTABLE)
        (void)luaL_error(L, "%s: the values are a %s, not a table", what, luaL_typename(L, values));
    (void)rule_text_fill(L, text_index, values, what);
}

static int result_because(lua_State *L)
{
    rule_result *r = luaL_checkudata(L, 1, type_name);
    push_filled(L, 2, "because");
    add_reason(L, 1, r);
    lua_settop(L, 1);
    return 1;
}

static int result_cap(lua_State *L)
{
    rule_result *r = luaL_checkudata(L, 1, type_name);
    double max = check_score(L, 2, "cap: the highest score");
    if (r->kind != RESULT_SCORE)
        return luaL_error(L, "cap: only a score can be capped");
    push_filled(L, 3, "cap");
    if (r->score > max) {
        char text[QUANTITY_TEXT_SIZE];
        quantity_text_number(max, -1, text);
        (void)lua_pushfstring(L, "capped at %s: %s", text, lua_tostring(L, -1));
        (void)rule_text_check(L, -1, "cap");
        r->score = max;
    }
    add_reason(L, 1, r);
    lua_settop(L, 1);
    return 1;
}

/* A name of evidence or of a flag. */
static void check_name(lua_State *L, int index, const char *what)
{
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING)
        (void)luaL_error(L, "%s: a name is a text, not a %s", what, luaL_typename(L, index));
    const char *name = lua_tolstring(L, index, &n);
    if (n > LIMIT_NAME_BYTES || !text_is_name(name, n, false))
        (void)luaL_error(L, "%s: '%s' is no name: small letters, digits and _", what, name);
}

static void check_evidence(lua_State *L, int index, const char *name)
{
    char what[LIMIT_NAME_BYTES + 32];
    (void)snprintf(what, sizeof what, "evidence '%s'", name);
    if (lua_type(L, index) == LUA_TSTRING) {
        (void)rule_text_check(L, index, what);
        return;
    }
    if (lua_type(L, index) != LUA_TNUMBER)
        (void)luaL_error(L, "%s is a %s, not a number or a text", what, luaL_typename(L, index));
    if (!isfinite(lua_tonumber(L, index)))
        (void)luaL_error(L, "%s is not a finite number", what);
}

static int result_evidence(lua_State *L)
{
    rule_result *r = luaL_checkudata(L, 1, type_name);
    luaL_argcheck(L, lua_type(L, 2) == LUA_TTABLE, 2,
                  "a table { name = number or text } is needed");
    lua_settop(L, 2);
    (void)lua_getiuservalue(L, 1, UV_EVIDENCE);
    /* Sorted, so that of several wrong ones the same is named each time. */
    lua_pushcfunction(L, sandbox_table_pairs);
    lua_pushvalue(L, 2);
    lua_call(L, 1, 1);
    for (;;) {
        lua_pushvalue(L, 4);
        lua_call(L, 0, 2);
        if (lua_isnil(L, -2))
            break;
        check_name(L, -2, "evidence");
        check_evidence(L, -1, lua_tostring(L, -2));
        lua_pushvalue(L, -2);
        bool is_new = lua_rawget(L, 3) == LUA_TNIL;
        if (is_new && r->n_evidence == LIMIT_RULE_EVIDENCE)
            return luaL_error(L, "a result has at most %d pieces of evidence", LIMIT_RULE_EVIDENCE);
        lua_pop(L, 1);
        lua_rawset(L, 3);
        r->n_evidence += is_new;
    }
    lua_settop(L, 1);
    return 1;
}

static int result_flag(lua_State *L)
{
    rule_result *r = luaL_checkudata(L, 1, type_name);
    check_name(L, 2, "flag");
    lua_settop(L, 2);
    (void)lua_getiuservalue(L, 1, UV_FLAGS);
    for (uint32_t i = 1; i <= r->n_flags; i++) {
        (void)lua_rawgeti(L, 3, (lua_Integer)i);
        if (lua_rawequal(L, -1, 2)) {
            lua_settop(L, 1);
            return 1;
        }
        lua_pop(L, 1);
    }
    if (r->n_flags == LIMIT_RULE_REASONS)
        return luaL_error(L, "a result has at most %d flags", LIMIT_RULE_REASONS);
    lua_pushvalue(L, 2);
    lua_rawseti(L, 3, (lua_Integer)r->n_flags + 1);
    r->n_flags++;
    lua_settop(L, 1);
    return 1;
}

/* upvalue: the table of methods. */
static int result_index(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    if (lua_getfield(L, lua_upvalueindex(1), key) != LUA_TNIL)
        return 1;
    return sandbox_library_missing(L, lua_upvalueindex(1), key, "a result has no '%.60s'", key);
}

static int result_set(lua_State *L)
{
    return luaL_error(L, "a result is changed by :because, :evidence, :cap and :flag only");
}

void rule_result_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"because", result_because},
                                       {"cap", result_cap},
                                       {"evidence", result_evidence},
                                       {"flag", result_flag},
                                       {NULL, NULL}};
    (void)luaL_newmetatable(L, type_name);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, result_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, result_set);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_score);
    sandbox_library_add(L, "score");
    lua_pushcfunction(L, new_no_data);
    sandbox_library_add(L, "no_data");
    lua_pushcfunction(L, new_low_n);
    sandbox_library_add(L, "low_n");
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char **read_texts(lua_State *L, int index, int user_value, uint32_t n,
                               arena *set_arena)
{
    const char **texts = arena_push(set_arena, n * sizeof *texts);
    (void)lua_getiuservalue(L, index, user_value);
    for (uint32_t i = 0; i < n; i++) {
        size_t length;
        (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
        const char *text = lua_tolstring(L, -1, &length);
        texts[i] = arena_strndup(set_arena, text, length);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return texts;
}

static int compare_evidence(const void *a, const void *b)
{
    return strcmp(((const scorecard_evidence *)a)->name, ((const scorecard_evidence *)b)->name);
}

static void read_evidence(lua_State *L, int index, scorecard *out, uint32_t n, arena *set_arena)
{
    out->evidence = arena_zpush(set_arena, n * sizeof *out->evidence);
    (void)lua_getiuservalue(L, index, UV_EVIDENCE);
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        scorecard_evidence *e = &out->evidence[out->n_evidence++];
        e->name = arena_strdup(set_arena, lua_tostring(L, -2));
        if (lua_type(L, -1) == LUA_TSTRING)
            e->text = arena_strdup(set_arena, lua_tostring(L, -1));
        else
            e->number = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    GM_ASSERT(out->n_evidence == n);
    qsort(out->evidence, n, sizeof *out->evidence, compare_evidence);
}

void rule_result_read(lua_State *L, int index, scorecard *out, arena *set_arena)
{
    const rule_result *r = luaL_testudata(L, index, type_name);
    if (r == NULL) {
        (void)luaL_error(L, "score must return score(…), no_data(…) or low_n(…), not %s",
                         lua_type(L, index) == LUA_TNIL ? "nothing" : luaL_typename(L, index));
        return;
    }
    switch (r->kind) {
    case RESULT_SCORE:
        out->status = SCORECARD_MET;
        out->has_score = true;
        out->score = r->score;
        break;
    case RESULT_NO_DATA:
        out->status = SCORECARD_NO_DATA;
        break;
    case RESULT_LOW_N:
        out->status = SCORECARD_LOW_N;
        break;
    }
    out->n_reasons = r->n_reasons;
    out->reasons = read_texts(L, index, UV_REASONS, r->n_reasons, set_arena);
    out->n_flags = r->n_flags;
    out->flags = read_texts(L, index, UV_FLAGS, r->n_flags, set_arena);
    read_evidence(L, index, out, r->n_evidence, set_arena);
}

/* SPDX-License-Identifier: Apache-2.0
 * sandbox_library.c - globals, base functions, string and math; see sandbox_library.h.
 *
 * Of Lua's own string, math and utf8 those functions are taken whose work is bounded by the length
 * of their arguments, which an instruction's weight (sandbox.h) pays for. */
#include "score/sandbox_library.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/text.h"
#include "score/sandbox.h"
#include "score/sandbox_table.h"

enum { STEPS_A_CONVERSION = 100 }; /* a long %f takes 10 microseconds */
enum { NAMES_MAX = 80, NAMES_TEXT_MAX = 300, MISSING_TEXT_MAX = 160 };

static const char names_key; /* its address: the registry's key of the table of all globals */

/* ---- names that are not there --------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The texts among the keys of a table, sorted; borrowed from it. */
static size_t list_names(lua_State *L, int index, const char *names[NAMES_MAX])
{
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (n < NAMES_MAX && lua_type(L, -1) == LUA_TSTRING)
            names[n++] = lua_tostring(L, -1);
    }
    qsort(names, n, sizeof *names, compare_names);
    return n;
}

int sandbox_library_missing(lua_State *L, int index, const char *key, const char *fmt, ...)
{
    const char *names[NAMES_MAX];
    char text[MISSING_TEXT_MAX], list[NAMES_TEXT_MAX];
    index = lua_absindex(L, index);
    size_t n = list_names(L, index, names), at = 0;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args); /* cut is fine */
    va_end(args);
    list[0] = '\0';
    for (size_t i = 0; i < n && at + strlen(names[i]) + 8 < sizeof list; i++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i > 0 ? ", " : "", names[i]);
    const char *near = n > 0 ? text_suggest(key, names, n) : NULL;
    if (near != NULL)
        return luaL_error(L, "%s (did you mean '%s'? has: %s)", text, near, list);
    if (n == 0)
        return luaL_error(L, "%s (has none)", text);
    return luaL_error(L, "%s (has: %s)", text, list);
}

/* __index of the table of all globals. */
static int unknown_global(lua_State *L)
{
    const char *names[NAMES_MAX];
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    size_t n = list_names(L, 1, names);
    const char *near = text_suggest(key, names, n);
    if (near != NULL)
        return luaL_error(L, "unknown name '%s' (did you mean '%s'?)", key, near);
    return luaL_error(L, "unknown name '%s'; a rule has no clock, no files and no libraries", key);
}

/* __newindex of a chunk's _ENV. */
static int set_global(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    if (lua_isfunction(L, 3))
        return luaL_error(L, "'%s' would be global: write 'local function %s'", key, key);
    return luaL_error(L, "'%s' would be global: write 'local %s'", key, key);
}

/* __index of a library; upvalue: its name. */
static int unknown_function(lua_State *L)
{
    const char *library = lua_tostring(L, lua_upvalueindex(1));
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    return sandbox_library_missing(L, 1, key, "there is no %s.%.60s", library, key);
}

/* ---- base ----------------------------------------------------------------------------------- */

static int base_assert(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1))
        return lua_gettop(L);
    if (lua_gettop(L) < 2)
        return luaL_error(L, "assertion failed");
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, 2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int base_error(lua_State *L)
{
    int level = (int)luaL_optinteger(L, 2, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        luaL_where(L, level);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0) == LUA_OK)
        return lua_gettop(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int base_select(lua_State *L)
{
    int n = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TSTRING && strcmp(lua_tostring(L, 1), "#") == 0) {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    lua_Integer i = luaL_checkinteger(L, 1);
    if (i < 0)
        i = n + i;
    luaL_argcheck(L, i >= 1, 1, "index out of range");
    return i >= n ? 0 : n - (int)i;
}

static int base_type(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

const char *sandbox_library_tostring(lua_State *L, int index, size_t *n)
{
    char text[NUMBER_TEXT_MAX];
    index = lua_absindex(L, index);
    if (lua_type(L, index) == LUA_TNUMBER && !lua_isinteger(L, index)) {
        double v = lua_tonumber(L, index);
        if (isfinite(v))
            lua_pushlstring(L, text, number_format_f64(v, text));
        else
            lua_pushstring(L, isnan(v) ? "nan" : v > 0 ? "inf" : "-inf");
    } else if (lua_isnumber(L, index) || lua_isstring(L, index)) {
        return lua_tolstring(L, index, n);
    } else if (lua_isboolean(L, index)) {
        lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    } else if (luaL_callmeta(L, index, "__tostring") == 0) {
        lua_pushstring(L, luaL_typename(L, index));
    }
    lua_replace(L, index);
    return lua_tolstring(L, index, n);
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    (void)sandbox_library_tostring(L, 1, NULL);
    return 1;
}

/* The value of a digit or letter, 36 for anything else. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 36;
}

/* tonumber(text, base): integers that fit; nil for all else. */
static int tonumber_of_base(lua_State *L)
{
    size_t n;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *s = lua_tolstring(L, 1, &n);
    lua_Integer base = luaL_checkinteger(L, 2);
    luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
    sandbox_charge(L, n);
    bool is_negative = n > 0 && *s == '-';
    lua_Integer v = 0;
    size_t first = is_negative ? 1 : 0;
    for (size_t i = first; i < n; i++) {
        int digit = digit_value(s[i]);
        if (digit >= base || v > (LUA_MAXINTEGER - digit) / base) {
            luaL_pushfail(L);
            return 1;
        }
        v = v * base + digit;
    }
    if (n == first)
        luaL_pushfail(L);
    else
        lua_pushinteger(L, is_negative ? -v : v);
    return 1;
}

static int base_tonumber(lua_State *L)
{
    size_t n;
    luaL_checkany(L, 1);
    if (!lua_isnoneornil(L, 2))
        return tonumber_of_base(L);
    if (lua_type(L, 1) == LUA_TNUMBER) {
        lua_settop(L, 1);
        return 1;
    }
    const char *s = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &n) : NULL;
    if (s == NULL || lua_stringtonumber(L, s) != n + 1)
        luaL_pushfail(L);
    return 1;
}

/* ---- string --------------------------------------------------------------------------------- */

static int string_rep(lua_State *L)
{
    size_t n, n_separator;
    const char *s = luaL_checklstring(L, 1, &n);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &n_separator);
    size_t step = n + n_separator;
    if (times <= 0 || step == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((uint64_t)times > (LIMIT_RULE_STRING_BYTES + n_separator) / step)
        return luaL_error(L, "string.rep would make a text longer than 64 KiB");
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (lua_Integer i = 0; i < times; i++) {
        if (i > 0)
            luaL_addlstring(&b, separator, n_separator);
        luaL_addlstring(&b, s, n);
    }
    luaL_pushresult(&b);
    return 1;
}

/* Lua's own format, after the arguments of %s went through our tostring. No %p, which is an
 * address, and no %q. upvalue: the original, which runs in this frame so that its messages fit. */
static int string_format(lua_State *L)
{
    const char *p = luaL_checkstring(L, 1);
    int arg = 1;
    while ((p = strchr(p, '%')) != NULL) {
        p += 1 + strspn(p + 1, "-+ #0123456789.");
        if (*p == '%') {
            p++;
            continue;
        }
        if (*p == '\0')
            break;
        arg++;
        if (*p == 'p' || *p == 'q')
            return luaL_error(L, "string.format: there is no '%%%c' in rules", *p);
        if (*p == 's') {
            luaL_checkany(L, arg);
            (void)sandbox_library_tostring(L, arg, NULL);
        } else {
            sandbox_charge(L, STEPS_A_CONVERSION);
        }
        p++;
    }
    lua_CFunction format = lua_tocfunction(L, lua_upvalueindex(1));
    return format(L);
}

/* ---- opening -------------------------------------------------------------------------------- */

static void push_names(lua_State *L)
{
    (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key);
}

void sandbox_library_add(lua_State *L, const char *name)
{
    push_names(L);
    lua_insert(L, -2);
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* Gives the table on the top of the stack an error for names that it does not have. */
static void guard_table(lua_State *L, const char *name)
{
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_pushcclosure(L, unknown_function, 1);
    lua_setfield(L, -2, "__index");
    (void)lua_setmetatable(L, -2);
}

void sandbox_library_add_table(lua_State *L, const char *name, const luaL_Reg *functions)
{
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    guard_table(L, name);
    sandbox_library_add(L, name);
}

/* Pushes a table with some of what one of Lua's own libraries has. */
static void take(lua_State *L, lua_CFunction open, const char *const *names)
{
    lua_newtable(L);
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    for (; *names != NULL; names++) {
        (void)lua_getfield(L, -1, *names);
        lua_setfield(L, -3, *names);
    }
    lua_pop(L, 1);
}

static void open_string(lua_State *L)
{
    static const char *const names[] = {"byte",    "char", "format", "len", "lower",
                                        "reverse", "sub",  "upper",  NULL};
    take(L, luaopen_string, names);
    (void)lua_getfield(L, -1, "format");
    lua_pushcclosure(L, string_format, 1);
    lua_setfield(L, -2, "format");
    lua_pushcfunction(L, string_rep);
    lua_setfield(L, -2, "rep");
    guard_table(L, "string");
    /* Lua's library has set a metatable of its own for texts, with all its functions. */
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    (void)lua_setmetatable(L, -2);
    lua_pop(L, 1);
    sandbox_library_add(L, "string");
}

static void open_math_and_utf8(lua_State *L)
{
    static const char *const of_math[] = {
        "abs",  "acos", "asin", "atan", "ceil",       "cos",  "deg",        "exp",  "floor",
        "fmod", "huge", "log",  "max",  "maxinteger", "min",  "mininteger", "modf", "pi",
        "rad",  "sin",  "sqrt", "tan",  "tointeger",  "type", "ult",        NULL};
    static const char *const of_utf8[] = {"char", "codepoint", "len", NULL};
    take(L, luaopen_math, of_math);
    guard_table(L, "math");
    sandbox_library_add(L, "math");
    take(L, luaopen_utf8, of_utf8);
    guard_table(L, "utf8");
    sandbox_library_add(L, "utf8");
}

void sandbox_library_open(lua_State *L)
{
    static const luaL_Reg base[] = {{"assert", base_assert},
                                    {"error", base_error},
                                    {"ipairs", sandbox_table_ipairs},
                                    {"pairs", sandbox_table_pairs},
                                    {"pcall", base_pcall},
                                    {"select", base_select},
                                    {"tonumber", base_tonumber},
                                    {"tostring", base_tostring},
                                    {"type", base_type},
                                    {NULL, NULL}};
    lua_newtable(L);
    luaL_setfuncs(L, base, 0);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown_global);
    lua_setfield(L, -2, "__index");
    (void)lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &names_key);
    open_string(L);
    open_math_and_utf8(L);
    sandbox_library_add_table(L, "table", sandbox_table_functions);
}

void sandbox_library_globals(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    push_names(L);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, set_global);
    lua_setfield(L, -2, "__newindex");
    (void)lua_setmetatable(L, -2);
}

/* SPDX-License-Identifier: Apache-2.0
 * rule_text.c - see rule_text.h. */
#include "score/rule_text.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "score/sandbox_library.h"
#include "base/quantity_text.h"

const char *rule_text_check(lua_State *L, int index, const char *what)
{
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING)
        (void)luaL_error(L, "%s is a %s, not a text", what, luaL_typename(L, index));
    const char *s = lua_tolstring(L, index, &n);
    if (n > LIMIT_RULE_TEXT_BYTES)
        (void)luaL_error(L, "%s is longer than %d bytes", what, (int)LIMIT_RULE_TEXT_BYTES);
    if (memchr(s, '\0', n) != NULL || !text_is_utf8(s, n))
        (void)luaL_error(L, "%s is not valid UTF-8 text", what);
    return s;
}

const char *rule_text_choose(lua_State *L, int index, const char *what)
{
    index = lua_absindex(L, index);
    if (lua_type(L, index) != LUA_TTABLE)
        return rule_text_check(L, index, what);
    const char *first = NULL;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            (void)luaL_error(L, "%s: a table of texts has languages as keys: { en = \"…\" }", what);
        const char *language = lua_tostring(L, -1);
        if (first == NULL || strcmp(language, "en") == 0 ||
            (strcmp(first, "en") != 0 && strcmp(language, first) < 0))
            first = language;
    }
    if (first == NULL)
        (void)luaL_error(L, "%s: the table of texts is empty", what);
    (void)lua_getfield(L, index, first);
    lua_replace(L, index);
    return rule_text_check(L, index, what);
}

/* Pushes the text of a placeholder's value. */
static void push_value(lua_State *L, int args_index, const char *name, size_t n, const char *what)
{
    char text[QUANTITY_TEXT_SIZE];
    const char *key = lua_pushlstring(L, name, n);
    if (lua_isnil(L, args_index)) {
        (void)luaL_error(L, "%s: the text has {%s}, but no values were given", what, key);
    } else {
        lua_pushvalue(L, -1);
        (void)lua_rawget(L, args_index);
    }
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        (void)sandbox_library_missing(L, args_index, key, "%s: there is no value for {%.60s}", what,
                                      key);
        break;
    case LUA_TNUMBER:
        quantity_text_number(lua_tonumber(L, -1), -1, text);
        lua_pushstring(L, text);
        lua_replace(L, -2);
        break;
    case LUA_TSTRING:
        (void)rule_text_check(L, -1, what);
        break;
    case LUA_TUSERDATA:
        (void)sandbox_library_tostring(L, -1, NULL);
        break;
    default:
        (void)luaL_error(L, "%s: the value for {%s} is a %s", what, key, luaL_typename(L, -1));
    }
    lua_remove(L, -2);
}

/* The stack holds no more than the buffer wants: luaL_addvalue() takes the top. */
const char *rule_text_fill(lua_State *L, int text_index, int args_index, const char *what)
{
    luaL_Buffer b;
    const char *p = lua_tostring(L, text_index);
    luaL_buffinit(L, &b);
    while (*p != '\0') {
        size_t plain = strcspn(p, "{}");
        luaL_addlstring(&b, p, plain);
        p += plain;
        if (*p == '\0')
            break;
        if (p[0] == p[1]) {
            luaL_addchar(&b, *p);
            p += 2;
            continue;
        }
        size_t n = *p == '{' ? strcspn(p + 1, "{}") : 0;
        if (n == 0 || p[n + 1] != '}')
            (void)luaL_error(L, "%s: a lone '%c' in the text; write '%c%c' for one", what, *p, *p,
                             *p);
        push_value(L, args_index, p + 1, n, what);
        luaL_addvalue(&b);
        p += n + 2;
    }
    luaL_pushresult(&b);
    return rule_text_check(L, -1, what);
}

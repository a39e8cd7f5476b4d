/* SPDX-License-Identifier: Apache-2.0
 * rule_declaration.c - see rule_declaration.h.
 *
 * The file runs in a sandbox; the table it gives to rule{} is read with raw access, within the same
 * protected call, so that each complaint is an ordinary error. Lua does not know on which line a
 * key of a table stands: it is looked for in the source, from where rule{} is called. */
#include "score/rule_declaration.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "base/limits.h"
#include "base/text.h"
#include "score/rule_api.h"
#include "score/rule_error.h"
#include "score/rule_text.h"
#include "score/sandbox.h"

typedef struct declaration {
    rule_info *out;
    arena *memory;
    const char *source;
    size_t n_source;
    uint32_t rule_line, line; /* of rule{, and of what is being read */
} declaration;

static declaration *of(lua_State *L)
{
    return sandbox_user(L);
}

/* ---- places --------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Is there "key =" in the line, outside of a comment? Strings are not told apart: good enough. */
static bool line_sets(const char *line, size_t n, const char *key)
{
    size_t length = strlen(key);
    for (size_t i = 0; i + length < n; i++) {
        if (line[i] == '-' && line[i + 1] == '-')
            return false;
        if (memcmp(line + i, key, length) != 0 || (i > 0 && is_word(line[i - 1])))
            continue;
        size_t j = i + length;
        while (j < n && (line[j] == ' ' || line[j] == '\t'))
            j++;
        if (j < n && line[j] == '=' && (j + 1 == n || line[j + 1] != '='))
            return true;
    }
    return false;
}

/* The first line from `from` on that sets key; `from` when there is none. */
static uint32_t find_line(const declaration *d, uint32_t from, const char *key)
{
    const char *p = d->source, *end = d->source + d->n_source;
    for (uint32_t number = 1; p < end; number++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline != NULL ? newline : end;
        if (number >= from && line_sets(p, (size_t)(stop - p), key))
            return number;
        p = stop + 1;
    }
    return from;
}

/* ---- keys ----------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of the table at index, sorted, from the arena. Each must be a name; with_first: [1] may
 * be there too. */
static uint32_t list_keys(lua_State *L, int index, const char *what, bool with_first,
                          const char *keys[LIMIT_RULE_ITEMS])
{
    uint32_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        size_t length = 0;
        bool is_first = with_first && lua_isinteger(L, -1) && lua_tointeger(L, -1) == 1;
        if (is_first)
            continue;
        const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
        if (key == NULL)
            (void)luaL_error(L, "%s has something that is not NAME = …", what);
        if (length > LIMIT_NAME_BYTES || !text_is_name(key, length, false))
            (void)luaL_error(L, "%s: a name is made of small letters, digits and _", what);
        if (n == LIMIT_RULE_ITEMS)
            (void)luaL_error(L, "%s has more than %d entries", what, LIMIT_RULE_ITEMS);
        keys[n++] = arena_strdup(of(L)->memory, key);
    }
    qsort(keys, n, sizeof *keys, compare_names);
    return n;
}

/* Raises an error for the first key, by name, that is not among the known ones. */
static void check_keys(lua_State *L, int index, const char *what, bool with_first,
                       const char *const *known, size_t n_known)
{
    const char *keys[LIMIT_RULE_ITEMS];
    uint32_t n = list_keys(L, index, what, with_first, keys);
    for (uint32_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n_known && strcmp(known[k], keys[i]) != 0)
            k++;
        if (k < n_known)
            continue;
        declaration *d = of(L);
        d->line = find_line(d, d->line, keys[i]);
        const char *near = text_suggest(keys[i], known, n_known);
        if (near != NULL)
            (void)luaL_error(L, "%s has no '%s' (did you mean '%s'?)", what, keys[i], near);
        (void)luaL_error(L, "%s has no '%s'", what, keys[i]);
    }
}

/* Pushes the field and returns its type. */
static int get(lua_State *L, int index, const char *key)
{
    lua_pushstring(L, key);
    return lua_rawget(L, index);
}

static const char *copy_text(lua_State *L, const char *text)
{
    return arena_strdup(of(L)->memory, text);
}

/* The doc of the table at index; "" without one. */
static const char *read_doc(lua_State *L, int index, const char *what)
{
    const char *doc = "";
    if (get(L, index, "doc") != LUA_TNIL)
        doc = copy_text(L, rule_text_choose(L, lua_gettop(L), what));
    lua_pop(L, 1);
    return doc;
}

/* ---- inputs --------------------------------------------------------------------------------- */

static bool read_flag(lua_State *L, int index, const char *key, const char *what)
{
    int type = get(L, index, key);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        (void)luaL_error(L, "%s: %s is true or false, not a %s", what, key, luaL_typename(L, -1));
    bool flag = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    return flag;
}

/* The value of one input is on the top of the stack. */
static void read_input(lua_State *L, rule_input *in)
{
    static const char *const known[] = {"doc", "optional"};
    char what[LIMIT_NAME_BYTES + 16];
    int index = lua_gettop(L);
    (void)snprintf(what, sizeof what, "input '%s'", in->name);
    if (lua_type(L, index) == LUA_TSTRING) {
        in->doc = copy_text(L, rule_text_check(L, index, what));
        return;
    }
    if (lua_type(L, index) != LUA_TTABLE)
        (void)luaL_error(L,
                         "%s is a %s; write %s = \"what it is\" or %s = { doc = \"what it is\" }",
                         what, luaL_typename(L, index), in->name, in->name);
    check_keys(L, index, what, false, known, sizeof known / sizeof *known);
    in->doc = read_doc(L, index, what);
    in->optional = read_flag(L, index, "optional", what);
}

/* The inputs table is on the top of the stack. */
static void read_inputs(lua_State *L)
{
    declaration *d = of(L);
    rule_info *out = d->out;
    const char *keys[LIMIT_RULE_ITEMS];
    uint32_t from = d->line;
    if (lua_type(L, -1) != LUA_TTABLE)
        (void)luaL_error(L, "inputs must be a table: inputs = { value = \"what it is\" }");
    out->n_inputs = list_keys(L, lua_gettop(L), "inputs", false, keys);
    if (out->n_inputs == 0)
        (void)luaL_error(L, "a rule has at least one input");
    out->inputs = arena_zpush(d->memory, out->n_inputs * sizeof *out->inputs);
    uint32_t n = 0;
    for (uint32_t i = 0; i < out->n_inputs; i++)
        if (strcmp(keys[i], "value") == 0)
            out->inputs[n++].name = keys[i];
    for (uint32_t i = 0; i < out->n_inputs; i++)
        if (strcmp(keys[i], "value") != 0)
            out->inputs[n++].name = keys[i];
    for (uint32_t i = 0; i < out->n_inputs; i++) {
        d->line = find_line(d, from, out->inputs[i].name);
        (void)get(L, lua_gettop(L), out->inputs[i].name);
        read_input(L, &out->inputs[i]);
        lua_pop(L, 1);
    }
}

/* ---- params --------------------------------------------------------------------------------- */

static double read_number(lua_State *L, int index, const char *what)
{
    if (lua_type(L, index) != LUA_TNUMBER)
        (void)luaL_error(L, "%s is a %s, not a number", what, luaL_typename(L, index));
    double v = lua_tonumber(L, index);
    if (!isfinite(v))
        (void)luaL_error(L, "%s is not a finite number", what);
    return v;
}

/* The default, a list of numbers, is on the top of the stack. */
static void read_numbers(lua_State *L, rule_param *p, const char *what)
{
    lua_Unsigned n = lua_rawlen(L, -1);
    if (n > LIMIT_RULE_ITEMS)
        (void)luaL_error(L, "%s: the default has more than %d numbers", what, LIMIT_RULE_ITEMS);
    double *numbers = arena_push(of(L)->memory, (size_t)n * sizeof *numbers);
    for (lua_Unsigned i = 0; i < n; i++) {
        (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
        numbers[i] = read_number(L, lua_gettop(L), what);
        lua_pop(L, 1);
    }
    p->type = RULE_NUMBERS;
    p->numbers = numbers;
    p->n_numbers = (uint32_t)n;
}

static void read_required(lua_State *L, rule_param *p, const char *what)
{
    static const struct {
        const char *name;
        rule_param_type type;
    } types[] = {{"number", RULE_NUMBER}, {"numbers", RULE_NUMBERS}, {"text", RULE_TEXT}};
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    p->required = true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name) == 0) {
            p->type = types[i].type;
            return;
        }
    }
    (void)luaL_error(L, "%s: required is \"number\", \"numbers\" or \"text\"", what);
}

/* A param's first element is its default, which tells the type; or `required` does. */
static void read_default(lua_State *L, int index, rule_param *p, const char *what)
{
    bool has_required = get(L, index, "required") != LUA_TNIL;
    if (has_required)
        read_required(L, p, what);
    (void)lua_rawgeti(L, index, 1);
    int type = lua_type(L, -1);
    if (has_required != (type == LUA_TNIL))
        (void)luaL_error(L, "%s needs a default, or required = \"number\"%s", what,
                         has_required ? ", but not both" : "");
    switch (type) {
    case LUA_TNIL:
        break;
    case LUA_TNUMBER:
        p->type = RULE_NUMBER;
        p->number = read_number(L, lua_gettop(L), what);
        break;
    case LUA_TBOOLEAN:
        p->type = RULE_BOOL;
        p->flag = lua_toboolean(L, -1) != 0;
        break;
    case LUA_TSTRING:
        p->type = RULE_TEXT;
        p->text = copy_text(L, rule_text_check(L, lua_gettop(L), what));
        break;
    case LUA_TTABLE:
        read_numbers(L, p, what);
        break;
    default:
        (void)luaL_error(L, "%s: the default is a %s", what, luaL_typename(L, -1));
    }
    lua_pop(L, 2);
}

static double read_limit(lua_State *L, int index, const char *key, const rule_param *p,
                         const char *what)
{
    double v = (double)NAN;
    if (get(L, index, key) != LUA_TNIL) {
        if (p->type != RULE_NUMBER && p->type != RULE_NUMBERS)
            (void)luaL_error(L, "%s: %s is for numbers only", what, key);
        v = read_number(L, lua_gettop(L), what);
    }
    lua_pop(L, 1);
    return v;
}

static void check_limits(lua_State *L, const rule_param *p, const char *what)
{
    bool is_number = p->type == RULE_NUMBER && !p->required;
    const double *numbers = is_number ? &p->number : p->numbers;
    uint32_t n = is_number ? 1 : p->n_numbers;
    if (p->min > p->max)
        (void)luaL_error(L, "%s: min is above max", what);
    for (uint32_t i = 0; i < n; i++)
        if (numbers[i] < p->min || numbers[i] > p->max)
            (void)luaL_error(L, "%s: the default is not between min and max", what);
}

static void read_one_of(lua_State *L, int index, rule_param *p, const char *what)
{
    int type = get(L, index, "one_of");
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    lua_Unsigned n = type == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
    if (p->type != RULE_TEXT || n == 0 || n > LIMIT_RULE_ITEMS)
        (void)luaL_error(L, "%s: one_of is a list of up to %d texts, for a text", what,
                         LIMIT_RULE_ITEMS);
    const char **texts = arena_push(of(L)->memory, (size_t)n * sizeof *texts);
    bool has_default = p->required;
    for (lua_Unsigned i = 0; i < n; i++) {
        (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
        texts[i] = copy_text(L, rule_text_check(L, lua_gettop(L), what));
        has_default = has_default || strcmp(texts[i], p->text) == 0;
        lua_pop(L, 1);
    }
    if (!has_default)
        (void)luaL_error(L, "%s: the default '%s' is not in one_of", what, p->text);
    p->one_of = texts;
    p->n_one_of = (uint32_t)n;
    lua_pop(L, 1);
}

/* The table of one param is on the top of the stack. */
static void read_param(lua_State *L, rule_param *p)
{
    static const char *const known[] = {"doc", "max", "min", "one_of", "required"};
    char what[LIMIT_NAME_BYTES + 16];
    int index = lua_gettop(L);
    (void)snprintf(what, sizeof what, "param '%s'", p->name);
    if (lua_type(L, index) != LUA_TTABLE)
        (void)luaL_error(L, "%s is a %s; write %s = { default, doc = \"what it does\" }", what,
                         luaL_typename(L, index), p->name);
    check_keys(L, index, what, true, known, sizeof known / sizeof *known);
    p->doc = read_doc(L, index, what);
    read_default(L, index, p, what);
    p->min = read_limit(L, index, "min", p, what);
    p->max = read_limit(L, index, "max", p, what);
    check_limits(L, p, what);
    read_one_of(L, index, p, what);
}

/* The params table, or nil, is on the top of the stack. */
static void read_params(lua_State *L)
{
    declaration *d = of(L);
    rule_info *out = d->out;
    const char *keys[LIMIT_RULE_ITEMS];
    uint32_t from = d->line;
    if (lua_isnil(L, -1))
        return;
    if (lua_type(L, -1) != LUA_TTABLE)
        (void)luaL_error(L, "params must be a table: params = { name = { default, doc = … } }");
    out->n_params = list_keys(L, lua_gettop(L), "params", false, keys);
    out->params = arena_zpush(d->memory, out->n_params * sizeof *out->params);
    for (uint32_t i = 0; i < out->n_params; i++) {
        out->params[i].name = keys[i];
        d->line = find_line(d, from, keys[i]);
        (void)get(L, lua_gettop(L), keys[i]);
        read_param(L, &out->params[i]);
        lua_pop(L, 1);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* The needs list, or nil, is on the top of the stack. */
static void read_needs(lua_State *L)
{
    rule_info *out = of(L)->out;
    if (lua_isnil(L, -1))
        return;
    if (lua_type(L, -1) != LUA_TTABLE)
        (void)luaL_error(L, "needs must be a list: needs = { \"target\" }");
    lua_Unsigned n = lua_rawlen(L, -1);
    for (lua_Unsigned i = 0; i < n; i++) {
        (void)lua_rawgeti(L, -1, (lua_Integer)i + 1);
        const char *need = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        if (strcmp(need, "target") == 0)
            out->needs_target = true;
        else if (strcmp(need, "baseline") == 0)
            out->needs_baseline = true;
        else if (strcmp(need, "baseline_unless_up") == 0)
            out->needs_baseline_unless_up = true;
        else
            (void)luaL_error(L, "needs may name \"target\", \"baseline\" and "
                                "\"baseline_unless_up\" only");
        lua_pop(L, 1);
    }
}

static void read_part(lua_State *L, int table, const char *key, void (*read)(lua_State *))
{
    declaration *d = of(L);
    d->line = find_line(d, d->rule_line, key);
    (void)get(L, table, key);
    read(L);
    lua_pop(L, 1);
}

static void check_score(lua_State *L)
{
    if (lua_type(L, -1) != LUA_TFUNCTION)
        (void)luaL_error(L, "a rule has score = function(ctx) … end");
}

static int open_body(lua_State *L)
{
    rule_api_open(L);
    return 0;
}

static int read_body(lua_State *L)
{
    static const char *const known[] = {"doc", "inputs", "needs", "params", "score"};
    declaration *d = of(L);
    char file[RULE_ERROR_NAME_SIZE];
    rule_error_file_name(d->out->name, file);
    rule_api_load(L, file, d->source, d->n_source, &d->rule_line);
    int table = lua_gettop(L);
    d->line = d->rule_line;
    check_keys(L, table, "a rule", false, known, sizeof known / sizeof *known);
    d->line = find_line(d, d->rule_line, "doc");
    d->out->doc = read_doc(L, table, "the rule's doc");
    read_part(L, table, "inputs", read_inputs);
    read_part(L, table, "params", read_params);
    read_part(L, table, "needs", read_needs);
    read_part(L, table, "score", check_score);
    return 0;
}

gm_status rule_declaration_read(rule_info *out, const char *name, const char *path,
                                const char *source, size_t n, arena *run_arena, gm_error *err)
{
    gm_status status = GM_OK;
    memset(out, 0, sizeof *out);
    out->name = arena_strdup(run_arena, name);
    declaration d = {.out = out, .memory = run_arena, .source = source, .n_source = n};
    sandbox *sb = sandbox_new(LIMIT_RULE_FUEL, &d);
    sandbox_end end = sandbox_call(sb, open_body, NULL);
    GM_ASSERT(end == SANDBOX_RETURNED);
    sandbox_arm(sb);
    if (sandbox_call(sb, read_body, NULL) != SANDBOX_RETURNED) {
        const sandbox_fault *fault = sandbox_get_fault(sb);
        status = error_at(err, GM_E_RULE, path, fault->line != 0 ? fault->line : d.line, 0, "%s",
                          fault->message);
    }
    sandbox_free(sb);
    return status;
}

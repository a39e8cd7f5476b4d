/* SPDX-License-Identifier: Apache-2.0
 * value_table.c - see value_table.h. */
#include "event/value_table.h"

#include <stdbool.h>
#include <string.h>

#include "event/config_cursor.h"

/* Where an unquoted text may end: at "->" or a comma. */
static bool is_end(const char *p)
{
    return *p == '\0' || *p == ',' || (p[0] == '-' && p[1] == '>');
}

static gm_status parse_text(config_cursor *c, gm_str *out, const char *what, arena *run_arena,
                            gm_error *err)
{
    config_cursor_skip_space(c);
    if (*c->p == '"')
        return config_cursor_quoted(c, out, run_arena, err);
    const char *from = c->p;
    while (!is_end(c->p))
        c->p++;
    const char *end = c->p;
    while (end != from && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end == from)
        return config_cursor_error(c, from, err,
                                   "here %s is missing; a table is like raw -> canonical, "
                                   "raw2 -> canonical2 (an empty text is \"\")",
                                   what);
    *out = (gm_str){.ptr = from, .len = (uint32_t)(end - from)};
    return GM_OK;
}

static gm_status parse_pair(value_table *t, config_cursor *c, arena *run_arena, gm_error *err)
{
    gm_str raw = {0}, canonical = {0};
    config_cursor_skip_space(c);
    const char *from = c->p;
    gm_status status = parse_text(c, &raw, "a value of the log", run_arena, err);
    if (status != GM_OK)
        return status;
    config_cursor_skip_space(c);
    if (c->p[0] != '-' || c->p[1] != '>')
        return config_cursor_error(c, c->p, err, "here an arrow is missing: raw -> canonical");
    c->p += 2;
    status = parse_text(c, &canonical, "what the value becomes", run_arena, err);
    if (status != GM_OK)
        return status;
    config_cursor_skip_space(c);
    if (*c->p != ',' && *c->p != '\0')
        return config_cursor_error(c, c->p, err, "between pairs stands a comma");
    if (dict_find(&t->raw, raw.ptr, raw.len) != DICT_FULL)
        return config_cursor_error(c, from, err, "'%.*s' stands in this table twice", (int)raw.len,
                                   raw.ptr);
    uint32_t code = dict_code(&t->raw, raw.ptr, raw.len);
    GM_ASSERT(code != DICT_FULL);
    t->canonical[code] = canonical;
    return GM_OK;
}

gm_status value_table_init(value_table *t, const config_text *text, arena *run_arena, gm_error *err)
{
    config_cursor c = config_cursor_start(text);
    uint32_t max = 1;
    for (const char *p = c.p; (p = strchr(p, ',')) != NULL; p++)
        max++;
    dict_init(&t->raw, max);
    t->canonical = arena_zpush(run_arena, max * sizeof *t->canonical);
    for (;;) {
        gm_status status = parse_pair(t, &c, run_arena, err);
        if (status != GM_OK || *c.p == '\0')
            return status;
        c.p++;
    }
}

void value_table_deinit(value_table *t)
{
    dict_deinit(&t->raw);
}

gm_str value_table_map(const value_table *t, gm_str raw)
{
    uint32_t code = dict_find(&t->raw, raw.ptr, raw.len);
    return code == DICT_FULL ? raw : t->canonical[code];
}

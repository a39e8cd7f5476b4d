/* SPDX-License-Identifier: Apache-2.0
 * json_path.c - see json_path.h for the syntax. */
#include "event/json_path.h"

#include <string.h>

#include "base/limits.h"
#include "event/config_cursor.h"

static bool is_bare(char c)
{
    return (unsigned char)c > 0x20 && c != 0x7f && strchr(".|\"[]\\", c) == NULL;
}

static gm_status parse_key(config_cursor *c, gm_str *key, arena *run_arena, gm_error *err)
{
    config_cursor_skip_space(c);
    if (*c->p == '"')
        return config_cursor_quoted(c, key, run_arena, err);
    const char *from = c->p;
    while (is_bare(*c->p))
        c->p++;
    if (*c->p == '[' || *c->p == ']')
        return config_cursor_error(c, c->p, err,
                                   "paths do not go into lists yet; a key with a bracket in it "
                                   "stands in double quotes");
    if (from == c->p)
        return config_cursor_error(c, c->p, err,
                                   "here a key is missing; a path is like actor.id, "
                                   "\"odd.key\".x or a.b | c");
    *key = (gm_str){.ptr = from, .len = (uint32_t)(c->p - from)};
    return GM_OK;
}

static gm_status parse_path(config_cursor *c, json_path *path, arena *run_arena, gm_error *err)
{
    gm_str keys[LIMIT_PATH_ELEMENTS];
    uint32_t n = 0;
    for (;;) {
        if (n == LIMIT_PATH_ELEMENTS)
            return config_cursor_error(c, c->p, err, "a path has at most %d keys",
                                       LIMIT_PATH_ELEMENTS);
        gm_status status = parse_key(c, &keys[n], run_arena, err);
        if (status != GM_OK)
            return status;
        n++;
        config_cursor_skip_space(c);
        if (*c->p != '.')
            break;
        c->p++;
    }
    *path = (json_path){.keys = arena_copy(run_arena, keys, n * sizeof *keys), .n = n};
    return GM_OK;
}

gm_status json_path_parse(json_paths *out, const config_text *text, arena *run_arena, gm_error *err)
{
    config_cursor c = config_cursor_start(text);
    uint32_t max = 1;
    for (const char *p = c.p; (p = strchr(p, '|')) != NULL; p++)
        max++;
    json_path *items = arena_push(run_arena, max * sizeof *items);
    uint32_t n = 0;
    for (;;) {
        gm_status status = parse_path(&c, &items[n], run_arena, err);
        if (status != GM_OK)
            return status;
        n++;
        if (*c.p != '|')
            break;
        c.p++;
    }
    if (*c.p != '\0')
        return config_cursor_error(&c, c.p, err,
                                   "between keys stands a dot, between paths a |; a key with other "
                                   "characters stands in double quotes");
    *out = (json_paths){.items = items, .n = n};
    return GM_OK;
}

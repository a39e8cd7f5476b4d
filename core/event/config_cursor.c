/* SPDX-License-Identifier: Apache-2.0
 * config_cursor.c - see config_cursor.h. */
#include "event/config_cursor.h"

#include <stdarg.h>
#include <string.h>

config_cursor config_cursor_start(const config_text *text)
{
    return (config_cursor){.text = text, .p = text->text};
}

void config_cursor_skip_space(config_cursor *c)
{
    while (*c->p == ' ' || *c->p == '\t')
        c->p++;
}

gm_status config_cursor_quoted(config_cursor *c, gm_str *out, arena *run_arena, gm_error *err)
{
    GM_ASSERT(*c->p == '"');
    const char *quote = c->p++;
    char *text = arena_push(run_arena, strlen(c->p) + 1);
    uint32_t n = 0;
    while (*c->p != '"') {
        if (*c->p == '\0')
            return config_cursor_error(c, quote, err, "this quote is not closed");
        if (*c->p == '\\' && c->p[1] != '"' && c->p[1] != '\\')
            return config_cursor_error(c, c->p, err,
                                       "in quotes, \\ stands only before \" and \\: write \\\\");
        if (*c->p == '\\')
            c->p++;
        text[n++] = *c->p++;
    }
    c->p++;
    *out = (gm_str){.ptr = text, .len = n};
    return GM_OK;
}

gm_status config_cursor_error(const config_cursor *c, const char *at, gm_error *err,
                              const char *fmt, ...)
{
    char message[GM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* cut is fine */
    va_end(args);
    config_text place = config_text_from(c->text, (uint32_t)(at - c->text->text));
    return config_error(err, &place, "%s", message);
}

/* SPDX-License-Identifier: Apache-2.0
 * config_cursor.h - walking through a configuration value, with errors at its characters. Shared by
 * the small syntaxes of a source: paths and value tables. */
#ifndef GM_EVENT_CONFIG_CURSOR_H
#define GM_EVENT_CONFIG_CURSOR_H

#include <stdbool.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

typedef struct config_cursor {
    const config_text *text; /* borrowed */
    const char *p;           /* the next character; NUL at the end */
} config_cursor;

config_cursor config_cursor_start(const config_text *text);
void config_cursor_skip_space(config_cursor *c); /* blanks and tabs */

/* Reads a text in double quotes that starts at p; \" and \\ stand for " and \. */
gm_status config_cursor_quoted(config_cursor *c, gm_str *out, arena *run_arena, gm_error *err);

/* An error at a character of the text; returns GM_E_CONFIG. */
gm_status config_cursor_error(const config_cursor *c, const char *at, gm_error *err,
                              const char *fmt, ...) GM_PRINTF(4, 5);

#endif

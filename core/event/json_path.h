/* SPDX-License-Identifier: Apache-2.0
 * json_path.h - the path of a value in a line, as map.FIELD and time give it.
 *
 *   paths := path ("|" path)*             the first that is there and not null
 *   path  := key ("." key)*               at most LIMIT_PATH_ELEMENTS keys
 *   key   := bare | '"' … '"'             \" and \\ inside quotes
 *
 * A bare key has no space, control character or any of . | " [ ] \ in it. Paths go through objects
 * only, not into lists. */
#ifndef GM_EVENT_JSON_PATH_H
#define GM_EVENT_JSON_PATH_H

#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

typedef struct json_path {
    gm_str *keys;
    uint32_t n;
} json_path;

typedef struct json_paths {
    json_path *items;
    uint32_t n; /* at least 1 */
} json_paths;

/* All memory is the arena's. GM_E_CONFIG at the character that is wrong. */
gm_status json_path_parse(json_paths *out, const config_text *text, arena *run_arena,
                          gm_error *err);

#endif

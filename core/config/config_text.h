/* SPDX-License-Identifier: Apache-2.0
 * config_text.h - a text of the configuration with its place in a file, so that whoever understands
 * it can report errors with file, line and column. */
#ifndef GM_CONFIG_CONFIG_TEXT_H
#define GM_CONFIG_CONFIG_TEXT_H

#include <stdint.h>

#include "base/error.h"

/* A value may go on in the next line of the file. */
typedef struct config_break {
    uint32_t at;   /* offset in the text */
    uint32_t line; /* of the file */
} config_break;

/* A text and where it stands. text is NULL when the key was not given and has no default. line 0:
 * from a flag or a variable, whose name is then the path ("--workers", "GOALMILL_WORKERS"), or a
 * default. */
typedef struct config_text {
    const char *text;
    const char *path;
    uint32_t line, column; /* of the value's first character */
    const config_break
        *breaks; /* where further lines of the file begin in it, ascending; NULL: none */
    uint32_t n_breaks;
} config_text;

typedef struct config_texts {
    config_text *items;
    uint32_t n;
} config_texts;

/* A key of a family: name is what follows the prefix ("actor" of "map.actor"). */
typedef struct config_pair {
    const char *name;
    config_text value;
    uint32_t key_line, key_column;
} config_pair;

typedef struct config_pairs {
    config_pair *items;
    uint32_t n;
} config_pairs;

/* The text from offset on, with its own place; without breaks. */
config_text config_text_from(const config_text *text, uint32_t offset);

/* err at a text's place; returns GM_E_CONFIG. */
gm_status config_error(gm_error *err, const config_text *at, const char *fmt, ...) GM_PRINTF(3, 4);

#endif

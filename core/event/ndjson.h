/* SPDX-License-Identifier: Apache-2.0
 * ndjson.h - one line of JSON, checked in full (RFC 8259), with the values of the projected paths.
 *
 * Nothing is copied: values point into the line. Strings are given with their escapes; bytes that
 * are no UTF-8 are let through. Depth costs no C stack: objects and lists are on a stack of
 * LIMIT_JSON_DEPTH. A line goes through a parser again and again without any allocation. */
#ifndef GM_EVENT_NDJSON_H
#define GM_EVENT_NDJSON_H

#include <stdbool.h>
#include <stdint.h>

#include "event/path_trie.h"
#include "input/log_counts.h"

typedef enum ndjson_kind {
    NDJSON_MISSING,
    NDJSON_NULL,
    NDJSON_FALSE,
    NDJSON_TRUE,
    NDJSON_NUMBER,
    NDJSON_STRING,
    NDJSON_OBJECT,
    NDJSON_ARRAY
} ndjson_kind;

typedef struct ndjson_value {
    const char *text; /* of NUMBER, and of STRING between the quotes */
    uint32_t len;
    uint8_t kind;    /* ndjson_kind */
    bool is_escaped; /* a STRING with a backslash in it */
    bool is_wide;    /* a STRING with bytes beyond ASCII: well-formed or not is not known */
} ndjson_value;

typedef struct ndjson_parser ndjson_parser;

/* paths is borrowed for the parser's life. */
ndjson_parser *ndjson_new(const path_trie *paths);
void ndjson_free(ndjson_parser *j);

/* Parses the line that ends with the first LF from line on; NDJSON_PADDING bytes behind the LF must
 * be readable. *end is that LF. LOG_ACCEPTED, LOG_BLANK, LOG_NOT_JSON, LOG_NOT_OBJECT or
 * LOG_TOO_DEEP; values are there after LOG_ACCEPTED only. */
log_outcome ndjson_parse(ndjson_parser *j, const char *line, const char **end);
enum { NDJSON_PADDING = 8 };

/* By slot of the trie; the caller may change them. Borrowed until the next line. */
ndjson_value *ndjson_values(ndjson_parser *j);
/* How often a projected key came again in its object; the last one won. */
uint64_t ndjson_duplicates(const ndjson_parser *j);

#endif

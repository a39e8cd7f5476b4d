/* SPDX-License-Identifier: Apache-2.0
 * schema.h - the columns that the metrics of a run want, each a field in one representation.
 * Built while the plan is made, the same for all sources, read-only afterwards. */
#ifndef GM_EVENT_SCHEMA_H
#define GM_EVENT_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* How a field is wanted. A field may be wanted in several ways: then it has several columns. */
typedef enum schema_kind {
    SCHEMA_TEXT,    /* gm_type STR: strings as they are, numbers and booleans by their JSON text */
    SCHEMA_NUMBER,  /* F64: numbers, and strings that are a decimal number in full */
    SCHEMA_INTEGER, /* I64: likewise; 3.0 is 3, 3.5 is of a wrong type */
    SCHEMA_PRESENT, /* BOOL: there, and not null; never null itself */
    SCHEMA_TIME     /* the event's time; field "time" only */
} schema_kind;

typedef struct schema_column {
    const char *field;
    schema_kind kind;
    bool wants_dict; /* TEXT: dictionary while it has at most LIMIT_DICT_ENTRIES entries */
    bool wants_hash; /* TEXT: hash_64(seed 0) of the text */
} schema_column;

typedef struct schema {
    schema_column *columns;
    uint32_t n, cap;
    arena *run_arena; /* borrowed */
} schema;

void schema_init(schema *s, arena *run_arena);
void schema_deinit(schema *s);
/* The number of the column, added when it is not there; wishes are united. dict and hash mean
 * nothing for other kinds than TEXT. LIMIT_COLUMNS is the caller's to check. */
uint32_t schema_want(schema *s, const char *field, schema_kind kind, bool dict, bool hash);

#endif

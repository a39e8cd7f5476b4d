/* SPDX-License-Identifier: Apache-2.0
 * mapping_plan.h - the inside of a mapping, for the files of event/ that carry it out. */
#ifndef GM_EVENT_MAPPING_PLAN_H
#define GM_EVENT_MAPPING_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/timestamp.h"
#include "event/mapping.h"
#include "event/path_trie.h"
#include "event/schema.h"
#include "event/value_table.h"

typedef enum mapping_how {
    MAPPING_CONST, /* a constant, or null where the source does not give the field */
    MAPPING_PATH,  /* from the line */
    MAPPING_TIME   /* the event's time */
} mapping_how;

/* What becomes of a path: slots of the trie, in the order in which they are tried. */
typedef struct mapping_slots {
    uint32_t *items;
    uint32_t n;
} mapping_slots;

typedef struct mapping_constant {
    bool is_null;
    gm_str text; /* of SCHEMA_TEXT; likewise below */
    double number;
    int64_t integer;
    uint8_t present;
} mapping_constant;

typedef struct mapping_column {
    mapping_how how;
    mapping_constant constant; /* of MAPPING_CONST */
    mapping_slots slots;       /* of MAPPING_PATH */
    const value_table *values; /* NULL: none */
} mapping_column;

struct mapping {
    arena memory; /* owns what has no line of its own in mapping_free() */
    const schema *s;
    path_trie paths;
    mapping_column *columns; /* by schema column */
    mapping_slots time;
    timestamp_format time_format;
    civil_zone *zone;    /* NULL: times must carry one */
    value_table *tables; /* by pair of the source's values */
    uint32_t n_tables;
    uint64_t max_line_bytes, max_file_bytes;
};

#endif

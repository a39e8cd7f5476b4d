/* SPDX-License-Identifier: Apache-2.0
 * value_table.h - "raw -> canonical, …" of value.FIELD. A raw value that is not in the table stays
 * as it is. Both sides may stand in double quotes (\" and \\ inside), without them blanks at the
 * ends do not count. */
#ifndef GM_EVENT_VALUE_TABLE_H
#define GM_EVENT_VALUE_TABLE_H

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/dict.h"
#include "base/error.h"
#include "config/config.h"

typedef struct value_table {
    dict raw;
    gm_str *canonical; /* by code of raw */
} value_table;

/* canonical and its texts are the arena's; *t is to be deinitialised also after an error. */
gm_status value_table_init(value_table *t, const config_text *text, arena *run_arena,
                           gm_error *err);
void value_table_deinit(value_table *t);
gm_str value_table_map(const value_table *t, gm_str raw);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * column_builder.h - the columns of a batch, filled row by row.
 *
 * For each log: column_builder_start(). For each batch: column_builder_begin(), then for rows 0, 1,
 * … each MAPPING_PATH column gets exactly one of the setters, then column_builder_finish(). Memory
 * is allocated once, for batch_rows rows.
 *
 * A TEXT column that wants a dictionary has one for the log (its dict_id is used once in a process)
 * until it is full; that batch and all later ones of the log are FLAT then. A null is 0, 0.0, an
 * empty text or code 0 in the data; a column whose dictionary has no entry yet is a CONST null. */
#ifndef GM_EVENT_COLUMN_BUILDER_H
#define GM_EVENT_COLUMN_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "event/mapping.h"
#include "event/schema.h"

typedef struct column_builder column_builder;

/* s is borrowed. Owned: column_builder_free(). */
column_builder *column_builder_new(const schema *s, uint32_t batch_rows);
void column_builder_free(column_builder *b);

/* A new log, mapped by m (borrowed until the next start). */
void column_builder_start(column_builder *b, const mapping *m);
void column_builder_begin(column_builder *b);

/* column is of the kind that the setter is for: TEXT, NUMBER, INTEGER, PRESENT; null: any but
 * PRESENT. Texts are borrowed until the batch ends. */
void column_builder_text(column_builder *b, uint32_t column, uint32_t row, gm_str text);
void column_builder_number(column_builder *b, uint32_t column, uint32_t row, double v);
void column_builder_integer(column_builder *b, uint32_t column, uint32_t row, int64_t v);
void column_builder_present(column_builder *b, uint32_t column, uint32_t row, bool v);
void column_builder_null(column_builder *b, uint32_t column, uint32_t row);

/* The columns of rows 0 to n_rows - 1; times has as many items. Borrowed until the next begin. */
const gm_column *column_builder_finish(column_builder *b, uint32_t n_rows, const int64_t *times);

#endif

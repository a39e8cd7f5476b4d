/* SPDX-License-Identifier: Apache-2.0
 * event_row.c - see event_row.h.
 *
 * A string is cleaned (escapes, ill-formed UTF-8) when a column first asks for it; the clean text
 * replaces the raw one in its slot, so that a second column gets it for nothing. */
#include "event/event_row.h"

#include <string.h>

#include "base/text.h"
#include "event/json_number.h"
#include "event/json_text.h"
#include "event/mapping_plan.h"

void event_row_start(event_row *row, const mapping *m, ndjson_value *values)
{
    row->m = m;
    row->values = values;
    row->time = (timestamp_parser){.format = m->time_format, .zone = m->zone};
    memset(row->notices, 0, sizeof row->notices);
    row->n_notices = 0;
}

static void notice(event_row *row, log_notice what)
{
    row->notices[what]++;
    row->n_notices++;
}

/* Strings of a line without escapes and beyond doubt are given as they lie in the block. */
static void clean(event_row *row, ndjson_value *v)
{
    uint64_t n_repaired = 0;
    if (v->is_escaped) {
        char *to = arena_push(row->batch_arena, v->len);
        v->len = (uint32_t)json_text_unescape(to, v->text, v->len, &n_repaired);
        v->text = to;
        v->is_escaped = false;
    }
    if (v->is_wide && !text_is_utf8(v->text, v->len)) {
        char *to = arena_push(row->batch_arena, (size_t)3 * v->len);
        v->len = (uint32_t)text_repair_utf8(to, v->text, v->len, &n_repaired);
        v->text = to;
    }
    v->is_wide = false;
    if (n_repaired != 0)
        notice(row, LOG_UTF8_REPAIRED);
}

/* The first alternative that is there and not null, or NULL. */
static ndjson_value *pick(const event_row *row, const mapping_slots *slots)
{
    for (uint32_t i = 0; i < slots->n; i++) {
        ndjson_value *v = &row->values[slots->items[i]];
        if (v->kind > NDJSON_NULL)
            return v;
    }
    return NULL;
}

/* False for what has no text: objects and lists. */
static bool text_of(event_row *row, ndjson_value *v, const value_table *table, gm_str *out)
{
    switch ((ndjson_kind)v->kind) {
    case NDJSON_STRING:
        if (v->is_escaped || v->is_wide)
            clean(row, v);
        *out = (gm_str){.ptr = v->text, .len = v->len};
        break;
    case NDJSON_NUMBER:
        *out = (gm_str){.ptr = v->text, .len = v->len};
        break;
    case NDJSON_TRUE:
        *out = (gm_str){.ptr = "true", .len = 4};
        break;
    case NDJSON_FALSE:
        *out = (gm_str){.ptr = "false", .len = 5};
        break;
    case NDJSON_MISSING:
    case NDJSON_NULL:
    case NDJSON_OBJECT:
    case NDJSON_ARRAY:
    default:
        return false;
    }
    if (table != NULL)
        *out = value_table_map(table, *out);
    return true;
}

log_outcome event_row_time(event_row *row, int64_t *us)
{
    if (row->n_notices != 0) {
        memset(row->notices, 0, sizeof row->notices);
        row->n_notices = 0;
    }
    ndjson_value *v = pick(row, &row->m->time);
    if (v == NULL)
        return LOG_NO_TIME;
    if (v->kind != NDJSON_STRING && v->kind != NDJSON_NUMBER)
        return LOG_BAD_TIME;
    gm_str text;
    uint64_t n_ambiguous = row->time.n_ambiguous;
    (void)text_of(row, v, NULL, &text); /* strings and numbers have one */
    if (text.len == 0)
        return LOG_NO_TIME;
    if (!timestamp_parse(&row->time, text.ptr, text.len, us))
        return LOG_BAD_TIME;
    if (row->time.n_ambiguous != n_ambiguous)
        notice(row, LOG_TIME_AMBIGUOUS);
    return LOG_ACCEPTED;
}

static void reject_value(event_row *row, uint32_t column, uint32_t r, log_notice why)
{
    column_builder_null(row->columns, column, r);
    row->wrong_type[column]++;
    notice(row, why);
}

static void fill_text(event_row *row, uint32_t column, uint32_t r, ndjson_value *v)
{
    gm_str text;
    if (text_of(row, v, row->m->columns[column].values, &text))
        column_builder_text(row->columns, column, r, text);
    else
        reject_value(row, column, r, LOG_WRONG_TYPE);
}

/* A number as F64 or I64. An empty string is a number that is missing; true and false are none. */
static void fill_number(event_row *row, uint32_t column, uint32_t r, ndjson_value *v, bool is_f64)
{
    const value_table *table = row->m->columns[column].values;
    gm_str text;
    double number = 0;
    int64_t integer = 0;
    bool is_word = v->kind == NDJSON_TRUE || v->kind == NDJSON_FALSE;
    if ((is_word && table == NULL) || !text_of(row, v, table, &text)) {
        reject_value(row, column, r, LOG_WRONG_TYPE);
        return;
    }
    if (text.len == 0) {
        column_builder_null(row->columns, column, r);
        return;
    }
    json_number_result result = is_f64 ? json_number_f64(text.ptr, text.len, &number)
                                       : json_number_i64(text.ptr, text.len, &integer);
    if (result != JSON_NUMBER_OK)
        reject_value(row, column, r,
                     result == JSON_NUMBER_RANGE ? LOG_OUT_OF_RANGE : LOG_WRONG_TYPE);
    else if (is_f64)
        column_builder_number(row->columns, column, r, number);
    else
        column_builder_integer(row->columns, column, r, integer);
}

static void fill_column(event_row *row, uint32_t column, schema_kind kind, uint32_t r)
{
    ndjson_value *v = pick(row, &row->m->columns[column].slots);
    if (kind == SCHEMA_PRESENT) {
        column_builder_present(row->columns, column, r, v != NULL);
        return;
    }
    if (v == NULL) {
        column_builder_null(row->columns, column, r);
        return;
    }
    if (kind == SCHEMA_TEXT)
        fill_text(row, column, r, v);
    else
        fill_number(row, column, r, v, kind == SCHEMA_NUMBER);
}

void event_row_fill(event_row *row, uint32_t r)
{
    const schema *s = row->m->s;
    for (uint32_t i = 0; i < s->n; i++)
        if (row->m->columns[i].how == MAPPING_PATH)
            fill_column(row, i, s->columns[i].kind, r);
}

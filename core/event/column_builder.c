/* SPDX-License-Identifier: Apache-2.0
 * column_builder.c - see column_builder.h. Setters are called for each row and only store; hashes
 * are made for a whole column at the end of a batch. */
#include "event/column_builder.h"

#include <stdatomic.h>
#include <string.h>

#include "base/dict.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "event/mapping_plan.h"

/* The one item of a CONST column. */
typedef union constant_item {
    gm_str text;
    double number;
    int64_t integer;
    uint8_t present;
} constant_item;

/* One column. The arrays that its kind does not need are NULL. */
typedef struct store {
    schema_kind kind;
    bool wants_dict, wants_hash;
    bool is_dict; /* of this log, as yet */
    mapping_how how;
    bool is_null; /* a CONST that is null */
    uint32_t n_nulls;
    uint64_t dict_id;
    uint64_t *validity;
    gm_str *texts;
    double *numbers;
    int64_t *integers;
    uint8_t *presents;
    uint32_t *codes;
    uint64_t *hashes; /* by row */
    dict dict;
    constant_item constant;
    uint64_t constant_hash;
} store;

struct column_builder {
    store *stores;
    gm_column *columns; /* as given out */
    uint32_t n, batch_rows;
    size_t validity_bytes;
    uint64_t *none_valid; /* zeros: the validity of a CONST null */
};

static const gm_type types[] = {
    [SCHEMA_TEXT] = GM_T_STR,     [SCHEMA_NUMBER] = GM_T_F64, [SCHEMA_INTEGER] = GM_T_I64,
    [SCHEMA_PRESENT] = GM_T_BOOL, [SCHEMA_TIME] = GM_T_TIME,
};

/* Ids are never used again in a process, so that nobody takes one log's codes for another's. */
static uint64_t new_dict_id(void)
{
    static _Atomic uint64_t last;
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

static void init_store(store *st, const schema_column *wanted, uint32_t rows, size_t validity_bytes)
{
    st->kind = wanted->kind;
    st->wants_dict = wanted->wants_dict;
    st->wants_hash = wanted->wants_hash;
    dict_init(&st->dict, LIMIT_DICT_ENTRIES);
    switch (st->kind) {
    case SCHEMA_TEXT:
        st->texts = mem_array(rows, sizeof *st->texts);
        if (st->wants_dict)
            st->codes = mem_array(rows, sizeof *st->codes);
        if (st->wants_hash)
            st->hashes = mem_array(rows, sizeof *st->hashes);
        break;
    case SCHEMA_NUMBER:
        st->numbers = mem_array(rows, sizeof *st->numbers);
        break;
    case SCHEMA_INTEGER:
        st->integers = mem_array(rows, sizeof *st->integers);
        break;
    case SCHEMA_PRESENT:
        st->presents = mem_array(rows, sizeof *st->presents);
        break;
    case SCHEMA_TIME: /* the reader's own array */
    default:
        return;
    }
    st->validity = mem_zalloc(validity_bytes);
}

column_builder *column_builder_new(const schema *s, uint32_t batch_rows)
{
    GM_ASSERT(batch_rows >= 1);
    GM_ASSERT(batch_rows <= LIMIT_BATCH_ROWS);
    column_builder *b = mem_zalloc(sizeof *b);
    b->n = s->n;
    b->batch_rows = batch_rows;
    b->validity_bytes = ((size_t)batch_rows + 63) / 64 * sizeof(uint64_t);
    b->none_valid = mem_zalloc(b->validity_bytes);
    b->stores = mem_array(s->n, sizeof *b->stores);
    b->columns = mem_array(s->n, sizeof *b->columns);
    for (uint32_t i = 0; i < s->n; i++)
        init_store(&b->stores[i], &s->columns[i], batch_rows, b->validity_bytes);
    return b;
}

void column_builder_free(column_builder *b)
{
    if (b == NULL)
        return;
    for (uint32_t i = 0; i < b->n; i++) {
        store *st = &b->stores[i];
        mem_free(st->validity);
        mem_free(st->texts);
        mem_free(st->numbers);
        mem_free(st->integers);
        mem_free(st->presents);
        mem_free(st->codes);
        mem_free(st->hashes);
        dict_deinit(&st->dict);
    }
    mem_free(b->stores);
    mem_free(b->columns);
    mem_free(b->none_valid);
    mem_free(b);
}

static void start_constant(store *st, const mapping_constant *from)
{
    memset(&st->constant, 0, sizeof st->constant);
    st->constant_hash = 0;
    st->is_null = from->is_null;
    if (from->is_null)
        return;
    switch (st->kind) {
    case SCHEMA_TEXT:
        st->constant.text = from->text;
        st->constant_hash = hash_64(from->text.ptr, from->text.len, 0);
        break;
    case SCHEMA_NUMBER:
        st->constant.number = from->number;
        break;
    case SCHEMA_INTEGER:
        st->constant.integer = from->integer;
        break;
    case SCHEMA_PRESENT:
        st->constant.present = from->present;
        break;
    case SCHEMA_TIME:
    default:
        GM_ASSERT(st->kind != SCHEMA_TIME);
        break;
    }
}

void column_builder_start(column_builder *b, const mapping *m)
{
    GM_ASSERT(m->s->n == b->n);
    for (uint32_t i = 0; i < b->n; i++) {
        store *st = &b->stores[i];
        const mapping_column *from = &m->columns[i];
        st->how = from->how;
        st->is_dict = st->wants_dict && st->how == MAPPING_PATH;
        if (st->dict.n != 0)
            dict_clear(&st->dict);
        if (st->is_dict)
            st->dict_id = new_dict_id();
        if (st->how == MAPPING_CONST)
            start_constant(st, &from->constant);
    }
}

void column_builder_begin(column_builder *b)
{
    for (uint32_t i = 0; i < b->n; i++) {
        b->stores[i].n_nulls = 0;
        if (b->stores[i].validity != NULL)
            memset(b->stores[i].validity, 0, b->validity_bytes);
    }
}

static void set_valid(store *st, uint32_t row)
{
    st->validity[row >> 6] |= UINT64_C(1) << (row & 63);
}

static bool is_valid(const store *st, uint32_t row)
{
    return (st->validity[row >> 6] >> (row & 63) & 1) != 0;
}

/* The dictionary is full: the rows so far become texts. They stay in the dictionary's memory, which
 * lives until the next log. */
static void leave_dict(store *st, uint32_t n_rows)
{
    st->is_dict = false;
    for (uint32_t row = 0; row < n_rows; row++)
        st->texts[row] = is_valid(st, row) ? st->dict.strings[st->codes[row]] : (gm_str){.ptr = ""};
}

void column_builder_text(column_builder *b, uint32_t column, uint32_t row, gm_str text)
{
    store *st = &b->stores[column];
    if (st->is_dict) {
        uint32_t code = st->dict.text.used > LIMIT_DICT_BYTES
                            ? DICT_FULL
                            : dict_code(&st->dict, text.ptr, text.len);
        if (code != DICT_FULL) {
            st->codes[row] = code;
            set_valid(st, row);
            return;
        }
        leave_dict(st, row);
    }
    st->texts[row] = text;
    set_valid(st, row);
}

void column_builder_number(column_builder *b, uint32_t column, uint32_t row, double v)
{
    b->stores[column].numbers[row] = v;
    set_valid(&b->stores[column], row);
}

void column_builder_integer(column_builder *b, uint32_t column, uint32_t row, int64_t v)
{
    b->stores[column].integers[row] = v;
    set_valid(&b->stores[column], row);
}

void column_builder_present(column_builder *b, uint32_t column, uint32_t row, bool v)
{
    b->stores[column].presents[row] = v;
    set_valid(&b->stores[column], row);
}

void column_builder_null(column_builder *b, uint32_t column, uint32_t row)
{
    store *st = &b->stores[column];
    st->n_nulls++;
    if (st->is_dict)
        st->codes[row] = 0;
    else if (st->kind == SCHEMA_TEXT)
        st->texts[row] = (gm_str){.ptr = ""};
    else if (st->kind == SCHEMA_NUMBER)
        st->numbers[row] = 0;
    else
        st->integers[row] = 0;
}

static void finish_constant(gm_column *c, const store *st, bool is_null, const uint64_t *none_valid)
{
    static const uint64_t no_hash = 0;
    static const constant_item nothing = {.text = {.ptr = ""}};
    static const constant_item zero = {.integer = 0};
    c->encoding = GM_ENC_CONST;
    c->validity = is_null ? none_valid : NULL;
    c->data = !is_null ? &st->constant : st->kind == SCHEMA_TEXT ? &nothing : &zero;
    if (st->wants_hash)
        c->hashes = is_null ? &no_hash : &st->constant_hash;
}

static void finish_texts(gm_column *c, store *st, uint32_t n_rows)
{
    c->encoding = GM_ENC_FLAT;
    c->data = st->texts;
    if (!st->wants_hash)
        return;
    for (uint32_t row = 0; row < n_rows; row++)
        st->hashes[row] =
            is_valid(st, row) ? hash_64(st->texts[row].ptr, st->texts[row].len, 0) : 0;
    c->hashes = st->hashes;
}

static void finish_dict(gm_column *c, const store *st)
{
    c->encoding = GM_ENC_DICT;
    c->codes = st->codes;
    c->dict = st->dict.strings;
    c->dict_len = st->dict.n;
    c->dict_id = st->dict_id;
    if (st->wants_hash)
        c->hashes = st->dict.hashes;
}

static void finish_column(column_builder *b, uint32_t i, uint32_t n_rows, const int64_t *times)
{
    store *st = &b->stores[i];
    gm_column *c = &b->columns[i];
    *c = (gm_column){.struct_size = sizeof *c, .type = types[st->kind], .encoding = GM_ENC_FLAT};
    if (st->how == MAPPING_CONST) {
        finish_constant(c, st, st->is_null, b->none_valid);
        return;
    }
    if (st->how == MAPPING_TIME) {
        c->data = times;
        return;
    }
    if (st->is_dict && st->dict.n == 0) {
        finish_constant(c, st, true, b->none_valid);
        return;
    }
    c->validity = st->n_nulls == 0 ? NULL : st->validity;
    if (st->is_dict)
        finish_dict(c, st);
    else if (st->kind == SCHEMA_TEXT)
        finish_texts(c, st, n_rows);
    else if (st->kind == SCHEMA_NUMBER)
        c->data = st->numbers;
    else if (st->kind == SCHEMA_INTEGER)
        c->data = st->integers;
    else
        c->data = st->presents;
}

const gm_column *column_builder_finish(column_builder *b, uint32_t n_rows, const int64_t *times)
{
    GM_ASSERT(n_rows <= b->batch_rows);
    for (uint32_t i = 0; i < b->n; i++)
        finish_column(b, i, n_rows, times);
    return b->columns;
}

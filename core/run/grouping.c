/* SPDX-License-Identifier: Apache-2.0
 * grouping.c - see grouping.h. A row's group is found in steps: the log's dictionary code of each
 * field to a code of our own, the tuple of those to a group, group and bucket to a cell. */
#include "run/grouping.h"

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/dict.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "run/bucket_clock.h"

/* Own codes: 0 is the missing field, code + 1 else. */
enum { MISSING = 0 };

typedef struct by_field {
    uint32_t column;     /* in the schema */
    dict texts;          /* of all logs */
    uint64_t dict_id;    /* of the log's dictionary that translate belongs to */
    uint32_t *translate; /* its codes to own codes + 1; 0: not yet */
    uint32_t translate_cap;
    uint32_t *codes; /* a row: own code */
} by_field;

typedef struct group_item {
    uint64_t tuple_hash;
    uint32_t *tuple; /* own codes */
    const uint8_t *key;
    uint32_t key_len;
    uint64_t key_hash;
} group_item;

typedef struct cell_item {
    uint32_t group;
    int64_t bucket;
} cell_item;

struct grouping {
    const plan_grouping *spec;
    bucket_clock clock;
    by_field fields[LIMIT_GROUP_BY];
    arena memory;
    group_item *groups;
    uint32_t n_groups, groups_cap;
    uint32_t *group_slots; /* index + 1 */
    uint32_t n_group_slots;
    cell_item *cells;
    uint32_t n_cells, cells_cap;
    uint32_t *cell_slots; /* index + 1 */
    uint32_t n_cell_slots;
    uint32_t *row_groups, *row_cells;
    uint32_t rows_cap;
};

grouping *grouping_new(const plan_grouping *spec, const civil_zone *zone)
{
    grouping *g = mem_zalloc(sizeof *g);
    g->spec = spec;
    bucket_clock_init(&g->clock, zone, spec->bucket);
    arena_init(&g->memory, 0);
    for (uint32_t i = 0; i < spec->n_by; i++) {
        g->fields[i].column = spec->columns[i];
        dict_init(&g->fields[i].texts, LIMIT_GROUPS);
    }
    return g;
}

void grouping_free(grouping *g)
{
    if (g == NULL)
        return;
    for (uint32_t i = 0; i < g->spec->n_by; i++) {
        dict_deinit(&g->fields[i].texts);
        mem_free(g->fields[i].translate);
        mem_free(g->fields[i].codes);
    }
    arena_deinit(&g->memory);
    mem_free(g->groups);
    mem_free(g->group_slots);
    mem_free(g->cells);
    mem_free(g->cell_slots);
    mem_free(g->row_groups);
    mem_free(g->row_cells);
    mem_free(g);
}

void grouping_begin_log(grouping *g)
{
    for (uint32_t i = 0; i < g->spec->n_by; i++)
        g->fields[i].dict_id = UINT64_MAX;
}

static void reserve_rows(grouping *g, uint32_t n)
{
    if (n <= g->rows_cap)
        return;
    g->rows_cap = n;
    g->row_groups = mem_realloc(g->row_groups, n * sizeof *g->row_groups);
    g->row_cells = mem_realloc(g->row_cells, n * sizeof *g->row_cells);
    for (uint32_t i = 0; i < g->spec->n_by; i++)
        g->fields[i].codes = mem_realloc(g->fields[i].codes, n * sizeof *g->fields[i].codes);
}

static bool is_valid(const gm_column *c, uint32_t row)
{
    return c->validity == NULL || ((c->validity[row >> 6] >> (row & 63)) & 1) != 0;
}

/* DICT_FULL when there are too many texts. */
static uint32_t own_code(by_field *f, gm_str text)
{
    uint32_t code = dict_code(&f->texts, text.ptr, text.len);
    return code == DICT_FULL ? DICT_FULL : code + 1;
}

static bool codes_of_dict(by_field *f, const gm_column *c, uint32_t n_rows)
{
    if (f->translate_cap < c->dict_len) {
        f->translate = mem_realloc(f->translate, c->dict_len * sizeof *f->translate);
        memset(f->translate + f->translate_cap, 0,
               (c->dict_len - f->translate_cap) * sizeof *f->translate);
        f->translate_cap = c->dict_len;
    }
    if (f->dict_id != c->dict_id) {
        if (f->translate_cap != 0) /* where all rows lack the field there may be no entry */
            memset(f->translate, 0, f->translate_cap * sizeof *f->translate);
        f->dict_id = c->dict_id;
    }
    for (uint32_t r = 0; r < n_rows; r++) {
        if (!is_valid(c, r)) {
            f->codes[r] = MISSING;
            continue;
        }
        uint32_t *own = &f->translate[c->codes[r]];
        if (*own == 0)
            *own = own_code(f, c->dict[c->codes[r]]);
        if (*own == DICT_FULL)
            return false;
        f->codes[r] = *own;
    }
    return true;
}

static bool codes_of_texts(by_field *f, const gm_column *c, uint32_t n_rows)
{
    const gm_str *texts = c->data;
    bool is_const = c->encoding == GM_ENC_CONST;
    uint32_t constant = 0;
    for (uint32_t r = 0; r < n_rows; r++) {
        if (!is_valid(c, r)) {
            f->codes[r] = MISSING;
            continue;
        }
        uint32_t code = constant;
        if (!is_const || constant == 0)
            code = own_code(f, texts[is_const ? 0 : r]);
        if (code == DICT_FULL)
            return false;
        constant = code;
        f->codes[r] = code;
    }
    return true;
}

/* The key bytes of a tuple, as part_file.h has them. */
static void add_key(grouping *g, group_item *item)
{
    bytes key;
    bytes_init(&key, LIMIT_PART_STATE_BYTES);
    for (uint32_t i = 0; i < g->spec->n_by; i++) {
        bytes_u8(&key, item->tuple[i] != MISSING);
        if (item->tuple[i] == MISSING)
            continue;
        gm_str text = g->fields[i].texts.strings[item->tuple[i] - 1];
        bytes_blob(&key, text.ptr, text.len);
    }
    item->key = arena_copy(&g->memory, key.data, key.len);
    item->key_len = (uint32_t)key.len;
    item->key_hash = hash_64(item->key, key.len, 0);
    bytes_deinit(&key);
}

static void grow_group_slots(grouping *g)
{
    uint32_t n = g->n_group_slots == 0 ? 64 : g->n_group_slots * 2;
    mem_free(g->group_slots);
    g->group_slots = mem_array(n, sizeof *g->group_slots);
    g->n_group_slots = n;
    for (uint32_t i = 0; i < g->n_groups; i++) {
        uint32_t at = (uint32_t)g->groups[i].tuple_hash & (n - 1);
        while (g->group_slots[at] != 0)
            at = (at + 1) & (n - 1);
        g->group_slots[at] = i + 1;
    }
}

/* The group of a tuple, UINT32_MAX when there are too many. */
static uint32_t group_of(grouping *g, const uint32_t *tuple)
{
    size_t size = g->spec->n_by * sizeof *tuple;
    uint64_t hash = hash_64(tuple, size, 0);
    if (g->n_group_slots < 2 * (g->n_groups + 1))
        grow_group_slots(g);
    uint32_t at = (uint32_t)hash & (g->n_group_slots - 1);
    for (; g->group_slots[at] != 0; at = (at + 1) & (g->n_group_slots - 1)) {
        const group_item *have = &g->groups[g->group_slots[at] - 1];
        if (have->tuple_hash == hash && (size == 0 || memcmp(have->tuple, tuple, size) == 0))
            return g->group_slots[at] - 1;
    }
    if (g->n_groups == LIMIT_GROUPS)
        return UINT32_MAX;
    MEM_GROW(g->groups, g->n_groups, g->groups_cap);
    group_item *item = &g->groups[g->n_groups];
    item->tuple_hash = hash;
    item->tuple = arena_copy(&g->memory, tuple, size);
    add_key(g, item);
    g->group_slots[at] = ++g->n_groups;
    return g->n_groups - 1;
}

static uint64_t hash_cell(uint32_t group, int64_t bucket)
{
    uint64_t h = (uint64_t)bucket * UINT64_C(0x9e3779b97f4a7c15) + group;
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ (h >> 32);
}

static void grow_cell_slots(grouping *g)
{
    uint32_t n = g->n_cell_slots == 0 ? 64 : g->n_cell_slots * 2;
    mem_free(g->cell_slots);
    g->cell_slots = mem_array(n, sizeof *g->cell_slots);
    g->n_cell_slots = n;
    for (uint32_t i = 0; i < g->n_cells; i++) {
        uint32_t at = (uint32_t)hash_cell(g->cells[i].group, g->cells[i].bucket) & (n - 1);
        while (g->cell_slots[at] != 0)
            at = (at + 1) & (n - 1);
        g->cell_slots[at] = i + 1;
    }
}

static uint32_t cell_of(grouping *g, uint32_t group, int64_t bucket)
{
    if (g->n_cell_slots < 2 * (g->n_cells + 1))
        grow_cell_slots(g);
    uint32_t at = (uint32_t)hash_cell(group, bucket) & (g->n_cell_slots - 1);
    for (; g->cell_slots[at] != 0; at = (at + 1) & (g->n_cell_slots - 1)) {
        const cell_item *have = &g->cells[g->cell_slots[at] - 1];
        if (have->group == group && have->bucket == bucket)
            return g->cell_slots[at] - 1;
    }
    if (g->n_cells == LIMIT_CELLS)
        return UINT32_MAX;
    MEM_GROW(g->cells, g->n_cells, g->cells_cap);
    g->cells[g->n_cells] = (cell_item){.group = group, .bucket = bucket};
    g->cell_slots[at] = ++g->n_cells;
    return g->n_cells - 1;
}

/* Rows of one tuple follow each other often: the last one is remembered. */
static bool assign_groups(grouping *g, uint32_t n_rows)
{
    uint32_t n_by = g->spec->n_by;
    uint32_t tuple[LIMIT_GROUP_BY] = {0}, last[LIMIT_GROUP_BY] = {0};
    uint32_t group = UINT32_MAX;
    for (uint32_t r = 0; r < n_rows; r++) {
        for (uint32_t i = 0; i < n_by; i++)
            tuple[i] = g->fields[i].codes[r];
        if (group == UINT32_MAX || memcmp(tuple, last, sizeof tuple) != 0) {
            group = group_of(g, tuple);
            if (group == UINT32_MAX)
                return false;
            memcpy(last, tuple, sizeof last);
        }
        g->row_groups[r] = group;
    }
    return true;
}

static bool assign_cells(grouping *g, const event_batch *batch, bool *one)
{
    uint32_t cell = UINT32_MAX, group = 0;
    int64_t bucket = 0;
    *one = true;
    for (uint32_t r = 0; r < batch->n_rows; r++) {
        int64_t start = bucket_clock_start(&g->clock, batch->times[r]);
        if (cell == UINT32_MAX || start != bucket || g->row_groups[r] != group) {
            bucket = start;
            group = g->row_groups[r];
            cell = cell_of(g, group, bucket);
            if (cell == UINT32_MAX)
                return false;
        }
        g->row_cells[r] = cell;
        *one = *one && cell == g->row_cells[0];
    }
    return true;
}

gm_status grouping_assign(grouping *g, const event_batch *batch, const uint32_t **cells, bool *one,
                          gm_error *err)
{
    reserve_rows(g, batch->n_rows);
    bool fits = true;
    for (uint32_t i = 0; fits && i < g->spec->n_by; i++) {
        by_field *f = &g->fields[i];
        const gm_column *c = &batch->columns[f->column];
        fits = c->encoding == GM_ENC_DICT ? codes_of_dict(f, c, batch->n_rows)
                                          : codes_of_texts(f, c, batch->n_rows);
    }
    fits = fits && assign_groups(g, batch->n_rows) && assign_cells(g, batch, one);
    *cells = g->row_cells;
    if (fits)
        return GM_OK;
    return error_set(err, GM_E_LIMIT,
                     "by %s gives more than %d groups, or %d groups and buckets, in one bundle of "
                     "logs; group by a field with fewer values",
                     g->spec->n_by == 0 ? "nothing" : g->spec->fields[0], LIMIT_GROUPS,
                     LIMIT_CELLS);
}

uint32_t grouping_n_cells(const grouping *g)
{
    return g->n_cells;
}

grouping_cell grouping_get(const grouping *g, uint32_t cell)
{
    const cell_item *c = &g->cells[cell];
    const group_item *item = &g->groups[c->group];
    return (grouping_cell){.group = item->key,
                           .group_len = item->key_len,
                           .group_hash = item->key_hash,
                           .bucket = c->bucket};
}

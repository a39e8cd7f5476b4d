/* SPDX-License-Identifier: Apache-2.0
 * fold.c - see fold.h. For each batch: conditions once each, cells once a grouping, then for each
 * metric the rows that it takes, its columns, and one call. */
#include "run/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"
#include "event/expression.h"
#include "run/grouping.h"

typedef struct fold_entry {
    uint32_t cell, log;
    size_t offset, len; /* in the metric's bytes */
} fold_entry;

/* A column that is made for a metric, rather than taken from the batch. */
typedef struct made_column {
    gm_column column;
    uint64_t *validity;
    uint32_t words_cap;
} made_column;

typedef struct fold_metric {
    const plan_metric *plan;
    instance *instance;
    char *failure;             /* NULL: works */
    made_column *made;         /* a column each */
    const gm_column **columns; /* as handed over */
    uint64_t *nulls;           /* a column each */
    gm_state **states;         /* by cell; NULL: none */
    uint32_t states_cap;
    uint32_t *live; /* cells that have a state */
    uint32_t n_live, live_cap;
    bytes serialized;
    fold_entry *entries;
    uint32_t n_entries, entries_cap;
} fold_metric;

struct fold {
    const plan *plan;
    metric_host *host;
    const bool *is_out;
    uint32_t source;
    const char *path; /* of the log under way */
    grouping **groupings;
    expression_run **runs;   /* of plan->expressions */
    const uint8_t **results; /* of this batch; NULL: not evaluated yet */
    fold_metric *metrics;
    uint32_t *rows, *cells_of_rows;
    uint32_t rows_cap;
    uint8_t one; /* the data of a constant true */
};

fold *fold_new(const plan *p, metric_host *host, const bool *is_out)
{
    fold *f = mem_zalloc(sizeof *f);
    f->plan = p;
    f->host = host;
    f->is_out = is_out;
    f->one = 1;
    f->groupings = mem_array(p->n_groupings + 1, sizeof(grouping *));
    for (uint32_t i = 0; i < p->n_groupings; i++)
        f->groupings[i] = grouping_new(&p->groupings[i], p->zone);
    f->runs = mem_array(p->n_expressions + 1, sizeof(expression_run *));
    f->results = mem_array(p->n_expressions + 1, sizeof *f->results);
    for (uint32_t i = 0; i < p->n_expressions; i++)
        f->runs[i] = expression_run_new(p->expressions[i]);
    f->metrics = mem_array(p->n_metrics + 1, sizeof *f->metrics);
    for (uint32_t i = 0; i < p->n_metrics; i++) {
        fold_metric *m = &f->metrics[i];
        m->plan = &p->metrics[i];
        m->made = mem_array(m->plan->n_columns + 1, sizeof *m->made);
        m->columns = mem_array(m->plan->n_columns + 1, sizeof *m->columns);
        m->nulls = mem_array(m->plan->n_columns + 1, sizeof *m->nulls);
        bytes_init(&m->serialized, LIMIT_PART_STATE_BYTES);
    }
    return f;
}

static void free_states(fold_metric *m)
{
    for (uint32_t i = 0; i < m->n_live; i++) {
        instance_state_free(m->instance, m->states[m->live[i]]);
        m->states[m->live[i]] = NULL;
    }
    m->n_live = 0;
}

static void free_metric(fold_metric *m)
{
    free_states(m);
    for (uint32_t c = 0; c < m->plan->n_columns; c++)
        mem_free(m->made[c].validity);
    mem_free(m->made);
    mem_free(m->columns);
    mem_free(m->nulls);
    mem_free(m->states);
    mem_free(m->live);
    mem_free(m->entries);
    mem_free(m->failure);
    bytes_deinit(&m->serialized);
}

void fold_free(fold *f)
{
    if (f == NULL)
        return;
    for (uint32_t i = 0; i < f->plan->n_metrics; i++)
        free_metric(&f->metrics[i]);
    for (uint32_t i = 0; i < f->plan->n_groupings; i++)
        grouping_free(f->groupings[i]);
    for (uint32_t i = 0; i < f->plan->n_expressions; i++)
        expression_run_free(f->runs[i]);
    mem_free(f->groupings);
    mem_free(f->runs);
    mem_free(f->results);
    mem_free(f->metrics);
    mem_free(f->rows);
    mem_free(f->cells_of_rows);
    mem_free(f);
}

static void fail(const fold *f, fold_metric *m, const gm_error *err)
{
    m->failure = mem_printf("%s (at %s)", err->message, f->path);
    free_states(m);
}

static bool takes_part(const fold *f, uint32_t metric)
{
    return !f->is_out[metric] && f->metrics[metric].failure == NULL &&
           f->metrics[metric].plan->reads_source[f->source];
}

void fold_begin_log(fold *f, uint32_t source, const char *path)
{
    f->source = source;
    f->path = path;
    for (uint32_t i = 0; i < f->plan->n_groupings; i++)
        grouping_begin_log(f->groupings[i]);
    for (uint32_t i = 0; i < f->plan->n_metrics; i++) {
        fold_metric *m = &f->metrics[i];
        memset(m->nulls, 0, m->plan->n_columns * sizeof *m->nulls);
        gm_error err;
        if (takes_part(f, i) && m->instance == NULL &&
            metric_host_get(f->host, i, &m->instance, &err) != GM_OK)
            fail(f, m, &err);
    }
}

static const uint8_t *evaluate(fold *f, const expression *e, const event_batch *batch)
{
    uint32_t i = 0;
    while (f->plan->expressions[i] != e)
        i++;
    if (f->results[i] == NULL)
        f->results[i] = expression_evaluate(f->runs[i], batch);
    return f->results[i];
}

static bool is_valid(const gm_column *c, uint32_t row)
{
    return c->validity == NULL || ((c->validity[row >> 6] >> (row & 63)) & 1) != 0;
}

/* The validity of a column, narrowed to the rows where a condition holds. */
static const uint64_t *narrowed(made_column *m, const gm_column *from, const uint8_t *holds,
                                uint32_t n_rows)
{
    uint32_t words = (n_rows + 63) / 64;
    if (m->words_cap < words) {
        m->words_cap = words;
        m->validity = mem_realloc(m->validity, words * sizeof *m->validity);
    }
    memset(m->validity, 0, words * sizeof *m->validity);
    for (uint32_t r = 0; r < n_rows; r++)
        m->validity[r >> 6] |= (uint64_t)(holds[r] & (uint8_t)is_valid(from, r)) << (r & 63);
    return m->validity;
}

static const gm_column *make_column(fold *f, fold_metric *m, uint32_t index,
                                    const event_batch *batch)
{
    const plan_column *c = &m->plan->columns[index];
    made_column *made = &m->made[index];
    const uint8_t *holds = c->condition == NULL ? NULL : evaluate(f, c->condition, batch);
    if (c->kind == PLAN_FIELD)
        return &batch->columns[c->schema_column];
    if (c->type == GM_T_BOOL) {
        made->column = (gm_column){.struct_size = sizeof made->column,
                                   .type = GM_T_BOOL,
                                   .encoding = holds == NULL ? GM_ENC_CONST : GM_ENC_FLAT,
                                   .data = holds == NULL ? &f->one : holds};
        return &made->column;
    }
    const gm_column *field = &batch->columns[c->schema_column];
    if (holds == NULL)
        return field;
    made->column = *field;
    made->column.validity = narrowed(made, field, holds, batch->n_rows);
    return &made->column;
}

/* The rows that a metric takes: where its condition holds and no required field is missing. */
static uint32_t select_rows(fold *f, fold_metric *m, const event_batch *batch)
{
    const uint8_t *holds = NULL;
    if (m->plan->where != NULL)
        holds = evaluate(f, m->plan->where, batch);
    uint32_t n = 0;
    for (uint32_t r = 0; r < batch->n_rows; r++) {
        f->rows[n] = r;
        n += holds == NULL || holds[r] != 0;
    }
    for (uint32_t c = 0; c < m->plan->n_columns; c++) {
        if (m->plan->columns[c].optional || m->columns[c]->validity == NULL)
            continue;
        uint32_t kept = 0;
        for (uint32_t k = 0; k < n; k++) {
            f->rows[kept] = f->rows[k];
            kept += is_valid(m->columns[c], f->rows[k]);
        }
        m->nulls[c] += n - kept;
        n = kept;
    }
    return n;
}

/* A part of a ratio takes what there is; what it lacked is counted. */
static void count_part_nulls(fold *f, fold_metric *m, const event_batch *batch, uint32_t n)
{
    for (uint32_t c = 0; c < m->plan->n_columns; c++) {
        const plan_column *column = &m->plan->columns[c];
        if (column->kind != PLAN_PART || column->part == EXPRESSION_COUNT)
            continue;
        const gm_column *field = &batch->columns[column->schema_column];
        if (field->validity == NULL ||
            !mapping_has_field(&f->plan->config->sources[f->source], column->name))
            continue;
        bool is_repeated = false; /* both parts of one field: counted once */
        for (uint32_t e = 0; e < c && !is_repeated; e++)
            is_repeated = m->plan->columns[e].kind == PLAN_PART &&
                          m->plan->columns[e].schema_column == column->schema_column &&
                          m->plan->columns[e].condition == column->condition;
        if (is_repeated)
            continue;
        const uint8_t *holds =
            column->condition == NULL ? NULL : evaluate(f, column->condition, batch);
        for (uint32_t k = 0; k < n; k++)
            m->nulls[c] +=
                (holds == NULL || holds[f->rows[k]] != 0) && !is_valid(field, f->rows[k]);
    }
}

static gm_status need_state(fold_metric *m, uint32_t cell, uint32_t n_cells, gm_error *err)
{
    if (m->states_cap < n_cells) {
        uint32_t cap = m->states_cap == 0 ? 64 : m->states_cap;
        while (cap < n_cells)
            cap *= 2;
        m->states = mem_realloc(m->states, cap * sizeof(gm_state *));
        memset(m->states + m->states_cap, 0, (cap - m->states_cap) * sizeof(gm_state *));
        m->states_cap = cap;
    }
    if (m->states[cell] != NULL)
        return GM_OK;
    gm_status st = instance_state_new(m->instance, &m->states[cell], err);
    if (st != GM_OK)
        return st;
    MEM_GROW(m->live, m->n_live, m->live_cap);
    m->live[m->n_live++] = cell;
    return GM_OK;
}

static gm_status update(fold *f, fold_metric *m, const event_batch *batch, const uint32_t *cells,
                        bool one, gm_error *err)
{
    for (uint32_t c = 0; c < m->plan->n_columns; c++)
        m->columns[c] = make_column(f, m, c, batch);
    uint32_t n = select_rows(f, m, batch);
    if (n == 0)
        return GM_OK;
    count_part_nulls(f, m, batch, n);
    uint32_t n_cells = grouping_n_cells(f->groupings[m->plan->grouping]);
    gm_status st = need_state(m, cells[f->rows[0]], n_cells, err);
    for (uint32_t k = 0; st == GM_OK && k < n; k++) {
        f->cells_of_rows[k] = cells[f->rows[k]];
        if (!one && m->states[f->cells_of_rows[k]] == NULL)
            st = need_state(m, f->cells_of_rows[k], n_cells, err);
    }
    if (st != GM_OK)
        return st;
    gm_batch b = {.struct_size = sizeof b,
                  .n_rows = batch->n_rows,
                  .sel = n == batch->n_rows ? NULL : f->rows,
                  .n_sel = n,
                  .n_cols = m->plan->n_columns,
                  .cols = m->columns,
                  .seq = batch->seq,
                  .t_min = batch->time_min,
                  .t_max = batch->time_max};
    if (one)
        return instance_update(m->instance, &m->states[f->cells_of_rows[0]], 1, NULL, &b, err);
    return instance_update(m->instance, m->states, n_cells, f->cells_of_rows, &b, err);
}

void fold_batch(fold *f, const event_batch *batch)
{
    if (f->rows_cap < batch->n_rows) {
        f->rows_cap = batch->n_rows;
        f->rows = mem_realloc(f->rows, (batch->n_rows + 1) * sizeof *f->rows);
        f->cells_of_rows = mem_realloc(f->cells_of_rows, batch->n_rows * sizeof *f->cells_of_rows);
    }
    for (uint32_t i = 0; i < f->plan->n_expressions; i++)
        f->results[i] = NULL;
    for (uint32_t g = 0; g < f->plan->n_groupings; g++) {
        const uint32_t *cells = NULL;
        bool one = false;
        gm_error err;
        gm_status st = GM_OK;
        for (uint32_t i = 0; i < f->plan->n_metrics; i++) {
            if (f->metrics[i].plan->grouping != g || !takes_part(f, i))
                continue;
            if (cells == NULL && st == GM_OK)
                st = grouping_assign(f->groupings[g], batch, &cells, &one, &err);
            gm_status own = st == GM_OK ? update(f, &f->metrics[i], batch, cells, one, &err) : st;
            if (own != GM_OK)
                fail(f, &f->metrics[i], &err);
        }
    }
}

static gm_status serialize_log(fold_metric *m, uint32_t log, gm_error *err)
{
    for (uint32_t i = 0; i < m->n_live; i++) {
        uint32_t cell = m->live[i];
        size_t offset = m->serialized.len;
        gm_status st = instance_serialize(m->instance, m->states[cell], &m->serialized, err);
        if (st != GM_OK)
            return st;
        MEM_GROW(m->entries, m->n_entries, m->entries_cap);
        m->entries[m->n_entries++] = (fold_entry){
            .cell = cell, .log = log, .offset = offset, .len = m->serialized.len - offset};
        /* Freed as we go: a log's states and their bytes need not stand side by side. */
        instance_state_free(m->instance, m->states[cell]);
        m->states[cell] = NULL;
    }
    m->n_live = 0;
    return GM_OK;
}

void fold_end_log(fold *f, uint32_t log)
{
    for (uint32_t i = 0; i < f->plan->n_metrics; i++) {
        gm_error err;
        if (takes_part(f, i) && serialize_log(&f->metrics[i], log, &err) != GM_OK)
            fail(f, &f->metrics[i], &err);
    }
}

void fold_drop_log(fold *f)
{
    for (uint32_t i = 0; i < f->plan->n_metrics; i++)
        free_states(&f->metrics[i]);
}

typedef struct sort_context {
    const fold_metric *metric;
    const grouping *grouping;
    const uint32_t *ordinals;
} sort_context;

static part_entry entry_of(const sort_context *c, const fold_entry *e)
{
    grouping_cell cell = grouping_get(c->grouping, e->cell);
    return (part_entry){.group = cell.group,
                        .group_len = cell.group_len,
                        .group_hash = cell.group_hash,
                        .bucket = cell.bucket,
                        .log = c->ordinals[e->log],
                        .state = c->metric->serialized.data + e->offset,
                        .state_len = e->len};
}

static int by_part_order(const void *a, const void *b, void *context)
{
    part_entry x = entry_of(context, a), y = entry_of(context, b);
    return part_compare(&x, &y);
}

static gm_status write_metric(fold *f, fold_metric *m, uint32_t source, const uint32_t *ordinals,
                              part_writer *w, gm_error *err)
{
    sort_context context = {
        .metric = m, .grouping = f->groupings[m->plan->grouping], .ordinals = ordinals};
    if (m->n_entries != 0)
        qsort_r(m->entries, m->n_entries, sizeof *m->entries, by_part_order, &context);
    part_writer_begin_section(w, m->plan->keys[source], m->plan->descriptor->id,
                              m->plan->descriptor->state_format);
    gm_status st = GM_OK;
    for (uint32_t i = 0; st == GM_OK && i < m->n_entries; i++) {
        part_entry e = entry_of(&context, &m->entries[i]);
        st = part_writer_add(w, &e, err);
    }
    return st == GM_OK ? part_writer_end_section(w, err) : st;
}

gm_status fold_write(fold *f, uint32_t source, const uint32_t *ordinals, part_writer *w,
                     gm_error *err)
{
    gm_status st = GM_OK;
    for (uint32_t i = 0; st == GM_OK && i < f->plan->n_metrics; i++) {
        fold_metric *m = &f->metrics[i];
        bool is_repeated = false; /* two metrics that compute the same share a section */
        for (uint32_t k = 0; k < i && !is_repeated; k++)
            is_repeated = takes_part(f, k) && hash_compare(f->metrics[k].plan->keys[source],
                                                           m->plan->keys[source]) == 0;
        if (takes_part(f, i) && m->instance != NULL && !is_repeated)
            st = write_metric(f, m, source, ordinals, w, err);
    }
    return st;
}

uint64_t fold_bytes(const fold *f, uint32_t metric)
{
    return f->metrics[metric].serialized.len;
}

const char *fold_failure(const fold *f, uint32_t metric)
{
    return f->metrics[metric].failure;
}

const uint64_t *fold_nulls(const fold *f, uint32_t metric)
{
    return f->metrics[metric].nulls;
}

/* SPDX-License-Identifier: Apache-2.0
 * expression_eval.c - steps over whole columns.
 *
 * Each leaf is a loop of its own over one column, and/or/not are loops over bytes without branches.
 * A text column with a dictionary costs a comparison for each entry, once as long as the dictionary
 * only grows (same dict_id), and then a table look-up a row. Nulls are set last, so that the loops
 * before need not ask; only codes and texts of null rows are never looked at, for they may be
 * anything. */
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "event/expression.h"
#include "event/expression_steps.h"

/* The results of a leaf by dictionary entry. */
typedef struct leaf_cache {
    uint8_t *results;
    uint32_t n, cap;
    uint64_t dict_id; /* of the n results */
} leaf_cache;

struct expression_run {
    const expression *expression;
    leaf_cache *caches; /* a step */
    uint8_t *registers; /* n_registers times stride */
    uint32_t stride;
};

static void evaluate_leaf(const expression_step *step, leaf_cache *cache, const gm_column *column,
                          uint8_t *out, uint32_t n_rows);

expression_run *expression_run_new(const expression *e)
{
    expression_run *run = mem_zalloc(sizeof *run);
    run->expression = e;
    run->caches = mem_array(e->n_steps, sizeof *run->caches);
    return run;
}

void expression_run_free(expression_run *run)
{
    if (run == NULL)
        return;
    for (uint32_t i = 0; i < run->expression->n_steps; i++)
        mem_free(run->caches[i].results);
    mem_free(run->caches);
    mem_free(run->registers);
    mem_free(run);
}

static void reserve_rows(expression_run *run, uint32_t n_rows)
{
    if (run->registers != NULL && n_rows <= run->stride)
        return;
    uint32_t stride = (n_rows | 63) + 1;
    mem_free(run->registers);
    run->registers = mem_alloc((size_t)stride * run->expression->n_registers);
    run->stride = stride;
}

const uint8_t *expression_evaluate(expression_run *run, const event_batch *batch)
{
    const expression *e = run->expression;
    uint32_t n = batch->n_rows;
    reserve_rows(run, n);
    for (uint32_t i = 0; i < e->n_steps; i++) {
        const expression_step *step = &e->steps[i];
        uint8_t *restrict out = run->registers + (size_t)step->reg * run->stride;
        const uint8_t *restrict next = out + run->stride;
        if (step->op == EXPRESSION_OP_OR) {
            for (uint32_t r = 0; r < n; r++)
                out[r] |= next[r];
        } else if (step->op == EXPRESSION_OP_AND) {
            for (uint32_t r = 0; r < n; r++)
                out[r] &= next[r];
        } else if (step->op == EXPRESSION_OP_NOT) {
            for (uint32_t r = 0; r < n; r++)
                out[r] ^= 1;
        } else if (step->op == EXPRESSION_OP_TRUE || step->op == EXPRESSION_OP_FALSE) {
            memset(out, step->op == EXPRESSION_OP_TRUE, n);
        } else {
            GM_ASSERT(step->column < batch->n_columns);
            evaluate_leaf(step, &run->caches[i], &batch->columns[step->column], out, n);
        }
    }
    return run->registers;
}

static bool equals(gm_str a, gm_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool contains(gm_str hay, gm_str needle)
{
    return needle.len == 0 ||
           (hay.len >= needle.len && memmem(hay.ptr, hay.len, needle.ptr, needle.len) != NULL);
}

static uint8_t match_text(const expression_step *step, gm_str s)
{
    bool match = false;
    if (step->op == EXPRESSION_OP_TEXT_CONTAINS)
        match = contains(s, step->texts[0]);
    for (uint32_t i = 0; step->op == EXPRESSION_OP_TEXT_IN && i < step->n_values && !match; i++)
        match = equals(s, step->texts[i]);
    return match != step->negated;
}

static bool is_valid(const uint64_t *validity, uint32_t r)
{
    return validity == NULL || (validity[r / 64] >> (r % 64) & 1) != 0;
}

/* The result of null rows; whole words of valid rows cost a look each. */
static void set_nulls(uint8_t *out, const uint64_t *validity, uint32_t n, uint8_t result)
{
    for (uint32_t from = 0; validity != NULL && from < n; from += 64) {
        uint32_t to = n - from < 64 ? n : from + 64;
        if (validity[from / 64] == UINT64_MAX)
            continue;
        for (uint32_t r = from; r < to; r++)
            out[r] = is_valid(validity, r) ? out[r] : result;
    }
}

static void update_cache(const expression_step *step, leaf_cache *cache, const gm_column *column)
{
    if (cache->dict_id != column->dict_id)
        cache->n = 0;
    GM_ASSERT(cache->n <= column->dict_len);
    cache->dict_id = column->dict_id;
    if (cache->cap < column->dict_len) {
        cache->cap = column->dict_len < 32 ? 64 : column->dict_len * 2;
        cache->results = mem_realloc(cache->results, cache->cap);
    }
    for (; cache->n < column->dict_len; cache->n++)
        cache->results[cache->n] = match_text(step, column->dict[cache->n]);
}

static void gather(uint8_t *restrict out, const uint8_t *restrict results,
                   const uint32_t *restrict codes, uint32_t n)
{
    for (uint32_t r = 0; r < n; r++)
        out[r] = results[codes[r]];
}

static void evaluate_dict(const expression_step *step, leaf_cache *cache, const gm_column *column,
                          uint8_t *out, uint32_t n_rows)
{
    update_cache(step, cache, column);
    const uint64_t *validity = column->validity;
    if (validity == NULL) {
        gather(out, cache->results, column->codes, n_rows);
        return;
    }
    for (uint32_t from = 0; from < n_rows; from += 64) {
        uint32_t n = n_rows - from < 64 ? n_rows - from : 64;
        if (validity[from / 64] == UINT64_MAX) {
            gather(out + from, cache->results, column->codes + from, n);
            continue;
        }
        for (uint32_t r = from; r < from + n; r++)
            out[r] = is_valid(validity, r) ? cache->results[column->codes[r]] : step->negated;
    }
}

static void evaluate_text(const expression_step *step, leaf_cache *cache, const gm_column *column,
                          uint8_t *out, uint32_t n_rows)
{
    GM_ASSERT(column->type == GM_T_STR);
    if (column->encoding == GM_ENC_DICT) {
        evaluate_dict(step, cache, column, out, n_rows);
        return;
    }
    const gm_str *data = column->data;
    if (column->encoding == GM_ENC_CONST) {
        memset(out, data == NULL ? step->negated : match_text(step, data[0]), n_rows);
        set_nulls(out, column->validity, n_rows, step->negated);
        return;
    }
    GM_ASSERT(column->encoding == GM_ENC_FLAT);
    for (uint32_t r = 0; r < n_rows; r++)
        out[r] = is_valid(column->validity, r) ? match_text(step, data[r]) : step->negated;
}

/* A loop for each comparison, so that the compiler can do many rows at once. */
static void match_order(const expression_step *step, const double *restrict data,
                        uint8_t *restrict out, uint32_t n)
{
    const double v = step->numbers[0];
    if (step->op == EXPRESSION_OP_NUMBER_LT) {
        for (uint32_t r = 0; r < n; r++)
            out[r] = data[r] < v;
    } else if (step->op == EXPRESSION_OP_NUMBER_LE) {
        for (uint32_t r = 0; r < n; r++)
            out[r] = data[r] <= v;
    } else if (step->op == EXPRESSION_OP_NUMBER_GT) {
        for (uint32_t r = 0; r < n; r++)
            out[r] = data[r] > v;
    } else {
        GM_ASSERT(step->op == EXPRESSION_OP_NUMBER_GE);
        for (uint32_t r = 0; r < n; r++)
            out[r] = data[r] >= v;
    }
}

static void match_numbers(const expression_step *step, const double *restrict data,
                          uint8_t *restrict out, uint32_t n)
{
    if (step->op != EXPRESSION_OP_NUMBER_IN) {
        match_order(step, data, out, n);
        return;
    }
    memset(out, 0, n);
    for (uint32_t i = 0; i < step->n_values; i++) {
        const double v = step->numbers[i];
        for (uint32_t r = 0; r < n; r++) /* equal; NaN is equal to nothing */
            out[r] |= (uint8_t)((data[r] <= v) & (data[r] >= v));
    }
    const uint8_t flip = step->negated;
    for (uint32_t r = 0; r < n; r++)
        out[r] ^= flip;
}

static void evaluate_numbers(const expression_step *step, const gm_column *column, uint8_t *out,
                             uint32_t n_rows)
{
    GM_ASSERT(column->type == GM_T_F64);
    if (column->encoding == GM_ENC_CONST) {
        uint8_t result = step->negated;
        if (column->data != NULL)
            match_numbers(step, column->data, &result, 1);
        memset(out, result, n_rows);
    } else {
        GM_ASSERT(column->encoding == GM_ENC_FLAT);
        match_numbers(step, column->data, out, n_rows);
    }
    set_nulls(out, column->validity, n_rows, step->negated);
}

static void evaluate_exists(const gm_column *column, uint8_t *out, uint32_t n_rows)
{
    GM_ASSERT(column->type == GM_T_BOOL);
    const uint8_t *data = column->data;
    if (column->encoding == GM_ENC_CONST) {
        memset(out, data != NULL && data[0] != 0, n_rows);
    } else {
        GM_ASSERT(column->encoding == GM_ENC_FLAT);
        for (uint32_t r = 0; r < n_rows; r++)
            out[r] = data[r] != 0;
    }
    set_nulls(out, column->validity, n_rows, 0);
}

static void evaluate_leaf(const expression_step *step, leaf_cache *cache, const gm_column *column,
                          uint8_t *out, uint32_t n_rows)
{
    if (step->op == EXPRESSION_OP_EXISTS)
        evaluate_exists(column, out, n_rows);
    else if (step->texts != NULL)
        evaluate_text(step, cache, column, out, n_rows);
    else
        evaluate_numbers(step, column, out, n_rows);
}

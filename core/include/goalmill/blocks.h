/* SPDX-License-Identifier: Apache-2.0
 * blocks.h - inline helpers for plugin authors: the selected rows of a batch in blocks, sorted by
 * the state they go to, and their values as plain arrays. Nothing here crosses the ABI.
 *
 * A block lies on the stack: no memory to ask for, and loops that see one state at a time:
 *
 *     gm_block block;
 *     for (uint32_t k = 0, n; (n = gm_block_next(&block, batch, group_of_row, k)) > 0; k += n)
 *         for (uint32_t i = 0; i < block.n_runs; i++)
 *             add(states[block.state[i]], batch, gm_block_rows(&block, i), gm_block_size(&block,
 * i));
 */
#ifndef GOALMILL_BLOCKS_H
#define GOALMILL_BLOCKS_H

#include <string.h>

#include <goalmill/plugin.h>
#include <goalmill/rows.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GM_BLOCK_ROWS  1024u
#define GM_BLOCK_SLOTS 2048u /* of the hash table from state to run; a power of two */

typedef struct gm_block {
    uint32_t n_runs;
    uint32_t state[GM_BLOCK_ROWS];     /* of run i */
    uint32_t start[GM_BLOCK_ROWS + 1]; /* run i is row[start[i]] to row[start[i + 1] - 1] */
    uint32_t row[GM_BLOCK_ROWS];       /* ascending in each run */
} gm_block;

static inline const uint32_t *gm_block_rows(const gm_block *block, uint32_t run)
{
    return block->row + block->start[run];
}

static inline uint32_t gm_block_size(const gm_block *block, uint32_t run)
{
    return block->start[run + 1] - block->start[run];
}

/* n selected rows, the first of which has the state group[0]. */
static inline void gm_block_sort(gm_block *block, const gm_batch *b, const uint32_t *group,
                                 uint32_t k, uint32_t n)
{
    uint16_t slot[GM_BLOCK_SLOTS]; /* 0: free, else 1 + run */
    uint16_t run[GM_BLOCK_ROWS];
    memset(slot, 0, sizeof slot);
    block->n_runs = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = (group[i] * 2654435769u) >> 21;
        while (slot[at] != 0 && block->state[slot[at] - 1] != group[i])
            at = (at + 1) % GM_BLOCK_SLOTS;
        if (slot[at] == 0) {
            block->state[block->n_runs] = group[i];
            block->start[block->n_runs] = 0;
            slot[at] = (uint16_t)++block->n_runs;
        }
        run[i] = (uint16_t)(slot[at] - 1);
        block->start[run[i]]++;
    }
    for (uint32_t i = 1; i < block->n_runs; i++)
        block->start[i] += block->start[i - 1];
    block->start[block->n_runs] = n;
    for (uint32_t i = n; i > 0; i--)
        block->row[--block->start[run[i - 1]]] = b->sel ? b->sel[k + i - 1] : k + i - 1;
}

/* The selected rows from the k-th on; returns how many it took, 0 when there are no more. */
static inline uint32_t gm_block_next(gm_block *block, const gm_batch *b,
                                     const uint32_t *group_of_row, uint32_t k)
{
    uint32_t n = gm_selected(b) - k;
    if (n > GM_BLOCK_ROWS)
        n = GM_BLOCK_ROWS;
    if (group_of_row != NULL) {
        gm_block_sort(block, b, group_of_row + k, k, n);
        return n;
    }
    for (uint32_t i = 0; i < n; i++)
        block->row[i] = b->sel ? b->sel[k + i] : k + i;
    block->n_runs = n > 0;
    block->state[0] = 0;
    block->start[0] = 0;
    block->start[1] = n;
    return n;
}

/* ---- columns as arrays: n rows into out, at most GM_BLOCK_ROWS at a time --------------------- */

/* is[i]: row i is not null; of a BOOL: it is true. */
static inline void gm_gather_is(const gm_column *c, const uint32_t *row, uint32_t n, uint8_t *is)
{
    if (c->type == GM_T_BOOL) {
        for (uint32_t i = 0; i < n; i++)
            is[i] = (uint8_t)gm_bool(c, row[i]);
    } else {
        for (uint32_t i = 0; i < n; i++)
            is[i] = (uint8_t)gm_valid(c, row[i]);
    }
}

/* Numbers of an F64 or I64 column; what a null row gives is not defined. */
static inline void gm_gather_f64(const gm_column *c, const uint32_t *row, uint32_t n, double *out)
{
    if (c->type == GM_T_F64) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = gm_f64(c, row[i]);
    } else {
        for (uint32_t i = 0; i < n; i++)
            out[i] = (double)gm_i64(c, row[i]);
    }
}

/* Hashes of a STR column; null_hash for a null row. Returns how many were null. */
static inline uint32_t gm_gather_hash(const gm_column *c, const uint32_t *row, uint32_t n,
                                      uint64_t null_hash, uint64_t *out)
{
    uint32_t nulls = 0;
    for (uint32_t i = 0; i < n; i++) {
        int is_valid = gm_valid(c, row[i]);
        out[i] = is_valid ? gm_hash(c, row[i]) : null_hash;
        nulls += !is_valid;
    }
    return nulls;
}

#ifdef __cplusplus
}
#endif
#endif

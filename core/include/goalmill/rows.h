/* SPDX-License-Identifier: Apache-2.0
 * rows.h - inline helpers for plugin authors: rows, nulls, values, portable little-endian bytes.
 * Nothing here crosses the ABI; a plugin may do without it. */
#ifndef GOALMILL_ROWS_H
#define GOALMILL_ROWS_H

#include <string.h>

#include <goalmill/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* for each selected row: k counts them, r is the row.
 * NOLINTBEGIN(bugprone-macro-parentheses): k and r are names that the macro declares. */
#define GM_FOR_SELECTED(b, k, r) \
    for (uint32_t k = 0, r = 0, k##_n = (b)->sel ? (b)->n_sel : (b)->n_rows; \
         k < k##_n && ((r = (b)->sel ? (b)->sel[k] : k), 1); ++k)
/* NOLINTEND(bugprone-macro-parentheses) */

static inline uint32_t gm_selected(const gm_batch *b)
{
    return b->sel ? b->n_sel : b->n_rows;
}

static inline int gm_valid(const gm_column *c, uint32_t r)
{
    return !c->validity || ((c->validity[r >> 6] >> (r & 63)) & 1u);
}

static inline int gm_bool(const gm_column *c, uint32_t r)
{
    return gm_valid(c, r) && ((const uint8_t *)c->data)[c->encoding == GM_ENC_CONST ? 0u : r] != 0;
}

static inline int64_t gm_i64(const gm_column *c, uint32_t r)
{
    return ((const int64_t *)c->data)[c->encoding == GM_ENC_CONST ? 0u : r];
}

static inline double gm_f64(const gm_column *c, uint32_t r)
{
    return ((const double *)c->data)[c->encoding == GM_ENC_CONST ? 0u : r];
}

static inline gm_str gm_string(const gm_column *c, uint32_t r)
{
    if (c->encoding == GM_ENC_DICT)
        return c->dict[c->codes[r]];
    return ((const gm_str *)c->data)[c->encoding == GM_ENC_CONST ? 0u : r];
}

/* The hash of a STR row; the column was asked for with GM_F_WANT_HASH. */
static inline uint64_t gm_hash(const gm_column *c, uint32_t r)
{
    if (c->encoding == GM_ENC_DICT)
        return c->hashes[c->codes[r]];
    return c->hashes[c->encoding == GM_ENC_CONST ? 0u : r];
}

static inline double gm_nan(void)
{
    uint64_t bits = UINT64_C(0x7ff8000000000000);
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static inline gm_emit gm_emit_init(uint32_t output)
{
    gm_emit e;
    memset(&e, 0, sizeof e);
    e.struct_size = (uint32_t)sizeof e;
    e.output = output;
    e.lower = e.upper = e.level = e.se = e.num = e.den = e.p = gm_nan();
    e.bucket = INT64_MIN;
    return e;
}

static inline gm_status gm_put_u64(gm_writer *w, uint64_t v)
{
    unsigned char b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(v >> (8 * i));
    return w->write(w, b, sizeof b);
}

static inline gm_status gm_put_f64(gm_writer *w, double d)
{
    uint64_t v;
    memcpy(&v, &d, sizeof v);
    return gm_put_u64(w, v);
}

/* Reads past the end set bad and give 0; check bad once at the end. */
typedef struct gm_reader {
    const unsigned char *p;
    size_t left;
    int bad;
} gm_reader;

static inline uint64_t gm_get_u64(gm_reader *r)
{
    uint64_t v = 0;
    if (r->bad || r->left < 8) {
        r->bad = 1;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)r->p[i] << (8 * i);
    r->p += 8;
    r->left -= 8;
    return v;
}

static inline double gm_get_f64(gm_reader *r)
{
    uint64_t v = gm_get_u64(r);
    double d;
    memcpy(&d, &v, sizeof d);
    return d;
}

#ifdef __cplusplus
}
#endif
#endif

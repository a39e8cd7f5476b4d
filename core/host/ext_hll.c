/* SPDX-License-Identifier: Apache-2.0
 * ext_hll.c - HyperLogLog (Flajolet et al. 2007) with 64-bit hashes and the improved raw estimator
 * of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6.
 *
 * m = 2^p registers. While at most m / 16 of them are used, they are a sorted list, then a byte
 * each. Which of the two depends on the registers alone, so equal content is saved to equal bytes:
 * the list as it is, the bytes as 6 bits each. */
#include "host/ext_hll.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "host/ext_codec.h"

enum { PRECISION_MIN = 4, PRECISION_MAX = 18, LIST_SHARE = 16, RANKS = 62 };

#define ALPHA_INFINITY 0.72134752044448170368 /* 1 / (2 ln 2) */
#define HASHES         18446744073709551616.0 /* 2^64 */

struct hll {
    const gm_host *host;
    uint32_t precision;
    uint32_t n; /* of list */
    uint32_t cap;
    uint32_t *list;     /* index << 8 | rank, ascending; unless registers */
    uint8_t *registers; /* m of them, or NULL */
};

static uint32_t register_count(const struct hll *h)
{
    return UINT32_C(1) << h->precision;
}

static uint32_t list_max(const struct hll *h)
{
    return register_count(h) / LIST_SHARE;
}

static uint32_t rank_max(const struct hll *h)
{
    return 65u - h->precision;
}

static void hll_drop(const gm_host *host, void *self)
{
    struct hll *h = self;
    if (h == NULL)
        return;
    ext_codec_free(host, h->list);
    ext_codec_free(host, h->registers);
    host->free(host, h);
}

static gm_status hll_make(const gm_host *host, double arg, void **out)
{
    if (!(arg >= PRECISION_MIN && arg <= PRECISION_MAX)) {
        (void)host->error(host, GM_E_CONFIG, "the precision of %s must be %d to %d", GM_HLL_ID,
                          PRECISION_MIN, PRECISION_MAX); /* returns the code that it is given */
        return GM_E_CONFIG;
    }
    struct hll *h = ext_codec_zalloc(host, sizeof *h);
    if (h == NULL)
        return GM_E_NOMEM;
    h->host = host;
    h->precision = (uint32_t)arg;
    *out = h;
    return GM_OK;
}

/* From list to registers. */
static gm_status spread(struct hll *h)
{
    h->registers = ext_codec_zalloc(h->host, register_count(h));
    if (h->registers == NULL)
        return GM_E_NOMEM;
    for (uint32_t i = 0; i < h->n; i++)
        h->registers[h->list[i] >> 8] = (uint8_t)(h->list[i] & 0xffu);
    ext_codec_free(h->host, h->list);
    h->list = NULL;
    h->n = h->cap = 0;
    return GM_OK;
}

static gm_status list_grow(struct hll *h)
{
    uint32_t cap = h->cap == 0 ? 4 : h->cap * 2;
    if (cap > list_max(h))
        cap = list_max(h);
    size_t size = (size_t)cap * sizeof *h->list;
    uint32_t *list =
        h->list == NULL ? h->host->alloc(h->host, size) : h->host->realloc(h->host, h->list, size);
    if (list == NULL)
        return ext_codec_nomem(h->host);
    h->list = list;
    h->cap = cap;
    return GM_OK;
}

/* Where index stands in the list or belongs. Indices are spread evenly, so a guess in proportion is
 * off by some places only. */
static uint32_t list_find(const struct hll *h, uint32_t index)
{
    uint32_t at = (uint32_t)((uint64_t)index * h->n >> h->precision);
    while (at < h->n && h->list[at] >> 8 < index)
        at++;
    while (at > 0 && h->list[at - 1] >> 8 >= index)
        at--;
    return at;
}

/* Raises register index to rank. */
static gm_status raise_one(struct hll *h, uint32_t index, uint32_t rank)
{
    gm_status status = GM_OK;
    if (h->registers == NULL) {
        uint32_t at = list_find(h, index);
        uint32_t entry = index << 8 | rank;
        if (at < h->n && h->list[at] >> 8 == index) {
            if (h->list[at] < entry)
                h->list[at] = entry;
            return GM_OK;
        }
        if (h->n < list_max(h)) {
            if (h->n == h->cap && (status = list_grow(h)) != GM_OK)
                return status;
            memmove(h->list + at + 1, h->list + at, (h->n - at) * sizeof *h->list);
            h->list[at] = entry;
            h->n++;
            return GM_OK;
        }
        status = spread(h);
        if (status != GM_OK)
            return status;
    }
    if (h->registers[index] < rank)
        h->registers[index] = (uint8_t)rank;
    return GM_OK;
}

static gm_status hll_add(void *self, const uint64_t *hashes, const double *x, uint32_t n)
{
    struct hll *h = self;
    (void)x; /* of other sketches */
    uint32_t i = 0;
    uint32_t p = h->precision;
    /* The bit behind the hash ends the count of zeros. */
    uint64_t stop = UINT64_C(1) << (p - 1);
    for (; i < n && h->registers == NULL; i++) {
        uint32_t rank = (uint32_t)__builtin_clzll(hashes[i] << p | stop) + 1u;
        gm_status status = raise_one(h, (uint32_t)(hashes[i] >> (64u - p)), rank);
        if (status != GM_OK)
            return status;
    }
    for (; i < n; i++) {
        uint8_t rank = (uint8_t)(__builtin_clzll(hashes[i] << p | stop) + 1);
        uint8_t *to = &h->registers[hashes[i] >> (64u - p)];
        *to = *to < rank ? rank : *to;
    }
    return GM_OK;
}

static gm_status hll_merge(void *dst, const void *src)
{
    struct hll *d = dst;
    const struct hll *s = src;
    gm_status status = GM_OK;
    if (d->precision != s->precision)
        return ext_codec_mismatch(d->host, GM_HLL_ID);
    if (s->registers == NULL) {
        for (uint32_t i = 0; i < s->n && status == GM_OK; i++)
            status = raise_one(d, s->list[i] >> 8, s->list[i] & 0xffu);
        return status;
    }
    if (d->registers == NULL && (status = spread(d)) != GM_OK)
        return status;
    uint32_t m = register_count(d);
    for (uint32_t i = 0; i < m; i++)
        d->registers[i] = d->registers[i] < s->registers[i] ? s->registers[i] : d->registers[i];
    return GM_OK;
}

static gm_status hll_save(const void *self, gm_writer *writer)
{
    const struct hll *h = self;
    ext_codec_out out;
    ext_codec_begin(&out, writer);
    ext_codec_u8(&out, (uint8_t)h->precision);
    ext_codec_u8(&out, h->registers != NULL);
    if (h->registers == NULL) {
        uint32_t next = 0;
        ext_codec_varint(&out, h->n);
        for (uint32_t i = 0; i < h->n; i++) {
            ext_codec_varint(&out, (h->list[i] >> 8) - next);
            ext_codec_u8(&out, (uint8_t)(h->list[i] & 0xffu));
            next = (h->list[i] >> 8) + 1;
        }
        return ext_codec_end(&out);
    }
    for (uint32_t i = 0; i < register_count(h); i += 4) {
        const uint8_t *r = &h->registers[i];
        uint32_t v =
            (uint32_t)r[0] | (uint32_t)r[1] << 6 | (uint32_t)r[2] << 12 | (uint32_t)r[3] << 18;
        uint8_t b[3] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16)};
        ext_codec_put(&out, b, sizeof b);
    }
    return ext_codec_end(&out);
}

static gm_status load_list(struct hll *h, bytes_reader *r)
{
    uint64_t n = ext_codec_get_varint(r);
    if (r->bad || n > list_max(h) || n > (size_t)(r->end - r->p) / 2)
        return ext_codec_damaged(h->host, GM_HLL_ID);
    if (n == 0)
        return GM_OK;
    h->list = h->host->alloc(h->host, (size_t)n * sizeof *h->list);
    if (h->list == NULL)
        return ext_codec_nomem(h->host);
    h->cap = (uint32_t)n;
    uint64_t next = 0;
    for (; h->n < n; h->n++) {
        uint64_t gap = ext_codec_get_varint(r);
        uint32_t rank = bytes_get_u8(r);
        if (r->bad || gap >= register_count(h) - next || rank < 1 || rank > rank_max(h))
            return ext_codec_damaged(h->host, GM_HLL_ID);
        next += gap;
        h->list[h->n] = (uint32_t)next << 8 | rank;
        next++;
    }
    return GM_OK;
}

static gm_status load_registers(struct hll *h, bytes_reader *r)
{
    uint32_t m = register_count(h);
    const uint8_t *b = bytes_get(r, (size_t)m / 4 * 3);
    if (b == NULL)
        return ext_codec_damaged(h->host, GM_HLL_ID);
    h->registers = ext_codec_zalloc(h->host, m);
    if (h->registers == NULL)
        return GM_E_NOMEM;
    uint32_t n = 0;
    bool is_legal = true;
    for (uint32_t i = 0; i < m; i++) {
        const uint8_t *three = b + (size_t)(i / 4) * 3;
        uint32_t v = (uint32_t)three[0] | (uint32_t)three[1] << 8 | (uint32_t)three[2] << 16;
        uint32_t rank = v >> (6 * (i % 4)) & 63u;
        h->registers[i] = (uint8_t)rank;
        n += rank != 0;
        is_legal &= rank <= rank_max(h);
    }
    return is_legal && n > list_max(h) ? GM_OK : ext_codec_damaged(h->host, GM_HLL_ID);
}

static gm_status hll_load(const gm_host *host, const void *p, size_t n, void **out, size_t *used)
{
    bytes_reader r = bytes_read(p, n);
    uint8_t precision = bytes_get_u8(&r);
    uint8_t is_dense = bytes_get_u8(&r);
    if (r.bad || precision < PRECISION_MIN || precision > PRECISION_MAX || is_dense > 1)
        return ext_codec_damaged(host, GM_HLL_ID);
    void *made = NULL;
    gm_status status = hll_make(host, precision, &made);
    if (status == GM_OK)
        status = is_dense ? load_registers(made, &r) : load_list(made, &r);
    if (status != GM_OK) {
        hll_drop(host, made);
        return status;
    }
    *out = made;
    *used = (size_t)(r.p - (const uint8_t *)p);
    return GM_OK;
}

/* x + sum over k > 0 of x^(2^k) 2^(k-1), for 0 <= x < 1. */
static double sigma(double x)
{
    double y = 1;
    double z = x;
    double before = -1;
    while (z > before) {
        x = x * x;
        before = z;
        z = z + x * y;
        y = y + y;
    }
    return z;
}

/* (1 - x - sum over k > 0 of (1 - x^(2^-k))^2 2^-k) / 3, for 0 <= x <= 1. */
static double tau(double x)
{
    if (!(x > 0 && x < 1))
        return 0;
    double y = 1;
    double z = 1 - x;
    double before = 2;
    while (z < before) {
        x = sqrt(x);
        before = z;
        y = 0.5 * y;
        z = z - (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

static gm_status hll_get(const void *self, double arg, double *value, double *bound)
{
    const struct hll *h = self;
    (void)arg; /* documented as unused */
    uint32_t count[RANKS] = {0};
    uint32_t m = register_count(h);
    if (h->registers != NULL) {
        for (uint32_t i = 0; i < m; i++)
            count[h->registers[i]]++;
    } else {
        for (uint32_t i = 0; i < h->n; i++)
            count[h->list[i] & 0xffu]++;
        count[0] = m - h->n;
    }
    *bound = 1.04 / sqrt((double)m);
    *value = 0;
    if (count[0] == m)
        return GM_OK;
    double z = m * tau(1 - (double)count[rank_max(h)] / m);
    for (uint32_t rank = rank_max(h) - 1; rank >= 1; rank--)
        z = 0.5 * (z + count[rank]);
    z = z + m * sigma((double)count[0] / m);
    double estimate = ALPHA_INFINITY * m * (m / z);
    /* Infinite when every register is at its highest, which no honest input reaches. */
    *value = estimate < HASHES ? estimate : HASHES;
    return GM_OK;
}

const gm_ext_sketch ext_hll_service = {
    .struct_size = sizeof(gm_ext_sketch),
    .make = hll_make,
    .drop = hll_drop,
    .add = hll_add,
    .merge = hll_merge,
    .save = hll_save,
    .load = hll_load,
    .get = hll_get,
};

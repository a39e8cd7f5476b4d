/* SPDX-License-Identifier: Apache-2.0
 * ext_set.c - an exact set of 64-bit hashes.
 *
 * A table that is kept in ascending order: the home of a hash is its top bits, and a hash that
 * finds its place taken moves the larger ones up. So the layout depends on the content only, saving
 * is one pass, and two sets merge front to back. Behind the last home there are SPARE slots, so
 * that nothing wraps. Good hashes spread: what crowds is damaged or made to crowd, and is refused.
 */
#include "host/ext_set.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "host/ext_codec.h"

enum { CAP_MIN = 16, SPARE = 256, PREFETCH = 8, CROWD_FACTOR = 64, CROWD_MAX = 4096 };

struct set {
    const gm_host *host;
    uint64_t *slots; /* 0: empty */
    uint64_t cap;    /* homes, a power of two; 0: none yet */
    uint64_t end;    /* slots, homes and spare ones */
    uint64_t n;      /* without the hash 0 */
    uint32_t shift;  /* the home of h is h >> shift */
    bool has_zero;
};

static uint64_t spare(uint64_t cap)
{
    return cap < SPARE ? cap : SPARE;
}

static bool is_room(uint64_t cap, uint64_t n)
{
    return n <= cap / 5 * 3;
}

static gm_status crowded(const struct set *s)
{
    return s->host->error(s->host, GM_E_LIMIT, "the hashes of %s do not spread", GM_SET_ID);
}

/* An empty table of cap homes in *to, which keeps nothing of what it held. */
static gm_status table_new(struct set *to, uint64_t cap)
{
    uint64_t end = cap + spare(cap);
    if (end > SIZE_MAX / sizeof *to->slots)
        return ext_codec_nomem(to->host);
    to->slots = ext_codec_zalloc(to->host, (size_t)end * sizeof *to->slots);
    if (to->slots == NULL)
        return GM_E_NOMEM;
    to->cap = cap;
    to->end = end;
    to->shift = 64u - (uint32_t)__builtin_ctzll(cap);
    to->n = 0;
    return GM_OK;
}

/* Puts h, larger than all before, at its home or behind the last slot used; false: no room. */
static bool append(struct set *s, uint64_t h, uint64_t *next)
{
    uint64_t at = h >> s->shift;
    if (at < *next)
        at = *next;
    if (at >= s->end)
        return false;
    s->slots[at] = h;
    *next = at + 1;
    s->n++;
    return true;
}

/* A larger table with the same content, for n hashes in all. What fits the smaller table fits the
 * larger one: the homes of the last ones move apart. */
static gm_status rehash(struct set *s, uint64_t cap, uint64_t n)
{
    if (cap / CROWD_FACTOR > n)
        return crowded(s);
    struct set larger = *s;
    gm_status status = table_new(&larger, cap);
    if (status != GM_OK)
        return status;
    uint64_t next = 0;
    for (uint64_t i = 0; i < s->end; i++)
        if (s->slots[i] != 0)
            (void)append(&larger, s->slots[i], &next); /* fits, see above */
    GM_ASSERT(larger.n == s->n);
    ext_codec_free(s->host, s->slots);
    *s = larger;
    return GM_OK;
}

/* Room for n hashes in all. */
static gm_status reserve(struct set *s, uint64_t n)
{
    if (s->cap > 0 && is_room(s->cap, n))
        return GM_OK;
    uint64_t cap = s->cap == 0 ? CAP_MIN : s->cap * 2;
    while (!is_room(cap, n))
        cap *= 2;
    return s->cap == 0 ? table_new(s, cap) : rehash(s, cap, n);
}

/* The slot of h, or where it belongs, or end. */
static uint64_t find(const struct set *s, uint64_t h)
{
    uint64_t at = h >> s->shift;
    while (at < s->end && s->slots[at] != 0 && s->slots[at] < h)
        at++;
    return at;
}

static gm_status add_one(struct set *s, uint64_t h)
{
    for (;;) {
        uint64_t at = find(s, h);
        if (at < s->end && s->slots[at] == h)
            return GM_OK;
        uint64_t empty = at;
        while (empty < s->end && s->slots[empty] != 0)
            empty++;
        if (empty < s->end) {
            memmove(s->slots + at + 1, s->slots + at, (size_t)(empty - at) * sizeof *s->slots);
            s->slots[at] = h;
            s->n++;
            return GM_OK;
        }
        gm_status status = rehash(s, s->cap * 2, s->n + 1);
        if (status != GM_OK)
            return status;
    }
}

static gm_status set_make(const gm_host *host, double arg, void **out)
{
    (void)arg; /* documented as unused */
    struct set *s = ext_codec_zalloc(host, sizeof *s);
    if (s == NULL)
        return GM_E_NOMEM;
    s->host = host;
    *out = s;
    return GM_OK;
}

static void set_drop(const gm_host *host, void *self)
{
    struct set *s = self;
    if (s == NULL)
        return;
    ext_codec_free(host, s->slots);
    host->free(host, s);
}

static gm_status set_add(void *self, const uint64_t *hashes, const double *x, uint32_t n)
{
    struct set *s = self;
    (void)x; /* of other sketches */
    for (uint32_t i = 0; i < n; i++) {
        if (hashes[i] == 0) {
            s->has_zero = true;
            continue;
        }
        if (!is_room(s->cap, s->n + 1)) {
            gm_status status = reserve(s, s->n + 1);
            if (status != GM_OK)
                return status;
        }
        if (i + PREFETCH < n)
            __builtin_prefetch(&s->slots[hashes[i + PREFETCH] >> s->shift]);
        gm_status status = add_one(s, hashes[i]);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

static uint64_t set_overlap(const void *a, const void *b)
{
    const struct set *s = a;
    const struct set *t = b;
    uint64_t both = s->has_zero && t->has_zero;
    uint64_t at = 0;
    for (uint64_t i = 0; i < s->end && at < t->end; i++) {
        if (s->slots[i] == 0)
            continue;
        while (at < t->end && t->slots[at] < s->slots[i])
            at++;
        both += at < t->end && t->slots[at] == s->slots[i];
    }
    return both;
}

static gm_status set_merge(void *dst, const void *src)
{
    struct set *d = dst;
    const struct set *s = src;
    d->has_zero |= s->has_zero;
    if (s->n == 0)
        return GM_OK;
    uint64_t both = set_overlap(d, s) - (d->has_zero && s->has_zero);
    /* All room at once: a table that grew while it is filled from the front would crowd. */
    gm_status status = reserve(d, d->n + s->n - both);
    for (uint64_t i = 0; i < s->end && status == GM_OK; i++)
        if (s->slots[i] != 0)
            status = add_one(d, s->slots[i]);
    return status;
}

static gm_status set_save(const void *self, gm_writer *writer)
{
    const struct set *s = self;
    ext_codec_out out;
    ext_codec_begin(&out, writer);
    ext_codec_varint(&out, s->n + s->has_zero);
    if (s->has_zero)
        ext_codec_u64(&out, 0);
    for (uint64_t i = 0; i < s->end; i++)
        if (s->slots[i] != 0)
            ext_codec_u64(&out, s->slots[i]);
    return ext_codec_end(&out);
}

static gm_status load_hashes(struct set *s, bytes_reader *r)
{
    uint64_t n = ext_codec_get_varint(r);
    if (r->bad || n > (size_t)(r->end - r->p) / 8)
        return ext_codec_damaged(s->host, GM_SET_ID);
    if (n == 0)
        return GM_OK;
    gm_status status = reserve(s, n);
    if (status != GM_OK)
        return status;
    uint64_t before = 0;
    uint64_t next = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t h = bytes_get_u64(r);
        if (i == 0 && h == 0) {
            s->has_zero = true;
            continue;
        }
        /* Without the limit a crowded table would make every look-up long. */
        if (h <= before || !append(s, h, &next) || next - (h >> s->shift) > CROWD_MAX)
            return ext_codec_damaged(s->host, GM_SET_ID);
        before = h;
    }
    return GM_OK;
}

static gm_status set_load(const gm_host *host, const void *p, size_t n, void **out, size_t *used)
{
    bytes_reader r = bytes_read(p, n);
    void *made = NULL;
    gm_status status = set_make(host, 0, &made);
    if (status == GM_OK)
        status = load_hashes(made, &r);
    if (status != GM_OK) {
        set_drop(host, made);
        return status;
    }
    *out = made;
    *used = (size_t)(r.p - (const uint8_t *)p);
    return GM_OK;
}

static gm_status set_get(const void *self, double arg, double *value, double *bound)
{
    const struct set *s = self;
    (void)arg; /* documented as unused */
    *value = (double)(s->n + s->has_zero);
    *bound = 0;
    return GM_OK;
}

/* *cursor: slots seen, plus one for the hash 0. */
static uint32_t set_next(const void *self, uint64_t *cursor, uint64_t *hashes, uint32_t cap)
{
    const struct set *s = self;
    uint32_t n = 0;
    if (*cursor == 0 && cap > 0) {
        if (s->has_zero)
            hashes[n++] = 0;
        *cursor = 1;
    }
    while (n<cap && * cursor> 0 && *cursor - 1 < s->end) {
        uint64_t h = s->slots[*cursor - 1];
        ++*cursor;
        if (h != 0)
            hashes[n++] = h;
    }
    return n;
}

static const gm_ext_sketch set_sketch = {
    .struct_size = sizeof(gm_ext_sketch),
    .make = set_make,
    .drop = set_drop,
    .add = set_add,
    .merge = set_merge,
    .save = set_save,
    .load = set_load,
    .get = set_get,
};

const gm_ext_set ext_set_service = {
    .struct_size = sizeof(gm_ext_set),
    .sketch = &set_sketch,
    .overlap = set_overlap,
    .next = set_next,
};

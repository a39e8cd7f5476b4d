/* SPDX-License-Identifier: Apache-2.0
 * ext_units.c - sums of x and y by independent unit.
 *
 * A unit is the hash of its name, mixed once more so that buckets are independent of other uses of
 * that hash. Up to GM_UNITS_MAX units have a slot each in a hash table; with one unit more, all
 * move to buckets by the top 8 bits. So the form depends on the set of units only.
 *
 * A number is cut towards zero to a multiple of 2^-64 and added as an integer, so that order does
 * not matter. The sizes of all x and of all y are summed as well: while both stay below 2^62, no
 * partial sum of any subset can overflow, in any order. Once one does not, nothing else is kept. */
#include "host/ext_units.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "host/ext_codec.h"

__extension__ typedef __int128 fixed; /* Q63.64 */
__extension__ typedef unsigned __int128 ufixed;

enum { SLOTS_MIN = 4, SLOTS_MAX = 2 * GM_UNITS_MAX, FRACTION_BITS = 64, SIZE_BITS = 62 };
enum { SAVED_UNITS = 0, SAVED_BUCKETS = 1, SAVED_OVERFLOWED = 2 };

#define SIZE_LIMIT ((ufixed)1 << (SIZE_BITS + FRACTION_BITS))

struct slot {
    uint64_t key; /* mixed; 0: empty; unused in buckets */
    fixed x, y;
};

struct units {
    const gm_host *host;
    ufixed size_x, size_y; /* sums of sizes */
    struct slot *slots;    /* cap of them: a hash table, or buckets */
    uint32_t n, cap;       /* n: units, not for buckets */
    bool is_bucketed, is_overflowed;
};

/* ---- numbers -------------------------------------------------------------------------------- */

/* Murmur3's finaliser: a bijection, but for 0, which stands for an empty slot. */
static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    h ^= h >> 33;
    return h != 0 ? h : 1;
}

/* The size of v in multiples of 2^-64, cut; SIZE_LIMIT when it is too large or not finite. */
static inline ufixed fixed_size(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7ffu;
    /* 2^exponent of the last bit of the significand, 64 for the fraction added. */
    int shift = (int)exponent - 1075 + FRACTION_BITS;
    if (exponent >= 1023 + SIZE_BITS)
        return SIZE_LIMIT;
    ufixed m = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    if (shift >= 0)
        return m << shift;
    return shift > -53 ? m >> -shift : 0; /* the cut takes all denormal numbers */
}

static inline fixed with_sign(ufixed size, double v)
{
    return signbit(v) ? -(fixed)size : (fixed)size;
}

static double to_double(fixed v)
{
    return (double)v * 0x1p-64;
}

/* ---- units ---------------------------------------------------------------------------------- */

static void overflow(struct units *u)
{
    ext_codec_free(u->host, u->slots);
    u->slots = NULL;
    u->n = u->cap = 0;
    u->size_x = u->size_y = 0;
    u->is_bucketed = false;
    u->is_overflowed = true;
}

static uint32_t bucket_of(uint64_t key)
{
    return (uint32_t)(key >> 56);
}

/* The home of a key is its top bits, so that the table is nearly in order. */
static struct slot *table_find(struct slot *slots, uint32_t cap, uint64_t key)
{
    uint32_t at = (uint32_t)((key >> 48) * cap >> 16);
    while (slots[at].key != 0 && slots[at].key != key)
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

/* To a larger table, or to buckets. */
static gm_status resize(struct units *u, bool to_buckets)
{
    uint32_t cap = to_buckets ? GM_UNITS_MAX : u->cap == 0 ? SLOTS_MIN : u->cap * 2;
    struct slot *slots = ext_codec_zalloc(u->host, cap * sizeof *slots);
    if (slots == NULL)
        return GM_E_NOMEM;
    for (uint32_t i = 0; i < u->cap; i++) {
        const struct slot *from = &u->slots[i];
        if (from->key == 0)
            continue;
        struct slot *to =
            to_buckets ? &slots[bucket_of(from->key)] : table_find(slots, cap, from->key);
        to->key = to_buckets ? 0 : from->key;
        to->x += from->x;
        to->y += from->y;
    }
    ext_codec_free(u->host, u->slots);
    u->slots = slots;
    u->cap = cap;
    u->is_bucketed = to_buckets;
    if (to_buckets)
        u->n = 0;
    return GM_OK;
}

/* The slot of a key, made when new; NULL when there is no memory. */
static struct slot *slot_of(struct units *u, uint64_t key)
{
    if (u->is_bucketed)
        return &u->slots[bucket_of(key)];
    struct slot *slot = u->cap > 0 ? table_find(u->slots, u->cap, key) : NULL;
    if (slot != NULL && slot->key == key)
        return slot;
    if (u->n == GM_UNITS_MAX)
        return resize(u, true) == GM_OK ? &u->slots[bucket_of(key)] : NULL;
    if (slot == NULL || u->n >= u->cap / 2) {
        if (resize(u, false) != GM_OK)
            return NULL;
        slot = table_find(u->slots, u->cap, key);
    }
    slot->key = key;
    u->n++;
    return slot;
}

static gm_status units_make(const gm_host *host, void **out)
{
    struct units *u = ext_codec_zalloc(host, sizeof *u);
    if (u == NULL)
        return GM_E_NOMEM;
    u->host = host;
    *out = u;
    return GM_OK;
}

static void units_drop(const gm_host *host, void *self)
{
    struct units *u = self;
    if (u == NULL)
        return;
    ext_codec_free(host, u->slots);
    host->free(host, u);
}

static gm_status units_add(void *self, const uint64_t *hashes, const double *x, const double *y,
                           uint32_t n)
{
    struct units *u = self;
    for (uint32_t i = 0; i < n && !u->is_overflowed; i++) {
        ufixed size_x = x != NULL ? fixed_size(x[i]) : 0;
        ufixed size_y = y != NULL ? fixed_size(y[i]) : 0;
        u->size_x += size_x;
        u->size_y += size_y;
        if (u->size_x >= SIZE_LIMIT || u->size_y >= SIZE_LIMIT) {
            overflow(u);
            break;
        }
        struct slot *slot = slot_of(u, mix(hashes[i]));
        if (slot == NULL)
            return GM_E_NOMEM;
        if (x != NULL)
            slot->x += with_sign(size_x, x[i]);
        if (y != NULL)
            slot->y += with_sign(size_y, y[i]);
    }
    return GM_OK;
}

static gm_status units_merge(void *dst, const void *src)
{
    struct units *d = dst;
    const struct units *s = src;
    if (d->is_overflowed)
        return GM_OK;
    ufixed size_x = d->size_x + s->size_x;
    ufixed size_y = d->size_y + s->size_y;
    if (s->is_overflowed || size_x >= SIZE_LIMIT || size_y >= SIZE_LIMIT) {
        overflow(d);
        return GM_OK;
    }
    if (s->is_bucketed && !d->is_bucketed && resize(d, true) != GM_OK)
        return GM_E_NOMEM;
    for (uint32_t i = 0; i < s->cap; i++) {
        if (!s->is_bucketed && s->slots[i].key == 0)
            continue;
        struct slot *to = s->is_bucketed ? &d->slots[i] : slot_of(d, s->slots[i].key);
        if (to == NULL)
            return GM_E_NOMEM;
        to->x += s->slots[i].x;
        to->y += s->slots[i].y;
    }
    d->size_x = size_x;
    d->size_y = size_y;
    return GM_OK;
}

/* ---- saved form ----------------------------------------------------------------------------- */

/* The units by key, or the buckets, in order. Returns how many. */
static uint32_t in_order(const struct units *u, const struct slot *order[GM_UNITS_MAX])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < u->cap; i++) {
        if (!u->is_bucketed && u->slots[i].key == 0)
            continue;
        uint32_t at = n++;
        for (; at > 0 && order[at - 1]->key > u->slots[i].key; at--)
            order[at] = order[at - 1];
        order[at] = &u->slots[i];
    }
    return n;
}

/* Whole part, zigzag, with a bit that says whether 8 bytes of fraction follow. */
static void put_fixed(ext_codec_out *out, fixed v)
{
    uint64_t fraction = (uint64_t)v;
    int64_t whole = (int64_t)(v >> FRACTION_BITS);
    uint64_t zigzag = (uint64_t)whole << 1 ^ (uint64_t)(whole < 0 ? -1 : 0);
    ext_codec_varint(out, zigzag << 1 | (fraction != 0));
    if (fraction != 0)
        ext_codec_u64(out, fraction);
}

/* Sets r->bad for what is not the one form of a number of at most 2^62 in size. */
static fixed get_fixed(bytes_reader *r)
{
    uint64_t v = ext_codec_get_varint(r);
    uint64_t zigzag = v >> 1;
    int64_t whole = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1u);
    uint64_t fraction = (v & 1u) != 0 ? bytes_get_u64(r) : 0;
    if ((v & 1u) != 0 && fraction == 0)
        r->bad = true;
    return (fixed)whole * ((fixed)1 << FRACTION_BITS) + (fixed)fraction;
}

static gm_status units_save(const void *self, gm_writer *writer)
{
    const struct units *u = self;
    const struct slot *order[GM_UNITS_MAX];
    ext_codec_out out;
    ext_codec_begin(&out, writer);
    if (u->is_overflowed) {
        ext_codec_u8(&out, SAVED_OVERFLOWED);
        return ext_codec_end(&out);
    }
    uint32_t n = in_order(u, order);
    ext_codec_u8(&out, u->is_bucketed ? SAVED_BUCKETS : SAVED_UNITS);
    put_fixed(&out, (fixed)u->size_x);
    put_fixed(&out, (fixed)u->size_y);
    if (!u->is_bucketed)
        ext_codec_varint(&out, n);
    for (uint32_t i = 0; i < n; i++) {
        if (!u->is_bucketed)
            ext_codec_u64(&out, order[i]->key);
        put_fixed(&out, order[i]->x);
        put_fixed(&out, order[i]->y);
    }
    return ext_codec_end(&out);
}

static ufixed absolute(fixed v)
{
    return v < 0 ? (ufixed)-v : (ufixed)v;
}

static gm_status load_slots(struct units *u, bytes_reader *r, uint32_t n, bool is_bucketed)
{
    ufixed rest_x = u->size_x;
    ufixed rest_y = u->size_y;
    uint64_t before = 0;
    if (is_bucketed && resize(u, true) != GM_OK)
        return GM_E_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t key = is_bucketed ? 0 : bytes_get_u64(r);
        fixed x = get_fixed(r);
        fixed y = get_fixed(r);
        if (r->bad || absolute(x) > rest_x || absolute(y) > rest_y ||
            (!is_bucketed && key <= before))
            return ext_codec_damaged(u->host, GM_UNITS_ID);
        struct slot *slot = is_bucketed ? &u->slots[i] : slot_of(u, key);
        if (slot == NULL)
            return GM_E_NOMEM;
        slot->x = x;
        slot->y = y;
        rest_x -= absolute(x);
        rest_y -= absolute(y);
        before = key;
    }
    return GM_OK;
}

static gm_status load_content(struct units *u, bytes_reader *r)
{
    uint8_t form = bytes_get_u8(r);
    if (r->bad || form > SAVED_OVERFLOWED)
        return ext_codec_damaged(u->host, GM_UNITS_ID);
    if (form == SAVED_OVERFLOWED) {
        u->is_overflowed = true;
        return GM_OK;
    }
    fixed size_x = get_fixed(r);
    fixed size_y = get_fixed(r);
    uint64_t n = form == SAVED_BUCKETS ? GM_UNITS_MAX : ext_codec_get_varint(r);
    if (r->bad || size_x < 0 || size_y < 0 || (ufixed)size_x >= SIZE_LIMIT ||
        (ufixed)size_y >= SIZE_LIMIT || n > GM_UNITS_MAX)
        return ext_codec_damaged(u->host, GM_UNITS_ID);
    u->size_x = (ufixed)size_x;
    u->size_y = (ufixed)size_y;
    return load_slots(u, r, (uint32_t)n, form == SAVED_BUCKETS);
}

static gm_status units_load(const gm_host *host, const void *p, size_t n, void **out, size_t *used)
{
    bytes_reader r = bytes_read(p, n);
    void *made = NULL;
    gm_status status = units_make(host, &made);
    if (status == GM_OK)
        status = load_content(made, &r);
    if (status != GM_OK) {
        units_drop(host, made);
        return status;
    }
    *out = made;
    *used = (size_t)(r.p - (const uint8_t *)p);
    return GM_OK;
}

/* ---- moments -------------------------------------------------------------------------------- */

static void fill_moments(const struct units *u, gm_units_moments *m)
{
    const struct slot *order[GM_UNITS_MAX];
    uint32_t n = in_order(u, order);
    fixed sum_x = 0;
    fixed sum_y = 0;
    for (uint32_t i = 0; i < n; i++) {
        double x = to_double(order[i]->x);
        sum_x += order[i]->x;
        sum_y += order[i]->y;
        if (!u->is_bucketed && (i == 0 || x > m->x_max))
            m->x_max = x;
    }
    m->n = n;
    m->is_bucketed = u->is_bucketed;
    m->x = to_double(sum_x);
    m->y = to_double(sum_y);
    for (uint32_t i = 0; i < n; i++) {
        double dx = to_double(order[i]->x) - m->x / n;
        double dy = to_double(order[i]->y) - m->y / n;
        m->xx += dx * dx;
        m->xy += dx * dy;
        m->yy += dy * dy;
    }
}

static gm_status units_moments(const void *self, gm_units_moments *out)
{
    const struct units *u = self;
    gm_units_moments m;
    memset(&m, 0, sizeof m);
    m.x_max = (double)NAN;
    m.overflowed = u->is_overflowed;
    if (!u->is_overflowed)
        fill_moments(u, &m);
    uint32_t size = out->struct_size;
    if (size < sizeof m.struct_size)
        return u->host->error(u->host, GM_E_INTERNAL, "struct_size of gm_units_moments is not set");
    m.struct_size = size < sizeof m ? size : (uint32_t)sizeof m;
    memcpy(out, &m, m.struct_size);
    return GM_OK;
}

const gm_ext_units ext_units_service = {
    .struct_size = sizeof(gm_ext_units),
    .make = units_make,
    .drop = units_drop,
    .add = units_add,
    .merge = units_merge,
    .save = units_save,
    .load = units_load,
    .moments = units_moments,
};

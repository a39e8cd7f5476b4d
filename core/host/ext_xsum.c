/* SPDX-License-Identifier: Apache-2.0
 * ext_xsum.c - a small superaccumulator after Neal, "Fast exact summation using small and large
 * superaccumulators" (2015).
 *
 * The sum is an integer in units of 2^-1074, held in chunks of 32 bits that are kept in 64, so that
 * carries need to be passed on only once in CHUNK_ADDS_MAX additions. Every finite double fits
 * exactly, and there is room for 2^46 of the largest. Saved is sign and magnitude, without the zero
 * chunks at both ends: one form for each sum. A NaN or an infinity is only remembered. */
#include "host/ext_xsum.h"

#include <stdbool.h>
#include <string.h>

#include "host/ext_codec.h"

enum {
    CHUNKS = 67,
    /* A chunk takes less than 2^52 an addition, from less than 2^32 after carries. */
    CHUNK_ADDS_MAX = 2047,
    SAVED_NEGATIVE = 1,
    SAVED_NOT_FINITE = 2
};

#define CHUNK_BASE INT64_C(4294967296)

struct xsum {
    const gm_host *host;
    uint32_t adds; /* since carries were passed on */
    bool is_not_finite;
    int64_t chunk[CHUNKS];
};

/* All chunks but the last come to lie in [0, 2^32). */
static void propagate(int64_t chunk[CHUNKS])
{
    int64_t carry = 0;
    for (int i = 0; i < CHUNKS - 1; i++) {
        int64_t v = chunk[i] + carry;
        int64_t low = (int64_t)((uint64_t)v & UINT32_MAX);
        chunk[i] = low;
        carry = (v - low) / CHUNK_BASE;
    }
    chunk[CHUNKS - 1] += carry;
}

/* At most CHUNK_ADDS_MAX doubles; returns whether all were finite. */
static bool add_run(int64_t chunk[CHUNKS], const double *x, uint32_t n)
{
    bool finite = true;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        uint32_t exponent = (uint32_t)(bits >> 52) & 0x7ffu;
        if (exponent == 0x7ffu) {
            finite = false;
            continue;
        }
        uint32_t normal = exponent != 0;
        uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | (uint64_t)normal << 52;
        uint32_t at = exponent - normal;
        uint32_t shift = at & 31u;
        int64_t *to = &chunk[at >> 5];
        int64_t sign = -(int64_t)(bits >> 63);
        int64_t low = (int64_t)((mantissa << shift) & UINT32_MAX);
        int64_t high = (int64_t)(mantissa >> (32u - shift));
        to[0] += (low ^ sign) - sign;
        to[1] += (high ^ sign) - sign;
    }
    return finite;
}

/* Returns false when the magnitude does not fit, which takes more than 2^46 additions. */
static bool magnitude(const struct xsum *s, uint32_t mag[CHUNKS], bool *is_negative)
{
    int64_t chunk[CHUNKS];
    memcpy(chunk, s->chunk, sizeof chunk);
    propagate(chunk);
    *is_negative = chunk[CHUNKS - 1] < 0;
    if (*is_negative) {
        for (int i = 0; i < CHUNKS; i++)
            chunk[i] = -chunk[i];
        propagate(chunk);
    }
    for (int i = 0; i < CHUNKS; i++)
        mag[i] = (uint32_t)chunk[i];
    return chunk[CHUNKS - 1] <= UINT32_MAX;
}

static bool has_bits_below(const uint32_t mag[CHUNKS], uint32_t position)
{
    uint32_t chunk = position >> 5;
    if ((mag[chunk] & ((UINT32_C(1) << (position & 31u)) - 1u)) != 0)
        return true;
    for (uint32_t i = 0; i < chunk; i++)
        if (mag[i] != 0)
            return true;
    return false;
}

/* The bits of the double nearest to mag, half to even; infinity when it is out of range. */
static uint64_t rounded(const uint32_t mag[CHUNKS])
{
    int top = CHUNKS - 1;
    while (top > 0 && mag[top] == 0)
        top--;
    if (mag[top] == 0)
        return 0;
    uint32_t high = (uint32_t)top * 32u + 31u - (uint32_t)__builtin_clz(mag[top]);
    /* Below 2^53 units the units are the bits of the double. */
    if (high <= 52)
        return (uint64_t)mag[1] << 32 | mag[0];
    uint32_t low = high - 52;
    uint32_t at = low >> 5;
    uint32_t shift = low & 31u;
    uint64_t m = ((uint64_t)mag[at + 1] << 32 | mag[at]) >> shift;
    if (shift > 0 && at + 2 < CHUNKS)
        m |= (uint64_t)mag[at + 2] << (64u - shift);
    m &= (UINT64_C(1) << 53) - 1;
    uint32_t half = low - 1;
    if ((mag[half >> 5] >> (half & 31u) & 1u) != 0 && ((m & 1u) != 0 || has_bits_below(mag, half)))
        m++;
    /* m has its leading bit, which adds the one that the exponent is short of. */
    uint64_t bits = low < 2046 ? ((uint64_t)low << 52) + m : UINT64_MAX;
    uint64_t infinity = UINT64_C(0x7ff) << 52;
    return bits < infinity ? bits : infinity;
}

static gm_status xsum_make(const gm_host *host, double arg, void **out)
{
    (void)arg; /* documented as unused */
    struct xsum *s = ext_codec_zalloc(host, sizeof *s);
    if (s == NULL)
        return GM_E_NOMEM;
    s->host = host;
    *out = s;
    return GM_OK;
}

static void xsum_drop(const gm_host *host, void *self)
{
    ext_codec_free(host, self);
}

static gm_status xsum_add(void *self, const uint64_t *hashes, const double *x, uint32_t n)
{
    struct xsum *s = self;
    (void)hashes; /* of other sketches */
    while (n > 0) {
        if (s->adds == CHUNK_ADDS_MAX) {
            propagate(s->chunk);
            s->adds = 0;
        }
        uint32_t room = CHUNK_ADDS_MAX - s->adds;
        uint32_t run = n < room ? n : room;
        if (!add_run(s->chunk, x, run))
            s->is_not_finite = true;
        s->adds += run;
        x += run;
        n -= run;
    }
    return GM_OK;
}

static gm_status xsum_merge(void *dst, const void *src)
{
    struct xsum *d = dst;
    const struct xsum *s = src;
    int64_t chunk[CHUNKS];
    memcpy(chunk, s->chunk, sizeof chunk);
    propagate(chunk);
    propagate(d->chunk);
    for (int i = 0; i < CHUNKS; i++)
        d->chunk[i] += chunk[i];
    d->adds = 1; /* the chunks have grown by less than an addition may */
    d->is_not_finite |= s->is_not_finite;
    return GM_OK;
}

static gm_status xsum_save(const void *self, gm_writer *writer)
{
    const struct xsum *s = self;
    uint32_t mag[CHUNKS];
    bool is_negative = false;
    if (!magnitude(s, mag, &is_negative))
        return s->host->error(s->host, GM_E_LIMIT, "an exact sum is beyond its range");
    uint32_t first = 0;
    uint32_t end = CHUNKS;
    while (end > 0 && mag[end - 1] == 0)
        end--;
    while (first < end && mag[first] == 0)
        first++;
    if (first == end)
        first = end = 0;
    ext_codec_out out;
    ext_codec_begin(&out, writer);
    ext_codec_u8(&out, (uint8_t)((is_negative ? SAVED_NEGATIVE : 0) |
                                 (s->is_not_finite ? SAVED_NOT_FINITE : 0)));
    ext_codec_u8(&out, (uint8_t)first);
    ext_codec_u8(&out, (uint8_t)(end - first));
    for (uint32_t i = first; i < end; i++)
        ext_codec_u32(&out, mag[i]);
    return ext_codec_end(&out);
}

static gm_status xsum_load(const gm_host *host, const void *p, size_t n, void **out, size_t *used)
{
    bytes_reader r = bytes_read(p, n);
    uint32_t flags = bytes_get_u8(&r);
    uint32_t first = bytes_get_u8(&r);
    uint32_t count = bytes_get_u8(&r);
    uint32_t mag[CHUNKS] = {0};
    bool is_negative = (flags & SAVED_NEGATIVE) != 0;
    if (r.bad || flags > (SAVED_NEGATIVE | SAVED_NOT_FINITE) || first + count > CHUNKS)
        return ext_codec_damaged(host, GM_XSUM_ID);
    for (uint32_t i = 0; i < count; i++)
        mag[first + i] = bytes_get_u32(&r);
    bool is_trimmed =
        count == 0 ? first == 0 && !is_negative : mag[first] != 0 && mag[first + count - 1] != 0;
    if (r.bad || !is_trimmed)
        return ext_codec_damaged(host, GM_XSUM_ID);
    void *made = NULL;
    gm_status status = xsum_make(host, 0, &made);
    if (status != GM_OK)
        return status;
    struct xsum *s = made;
    for (int i = 0; i < CHUNKS; i++)
        s->chunk[i] = is_negative ? -(int64_t)mag[i] : (int64_t)mag[i];
    s->adds = 1;
    s->is_not_finite = (flags & SAVED_NOT_FINITE) != 0;
    *out = s;
    *used = (size_t)(r.p - (const uint8_t *)p);
    return GM_OK;
}

static gm_status xsum_get(const void *self, double arg, double *value, double *bound)
{
    const struct xsum *s = self;
    (void)arg; /* documented as unused */
    uint32_t mag[CHUNKS];
    bool is_negative = false;
    uint64_t infinity = UINT64_C(0x7ff) << 52;
    uint64_t bits = infinity;
    if (magnitude(s, mag, &is_negative) && !s->is_not_finite)
        bits = rounded(mag);
    if (bits == infinity)
        bits |= UINT64_C(1) << 51; /* no number */
    else if (is_negative)
        bits |= UINT64_C(1) << 63;
    memcpy(value, &bits, sizeof bits);
    *bound = 0;
    return GM_OK;
}

const gm_ext_sketch ext_xsum_service = {
    .struct_size = sizeof(gm_ext_sketch),
    .make = xsum_make,
    .drop = xsum_drop,
    .add = xsum_add,
    .merge = xsum_merge,
    .save = xsum_save,
    .load = xsum_load,
    .get = xsum_get,
};

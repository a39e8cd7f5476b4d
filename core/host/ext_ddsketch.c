/* SPDX-License-Identifier: Apache-2.0
 * ext_ddsketch.c - DDSketch (Masson, Rim, Lee 2019): counts in bins whose ends differ by a factor
 * of at most gamma = (1 + alpha) / (1 - alpha), so that the bin's representative is within alpha of
 * every value in it.
 *
 * The bin of a value comes from its exponent and a cubic in its significand instead of a logarithm,
 * with additions and multiplications only: the same bins on every machine. A value below the
 * smallest normal double counts as zero. Negative values have bins of their own, mirrored.
 *
 * Bins are numbered by ascending value ("code") and counted in pages of 64, made on demand: memory
 * grows with the pages touched (512 bytes each), besides 4 bytes a page between the first and the
 * last. At alpha = 1 % all positive doubles take 71,600 bins, 577 KB; nine decades take 9 KB. */
#include "host/ext_ddsketch.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "host/ext_codec.h"

enum { PAGE_BINS = 64 };

#define FIRST_NORMAL (UINT64_C(1) << 52)
#define LAST_FINITE  ((UINT64_C(0x7ff) << 52) - 1)
#define TOTAL_MAX    (UINT64_C(1) << 62)

struct ddsketch {
    const gm_host *host;
    double alpha;
    double scale;       /* bins an octave */
    uint32_t bins;      /* of one sign */
    uint32_t page_from; /* the page of directory[0] */
    uint32_t pages;     /* in directory */
    uint32_t n_counts;  /* pages in counts */
    uint32_t cap_counts;
    uint32_t *directory; /* 0: no such page yet, else 1 + its place in counts */
    uint64_t *counts;
    uint64_t zeros;
    uint64_t total; /* of all counts */
};

/* ---- bins ----------------------------------------------------------------------------------- */

/* The cubic has slope 10/7 by ln(x) where it is least, so bins of 1 / scale octaves are at most
 * 0.7 / scale wide in ln(x). The margin of 1e-7 covers the rounding of the cubic. */
static double bins_per_octave(double alpha)
{
    /* ln gamma = 2 artanh(alpha); for alpha <= 0.1 twelve terms are beyond double precision. */
    double power = alpha;
    double sum = 0;
    for (int k = 1; k <= 23; k += 2) {
        sum += power / k;
        power *= alpha * alpha;
    }
    return 0.7 / (2 * sum) * (1 + 1e-7);
}

/* The bin of a normal positive double. */
static uint32_t bin_of(uint64_t bits, double scale)
{
    uint64_t unit = (bits & (FIRST_NORMAL - 1)) | UINT64_C(1023) << 52;
    double s;
    memcpy(&s, &unit, sizeof s);
    s -= 1;
    double octave = (double)(int32_t)((bits >> 52) - 1);
    double cubic = s * (10.0 / 7 + s * (-3.0 / 5 + s * (6.0 / 35)));
    return (uint32_t)((octave + cubic) * scale);
}

/* The first normal double, as bits, whose bin is at least the given one. */
static uint64_t bin_start(uint32_t bin, double scale)
{
    uint64_t low = FIRST_NORMAL;
    uint64_t high = LAST_FINITE + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (bin_of(middle, scale) < bin)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The value that is as far, relatively, from both ends of the bin. */
static double representative(uint32_t bin, double scale)
{
    uint64_t from = bin_start(bin, scale);
    uint64_t to = bin_start(bin + 1, scale) - 1;
    double low, high;
    memcpy(&low, &from, sizeof low);
    memcpy(&high, &to, sizeof high);
    return low * (2 / (1 + low / high));
}

/* ---- counts --------------------------------------------------------------------------------- */

/* Makes the directory cover a page, and half as much again on that side. */
static gm_status directory_grow(struct ddsketch *d, uint32_t page)
{
    uint32_t more = d->pages / 2;
    uint32_t from = page;
    uint32_t end = page + 1;
    if (d->pages > 0 && page < d->page_from) {
        from = page > more ? page - more : 0;
        end = d->page_from + d->pages;
    } else if (d->pages > 0) {
        uint32_t last = (d->bins * 2 - 1) / PAGE_BINS;
        from = d->page_from;
        end = (last - page > more ? page + more : last) + 1;
    }
    uint32_t *directory = ext_codec_zalloc(d->host, (size_t)(end - from) * sizeof *directory);
    if (directory == NULL)
        return GM_E_NOMEM;
    if (d->pages > 0)
        memcpy(directory + (d->page_from - from), d->directory,
               (size_t)d->pages * sizeof *directory);
    ext_codec_free(d->host, d->directory);
    d->directory = directory;
    d->page_from = from;
    d->pages = end - from;
    return GM_OK;
}

static gm_status page_new(struct ddsketch *d, uint32_t page)
{
    const size_t page_size = PAGE_BINS * sizeof(uint64_t);
    if (page - d->page_from >= d->pages) {
        gm_status status = directory_grow(d, page);
        if (status != GM_OK)
            return status;
    }
    if (d->n_counts == d->cap_counts) {
        uint32_t cap = d->cap_counts + d->cap_counts / 2 + 1;
        uint64_t *counts = d->counts == NULL
                               ? d->host->alloc(d->host, cap * page_size)
                               : d->host->realloc(d->host, d->counts, cap * page_size);
        if (counts == NULL)
            return ext_codec_nomem(d->host);
        d->counts = counts;
        d->cap_counts = cap;
    }
    memset(d->counts + (size_t)d->n_counts * PAGE_BINS, 0, page_size);
    d->directory[page - d->page_from] = ++d->n_counts;
    return GM_OK;
}

/* The counter of a code, or NULL when there is no memory for it. */
static uint64_t *counter(struct ddsketch *d, uint32_t code)
{
    uint32_t page = code / PAGE_BINS;
    uint32_t at = page - d->page_from;
    if (at >= d->pages || d->directory[at] == 0) {
        if (page_new(d, page) != GM_OK)
            return NULL;
        at = page - d->page_from;
    }
    return &d->counts[(size_t)(d->directory[at] - 1) * PAGE_BINS + code % PAGE_BINS];
}

/* The next code from *code on that has a count; false: none. */
static bool next_code(const struct ddsketch *d, uint32_t *code, uint64_t *count)
{
    uint32_t at = *code / PAGE_BINS > d->page_from ? *code / PAGE_BINS - d->page_from : 0;
    uint32_t bin = *code / PAGE_BINS >= d->page_from ? *code % PAGE_BINS : 0;
    for (; at < d->pages; at++, bin = 0) {
        if (d->directory[at] == 0)
            continue;
        const uint64_t *page = &d->counts[(size_t)(d->directory[at] - 1) * PAGE_BINS];
        for (; bin < PAGE_BINS; bin++) {
            if (page[bin] != 0) {
                *code = (d->page_from + at) * PAGE_BINS + bin;
                *count = page[bin];
                return true;
            }
        }
    }
    return false;
}

/* ---- service -------------------------------------------------------------------------------- */

static bool is_alpha(double alpha)
{
    return alpha >= 0.0001 && alpha <= 0.1;
}

static gm_status ddsketch_make(const gm_host *host, double arg, void **out)
{
    if (!is_alpha(arg))
        return host->error(host, GM_E_CONFIG, "the accuracy of %s must be 0.0001 to 0.1",
                           GM_DDSKETCH_ID);
    struct ddsketch *d = ext_codec_zalloc(host, sizeof *d);
    if (d == NULL)
        return GM_E_NOMEM;
    d->host = host;
    d->alpha = arg;
    d->scale = bins_per_octave(arg);
    d->bins = bin_of(LAST_FINITE, d->scale) + 1;
    *out = d;
    return GM_OK;
}

static void ddsketch_drop(const gm_host *host, void *self)
{
    struct ddsketch *d = self;
    if (d == NULL)
        return;
    ext_codec_free(host, d->directory);
    ext_codec_free(host, d->counts);
    host->free(host, d);
}

static gm_status ddsketch_add(void *self, const uint64_t *hashes, const double *x, uint32_t n)
{
    struct ddsketch *d = self;
    (void)hashes; /* of other sketches */
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        uint64_t size = bits & (UINT64_MAX >> 1);
        if (size < FIRST_NORMAL) {
            d->zeros++;
            continue;
        }
        if (size > LAST_FINITE)
            return d->host->error(d->host, GM_E_INPUT, "%s takes finite numbers only",
                                  GM_DDSKETCH_ID);
        uint32_t bin = bin_of(size, d->scale);
        uint64_t *count = counter(d, bits == size ? d->bins + bin : d->bins - 1 - bin);
        if (count == NULL)
            return GM_E_NOMEM;
        ++*count;
    }
    d->total += n;
    return GM_OK;
}

static gm_status ddsketch_merge(void *dst, const void *src)
{
    struct ddsketch *d = dst;
    const struct ddsketch *s = src;
    if (d->alpha < s->alpha || d->alpha > s->alpha)
        return ext_codec_mismatch(d->host, GM_DDSKETCH_ID);
    if (s->total > TOTAL_MAX - d->total)
        return d->host->error(d->host, GM_E_LIMIT, "too many values for %s", GM_DDSKETCH_ID);
    uint64_t n = 0;
    for (uint32_t code = 0; next_code(s, &code, &n); code++) {
        uint64_t *count = counter(d, code);
        if (count == NULL)
            return GM_E_NOMEM;
        *count += n;
    }
    d->zeros += s->zeros;
    d->total += s->total;
    return GM_OK;
}

static gm_status ddsketch_save(const void *self, gm_writer *writer)
{
    const struct ddsketch *d = self;
    uint64_t n = 0;
    uint32_t used = 0;
    for (uint32_t code = 0; next_code(d, &code, &n); code++)
        used++;
    ext_codec_out out;
    ext_codec_begin(&out, writer);
    ext_codec_f64(&out, d->alpha);
    ext_codec_varint(&out, d->zeros);
    ext_codec_varint(&out, used);
    uint32_t from = 0;
    for (uint32_t code = 0; next_code(d, &code, &n); code++) {
        ext_codec_varint(&out, code - from);
        ext_codec_varint(&out, n);
        from = code + 1;
    }
    return ext_codec_end(&out);
}

static gm_status load_counts(struct ddsketch *d, bytes_reader *r)
{
    d->zeros = ext_codec_get_varint(r);
    uint64_t used = ext_codec_get_varint(r);
    if (r->bad || used > (size_t)(r->end - r->p) / 2 || d->zeros > TOTAL_MAX)
        return ext_codec_damaged(d->host, GM_DDSKETCH_ID);
    uint64_t codes = (uint64_t)d->bins * 2;
    uint64_t code = 0;
    d->total = d->zeros;
    for (uint64_t i = 0; i < used; i++, code++) {
        uint64_t gap = ext_codec_get_varint(r);
        uint64_t n = ext_codec_get_varint(r);
        if (r->bad || gap >= codes - code || n == 0 || n > TOTAL_MAX - d->total)
            return ext_codec_damaged(d->host, GM_DDSKETCH_ID);
        code += gap;
        uint64_t *count = counter(d, (uint32_t)code);
        if (count == NULL)
            return GM_E_NOMEM;
        *count = n;
        d->total += n;
    }
    return GM_OK;
}

static gm_status ddsketch_load(const gm_host *host, const void *p, size_t n, void **out,
                               size_t *used)
{
    bytes_reader r = bytes_read(p, n);
    double alpha = bytes_get_f64(&r);
    if (r.bad || !is_alpha(alpha))
        return ext_codec_damaged(host, GM_DDSKETCH_ID);
    void *made = NULL;
    gm_status status = ddsketch_make(host, alpha, &made);
    if (status == GM_OK)
        status = load_counts(made, &r);
    if (status != GM_OK) {
        ddsketch_drop(host, made);
        return status;
    }
    *out = made;
    *used = (size_t)(r.p - (const uint8_t *)p);
    return GM_OK;
}

static gm_status ddsketch_get(const void *self, double arg, double *value, double *bound)
{
    const struct ddsketch *d = self;
    *bound = d->alpha;
    if (d->total == 0 || !(arg >= 0 && arg <= 1)) {
        *value = (double)NAN;
        return GM_OK;
    }
    double place = floor(arg * (double)(d->total - 1));
    uint64_t rank = place < (double)(d->total - 1) ? (uint64_t)place : d->total - 1;
    uint64_t below = 0;
    uint64_t n = 0;
    uint32_t code = 0;
    bool is_past_zeros = false;
    for (; next_code(d, &code, &n); code++) {
        if (!is_past_zeros && code >= d->bins) {
            below += d->zeros;
            is_past_zeros = true;
            if (rank < below)
                break;
        }
        below += n;
        if (rank < below) {
            *value = code >= d->bins ? representative(code - d->bins, d->scale)
                                     : -representative(d->bins - 1 - code, d->scale);
            return GM_OK;
        }
    }
    *value = 0; /* only the zeros are left */
    return GM_OK;
}

const gm_ext_sketch ext_ddsketch_service = {
    .struct_size = sizeof(gm_ext_sketch),
    .make = ddsketch_make,
    .drop = ddsketch_drop,
    .add = ddsketch_add,
    .merge = ddsketch_merge,
    .save = ddsketch_save,
    .load = ddsketch_load,
    .get = ddsketch_get,
};

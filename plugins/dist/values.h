/* SPDX-License-Identifier: Apache-2.0
 * values.h - all values of a dist state: appended in any order, sorted in place when order is asked
 * for. Included by dist.c only, so that all its functions stay static. */
#ifndef GM_PLUGINS_DIST_VALUES_H
#define GM_PLUGINS_DIST_VALUES_H

#include <math.h>
#include <string.h>

#include <goalmill/emit.h>
#include <goalmill/plugin.h>
#include <goalmill/rows.h>
#include <goalmill/setup.h>

enum { VALUES_INSERTION_MAX = 16, VALUES_STACK = 64 };

typedef struct values {
    uint64_t n, cap;
    int is_sorted;
    double *items; /* finite, no -0 */
} values;

/* ---- sorting: quicksort without recursion, heapsort where it goes badly
 * -------------------------- */

static void values_insertion_sort(double *v, uint64_t n)
{
    for (uint64_t i = 1; i < n; i++) {
        double x = v[i];
        uint64_t at = i;
        for (; at > 0 && v[at - 1] > x; at--)
            v[at] = v[at - 1];
        v[at] = x;
    }
}

static void values_sift(double *v, uint64_t root, uint64_t n)
{
    double x = v[root];
    for (uint64_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && v[child + 1] > v[child])
            child++;
        if (!(v[child] > x))
            break;
        v[root] = v[child];
    }
    v[root] = x;
}

static void values_heap_sort(double *v, uint64_t n)
{
    for (uint64_t i = n / 2; i > 0; i--)
        values_sift(v, i - 1, n);
    for (uint64_t i = n; i > 1; i--) {
        double x = v[0];
        v[0] = v[i - 1];
        v[i - 1] = x;
        values_sift(v, 0, i - 1);
    }
}

static double values_middle(double a, double b, double c)
{
    double low = a < b ? a : b;
    double high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* Splits n > 2 values so that none of the first k is larger than any of the rest; 0 < k < n. */
static uint64_t values_split(double *v, uint64_t n)
{
    double pivot = values_middle(v[0], v[n / 2], v[n - 1]);
    uint64_t low = 0;
    uint64_t high = n - 1;
    for (;;) {
        while (v[low] < pivot)
            low++;
        while (v[high] > pivot)
            high--;
        if (low >= high)
            return low > 0 ? low : 1;
        double x = v[low];
        v[low++] = v[high];
        v[high--] = x;
    }
}

static void values_sort_items(double *v, uint64_t n)
{
    struct {
        uint64_t from, n;
        uint32_t depth;
    } todo[VALUES_STACK];
    uint32_t waiting = 0;
    uint64_t from = 0;
    uint32_t depth = 0;
    for (;;) {
        while (n > VALUES_INSERTION_MAX && depth < VALUES_STACK) {
            uint64_t k = values_split(v + from, n);
            depth++;
            /* The larger side waits, so that at most log2(n) do. */
            int is_low_larger = k > n - k;
            todo[waiting].from = is_low_larger ? from : from + k;
            todo[waiting].n = is_low_larger ? k : n - k;
            todo[waiting++].depth = depth;
            from = is_low_larger ? from + k : from;
            n = is_low_larger ? n - k : k;
        }
        if (n > VALUES_INSERTION_MAX)
            values_heap_sort(v + from, n);
        else
            values_insertion_sort(v + from, n);
        if (waiting == 0)
            return;
        from = todo[--waiting].from;
        n = todo[waiting].n;
        depth = todo[waiting].depth;
    }
}

static void values_sort(values *all)
{
    if (!all->is_sorted && all->n > 1)
        values_sort_items(all->items, all->n);
    all->is_sorted = 1;
}

/* ---- life and content
 * ---------------------------------------------------------------------------- */

static gm_status values_new(const gm_host *host, values **out)
{
    *out = gm_zalloc(host, sizeof **out);
    return *out == NULL ? GM_E_NOMEM : GM_OK;
}

static void values_free(const gm_host *host, values *all)
{
    if (all == NULL)
        return;
    if (all->items != NULL)
        host->free(host, all->items);
    host->free(host, all);
}

static gm_status values_add(const gm_host *host, values *all, const double *v, uint64_t n)
{
    if (n == 0)
        return GM_OK;
    if (n > all->cap - all->n) {
        uint64_t cap = all->n + n > 2 * all->cap ? all->n + n : 2 * all->cap;
        size_t size = (size_t)cap * sizeof *v;
        double *items =
            all->items == NULL ? host->alloc(host, size) : host->realloc(host, all->items, size);
        if (items == NULL)
            return host->error(host, GM_E_NOMEM,
                               "the memory of this metric is used up; mode = sketch takes less");
        all->items = items;
        all->cap = cap;
    }
    memcpy(all->items + all->n, v, (size_t)n * sizeof *v);
    all->n += n;
    all->is_sorted = 0;
    return GM_OK;
}

static gm_status values_merge(const gm_host *host, values *dst, const values *src)
{
    return values_add(host, dst, src->items, src->n);
}

/* The value of rank 0 to n - 1. */
static double values_at(values *all, uint64_t rank)
{
    values_sort(all);
    return all->items[rank];
}

static gm_status values_save(values *all, gm_writer *writer)
{
    gm_status status = GM_OK;
    unsigned char bytes[1024];
    size_t used = 0;
    values_sort(all);
    for (uint64_t i = 0; i < all->n && status == GM_OK; i++) {
        uint64_t bits;
        memcpy(&bits, &all->items[i], sizeof bits);
        for (uint32_t b = 0; b < 8; b++)
            bytes[used++] = (unsigned char)(bits >> (8 * b));
        if (used == sizeof bytes || i + 1 == all->n) {
            status = writer->write(writer, bytes, used);
            used = 0;
        }
    }
    return status;
}

static gm_status values_load(const gm_host *host, gm_reader *r, uint64_t n, values **out)
{
    if (r->bad || n > r->left / sizeof(double))
        return gm_get_end(r, host, 0);
    gm_status status = values_new(host, out);
    if (status != GM_OK || n == 0)
        return status;
    values *all = *out;
    all->items = host->alloc(host, (size_t)n * sizeof(double));
    if (all->items == NULL)
        return host->error(host, GM_E_NOMEM, "the memory of this metric is used up");
    all->n = all->cap = n;
    all->is_sorted = 1;
    for (uint64_t i = 0; i < n; i++) {
        double v = gm_get_f64(r);
        int is_ascending = i == 0 || !(v < all->items[i - 1]);
        if (!gm_is_finite(v) || !is_ascending || (!(v < 0) && signbit(v)))
            r->bad = 1;
        all->items[i] = v;
    }
    return GM_OK;
}

#endif

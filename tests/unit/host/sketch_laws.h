/* SPDX-License-Identifier: Apache-2.0
 * sketch_laws.h - what every service of the shape gm_ext_sketch must keep, whatever it counts: any
 * partition, order and merge tree gives the same bytes; the identity; a round trip; nothing hostile
 * is believed; a failed allocation leaks nothing. */
#ifndef GM_TEST_SKETCH_LAWS_H
#define GM_TEST_SKETCH_LAWS_H

#include "host/fake_host.h"

enum { LAWS_PARTS_MAX = 16 };

static inline void laws_save(const gm_ext_sketch *k, const void *sketch, fake_writer *w)
{
    fake_writer_init(w);
    assert_int_equal(k->save(sketch, &w->writer), GM_OK);
}

static inline void laws_assert_saved(const gm_ext_sketch *k, const void *sketch,
                                     const fake_writer *want)
{
    fake_writer w;
    laws_save(k, sketch, &w);
    assert_int_equal(w.n, want->n);
    assert_memory_equal(w.data, want->data, w.n);
    fake_writer_deinit(&w);
}

/* Saved and loaded again, with bytes behind that are not its own. */
static inline void *laws_reload(const gm_ext_sketch *k, fake_host *f, void *sketch)
{
    fake_writer w;
    void *out = NULL;
    size_t used = 0;
    laws_save(k, sketch, &w);
    size_t n = w.n;
    assert_int_equal(fake_write(&w.writer, "tail", 4), GM_OK);
    assert_int_equal(k->load(&f->host, w.data, w.n, &out, &used), GM_OK);
    assert_int_equal(used, n);
    k->drop(&f->host, sketch);
    fake_writer_deinit(&w);
    return out;
}

/* The rows dealt at random to parts, merged in random pairs, now and then through bytes. */
static inline void laws_random_tree(const gm_ext_sketch *k, fake_host *f, double arg,
                                    const uint64_t *hashes, const double *x, uint32_t n,
                                    uint64_t *seed, const fake_writer *want)
{
    void *part[LAWS_PARTS_MAX];
    uint32_t parts = 1 + (uint32_t)(fake_random(seed) % LAWS_PARTS_MAX);
    for (uint32_t i = 0; i < parts; i++)
        assert_int_equal(k->make(&f->host, arg, &part[i]), GM_OK);
    uint32_t step = 1 + (uint32_t)(fake_random(seed) % 700);
    for (uint32_t i = n; i > 0; i -= step < i ? step : i) {
        uint32_t from = step < i ? i - step : 0;
        void *to = part[fake_random(seed) % parts];
        assert_int_equal(k->add(to, hashes + from, x + from, i - from), GM_OK);
    }
    while (parts > 1) {
        uint32_t a = (uint32_t)(fake_random(seed) % parts);
        uint32_t b = (a + 1 + (uint32_t)(fake_random(seed) % (parts - 1))) % parts;
        fake_writer before;
        laws_save(k, part[b], &before);
        assert_int_equal(k->merge(part[a], part[b]), GM_OK);
        laws_assert_saved(k, part[b], &before);
        fake_writer_deinit(&before);
        k->drop(&f->host, part[b]);
        if (fake_random(seed) % 2 == 0)
            part[a] = laws_reload(k, f, part[a]);
        part[b] = part[--parts];
    }
    laws_assert_saved(k, part[0], want);
    k->drop(&f->host, part[0]);
}

/* Damaged bytes are refused, or are another legal state that is saved to just these bytes; never is
 * more than bytes_max plus a share of their number allocated. */
static inline void laws_hostile(const gm_ext_sketch *k, fake_host *f, const uint8_t *p, size_t n,
                                size_t bytes_max)
{
    void *out = NULL;
    size_t used = 0;
    f->peak = f->bytes;
    size_t before = f->bytes;
    uint8_t *copy = malloc(n + 1); /* so that a sanitizer sees reads past the end */
    assert_non_null(copy);
    memcpy(copy, p, n);
    copy = realloc(copy, n > 0 ? n : 1);
    gm_status status = k->load(&f->host, copy, n, &out, &used);
    assert_true(f->peak - before <= bytes_max + 600 * n);
    if (status == GM_OK) {
        double value, bound;
        fake_writer w;
        assert_true(used <= n);
        laws_save(k, out, &w);
        assert_int_equal(w.n, used);
        assert_memory_equal(w.data, copy, used);
        fake_writer_deinit(&w);
        assert_int_equal(k->get(out, 0.5, &value, &bound), GM_OK);
        assert_int_equal(k->merge(out, out), GM_OK);
        k->drop(&f->host, out);
    } else {
        assert_int_equal(status, GM_E_STATE);
        assert_int_equal(f->status, GM_E_STATE);
    }
    free(copy);
    assert_int_equal(f->bytes, before);
}

static inline void laws_damage(const gm_ext_sketch *k, fake_host *f, const fake_writer *saved,
                               size_t bytes_max)
{
    uint64_t seed = 77;
    uint8_t noise[4096];
    for (size_t n = 0; n < saved->n; n += 1 + n / 64)
        laws_hostile(k, f, saved->data, n, bytes_max);
    for (int i = 0; i < 2000; i++) {
        size_t bit = fake_random(&seed) % (saved->n * 8);
        saved->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        laws_hostile(k, f, saved->data, saved->n, bytes_max);
        saved->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (int i = 0; i < 2000; i++) {
        size_t n = fake_random(&seed) % sizeof noise;
        size_t keep = fake_random(&seed) % 12; /* a true start gets deeper */
        for (size_t j = 0; j < n; j++)
            noise[j] = j < keep && j < saved->n ? saved->data[j] : (uint8_t)fake_random(&seed);
        laws_hostile(k, f, noise, n, bytes_max);
    }
}

/* Everything once, with the k-th allocation failing, for all k. */
static inline void laws_torture(const gm_ext_sketch *k, double arg, const uint64_t *hashes,
                                const double *x, uint32_t n, const fake_writer *saved)
{
    for (uint64_t fail_at = 1;; fail_at++) {
        fake_host f;
        void *a = NULL;
        void *b = NULL;
        void *c = NULL;
        size_t used = 0;
        fake_host_init(&f);
        f.fail_at = fail_at;
        gm_status status = k->make(&f.host, arg, &a);
        if (status == GM_OK)
            status = k->add(a, hashes, x, n);
        if (status == GM_OK)
            status = k->load(&f.host, saved->data, saved->n, &b, &used);
        if (status == GM_OK)
            status = k->merge(a, b);
        if (status == GM_OK)
            status = k->make(&f.host, arg, &c);
        if (status == GM_OK)
            status = k->merge(c, b);
        if (a != NULL)
            k->drop(&f.host, a);
        if (c != NULL)
            k->drop(&f.host, c);
        if (b != NULL)
            k->drop(&f.host, b);
        assert_int_equal(f.blocks, 0);
        if (f.calls < fail_at) {
            assert_int_equal(status, GM_OK);
            return;
        }
        assert_int_equal(status, GM_E_NOMEM);
        assert_int_equal(f.status, GM_E_NOMEM);
    }
}

/* All laws over the given rows. bytes_max: what a load may allocate whatever its length. */
static inline void sketch_laws(const gm_ext_sketch *k, double arg, const uint64_t *hashes,
                               const double *x, uint32_t n, size_t bytes_max)
{
    fake_host f;
    fake_writer want, empty_bytes;
    void *whole = NULL;
    void *empty = NULL;
    uint64_t seed = n;
    fake_host_init(&f);
    assert_int_equal(k->make(&f.host, arg, &whole), GM_OK);
    assert_int_equal(k->make(&f.host, arg, &empty), GM_OK);
    laws_save(k, empty, &empty_bytes);
    assert_int_equal(k->add(whole, hashes, x, n), GM_OK);
    laws_save(k, whole, &want);
    assert_int_equal(k->merge(whole, empty), GM_OK);
    laws_assert_saved(k, whole, &want);
    assert_int_equal(k->merge(empty, whole), GM_OK);
    laws_assert_saved(k, empty, &want);
    for (int i = 0; i < 30; i++)
        laws_random_tree(k, &f, arg, hashes, x, n, &seed, &want);
    laws_damage(k, &f, &want, bytes_max);
    laws_damage(k, &f, &empty_bytes, bytes_max);
    laws_torture(k, arg, hashes, x, n, &want);
    for (size_t i = 1; i < want.n; i += 1 + want.n / 20) {
        fake_writer w;
        fake_writer_init(&w);
        w.fail_after = i;
        assert_int_equal(k->save(whole, &w.writer), GM_E_LIMIT);
        fake_writer_deinit(&w);
    }
    k->drop(&f.host, whole);
    k->drop(&f.host, empty);
    k->drop(&f.host, NULL);
    assert_int_equal(f.blocks, 0);
    fake_writer_deinit(&want);
    fake_writer_deinit(&empty_bytes);
}

#endif

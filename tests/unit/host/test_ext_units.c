/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_units.h"

#include <float.h>
#include <math.h>

#include "host/sketch_laws.h"

enum { ROWS = 6000 };

static uint64_t hashes[ROWS];
static double x[ROWS];
static double y[ROWS];

static gm_units_moments moments(const void *u)
{
    gm_units_moments m = {.struct_size = sizeof m};
    assert_int_equal(ext_units_service.moments(u, &m), GM_OK);
    return m;
}

/* ---- units in the shape of a sketch, for the laws: x as given, y from the hash ------------------
 */

static gm_status as_sketch_make(const gm_host *host, double arg, void **out)
{
    (void)arg;
    return ext_units_service.make(host, out);
}

static gm_status as_sketch_add(void *u, const uint64_t *h, const double *v, uint32_t n)
{
    double *w = malloc((n + 1) * sizeof *w);
    assert_non_null(w);
    for (uint32_t i = 0; i < n; i++)
        w[i] = (double)(h[i] % 7) - 3;
    gm_status status = ext_units_service.add(u, h, v, w, n);
    free(w);
    return status;
}

static gm_status as_sketch_get(const void *u, double arg, double *value, double *bound)
{
    (void)arg;
    gm_units_moments m = moments(u);
    *value = m.yy;
    *bound = m.xx;
    return GM_OK;
}

static gm_ext_sketch as_sketch(void)
{
    return (gm_ext_sketch){.struct_size = sizeof(gm_ext_sketch),
                           .make = as_sketch_make,
                           .drop = ext_units_service.drop,
                           .add = as_sketch_add,
                           .merge = ext_units_service.merge,
                           .save = ext_units_service.save,
                           .load = ext_units_service.load,
                           .get = as_sketch_get};
}

static void test_laws(void **unused)
{
    (void)unused;
    const gm_ext_sketch k = as_sketch();
    const struct {
        uint64_t units;
        uint32_t n;
    } cases[] = {{1, 10}, {3, 100}, {200, 3000}, {256, 6000}, {257, 6000}, {5000, 6000}};
    uint64_t seed = 1;
    for (int kind = 0; kind < 3; kind++) {
        for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
            for (uint32_t i = 0; i < cases[c].n; i++) {
                uint64_t key = fake_random(&seed) % cases[c].units;
                hashes[i] = hash_64(&key, sizeof key, 0);
                x[i] = kind == 0 ? 1 : (fake_uniform(&seed) - 0.5) * (kind == 1 ? 1000 : 0x1p50);
            }
            sketch_laws(&k, 0, hashes, x, cases[c].n, 32 * 1024);
        }
    }
    x[0] = 0x1p62; /* overflows: all that is kept then */
    sketch_laws(&k, 0, hashes, x, ROWS, 32 * 1024);
}

/* Four units by hand: x 1 2 3 6, y 2 1 3 10; means 3 and 4. */
static void test_moments(void **unused)
{
    (void)unused;
    const uint64_t unit[] = {11, 22, 33, 44, 33, 44};
    const double vx[] = {1, 2, 1, 2, 2, 4};
    const double vy[] = {2, 1, 4, 10, -1, 0};
    fake_host f;
    void *u = NULL;
    fake_host_init(&f);
    assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
    gm_units_moments m = moments(u);
    assert_int_equal(m.n, 0);
    assert_true(isnan(m.x_max));
    assert_int_equal(ext_units_service.add(u, unit, vx, vy, 6), GM_OK);
    m = moments(u);
    assert_int_equal(m.n, 4);
    assert_int_equal(m.is_bucketed, 0);
    assert_int_equal(m.overflowed, 0);
    const double got[] = {m.x, m.y, m.xx, m.xy, m.yy, m.x_max};
    const double want[] = {12, 16, 14, 25, 50, 6};
    assert_memory_equal(got, want, sizeof want);
    ext_units_service.drop(&f.host, u);
}

static void test_null_columns(void **unused)
{
    (void)unused;
    const uint64_t unit[] = {1, 2};
    const double v[] = {3, 5};
    fake_host f;
    void *u = NULL;
    fake_host_init(&f);
    assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
    assert_int_equal(ext_units_service.add(u, unit, NULL, v, 2), GM_OK);
    assert_int_equal(ext_units_service.add(u, unit, v, NULL, 1), GM_OK);
    gm_units_moments m = moments(u);
    const double got[] = {m.x, m.y};
    const double want[] = {3, 8};
    assert_memory_equal(got, want, sizeof want);
    ext_units_service.drop(&f.host, u);
}

/* 256 units by themselves, 257 in buckets; the totals stay. */
static void test_form_at_limit(void **unused)
{
    (void)unused;
    for (uint32_t units = 255; units <= 257; units++) {
        fake_host f;
        void *u = NULL;
        fake_host_init(&f);
        assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
        for (uint32_t i = 0; i < units; i++) {
            hashes[i] = hash_64(&i, sizeof i, 0);
            x[i] = i;
        }
        assert_int_equal(ext_units_service.add(u, hashes, x, x, units), GM_OK);
        assert_int_equal(ext_units_service.add(u, hashes, x, x, units), GM_OK);
        gm_units_moments m = moments(u);
        assert_int_equal(m.is_bucketed, units > GM_UNITS_MAX);
        assert_int_equal(m.n, units > GM_UNITS_MAX ? GM_UNITS_MAX : units);
        assert_int_equal(isnan(m.x_max), units > GM_UNITS_MAX);
        assert_int_equal(fake_bits(m.x), fake_bits(units * (units - 1.0)));
        ext_units_service.drop(&f.host, u);
    }
}

/* Sizes count, not what is left of them; just below 2^62 is fine. */
static void test_overflow(void **unused)
{
    (void)unused;
    const uint64_t unit[] = {1, 1, 1, 1};
    const struct {
        double x[4];
        uint32_t overflowed;
    } cases[] = {
        {{0x1p61, -0x1p60, 0x1p60 - 1024, 0}, 0},
        {{0x1p61, -0x1p60, 0x1p60 - 1024, 1024}, 1},
        {{0x1p62}, 1},
        {{-0x1p62}, 1},
        {{DBL_MAX}, 1},
        {{(double)NAN}, 1},
        {{(double)INFINITY}, 1},
        {{0x1.fffffffffffffp61}, 0},
        {{0x1p61, 0x1p61, -0x1p61, -0x1p61}, 1},
        {{0x1p-65, -0x1p-1074, 0x1p-64}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int side = 0; side < 2; side++) {
            fake_host f;
            void *u = NULL;
            fake_host_init(&f);
            assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
            assert_int_equal(ext_units_service.add(u, unit, side ? NULL : cases[i].x,
                                                   side ? cases[i].x : NULL, 4),
                             GM_OK);
            assert_int_equal(moments(u).overflowed, cases[i].overflowed);
            ext_units_service.drop(&f.host, u);
        }
    }
}

/* Cut towards zero at 2^-64, for each value by itself. */
static void test_cut(void **unused)
{
    (void)unused;
    const uint64_t unit[] = {1, 1, 1};
    const struct {
        double x[3], want;
    } cases[] = {{{0x1.8p-64, 0x1.8p-64}, 0x1p-63},
                 {{-0x1.8p-64, -0x1.8p-64}, -0x1p-63},
                 {{0x1.fp-65, 0x1p-70, 0x1p-1074}, 0},
                 {{1, 0x1.8p-64, -1}, 0x1p-64},
                 {{0x1.fffffffffffffp-12, 0, 0}, 0x1.fffffffffffffp-12},
                 {{0x1.fffffffffffffp-13, 0, 0}, 0x1.ffffffffffffep-13}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_host f;
        void *u = NULL;
        fake_host_init(&f);
        assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
        assert_int_equal(ext_units_service.add(u, unit, cases[i].x, NULL, 3), GM_OK);
        assert_int_equal(fake_bits(moments(u).x), fake_bits(cases[i].want));
        ext_units_service.drop(&f.host, u);
    }
}

/* Ascending keys, and sums within the sums of sizes. The bytes are: form, sizes of x and y, number
 * of units, then key, x and y of each; 4 is the number 1, 2 is -1, 8 is 2. */
static void test_other_forms(void **unused)
{
    (void)unused;
    static const struct {
        size_t n;
        uint8_t bytes[32];
        gm_status status;
    } cases[] = {
        {24, {0, 8, 8, 2, 7, 0, 0, 0, 0, 0, 0, 0, 4, 4, 8, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_OK},
        {24, {0, 8, 8, 2, 7, 0, 0, 0, 0, 0, 0, 0, 2, 2, 8, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_OK},
        {24, {0, 8, 8, 2, 7, 0, 0, 0, 0, 0, 0, 0, 4, 4, 7, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_E_STATE},
        {24, {0, 8, 8, 2, 7, 0, 0, 0, 0, 0, 0, 0, 4, 4, 6, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_E_STATE},
        {24, {0, 8, 8, 2, 7, 0, 0, 0, 0, 0, 0, 0, 8, 4, 8, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_E_STATE},
        {24, {0, 8, 8, 2, 7, 0, 0, 0, 0, 0, 0, 0, 4, 8, 8, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_E_STATE},
        {24, {0, 8, 6, 2, 7, 0, 0, 0, 0, 0, 0, 0, 4, 4, 8, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_E_STATE},
        {14, {0, 8, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4}, GM_E_STATE}, /* key 0 */
        {4, {3, 0, 0, 0}, GM_E_STATE},
        {1, {2}, GM_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_host f;
        void *u = NULL;
        size_t used = 0;
        fake_host_init(&f);
        assert_int_equal(ext_units_service.load(&f.host, cases[i].bytes, cases[i].n, &u, &used),
                         cases[i].status);
        ext_units_service.drop(&f.host, u);
        assert_int_equal(f.blocks, 0);
    }
}

/* An older plugin has a smaller struct, and no more of it is written. */
static void test_smaller_struct(void **unused)
{
    (void)unused;
    fake_host f;
    void *u = NULL;
    gm_units_moments m;
    fake_host_init(&f);
    assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
    memset(&m, 0x55, sizeof m);
    m.struct_size = offsetof(gm_units_moments, x_max);
    assert_int_equal(ext_units_service.moments(u, &m), GM_OK);
    assert_int_equal(m.n, 0);
    assert_int_equal(fake_bits(m.yy), 0);
    assert_int_equal(fake_bits(m.x_max), UINT64_C(0x5555555555555555));
    m.struct_size = 0;
    assert_int_equal(ext_units_service.moments(u, &m), GM_E_INTERNAL);
    ext_units_service.drop(&f.host, u);
}

/* Integers are saved in a few bytes: the key, and one or two for each number. */
static void test_size(void **unused)
{
    (void)unused;
    const gm_ext_sketch k = as_sketch();
    fake_host f;
    fake_writer w;
    void *u = NULL;
    fake_host_init(&f);
    assert_int_equal(ext_units_service.make(&f.host, &u), GM_OK);
    for (uint32_t i = 0; i < 100; i++) {
        hashes[i] = hash_64(&i, sizeof i, 0);
        x[i] = 1;
        y[i] = 20;
    }
    assert_int_equal(ext_units_service.add(u, hashes, x, y, 100), GM_OK);
    laws_save(&k, u, &w);
    assert_int_equal(w.n, 1 + 2 + 2 + 1 + 100 * (8 + 1 + 1));
    fake_writer_deinit(&w);
    ext_units_service.drop(&f.host, u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws),           cmocka_unit_test(test_moments),
        cmocka_unit_test(test_null_columns),   cmocka_unit_test(test_form_at_limit),
        cmocka_unit_test(test_overflow),       cmocka_unit_test(test_cut),
        cmocka_unit_test(test_smaller_struct), cmocka_unit_test(test_size),
        cmocka_unit_test(test_other_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

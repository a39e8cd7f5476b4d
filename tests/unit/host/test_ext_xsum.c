/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_xsum.h"

#include <float.h>
#include <math.h>

#include "host/sketch_laws.h"

__extension__ typedef __int128 wide;

enum { ROWS = 6000 };

static double sum_of(const double *x, uint32_t n)
{
    fake_host f;
    void *s = NULL;
    double value = 0;
    double bound = 1;
    fake_host_init(&f);
    assert_int_equal(ext_xsum_service.make(&f.host, 0, &s), GM_OK);
    assert_int_equal(ext_xsum_service.add(s, NULL, x, n), GM_OK);
    assert_int_equal(ext_xsum_service.get(s, 0, &value, &bound), GM_OK);
    assert_int_equal(fake_bits(bound), 0);
    ext_xsum_service.drop(&f.host, s);
    assert_int_equal(f.blocks, 0);
    return value;
}

/* The right-hand sides are worked out by hand in binary. */
static void test_tricky_sums(void **unused)
{
    (void)unused;
    const double tiny = 0x1p-1074;
    const struct {
        double x[6];
        double want;
    } cases[] = {
        {{0}, 0.0},
        {{-0.0, -0.0}, 0.0},
        {{1e100, 1, -1e100}, 1},
        {{1e308, 1e308, -1e308, -1e308, 1}, 1},
        {{DBL_MAX, DBL_MAX, -DBL_MAX}, DBL_MAX},
        {{tiny, tiny, tiny}, 3 * tiny},
        {{DBL_MIN, -tiny}, 0x0.fffffffffffffp-1022},
        {{DBL_MIN, tiny}, 0x1.0000000000001p-1022},
        {{DBL_MAX, tiny}, DBL_MAX},
        {{-DBL_MAX, tiny, DBL_MAX}, tiny},
        {{1, 0x1p-53}, 1},                         /* a tie, to even */
        {{1, 0x1p-53, tiny}, 0x1.0000000000001p0}, /* just above it */
        {{1, 0x1p-53, -tiny}, 1},                  /* just below it */
        {{0x1.0000000000001p0, 0x1p-53}, 0x1.0000000000002p0},
        {{-1, -0x1p-53, -tiny}, -0x1.0000000000001p0},
        {{0x1.fffffffffffffp0, 0x1p-53}, 2}, /* carries into the exponent */
        {{0x1.fffffffffffffp-1022, 0x1p-1074}, 0x1p-1021},
        {{DBL_MAX, 0x1p969}, DBL_MAX},    /* below half of the last bit */
        {{0.1, 0.2, 0.3, -0.6}, 0x1p-55}, /* by math.fsum of Python 3 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(fake_bits(sum_of(cases[i].x, 6)), fake_bits(cases[i].want));
}

static void test_not_a_number(void **unused)
{
    (void)unused;
    const double bad[][2] = {{(double)NAN, 1},   {(double)INFINITY, 1}, {1, -(double)INFINITY},
                             {DBL_MAX, DBL_MAX}, {DBL_MAX, 0x1p970},    {-DBL_MAX, -DBL_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(isnan(sum_of(bad[i], 2)));
}

/* Numbers k / 2^40 with k of 60 bits have an exact sum in 128 bits, which C rounds for us. */
static void test_against_integers(void **unused)
{
    (void)unused;
    uint64_t seed = 1;
    static double x[ROWS];
    for (int round = 0; round < 200; round++) {
        wide sum = 0;
        uint32_t n = (uint32_t)(fake_random(&seed) % ROWS);
        for (uint32_t i = 0; i < n; i++) {
            /* 53 bits, shifted by up to 40: no rounding here. */
            int64_t k = (int64_t)(fake_random(&seed) >> 11) * (fake_random(&seed) % 2 ? 1 : -1);
            uint32_t shift = (uint32_t)(fake_random(&seed) % 40);
            x[i] = ldexp((double)k, (int)shift - 40);
            sum += (wide)k * ((wide)1 << shift);
        }
        assert_int_equal(fake_bits(sum_of(x, n)), fake_bits(ldexp((double)sum, -40) + 0.0));
    }
}

/* Significands of ones only, at every shift within a chunk, more of them than a chunk takes between
 * carries: n times 2^53 - 1 in 128 bits. */
static void test_full_chunks(void **unused)
{
    (void)unused;
    static double x[ROWS];
    for (int shift = 0; shift < 40; shift++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            for (uint32_t i = 0; i < ROWS; i++)
                x[i] = sign * ldexp(0x1.fffffffffffffp52, shift);
            double want = (double)((wide)ROWS * ((INT64_C(1) << 53) - 1));
            assert_int_equal(fake_bits(sum_of(x, ROWS)), fake_bits(sign * ldexp(want, shift)));
        }
    }
}

/* Doubling by merge: 2^40 additions of the largest double, then all but one taken away. */
static void test_many(void **unused)
{
    (void)unused;
    const gm_ext_sketch *k = &ext_xsum_service;
    const double one[] = {DBL_MAX, -DBL_MAX};
    fake_host f;
    void *plus = NULL;
    void *minus = NULL;
    double value, bound;
    fake_host_init(&f);
    assert_int_equal(k->make(&f.host, 0, &plus), GM_OK);
    assert_int_equal(k->make(&f.host, 0, &minus), GM_OK);
    assert_int_equal(k->add(plus, NULL, &one[0], 1), GM_OK);
    assert_int_equal(k->add(minus, NULL, &one[1], 1), GM_OK);
    for (int i = 0; i < 40; i++) {
        plus = laws_reload(k, &f, plus);
        minus = laws_reload(k, &f, minus);
        assert_int_equal(k->merge(plus, plus), GM_OK);
        assert_int_equal(k->merge(minus, minus), GM_OK);
    }
    assert_int_equal(k->add(minus, NULL, &one[0], 1), GM_OK);
    assert_int_equal(k->merge(plus, minus), GM_OK);
    assert_int_equal(k->get(plus, 0, &value, &bound), GM_OK);
    assert_int_equal(fake_bits(value), fake_bits(DBL_MAX));
    k->drop(&f.host, plus);
    k->drop(&f.host, minus);
}

static void test_laws(void **unused)
{
    (void)unused;
    uint64_t seed = 5;
    static uint64_t hashes[ROWS];
    static double x[ROWS];
    for (int kind = 0; kind < 4; kind++) {
        for (uint32_t i = 0; i < ROWS; i++) {
            uint64_t bits = fake_random(&seed);
            x[i] = kind == 0   ? (double)(bits % 1000)
                   : kind == 1 ? -(double)(bits % 1000) / 8
                               : fake_from_bits((bits >> 52 & 0x7ff) < 0x7ff ? bits : bits >> 1);
            if (kind < 3 && !isfinite(x[i]))
                x[i] = 0;
        }
        sketch_laws(&ext_xsum_service, 0, hashes, x, ROWS, 1024);
    }
}

/* Small integers take few bytes: three of header, two chunks. */
static void test_size(void **unused)
{
    (void)unused;
    const double x[] = {1000, 234};
    fake_host f;
    fake_writer w;
    void *s = NULL;
    fake_host_init(&f);
    assert_int_equal(ext_xsum_service.make(&f.host, 0, &s), GM_OK);
    assert_int_equal(ext_xsum_service.add(s, NULL, x, 2), GM_OK);
    laws_save(&ext_xsum_service, s, &w);
    assert_true(w.n <= 11);
    fake_writer_deinit(&w);
    ext_xsum_service.drop(&f.host, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tricky_sums),
        cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_against_integers),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_full_chunks),
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

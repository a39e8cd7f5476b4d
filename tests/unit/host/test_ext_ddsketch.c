/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_ddsketch.h"

#include <float.h>
#include <math.h>

#include "host/sketch_laws.h"

enum { ROWS = 5000 };

static uint64_t hashes[ROWS];
static double x[ROWS];

static double quantile(const void *s, double q)
{
    double value, bound;
    assert_int_equal(ext_ddsketch_service.get(s, q, &value, &bound), GM_OK);
    return value;
}

static void *sketch_of(fake_host *f, double alpha, const double *v, uint32_t n)
{
    void *s = NULL;
    assert_int_equal(ext_ddsketch_service.make(&f->host, alpha, &s), GM_OK);
    assert_int_equal(ext_ddsketch_service.add(s, NULL, v, n), GM_OK);
    return s;
}

static void check_one(fake_host *f, double alpha, double v)
{
    void *s = sketch_of(f, alpha, &v, 1);
    double got = quantile(s, 0.5);
    assert_true(fabs(got - v) <= alpha * fabs(v));
    ext_ddsketch_service.drop(&f->host, s);
}

static const double alphas[] = {0.0001, 0.00025, 0.001, 0.005, 0.01, 0.02, 0.0333, 0.05, 0.1};
enum { ALPHAS = sizeof alphas / sizeof alphas[0] };

/* The promise for any normal double, of any size and sign: |estimate - v| <= alpha |v|. */
static void test_promise(void **unused)
{
    (void)unused;
    uint64_t seed = 2;
    fake_host f;
    fake_host_init(&f);
    for (size_t a = 0; a < ALPHAS; a++) {
        const double edges[] = {DBL_MIN,
                                DBL_MAX,
                                -DBL_MIN,
                                -DBL_MAX,
                                1,
                                2,
                                0x1.fffffffffffffp0,
                                1 + 2.0 / 3,
                                0x1.5555555555555p0,
                                1e-300,
                                1e300};
        for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
            check_one(&f, alphas[a], edges[i]);
        for (int i = 0; i < 4000; i++) {
            double v = fake_from_bits(fake_random(&seed));
            if (isfinite(v) && fabs(v) >= DBL_MIN)
                check_one(&f, alphas[a], v);
            check_one(&f, alphas[a], exp(20 * fake_uniform(&seed) - 10));
        }
    }
}

/* The promise is tightest at the ends of a bin: look for the neighbouring doubles between which the
 * estimate changes. */
static void test_bin_edges(void **unused)
{
    (void)unused;
    uint64_t seed = 12;
    fake_host f;
    fake_host_init(&f);
    for (size_t a = 0; a < ALPHAS; a++) {
        for (int i = 0; i < 60; i++) {
            double v = ldexp(1 + fake_uniform(&seed), (int)(fake_random(&seed) % 2000) - 1000);
            void *s = sketch_of(&f, alphas[a], &v, 1);
            uint64_t here = fake_bits(quantile(s, 0));
            uint64_t low = fake_bits(v);
            uint64_t high = fake_bits(v * 1.3);
            ext_ddsketch_service.drop(&f.host, s);
            while (high - low > 1) {
                double middle = fake_from_bits(low + (high - low) / 2);
                s = sketch_of(&f, alphas[a], &middle, 1);
                if (fake_bits(quantile(s, 0)) == here)
                    low = fake_bits(middle);
                else
                    high = fake_bits(middle);
                ext_ddsketch_service.drop(&f.host, s);
            }
            check_one(&f, alphas[a], fake_from_bits(low));
            check_one(&f, alphas[a], fake_from_bits(high));
            check_one(&f, alphas[a], -fake_from_bits(high));
        }
    }
}

static int compare(const void *a, const void *b)
{
    double p, q;
    memcpy(&p, a, sizeof p);
    memcpy(&q, b, sizeof q);
    return p < q ? -1 : p > q;
}

/* Against the order statistics themselves, with zeros, denormals and both signs. */
static void test_quantiles(void **unused)
{
    (void)unused;
    uint64_t seed = 6;
    fake_host f;
    fake_host_init(&f);
    for (int round = 0; round < 60; round++) {
        uint32_t n = 1 + (uint32_t)(fake_random(&seed) % 400);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t kind = fake_random(&seed) % 8;
            double v = exp(8 * fake_uniform(&seed) - 2);
            x[i] = kind == 0 ? 0 : kind == 1 ? 0x1p-1050 : kind < 4 && round % 2 ? -v : v;
        }
        void *s = sketch_of(&f, 0.01, x, n);
        qsort(x, n, sizeof x[0], compare);
        for (uint32_t k = 0; k < n; k++) {
            double q = n == 1 ? 0.5 : ((double)k + 0.5) / (n - 1) > 1 ? 1 : (k + 0.5) / (n - 1);
            double want = fabs(x[k]) < DBL_MIN ? 0 : x[k];
            assert_true(fabs(quantile(s, q) - want) <= 0.01 * fabs(want));
        }
        ext_ddsketch_service.drop(&f.host, s);
    }
}

static void test_edges(void **unused)
{
    (void)unused;
    fake_host f;
    void *s = NULL;
    void *t = NULL;
    const double bad[] = {0.00009, 0.11, 0, -0.01, (double)NAN};
    const double infinite[] = {(double)INFINITY, -(double)INFINITY, (double)NAN};
    fake_host_init(&f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(ext_ddsketch_service.make(&f.host, bad[i], &s), GM_E_CONFIG);
    s = sketch_of(&f, 0.01, x, 0);
    assert_true(isnan(quantile(s, 0.5)));
    assert_true(isnan(quantile(s, 1.5)));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ext_ddsketch_service.add(s, NULL, &infinite[i], 1), GM_E_INPUT);
    t = sketch_of(&f, 0.02, x, 0);
    assert_int_equal(ext_ddsketch_service.merge(s, t), GM_E_STATE);
    ext_ddsketch_service.drop(&f.host, s);
    ext_ddsketch_service.drop(&f.host, t);
}

/* 2^62 values and one more. */
static void test_limit(void **unused)
{
    (void)unused;
    fake_host f;
    fake_writer w;
    void *s = NULL;
    size_t used = 0;
    fake_host_init(&f);
    void *one = sketch_of(&f, 0.01, &(double){1}, 1);
    laws_save(&ext_ddsketch_service, one, &w);
    w.n--; /* the count, which now becomes 2^62 */
    assert_int_equal(fake_write(&w.writer, "\x80\x80\x80\x80\x80\x80\x80\x80\x40", 9), GM_OK);
    assert_int_equal(ext_ddsketch_service.load(&f.host, w.data, w.n, &s, &used), GM_OK);
    assert_int_equal(ext_ddsketch_service.merge(s, one), GM_E_LIMIT);
    ext_ddsketch_service.drop(&f.host, s);
    w.data[w.n - 9] |= 1;
    assert_int_equal(ext_ddsketch_service.load(&f.host, w.data, w.n, &s, &used), GM_E_STATE);
    ext_ddsketch_service.drop(&f.host, one);
    fake_writer_deinit(&w);
    assert_int_equal(f.blocks, 0);
}

/* At 1 %: 80 microseconds to a year take 2048 bins (the paper's figure), far below 64 KiB. */
static void test_memory(void **unused)
{
    (void)unused;
    fake_host f;
    void *s = NULL;
    fake_host_init(&f);
    assert_int_equal(ext_ddsketch_service.make(&f.host, 0.01, &s), GM_OK);
    for (double v = 80e-6; v < 31557600; v *= 1.001)
        assert_int_equal(ext_ddsketch_service.add(s, NULL, &v, 1), GM_OK);
    assert_true(f.bytes < 32 * 1024);
    /* All positive doubles there are, and the room that growth leaves. */
    for (double v = DBL_MIN; v < DBL_MAX / 2; v *= 1.01)
        assert_int_equal(ext_ddsketch_service.add(s, NULL, &v, 1), GM_OK);
    assert_true(f.bytes < 1000 * 1000);
    ext_ddsketch_service.drop(&f.host, s);
}

static void test_laws(void **unused)
{
    (void)unused;
    uint64_t seed = 5;
    const double accuracy[] = {0.01, 0.0001, 0.1, 0.03};
    for (int kind = 0; kind < 4; kind++) {
        for (uint32_t i = 0; i < ROWS; i++) {
            double v = fake_from_bits(fake_random(&seed));
            x[i] = kind == 0     ? (double)(fake_random(&seed) % 100)
                   : kind < 3    ? -exp(10 * fake_uniform(&seed))
                   : isfinite(v) ? v
                                 : 0;
        }
        /* At most the directory: 4 bytes for each of 64 bins. */
        size_t most = 2048 + (size_t)(1.5 * 4 / 64 * 2 * 2046 * 0.7 / 2 / accuracy[kind]);
        sketch_laws(&ext_ddsketch_service, accuracy[kind], hashes, x, kind == 0 ? 1000 : ROWS,
                    most * 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promise),   cmocka_unit_test(test_bin_edges),
        cmocka_unit_test(test_quantiles), cmocka_unit_test(test_edges),
        cmocka_unit_test(test_memory),    cmocka_unit_test(test_laws),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_hll.h"

#include <math.h>

#include "host/sketch_laws.h"

enum { ROWS = 20000, TRIALS = 200 };

static uint64_t hashes[ROWS];
static double x[ROWS];

static double estimate(const void *sketch)
{
    double value, bound;
    assert_int_equal(ext_hll_service.get(sketch, 0, &value, &bound), GM_OK);
    return value;
}

/* The published relative standard errors of HyperLogLog: 3.25, 1.625, 0.8125,
 * 0.406 %. */
static void test_bound(void **unused)
{
    (void)unused;
    const struct {
        double precision, percent;
    } cases[] = {{10, 3.25}, {12, 1.625}, {14, 0.8125}, {16, 0.40625}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_host f;
        void *s = NULL;
        double value, bound;
        fake_host_init(&f);
        assert_int_equal(ext_hll_service.make(&f.host, cases[i].precision, &s), GM_OK);
        assert_int_equal(ext_hll_service.get(s, 0, &value, &bound), GM_OK);
        assert_true(fabs(bound * 100 - cases[i].percent) < 1e-9);
        assert_int_equal(fake_bits(value), 0);
        ext_hll_service.drop(&f.host, s);
    }
}

/* Over many sets the error has the published size and no bias. */
static void test_simulation(void **unused)
{
    (void)unused;
    const struct {
        double precision;
        uint32_t n;
    } cases[] = {{4, 40}, {8, 300}, {10, 1000}, {10, 4000}, {10, 20000}, {12, 10000}};
    uint64_t seed = 42;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        double squares = 0;
        double errors = 0;
        double bound = 1.04 / sqrt(ldexp(1, (int)cases[c].precision));
        for (int trial = 0; trial < TRIALS; trial++) {
            fake_host f;
            void *s = NULL;
            fake_host_init(&f);
            assert_int_equal(ext_hll_service.make(&f.host, cases[c].precision, &s), GM_OK);
            for (uint32_t i = 0; i < cases[c].n; i++)
                hashes[i] = fake_random(&seed);
            assert_int_equal(ext_hll_service.add(s, hashes, NULL, cases[c].n), GM_OK);
            double error = estimate(s) / cases[c].n - 1;
            errors += error;
            squares += error * error;
            ext_hll_service.drop(&f.host, s);
        }
        /* The root mean square of 200 errors is known to 5 %. Small precisions are worse than the
         * limit 1.04, few items (n < m) are better. */
        double rmse = sqrt(squares / TRIALS);
        assert_true(rmse < 1.25 * bound);
        assert_true(cases[c].n < 4000 || rmse > 0.8 * bound);
        assert_true(fabs(errors / TRIALS) < 4 * bound / sqrt(TRIALS));
    }
}

/* A few keys are counted as good as exactly, and repetition changes nothing. */
static void test_few(void **unused)
{
    (void)unused;
    fake_host f;
    void *s = NULL;
    uint64_t seed = 9;
    fake_host_init(&f);
    assert_int_equal(ext_hll_service.make(&f.host, 14, &s), GM_OK);
    for (uint32_t i = 0; i < 100; i++)
        hashes[i] = fake_random(&seed);
    for (int again = 0; again < 3; again++) {
        assert_int_equal(ext_hll_service.add(s, hashes, NULL, 100), GM_OK);
        assert_true(fabs(estimate(s) - 100) < 2.5);
    }
    ext_hll_service.drop(&f.host, s);
}

/* Worked by hand: the top 10 bits are the index, the rank counts the zeros behind from 1. */
static void test_saved_form(void **unused)
{
    (void)unused;
    fake_host f;
    fake_writer w;
    void *s = NULL;
    const uint64_t in[] = {
        UINT64_MAX,             /* 1023: 1 */
        0,                      /* 0: 55, no bit set at all */
        UINT64_C(0x0020) << 48, /* 0: 1, hidden by 55 */
        UINT64_C(0x0050) << 48, /* 1: 2 */
    };
    const uint8_t want[] = {10, 0, 3, 0, 55, 0, 2, 0xfd, 0x07, 1};
    fake_host_init(&f);
    assert_int_equal(ext_hll_service.make(&f.host, 10, &s), GM_OK);
    assert_int_equal(ext_hll_service.add(s, in, NULL, 4), GM_OK);
    laws_save(&ext_hll_service, s, &w);
    assert_int_equal(w.n, sizeof want);
    assert_memory_equal(w.data, want, sizeof want);
    fake_writer_deinit(&w);
    ext_hll_service.drop(&f.host, s);
}

/* The list becomes registers with the entry after m / 16. */
static void test_form_at_limit(void **unused)
{
    (void)unused;
    for (uint64_t n = 63; n <= 65; n++) {
        fake_host f;
        fake_writer w;
        void *s = NULL;
        fake_host_init(&f);
        assert_int_equal(ext_hll_service.make(&f.host, 10, &s), GM_OK);
        for (uint64_t i = 0; i < n; i++)
            hashes[i] = i << 54 | 1;
        assert_int_equal(ext_hll_service.add(s, hashes, NULL, (uint32_t)n), GM_OK);
        laws_save(&ext_hll_service, s, &w);
        assert_int_equal(w.data[1], n > 64);
        assert_int_equal(w.n, n > 64 ? 2 + 768 : 3 + 2 * n);
        fake_writer_deinit(&w);
        ext_hll_service.drop(&f.host, s);
    }
}

/* Algorithm 6 against its closed form (equation 15 ff.), summed term by term in Python. */
static void test_estimator(void **unused)
{
    (void)unused;
    const struct {
        uint8_t registers[12]; /* of 6 bits */
        double want;
    } cases[] = {
        {{0x7d, 0xdf, 0xf7, 0x7d, 0xdf, 0xf7, 0x3c, 0xcf, 0xf3, 0xfb, 0xbe, 0xef},
         1.4786172871317842e+19}, /* eight at the highest rank, 61; four 60, four 59 */
        {{0x81, 0x30, 0x10, 0x81, 0x30, 0x10, 0x81, 0x30, 0x10, 0x81, 0x30, 0x10},
         49.24399072900995}, /* 1 2 3 4, four times */
        {{0x00, 0x00, 0x00, 0x00, 0x50, 0x14, 0x45, 0x51, 0x14, 0x45, 0x51, 0x14},
         20.02795543149323}, /* six 0, ten 5 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_host f;
        void *s = NULL;
        size_t used = 0;
        uint8_t p[14] = {4, 1};
        fake_host_init(&f);
        memcpy(p + 2, cases[i].registers, 12);
        assert_int_equal(ext_hll_service.load(&f.host, p, sizeof p, &s, &used), GM_OK);
        assert_true(fabs(estimate(s) / cases[i].want - 1) < 1e-12);
        ext_hll_service.drop(&f.host, s);
    }
}

/* One form for one content, whatever a file says. */
static void test_other_forms(void **unused)
{
    (void)unused;
    const struct {
        size_t n;
        uint8_t bytes[16];
    } cases[] = {
        {14, {4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, /* one register: must be a list */
        {7, {4, 0, 2, 0, 1, 0, 1}},                       /* two entries: must be registers */
        {5, {4, 0, 1, 0, 0}},                             /* rank 0 */
        {5, {4, 0, 1, 0, 62}},                            /* above 65 - 4 */
        {5, {4, 0, 1, 16, 1}},                            /* index 16 of 16 */
        {5, {3, 0, 1, 0, 1}},
        {5, {19, 0, 1, 0, 1}},
        {5, {4, 2, 1, 0, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_host f;
        void *s = NULL;
        size_t used = 0;
        fake_host_init(&f);
        assert_int_equal(ext_hll_service.load(&f.host, cases[i].bytes, cases[i].n, &s, &used),
                         GM_E_STATE);
        assert_int_equal(f.blocks, 0);
    }
}

static void test_arguments(void **unused)
{
    (void)unused;
    fake_host f;
    void *a = NULL;
    void *b = NULL;
    const double bad[] = {3, 19, -1, 1e9, (double)NAN};
    fake_host_init(&f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(ext_hll_service.make(&f.host, bad[i], &a), GM_E_CONFIG);
    assert_int_equal(ext_hll_service.make(&f.host, 4, &a), GM_OK);
    assert_int_equal(ext_hll_service.make(&f.host, 18, &b), GM_OK);
    assert_int_equal(ext_hll_service.merge(a, b), GM_E_STATE);
    ext_hll_service.drop(&f.host, a);
    ext_hll_service.drop(&f.host, b);
}

/* Every register at its highest: no honest input gets there, and no infinity comes out. */
static void test_saturated(void **unused)
{
    (void)unused;
    fake_host f;
    void *s = NULL;
    size_t used = 0;
    uint8_t p[2 + 12] = {4, 1};
    fake_host_init(&f);
    for (size_t i = 0; i < 4; i++) { /* 61 four times, in 24 bits */
        p[2 + 3 * i] = 0x7d;
        p[3 + 3 * i] = 0xdf;
        p[4 + 3 * i] = 0xf7;
    }
    assert_int_equal(ext_hll_service.load(&f.host, p, sizeof p, &s, &used), GM_OK);
    assert_true(isfinite(estimate(s)));
    ext_hll_service.drop(&f.host, s);
}

static void test_laws(void **unused)
{
    (void)unused;
    uint64_t seed = 3;
    const struct {
        double precision;
        uint32_t n;
    } cases[] = {{4, 1}, {4, 300}, {9, 20}, {10, 500}, {12, 250}, {12, 20000}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (uint32_t i = 0; i < cases[c].n; i++)
            hashes[i] = fake_random(&seed);
        sketch_laws(&ext_hll_service, cases[c].precision, hashes, x, cases[c].n, 1024);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound),         cmocka_unit_test(test_simulation),
        cmocka_unit_test(test_few),           cmocka_unit_test(test_saved_form),
        cmocka_unit_test(test_form_at_limit), cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_saturated),     cmocka_unit_test(test_laws),
        cmocka_unit_test(test_estimator),     cmocka_unit_test(test_other_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

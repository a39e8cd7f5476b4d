/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ext_set.h"

#include "host/sketch_laws.h"

enum { ROWS = 30000 };

static uint64_t hashes[ROWS];
static double x[ROWS];

static double count(const void *s)
{
    double value, bound;
    assert_int_equal(ext_set_service.sketch->get(s, 0, &value, &bound), GM_OK);
    assert_int_equal(fake_bits(bound), 0);
    return value;
}

static void *set_of(fake_host *f, const uint64_t *h, uint32_t n)
{
    void *s = NULL;
    assert_int_equal(ext_set_service.sketch->make(&f->host, 0, &s), GM_OK);
    assert_int_equal(ext_set_service.sketch->add(s, h, NULL, n), GM_OK);
    return s;
}

static int compare(const void *a, const void *b)
{
    uint64_t p, q;
    memcpy(&p, a, sizeof p);
    memcpy(&q, b, sizeof q);
    return p < q ? -1 : p > q;
}

/* Against sorting and dropping repetitions. */
static void test_against_sort(void **unused)
{
    (void)unused;
    static uint64_t sorted[ROWS];
    uint64_t seed = 8;
    for (uint32_t n = 0; n <= ROWS; n = n * 3 + 1) {
        fake_host f;
        fake_host_init(&f);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t key = fake_random(&seed) % (n / 2 + 1);
            hashes[i] = key == 0 ? 0 : hash_64(&key, sizeof key, 0);
        }
        void *s = set_of(&f, hashes, n);
        memcpy(sorted, hashes, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, compare);
        uint32_t want = 0;
        for (uint32_t i = 0; i < n; i++)
            if (i == 0 || sorted[i] != sorted[i - 1])
                sorted[want++] = sorted[i];
        assert_true(count(s) > want - 0.5 && count(s) < want + 0.5);
        uint64_t cursor = 0;
        uint64_t got[7];
        uint32_t at = 0;
        uint32_t m = 0;
        while ((m = ext_set_service.next(s, &cursor, got, 7)) > 0) {
            assert_true(at + m <= want);
            assert_memory_equal(got, sorted + at, m * sizeof *got);
            at += m;
        }
        assert_int_equal(at, want);
        ext_set_service.sketch->drop(&f.host, s);
    }
}

static void test_overlap(void **unused)
{
    (void)unused;
    uint64_t seed = 4;
    fake_host f;
    fake_host_init(&f);
    for (uint32_t i = 0; i < 1000; i++)
        hashes[i] = i == 500 ? 0 : fake_random(&seed);
    const struct {
        uint32_t from_a, n_a, from_b, n_b, want;
    } cases[] = {{0, 1000, 0, 1000, 1000}, {0, 600, 400, 600, 200}, {0, 400, 600, 400, 0},
                 {0, 0, 0, 1000, 0},       {0, 1000, 0, 0, 0},      {0, 1000, 500, 1, 1},
                 {400, 50, 0, 1000, 50},   {0, 0, 0, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *a = set_of(&f, hashes + cases[i].from_a, cases[i].n_a);
        void *b = set_of(&f, hashes + cases[i].from_b, cases[i].n_b);
        assert_int_equal(ext_set_service.overlap(a, b), cases[i].want);
        ext_set_service.sketch->drop(&f.host, a);
        ext_set_service.sketch->drop(&f.host, b);
    }
    assert_int_equal(f.blocks, 0);
}

/* Hashes that all have the same home are refused before they take memory or time without end. */
static void test_crowd(void **unused)
{
    (void)unused;
    fake_host f;
    void *s = NULL;
    size_t used = 0;
    fake_host_init(&f);
    for (uint32_t i = 0; i < ROWS; i++)
        hashes[i] = UINT64_MAX - ROWS + i;
    assert_int_equal(ext_set_service.sketch->make(&f.host, 0, &s), GM_OK);
    assert_int_equal(ext_set_service.sketch->add(s, hashes, NULL, ROWS), GM_E_LIMIT);
    assert_true(f.peak < 3 * 8 * 64 * 512);
    ext_set_service.sketch->drop(&f.host, s);

    static uint8_t bytes[3 + 8 * ROWS] = {0xb0, 0xea, 0x01}; /* 30000 */
    for (uint32_t i = 0; i < ROWS; i++) {
        uint64_t h = UINT64_C(1) << 63 | i;
        for (size_t b = 0; b < 8; b++)
            bytes[3 + 8 * (size_t)i + b] = (uint8_t)(h >> (8 * b));
    }
    assert_int_equal(ext_set_service.sketch->load(&f.host, bytes, sizeof bytes, &s, &used),
                     GM_E_STATE);
    assert_int_equal(f.blocks, 0);
}

/* Ascending, each once, all there. */
static void test_other_forms(void **unused)
{
    (void)unused;
    static const struct {
        size_t n;
        uint8_t bytes[25];
        gm_status status;
    } cases[] = {
        {17, {2, 5, 0, 0, 0, 0, 0, 0, 0, 6}, GM_OK},
        {17, {2, 0, 0, 0, 0, 0, 0, 0, 0, 6}, GM_OK},
        {17, {2, 6, 0, 0, 0, 0, 0, 0, 0, 6}, GM_E_STATE},
        {17, {2, 6, 0, 0, 0, 0, 0, 0, 0, 5}, GM_E_STATE},
        {17, {2, 0, 0, 0, 0, 0, 0, 0, 0, 0}, GM_E_STATE},
        {17, {2, 6, 0, 0, 0, 0, 0, 0, 0, 0}, GM_E_STATE},
        {17, {3, 5, 0, 0, 0, 0, 0, 0, 0, 6}, GM_E_STATE},
        {10, {0x81, 0, 5}, GM_E_STATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_host f;
        void *s = NULL;
        size_t used = 0;
        fake_host_init(&f);
        assert_int_equal(
            ext_set_service.sketch->load(&f.host, cases[i].bytes, cases[i].n, &s, &used),
            cases[i].status);
        ext_set_service.sketch->drop(&f.host, s);
        assert_int_equal(f.blocks, 0);
    }
}

static void test_laws(void **unused)
{
    (void)unused;
    uint64_t seed = 3;
    const uint32_t sizes[] = {1, 9, 10, 11, 300, 3000};
    for (size_t c = 0; c < sizeof sizes / sizeof sizes[0]; c++) {
        for (uint32_t i = 0; i < sizes[c]; i++)
            hashes[i] = i == 7 ? 0 : i % 5 == 4 ? hashes[i / 2] : fake_random(&seed);
        sketch_laws(ext_set_service.sketch, 0, hashes, x, sizes[c], 1024);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_sort), cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_crowd),        cmocka_unit_test(test_other_forms),
        cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/metric_laws.h"

#include <float.h>
#include <math.h>

enum { PARAM_FIELD, PARAM_QUANTILES, PARAM_MODE, PARAM_ACCURACY, PARAM_LEVEL };
enum { MODE_EXACT, MODE_SKETCH };
enum { ROWS = 6000 };

static double numbers[ROWS];

static void init(bench *b, const double *v, uint32_t n, int mode)
{
    bench_init(b);
    b->columns[0].f64 = v;
    b->n = n;
    b->values[PARAM_MODE].u.i = mode;
}

static void ask(bench *b, gm_value *items, const double *q, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        items[i] = (gm_value){.type = GM_T_F64, .u = {.f = q[i]}};
    b->values[PARAM_QUANTILES].u.l.items = items;
    b->values[PARAM_QUANTILES].u.l.n = n;
}

/* Type 7 by hand (and by R's quantile): of 1 2 3 4 10 the places are 4q. */
static void test_hand(void **unused)
{
    (void)unused;
    const double v[] = {10, 3, 1, 4, 2};
    const double q[] = {0, 0.25, 0.5, 0.9, 0.95, 1, 0.1};
    const double want[] = {1, 2, 3, 7.6, 8.8, 10, 1.4};
    const char *const labels[] = {"0", "0.25", "0.5", "0.9", "0.95", "1", "0.1"};
    gm_value items[7];
    bench b;
    init(&b, v, 5, MODE_EXACT);
    ask(&b, items, q, 7);
    bench_run(&b);
    assert_int_equal(b.n_emits, 7);
    for (uint32_t i = 0; i < 7; i++) {
        bench_assert_near(b.emits[i].value.u.f, want[i], 1e-14 * want[i]);
        assert_string_equal(b.labels[i], labels[i]);
        assert_int_equal(b.emits[i].n, 5);
        /* Five values are too few for an interval at 95 %. */
        assert_int_equal(b.emits[i].flags, GM_EF_LOW_N | GM_EF_NO_INTERVAL);
    }
}

/* The ranks by SciPy (binom): n = 40: median 14 to 27, 0.9-quantile 32 to 40; n = 6: 1 to 6. */
static void test_interval(void **unused)
{
    (void)unused;
    const double q[] = {0.5, 0.9};
    gm_value items[2];
    bench b;
    for (uint32_t i = 0; i < 40; i++)
        numbers[i] = 40 - i;
    init(&b, numbers, 40, MODE_EXACT);
    ask(&b, items, q, 2);
    bench_run(&b);
    const double want[][3] = {{20.5, 14, 27}, {36.1, 32, 40}};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(b.emits[i].method, GM_U_ORDER);
        assert_int_equal(b.emits[i].flags, 0);
        bench_assert_near(b.emits[i].value.u.f, want[i][0], 1e-12);
        bench_assert_near(b.emits[i].lower, want[i][1], 0);
        bench_assert_near(b.emits[i].upper, want[i][2], 0);
    }
    b.n = 6; /* 40 down to 35 */
    bench_run(&b);
    bench_assert_near(b.emits[0].lower, 35, 0);
    bench_assert_near(b.emits[0].upper, 40, 0);
}

static void test_sketch(void **unused)
{
    (void)unused;
    uint64_t seed = 1;
    bench b, c;
    for (uint32_t i = 0; i < ROWS; i++)
        numbers[i] = exp(6 * fake_uniform(&seed)) * (i % 3 == 0 ? -1 : 1);
    init(&b, numbers, ROWS, MODE_EXACT);
    init(&c, numbers, ROWS, MODE_SKETCH);
    bench_run(&b);
    bench_run(&c);
    assert_int_equal(b.n_emits, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const gm_emit *e = &b.emits[i];
        const gm_emit *s = &c.emits[i];
        assert_string_equal(b.labels[i], c.labels[i]);
        assert_int_equal(s->method, GM_U_ORDER_SKETCH);
        assert_int_equal(s->flags, GM_EF_APPROXIMATE);
        bench_assert_near(s->value.u.f, e->value.u.f, 0.012 * fabs(e->value.u.f));
        /* Wider than the true one, but not by more than twice the accuracy each side. */
        assert_true(s->lower <= e->lower && s->upper >= e->upper);
        assert_true(s->lower >= e->lower - 0.021 * fabs(e->lower));
        assert_true(s->upper <= e->upper + 0.021 * fabs(e->upper));
    }
}

/* The same ranks in both modes, for every n: values are so far apart that one rank shows. */
static void test_sketch_ranks(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 200; i++)
        numbers[i] = pow(1.1, i);
    for (uint32_t n = 30; n <= 200; n++) {
        bench b, c;
        init(&b, numbers, n, MODE_EXACT);
        init(&c, numbers, n, MODE_SKETCH);
        bench_run(&b);
        bench_run(&c);
        for (uint32_t i = 0; i < 4; i++) {
            assert_int_equal(b.emits[i].method == GM_U_NONE, c.emits[i].method == GM_U_NONE);
            if (b.emits[i].method == GM_U_NONE)
                continue;
            bench_assert_near(c.emits[i].lower / b.emits[i].lower, 1, 0.021);
            bench_assert_near(c.emits[i].upper / b.emits[i].upper, 1, 0.021);
        }
    }
}

static void test_edges(void **unused)
{
    (void)unused;
    for (int mode = MODE_EXACT; mode <= MODE_SKETCH; mode++) {
        const double bad[] = {1, (double)NAN, 2};
        const double infinite[] = {1, -(double)INFINITY, 2};
        const double zeros[] = {-0.0, 0, -0.0};
        bench b;
        init(&b, bad, 0, mode);
        bench_run(&b);
        assert_int_equal(b.n_emits, 4);
        assert_int_equal(b.emits[0].status, GM_S_NO_DATA);
        init(&b, bad, 3, mode);
        bench_run(&b);
        assert_int_equal(b.emits[0].status, GM_S_ERROR);
        metric_laws(&b);
        init(&b, infinite, 3, mode);
        bench_run(&b);
        assert_int_equal(b.emits[0].status, GM_S_ERROR);
        init(&b, zeros, 3, mode);
        bench_run(&b);
        assert_int_equal(fake_bits(b.emits[0].value.u.f), 0);
        metric_laws(&b);
    }
}

/* The difference of the two values between which to go is not finite. */
static void test_extremes(void **unused)
{
    (void)unused;
    const double v[] = {-DBL_MAX, DBL_MAX};
    const double q[] = {0.25};
    gm_value items[1];
    bench b;
    init(&b, v, 2, MODE_EXACT);
    ask(&b, items, q, 1);
    bench_run(&b);
    bench_assert_near(b.emits[0].value.u.f, -DBL_MAX / 2, DBL_MAX * 1e-15);
}

static int compare(const void *a, const void *b)
{
    double p, q;
    memcpy(&p, a, sizeof p);
    memcpy(&q, b, sizeof q);
    return p < q ? -1 : p > q;
}

/* The sort, on kinds of input that quicksorts dislike: the saved bytes are sorted. */
static void test_sort(void **unused)
{
    (void)unused;
    static double sorted[ROWS];
    uint64_t seed = 3;
    for (int kind = 0; kind < 7; kind++) {
        for (uint32_t n = 1; n <= ROWS; n = n * 2 + (uint32_t)kind) {
            bench b;
            fake_writer w;
            for (uint32_t i = 0; i < n; i++)
                numbers[i] = kind == 0   ? i
                             : kind == 1 ? -(double)i
                             : kind == 2 ? 1
                             : kind == 3 ? (double)(i % 2)
                             : kind == 4 ? (double)(i < n / 2 ? i : n - i) /* an organ pipe */
                             : kind == 5 ? (double)(fake_random(&seed) % 5)
                                         : fake_uniform(&seed) - 0.5;
            memcpy(sorted, numbers, n * sizeof *sorted);
            qsort(sorted, n, sizeof *sorted, compare);
            for (uint32_t i = 0; i < n; i++)
                sorted[i] += 0.0;
            init(&b, numbers, n, MODE_EXACT);
            gm_inst *inst = bench_create(&b);
            gm_state *state = bench_whole(&b, inst);
            law_save(&b, inst, state, &w);
            assert_int_equal(w.n, 16 + 8 * (size_t)n);
            for (uint32_t i = 0; i < n; i++)
                assert_memory_equal(w.data + 16 + 8 * (size_t)i, &sorted[i], 8);
            fake_writer_deinit(&w);
            b.metric->state_free(inst, state);
            b.metric->destroy(inst);
        }
    }
}

static void test_laws(void **unused)
{
    (void)unused;
    uint64_t seed = 5;
    const uint32_t sizes[] = {1, 2, 17, 1500};
    for (size_t c = 0; c < sizeof sizes / sizeof sizes[0]; c++) {
        for (int mode = MODE_EXACT; mode <= MODE_SKETCH; mode++) {
            bench b;
            for (uint32_t i = 0; i < sizes[c]; i++)
                numbers[i] = i % 7 == 0 ? -0.0 : floor(fake_uniform(&seed) * 1000) - 300;
            init(&b, numbers, sizes[c], mode);
            metric_laws(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hand),         cmocka_unit_test(test_interval),
        cmocka_unit_test(test_sketch),       cmocka_unit_test(test_edges),
        cmocka_unit_test(test_sketch_ranks), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_sort),         cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

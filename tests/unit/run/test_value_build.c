/* SPDX-License-Identifier: Apache-2.0
 * test_value_build.c - what plugins emit becomes values: groups, labels, figures, series, no data,
 * failures, and the order of values. */
#include "run/run_fixture.h"

#include <math.h>

#include "run/value_build.h"

static const char text[] = PLAN_BASE "[metric plain]\nplugin = count\n"
                                     "[metric probe]\nplugin = test.probe\nby = type, actor\n";
enum { PLAIN, PROBE };
enum { SEEN, SHARE, SIDE };

typedef struct bench {
    plan *plan;
    value_set set;
    value_build *build;
    uint32_t call;
} bench;

static void open_bench(bench *b, uint32_t metric)
{
    memset(b, 0, sizeof *b);
    b->plan = plan_fixture_plan(text);
    value_set_init(&b->set);
    b->build = value_build_new(b->plan, metric, &b->set);
}

static void close_bench(bench *b)
{
    value_build_free(b->build);
    value_set_deinit(&b->set);
    plan_free(b->plan);
}

static const int64_t starts[] = {100, 200, 300};

static void begin_total(bench *b)
{
    gm_error err;
    assert_int_equal(value_build_begin(b->build, NULL, 0, starts, 3, &err), GM_OK);
}

static gm_str str_of(const char *s, size_t n)
{
    return (gm_str){.ptr = s, .len = (uint32_t)n};
}

static gm_emit count_of(uint32_t output, int64_t n)
{
    return (gm_emit){.struct_size = sizeof(gm_emit),
                     .output = output,
                     .value = {.type = GM_T_I64, .u = {.i = n}},
                     .n = (uint64_t)n,
                     .lower = 1,
                     .upper = 2,
                     .level = 0.9,
                     .se = 0.5,
                     .num = 3,
                     .den = 4,
                     .flags = GM_EF_LOW_N,
                     .method = GM_U_POISSON,
                     .bucket = INT64_MIN};
}

/* One emit in a call of its own. */
static void emit_as(bench *b, const gm_emit *e, value_build_what what, uint32_t bucket,
                    bool has_events)
{
    value_build_take take = {.build = b->build,
                             .what = what,
                             .call = ++b->call,
                             .bucket = bucket,
                             .has_events = has_events};
    gm_error err;
    assert_true(value_build_emit(&take, e, &err));
}

static void expect_no_data(const value_figure *f)
{
    assert_int_equal(f->status, GM_S_NO_DATA);
    assert_true(f->is_null);
    assert_int_equal(f->n, 0);
    assert_true(isnan(f->lower) && isnan(f->upper) && isnan(f->num) && isnan(f->den) &&
                isnan(f->se));
    assert_true(isnan(value_number(f)));
}

static bool is_near(double a, double b)
{
    return a - b < 1e-12 && b - a < 1e-12;
}

static void test_figures(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PLAIN);
    begin_total(&b);
    gm_emit e = count_of(0, 42);
    emit_as(&b, &e, VALUE_BUILD_CURRENT, 0, true);
    e.value.u.i = 7;
    emit_as(&b, &e, VALUE_BUILD_BUCKET, 1, true);
    e.value.u.i = 40;
    emit_as(&b, &e, VALUE_BUILD_PREVIOUS, 0, true);
    value_build_end(b.build);
    assert_int_equal(b.set.n, 1);
    const value *v = &b.set.items[0];
    assert_string_equal(v->metric, "plain");
    assert_string_equal(v->output, "count");
    assert_string_equal(v->unit, "events");
    assert_int_equal(v->direction, GM_D_HIGHER_BETTER);
    assert_int_equal(v->kind, GM_K_COUNT);
    assert_int_equal(v->n_groups, 0);
    assert_int_equal(v->n_labels, 0);
    assert_null(v->error);
    assert_int_equal(v->current.status, GM_S_OK);
    assert_true(v->current.is_integer);
    assert_int_equal(v->current.i, 42);
    assert_int_equal(v->current.n, 42);
    assert_int_equal(v->current.method, GM_U_POISSON);
    assert_int_equal(v->current.flags, GM_EF_LOW_N);
    assert_true(is_near(v->current.lower, 1) && is_near(v->current.upper, 2) &&
                is_near(v->current.level, 0.9) && is_near(v->current.se, 0.5) &&
                is_near(v->current.num, 3) && is_near(v->current.den, 4));
    assert_true(v->has_previous);
    assert_int_equal(v->previous.i, 40);
    assert_int_equal(v->n_series, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(v->series[i].start_us, starts[i]);
    assert_true(isnan(v->series[0].value));
    assert_true(is_near(v->series[1].value, 7));
    close_bench(&b);
    value_build_free(NULL);
}

/* Without events there is no data, whatever is emitted; an output that is never emitted likewise.
 */
static void test_no_data(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PROBE);
    begin_total(&b);
    gm_emit e = count_of(SEEN, 0);
    emit_as(&b, &e, VALUE_BUILD_CURRENT, 0, false);
    emit_as(&b, &e, VALUE_BUILD_PREVIOUS, 0, false);
    emit_as(&b, &e, VALUE_BUILD_BUCKET, 0, false);
    value_build_end(b.build);
    assert_int_equal(b.set.n, 2); /* families have no labels yet, so no values */
    for (uint32_t i = 0; i < 2; i++) {
        const value *v = &b.set.items[i];
        assert_int_equal(v->output_index, i);
        expect_no_data(&v->current);
        expect_no_data(&v->previous);
        for (uint32_t k = 0; k < 3; k++)
            assert_true(isnan(v->series[k].value));
    }
    /* A plugin's own no_data keeps what it says beside. */
    begin_total(&b);
    e = count_of(SHARE, 0);
    e.value = (gm_value){.type = GM_T_F64, .is_null = 1};
    e.status = GM_S_NO_DATA;
    e.n = 5;
    emit_as(&b, &e, VALUE_BUILD_CURRENT, 0, true);
    value_build_end(b.build);
    assert_int_equal(b.set.items[2].current.n, 5);
    assert_true(b.set.items[2].current.is_null);
    close_bench(&b);
}

typedef struct label_case {
    gm_str first, second;
    const char *first_text, *second_text;
} label_case;

/* A NUL would cut a text short: it becomes U+FFFD, in each call the same value. */
static const label_case labels[] = {
    {{"yes", 3, 0}, {"a", 1, 0}, "yes", "a"},
    {{"yes", 3, 0}, {"b", 1, 0}, "yes", "b"},
    {{"yes", 3, 0}, {NULL, 0, 0}, "yes", NULL},
    {{"ye", 2, 0}, {"sa", 2, 0}, "ye", "sa"},
    {{"y\0s", 3, 0}, {"a", 1, 0}, "y\xef\xbf\xbds", "a"},
    {{"\0\0", 2, 0}, {"\0", 1, 0}, "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd"},
    {{"\0", 1, 0}, {"\xc3\xa9", 2, 0}, "\xef\xbf\xbd", "\xc3\xa9"},
};
enum { LABELS = sizeof labels / sizeof *labels };

static void test_labels(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PROBE);
    begin_total(&b);
    for (uint32_t bucket = 0; bucket < 3; bucket++) {
        for (uint32_t i = 0; i < LABELS; i++) {
            gm_emit e = count_of(SIDE, (int64_t)(10 * i + bucket));
            e.label = labels[i].first;
            e.label2 = labels[i].second;
            emit_as(&b, &e, VALUE_BUILD_BUCKET, bucket, true);
        }
    }
    assert_int_equal(b.set.n, LABELS);
    for (uint32_t i = 0; i < LABELS; i++) {
        const value *v = &b.set.items[i];
        assert_int_equal(v->n_labels, labels[i].second_text == NULL ? 1 : 2);
        assert_string_equal(v->labels[0].name, "held");
        assert_string_equal(v->labels[0].text, labels[i].first_text);
        if (v->n_labels == 2) {
            assert_string_equal(v->labels[1].name, "kind");
            assert_string_equal(v->labels[1].text, labels[i].second_text);
        }
        for (uint32_t bucket = 0; bucket < 3; bucket++)
            assert_true(is_near(v->series[bucket].value, 10 * i + bucket));
    }
    value_build_end(b.build);
    close_bench(&b);
}

static void test_emitted_twice(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PROBE);
    begin_total(&b);
    value_build_take take = {
        .build = b.build, .what = VALUE_BUILD_CURRENT, .call = 9, .has_events = true};
    gm_error err;
    gm_emit e = count_of(SIDE, 1);
    e.label = str_of("yes", 3);
    assert_true(value_build_emit(&take, &e, &err));
    e.label2 = str_of("a", 1); /* another value */
    assert_true(value_build_emit(&take, &e, &err));
    assert_false(value_build_emit(&take, &e, &err));
    assert_int_equal(err.code, GM_E_PLUGIN);
    assert_string_equal(err.message,
                        "metric 'probe': plugin test.probe 1.2.3 emitted 'side' twice");
    take.call = 10;
    assert_true(value_build_emit(&take, &e, &err));
    close_bench(&b);
}

/* A value that its plugin could not compute says so; one of an earlier period is only without. */
static void test_error_of_a_value(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PROBE);
    for (uint32_t k = 0; k < 2; k++) {
        begin_total(&b);
        gm_emit e = count_of(SEEN, 3);
        emit_as(&b, &e, k == 0 ? VALUE_BUILD_PREVIOUS : VALUE_BUILD_CURRENT, 0, true);
        e.status = GM_S_ERROR;
        e.value.is_null = 1;
        emit_as(&b, &e, k == 0 ? VALUE_BUILD_CURRENT : VALUE_BUILD_PREVIOUS, 0, true);
        const value *v = &b.set.items[b.set.n - 1];
        if (k == 0)
            assert_string_equal(v->error,
                                "metric 'probe': plugin test.probe 1.2.3 could not compute "
                                "it; are its numbers beyond range?");
        else
            assert_null(v->error);
        assert_int_equal(k == 0 ? v->current.status : v->previous.status, GM_S_ERROR);
        assert_int_equal(v->n_series, 3); /* tells it from a metric that failed */
        value_build_end(b.build);
    }
    close_bench(&b);
}

/* ---- groups ---------------------------------------------------------------------------------- */

typedef struct group_case {
    const char *key;
    size_t len;
    const char *texts[2]; /* NULL: missing */
    bool is_wrong;
} group_case;

static const group_case groups[] = {
    {"\1\3own\1\1x", 8, {"own", "x"}, false},
    {"\0\1\1x", 4, {NULL, "x"}, false},
    {"\0\0", 2, {NULL, NULL}, false},
    {"\1\0\0", 3, {"", NULL}, false},
    {"\1\3a\0b\1\0",
     7,
     {"a\xef\xbf\xbd"
      "b",
      ""},
     false},
    /* Nothing that a part may have. */
    {"\1\3own", 5, {NULL}, true},
    {"\1\3own\1\1x\0", 9, {NULL}, true},
    {"\1\4own", 5, {NULL}, true},
    {"", 0, {NULL}, true},
    {"\0", 1, {NULL}, true},
    {"\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1x\0", 13, {NULL}, true},
};

static void test_groups(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PROBE);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const group_case *c = &groups[i];
        gm_error err;
        /* A block that ends behind the key, for sanitizers. */
        uint8_t *key = malloc(c->len + (c->len == 0));
        assert_non_null(key);
        memcpy(key, c->key, c->len);
        gm_status st = value_build_begin(b.build, key, c->len, starts, 3, &err);
        free(key);
        assert_int_equal(st, c->is_wrong ? GM_E_DAMAGED : GM_OK);
        if (c->is_wrong) {
            assert_string_equal(err.message,
                                "a part has a group of metric 'probe' that makes no sense");
            continue;
        }
        uint32_t before = b.set.n;
        gm_emit e = count_of(SEEN, 1);
        emit_as(&b, &e, VALUE_BUILD_CURRENT, 0, true);
        const value *v = &b.set.items[before];
        assert_int_equal(v->n_groups, 2);
        assert_string_equal(v->groups[0].name, "type");
        assert_string_equal(v->groups[1].name, "actor");
        for (uint32_t k = 0; k < 2; k++) {
            if (c->texts[k] == NULL)
                assert_null(v->groups[k].text);
            else
                assert_string_equal(v->groups[k].text, c->texts[k]);
        }
        value_build_end(b.build);
    }
    close_bench(&b);
}

/* ---- order and failures ---------------------------------------------------------------------- */

static void test_sort(void **state)
{
    (void)state;
    /* As they must stand: metric, output, the total, then groups, missing before texts, then
     * labels. */
    static value_label a[] = {{"g", "a"}, {"h", NULL}}, ab[] = {{"g", "a"}, {"h", "b"}},
                       b[] = {{"g", "b"}, {"h", ""}}, none[] = {{"g", NULL}, {"h", "z"}},
                       high[] = {{"g", "\xc3\xa9"}, {"h", "a"}};
    static const value ordered[] = {
        {.metric_index = 0, .output_index = 0},
        {.metric_index = 0, .output_index = 0, .labels = {{"q", "0.5"}}, .n_labels = 1},
        {.metric_index = 0, .output_index = 0, .labels = {{"q", "0.95"}}, .n_labels = 1},
        {.metric_index = 0, .output_index = 0, .groups = none, .n_groups = 2},
        {.metric_index = 0, .output_index = 0, .groups = a, .n_groups = 2},
        {.metric_index = 0,
         .output_index = 0,
         .groups = a,
         .n_groups = 2,
         .n_labels = 1,
         .labels = {{"q", "x"}}},
        {.metric_index = 0,
         .output_index = 0,
         .groups = a,
         .n_groups = 2,
         .n_labels = 2,
         .labels = {{"q", "x"}, {"r", "a"}}},
        {.metric_index = 0, .output_index = 0, .groups = ab, .n_groups = 2},
        {.metric_index = 0, .output_index = 0, .groups = b, .n_groups = 2},
        {.metric_index = 0, .output_index = 0, .groups = high, .n_groups = 2},
        {.metric_index = 0, .output_index = 1},
        {.metric_index = 1, .output_index = 0},
    };
    enum { N = sizeof ordered / sizeof *ordered };
    uint64_t seed = 1;
    for (uint32_t round = 0; round < 50; round++) {
        value_set set;
        value_set_init(&set);
        value_build_sort(&set); /* of nothing */
        for (uint32_t i = 0; i < N; i++) {
            value *v = value_set_add(&set);
            uint32_t at = run_fixture_random(&seed, i + 1);
            *v = set.items[at];
            set.items[at] = ordered[i];
            set.items[at].current.n = i;
        }
        value_build_sort(&set);
        for (uint32_t i = 0; i < N; i++)
            assert_int_equal(set.items[i].current.n, i);
        value_set_deinit(&set);
    }
}

static void test_failed(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, PROBE);
    char why[] = "it broke";
    value_build_failed(b.plan, PROBE, why, &b.set);
    why[0] = 'X'; /* it was copied */
    assert_int_equal(b.set.n, 3);
    static const char *const outputs[] = {"seen", "share", "side"};
    static const char *const units[] = {"events", "1", ""};
    for (uint32_t i = 0; i < 3; i++) {
        const value *v = &b.set.items[i];
        assert_int_equal(v->metric_index, PROBE);
        assert_string_equal(v->output, outputs[i]);
        assert_string_equal(v->unit, units[i]);
        assert_string_equal(v->error, "it broke");
        assert_int_equal(v->current.status, GM_S_ERROR);
        assert_true(v->current.is_null);
        expect_no_data(&v->previous);
        assert_int_equal(v->n_groups + v->n_labels + v->n_series, 0);
    }
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_figures, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_no_data, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_labels, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_emitted_twice, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_error_of_a_value, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_groups, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_sort),
        cmocka_unit_test_setup_teardown(test_failed, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

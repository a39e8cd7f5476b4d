/* SPDX-License-Identifier: Apache-2.0
 * test_rollup.c - areas and the whole, with means worked out by hand. */
#include "score/rollup.h"
#include "score/score_fixture.h"

/* A set whose goals have these scores (NaN: none), weights and areas. */
static void prepare(fixture *f, const double *scores, const double *weights,
                    const char *const *areas, uint32_t n)
{
    static rule_input input = {.name = "value", .doc = ""};
    static const rule_info rule = {.name = "r", .inputs = &input, .n_inputs = 1};
    arena_init(&f->set.memory, 0);
    f->set.n_goals = n;
    f->set.goals = arena_zpush(&f->set.memory, n * sizeof *f->set.goals);
    for (uint32_t i = 0; i < n; i++) {
        (void)fixture_add(f, &rule);
        f->config_goals[i].weight = weights[i];
        f->config_goals[i].area.text = areas[i];
        f->set.goals[i].goal = i;
        f->set.goals[i].has_score = !isnan(scores[i]);
        f->set.goals[i].score = isnan(scores[i]) ? 0 : scores[i];
        f->set.goals[i].status = isnan(scores[i]) ? SCORECARD_ERROR : SCORECARD_MISSED;
    }
    rollup_run(&f->set, f->goals, &f->config);
}

static void expect_area(const scorecard_area *a, const char *name, scorecard_status status,
                        double score, double coverage, uint32_t n_children)
{
    if (name == NULL)
        assert_null(a->name);
    else
        assert_string_equal(a->name, name);
    assert_int_equal(a->status, status);
    assert_int_equal(a->has_score, status != SCORECARD_NO_DATA);
    fixture_assert_near(a->score, score, 1e-12);
    fixture_assert_near(a->coverage, coverage, 1e-12);
    assert_int_equal(a->n_children, n_children);
}

static void test_areas_and_whole(void **state)
{
    (void)state;
    static const double none = (double)NAN;
    const double scores[] = {50, 100, none, none, 90};
    static const double weights[] = {3, 1, 4, 2, 5};
    static const char *const areas[] = {"brand", "brand", "brand", "service", "sales"};
    fixture f;
    fixture_init(&f);
    (void)fixture_area(&f, "brand", 3);
    (void)fixture_area(&f, "empty", 7);
    (void)fixture_area(&f, "service", 2);
    (void)fixture_area(&f, "sales", 1);
    prepare(&f, scores, weights, areas, 5);
    assert_int_equal(f.set.n_areas, 4);
    /* (3 * 50 + 1 * 100) / 4 = 62.5; 4 of 8 by weight */
    expect_area(&f.set.areas[0], "brand", SCORECARD_AT_RISK, 62.5, 0.5, 3);
    expect_area(&f.set.areas[1], "empty", SCORECARD_NO_DATA, 0, 0, 0);
    expect_area(&f.set.areas[2], "service", SCORECARD_NO_DATA, 0, 0, 1);
    expect_area(&f.set.areas[3], "sales", SCORECARD_ON_TRACK, 90, 1, 1);
    /* (3 * 62.5 + 1 * 90) / 4 = 69.375; 4 of 6 by weight */
    expect_area(&f.set.overall, NULL, SCORECARD_AT_RISK, 69.375, 4.0 / 6, 3);
    const scorecard_child *child = f.set.areas[0].children;
    assert_int_equal(child[2].goal, 2);
    fixture_assert_near(child[2].weight, 4, 0);
    assert_false(child[2].is_counted);
    assert_true(child[1].is_counted);
    assert_int_equal(f.set.overall.children[1].goal, 2);
    assert_false(f.set.overall.children[1].is_counted);
    assert_int_equal(f.set.overall.children[2].goal, 3);
    fixture_deinit(&f);
}

/* (0.1 * 100 + 0.2 * 100 + 0.3 * 100) / (0.1 + 0.2 + 0.3) is 99.99999999999999 in doubles. */
static void test_mean_of_equals(void **state)
{
    (void)state;
    static const double scores[] = {100, 100, 100};
    static const double weights[] = {0.1, 0.7, 0.3};
    static const char *const areas[] = {"a", "a", "a"};
    for (int k = 0; k < 50; k++) {
        fixture f;
        double w[3];
        fixture_init(&f);
        (void)fixture_area(&f, "a", 1);
        for (int i = 0; i < 3; i++)
            w[i] = weights[i] + 0.013 * k * (i + 1);
        prepare(&f, scores, w, areas, 3);
        expect_area(&f.set.areas[0], "a", SCORECARD_MET, 100, 1, 3);
        expect_area(&f.set.overall, NULL, SCORECARD_MET, 100, 1, 1);
        assert_false(f.set.areas[0].score < 100);
        fixture_deinit(&f);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    prepare(&f, NULL, NULL, NULL, 0);
    assert_int_equal(f.set.n_areas, 0);
    expect_area(&f.set.overall, NULL, SCORECARD_NO_DATA, 0, 0, 0);
    fixture_deinit(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_areas_and_whole),
        cmocka_unit_test(test_mean_of_equals),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_goal_view.c - what the outputs show of a goal. */
#include "report/goal_view.h"
#include "report/report_fixture.h"

static void test_goal(void **state)
{
    (void)state;
    goal_view view = goal_view_of(&fixture_report, 1);
    assert_string_equal(view.name, "brand.visits");
    assert_ptr_equal(view.first, &fixture_value_items[0]);
    assert_ptr_equal(view.rule, &fixture_rules[0]);
    assert_float_equal(view.change, 345.0 / 12000, 1e-12);
    assert_float_equal(view.gap, -345, 0);
}

/* The title is the name when none was given; the first input counts even if the run lacks it. */
static void test_fallbacks(void **state)
{
    (void)state;
    goal_view view = goal_view_of(&fixture_report, 3);
    assert_string_equal(view.title, "service.tone");
    view = goal_view_of(&fixture_report, 4);
    assert_null(view.first);
    assert_true(isnan(view.change));
    assert_true(isnan(view.gap));
    assert_string_equal(goal_view_area_title(&fixture_report, 0), "Brand");
    assert_string_equal(goal_view_area_title(&fixture_report, 1), "service");
}

static void test_first_input_that_is_given(void **state)
{
    (void)state;
    const plan_input *inputs[] = {NULL, &fixture_to_visits};
    plan_goal goals[5];
    memcpy(goals, fixture_goals, sizeof goals);
    goals[4].inputs = inputs;
    plan p = fixture_plan;
    p.goals = goals;
    report r = fixture_report;
    r.plan = &p;
    assert_ptr_equal(goal_view_of(&r, 4).first, &fixture_value_items[0]);
}

static void test_words(void **state)
{
    (void)state;
    static const char *const words[SCORECARD_STATUSES] = {
        "met", "on track", "at risk", "missed", "no target", "low n", "no data", "error"};
    for (uint32_t i = 0; i < SCORECARD_STATUSES; i++)
        assert_string_equal(goal_view_status_words((scorecard_status)i), words[i]);
    assert_string_equal(goal_view_direction_name(GM_D_NEUTRAL), "neutral");
    assert_string_equal(goal_view_direction_name(GM_D_HIGHER_BETTER), "up");
    assert_string_equal(goal_view_direction_name(GM_D_LOWER_BETTER), "down");
    assert_string_equal(goal_view_direction_name(GM_D_TARGET), "target");
}

static void test_summary(void **state)
{
    (void)state;
    scorecard cards[] = {{.goal = 0, .status = SCORECARD_LOW_N}};
    scorecard_set set = {.goals = cards, .n_goals = 1};
    report r = fixture_report;
    bytes out;
    bytes_init(&out, LIMIT_KIB(1));
    goal_view_summary(&fixture_report, &out);
    assert_written(&out, "5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 error");
    r.scorecards = &set;
    bytes_init(&out, LIMIT_KIB(1));
    goal_view_summary(&r, &out);
    assert_written(&out, "1 goal: 1 low n");
    set.n_goals = 0;
    bytes_init(&out, LIMIT_KIB(1));
    goal_view_summary(&r, &out);
    assert_written(&out, "0 goals");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goal),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_first_input_that_is_given),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_summary),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

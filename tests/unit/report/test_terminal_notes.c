/* SPDX-License-Identifier: Apache-2.0
 * test_terminal_notes.c - the summary and the warnings below the table. */
#include "report/report_fixture.h"
#include "report/terminal_notes.h"

#include "base/mem.h"
#include "base/text.h"

static const terminal_options unlimited = {.width = 0};

static void test_summary(void **state)
{
    (void)state;
    scorecard_set set = fixture_scorecards;
    report r = fixture_report;
    r.scorecards = &set;
    bytes out;
    set.overall.coverage = 1;
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_summary(&r, &unlimited, &out);
    assert_written(&out,
                   "5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 error · overall 68.8\n");
    set.overall.coverage = 0.625;
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_summary(&r, &unlimited, &out);
    assert_written(&out, "5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 error · overall 68.8 "
                         "(from 62.5 % of the weight)\n");
    set.overall.has_score = false;
    terminal_options narrow = {.width = 40};
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_summary(&r, &narrow, &out);
    assert_written(
        &out, "5 goals: 1 met, 1 at risk, 1 missed, 1\n  no data, 1 error · overall no data\n");
}

static void test_nothing_to_warn_of(void **state)
{
    (void)state;
    run_source sources[2] = {{.logs = 1, .lines = 1}};
    run_record record = {.sources = sources, .n_sources = 2};
    plan p = fixture_plan;
    p.n_goals = 4; /* the fifth has an error */
    report r = {&p, &record, &fixture_values, &fixture_scorecards};
    bytes out;
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_warnings(&r, &unlimited, &out);
    assert_written(&out, "");
}

/* Ten of a kind are shown; of more, how many there are. Duplicates are no warning. */
static void test_many_bad_logs(void **state)
{
    (void)state;
    for (uint32_t n = 9; n <= 12; n++) {
        run_log *logs = mem_array(n + 1, sizeof *logs);
        for (uint32_t i = 0; i <= n; i++)
            logs[i] =
                (run_log){.path = "/d/x", .outcome = i < n ? RUN_LOG_FAILED : RUN_LOG_DUPLICATE};
        run_source sources[2] = {{0}};
        run_record record = {.sources = sources, .n_sources = 2, .logs = logs, .n_logs = n + 1};
        report r = fixture_report;
        r.record = &record;
        bytes out;
        bytes_init(&out, LIMIT_KIB(64));
        terminal_notes_warnings(&r, &unlimited, &out);
        assert_int_equal(count_of(&out, "warning: /d/x (failed): the worker"), n < 10 ? n : 10);
        assert_int_equal(count_of(&out, "warning: and "), n > 10);
        assert_int_equal(count_of(&out, "warning: and 2 more logs, see run.json\n"), n == 12);
        bytes_deinit(&out);
        mem_free(logs);
    }
}

static void test_color_and_width(void **state)
{
    (void)state;
    run_source sources[2] = {{.logs = 2, .logs_bad = 1}};
    run_record record = {.sources = sources, .n_sources = 2};
    plan p = fixture_plan;
    p.n_goals = 4;
    report r = {&p, &record, &fixture_values, &fixture_scorecards};
    terminal_options options = {.width = 40, .color = true};
    bytes out;
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_warnings(&r, &options, &out);
    assert_written(&out, "\033[33mwarning:\033[0m 1 of 2 logs of source web could\n"
                         "  not be used.\n");
}

/* A word that is too long overflows by itself; lines are otherwise as full as can be. */
static void test_wrapping(void **state)
{
    (void)state;
    scorecard cards[5];
    memcpy(cards, fixture_cards, sizeof cards);
    cards[4].error = "aaa  品牌品牌品牌品牌品牌 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb c";
    scorecard_set set = fixture_scorecards;
    set.goals = cards;
    run_source sources[2] = {{0}};
    run_record record = {.sources = sources, .n_sources = 2};
    report r = {&fixture_plan, &record, &fixture_values, &set};
    terminal_options options = {.width = 47}; /* the first line is 47 columns wide */
    bytes out;
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_warnings(&r, &options, &out);
    assert_written(&out, "warning: goal loyalty: aaa 品牌品牌品牌品牌品牌\n"
                         "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
                         "  c\n");
    options.width = 46;
    bytes_init(&out, LIMIT_KIB(4));
    terminal_notes_warnings(&r, &options, &out);
    assert_written(&out, "warning: goal loyalty: aaa\n"
                         "  品牌品牌品牌品牌品牌\n"
                         "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
                         "  c\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary),       cmocka_unit_test(test_nothing_to_warn_of),
        cmocka_unit_test(test_many_bad_logs), cmocka_unit_test(test_color_and_width),
        cmocka_unit_test(test_wrapping),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_data_quality.c - counts and sentences of the made-up run, goal by goal. */
#include "report/data_quality.h"
#include "report/report_fixture.h"

static void assert_notes(const data_quality *q, const char *const *notes, size_t n)
{
    assert_int_equal(q->n_notes, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(q->notes[i], notes[i]);
}
#define ASSERT_NOTES(q, notes) assert_notes((q), (notes), sizeof(notes) / sizeof *(notes))

static void test_goal_of_one_source(void **state)
{
    (void)state;
    static const char *const notes[] = {
        "1 of 4 logs of source web could not be used.",
        "1 of 4 logs of source web is damaged; the lines before the damage count.",
        "9 of 10,234 lines of source web were rejected.",
        "Metric visits could not use 1,500 events: field actor was missing.",
    };
    data_quality q;
    data_quality_of_goal(&q, &fixture_report, 1);
    assert_true(q.degraded);
    assert_int_equal(q.logs_bad, 2);
    assert_int_equal(q.lines, 10234);
    assert_int_equal(q.lines_rejected, 9);
    assert_int_equal(q.events_missing_field, 1500);
    ASSERT_NOTES(&q, notes);
    data_quality_deinit(&q);
}

/* Two inputs of one metric: its missing fields count once. */
static void test_metric_of_two_inputs(void **state)
{
    (void)state;
    data_quality q;
    data_quality_of_goal(&q, &fixture_report, 4);
    assert_int_equal(q.events_missing_field, 1500);
    assert_int_equal(q.n_notes, 4);
    data_quality_deinit(&q);
}

static void test_goal_of_a_failed_plugin(void **state)
{
    (void)state;
    static const char *const notes[] = {
        "A pattern of source crm matched no log.",
        "The plugin of metric tone failed and was taken out of the run.",
    };
    data_quality q;
    data_quality_of_goal(&q, &fixture_report, 3);
    assert_true(q.degraded);
    ASSERT_NOTES(&q, notes);
    data_quality_deinit(&q);
}

static void test_run(void **state)
{
    (void)state;
    data_quality q;
    data_quality_of_run(&q, &fixture_report);
    assert_true(q.degraded);
    assert_int_equal(q.lines, 10311);
    assert_int_equal(q.events_missing_field, 1501);
    assert_int_equal(q.n_notes, 8);
    data_quality_deinit(&q);
}

/* Each thing by itself: what it says, and whether the goal is degraded by it. */
static void test_each_degradation(void **state)
{
    (void)state;
    static const struct {
        run_source source;
        bool degraded;
        const char *note;
    } cases[] = {
        {{.logs = 1, .lines = 9}, false, NULL},
        {{.logs = 2, .logs_bad = 2}, true, "2 of 2 logs of source web could not be used."},
        {{.logs = 2, .logs_bad = 2, .logs_kept = 2},
         true,
         "2 of 2 logs of source web are damaged; the lines before the damage count."},
        {{.logs = 1, .n_unmatched = 1}, true, "A pattern of source web matched no log."},
        {{.logs = 1, .n_unmatched = 2}, true, "2 patterns of source web matched no log."},
        {{.logs = 1, .lines = 9, .rejected = 1},
         false,
         "1 of 9 lines of source web were rejected."},
        {{.logs = 1, .lines = 9, .events_future = 1},
         false,
         "1 event of source web is in the period's future, more than a day after its end, and not "
         "counted."},
        {{.logs = 1, .lines = 9000, .events_future = 1234},
         false,
         "1,234 events of source web are in the period's future, more than a day after its end, "
         "and "
         "not counted."},
        {{.logs = 1, .lines = 9000, .rejected = 1000, .too_many_bad_lines = true},
         true,
         "1,000 of 9,000 lines of source web were rejected, more than max_bad_lines allows."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_source sources[2] = {cases[i].source};
        run_record record = {.sources = sources, .n_sources = 2};
        report r = fixture_report;
        r.record = &record;
        data_quality q;
        data_quality_of_goal(&q, &r, 1);
        assert_int_equal(q.degraded, cases[i].degraded);
        assert_int_equal(q.n_notes, cases[i].note != NULL);
        if (cases[i].note != NULL)
            assert_string_equal(q.notes[0], cases[i].note);
        data_quality_deinit(&q);
        data_quality_of_goal(&q, &r, 2); /* reads the other source */
        assert_false(q.degraded);
        assert_int_equal(q.n_notes, 0);
        data_quality_deinit(&q);
    }
}

static void test_reason_of_a_log(void **state)
{
    (void)state;
    run_log log = {.outcome = RUN_LOG_UNREADABLE};
    assert_string_equal(data_quality_log_reason(&log), "it could not be opened or read");
    log.message = "permission denied";
    assert_string_equal(data_quality_log_reason(&log), "permission denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goal_of_one_source),      cmocka_unit_test(test_metric_of_two_inputs),
        cmocka_unit_test(test_goal_of_a_failed_plugin), cmocka_unit_test(test_run),
        cmocka_unit_test(test_each_degradation),        cmocka_unit_test(test_reason_of_a_log),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_log_account.c - ranks of logs, copies among them, and what is summed up by source and
 * metric. */
#include "run/plan_fixture.h"

#include "run/night_phases.h"

enum { LOGS = 10, SOURCES = 2 };

typedef struct account_case {
    uint32_t source;
    const char *path;
    uint64_t content; /* the hash, high */
    run_log_outcome outcome, expected;
    uint64_t lines, rejected;
    uint32_t rank; /* UINT32_MAX: none */
} account_case;

/* As night_find_logs() lists them: by source, then by path. Ranks go by source, content, path. */
static const account_case cases[LOGS] = {
    {0, "a", 9, RUN_LOG_READ, RUN_LOG_READ, 100, 1, 4},
    {0, "b", 3, RUN_LOG_READ, RUN_LOG_READ, 50, 2, 2},
    {0, "c", 9, RUN_LOG_READ, RUN_LOG_DUPLICATE, 100, 1, UINT32_MAX}, /* of a */
    {0, "d", 5, RUN_LOG_DAMAGED, RUN_LOG_DAMAGED, 0, 0, UINT32_MAX},
    {0, "e", 9, RUN_LOG_READ, RUN_LOG_DUPLICATE, 100, 1, UINT32_MAX}, /* of a as well */
    {0, "f", 2, RUN_LOG_READ, RUN_LOG_READ, 0, 0, 0}, /* without a line: alike, and no copies */
    {0, "g", 2, RUN_LOG_READ, RUN_LOG_READ, 0, 0, 1},
    {0, "h", 4, RUN_LOG_KEPT, RUN_LOG_KEPT, 10, 3, 3},
    {1, "a", 9, RUN_LOG_READ, RUN_LOG_READ, 100, 1, 7}, /* of another source: no copy */
    {1, "z", 0, RUN_LOG_FAILED, RUN_LOG_FAILED, 0, 0, UINT32_MAX},
};

typedef struct bench {
    plan *plan;
    night night;
    night_work work;
    run_log logs[LOGS];
    run_source sources[SOURCES];
    night_nulls nulls[LOGS];
} bench;

static void open_bench(bench *b)
{
    memset(b, 0, sizeof *b);
    b->plan =
        plan_fixture_plan("[source one]\nfiles = a\ntime = t\nmap.size = s\nmax_bad_lines = 4%\n"
                          "[source two]\nfiles = a\ntime = t\nmap.size = s\nmax_bad_lines = 1%\n"
                          "[metric m]\nplugin = sum\nfield = size\n"
                          "[metric n]\nplugin = test.probe\ncond = size > 1\n");
    arena_init(&b->night.record.memory, 0);
    value_set_init(&b->night.values);
    for (uint32_t i = 0; i < LOGS; i++) {
        b->logs[i] = (run_log){.source = cases[i].source,
                               .path = cases[i].path,
                               .outcome = cases[i].outcome,
                               .content = {.high = cases[i].content},
                               .lines = cases[i].lines,
                               .events_current = 1,
                               .events_previous = 2,
                               .events_outside = 3,
                               .events_future = 4};
        b->logs[i].outcomes[LOG_BLANK] = 1000; /* no rejection */
        b->logs[i].outcomes[LOG_BAD_TIME] = cases[i].rejected;
    }
    b->night.record.logs = b->logs;
    b->night.record.n_logs = LOGS;
    b->night.record.sources = b->sources;
    b->night.record.n_sources = SOURCES;
    b->work = (night_work){.plan = b->plan, .night = &b->night, .nulls = b->nulls};
}

static void close_bench(bench *b)
{
    night_deinit(&b->night);
    plan_free(b->plan);
}

static void test_ranks_and_copies(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    night_account(&b.work);
    uint32_t last_of[LOGS];
    for (uint32_t i = 0; i < LOGS; i++) {
        const run_log *log = &b.logs[i];
        assert_int_equal(log->outcome, cases[i].expected);
        bool is_copy = cases[i].expected == RUN_LOG_DUPLICATE;
        assert_int_equal(log->events_current, is_copy ? 0 : 1);
        assert_int_equal(log->events_previous, is_copy ? 0 : 2);
        assert_int_equal(log->events_outside, is_copy ? 0 : 3);
        assert_int_equal(log->events_future, is_copy ? 0 : 4);
        if (is_copy)
            assert_string_equal(log->message, "has the same content as a");
        else
            assert_null(log->message);
        last_of[i] = b.work.ranks[i];
    }
    /* Copies leave gaps: it is the order that counts. */
    for (uint32_t i = 0; i < LOGS; i++) {
        assert_int_equal(last_of[i] == UINT32_MAX, cases[i].rank == UINT32_MAX);
        for (uint32_t k = 0; k < LOGS; k++)
            assert_int_equal(last_of[i] < last_of[k], cases[i].rank < cases[k].rank);
    }
    close_bench(&b);
}

static void test_sums(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    night_account(&b.work);
    const run_source *one = &b.sources[0], *two = &b.sources[1];
    assert_int_equal(one->logs_bad, 2); /* d and h */
    assert_int_equal(one->logs_kept, 1);
    assert_int_equal(one->lines, 160); /* a, b, h: copies were not counted twice */
    assert_int_equal(one->rejected, 6);
    assert_int_equal(one->events_future, 6 * 4);
    assert_false(one->too_many_bad_lines); /* 3.75 % of 4 */
    assert_int_equal(two->logs_bad, 1);
    assert_int_equal(two->logs_kept, 0);
    assert_int_equal(two->rejected, 1);
    assert_false(two->too_many_bad_lines); /* exactly 1 % */
    close_bench(&b);
    open_bench(&b);
    b.logs[8].outcomes[LOG_TOO_LONG] = 1;
    night_account(&b.work);
    assert_true(two->too_many_bad_lines);
    close_bench(&b);
}

/* Only logs that count tell what was missing; what no plan has is not believed. */
static void test_nulls(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    assert_int_equal(b.plan->metrics[1].columns[1].kind, PLAN_CONDITION);
    const log_null first[] = {{0, 0, 5}, {1, 0, 6}}, second[] = {{0, 0, 70}, {0, 1, 800}},
                   copy[] = {{0, 0, 9000}};
    const log_null hostile[] = {{2, 0, 1}, {0, 2, 1}, {UINT32_MAX, UINT32_MAX, 1}, {1, 1, 1}};
    b.nulls[0] = (night_nulls){first, 2};
    b.nulls[1] = (night_nulls){second, 2};
    b.nulls[2] = (night_nulls){copy, 1};
    b.nulls[3] = (night_nulls){copy, 1};
    b.nulls[8] = (night_nulls){hostile, 4};
    night_account(&b.work);
    static const struct {
        uint32_t metric;
        const char *field;
        uint64_t events;
    } expected[] = {{0, "size", 75}, {1, "actor", 6}, {0, "actor", 800}};
    const run_record *r = &b.night.record;
    assert_int_equal(r->n_nulls, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(r->nulls[i].metric, expected[i].metric);
        assert_string_equal(r->nulls[i].field, expected[i].field);
        assert_int_equal(r->nulls[i].events, expected[i].events);
    }
    close_bench(&b);
}

static void test_no_logs(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    b.night.record.n_logs = 0;
    night_account(&b.work);
    assert_int_equal(b.sources[0].lines, 0);
    assert_false(b.sources[0].too_many_bad_lines);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ranks_and_copies, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_sums, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nulls, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_no_logs, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

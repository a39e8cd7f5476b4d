/* SPDX-License-Identifier: Apache-2.0
 * test_night_failure.c - who is to blame for a death, how its place is told, and what a failure
 * takes out of a run. */
#include "run/plan_fixture.h"

#include <signal.h>

#include "run/night_phases.h"

typedef struct bench {
    plan *plan;
    night night;
    night_work work;
    bool is_out[3];
    run_log logs[2];
} bench;

static void open_bench(bench *b, const char *run_keys)
{
    char text[512];
    memset(b, 0, sizeof *b);
    (void)snprintf(text, sizeof text,
                   "[run]\n%s%s[metric a]\nplugin = count\n[metric b]\nplugin = test.probe\n"
                   "[metric c]\nplugin = count\nby = type\n",
                   run_keys, PLAN_SOURCE);
    b->plan = plan_fixture_plan(text);
    arena_init(&b->night.record.memory, 0);
    value_set_init(&b->night.values);
    b->logs[0].path = "logs/a.ndjson";
    b->logs[1].path = "logs/b.gz";
    b->night.record.logs = b->logs;
    b->night.record.n_logs = 2;
    b->work = (night_work){.plan = b->plan, .night = &b->night, .is_out = b->is_out};
}

static void close_bench(bench *b)
{
    night_deinit(&b->night);
    plan_free(b->plan);
}

typedef struct death_case {
    uint32_t call, metric, log;
    int signal;
    bool timed_out, is_plugins_fault;
    const char *place;
} death_case;

static const death_case deaths[] = {
    {BREADCRUMB_NONE, 0, UINT32_MAX, SIGSEGV, false, false, ""},
    {BREADCRUMB_NONE, 0, 1, SIGSEGV, false, false, " at logs/b.gz, batch 7"},
    {BREADCRUMB_NONE, 0, 2, SIGSEGV, false, false, ""}, /* no such log */
    {BREADCRUMB_UPDATE, 1, 0, SIGSEGV, false, true,
     " at logs/a.ndjson, batch 7, in update of plugin test.probe 1.2.3 (metric 'b')"},
    {BREADCRUMB_FINALIZE, 1, UINT32_MAX, 0, false, true,
     ", in finalize of plugin test.probe 1.2.3 (metric 'b')"}, /* it exited */
    /* Killed from outside: nobody's fault, unless it was us, because a call took too long. */
    {BREADCRUMB_UPDATE, 1, UINT32_MAX, SIGKILL, false, false,
     ", in update of plugin test.probe 1.2.3 (metric 'b')"},
    {BREADCRUMB_UPDATE, 1, UINT32_MAX, SIGKILL, true, true,
     ", in update of plugin test.probe 1.2.3 (metric 'b')"},
    {BREADCRUMB_UPDATE, 3, UINT32_MAX, SIGSEGV, false, false, ""}, /* no such metric */
};

static void test_deaths(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, "");
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        const death_case *c = &deaths[i];
        pool_death death = {.signal = c->signal, .timed_out = c->timed_out};
        atomic_store(&death.crumb.call, c->call);
        atomic_store(&death.crumb.metric, c->metric);
        atomic_store(&death.crumb.log, c->log);
        atomic_store(&death.crumb.batch, 7);
        assert_int_equal(night_is_plugins_fault(&b.work, &death), c->is_plugins_fault);
        assert_string_equal(night_place(&b.work, &death), c->place);
    }
    close_bench(&b);
}

/* A plugin takes all its metrics along, each once; a second failure of it changes nothing. */
static void test_failures(void **state)
{
    (void)state;
    static const char *const keys[] = {"", "on_plugin_failure = stop\n"};
    for (uint32_t stops = 0; stops < 2; stops++) {
        bench b;
        open_bench(&b, keys[stops]);
        char why[] = "count broke";
        night_metric_failed(&b.work, 2, "c is too large");
        night_metric_failed(&b.work, 2, "c again");
        night_plugin_failed(&b.work, 0, why);
        night_plugin_failed(&b.work, 2, "count broke again");
        why[0] = 'X'; /* it was copied */
        const run_record *r = &b.night.record;
        assert_int_equal(r->n_metric_failures, 2);
        assert_int_equal(r->metric_failures[0].metric, 2);
        assert_string_equal(r->metric_failures[0].message, "c is too large");
        assert_int_equal(r->metric_failures[1].metric, 0);
        assert_string_equal(r->metric_failures[1].message, "count broke");
        assert_int_equal(r->n_plugin_failures, 1);
        assert_int_equal(r->plugin_failures[0].plugin, b.plan->metrics[0].plugin);
        assert_string_equal(r->plugin_failures[0].message, "count broke");
        assert_true(b.is_out[0] && !b.is_out[1] && b.is_out[2]);
        assert_int_equal(b.work.fatal.code, stops == 0 ? GM_OK : GM_E_PLUGIN);
        if (stops != 0) /* the first one tells */
            assert_string_equal(b.work.fatal.message,
                                "c is too large; stopped, as on_plugin_failure says");
        night_note_death(&b.work, "a worker died");
        assert_int_equal(r->n_deaths, 1);
        assert_string_equal(r->deaths[0].message, "a worker died");
        close_bench(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_deaths, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_failures, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

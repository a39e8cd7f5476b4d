/* SPDX-License-Identifier: Apache-2.0
 * test_metric_host.c - instances of a plan's metrics: made once, given what was configured, and
 * errors of plugins that fail, are gone, or are others now. */
#include "run/plan_fixture.h"

#include "base/limits.h"
#include "run/metric_host.h"

static const char text[] =
    PLAN_RUN "timezone = Europe/Berlin\n"
             "[source web]\nfiles = a\ntime = ts\nmap.size = s\nmap.type = t\n"
             "[metric a]\nplugin = sum\nfield = size\nlevel = 0.9\n"
             "[metric b]\nplugin = test.probe\ncond = type == x\n"
             "[metric c]\nplugin = test.probe\nfail = create\n"
             "[metric d]\nplugin = sum\nfield = size\n";

static void test_instances(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(text);
    metric_host *h = metric_host_new(p);
    gm_error err;
    instance *first[4] = {NULL};
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < 4; i++) {
            instance *got = (instance *)(void *)&err; /* must be set */
            gm_status st = metric_host_get(h, i, &got, &err);
            if (i == 2) {
                assert_int_equal(st, GM_E_PLUGIN);
                assert_null(got);
                assert_string_equal(
                    err.message,
                    "metric 'c': plugin test.probe 1.2.3 failed in create: told to fail");
                continue;
            }
            assert_int_equal(st, GM_OK);
            assert_string_equal(instance_descriptor(got)->id, p->metrics[i].descriptor->id);
            if (pass == 1)
                assert_ptr_equal(got, first[i]);
            first[i] = got;
        }
    }
    assert_ptr_not_equal(first[0], first[3]); /* of one plugin, and yet each its own */
    metric_host_free(h);
    metric_host_free(NULL);
    plan_free(p);
}

/* What create() and finalize() see. */
static void test_config(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(text);
    metric_host *h = metric_host_new(p);
    gm_error err;
    instance *unused = NULL;
    assert_int_equal(metric_host_get(h, 0, &unused, &err), GM_OK);
    assert_int_equal(metric_host_get(h, 1, &unused, &err), GM_OK);
    period window = {.first_day = 1, .end_day = 2, .start_us = 11, .end_us = 22};
    gm_config sum = metric_host_window(h, 0, &window);
    assert_int_equal(sum.struct_size, sizeof sum);
    assert_int_equal(sum.window_start, 11);
    assert_int_equal(sum.window_end, 22);
    assert_string_equal(sum.timezone, "Europe/Berlin");
    assert_int_equal(sum.n_values, 3);
    assert_memory_equal(sum.values[0].u.s.ptr, "size", 4);
    assert_true(sum.values[2].u.f > 0.899 && sum.values[2].u.f < 0.901);
    assert_int_equal(sum.n_binds, 2);
    assert_int_equal(sum.binds[0]->field, 0);
    assert_int_equal(sum.binds[0]->type, GM_T_F64);
    assert_int_equal(sum.binds[0]->flags, 0);
    assert_int_equal(sum.binds[0]->name.len, 4);
    assert_memory_equal(sum.binds[0]->name.ptr, "size", 4);
    assert_int_equal(sum.binds[1]->flags, GM_BIND_UNMAPPED); /* actor, by default */
    gm_config probe = metric_host_window(h, 1, &window);
    assert_int_equal(probe.n_binds, 2);
    assert_int_equal(probe.binds[1]->field, UINT32_MAX);
    assert_int_equal(probe.binds[1]->param, 1);
    assert_int_equal(probe.binds[1]->type, GM_T_BOOL);
    assert_int_equal(probe.binds[1]->name.len, 0);
    metric_host_free(h);
    plan_free(p);
}

static void expect_failure(plan *p, const char *message)
{
    metric_host *h = metric_host_new(p);
    gm_error err;
    instance *got = NULL;
    assert_int_equal(metric_host_get(h, 1, &got, &err), GM_E_PLUGIN);
    assert_null(got);
    if (strstr(err.message, message) == NULL)
        fail_msg("%s", err.message);
    assert_int_equal(metric_host_get(h, 0, &got, &err), GM_OK); /* another plugin */
    metric_host_free(h);
}

/* The plan knows a file as it was when it was described. */
static void test_other_files(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(text);
    plan_metric *m = &p->metrics[1];
    plugin_info *plugin = &p->plugins[m->plugin];
    const char *path = plugin->path;
    plugin->path = "gone.so";
    expect_failure(p, "plugin 'gone.so': cannot be opened: No such file or directory");
    plugin->path = GM_TEST_PLUGINS "/count.so"; /* another metric in that place */
    expect_failure(p, "changed while the run went on");
    plugin->path = path;
    m->metric_in_plugin = 1;
    expect_failure(p, "changed while the run went on");
    m->metric_in_plugin = 2; /* fewer metrics than before */
    expect_failure(p, "changed while the run went on");
    plan_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_instances, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_config, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_other_files, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

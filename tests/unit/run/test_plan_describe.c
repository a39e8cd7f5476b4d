/* SPDX-License-Identifier: Apache-2.0
 * test_plan_describe.c - which files are asked for plugins and rules, in which order, and what is
 * said when one is missing or broken. Copies of probe_plugin.c break as their names say. */
#include "run/plan_fixture.h"

#include "base/limits.h"

static void copy_file(const char *from, const char *to)
{
    bytes file;
    bytes_init(&file, LIMIT_MIB(64));
    assert_int_equal(file_read(&file, from, NULL), GM_OK);
    fixture_write(to, file.data, file.len);
    bytes_deinit(&file);
}

static int setup(void **state)
{
    int failed = fixture_setup(state);
    assert_int_equal(file_make_folders("own", NULL), GM_OK);
    assert_int_equal(file_make_folders("more", NULL), GM_OK);
    return failed;
}

/* A plan with folders and rules of our own only. */
static plan *make(const char *text, const char *const *folders, uint32_t n, const char *expected)
{
    plan *p = NULL;
    error_list errors = {0};
    plan_options options = {.config_path = "night.ini",
                            .now_us = PLAN_NOW_US,
                            .rules_dir = "rules",
                            .plugin_dirs = folders,
                            .n_plugin_dirs = n};
    fixture_save("night.ini", text);
    gm_status st = plan_make(&p, &options, &errors);
    fixture_expect_errors(&errors, expected, text);
    assert_int_equal(st, expected[0] == '\0' ? GM_OK : GM_E_CONFIG);
    return p;
}

#define PROBE(name) "[metric " name "]\nplugin = test.probe\n"

/* A file of the metric's name in an earlier folder wins; those of the configuration come first. */
static void test_order_of_folders(void **state)
{
    (void)state;
    static const char *const folders[] = {"none", "own", "more"};
    copy_file(GM_TEST_PROBE, "own/test.probe.so");
    copy_file(GM_TEST_PROBE, "more/test.probe.so");
    plan *p = make(PLAN_BASE PROBE("a"), folders, 3, "");
    assert_string_equal(p->plugins[0].path, "own/test.probe.so");
    plan_free(p);
    p = make("[run]\nplugin_dirs = own/.., more\n" PLAN_SOURCE PROBE("a"), folders, 3, "");
    assert_string_equal(p->plugins[0].path, "more/test.probe.so");
    plan_free(p);
    /* A folder of the configuration must be there; one of the program's own need not. */
    make("[run]\nplugin_dirs = own, nowhere\n" PLAN_SOURCE PROBE("a"), folders, 3,
         "night.ini:2:20: plugin_dirs: there is no folder 'nowhere'\n");
}

/* A file may hold metrics of any name: when no file is named so, all are asked, by name. Those that
 * break do not matter then, nor do files that are no plugins. */
static void test_file_of_another_name(void **state)
{
    (void)state;
    static const char *const folders[] = {"own", "more"};
    copy_file(GM_TEST_PROBE, "own/crash.so");
    copy_file(GM_TEST_PROBE, "own/refuse.so");
    copy_file(GM_TEST_PROBE, "own/z_last.so");
    copy_file(GM_TEST_PROBE, "own/b_first.so");
    copy_file(GM_TEST_PROBE, "own/.hidden.so");
    copy_file(GM_TEST_PROBE, "own/a_no_plugin.txt");
    copy_file(GM_TEST_PROBE, "more/a_later_folder.so");
    fixture_save("own/text.so", "no ELF");
    plan *p = make(PLAN_BASE "map.user = u\n" PROBE("a") "[metric b]\nplugin = test.second\n"
                                                         "from = size\n" PROBE("c"),
                   folders, 2, "");
    assert_int_equal(p->n_plugins, 1); /* one file, whatever is used of it */
    assert_string_equal(p->plugins[0].path, "own/b_first.so");
    assert_string_equal(p->metrics[0].descriptor->id, "test.probe");
    assert_string_equal(p->metrics[1].descriptor->id, "test.second");
    static const uint32_t numbers[] = {0, 1, 0};
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(p->metrics[i].plugin, 0);
        assert_int_equal(p->metrics[i].metric_in_plugin, numbers[i]);
        assert_ptr_equal(p->metrics[i].descriptor, p->plugins[0].descriptors[numbers[i]]);
    }
    plan_free(p);
}

/* Plugins stand in the order of their first use, each file once; unused ones are not there. */
static void test_plugins_of_a_plan(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(
        PLAN_BASE "[metric a]\nplugin = sum\nfield = size\n[metric b]\nplugin = count\n"
                  "[metric c]\nplugin = sum\nfield = size\n" PROBE("d"));
    static const char *const ids[] = {"sum", "count", "test.probe"};
    static const uint32_t plugins[] = {0, 1, 0, 2};
    assert_int_equal(p->n_plugins, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_string_equal(p->plugins[i].descriptors[0]->id, ids[i]);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(p->metrics[i].plugin, plugins[i]);
    plan_free(p);
}

static void test_missing_plugins(void **state)
{
    (void)state;
    static const char *const folders[] = {"own", "more"};
    copy_file(GM_TEST_PROBE, "own/probe.so");
    copy_file(GM_TEST_PROBE, "more/crash.so");
    copy_file(GM_TEST_PROBE, "more/refuse.so");
    fixture_save("more/text.so", "no ELF");
    make(PLAN_BASE "[metric a]\nplugin = test.porbe\n" PROBE("b") "[metric c]\nplugin = sum\n",
         folders, 2,
         "night.ini:10:10: unknown plugin 'test.porbe' (did you mean 'test.probe'?); searched in "
         "own, "
         "more\n"
         "night.ini:14:10: unknown plugin 'sum'; searched in own, more\n");
    /* What is wrong with a file of that name says more. */
    make(PLAN_BASE "[metric a]\nplugin = crash\n" PROBE("b") "[metric c]\nplugin = refuse\n",
         folders, 2,
         "night.ini:10:10: plugin 'more/crash.so': its worker was ended by SIGSEGV while loading "
         "it\n"
         "night.ini:14:10: plugin 'more/refuse.so': refused to load: not on this machine\n");
    make(PLAN_BASE "[metric a]\nplugin = count\n", NULL, 0,
         "night.ini:10:10: unknown plugin 'count'; searched in no folder\n");
}

/* ---- rules ----------------------------------------------------------------------------------- */

static const char good_rule[] = "return rule { doc = 'd', inputs = { value = 'v' },\n"
                                "  score = function(ctx) return score(50) end }\n";

#define GOAL(name, rule) "[goal " name "]\nmetric = a.seen\nrule = " rule "\n"

/* A bare name is one of those that ship; a path is seen from the file it stands in. */
static void test_rules(void **state)
{
    (void)state;
    static const char *const folders[] = {"own"};
    copy_file(GM_TEST_PROBE, "own/test.probe.so");
    assert_int_equal(file_make_folders("rules", NULL), GM_OK);
    assert_int_equal(file_make_folders("conf/deep", NULL), GM_OK);
    fixture_save("rules/plain.lua", good_rule);
    fixture_save("beside.lua", good_rule);
    fixture_save("conf/there.lua", good_rule);
    fixture_save("conf/deep/down.lua", good_rule);
    fixture_save("conf/more.ini", GOAL("e", "there.lua") GOAL("f", "deep/down.lua")
                                      GOAL("g", "../beside.lua") GOAL("h", "plain"));
    plan *p = make("[run]\ninclude = conf/more.ini\n" PLAN_SOURCE PROBE("a") GOAL("b", "plain")
                       GOAL("c", "beside.lua") GOAL("d", "./beside.lua"),
                   folders, 1, "");
    static const char *const paths[] = {
        "rules/plain.lua",    "beside.lua",         "beside.lua",     "conf/there.lua",
        "conf/deep/down.lua", "conf/../beside.lua", "rules/plain.lua"};
    assert_int_equal(p->n_goals, 7);
    for (uint32_t i = 0; i < 7; i++) {
        const rule_info *rule = &p->rules[p->goals[i].rule];
        assert_string_equal(rule->path, paths[i]);
        assert_string_equal(rule->doc, "d");
    }
    assert_int_equal(p->goals[1].rule, p->goals[2].rule);
    assert_int_equal(p->goals[0].rule, p->goals[6].rule);
    plan_free(p);
}

static void test_wrong_rules(void **state)
{
    (void)state;
    static const char *const folders[] = {"own"};
    copy_file(GM_TEST_PROBE, "own/test.probe.so");
    assert_int_equal(file_make_folders("rules", NULL), GM_OK);
    fixture_save("rules/banded.lua", good_rule);
    fixture_save("rules/broken.lua", "return 5\n");
    fixture_save("syntax.lua", "return rule {\n  oops oops\n}\n");
    make(PLAN_BASE PROBE("a") GOAL("b", "bandd") GOAL("c", "banded") GOAL("d", "broken")
             GOAL("e", "syntax.lua") GOAL("f", "syntax.lua") GOAL("g", "none.lua"),
         folders, 1,
         "night.ini:13:8: unknown rule 'bandd' (did you mean 'banded'?); those that ship are in "
         "rules, "
         "your own end in .lua\n"
         "night.ini:19:8: rule 'broken': rules/broken.lua: the file must return rule { … }, not "
         "number\n"
         "night.ini:22:8: rule 'syntax.lua': syntax.lua:2: '}' expected (to close '{' at line 1) "
         "near 'oops'\n"
         "night.ini:25:8: rule 'syntax.lua': syntax.lua:2: '}' expected (to close '{' at line 1) "
         "near 'oops'\n"
         "night.ini:28:8: rule 'none.lua': cannot open 'none.lua': No such file or directory\n");
    /* The default is a rule like any other. */
    make(PLAN_BASE PROBE("a") "[goal b]\nmetric = a.seen\n", folders, 1,
         "night.ini:11:1: unknown rule 'toward_target'; those that ship are in rules, your own end "
         "in "
         ".lua\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order_of_folders, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_file_of_another_name, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_plugins_of_a_plan, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_missing_plugins, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_rules, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_wrong_rules, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

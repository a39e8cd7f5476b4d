/* SPDX-License-Identifier: Apache-2.0
 * test_describe.c - plugins and rules told as data; files that crash, exit, hang or are none at all
 * cost only themselves. Copies of probe_plugin.c do what their names say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "base/hash.h"
#include "base/limits.h"
#include "run/describe.h"

static arena run_arena;

static int setup(void **state)
{
    arena_init(&run_arena, 0);
    return fixture_setup(state);
}

static int teardown(void **state)
{
    arena_deinit(&run_arena);
    return fixture_teardown(state);
}

static void copy_probe(const char *as)
{
    bytes file;
    bytes_init(&file, LIMIT_MIB(64));
    assert_int_equal(file_read(&file, GM_TEST_PROBE, NULL), GM_OK);
    fixture_write(as, file.data, file.len);
    bytes_deinit(&file);
}

static describe_item plugin_at(const char *path)
{
    return (describe_item){.path = path};
}

static describe_item rule_at(const char *name, const char *path)
{
    return (describe_item){.is_rule = true, .name = name, .path = path};
}

static void run(describe_item *items, uint32_t n)
{
    gm_error err = {.code = GM_OK};
    assert_int_equal(describe_run(items, n, &run_arena, &err), GM_OK);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no worker is left */
    assert_int_equal(errno, ECHILD);
}

static void test_nothing(void **state)
{
    (void)state;
    run(NULL, 0);
}

static void test_plugin(void **state)
{
    (void)state;
    describe_item items[] = {plugin_at(GM_TEST_PLUGINS "/count.so"), plugin_at(GM_TEST_PROBE)};
    run(items, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(items[i].error.code, GM_OK);
        assert_string_equal(items[i].plugin.path, items[i].path);
        assert_int_equal(strlen(items[i].plugin.hash), 32);
    }
    assert_int_equal(items[0].plugin.n_descriptors, 1);
    assert_string_equal(items[0].plugin.descriptors[0]->id, "count");
    assert_string_equal(items[0].plugin.descriptors[0]->outputs[0]->unit, "events");
    const plugin_info *probe = &items[1].plugin;
    assert_int_equal(probe->n_descriptors, 2);
    assert_string_equal(probe->build_info, "test");
    const gm_descriptor *d = probe->descriptors[0];
    assert_string_equal(d->id, "test.probe");
    assert_string_equal(d->version, "1.2.3");
    assert_int_equal(d->state_format, 2);
    assert_int_equal(d->n_params, 3);
    assert_string_equal(d->params[0]->enum_values[7], "finalize");
    assert_int_equal(d->n_outputs, 3);
    assert_string_equal(d->outputs[2]->label2, "kind");
    assert_string_equal(probe->descriptors[1]->id, "test.second");
    /* The hash is that of the file. */
    bytes file;
    bytes_init(&file, LIMIT_MIB(64));
    assert_int_equal(file_read(&file, GM_TEST_PROBE, NULL), GM_OK);
    char hex[HASH_HEX_SIZE];
    hash_hex(hash_128(file.data, file.len), hex);
    assert_string_equal(probe->hash, hex);
    bytes_deinit(&file);
}

static const char good_rule[] =
    "return rule { doc = 'Half of it', inputs = { value = { doc = 'in' },\n"
    "  more = { doc = 'also', optional = true } },\n"
    "  params = { at = { 5, min = 0, max = 9, doc = 'where' } },\n"
    "  score = function(ctx) return score(50) end }\n";

static void test_rule(void **state)
{
    (void)state;
    fixture_save("half.lua", good_rule);
    describe_item items[] = {rule_at("own/half.lua", "half.lua"),
                             rule_at("band", GM_TEST_RULES "/band.lua")};
    run(items, 2);
    for (uint32_t i = 0; i < 2; i++)
        if (items[i].error.code != GM_OK)
            fail_msg("%s", items[i].error.message);
    const rule_info *half = &items[0].rule;
    assert_string_equal(half->name, "own/half.lua");
    assert_string_equal(half->path, "half.lua");
    assert_string_equal(half->doc, "Half of it");
    assert_int_equal(half->n_inputs, 2);
    assert_int_equal(half->n_params, 1);
    assert_string_equal(half->params[0].name, "at");
    assert_true(half->params[0].max > 8.5 && half->params[0].max < 9.5);
    assert_string_equal(items[1].rule.name, "band");
    assert_int_equal(items[1].rule.n_params, 2);
}

typedef struct bad_case {
    const char *path;
    const char *text; /* of a rule; NULL: a copy of the probe, or no file */
    gm_status code;
    const char *message; /* a part of it */
} bad_case;

/* hang.so takes the two seconds that a file is given. */
static const bad_case bad[] = {
    {"crash.so", NULL, GM_E_PLUGIN,
     "plugin 'crash.so': its worker was ended by SIGSEGV while loading it"},
    {"exit.so", NULL, GM_E_PLUGIN,
     "plugin 'exit.so': its worker exited with code 3 while loading it"},
    {"hang.so", NULL, GM_E_PLUGIN,
     "plugin 'hang.so': its worker took longer than 2 s while loading it"},
    {"refuse.so", NULL, GM_E_PLUGIN, "plugin 'refuse.so': refused to load: not on this machine"},
    {"text.so", "no ELF", GM_E_PLUGIN, "plugin 'text.so': cannot be loaded: "},
    {"none.so", NULL, GM_E_IO, "none.so"},
    {"none.lua", NULL, GM_E_IO, "none.lua"},
    {"syntax.lua", "return rule {\n  oops oops\n}\n", GM_E_RULE, ""},
    {"loop.lua", "while true do end\n", GM_E_RULE, ""},
    {"memory.lua", "local t = {} while true do t[#t + 1] = ('x'):rep(60000) .. #t end\n", GM_E_RULE,
     ""},
    {"number.lua", "return 5\n", GM_E_RULE, ""},
};
enum { BAD = sizeof bad / sizeof *bad };

/* Between any two bad ones a good one: all of those are described. */
static void test_bad_files_cost_themselves(void **state)
{
    (void)state;
    describe_item items[2 * BAD + 1];
    fixture_save("half.lua", good_rule);
    copy_probe("probe.so");
    for (size_t i = 0; i < BAD; i++) {
        const char *dot = strrchr(bad[i].path, '.');
        bool is_rule = strcmp(dot, ".lua") == 0;
        if (bad[i].text != NULL)
            fixture_save(bad[i].path, bad[i].text);
        else if (!is_rule && strcmp(bad[i].path, "none.so") != 0)
            copy_probe(bad[i].path);
        items[2 * i] = is_rule ? rule_at(bad[i].path, bad[i].path) : plugin_at(bad[i].path);
        items[2 * i + 1] = i % 2 == 0 ? plugin_at("probe.so") : rule_at("half", "half.lua");
    }
    items[2 * BAD] = plugin_at("probe.so");
    run(items, 2 * BAD + 1);
    for (size_t i = 0; i < BAD; i++) {
        const gm_error *err = &items[2 * i].error;
        if (err->code != bad[i].code || strstr(err->message, bad[i].message) == NULL)
            fail_msg("%s: %d %s", bad[i].path, err->code, err->message);
        assert_string_not_equal(err->message, "");
        const describe_item *good = &items[2 * i + 1];
        assert_int_equal(good->error.code, GM_OK);
        if (good->is_rule)
            assert_string_equal(good->rule.doc, "Half of it");
        else
            assert_string_equal(good->plugin.descriptors[0]->id, "test.probe");
    }
    assert_int_equal(items[2 * BAD].plugin.n_descriptors, 2);
}

/* A rule's error says where in the file. */
static void test_place_of_a_rules_error(void **state)
{
    (void)state;
    fixture_save("syntax.lua", "return rule {\n  oops oops\n}\n");
    describe_item item = rule_at("syntax.lua", "syntax.lua");
    run(&item, 1);
    assert_int_equal(item.error.code, GM_E_RULE);
    assert_string_equal(item.error.path, "syntax.lua");
    assert_int_equal(item.error.line, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_plugin, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rule, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_files_cost_themselves, setup, teardown),
        cmocka_unit_test_setup_teardown(test_place_of_a_rules_error, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

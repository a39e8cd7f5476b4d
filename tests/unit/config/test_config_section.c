/* SPDX-License-Identifier: Apache-2.0
 * test_config_section.c - what wins when a section and its patterns give the same thing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "config/config.h"

static void test_patterns(void **state)
{
    (void)state;
    config *c = fixture_load_text("[goal brand.nps.eu]\nmetric = m.b\nweight = 9\nparam.p = own\n"
                                  "[goal brand.*]\nowner = brand\nweight = 2\nparam.p = brand\n"
                                  "param.q = brand\ntitle.zh = 牌\n"
                                  "[goal *]\nowner = all\nmetric = m.a\nweight = 1\nparam.r = all\n"
                                  "input.extra = m.c\ntitle.fr = Tous\n"
                                  "[goal brand.nps.*]\nparam.q = nps\nmin_n = 7\n"
                                  "[goal brand]\n[goal brandy.x]\n[goal brand.tone]\n" BASE);
    assert_int_equal(c->n_goals, 4);
    const config_goal *g = &c->goals[0];
    assert_string_equal(g->name, "brand.nps.eu");
    assert_string_equal(g->owner.text, "brand");
    assert_true(g->weight > 8.9);
    assert_int_equal(g->min_n, 7);
    assert_int_equal(g->inputs.n, 2);
    assert_string_equal(g->inputs.items[0].name, "extra");
    assert_string_equal(g->inputs.items[1].name, "value");
    assert_string_equal(g->inputs.items[1].value.text, "m.b");
    static const char *const params[] = {"r", "all", "q", "nps", "p", "own"};
    assert_int_equal(g->params.n, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(g->params.items[i].name, params[(size_t)i * 2]);
        assert_string_equal(g->params.items[i].value.text, params[(size_t)i * 2 + 1]);
    }
    assert_int_equal(g->titles.n, 2);
    assert_string_equal(g->titles.items[0].name, "fr");
    assert_string_equal(g->titles.items[1].name, "zh");
    assert_string_equal(g->title.text, "brand.nps.eu");
    for (uint32_t i = 1; i < 3; i++) { /* "brand" and "brandy.x" are not "brand.*" */
        assert_string_equal(c->goals[i].owner.text, "all");
        assert_int_equal(c->goals[i].params.n, 1);
    }
    assert_string_equal(c->goals[3].owner.text, "brand");
    assert_string_equal(c->goals[3].inputs.items[0].value.text, "m.a");
    assert_int_equal(c->goals[3].inputs.items[0].value.line, 13);
    assert_int_equal(c->goals[3].min_n, 0);
    config_free(c);
}

static void test_source_patterns(void **state)
{
    (void)state;
    config *c = fixture_load_text("[source *]\ntime = ts\nfiles.1 = x\nfiles.2 = y\nmap.actor = u\n"
                                  "set.channel = all\nset.lang = en\n"
                                  "[source a]\nfiles = z\nmap.channel = c\nset.actor = me\n"
                                  "[source b]\n" METRIC);
    assert_int_equal(c->n_sources, 2);
    const config_source *a = &c->sources[0], *b = &c->sources[1];
    assert_int_equal(a->files.n, 1);
    assert_string_equal(a->files.items[0].text, "z");
    /* map.channel replaces the pattern's set.channel, and set.actor its map.actor. */
    assert_int_equal(a->map.n, 1);
    assert_string_equal(a->map.items[0].name, "channel");
    assert_int_equal(a->set.n, 2);
    assert_string_equal(a->set.items[0].name, "lang");
    assert_string_equal(a->set.items[1].name, "actor");
    assert_int_equal(b->files.n, 2);
    assert_string_equal(b->system.text, "b");
    assert_int_equal(b->map.n, 1);
    assert_int_equal(b->set.n, 2);
    config_free(c);
}

static void test_list_levels(void **state)
{
    (void)state;
    /* A numbered list replaces one with commas as a whole, and the other way round. */
    config *c = fixture_load_text("[source *]\nfiles = p, q\ntime = ts\n[source a]\nfiles.7 = x\n"
                                  "files.3 = y\n[source b]\n" METRIC "by.2 = lang\nby.1 = tag\n");
    assert_int_equal(c->sources[0].files.n, 2);
    assert_string_equal(c->sources[0].files.items[0].text, "y");
    assert_string_equal(c->sources[0].files.items[1].text, "x");
    assert_int_equal(c->sources[1].files.n, 2);
    assert_string_equal(c->sources[1].files.items[1].text, "q");
    assert_string_equal(c->metrics[0].by.items[0].text, "tag");
    assert_string_equal(c->metrics[0].by.items[1].text, "lang");
    config_free(c);
}

/* A required key may come from a pattern. */
static void test_required(void **state)
{
    (void)state;
    config *c = fixture_load_text("[source *]\ntime = ts\n[source a]\nfiles = x\n" METRIC);
    assert_string_equal(c->sources[0].time.text, "ts");
    assert_int_equal(c->sources[0].time.line, 2);
    config_free(c);
    fixture_save("night.ini", "[source *]\nfiles = x\n[source a]\n[source b]\ntime = t\n" METRIC);
    fixture_expect_load_errors("night.ini", NULL, 0,
                               "night.ini:3:1: [source a] needs the key 'time'\n", "required");
    /* A required key with a wrong value is not missing too. */
    fixture_save("night.ini", SOURCE "[metric m]\nplugin = 'a\n");
    fixture_expect_load_errors("night.ini", NULL, 0, "night.ini:5:10: no closing single quote\n",
                               "bad value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_source_patterns),
        cmocka_unit_test(test_list_levels),
        cmocka_unit_test(test_required),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_config_include.c - which files 'include' stands for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "config/config_fixture.h"

#include "config/config.h"
#include "base/limits.h"
#include "config/config_include.h"

static void test_includes(void **state)
{
    (void)state;
    assert_int_equal(mkdir("conf2", 0700), 0);
    assert_int_equal(mkdir("conf2/d", 0700), 0);
    fixture_save("conf2/night.ini",
                 "[run]\ninclude = d/*.ini, more.ini, d/b.ini\n[goal *]\nowner = o\n");
    fixture_save("conf2/d/b.ini", "[metric m]\nplugin = count\n");
    fixture_save("conf2/d/a.ini", SOURCE);
    fixture_save("conf2/more.ini", "[goal g]\nmetric = m.n\n");
    config *c = fixture_load("conf2/night.ini", NULL, 0);
    static const char *const files[] = {"conf2/night.ini", "conf2/d/a.ini", "conf2/d/b.ini",
                                        "conf2/more.ini"};
    assert_int_equal(c->files.n, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_string_equal(c->files.items[i].text, files[i]);
    /* Paths are relative to the file they stand in. */
    assert_string_equal(c->sources[0].files.items[0].text, "conf2/d/a.ndjson");
    assert_string_equal(c->sources[0].files.items[0].path, "conf2/d/a.ini");
    assert_string_equal(c->goals[0].owner.path, "conf2/night.ini");
    assert_string_equal(c->goals[0].section.path, "conf2/more.ini");
    config_free(c);

    fixture_save("conf2/d/b.ini", "[metric m]\nplugn = count\n[run]\nworkers = 0\n");
    fixture_save("conf2/more.ini", "[source web]\n[gaol g]\n");
    fixture_expect_load_errors(
        "conf2/night.ini", NULL, 0,
        "conf2/d/b.ini:2:1: [metric m] needs the key 'plugin'; did you mean it by "
        "'plugn'?\n"
        "conf2/d/b.ini:3:1: an included file has no [run]; move its keys to "
        "conf2/night.ini\n"
        "conf2/d/b.ini:4:11: 'workers' is auto or a number from 1 to 1024, not '0'\n"
        "conf2/more.ini:1:1: [source web] needs the key 'files'\n"
        "conf2/more.ini:1:1: [source web] needs the key 'time'\n"
        "conf2/more.ini:1:1: [source web] stands in conf2/d/a.ini:1 too; keep one of the "
        "two\n"
        "conf2/more.ini:2:1: unknown section 'gaol'; did you mean 'goal'?\n",
        "includes");
}

static void test_order(void **state)
{
    (void)state;
    static const char *const found[] = {"g/B.ini", "g/a.ini", "g/b.ini", "h.ini"};
    arena memory;
    error_list errors = {0};
    config_texts out = {0};
    config_text items[] = {{.text = "g/*.ini"}, {.text = "g/[ab].ini"}, {.text = "g/*.conf"},
                           {.text = "h.ini"},   {.text = "./h.ini"},    {.text = "link.ini"}};
    const config_texts patterns = {.items = items, .n = 6};
    arena_init(&memory, 0);
    assert_int_equal(mkdir("g", 0700), 0);
    fixture_save("g/b.ini", "");
    fixture_save("g/a.ini", "");
    fixture_save("g/B.ini", "");
    fixture_save("h.ini", "");
    assert_int_equal(symlink("h.ini", "link.ini"), 0);
    config_include_find(&out, &patterns, "night.ini", &memory, &errors);
    fixture_expect_errors(&errors, "", "order");
    assert_int_equal(out.n, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_string_equal(out.items[i].text, found[i]);
    arena_deinit(&memory);
}

static void test_not_there(void **state)
{
    (void)state;
    fixture_save("night.ini", "[run]\ninclude = none/*.ini, none.ini\n" BASE);
    fixture_expect_load_errors("night.ini", NULL, 0,
                               "night.ini:2:11: 'include': cannot list the folder of 'none/*.ini'\n"
                               "night.ini:2:23: 'include': there is no file 'none.ini'\n",
                               "not there");
}

static void test_include_limit(void **state)
{
    (void)state;
    assert_int_equal(mkdir("many", 0700), 0);
    for (uint32_t i = 0; i <= LIMIT_CONFIG_INCLUDES; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "many/%04u.ini", i);
        fixture_save(path, "; nothing\n");
    }
    fixture_save("night.ini", "[run]\ninclude = many/*.ini\n" BASE);
    fixture_expect_load_errors("night.ini", NULL, 0,
                               "night.ini:2:11: 'include' stands for more than 1000 files\n",
                               "above");
    assert_int_equal(unlink("many/0500.ini"), 0);
    config *c = fixture_load("night.ini", NULL, 0);
    assert_int_equal(c->files.n, 1001);
    config_free(c);
    assert_int_equal(unlink("many/0501.ini"), 0);
    c = fixture_load("night.ini", NULL, 0);
    assert_int_equal(c->files.n, 1000);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_includes),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_not_there),
        cmocka_unit_test(test_include_limit),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_config_keys.c - the table holds together: unique, documented, with defaults that parse. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "config/config_keys.h"
#include "config/config_value.h"

static bool is_section(const char *name)
{
    for (size_t i = 0; config_keys_sections[i] != NULL; i++) {
        if (strcmp(config_keys_sections[i], name) == 0)
            return true;
    }
    return false;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_keys_n; i++) {
        const config_key *key = &config_keys[i];
        bool has_choices = key->type == CONFIG_CHOICE || key->type == CONFIG_SWITCH;
        bool has_item = key->type == CONFIG_FAMILY || key->type == CONFIG_ITEM;
        assert_true(is_section(key->section));
        assert_int_equal(key->choices != NULL, has_choices);
        assert_int_equal(key->item != NULL, has_item);
        assert_false(key->required && key->def != NULL);
        assert_true(key->min <= key->max);
        size_t n = strlen(key->doc);
        assert_true(n > 10 && key->doc[n - 1] == '.');
        assert_ptr_equal(config_keys_find(key->section, key->name, key->type == CONFIG_FAMILY),
                         key);
        for (size_t k = 0; k < i; k++) {
            bool is_same = strcmp(config_keys[k].section, key->section) == 0 &&
                           strcmp(config_keys[k].name, key->name) == 0 &&
                           (config_keys[k].type == CONFIG_FAMILY) == (key->type == CONFIG_FAMILY);
            assert_false(is_same);
        }
    }
}

static void test_defaults_parse(void **state)
{
    (void)state;
    union {
        config_run run;
        config_source source;
        config_metric metric;
        config_goal goal;
        config_area area;
    } target = {0};
    arena memory;
    error_list errors = {0};
    const config_scope scope = {.memory = &memory, .folder = ".", .errors = &errors};
    arena_init(&memory, 0);
    for (size_t i = 0; i < config_keys_n; i++) {
        if (config_keys[i].def == NULL)
            continue;
        const ini_entry entry = config_value_default(&config_keys[i]);
        const ini_entry *entries[] = {&entry};
        assert_true(config_value_set(&config_keys[i], entries, 1, &target, &scope));
    }
    fixture_expect_errors(&errors, "", "defaults");
    arena_deinit(&memory);
}

static void test_find(void **state)
{
    (void)state;
    assert_int_equal(config_keys_find("goal", "title", false)->type, CONFIG_TEXT);
    assert_int_equal(config_keys_find("goal", "title", true)->type, CONFIG_FAMILY);
    assert_null(config_keys_find("run", "title", false));
    assert_null(config_keys_find("run", "", false));
    assert_string_equal(config_keys_suggest("source", "time_fromat", false), "time_format");
    assert_string_equal(config_keys_suggest("source", "mpa", true), "map");
    assert_null(config_keys_suggest("source", "colour", false));
    assert_true(config_keys_is_list(CONFIG_FIELDS));
    assert_false(config_keys_is_list(CONFIG_FAMILY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_defaults_parse),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

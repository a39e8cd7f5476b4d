/* SPDX-License-Identifier: Apache-2.0
 * test_json_path.c - paths and their errors, with the column of each. */
#include "event/json_path.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

static arena run_arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&run_arena, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_deinit(&run_arena);
    return 0;
}

static gm_status parse(const char *text, json_paths *out, gm_error *err)
{
    config_text at = {.text = text, .path = "a.ini", .line = 7, .column = 10};
    return json_path_parse(out, &at, &run_arena, err);
}

/* Keys as <key>, dots and bars as they are. */
static void print(const json_paths *paths, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < paths->n; i++)
        for (uint32_t k = 0; k < paths->items[i].n; k++) {
            gm_str key = paths->items[i].keys[k];
            const char *glue = k != 0 ? "." : i != 0 ? "|" : "";
            int n = snprintf(out + used, size - used, "%s<%.*s>", glue, (int)key.len, key.ptr);
            assert_true(n > 0 && (size_t)n < size - used);
            used += (size_t)n;
        }
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"ts", "<ts>"},
        {"actor.id", "<actor>.<id>"},
        {" actor . id\t", "<actor>.<id>"},
        {"a.b | c|d.e.f", "<a>.<b>|<c>|<d>.<e>.<f>"},
        {"\"odd.key\".x", "<odd.key>.<x>"},
        {"\"a \\\"b\\\" \\\\ | c\"", "<a \"b\" \\ | c>"},
        {"\"\"", "<>"},
        {"@type.$id-2.x:y/z", "<@type>.<$id-2>.<x:y/z>"},
        {"\xe7\x94\xa8\xe6\x88\xb7.id", "<\xe7\x94\xa8\xe6\x88\xb7>.<id>"},
        {"0.1", "<0>.<1>"},
        {"\"a[0]\"", "<a[0]>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_paths paths;
        gm_error err;
        char text[256];
        if (parse(cases[i].text, &paths, &err) != GM_OK)
            fail_msg("%s: %s", cases[i].text, err.message);
        print(&paths, text, sizeof text);
        assert_string_equal(text, cases[i].want);
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t column; /* the text starts in column 10 */
        const char *message;
    } cases[] = {
        {"", 10, "a key is missing"},
        {"  ", 12, "a key is missing"},
        {".a", 10, "a key is missing"},
        {"a.", 12, "a key is missing"},
        {"a..b", 12, "a key is missing"},
        {"a |", 13, "a key is missing"},
        {"a || b", 13, "a key is missing"},
        {"a b", 12, "between keys stands a dot"},
        {"\"a\"b", 13, "between keys stands a dot"},
        {"a\"b\"", 11, "between keys stands a dot"},
        {"a\\b", 11, "between keys stands a dot"},
        {"tags[0]", 14, "do not go into lists yet"},
        {"tags.[0]", 15, "do not go into lists yet"},
        {"x.\"open", 12, "not closed"},
        {"\"\\n\"", 11, "before"},
        {"\"a\\", 12, "before"},
        {"a\x01", 11, "between keys stands a dot"},
        {"\xe7\x94\xa8 b", 14, "between keys stands a dot"}, /* columns are bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_paths paths;
        gm_error err;
        assert_int_equal(parse(cases[i].text, &paths, &err), GM_E_CONFIG);
        if (strstr(err.message, cases[i].message) == NULL)
            fail_msg("'%s': %s", cases[i].text, err.message);
        assert_int_equal(err.line, 7);
        assert_int_equal(err.column, cases[i].column);
        assert_string_equal(err.path, "a.ini");
    }
}

static void test_limit(void **state)
{
    (void)state;
    for (int n = LIMIT_PATH_ELEMENTS - 1; n <= LIMIT_PATH_ELEMENTS + 1; n++) {
        char text[3 * LIMIT_PATH_ELEMENTS + 8] = "k";
        for (int i = 1; i < n; i++)
            memcpy(text + 2 * i - 1, ".k", 3);
        json_paths paths;
        gm_error err;
        gm_status status = parse(text, &paths, &err);
        assert_int_equal(status, n <= LIMIT_PATH_ELEMENTS ? GM_OK : GM_E_CONFIG);
        if (status == GM_OK) {
            assert_int_equal(paths.items[0].n, n);
        } else {
            assert_string_equal(err.message, "a path has at most 16 keys");
            assert_int_equal(err.column, 10 + 2 * LIMIT_PATH_ELEMENTS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

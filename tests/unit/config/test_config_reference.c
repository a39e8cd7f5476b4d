/* SPDX-License-Identifier: Apache-2.0
 * test_config_reference.c - the page has a row for each key, and its example loads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "config/config_keys.h"

static char *make_page(void)
{
    bytes out;
    bytes_init(&out, 1 << 20);
    config_keys_reference(&out);
    assert_false(out.failed);
    char *page = mem_strndup((const char *)out.data, out.len);
    bytes_deinit(&out);
    return page;
}

static void test_rows(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "| `workers` | `auto`, or from 1 to 1024 | `auto` | How many processes read logs; `auto`: "
        "one a "
        "core. |\n",
        "| `files` | list of paths | *needed* | The logs, also as patterns such as "
        "`logs/*.ndjson.gz`. |\n",
        "| `map.FIELD` | text |  | Where in a line the field stands: `user.id`, or `a.b \\| c`, "
        "the "
        "first that is there. |\n",
        "| `fuel` | whole number from 1000 to 50000000 | `5000000` | ",
        "| `max_line_bytes` | size, such as `64MiB`, at most `256MiB` | `16MiB` | ",
        "| `by` | list of fields, at most 8 |  | ",
        "| `against` | `previous`, `year`, `none` | `previous` | ",
        "Together they have at most 1000 bytes.\n",
        "Files are UTF-8 and have at most 4 MiB.",
    };
    char *page = make_page();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strstr(page, rows[i]) == NULL)
            fail_msg("not there: %s", rows[i]);
    }
    size_t n_rows = 0;
    for (const char *at = page; (at = strstr(at, "\n| `")) != NULL; at++)
        n_rows++;
    assert_int_equal(n_rows, config_keys_n);
    mem_free(page);
}

/* Every row has four cells: a bar inside one is escaped. */
static void test_cells(void **state)
{
    (void)state;
    char *page = make_page();
    for (const char *at = page; (at = strstr(at, "\n|")) != NULL;) {
        size_t n_bars = 0;
        for (at++; *at != '\n'; at++)
            n_bars += *at == '|' && at[-1] != '\\';
        assert_int_equal(n_bars, 5);
    }
    mem_free(page);
}

static void test_example(void **state)
{
    (void)state;
    char *page = make_page();
    char *from = strstr(page, "```ini\n");
    assert_non_null(from);
    from += 7;
    char *end = strstr(from, "```\n");
    assert_non_null(end);
    *end = '\0';
    config *c = fixture_load_text(from);
    assert_string_equal(c->metrics[0].where.text, "text contains \"#story#\"");
    assert_string_equal(c->goals[0].owner.text, "brand team");
    config_free(c);
    mem_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_example),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_mapping.c - a source against a schema: what each column becomes, and every error at its
 * place. */
#include "event/mapping.h"

#include <stdlib.h>

#include "base/limits.h"
#include "event/mapping_plan.h"
#include "event/source_fixture.h"

/* The keys from the root to the path that has the slot. */
static void path_of_slot(const mapping *m, uint32_t slot, char *out, size_t size)
{
    const path_trie *t = &m->paths;
    uint32_t node = 0;
    while (node < t->n && t->nodes[node].slot != slot)
        node++;
    assert_true(node < t->n);
    out[0] = '\0';
    for (; node != 0; node = t->nodes[node].parent) {
        char rest[128];
        assert_true(snprintf(rest, sizeof rest, "%s", out) < (int)sizeof rest);
        int n = snprintf(out, size, "%.*s%s%s", (int)t->nodes[node].key_len, t->nodes[node].key,
                         rest[0] == '\0' ? "" : ".", rest);
        assert_true(n > 0 && (size_t)n < size);
    }
}

static void expect_paths(const mapping *m, const mapping_slots *slots, const char *want)
{
    char all[256] = "", one[128];
    for (uint32_t i = 0; i < slots->n; i++) {
        path_of_slot(m, slots->items[i], one, sizeof one);
        size_t used = strlen(all);
        int n = snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : "|", one);
        assert_true(n > 0 && (size_t)n < sizeof all - used);
    }
    assert_string_equal(all, want);
}

static void test_columns(void **state)
{
    (void)state;
    source_fixture f;
    source_init(&f);
    source_map(&f, "type", "type");
    source_map(&f, "actor", "actor.id");
    source_map(&f, "ref", "retweeted.mid | status.mid");
    source_map(&f, "profile", "actor");
    source_map(&f, "unread", "not.wanted");
    source_set(&f, "channel", "weibo");
    source_set(&f, "weight", "2.50");
    uint32_t type = schema_want(&f.s, "type", SCHEMA_TEXT, true, false);
    uint32_t actor = schema_want(&f.s, "actor", SCHEMA_TEXT, false, true);
    uint32_t ref = schema_want(&f.s, "ref", SCHEMA_TEXT, false, false);
    uint32_t profile = schema_want(&f.s, "profile", SCHEMA_PRESENT, false, false);
    uint32_t channel = schema_want(&f.s, "channel", SCHEMA_TEXT, false, false);
    uint32_t has_channel = schema_want(&f.s, "channel", SCHEMA_PRESENT, false, false);
    uint32_t weight = schema_want(&f.s, "weight", SCHEMA_NUMBER, false, false);
    uint32_t nothing = schema_want(&f.s, "nothing", SCHEMA_INTEGER, false, false);
    uint32_t has_nothing = schema_want(&f.s, "nothing", SCHEMA_PRESENT, false, false);
    uint32_t time = schema_want(&f.s, "time", SCHEMA_TIME, false, false);
    uint32_t has_time = schema_want(&f.s, "time", SCHEMA_PRESENT, false, false);
    uint32_t time_text = schema_want(&f.s, "time", SCHEMA_TEXT, false, false);
    uint32_t system = schema_want(&f.s, "system", SCHEMA_TEXT, false, false);
    f.source.max_file_bytes = 77;
    mapping *m = source_mapping(&f);

    assert_int_equal(m->columns[type].how, MAPPING_PATH);
    expect_paths(m, &m->columns[type].slots, "type");
    expect_paths(m, &m->columns[actor].slots, "actor.id");
    expect_paths(m, &m->columns[ref].slots, "retweeted.mid|status.mid");
    expect_paths(m, &m->columns[profile].slots, "actor");
    expect_paths(m, &m->time, "ts");
    assert_int_equal(m->paths.n_slots, 6); /* not.wanted is not read */
    assert_int_equal(m->columns[channel].how, MAPPING_CONST);
    assert_false(m->columns[channel].constant.is_null);
    assert_memory_equal(m->columns[channel].constant.text.ptr, "weibo", 5);
    assert_int_equal(m->columns[channel].constant.text.len, 5);
    assert_int_equal(m->columns[has_channel].constant.present, 1);
    assert_true(m->columns[weight].constant.number > 2.499);
    assert_true(m->columns[weight].constant.number < 2.501);
    assert_int_equal(m->columns[nothing].how, MAPPING_CONST);
    assert_true(m->columns[nothing].constant.is_null);
    assert_false(m->columns[has_nothing].constant.is_null);
    assert_int_equal(m->columns[has_nothing].constant.present, 0);
    assert_int_equal(m->columns[time].how, MAPPING_TIME);
    assert_int_equal(m->columns[has_time].how, MAPPING_CONST);
    assert_int_equal(m->columns[has_time].constant.present, 1);
    expect_paths(m, &m->columns[time_text].slots, "ts");
    assert_memory_equal(m->columns[system].constant.text.ptr, "web", 4);
    assert_int_equal(m->max_file_bytes, 77);
    mapping_free(m);

    f.source.system = source_text("shop-eu", 9);
    m = source_mapping(&f);
    assert_string_equal(m->columns[system].constant.text.ptr, "shop-eu");
    mapping_free(m);
    source_deinit(&f);
}

static void test_value_tables(void **state)
{
    (void)state;
    source_fixture f;
    source_init(&f);
    source_map(&f, "channel", "channel");
    source_set(&f, "stars", "five");
    source_values(&f, "channel", "phone -> call");
    source_values(&f, "stars", "five -> 5");
    uint32_t channel = schema_want(&f.s, "channel", SCHEMA_TEXT, false, false);
    uint32_t stars = schema_want(&f.s, "stars", SCHEMA_INTEGER, false, false);
    mapping *m = source_mapping(&f);
    assert_non_null(m->columns[channel].values);
    gm_str got = value_table_map(m->columns[channel].values, (gm_str){.ptr = "phone", .len = 5});
    assert_memory_equal(got.ptr, "call", got.len);
    assert_int_equal(m->columns[stars].how, MAPPING_CONST);
    assert_int_equal(m->columns[stars].constant.integer,
                     5); /* the table applies to constants too */
    mapping_free(m);
    source_deinit(&f);
}

static void test_has_field(void **state)
{
    (void)state;
    source_fixture f;
    source_init(&f);
    source_map(&f, "type", "type");
    source_set(&f, "channel", "web");
    assert_true(mapping_has_field(&f.source, "type"));
    assert_true(mapping_has_field(&f.source, "channel"));
    assert_true(mapping_has_field(&f.source, "time"));
    assert_true(mapping_has_field(&f.source, "system"));
    assert_false(mapping_has_field(&f.source, "typ"));
    source_deinit(&f);
}

static void expect_error(const source_fixture *f, size_t i, uint32_t line, uint32_t column,
                         const char *part)
{
    assert_true(i < f->errors.n);
    const gm_error *err = &f->errors.items[i];
    if (strstr(err->message, part) == NULL)
        fail_msg("'%s' is not in '%s'", part, err->message);
    assert_int_equal(err->line, line);
    assert_int_equal(err->column, column);
    assert_string_equal(err->path, "test.ini");
}

static void test_all_errors_at_once(void **state)
{
    (void)state;
    source_fixture f;
    source_init(&f);
    f.source.time = source_text("a..b", SOURCE_TIME_LINE);
    f.source.time_zone = source_text("Asia/Shangha", SOURCE_ZONE_LINE);
    f.source.max_line_bytes = LIMIT_LINE_BYTES_MAX + 1;
    source_map(&f, "time", "ts");
    source_map(&f, "system", "x");
    source_map(&f, "channel", "tags[0]");
    source_set(&f, "channel", "web");
    source_set(&f, "weight", "heavy");
    source_set(&f, "points", "1.5");
    source_set(&f, "big", "1e999");
    source_set(&f, "broken", "\xff");
    source_values(&f, "chanel", "a -> b");
    source_values(&f, "channel", "a = b");
    source_values(&f, "weight", "a -> b, a -> c");
    source_values(&f, "points", "a -> ");
    source_values(&f, "big", "a -> b c \"d\", ,");
    source_values(&f, "broken", "\xfe -> x");
    (void)schema_want(&f.s, "weight", SCHEMA_NUMBER, false, false);
    (void)schema_want(&f.s, "points", SCHEMA_INTEGER, false, false);
    (void)schema_want(&f.s, "big", SCHEMA_NUMBER, false, false);
    mapping *m = (mapping *)&f;
    assert_int_equal(mapping_new(&m, &f.source, &f.s, &f.errors), GM_E_CONFIG);
    assert_null(m);
    size_t i = 0;
    expect_error(&f, i++, SOURCE_TIME_LINE, 15, "a key is missing");
    expect_error(&f, i++, SOURCE_ZONE_LINE, 13, "Asia/Shangha");
    expect_error(&f, i++, 1, 1, "max_line_bytes is at most 256 MiB");
    expect_error(&f, i++, SOURCE_MAP, 1, "map.time: the key 'time' gives this field");
    expect_error(&f, i++, SOURCE_MAP + 1, 1, "map.system: the key 'system' gives this field");
    expect_error(&f, i++, SOURCE_MAP + 2, 17, "do not go into lists yet");
    expect_error(&f, i++, SOURCE_SET, 1, "set.channel: map.channel gives this field already");
    expect_error(&f, i++, SOURCE_SET + 4, 13, "not UTF-8");
    expect_error(
        &f, i++, SOURCE_VALUE, 1,
        "value.chanel: there is no map.chanel or set.chanel; did you mean 'value.channel'?");
    expect_error(&f, i++, SOURCE_VALUE + 1, 18, "an arrow is missing");
    expect_error(&f, i++, SOURCE_VALUE + 2, 21, "'a' stands in this table twice");
    expect_error(&f, i++, SOURCE_VALUE + 3, 18, "what the value becomes is missing");
    expect_error(&f, i++, SOURCE_VALUE + 4, 27, "a value of the log is missing");
    expect_error(&f, i++, SOURCE_VALUE + 5, 13, "not UTF-8");
    expect_error(&f, i++, SOURCE_SET + 1, 13,
                 "'heavy' is no number, but a metric takes the field 'weight' as a number");
    expect_error(&f, i++, SOURCE_SET + 2, 13, "'1.5' is no whole number");
    expect_error(&f, i++, SOURCE_SET + 3, 13, "'1e999' does not fit");
    assert_int_equal(f.errors.n, i);
    source_deinit(&f);
}

static void test_no_time(void **state)
{
    (void)state;
    source_fixture f;
    source_init(&f);
    f.source.time = (config_text){0};
    mapping *m = NULL;
    assert_int_equal(mapping_new(&m, &f.source, &f.s, &f.errors), GM_E_CONFIG);
    assert_int_equal(f.errors.n, 1);
    expect_error(&f, 0, 1, 1, "a source needs 'time'");
    source_deinit(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),   cmocka_unit_test(test_value_tables),
        cmocka_unit_test(test_has_field), cmocka_unit_test(test_all_errors_at_once),
        cmocka_unit_test(test_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

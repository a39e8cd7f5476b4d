/* SPDX-License-Identifier: Apache-2.0
 * test_param.c - texts of a configuration to the values of a plugin: each type, both sides of each
 * limit, defaults, families, and what a user is told. Expected messages are complete. */
#include "host/descriptor_fixture.h"

#include "host/param.h"

static sample s;
static arena memory;
static error_list errors;
static param_set set;

static int setup(void **state)
{
    (void)state;
    sample_init(&s);
    arena_init(&memory, 0);
    memset(&errors, 0, sizeof errors);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_deinit(&memory);
    error_list_deinit(&errors);
    return 0;
}

typedef struct given {
    const char *key, *text;
} given;

enum { KEYS_MAX = 300, FIRST_LINE = 10, VALUE_COLUMN = 20, SECTION_LINE = 9 };
static config_pair pairs[KEYS_MAX];

/* Key i stands on line 10 + i, in column 1, its value in column 20; the heading on line 9. */
static bool parse(const given *keys, uint32_t n)
{
    const config_metric metric = {
        .name = "m",
        .section = {.text = "m", .path = "n.ini", .line = SECTION_LINE, .column = 1},
        .params = {.items = pairs, .n = n}};
    error_list_deinit(&errors);
    for (uint32_t i = 0; i < n; i++)
        pairs[i] = (config_pair){.name = keys[i].key,
                                 .value = {.text = keys[i].text,
                                           .path = "n.ini",
                                           .line = FIRST_LINE + i,
                                           .column = VALUE_COLUMN},
                                 .key_line = FIRST_LINE + i,
                                 .key_column = 1};
    return param_parse(&set, &s.d, &metric, &memory, &errors);
}

/* Besides the one that is required. */
static bool parse_one(const char *key, const char *text)
{
    const given keys[] = {{"field", "x"}, {key, text}};
    return parse(keys, 2);
}

static void expect_errors(const char *const *want, size_t n)
{
    for (size_t i = 0; i < n && i < errors.n; i++) {
        char text[1024];
        error_format(&errors.items[i], text, sizeof text);
        assert_string_equal(text, want[i]);
        assert_int_equal(errors.items[i].code, GM_E_CONFIG);
    }
    assert_int_equal(errors.n, n);
}

static void test_accepted(void **state)
{
    (void)state;
    static const struct {
        uint32_t param;
        const char *text, *canonical;
    } cases[] = {
        {SAMPLE_BOOL, "yes", "yes"},
        {SAMPLE_BOOL, "no", "no"},
        {SAMPLE_INT, "1", "1"},
        {SAMPLE_INT, "100", "100"},
        {SAMPLE_INT, "+07", "7"},
        {SAMPLE_REAL, "0.5", "0.5"},
        {SAMPLE_REAL, "0.999", "0.999"},
        {SAMPLE_REAL, "95%", "0.95"},
        {SAMPLE_REAL, "9e-1", "0.9"},
        {SAMPLE_TEXT, "visitor_id", "visitor_id"},
        {SAMPLE_TEXT, "\xe5\xb9\xbf, x", "\xe5\xb9\xbf, x"},
        {SAMPLE_TIME, "2000-01-01T00:00:00Z", "946684800000000"},
        {SAMPLE_TIME, "2026-11-21T10:00:00.5+08:00", "1795226400500000"},
        {SAMPLE_WAIT, "1500us", "1500"},
        {SAMPLE_WAIT, "1.5ms", "1500"},
        {SAMPLE_WAIT, "2d", "172800000000"},
        {SAMPLE_WAIT, "1h30min", "5400000000"},
        {SAMPLE_MODE, "exact", "exact"},
        {SAMPLE_MODE, "last", "last"},
        {SAMPLE_LIST, "0", "0"},
        {SAMPLE_LIST, "0,1", "0, 1"},
        {SAMPLE_LIST, " 0.25 ,\t50% , 0.25", "0.25, 0.5, 0.25"},
        {SAMPLE_TEXTS, "a b,c", "a b, c"},
        {SAMPLE_COND, "type == view and n > 3", "type == view and n > 3"},
        {SAMPLE_PART, "count(type == click)", "count(type == click)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const gm_param *p = s.params[cases[i].param];
        if (!parse_one(p->name, cases[i].text))
            fail_msg("%s = %s: %s", p->name, cases[i].text, errors.items[0].message);
        const gm_value *v = &set.values[cases[i].param];
        assert_int_equal(v->type, p->type);
        assert_int_equal(v->is_null, 0);
        assert_string_equal(param_canonical(p, v, &memory), cases[i].canonical);
        assert_ptr_equal(set.places[cases[i].param], &pairs[1].value);
        assert_int_equal(errors.n, 0);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *key, *text, *error;
    } cases[] = {
        {"strict", "Yes", "n.ini:11:20: strict = Yes: expected yes or no"},
        {"strict", "1", "n.ini:11:20: strict = 1: expected yes or no"},
        {"strict", "", "n.ini:11:20: strict = : expected yes or no"},
        {"top", "12abc", "n.ini:11:20: top = 12abc: expected a whole number"},
        {"top", "1.5", "n.ini:11:20: top = 1.5: expected a whole number"},
        {"top", "9223372036854775808",
         "n.ini:11:20: top = 9223372036854775808: expected a whole number"},
        {"top", "0", "n.ini:11:20: top = 0: out of range, from 1 to 100"},
        {"top", "101", "n.ini:11:20: top = 101: out of range, from 1 to 100"},
        {"level", "0.4999", "n.ini:11:20: level = 0.4999: out of range, from 0.5 to 0.999"},
        {"level", "1", "n.ini:11:20: level = 1: out of range, from 0.5 to 0.999"},
        {"since", "yesterday", "n.ini:11:20: since = yesterday: expected a time"},
        {"since", "2026-11-21", "n.ini:11:20: since = 2026-11-21: expected a time"}, /* no zone */
        {"since", "1999-12-31T23:59:59.999999Z",
         "n.ini:11:20: since = 1999-12-31T23:59:59.999999Z: out of range, from "
         "2000-01-01T00:00:00Z"},
        {"wait", "1499us", "n.ini:11:20: wait = 1499us: out of range, from 1500us to 2d"},
        {"wait", "49h", "n.ini:11:20: wait = 49h: out of range, from 1500us to 2d"},
        {"mode", "Exact", "n.ini:11:20: mode = Exact: expected one of exact, sketch, last"},
        {"quantiles", "0.5,1.5", "n.ini:11:24: quantiles = 1.5: out of range, from 0 to 1"},
        {"quantiles", "0.5, -1", "n.ini:11:25: quantiles = -1: out of range, from 0 to 1"},
        {"quantiles", "0.5,,1", "n.ini:11:24: quantiles = 0.5,,1: empty item"},
        {"quantiles", "0.5, ", "n.ini:11:25: quantiles = 0.5, : empty item"},
        {"quantiles", "", "n.ini:11:20: quantiles = : empty item"},
        {"words", "a,,b", "n.ini:11:22: words = a,,b: empty item"},
        {"weight.web", "10", "n.ini:11:20: weight = 10: out of range, from 0 to 9"},
        {"weight.web", "-1", "n.ini:11:20: weight = -1: out of range, from 0 to 9"},
        {"weight.web", "x", "n.ini:11:20: weight = x: expected a whole number"},
        {"weight", "3",
         "n.ini:11:1: 'weight' in [metric m]: 'weight' is a family, each item has a key "
         "weight.ITEM "
         "with ITEM of a-z, 0-9 and '_'"},
        {"weight.", "3",
         "n.ini:11:1: 'weight.' in [metric m]: 'weight' is a family, each item has a key "
         "weight.ITEM "
         "with ITEM of a-z, 0-9 and '_'"},
        {"weight.a.b", "3",
         "n.ini:11:1: 'weight.a.b' in [metric m]: 'weight' is a family, each item has a key "
         "weight.ITEM with ITEM of a-z, 0-9 and '_'"},
        {"top.web", "3",
         "n.ini:11:1: unknown key 'top.web' in [metric m]: plugin acme.sample has no such "
         "parameter"},
        {"quantile", "0.5",
         "n.ini:11:1: unknown key 'quantile' in [metric m]: plugin acme.sample has no such "
         "parameter "
         "(did you mean 'quantiles'?)"},
        {"wher", "x == y",
         "n.ini:11:1: unknown key 'wher' in [metric m]: plugin acme.sample has no such parameter "
         "(did "
         "you mean 'where'?)"},
        {"zzzzzz", "x",
         "n.ini:11:1: unknown key 'zzzzzz' in [metric m]: plugin acme.sample has no such "
         "parameter"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(parse_one(cases[i].key, cases[i].text));
        expect_errors(&cases[i].error, 1);
    }
}

/* Where the words of another check are passed on. */
static void test_quantities(void **state)
{
    (void)state;
    static const struct {
        const char *key, *text, *begin;
    } cases[] = {
        {"level", "much", "level: 'much' does not start with a number"},
        {"level", "1x", "level: '1x' has an unknown unit"},
        {"wait", "15", "wait: '15' is not a duration"},
        {"wait", "0.5us", "wait: '0.5us' is not a whole number of microseconds"},
        {"quantiles", "0.5, p90", "quantiles: 'p90' does not start with a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(parse_one(cases[i].key, cases[i].text));
        assert_int_equal(errors.n, 1);
        assert_memory_equal(errors.items[0].message, cases[i].begin, strlen(cases[i].begin));
        assert_int_equal(errors.items[0].line, 11);
        assert_int_equal(errors.items[0].column, i == 4 ? 25 : 20);
    }
}

/* A limit on one side, and none. */
static void test_ranges(void **state)
{
    (void)state;
    static const char *const low[] = {"n.ini:11:20: top = 0: out of range, from 1"};
    static const char *const high[] = {"n.ini:11:20: top = 101: out of range, to 100"};
    s.param[SAMPLE_INT].max.is_null = 1;
    assert_false(parse_one("top", "0"));
    expect_errors(low, 1);
    assert_true(parse_one("top", "9223372036854775807"));
    s.param[SAMPLE_INT].min.is_null = 1;
    s.param[SAMPLE_INT].max.is_null = 0;
    assert_false(parse_one("top", "101"));
    expect_errors(high, 1);
    assert_true(parse_one("top", "-9223372036854775808"));
    s.param[SAMPLE_INT].max.is_null = 1;
    assert_true(parse_one("top", "101"));
}

static void test_defaults(void **state)
{
    (void)state;
    static const char *const canonical[SAMPLE_PARAMS] = {
        [SAMPLE_BOOL] = "yes",
        [SAMPLE_INT] = "10",
        [SAMPLE_REAL] = "0.95",
        [SAMPLE_TEXT] = "actor",
        [SAMPLE_TIME] = "-",
        [SAMPLE_WAIT] = "1800000000",
        [SAMPLE_MODE] = "last",
        [SAMPLE_LIST] = "0.5, 0.9",
        [SAMPLE_TEXTS] = "a, ",
        [SAMPLE_FAMILY] = "-",
        [SAMPLE_COND] = "type == view",
        [SAMPLE_PART] = "-",
        [SAMPLE_FIELD] = "price",
    };
    const given keys[] = {{"field", "price"}};
    assert_true(parse(keys, 1));
    for (uint32_t i = 0; i < SAMPLE_PARAMS; i++) {
        assert_string_equal(param_canonical(s.params[i], &set.values[i], &memory), canonical[i]);
        assert_null(set.item_names[i]);
        if (i != SAMPLE_FIELD)
            assert_null(set.places[i]);
    }
    assert_ptr_equal(set.places[SAMPLE_FIELD], &pairs[0].value);
    /* No parameters at all. */
    s.d.n_params = 0;
    assert_true(parse(keys, 0));
    assert_non_null(set.values);
}

/* A required one that is missing; and all errors at once. */
static void test_all_errors(void **state)
{
    (void)state;
    static const char *const missing[] = {"n.ini:9:1: [metric m] lacks 'field': What it is for."};
    assert_false(parse(NULL, 0));
    expect_errors(missing, 1);
    static const given keys[] = {
        {"top", "x"}, {"nothing", "1"}, {"quantiles", "2"}, {"level", "0.9"}};
    static const char *const all[] = {
        "n.ini:10:20: top = x: expected a whole number",
        "n.ini:11:1: unknown key 'nothing' in [metric m]: plugin acme.sample has no such parameter",
        "n.ini:12:20: quantiles = 2: out of range, from 0 to 1",
        "n.ini:9:1: [metric m] lacks 'field': What it is for.",
    };
    assert_false(parse(keys, 4));
    expect_errors(all, 4);
    /* A wrong one was given: it is not missing, too. */
    static const given wrong[] = {{"field", "x"}, {"mode", "none"}};
    static const char *const one[] = {
        "n.ini:11:20: mode = none: expected one of exact, sketch, last"};
    s.param[SAMPLE_MODE].flags = GM_P_REQUIRED;
    s.param[SAMPLE_MODE].def.is_null = 1;
    assert_false(parse(wrong, 2));
    expect_errors(one, 1);
    /* Errors of earlier sections stay, and do not count for this one. */
    const config_metric fine = {.name = "n", .params = {.items = pairs, .n = 1}};
    pairs[0].name = "field";
    s.param[SAMPLE_MODE].flags = 0;
    assert_true(param_parse(&set, &s.d, &fine, &memory, &errors));
    assert_int_equal(errors.n, 1);
    /* A required one with a default is there. */
    s.param[SAMPLE_INT].flags = GM_P_REQUIRED;
    const given field[] = {{"field", "x"}};
    assert_true(parse(field, 1));
}

static void test_family(void **state)
{
    (void)state;
    static const given keys[] = {{"field", "x"},
                                 {"weight.web", "3"},
                                 {"top", "7"},
                                 {"weight.app_2", "0"},
                                 {"weight.x", "9"}};
    static const char *const names[] = {"web", "app_2", "x"};
    static const int64_t values[] = {3, 0, 9};
    assert_true(parse(keys, 5));
    const gm_value *v = &set.values[SAMPLE_FAMILY];
    assert_int_equal(v->type, GM_T_LIST);
    assert_int_equal(v->u.l.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(v->u.l.items[i].type, GM_T_I64);
        assert_int_equal(v->u.l.items[i].u.i, values[i]);
        assert_int_equal(set.item_names[SAMPLE_FAMILY][i].len, strlen(names[i]));
        assert_string_equal(set.item_names[SAMPLE_FAMILY][i].ptr, names[i]);
    }
    assert_string_equal(param_canonical(s.params[SAMPLE_FAMILY], v, &memory), "3, 0, 9");
    assert_null(set.item_names[SAMPLE_LIST]);
    /* A required family is there when one item is. */
    s.param[SAMPLE_FAMILY].flags |= GM_P_REQUIRED;
    assert_true(parse(keys, 2));
    assert_false(parse(keys, 1));
    static const char *const missing[] = {"n.ini:9:1: [metric m] lacks 'weight': What it is for."};
    expect_errors(missing, 1);
}

/* Canonical: one spelling for what means the same. */
static void test_canonical(void **state)
{
    (void)state;
    static const struct {
        uint32_t param;
        const char *a, *b;
    } cases[] = {
        {SAMPLE_REAL, "95%", "0.950"},
        {SAMPLE_REAL, "0.5e0", ".5"},
        {SAMPLE_INT, "010", "+10"},
        {SAMPLE_WAIT, "90min", "1h30min"},
        {SAMPLE_WAIT, "1d", "24h"},
        {SAMPLE_LIST, "0.5,0.9", "50% ,  90%"},
        {SAMPLE_TEXTS, "a,b", " a , b "},
        {SAMPLE_TIME, "2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const gm_param *p = s.params[cases[i].param];
        assert_true(parse_one(p->name, cases[i].a));
        const char *a = param_canonical(p, &set.values[cases[i].param], &memory);
        assert_true(parse_one(p->name, cases[i].b));
        assert_string_equal(a, param_canonical(p, &set.values[cases[i].param], &memory));
    }
}

/* A list as long as a line of configuration allows, and longer: no ceiling is hidden in it. */
static void test_long_list(void **state)
{
    (void)state;
    enum { N = 5000 };
    static char text[4 * N + 1];
    for (size_t i = 0; i < N; i++)
        memcpy(text + 4 * i, "0.5,", 4);
    text[4 * N - 1] = '\0';
    assert_true(parse_one("quantiles", text));
    assert_int_equal(set.values[SAMPLE_LIST].u.l.n, N);
    assert_int_equal(
        strlen(param_canonical(s.params[SAMPLE_LIST], &set.values[SAMPLE_LIST], &memory)),
        5 * N - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accepted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quantities, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ranges, setup, teardown),
        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_family, setup, teardown),
        cmocka_unit_test_setup_teardown(test_canonical, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_list, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_plan_metric.c - a configured metric's columns, units and sources, and all that may be wrong
 * with it, with its place. Keys are in test_plan_key.c. */
#include "run/plan_fixture.h"

/* ---- columns --------------------------------------------------------------------------------- */

typedef struct column_case {
    plan_column_kind kind;
    const char *name; /* NULL: none */
    gm_type type;
    bool optional, is_unmapped;
    uint32_t field, param; /* UINT32_MAX: none */
    const char *condition; /* NULL: none */
} column_case;

typedef struct metric_case {
    const char *text; /* behind "[metric m]" */
    uint32_t n_columns;
    column_case columns[3];
} metric_case;

#define NONE UINT32_MAX

static const metric_case metrics[] = {
    {"plugin = count\nwhere = type == x\nby = type\n", 0, {{0}}},
    {"plugin = sum\nfield = size\n",
     2,
     {{PLAN_FIELD, "size", GM_T_F64, false, false, 0, NONE, NULL},
      {PLAN_FIELD, "actor", GM_T_STR, true, false, 1, NONE, NULL}}},
    {"plugin = sum\nfield = size\nunit = type\n",
     2,
     {{PLAN_FIELD, "size", GM_T_F64, false, false, 0, NONE, NULL},
      {PLAN_FIELD, "type", GM_T_STR, true, false, 1, NONE, NULL}}},
    {"plugin = distinct\nkey = system\n",
     1,
     {{PLAN_FIELD, "system", GM_T_STR, false, false, 0, NONE, NULL}}},
    {"plugin = ratio\nnum = sum(size where type == x)\nden = distinct(actor)\n",
     3,
     {{PLAN_FIELD, "actor", GM_T_STR, true, false, 0, NONE, NULL},
      {PLAN_PART, "size", GM_T_F64, true, false, NONE, 0, "type == \"x\""},
      {PLAN_PART, "actor", GM_T_STR, true, false, NONE, 1, NULL}}},
    {"plugin = ratio\nnum = count(exists(size))\nden = count()\n",
     3,
     {{PLAN_FIELD, "actor", GM_T_STR, true, false, 0, NONE, NULL},
      {PLAN_PART, NULL, GM_T_BOOL, true, false, NONE, 0, "exists(size)"},
      {PLAN_PART, NULL, GM_T_BOOL, true, false, NONE, 1, NULL}}},
    {"plugin = test.probe\n", 1, {{PLAN_FIELD, "actor", GM_T_STR, true, false, 0, NONE, NULL}}},
    {"plugin = test.probe\ncond = not (size > 15min)\n",
     2,
     {{PLAN_FIELD, "actor", GM_T_STR, true, false, 0, NONE, NULL},
      {PLAN_CONDITION, NULL, GM_T_BOOL, true, false, NONE, 1, "not size > 900"}}},
};

static void expect_column(const plan *p, const plan_column *got, const column_case *c)
{
    assert_int_equal(got->kind, c->kind);
    if (c->name == NULL)
        assert_null(got->name);
    else
        assert_string_equal(got->name, c->name);
    assert_int_equal(got->type, c->type);
    assert_int_equal(got->optional, c->optional);
    assert_int_equal(got->is_unmapped, c->is_unmapped);
    assert_int_equal(got->field, c->field);
    assert_int_equal(got->param, c->param);
    if (c->condition == NULL)
        assert_null(got->condition);
    else
        assert_string_equal(expression_canonical(got->condition), c->condition);
    if (c->name != NULL) {
        assert_true(got->schema_column < p->schema.n);
        assert_string_equal(p->schema.columns[got->schema_column].field, c->name);
    }
}

static void test_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, "%s[metric m]\n%s", PLAN_BASE, metrics[i].text);
        plan *p = plan_fixture_plan(text);
        const plan_metric *m = &p->metrics[0];
        if (m->n_columns != metrics[i].n_columns)
            fail_msg("%s: %u columns", metrics[i].text, m->n_columns);
        for (uint32_t k = 0; k < m->n_columns; k++)
            expect_column(p, &m->columns[k], &metrics[i].columns[k]);
        plan_free(p);
    }
}

/* Each type of a field has its kind of column; the time needs no mapping. */
static void test_kinds(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(PLAN_BASE "map.user = u\nmap.hits = h\n"
                                          "[metric m]\nplugin = test.second\nfrom = size\n");
    static const struct {
        const char *field;
        gm_type type;
        schema_kind kind;
        bool is_unmapped;
    } expected[] = {{"size", GM_T_F64, SCHEMA_NUMBER, false},
                    {"user", GM_T_STR, SCHEMA_TEXT, false},
                    {"hits", GM_T_I64, SCHEMA_INTEGER, false},
                    {"flag", GM_T_BOOL, SCHEMA_PRESENT, true},
                    {"time", GM_T_TIME, SCHEMA_TIME, false}};
    const plan_metric *m = &p->metrics[0];
    assert_int_equal(m->n_columns, 5);
    for (uint32_t i = 0; i < 5; i++) {
        const schema_column *c = &p->schema.columns[m->columns[i].schema_column];
        assert_string_equal(c->field, expected[i].field);
        assert_int_equal(c->kind, expected[i].kind);
        assert_int_equal(m->columns[i].type, expected[i].type);
        assert_int_equal(m->columns[i].is_unmapped, expected[i].is_unmapped);
    }
    plan_free(p);
}

/* A default that nobody maps is delivered as null throughout; what was asked for must be there. */
static void test_unmapped(void **state)
{
    (void)state;
    static const char text[] = "[source web]\nfiles = a.ndjson\ntime = ts\nmap.size = s\n"
                               "[metric m]\nplugin = sum\nfield = size\n";
    plan *p = plan_fixture_plan(text);
    column_case actor = {PLAN_FIELD, "actor", GM_T_STR, true, true, 1, NONE, NULL};
    expect_column(p, &p->metrics[0].columns[1], &actor);
    plan_free(p);
    plan_fixture_expect("[source web]\nfiles = a.ndjson\ntime = ts\nmap.size = s\n"
                        "[metric m]\nplugin = sum\nfield = size\nunit = actor\n",
                        "night.ini:8:8: unit: no source maps a field 'actor'\n");
}

/* Values: those that are given, and defaults; sources of expressions in one spelling. */
static void test_values(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(
        PLAN_BASE "[metric a]\nplugin = ratio\nnum = 'count( type==x )'\nden = count( )\n"
                  "level = 90%\n"
                  "[metric b]\nplugin = test.probe\ncond = 'type  ==  x'\n"
                  "fail = merge\n");
    const gm_value *v = p->metrics[0].values;
    assert_memory_equal(v[0].u.s.ptr, "count(type == \"x\")", v[0].u.s.len);
    assert_memory_equal(v[1].u.s.ptr, "count()", v[1].u.s.len);
    assert_memory_equal(v[2].u.s.ptr, "actor", v[2].u.s.len);
    assert_true(v[3].u.f > 0.8999 && v[3].u.f < 0.9001);
    v = p->metrics[1].values;
    assert_int_equal(v[0].u.i, 4);
    assert_int_equal(v[1].u.s.len, strlen("type == \"x\""));
    assert_memory_equal(v[1].u.s.ptr, "type == \"x\"", v[1].u.s.len);
    plan_free(p);
}

/* ---- units ----------------------------------------------------------------------------------- */

typedef struct unit_case {
    const char *text;
    const char *units[4];
} unit_case;

static const unit_case unit_cases[] = {
    {"plugin = count\n", {"events"}},
    {"plugin = sum\nfield = size\n", {"", "", "", ""}},
    {"plugin = dist\nfield = size\n", {""}},
    {"plugin = distinct\nkey = actor\n", {"actor"}},
    {"plugin = ratio\nnum = count(type == x)\nden = count()\n", {"1"}},
    {"plugin = ratio\nnum = count()\nden = distinct(actor)\n", {"events/actor"}},
    {"plugin = ratio\nnum = distinct(actor where type == x)\nden = distinct(actor)\n", {"1"}},
    {"plugin = ratio\nnum = distinct(actor)\nden = distinct(type)\n", {"actor/type"}},
    {"plugin = ratio\nnum = sum(size)\nden = count()\n", {""}},
    {"plugin = ratio\nnum = count()\nden = sum(size)\n", {""}},
    {"plugin = ratio\nnum = sum(size)\nden = sum(size)\n", {""}},
    {"plugin = test.probe\n", {"events", "1", ""}},
};

static void test_units(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unit_cases / sizeof *unit_cases; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, "%s[metric m]\n%s", PLAN_BASE, unit_cases[i].text);
        plan *p = plan_fixture_plan(text);
        for (uint32_t k = 0; k < p->metrics[0].descriptor->n_outputs; k++)
            if (strcmp(p->metrics[0].units[k], unit_cases[i].units[k]) != 0)
                fail_msg("%s: output %u: '%s'", unit_cases[i].text, k, p->metrics[0].units[k]);
        plan_free(p);
    }
}

/* ---- sources --------------------------------------------------------------------------------- */

static void test_sources(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan("[source all]\nfiles = a\ntime = t\nmap.size = s\nmap.actor = a\n"
                                "[source none]\nfiles = b\ntime = t\n"
                                "[source set]\nfiles = c\ntime = t\nset.size = 5\n"
                                "[metric a]\nplugin = sum\nfield = size\n"
                                "[metric b]\nplugin = count\nby = actor\nwhere = size > 5\n"
                                "[metric c]\nplugin = distinct\nkey = actor\n"
                                "[metric d]\nplugin = distinct\nkey = system\n"
                                "[metric e]\nplugin = ratio\nnum = sum(size)\nden = count()\n");
    /* What a condition, a group or a part misses is missing; only a required field keeps a source
     * out. */
    static const bool reads[5][3] = {{true, false, true},
                                     {true, true, true},
                                     {true, false, false},
                                     {true, true, true},
                                     {true, true, true}};
    for (uint32_t i = 0; i < 5; i++)
        for (uint32_t s = 0; s < 3; s++)
            assert_int_equal(p->metrics[i].reads_source[s], reads[i][s]);
    plan_free(p);
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* Line 9 is the heading, 10 the plugin. */
static const plan_error_case errors[] = {
    /* fields */
    {PLAN_BASE "[metric m]\nplugin = sum\nfield = sise\n",
     "night.ini:11:9: field: no source maps a field 'sise' (did you mean 'size'?)\n"},
    {PLAN_BASE "[metric m]\nplugin = sum\nfield = wholly_other\n",
     "night.ini:11:9: field: no source maps a field 'wholly_other'\n"},
    {PLAN_BASE "[metric m]\nplugin = sum\nfield = size\nunit = acter\n",
     "night.ini:12:8: unit: no source maps a field 'acter' (did you mean 'actor'?)\n"},
    {PLAN_BASE "[metric m]\nplugin = distinct\nkey = tipe\n",
     "night.ini:11:7: key: no source maps a field 'tipe' (did you mean 'type'?)\n"},
    {PLAN_BASE "[metric m]\nplugin = test.second\nfrom = size\n",
     "night.ini:9:1: m: no source maps a field 'user'\n"},
    {PLAN_BASE "map.user = u\n[metric m]\nplugin = test.second\n",
     "night.ini:10:1: [metric m] lacks 'from'\n"},
    /* by, each in its place */
    {PLAN_BASE "[metric m]\nplugin = count\nby = type, acto, sizes\n",
     "night.ini:11:12: by: no source maps a field 'acto' (did you mean 'actor'?)\n"
     "night.ini:11:18: by: no source maps a field 'sizes' (did you mean 'size'?)\n"},
    {PLAN_BASE "[metric m]\nplugin = count\nby = time\n",
     "night.ini:11:6: by: no source maps a field 'time'\n"},
    /* conditions: at the character */
    {PLAN_BASE "[metric m]\nplugin = count\nwhere = type == x and sise > 5\n",
     "night.ini:11:23: unknown field 'sise' (did you mean 'size'?); fields: system, actor, size, "
     "type\n"},
    {PLAN_BASE "[metric m]\nplugin = test.probe\ncond = tipe == x\n",
     "night.ini:11:8: unknown field 'tipe' (did you mean 'type'?); fields: system, actor, size, "
     "type\n"},
    {PLAN_BASE "[metric m]\nplugin = ratio\nnum = count(tipe == x)\nden = sum(sise)\n",
     "night.ini:11:13: unknown field 'tipe' (did you mean 'type'?); fields: system, actor, size, "
     "type\n"
     "night.ini:12:11: unknown field 'sise' (did you mean 'size'?); fields: system, actor, size, "
     "type\n"},
    {PLAN_BASE "[metric m]\nplugin = ratio\nnum = type == x\nden = count()\n",
     "night.ini:11:7: expected count(), sum(FIELD) or distinct(FIELD), found 'type'\n"},
    /* parameters */
    {PLAN_BASE "[metric m]\nplugin = sum\n",
     "night.ini:9:1: [metric m] lacks 'field': The numeric field to sum.\n"},
    {PLAN_BASE "[metric m]\nplugin = count\nlevel = 2\n",
     "night.ini:11:9: level = 2: out of range, from 0.5 to 0.9999\n"},
    {PLAN_BASE "[metric m]\nplugin = count\nlevle = 0.9\n",
     "night.ini:11:1: unknown key 'levle' in [metric m]: plugin count has no such parameter (did "
     "you "
     "mean 'level'?)\n"},
    {PLAN_BASE "[metric m]\nplugin = test.probe\nfail = always\n",
     "night.ini:11:8: fail = always: expected one of never, create, state_new, update, merge, "
     "serialize, deserialize, finalize, refuse\n"},
    /* what only the plugin itself can say, beside other errors */
    {PLAN_BASE "[metric m]\nplugin = test.probe\nfail = refuse\n[metric n]\nplugin = count\n"
               "level = 2\n[metric o]\nplugin = test.probe\nfail = create\n",
     "night.ini:9:1: [metric m] plugin test.probe 1.2.3: not with these parameters\n"
     "night.ini:14:9: level = 2: out of range, from 0.5 to 0.9999\n"},
    /* what else is wrong with a metric is told as well, also where its parameters are */
    {PLAN_BASE "[metric m]\nplugin = sum\nwhere = sise > 5\nby = tipe\n",
     "night.ini:9:1: [metric m] lacks 'field': The numeric field to sum.\n"
     "night.ini:11:9: unknown field 'sise' (did you mean 'size'?); fields: system, actor, size, "
     "type\n"
     "night.ini:12:6: by: no source maps a field 'tipe' (did you mean 'type'?)\n"},
    /* each field is mapped, but none of the sources has them all */
    {"[source a]\nfiles = a\ntime = t\nmap.user = u\n"
     "[source b]\nfiles = b\ntime = t\nmap.size = s\n"
     "[metric m]\nplugin = test.second\nfrom = size\n",
     "night.ini:9:1: [metric m]: no single source maps all the fields that it needs\n"},
};

static void test_errors(void **state)
{
    (void)state;
    plan_fixture_expect_all(errors, sizeof errors / sizeof *errors);
}

/* Exactly so many columns as there may be, and one more. */
static void test_columns_max(void **state)
{
    (void)state;
    for (uint32_t n = LIMIT_COLUMNS; n <= LIMIT_COLUMNS + 1; n++) {
        bytes text;
        bytes_init(&text, LIMIT_MIB(1));
        bytes_printf(&text, "[source web]\nfiles = a\ntime = t\n");
        for (uint32_t i = 0; i < n; i++)
            bytes_printf(&text, "map.f%u = f%u\n", i, i);
        for (uint32_t i = 0; i < n; i++)
            bytes_printf(&text, "[metric m%u]\nplugin = distinct\nkey = f%u\n", i, i);
        bytes_u8(&text, 0);
        plan *p = NULL;
        error_list list = {0};
        gm_status st = plan_fixture_make(&p, (const char *)text.data, NULL, &list);
        fixture_expect_errors(&list,
                              n == LIMIT_COLUMNS
                                  ? ""
                                  : "night.ini: the metrics read 513 different columns, "
                                    "more than 512; split the configuration\n",
                              "columns");
        assert_int_equal(st, n == LIMIT_COLUMNS ? GM_OK : GM_E_CONFIG);
        plan_free(p);
        bytes_deinit(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_kinds, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_unmapped, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_values, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_units, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_sources, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_errors, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_columns_max, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

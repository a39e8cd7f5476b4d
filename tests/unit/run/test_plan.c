/* SPDX-License-Identifier: Apache-2.0
 * test_plan.c - a plan as a whole: periods, what metrics share, all errors together, and which
 * value a goal's input points at. */
#include "run/plan_fixture.h"

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    assert_true(civil_parse_date(text, &day));
    return day;
}

#define COUNT "[metric m]\nplugin = count\n"

typedef struct period_case {
    const char *run, *date; /* date: of --date */
    const char *first, *last;
    bool has_previous;
} period_case;

/* Now is 2026-11-22T10:00:00Z. */
static const period_case periods[] = {
    {"", NULL, "2026-11-21", "2026-11-21", true}, /* yesterday */
    {"period = 7d\n", NULL, "2026-11-15", "2026-11-21", true},
    {"timezone = Pacific/Kiritimati\n", NULL, "2026-11-22", "2026-11-22", true}, /* +14 */
    {"timezone = Pacific/Pago_Pago\n", NULL, "2026-11-20", "2026-11-20", true},  /* -11 */
    {"until = 2026-02-03\n", NULL, "2026-02-03", "2026-02-03", true},
    {"until = 2026-02-03\n", "2025-12-24", "2025-12-24", "2025-12-24", true}, /* the flag wins */
    {"period = month\nagainst = none\n", "2024-02-10", "2024-02-01", "2024-02-29", false},
    {"period = month\nagainst = year\n", "2024-02-10", "2024-02-01", "2024-02-29", true},
};

static void test_periods(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        char text[512];
        (void)snprintf(text, sizeof text, "[run]\n%s%s%s", periods[i].run, PLAN_SOURCE, COUNT);
        plan *p = plan_fixture_plan_at(text, periods[i].date);
        assert_int_equal(p->current.first_day, day_of(periods[i].first));
        assert_int_equal(p->current.end_day, day_of(periods[i].last) + 1);
        assert_int_equal(p->current.start_us, civil_day_start(p->zone, p->current.first_day));
        assert_int_equal(p->has_previous, periods[i].has_previous);
        if (p->has_previous)
            assert_true(p->previous.end_day <= p->current.first_day);
        plan_free(p);
    }
    plan_free(NULL);
}

static void test_wrong_date(void **state)
{
    (void)state;
    plan *p = NULL;
    error_list errors = {0};
    assert_int_equal(plan_fixture_make(&p, PLAN_BASE COUNT, "2026-02-30", &errors), GM_E_CONFIG);
    assert_null(p);
    fixture_expect_errors(&errors, "--date: '2026-02-30' is no date such as 2026-11-21\n", "date");
}

/* ---- what metrics share ---------------------------------------------------------------------- */

/* Same fields in the same order and the same bucket: one grouping. Same condition, however it is
 * spelled: one expression. */
static void test_sharing(void **state)
{
    (void)state;
    plan *p =
        plan_fixture_plan(PLAN_BASE "[metric a]\nplugin = count\nwhere = type == x\n"
                                    "[metric b]\nplugin = count\nwhere = 'type  ==  \"x\"'\n"
                                    "[metric c]\nplugin = count\nby = type\nwhere = (type == y)\n"
                                    "[metric d]\nplugin = distinct\nkey = actor\nby = type\n"
                                    "[metric e]\nplugin = count\nby = type\nbucket = hour\n"
                                    "[metric f]\nplugin = count\nby = actor, type\n"
                                    "[metric g]\nplugin = count\nby = type, actor\n"
                                    "[metric h]\nplugin = count\nbucket = hour\n"
                                    "[metric i]\nplugin = ratio\nnum = count(type == x)\n"
                                    "den = count(type == y)\nwhere = type == x\n");
    static const uint32_t groupings[] = {0, 0, 1, 1, 2, 3, 4, 5, 0};
    assert_int_equal(p->n_groupings, 6);
    assert_int_equal(p->n_expressions, 2);
    for (uint32_t i = 0; i < p->n_metrics; i++)
        assert_int_equal(p->metrics[i].grouping, groupings[i]);
    assert_ptr_equal(p->metrics[0].where, p->metrics[1].where);
    assert_ptr_equal(p->metrics[0].where, p->metrics[8].where);
    assert_ptr_not_equal(p->metrics[0].where, p->metrics[2].where);
    assert_null(p->metrics[3].where);
    const plan_metric *ratio = plan_fixture_metric(p, "i");
    assert_ptr_equal(ratio->columns[1].condition, p->metrics[0].where);
    assert_ptr_equal(ratio->columns[2].condition, p->metrics[2].where);
    assert_int_equal(p->groupings[3].n_by, 2);
    assert_string_equal(p->groupings[3].fields[0], "actor");
    assert_string_equal(p->groupings[4].fields[0], "type");
    assert_int_equal(p->groupings[3].columns[0], p->groupings[4].columns[1]);
    assert_int_equal(p->groupings[5].bucket, CONFIG_BUCKET_HOUR);
    plan_free(p);
}

/* Without by there is a total; with by only when it is asked for. */
static void test_totals(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(PLAN_BASE "[metric a]\nplugin = count\n"
                                          "[metric b]\nplugin = count\nby = type\n"
                                          "[metric c]\nplugin = count\nby = type\ntotal = yes\n"
                                          "[metric d]\nplugin = count\ntotal = no\n");
    static const bool totals[] = {true, false, true, true};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(p->metrics[i].total, totals[i]);
    plan_free(p);
}

/* A field in two kinds has two columns; the same kind is there once. */
static void test_schema(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(PLAN_BASE
                                "[metric a]\nplugin = sum\nfield = size\n"
                                "[metric b]\nplugin = count\nwhere = size > 5\n"
                                "[metric c]\nplugin = distinct\nkey = size\n"
                                "[metric d]\nplugin = count\nby = size\nwhere = exists(size)\n");
    uint32_t numbers = 0, texts = 0, present = 0;
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const schema_column *c = &p->schema.columns[i];
        if (strcmp(c->field, "size") != 0)
            continue;
        numbers += c->kind == SCHEMA_NUMBER;
        present += c->kind == SCHEMA_PRESENT;
        texts += c->kind == SCHEMA_TEXT;
        if (c->kind == SCHEMA_TEXT) { /* wishes of c and of d, united */
            assert_true(c->wants_hash);
            assert_true(c->wants_dict);
        }
    }
    assert_int_equal(numbers, 1);
    assert_int_equal(texts, 1);
    assert_int_equal(present, 1);
    assert_int_equal(p->config->n_sources, 1);
    assert_non_null(p->mappings[0]);
    plan_free(p);
}

/* ---- errors ---------------------------------------------------------------------------------- */

static const plan_error_case errors[] = {
    /* Of all steps together, in the order of the file. */
    {"[run]\nuntil = never\n"
     "[source web]\nfiles = a.ndjson\ntime = ts[\nmap.type = t\n"
     "[metric a]\nplugin = count\nwhere = type = x\n"
     "[metric b]\nplugin = sum\nfield = size\n"
     "[metric c]\nplugin = count\nlevle = 0.9\n"
     "[goal g]\nmetric = d.count\n",
     "night.ini:2:9: 'until' is a date such as 2026-11-21, not 'never'\n"
     "night.ini:5:10: paths do not go into lists yet; a key with a bracket in it stands in double "
     "quotes\n"
     "night.ini:9:14: write == instead of =\n"
     "night.ini:12:9: field: no source maps a field 'size'\n"
     "night.ini:15:1: unknown key 'levle' in [metric c]: plugin count has no such parameter (did "
     "you "
     "mean 'level'?)\n"
     "night.ini:17:10: unknown metric 'd'\n"},
    /* What the configuration itself finds comes along, and does not hide the rest. */
    {"[run]\ntimezone = Europe/Berlni\n" PLAN_SOURCE "[metric a]\nplugin = count\nby = kind\n"
     "[metric b]\nbucket = week\n[goal g]\ntarget = 5\n[goal h]\nmetric = a.count\n",
     "night.ini:2:12: 'timezone': unknown time zone 'Europe/Berlni'; did you mean "
     "'Europe/Berlin'?\n"
     "night.ini:11:6: by: no source maps a field 'kind'\n"
     "night.ini:12:1: [metric b] needs the key 'plugin'\n"
     "night.ini:13:10: 'bucket' is one of day, hour, not 'week'\n"
     "night.ini:14:1: [goal g] needs the value that it scores: 'metric = METRIC.OUTPUT', or "
     "'input.NAME' for a rule with several\n"
     "night.ini:17:10: metric 'a' is by kind and has no total: choose a group "
     "(a.count{kind=\"…\"}), or write total = yes in [metric a]\n"},
};

static void test_errors(void **state)
{
    (void)state;
    plan_fixture_expect_all(errors, sizeof errors / sizeof *errors);
}

/* ---- which value an input means -------------------------------------------------------------- */

typedef struct find_case {
    const char *labels[4]; /* name, text, name, text */
    uint32_t metric, output;
    int32_t expected; /* index of the value; -1: none */
} find_case;

static const find_case finds[] = {
    {{NULL}, 0, 0, 1},
    {{"brand", "own"}, 0, 0, 2},
    {{"brand", "other"}, 0, 0, -1},
    {{"brand", "own", "q", "0.5"}, 0, 1, 4},
    {{"q", "0.5", "brand", "own"}, 0, 1, 4}, /* in any order */
    {{"q", "0.9", "brand", "own"}, 0, 1, 5},
    {{"q", "0.5"}, 0, 1, -1}, /* less than all */
    {{NULL}, 0, 1, -1},
    {{"brand", "", NULL}, 0, 0, -1}, /* missing is no text */
    {{"own", "brand"}, 0, 0, -1},
    {{"brand", "wrong"}, 0, 0, 0}, /* in error, as a single value */
    {{NULL}, 1, 0, 6},             /* failed: whatever the labels */
    {{"brand", "own"}, 1, 0, 6},
    {{NULL}, 1, 1, -1},
    {{NULL}, 2, 0, -1},
};

static void test_find_value(void **state)
{
    (void)state;
    value_label own[] = {{"brand", "own"}}, missing[] = {{"brand", NULL}},
                wrong[] = {{"brand", "wrong"}};
    value_point series[] = {{0, 0}};
    value items[] = {
        {.metric_index = 0,
         .output_index = 0,
         .groups = wrong,
         .n_groups = 1,
         .error = "too large",
         .series = series,
         .n_series = 1},
        {.metric_index = 0, .output_index = 0},
        {.metric_index = 0, .output_index = 0, .groups = own, .n_groups = 1},
        {.metric_index = 0, .output_index = 0, .groups = missing, .n_groups = 1},
        {.metric_index = 0,
         .output_index = 1,
         .groups = own,
         .n_groups = 1,
         .labels = {{"q", "0.5"}},
         .n_labels = 1},
        {.metric_index = 0,
         .output_index = 1,
         .groups = own,
         .n_groups = 1,
         .labels = {{"q", "0.9"}},
         .n_labels = 1},
        {.metric_index = 1, .output_index = 0, .error = "failed"},
    };
    value_set set = {.items = items, .n = sizeof items / sizeof *items};
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        const find_case *c = &finds[i];
        value_label labels[2];
        plan_input input = {.metric = c->metric, .output = c->output, .labels = labels};
        for (uint32_t k = 0; k < 2 && c->labels[2 * k] != NULL; k++)
            labels[input.n_labels++] =
                (value_label){.name = c->labels[2 * k], .text = c->labels[2 * k + 1]};
        const value *found = plan_find_value(&input, &set);
        if (c->expected < 0)
            assert_null(found);
        else
            assert_ptr_equal(found, &items[c->expected]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_periods, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_wrong_date, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_sharing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_totals, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_schema, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_errors, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_find_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

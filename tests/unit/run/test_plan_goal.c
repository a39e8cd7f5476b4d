/* SPDX-License-Identifier: Apache-2.0
 * test_plan_goal.c - goals bound to metrics and rules: inputs, parameters, quantities, directions,
 * and all that may be wrong with them, with its place. */
#include "run/plan_fixture.h"

static const char own_rule[] =
    "return rule {\n"
    "  doc = 'all there is',\n"
    "  inputs = { value = 'what is scored', more = { doc = 'beside it' },\n"
    "             extra = { doc = 'if there', optional = true } },\n"
    "  params = {\n"
    "    width = { 0.5, min = 0.1, max = 2, doc = 'a number' },\n"
    "    low = { 1, min = 0, doc = 'without an upper limit' },\n"
    "    steps = { { 1, 2, 3 }, max = 10, doc = 'numbers' },\n"
    "    word = { 'near', one_of = { 'near', 'far' }, doc = 'one of two' },\n"
    "    free = { 'x', doc = 'any text' },\n"
    "    flag = { false, doc = 'yes or no' },\n"
    "    must = { required = 'number', doc = 'has no default' },\n"
    "  },\n"
    "  score = function(ctx) return score(50) end,\n"
    "}\n";

static int setup(void **state)
{
    int failed = fixture_setup(state);
    fixture_save("own.lua", own_rule);
    fixture_save("way.lua", "return rule { doc = 'd', inputs = { value = 'v' },\n"
                            "  needs = { 'target', 'baseline' },\n"
                            "  score = function(ctx) return score(50) end }\n");
    return failed;
}

/* Lines 1 to 30; what comes behind begins in line 31. */
#define METRICS                                                                                    \
    PLAN_BASE                                                                                      \
    "[metric plain]\nplugin = count\n"                                                             \
    "[metric grouped]\nplugin = count\nby = type\n"                                                \
    "[metric both]\nplugin = dist\nfield = size\nby = type, actor\ntotal = yes\n"                  \
    "quantiles = 0.5, 0.95\n"                                                                      \
    "[metric probe]\nplugin = test.probe\n"                                                        \
    "[metric share]\nplugin = ratio\nnum = count(type == x)\nden = count()\n"                      \
    "[metric rate]\nplugin = ratio\nnum = count()\nden = distinct(actor)\nbucket = hour\n"

#define GOAL METRICS "[goal g]\n"

/* ---- inputs ---------------------------------------------------------------------------------- */

typedef struct input_case {
    const char *selector, *metric, *output;
    const char *labels[4]; /* name, text, … */
} input_case;

static const input_case inputs[] = {
    {"plain", "plain", "count", {NULL}}, /* its only output */
    {"plain.count", "plain", "count", {NULL}},
    {"'grouped.count{type=x}'", "grouped", "count", {"type", "x"}},
    {"'grouped{type=\"a b\"}'", "grouped", "count", {"type", "a b"}},
    {"'both.quantile{q=0.5}'", "both", "quantile", {"q", "0.5"}},
    /* Numbers have one spelling, texts keep theirs. */
    {"'both.quantile{q=0.950}'", "both", "quantile", {"q", "0.95"}},
    {"'both.quantile{q=\"5e-1\"}'", "both", "quantile", {"q", "0.5"}},
    {"probe.share", "probe", "share", {NULL}},
    {"'probe.side{held=yes, kind=0.50}'", "probe", "side", {"held", "yes", "kind", "0.50"}},
};

static void test_inputs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        const input_case *c = &inputs[i];
        char *text = mem_printf("%smetric = %s\n", GOAL, c->selector);
        plan *p = plan_fixture_plan(text);
        const plan_input *input = p->goals[0].inputs[0];
        assert_string_equal(p->metrics[input->metric].config->name, c->metric);
        assert_string_equal(p->metrics[input->metric].descriptor->outputs[input->output]->name,
                            c->output);
        for (uint32_t k = 0; k < 4 && c->labels[k] != NULL; k += 2) {
            assert_true(k / 2 < input->n_labels);
            assert_string_equal(input->labels[k / 2].name, c->labels[k]);
            assert_string_equal(input->labels[k / 2].text, c->labels[k + 1]);
        }
        plan_free(p);
        mem_free(text);
    }
}

static void test_rules_inputs(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(METRICS "[goal a]\nmetric = plain\ninput.more = probe.seen\n"
                                        "rule = own.lua\nparam.must = 1\n"
                                        "[goal b]\ninput.extra = probe.share\ninput.value = plain\n"
                                        "input.more = plain\nrule = own.lua\nparam.must = 1\n"
                                        "[goal c]\nmetric = plain\n");
    const rule_info *rule = &p->rules[p->goals[0].rule];
    assert_string_equal(rule->name, "own.lua");
    assert_int_equal(p->n_rules, 2); /* own.lua once, and toward_target */
    assert_int_equal(p->goals[1].rule, p->goals[0].rule);
    assert_string_equal(p->rules[p->goals[2].rule].name, "toward_target");
    assert_int_equal(rule->n_inputs, 3);
    for (uint32_t i = 0; i < 3; i++) {
        const plan_input *a = p->goals[0].inputs[i], *b = p->goals[1].inputs[i];
        if (strcmp(rule->inputs[i].name, "extra") == 0) {
            assert_null(a);
            assert_int_equal(b->output, 1);
        } else {
            assert_non_null(a);
            assert_non_null(b);
        }
        if (strcmp(rule->inputs[i].name, "more") == 0)
            assert_int_equal(a->metric, 3);
    }
    plan_free(p);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static const score_param *param(const plan *p, uint32_t goal, const char *name)
{
    const rule_info *rule = &p->rules[p->goals[goal].rule];
    for (uint32_t i = 0; i < rule->n_params; i++)
        if (strcmp(p->goals[goal].params[i].name, name) == 0)
            return &p->goals[goal].params[i];
    fail_msg("there is no parameter %s", name);
    return NULL;
}

static void expect_number(double got, double expected)
{
    if (got < expected - 1e-12 || got > expected + 1e-12)
        fail_msg("%g, expected %g", got, expected);
}

static void test_params(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(METRICS
                                "[goal a]\nmetric = plain\ninput.more = plain\nrule = own.lua\n"
                                "param.must = 22%\n"
                                "[goal b]\nmetric = plain\ninput.more = plain\nrule = own.lua\n"
                                "param.must = 15min\nparam.width = 0.1\nparam.steps = 10, -5%,2s\n"
                                "param.word = far\nparam.free = 'a, b'\nparam.flag = yes\n"
                                "param.low = 1e300\n");
    expect_number(param(p, 0, "must")->number, 0.22);
    expect_number(param(p, 0, "width")->number, 0.5);
    assert_int_equal(param(p, 0, "steps")->n_numbers, 3);
    expect_number(param(p, 0, "steps")->numbers[2], 3);
    assert_string_equal(param(p, 0, "word")->text, "near");
    assert_string_equal(param(p, 0, "free")->text, "x");
    assert_false(param(p, 0, "flag")->flag);
    assert_int_equal(param(p, 0, "flag")->type, RULE_BOOL);
    expect_number(param(p, 1, "must")->number, 900);
    expect_number(param(p, 1, "width")->number, 0.1);
    assert_int_equal(param(p, 1, "steps")->n_numbers, 3);
    expect_number(param(p, 1, "steps")->numbers[0], 10);
    expect_number(param(p, 1, "steps")->numbers[1], -0.05);
    expect_number(param(p, 1, "steps")->numbers[2], 2);
    assert_string_equal(param(p, 1, "word")->text, "far");
    assert_string_equal(param(p, 1, "free")->text, "a, b");
    assert_true(param(p, 1, "flag")->flag);
    plan_free(p);
}

/* ---- quantities and directions --------------------------------------------------------------- */

typedef struct target_case {
    const char *text; /* behind "[goal g]" */
    uint32_t direction;
    double target, baseline; /* below 0: not given */
} target_case;

static const target_case targets[] = {
    {"metric = plain\n", GM_D_HIGHER_BETTER, -1, -1},
    {"metric = plain\ntarget = 1200\nbaseline = 0\n", GM_D_HIGHER_BETTER, 1200, 0},
    {"metric = plain\ntarget = 5\nbaseline = 7\ndirection = down\n", GM_D_LOWER_BETTER, 5, 7},
    {"metric = plain\ntarget = 5\nbaseline = 7\ndirection = neutral\n", GM_D_NEUTRAL, 5, 7},
    {"metric = plain\ntarget = 5\nbaseline = 7\ndirection = target\n", GM_D_TARGET, 5, 7},
    {"metric = probe.seen\ntarget = 5\nbaseline = 7\n", GM_D_LOWER_BETTER, 5, 7},
    {"metric = probe.seen\ntarget = 7\nbaseline = 5\ndirection = up\n", GM_D_HIGHER_BETTER, 7, 5},
    /* Where the output says nothing, the way tells. */
    {"metric = probe.share\ntarget = 50%\nbaseline = 22%\n", GM_D_HIGHER_BETTER, 0.5, 0.22},
    {"metric = probe.share\ntarget = 0.1\nbaseline = 22%\n", GM_D_LOWER_BETTER, 0.1, 0.22},
    {"metric = probe.share\ntarget = 0.1\nrule = band\nparam.at = 1\nparam.scores = 1, 2\n",
     GM_D_NEUTRAL, 0.1, -1},
    {"metric = 'both.quantile{q=0.5}'\ntarget = 15min\nbaseline = 1h\n", GM_D_LOWER_BETTER, 900,
     3600}, /* the unit of a field is not known */
    {"metric = 'both.quantile{q=0.5}'\ntarget = 10%\nbaseline = 20%\n", GM_D_LOWER_BETTER, 0.1,
     0.2},
    {"metric = rate\ntarget = 10%\nbaseline = 5%\n", GM_D_HIGHER_BETTER, 0.1, 0.05},
};

static void test_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const target_case *c = &targets[i];
        char *text = mem_printf("%s%s", GOAL, c->text);
        plan *p = plan_fixture_plan(text);
        const plan_goal *g = &p->goals[0];
        if (g->direction != c->direction)
            fail_msg("%s: direction %u", c->text, g->direction);
        assert_int_equal(g->has_target, c->target >= 0);
        assert_int_equal(g->has_baseline, c->baseline >= 0);
        if (g->has_target)
            expect_number(g->target, c->target);
        if (g->has_baseline)
            expect_number(g->baseline, c->baseline);
        plan_free(p);
        mem_free(text);
    }
}

/* ---- errors ---------------------------------------------------------------------------------- */

typedef struct goal_error {
    const char *text, *errors; /* behind "[goal g]": lines from 32 on */
} goal_error;

static const goal_error input_errors[] = {
    {"metric = plan\n", "night.ini:32:10: unknown metric 'plan' (did you mean 'plain'?)\n"},
    {"metric = wholly_other.count\n", "night.ini:32:10: unknown metric 'wholly_other'\n"},
    {"metric = plain.sum\n",
     "night.ini:32:10: metric 'plain' (plugin count) has no output 'sum'; it has plain.count\n"},
    {"metric = probe\n", "night.ini:32:10: metric 'probe' has several outputs: name one of "
                         "probe.seen, probe.share, probe.side\n"},
    {"metric = plain.count.more\n", "night.ini:32:21: expected '{' or nothing, not '.more'\n"},
    {"metric = 'plain.count{q=0.5}'\n",
     "night.ini:32:11: metric 'plain' has no label 'q' at output 'count'\n"},
    {"metric = 'grouped.count{tipe=x}'\n", "night.ini:32:11: metric 'grouped' has no label 'tipe' "
                                           "at output 'count' (did you mean 'type'?)\n"},
    {"metric = grouped.count\n",
     "night.ini:32:10: metric 'grouped' is by type and has no total: choose a group "
     "(grouped.count{type=\"…\"}), or write total = yes in [metric grouped]\n"},
    {"metric = 'grouped.count{type=*}'\n",
     "night.ini:32:11: label 'type=*' gives a series; a goal's input takes a single value\n"},
    {"metric = 'grouped.count{type=x, type=y}'\n",
     "night.ini:32:33: the label 'type' stands twice\n"},
    {"metric = both.quantile\n", "night.ini:32:10: output 'quantile' of metric 'both' has a value "
                                 "for each q: write both.quantile{q=\"…\"}\n"},
    {"metric = 'both.quantile{q=0.5, type=x}'\n",
     "night.ini:32:11: metric 'both' is by 2 fields; name a value for all of them, or for none\n"},
    {"metric = 'both.quantile{q=0.9}'\n",
     "night.ini:32:11: metric 'both' has no quantile{q=\"0.9\"}; it has \"0.5\", \"0.95\": see its "
     "quantiles\n"},
    {"metric = 'both.quantile{q=median}'\n",
     "night.ini:32:11: metric 'both' has no quantile{q=\"median\"}; it has \"0.5\", \"0.95\": see "
     "its quantiles\n"},
    {"metric = 'probe.side{held=yes}'\n",
     "night.ini:32:11: output 'side' of metric 'probe' has a value for each held and kind: write "
     "probe.side{held=\"…\", kind=\"…\"}\n"},
    {"metric = 'probe.side{hled=yes, kind=a}'\n",
     "night.ini:32:11: metric 'probe' has no label 'hled' at output 'side' (did you mean "
     "'held'?)\n"},
    {"metric = 'probe.side{held=yes, kin=a}'\n", "night.ini:32:11: metric 'probe' has no label "
                                                 "'kin' at output 'side' (did you mean 'kind'?)\n"},
    {"input.valeu = plain\n",
     "night.ini:31:1: [goal g] lacks input.value for rule 'toward_target': the value that has a "
     "target\n"
     "night.ini:32:1: rule 'toward_target' has no input 'valeu' (did you mean 'value'?)\n"},
    {"metric = plain\nrule = own.lua\nparam.must = 1\n",
     "night.ini:31:1: [goal g] lacks input.more for rule 'own.lua': beside it\n"},
    {"metric = plain\ninput.more = planned\nrule = own.lua\nparam.must = 1\n",
     "night.ini:33:14: unknown metric 'planned'\n"},
};

static const goal_error param_errors[] = {
    {"param.must = 1\nparam.widht = 1\n",
     "night.ini:36:1: rule 'own.lua' has no parameter 'widht' (did you mean 'width'?)\n"},
    {"param.width = 1\n",
     "night.ini:31:1: [goal g] lacks param.must for rule 'own.lua': has no default\n"},
    {"param.must = 1\nparam.width = wide\n",
     "night.ini:36:15: param.width: 'wide' does not start with a number, as in 12.5, 22% or 15min; "
     "units: % pp, us ms s min h d w, B KB MB GB KiB MiB GiB\n"},
    {"param.must = 1\nparam.width = 0.05\n",
     "night.ini:36:15: param.width = 0.05: out of range, from 0.1 to 2\n"},
    {"param.must = 1\nparam.width = 3\n",
     "night.ini:36:15: param.width = 3: out of range, from 0.1 to 2\n"},
    {"param.must = 1\nparam.low = -1\n",
     "night.ini:36:13: param.low = -1: out of range, from 0 to inf\n"},
    {"param.must = 1\nparam.steps = 1, x\n",
     "night.ini:36:15: param.steps: ' x' does not start with a number, as in 12.5, 22% or 15min; "
     "units: % pp, us ms s min h d w, B KB MB GB KiB MiB GiB\n"},
    {"param.must = 1\nparam.steps = 1,,2\n",
     "night.ini:36:15: param.steps: '' does not start with a number, as in 12.5, 22% or 15min; "
     "units: % pp, us ms s min h d w, B KB MB GB KiB MiB GiB\n"},
    {"param.must = 1\nparam.steps = 1, 11, 12\n",
     "night.ini:36:15: param.steps = 1, 11, 12: out of range, from -inf to 10\n"},
    {"param.must = 1\nparam.word = fare\n", "night.ini:36:14: param.word = fare: not one of those "
                                            "that rule takes (did you mean 'far'?)\n"},
    {"param.must = 1\nparam.flag = true\n",
     "night.ini:36:14: param.flag = true: expected yes or no\n"},
};

static const goal_error target_errors[] = {
    {"metric = plain\ntarget = many\n",
     "night.ini:33:10: target: 'many' does not start with a number, as in 12.5, 22% or 15min; "
     "units: % pp, us ms s min h d w, B KB MB GB KiB MiB GiB\n"},
    {"metric = plain\ntarget = 10%\n",
     "night.ini:33:10: target = 10% is a share, but the metric's unit is events\n"},
    {"metric = plain\ntarget = 10\nbaseline = 5min\n",
     "night.ini:34:12: baseline = 5min is a duration, but the metric's unit is events\n"},
    {"metric = share\ntarget = 5min\nbaseline = 1\n",
     "night.ini:33:10: target = 5min is a duration, but the metric's unit is a share\n"},
    {"metric = share\ntarget = 5%\nbaseline = 5%\n",
     "night.ini:33:10: target and baseline of [goal g] are the same\n"},
    {"metric = plain\nrule = way.lua\ntarget = 5\n",
     "night.ini:31:1: [goal g] lacks 'baseline': rule 'way.lua' measures the way from the baseline "
     "to the target\n"},
    {"metric = share\ntarget = 5%\n",
     "night.ini:31:1: [goal g] lacks 'baseline': rule 'toward_target' measures the way from the "
     "baseline to the target (with direction = up it begins at 0)\n"},
    {"metric = plain\ndirection = down\ntarget = 5\n",
     "night.ini:31:1: [goal g] lacks 'baseline': rule 'toward_target' measures the way from the "
     "baseline to the target (with direction = up it begins at 0)\n"},
    {"metric = plain\ntarget = 5\nbaseline = 7\n",
     "night.ini:33:10: [goal g]: higher is better, but the target (5) lies below the baseline (7); "
     "write direction = up or down\n"},
    {"metric = plain\ndirection = up\ntarget = 5\nbaseline = 7\n",
     "night.ini:34:10: [goal g]: higher is better, but the target (5) lies below the baseline "
     "(7)\n"},
    {"metric = probe.seen\ntarget = 7\nbaseline = 5\n",
     "night.ini:33:10: [goal g]: lower is better, but the target (7) lies above the baseline (5); "
     "write direction = up or down\n"},
    {"metric = plain\ndirection = down\ntarget = 7\nbaseline = 5\n",
     "night.ini:34:10: [goal g]: lower is better, but the target (7) lies above the baseline "
     "(5)\n"},
};

static void expect_errors(const char *head, const goal_error *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *text = mem_printf("%s%s%s", GOAL, head, cases[i].text);
        plan_fixture_expect(text, cases[i].errors);
        mem_free(text);
    }
}

static void test_input_errors(void **state)
{
    (void)state;
    expect_errors("", input_errors, sizeof input_errors / sizeof *input_errors);
}

static void test_param_errors(void **state)
{
    (void)state;
    expect_errors("metric = plain\ninput.more = plain\nrule = own.lua\n", param_errors,
                  sizeof param_errors / sizeof *param_errors);
}

static void test_target_errors(void **state)
{
    (void)state;
    expect_errors("", target_errors, sizeof target_errors / sizeof *target_errors);
}

/* A metric that is wrong itself is told once, not again at each goal. */
static void test_goals_of_wrong_metrics(void **state)
{
    (void)state;
    plan_fixture_expect(
        PLAN_BASE "[metric m]\nplugin = sum\n[metric n]\nplugin = sum\nfield = z\n"
                  "[goal g]\nmetric = m.sum\ntarget = 5\n"
                  "[goal h]\nmetric = m.nothing\n"
                  "[goal i]\nmetric = n.sum\ntarget = 5\nbaseline = 7\n",
        "night.ini:9:1: [metric m] lacks 'field': The numeric field to sum.\n"
        "night.ini:13:9: field: no source maps a field 'z'\n"
        "night.ini:21:10: [goal i]: higher is better, but the target (5) lies below "
        "the baseline (7); write direction = up or down\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_inputs, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_rules_inputs, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_params, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_targets, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_input_errors, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_param_errors, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_target_errors, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_goals_of_wrong_metrics, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_rule_call.c - ctx, metric values, results and error texts, as a rule's author meets them;
 * and the two rules that ship, with scores worked out by hand. */
#include "score/rule_call.h"
#include "score/score_fixture.h"

/* A score function's body, run for a goal whose inputs are
 *   value  0.241 of 2410/10000, interval 0.23 to 0.25, 0.228 before, series 0.2, gap, 0.3
 *   speed  412 ms, no interval, nothing before
 *   none   optional, no value        few, young, bad   optional, of such a status */
static const char head[] =
    "return rule { inputs = { value = 'v', speed = { optional = true }, none = { optional = true "
    "},\n"
    "few = { optional = true }, young = { optional = true }, bad = { optional = true } },\n"
    "params = { n = { 5 }, list = { { 1, 2 } }, on = { true }, word = { 'w' } },\n"
    "score = function(ctx) local v, none = ctx.m.value, ctx.m.none\n";

static void set_status(fixture *f, const score_goal *g, const char *input, uint32_t status)
{
    value *v = fixture_value(f, g, input, 0, 3, "");
    v->current.status = status;
    v->current.is_null = true;
}

static score_goal *prepare(fixture *f, const char *body)
{
    const char *source = arena_printf(&f->memory, "%s%s\nend }", head, body);
    score_goal *g = fixture_add_source(f, "rules/x.lua", source);
    value *v = fixture_value(f, g, "value", 0.241, 10000, "1");
    value_point *points = arena_push(&f->memory, 3 * sizeof *points);
    v->current.num = 2410;
    v->current.den = 10000;
    v->current.lower = 0.23;
    v->current.upper = 0.25;
    v->current.level = 0.95;
    v->current.flags = GM_EF_APPROXIMATE | GM_EF_LOW_N;
    v->has_previous = true;
    v->previous = fixture_figure(0.228, 9000);
    points[0] = (value_point){.value = 0.2};
    points[1] = (value_point){.value = (double)NAN};
    points[2] = (value_point){.value = 0.3};
    v->series = points;
    v->n_series = 3;
    (void)fixture_value(f, g, "speed", 412, 18102, "ms");
    set_status(f, g, "few", GM_S_LOW_N);
    set_status(f, g, "young", GM_S_IMMATURE);
    set_status(f, g, "bad", GM_S_ERROR);
    f->config_goals[0].weight = 3;
    g->has_baseline = true;
    g->baseline = 0.22;
    return g;
}

static void run(fixture *f, const score_goal *g, const char *body, scorecard *card)
{
    const char *source = arena_printf(&f->memory, "%s%s\nend }", head, body);
    memset(card, 0, sizeof *card);
    rule_call_run(card, g, &f->options, source, strlen(source), &f->memory);
}

/* What the body comes to: the first reason of its result, or the first line of its error. */
static void expect(const char *body, scorecard_status status, const char *text)
{
    fixture f;
    scorecard card;
    char is[600] = "";
    fixture_init(&f);
    run(&f, prepare(&f, body), body, &card);
    if (card.error != NULL)
        (void)snprintf(is, sizeof is, "%.*s", (int)strcspn(card.error, "\n"), card.error);
    else if (card.n_reasons > 0)
        (void)snprintf(is, sizeof is, "%s", card.reasons[0]);
    if (card.status != status || strcmp(is, text) != 0)
        fail_msg("%s\n    gives %s: %s\n    not   %s: %s", body, scorecard_status_name(card.status),
                 is, scorecard_status_name(status), text);
    assert_int_equal(card.has_score, status == SCORECARD_MET);
    fixture_deinit(&f);
}

typedef struct expectation {
    const char *body;
    scorecard_status status;
    const char *text;
} expectation;

static void expect_all(const expectation *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect(cases[i].body, cases[i].status, cases[i].text);
}

#define SAY(expression) "return score(1):because(tostring(" expression "))"

static void test_values(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {SAY("v.value"), SCORECARD_MET, "0.241"},
        {SAY("v.n"), SCORECARD_MET, "10000"},
        {SAY("math.type(v.n) .. math.type(v.num)"), SCORECARD_MET, "integerfloat"},
        {SAY("v.num / v.den"), SCORECARD_MET, "0.241"},
        {SAY("v.upper - v.lower < 0.021"), SCORECARD_MET, "true"},
        {SAY("v.level"), SCORECARD_MET, "0.95"},
        {SAY("v.unit .. v.direction .. v.status"), SCORECARD_MET, "1upok"},
        {SAY("table.concat(v.flags, ' ')"), SCORECARD_MET, "approximate low_n"},
        {SAY("v:prev().value"), SCORECARD_MET, "0.228"},
        {SAY("v:prev(1).n"), SCORECARD_MET, "9000"},
        {SAY("fmt.pct(v:change())"), SCORECARD_MET, "5.7 %"},
        {SAY("table.concat(v:series(), ' ')"), SCORECARD_MET, "0.2 0.3"},
        {SAY("ctx.m.speed.lower"), SCORECARD_MET, "nil"},
        {SAY("ctx.m.speed"), SCORECARD_MET, "412 ms"},
        {SAY("ctx.m.speed:prev().status"), SCORECARD_MET, "no_data"},
        {SAY("ctx.m.speed:change()"), SCORECARD_MET, "nil"},
        {SAY("#ctx.m.speed:series()"), SCORECARD_MET, "0"},
        {SAY("none.status .. none.n .. none.unit .. none.direction"), SCORECARD_MET,
         "no_data0neutral"},
        {SAY("none.status .. tostring(none.value) .. tostring(none.lower)"), SCORECARD_MET,
         "no_datanilnil"},
        {SAY("none.status == 'no_data' and tostring(none)"), SCORECARD_MET, "no data"},
        {SAY("none:change()"), SCORECARD_MET, "nil"},
        {SAY("ctx.m.few.status .. ctx.m.young.status .. ctx.m.bad.status"), SCORECARD_MET,
         "low_nimmatureerror"},
        /* Not looked at: no score can come of it, not even through pcall. */
        {SAY("none.value"), SCORECARD_NO_DATA, "none has no data"},
        {SAY("none.lower"), SCORECARD_NO_DATA, "none has no data"},
        {SAY("none"), SCORECARD_NO_DATA, "none has no data"},
        {"pcall(function() return none.value end) return score(100)", SCORECARD_NO_DATA,
         "none has no data"},
        {SAY("ctx.m.few.value"), SCORECARD_LOW_N, "m.few has too few events"},
        {SAY("ctx.m.young.den"), SCORECARD_NO_DATA, "m.young is still under observation"},
        {SAY("ctx.m.bad.value"), SCORECARD_ERROR, "m.bad could not be computed"},
        {SAY("ctx.m.speed:prev().value"), SCORECARD_NO_DATA,
         "m.speed has no data in the period before"},
        {"local p = v.status .. none:prev().status " SAY("none.value"), SCORECARD_NO_DATA,
         "none has no data"},
        {"return score(v.p95)", SCORECARD_ERROR,
         "rules/x.lua:5: metric 'value' has no field 'p95' (has: change, den, direction, flags, "
         "level, "
         "lower, n, num, prev, series, status, unit, upper, value)"},
        {"return score(v.valu)", SCORECARD_ERROR,
         "rules/x.lua:5: metric 'value' has no field 'valu' (did you mean 'value'? has: change, "
         "den, "
         "direction, flags, level, lower, n, num, prev, series, status, unit, upper, value)"},
        {"v.value = 5", SCORECARD_ERROR, "rules/x.lua:5: metric 'value' is read-only"},
        {"return score(v:prev(2))", SCORECARD_ERROR,
         "rules/x.lua:5: prev: only the period before is known: prev(1)"},
        {"return score(v + 1)", SCORECARD_ERROR,
         "rules/x.lua:5: attempt to perform arithmetic on a metric value (local 'v')"},
        {"return score(v > 1)", SCORECARD_ERROR,
         "rules/x.lua:5: attempt to compare number with metric"},
        {"v.prev()", SCORECARD_ERROR,
         "rules/x.lua:5: bad argument #1 to 'prev' (metric expected, got no value)"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

static void test_context(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {SAY("ctx.baseline .. ctx.lang .. ctx.direction"), SCORECARD_MET, "0.22enup"},
        {SAY("ctx.weight"), SCORECARD_MET, "3"},
        {SAY("ctx.has_target"), SCORECARD_MET, "false"},
        {SAY("ctx.target"), SCORECARD_NO_TARGET, "the goal has no target"},
        {SAY("ctx.period.start .. ' ' .. ctx.period.ends .. ' ' .. ctx.period.days"), SCORECARD_MET,
         "2026-10-25 2026-11-21 28"},
        {SAY("ctx.param.n + #ctx.param.list .. ctx.param.word .. tostring(ctx.param.on)"),
         SCORECARD_MET, "7.0wtrue"},
        {"return score(ctx.traget)", SCORECARD_ERROR,
         "rules/x.lua:5: ctx has no field 'traget' (did you mean 'target'? has: baseline, "
         "direction, "
         "has_target, lang, m, param, period, target, weight)"},
        {"return score(ctx.m.sped.value)", SCORECARD_ERROR,
         "rules/x.lua:5: ctx.m has no field 'sped' (did you mean 'speed'? has: bad, few, none, "
         "speed, "
         "value, young)"},
        {"return score(ctx.param.max)", SCORECARD_ERROR,
         "rules/x.lua:5: ctx.param has no field 'max' (has: list, n, on, word)"},
        {"ctx.param.n = 7", SCORECARD_ERROR, "rules/x.lua:5: ctx.param is read-only"},
        {"ctx.x = 7", SCORECARD_ERROR, "rules/x.lua:5: ctx is read-only"},
        {"return score(ctx[1])", SCORECARD_ERROR,
         "rules/x.lua:5: ctx has no field 'number' (has: baseline, direction, has_target, lang, m, "
         "param, period, target, weight)"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

static void test_results(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return score(0)", SCORECARD_MET, ""},
        {"return score(100)", SCORECARD_MET, ""},
        {"return score(100.00000000000001)", SCORECARD_ERROR,
         "rules/x.lua:5: a score must be from 0 to 100, not 100.00000000000001"},
        {"return score(-1)", SCORECARD_ERROR,
         "rules/x.lua:5: a score must be from 0 to 100, not -1"},
        {"return score(1/0)", SCORECARD_ERROR,
         "rules/x.lua:5: a score must be from 0 to 100, not inf"},
        {"return score(0/0)", SCORECARD_ERROR,
         "rules/x.lua:5: a score must be a number from 0 to 100, not NaN (0/0?)"},
        {"return score('50')", SCORECARD_ERROR,
         "rules/x.lua:5: a score must be a number from 0 to 100, not string"},
        {"return score()", SCORECARD_ERROR,
         "rules/x.lua:5: a score must be a number from 0 to 100, not no value"},
        {"return 50", SCORECARD_ERROR,
         "rules/x.lua: score must return score(…), no_data(…) or low_n(…), not number"},
        {"local x = 1", SCORECARD_ERROR,
         "rules/x.lua: score must return score(…), no_data(…) or low_n(…), not nothing"},
        {"return no_data('no survey')", SCORECARD_NO_DATA, "no survey"},
        {"return no_data()", SCORECARD_NO_DATA, ""},
        {"return no_data(5)", SCORECARD_ERROR,
         "rules/x.lua:5: no_data: the reason is a number, not a text"},
        {"return low_n(1234)", SCORECARD_LOW_N, "n = 1,234 is too few to judge"},
        {"return low_n('x')", SCORECARD_ERROR,
         "rules/x.lua:5: low_n: a number is needed, not string"},
        {"return score(1):because('{a} {b} {c} {{x}}', { a = 1234.5678, b = v, c = 'c' })",
         SCORECARD_MET, "1,235 24.1 % c {x}"},
        {"return score(1):because({ zh = 'z', en = 'e {a}' }, { a = 1 })", SCORECARD_MET, "e 1"},
        {"return score(1):because({ zh = 'z', de = 'd' })", SCORECARD_MET, "d"},
        {"return score(1):because('{lowr}', { lower = 1, v = 2 })", SCORECARD_ERROR,
         "rules/x.lua:5: because: there is no value for {lowr} (did you mean 'lower'? has: lower, "
         "v)"},
        {"return score(1):because('{lo}')", SCORECARD_ERROR,
         "rules/x.lua:5: because: the text has {lo}, but no values were given"},
        {"return score(1):because('{lo}', {})", SCORECARD_ERROR,
         "rules/x.lua:5: because: there is no value for {lo} (has none)"},
        {"return score(1):because('a } b')", SCORECARD_ERROR,
         "rules/x.lua:5: because: a lone '}' in the text; write '}}' for one"},
        {"return score(1):because('{a', { a = 1 })", SCORECARD_ERROR,
         "rules/x.lua:5: because: a lone '{' in the text; write '{{' for one"},
        {"return score(1):because('{a}', { a = {} })", SCORECARD_ERROR,
         "rules/x.lua:5: because: the value for {a} is a table"},
        {"return score(1):because('{a}', 7)", SCORECARD_ERROR,
         "rules/x.lua:5: because: the values are a number, not a table"},
        {"return score(1):because('{a}', { a = none })", SCORECARD_NO_DATA, "none has no data"},
        {"return score(1):because(nil)", SCORECARD_ERROR,
         "rules/x.lua:5: because is a nil, not a text"},
        {"return score(1):because('\\xff')", SCORECARD_ERROR,
         "rules/x.lua:5: because is not valid UTF-8 text"},
        {"return score(90):cap(59, 'tone fell by {x}', { x = 3 })", SCORECARD_MET,
         "capped at 59: tone fell by 3"},
        {"return score(50):cap(59, 'tone fell')", SCORECARD_MET, "tone fell"},
        {"return score(50):cap(101, 'x')", SCORECARD_ERROR,
         "rules/x.lua:5: cap: the highest score must be from 0 to 100, not 101"},
        {"return no_data('x'):cap(1, 'x')", SCORECARD_ERROR,
         "rules/x.lua:5: cap: only a score can be capped"},
        {"return score(1):evidence { Bad = 1 }", SCORECARD_ERROR,
         "rules/x.lua:5: evidence: 'Bad' is no name: small letters, digits and _"},
        {"return score(1):evidence { 7 }", SCORECARD_ERROR,
         "rules/x.lua:5: evidence: a name is a text, not a number"},
        {"return score(1):evidence { a = 0/0 }", SCORECARD_ERROR,
         "rules/x.lua:5: evidence 'a' is not a finite number"},
        {"return score(1):evidence { a = {}, b = {} }", SCORECARD_ERROR,
         "rules/x.lua:5: evidence 'a' is a table, not a number or a text"},
        {"return score(1):evidence(7)", SCORECARD_ERROR,
         "rules/x.lua:5: bad argument #1 to 'evidence' (a table { name = number or text } is "
         "needed)"},
        {"return score(1):flag('a b')", SCORECARD_ERROR,
         "rules/x.lua:5: flag: 'a b' is no name: small letters, digits and _"},
        {"return score(1):becuase('x')", SCORECARD_ERROR,
         "rules/x.lua:5: a result has no 'becuase' (did you mean 'because'? has: because, cap, "
         "evidence, flag)"},
        {"score(1).x = 5", SCORECARD_ERROR,
         "rules/x.lua:5: a result is changed by :because, :evidence, :cap and :flag only"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

/* So many of a thing are fine, one more is an error. */
static void test_result_limits(void **state)
{
    (void)state;
    static const struct {
        const char *format, *error;
        int limit;
    } cases[] = {
        {"local r = score(1) for i = 1, %d do r:because('x') end return r",
         "a result has at most 16 reasons", LIMIT_RULE_REASONS},
        {"local r = score(1) for i = 1, %d do r:flag('f' .. i):flag('f' .. i) end return r",
         "a result has at most 16 flags", LIMIT_RULE_REASONS},
        {"local r = score(1) for i = 1, %d do r:evidence { ['e' .. i] = i } r:evidence { e1 = 'x' "
         "} "
         "end return r",
         "a result has at most 64 pieces of evidence", LIMIT_RULE_EVIDENCE},
        {"return score(1):because(('x'):rep(%d))", "because is longer than 1024 bytes",
         LIMIT_RULE_TEXT_BYTES},
        {"return score(1):because('{a}', { a = ('x'):rep(%d) })",
         "because is longer than 1024 bytes", LIMIT_RULE_TEXT_BYTES},
        {"return score(1):evidence { a = ('x'):rep(%d) }", "evidence 'a' is longer than 1024 bytes",
         LIMIT_RULE_TEXT_BYTES},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int above = -1; above <= 1; above++) {
            fixture f;
            scorecard card;
            bytes body;
            fixture_init(&f);
            bytes_init(&body, 1000);
            const char *n = strchr(cases[i].format, '%');
            bytes_printf(&body, "%.*s%d%s", (int)(n - cases[i].format), cases[i].format,
                         cases[i].limit + above, n + 2);
            bytes_u8(&body, 0);
            run(&f, prepare(&f, (const char *)body.data), (const char *)body.data, &card);
            if (above <= 0)
                assert_int_equal(card.status, SCORECARD_MET);
            else if (card.status != SCORECARD_ERROR || strstr(card.error, cases[i].error) == NULL)
                fail_msg("%s: %s", cases[i].error, card.error);
            bytes_deinit(&body);
            fixture_deinit(&f);
        }
    }
}

static void test_whole_result(void **state)
{
    (void)state;
    static const char body[] = "local r = score(77.5)\n"
                               "assert(r:because('one') == r)\n"
                               "pcall(r.because, r, '{x}')\n"
                               "pcall(r.evidence, r, { ok = 1, zz = {} })\n"
                               "return r:evidence { b = 2, a = 'text', c = v.den, none = nil "
                               "}:flag('f'):flag('g'):flag('f')\n"
                               "  :cap(50, 'two'):because('three')\n";
    fixture f;
    scorecard card;
    fixture_init(&f);
    run(&f, prepare(&f, body), body, &card);
    assert_int_equal(card.status, SCORECARD_MET);
    fixture_assert_near(card.score, 50, 0);
    assert_int_equal(card.n_reasons, 3);
    assert_string_equal(card.reasons[0], "one");
    assert_string_equal(card.reasons[1], "capped at 50: two");
    assert_string_equal(card.reasons[2], "three");
    assert_int_equal(card.n_evidence, 4);
    assert_string_equal(card.evidence[0].name, "a");
    assert_string_equal(card.evidence[0].text, "text");
    assert_string_equal(card.evidence[1].name, "b");
    assert_null(card.evidence[1].text);
    fixture_assert_near(card.evidence[1].number, 2, 0);
    fixture_assert_near(card.evidence[2].number, 10000, 0);
    assert_string_equal(card.evidence[3].name, "ok");
    assert_int_equal(card.n_flags, 2);
    assert_string_equal(card.flags[1], "g");
    assert_null(card.error);
    assert_true(card.fuel_used > 0 && card.fuel_used < 10000);
    fixture_deinit(&f);
}

static void test_error_text(void **state)
{
    (void)state;
    static const char body[] = "local function check(x)\n"
                               "\treturn x.p95\t> 800   \n"
                               "end\n"
                               "check(v)";
    static const char expected[] =
        "rules/x.lua:6: metric 'value' has no field 'p95' (has: change, den, direction, flags, "
        "level, "
        "lower, n, num, prev, series, status, unit, upper, value)\n"
        "      5 | local function check(x)\n"
        "  >   6 |     return x.p95    > 800\n"
        "  traceback: rules/x.lua:6 in check, rules/x.lua:8 in score\n"
        "  inputs: value=0.241 (n=10,000)   bad: error   few: low_n   none: no_data   "
        "speed=412 ms (n=18,102)   young: immature";
    static const char loop[] = "while true do end";
    fixture f;
    scorecard card;
    fixture_init(&f);
    const score_goal *g = prepare(&f, body);
    run(&f, g, body, &card);
    assert_int_equal(card.status, SCORECARD_ERROR);
    assert_string_equal(card.error, expected);
    assert_int_equal(card.n_reasons + card.n_evidence + card.n_flags, 0);
    /* Fuel: the goal's own, the default, never above the highest. */
    static const struct {
        uint64_t fuel, used;
        const char *text;
    } fuels[] = {
        {1000, 1000,
         "rules/x.lua:5: used more than 1,000 steps (raise `fuel` of the goal up to "
         "50,000,000)"},
        {0, 5000000,
         "rules/x.lua:5: used more than 5,000,000 steps (raise `fuel` of the goal up to "
         "50,000,000)"},
        {UINT64_MAX, 50000000,
         "rules/x.lua:5: used more than 50,000,000 steps (there is no more than "
         "that)"},
    };
    for (size_t i = 0; i < sizeof fuels / sizeof *fuels; i++) {
        f.config_goals[0].fuel = fuels[i].fuel;
        run(&f, g, loop, &card);
        assert_int_equal(strcspn(card.error, "\n"), strlen(fuels[i].text));
        assert_memory_equal(card.error, fuels[i].text, strlen(fuels[i].text));
        assert_int_equal(card.fuel_used, fuels[i].used);
    }
    fixture_deinit(&f);
}

/* ---- the rules that ship -------------------------------------------------------------------- */

typedef struct shipped_case {
    uint32_t direction;
    double value, baseline, target; /* NaN: none */
    double score;
    const char *error; /* part of it */
} shipped_case;

static void test_toward_target(void **state)
{
    (void)state;
    static const double none = (double)NAN;
    const shipped_case cases[] = {
        {GM_D_HIGHER_BETTER, 7, 5, 10, 40, NULL},
        {GM_D_HIGHER_BETTER, 10, 5, 10, 100, NULL},
        {GM_D_HIGHER_BETTER, 12, 5, 10, 100, NULL},
        {GM_D_HIGHER_BETTER, 4, 5, 10, 0, NULL},
        {GM_D_HIGHER_BETTER, 7, none, 10, 70, NULL},
        {GM_D_HIGHER_BETTER, -12, -20, -4, 50, NULL},
        {GM_D_LOWER_BETTER, 30, 60, 15, 100.0 * 30 / 45, NULL},
        {GM_D_LOWER_BETTER, 15, 60, 15, 100, NULL},
        {GM_D_LOWER_BETTER, 70, 60, 15, 0, NULL},
        {GM_D_TARGET, 7, 4, 8, 75, NULL},
        {GM_D_TARGET, 9, 4, 8, 75, NULL},
        {GM_D_TARGET, 8, 4, 8, 100, NULL},
        {GM_D_TARGET, 13, 4, 8, 0, NULL},
        {GM_D_NEUTRAL, 6, 4, 8, 50, NULL},
        {GM_D_NEUTRAL, 6, 8, 4, 50, NULL},
        {GM_D_LOWER_BETTER, 30, none, 15, 0, "direction down needs a baseline: give `baseline`"},
        {GM_D_TARGET, 30, none, 15, 0, "direction target needs a baseline: give `baseline`"},
        {GM_D_NEUTRAL, 30, none, 15, 0, "direction neutral needs a baseline: give `baseline`"},
        {GM_D_HIGHER_BETTER, 1, 10, 5, 0, "the target is not above the baseline"},
        {GM_D_HIGHER_BETTER, 1, none, 0, 0, "the target is not above the baseline"},
        {GM_D_LOWER_BETTER, 1, 5, 10, 0, "the target is not below the baseline"},
        {GM_D_TARGET, 1, 5, 5, 0, "baseline and target are equal"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const shipped_case *c = &cases[i];
        fixture f;
        fixture_init(&f);
        score_goal *g = fixture_add_file(&f, "toward_target",
                                         GM_TEST_DATA "/../../scripts/rules/toward_target.lua");
        (void)fixture_value(&f, g, "value", c->value, 100, "");
        g->direction = c->direction;
        g->has_target = true;
        g->target = c->target;
        g->has_baseline = !isnan(c->baseline);
        g->baseline = c->baseline;
        fixture_run(&f);
        const scorecard *card = &f.set.goals[0];
        if (c->error == NULL) {
            if (card->error != NULL)
                fail_msg("case %zu: %s", i, card->error);
            fixture_assert_near(card->score, c->score, 1e-12);
        } else if (card->error == NULL || strstr(card->error, c->error) == NULL) {
            fail_msg("case %zu: %s", i, card->error != NULL ? card->error : "no error");
        }
        fixture_deinit(&f);
    }
}

static void expect_reasons(const char *unit, double now, double before, double lower, double upper,
                           const char *const *reasons, uint32_t n)
{
    fixture f;
    fixture_init(&f);
    score_goal *g = fixture_add_file(&f, "toward_target",
                                     GM_TEST_DATA "/../../scripts/rules/toward_target.lua");
    value *v = fixture_value(&f, g, "value", now, 100, unit);
    v->has_previous = !isnan(before);
    v->previous = fixture_figure(before, 90);
    v->current.lower = lower;
    v->current.upper = upper;
    g->has_target = g->has_baseline = true;
    g->target = 0.28;
    g->baseline = 0.2;
    fixture_run(&f);
    const scorecard *card = &f.set.goals[0];
    if (card->error != NULL)
        fail_msg("%s", card->error);
    assert_int_equal(card->n_reasons, n);
    for (uint32_t i = 0; i < n; i++)
        assert_string_equal(card->reasons[i], reasons[i]);
    assert_int_equal(card->n_evidence, isnan(lower) ? 3 : 5);
    assert_string_equal(card->evidence[card->n_evidence - 1].name, "value");
    fixture_deinit(&f);
}

static void test_reasons_of_toward_target(void **state)
{
    (void)state;
    static const double none = (double)NAN;
    static const char *const share[] = {"24.1 % against a target of 28 %",
                                        "up 1.3 points from 22.8 % in the period before",
                                        "the interval is 23 % to 25 %"};
    static const char *const time[] = {"250 ms against a target of 280 ms",
                                       "down 50 % from 500 ms in the period before"};
    static const char *const same[] = {"0.25 against a target of 0.28",
                                       "unchanged from 0.25 in the period before"};
    static const char *const from_zero[] = {"0.25 against a target of 0.28",
                                            "up 0.25 from 0 in the period before"};
    expect_reasons("1", 0.241, 0.228, 0.23, 0.25, share, 3);
    expect_reasons("s", 0.25, 0.5, none, none, time, 2);
    expect_reasons("", 0.25, 0.25, none, none, same, 2);
    expect_reasons("", 0.25, 0, none, none, from_zero, 2);
    expect_reasons("", 0.25, none, none, none, same, 1);
}

static void test_band(void **state)
{
    (void)state;
    static const double rising[] = {0.6, 0.8}, falling[] = {1800, 900}, scores[] = {0, 60, 100};
    static const double one[] = {10}, two_scores[] = {20, 90};
    static const struct {
        const double *at;
        uint32_t n;
        const double *scores;
        uint32_t direction;
        const char *unit;
        double value, score;
        const char *reasons[2];
    } cases[] = {
        {rising, 2, scores, GM_D_HIGHER_BETTER, "1", 0.5, 0, {"50 % is below 60 %", NULL}},
        {rising,
         2,
         scores,
         GM_D_HIGHER_BETTER,
         "1",
         0.6,
         60,
         {"60 % is at or above 60 %", "60 % is below 80 %"}},
        {rising, 2, scores, GM_D_HIGHER_BETTER, "1", 0.9, 100, {"90 % is at or above 80 %", NULL}},
        {falling, 2, scores, GM_D_LOWER_BETTER, "s", 2400, 0, {"40 min is above 30 min", NULL}},
        {falling,
         2,
         scores,
         GM_D_NEUTRAL,
         "s",
         1200,
         60,
         {"20 min is at or below 30 min", "20 min is above 15 min"}},
        {one, 1, two_scores, GM_D_HIGHER_BETTER, "", 10, 90, {"10 is at or above 10", NULL}},
        {one, 1, two_scores, GM_D_LOWER_BETTER, "", 11, 20, {"11 is above 10", NULL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        fixture_init(&f);
        score_goal *g = fixture_add_file(&f, "band", GM_TEST_DATA "/../../scripts/rules/band.lua");
        (void)fixture_value(&f, g, "value", cases[i].value, 100, cases[i].unit);
        g->direction = cases[i].direction;
        fixture_param(&f, g, "at")->numbers = cases[i].at;
        fixture_param(&f, g, "at")->n_numbers = cases[i].n;
        fixture_param(&f, g, "scores")->numbers = cases[i].scores;
        fixture_param(&f, g, "scores")->n_numbers = cases[i].n + 1;
        fixture_run(&f);
        const scorecard *card = &f.set.goals[0];
        if (card->error != NULL)
            fail_msg("case %zu: %s", i, card->error);
        fixture_assert_near(card->score, cases[i].score, 0);
        assert_string_equal(card->reasons[0], cases[i].reasons[0]);
        assert_int_equal(card->n_reasons, cases[i].reasons[1] != NULL ? 2 : 1);
        if (cases[i].reasons[1] != NULL)
            assert_string_equal(card->reasons[1], cases[i].reasons[1]);
        fixture_param(&f, g, "scores")->n_numbers = cases[i].n;
        fixture_run(&f);
        assert_non_null(strstr(f.set.goals[0].error, "scores must have one number more than at"));
        fixture_deinit(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),        cmocka_unit_test(test_context),
        cmocka_unit_test(test_results),       cmocka_unit_test(test_result_limits),
        cmocka_unit_test(test_whole_result),  cmocka_unit_test(test_error_text),
        cmocka_unit_test(test_toward_target), cmocka_unit_test(test_reasons_of_toward_target),
        cmocka_unit_test(test_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

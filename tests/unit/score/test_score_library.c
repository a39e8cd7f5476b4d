/* SPDX-License-Identifier: Apache-2.0
 * test_score_library.c - scale, fmt and stats as rules call them. Wilson's limits are those of
 * SciPy 1.10.1: binomtest(k, n).proportion_ci(level, method="wilson"). How
 * numbers are written is the matter of tests/unit/base/test_quantity_text.c. */
#include "score/sandbox.h"
#include "score/sandbox_library.h"
#include "score/score_fixture.h"
#include "score/score_library.h"

typedef struct chunk {
    const char *source;
    char result[256];
} chunk;

static int open_body(lua_State *L)
{
    sandbox_library_open(L);
    score_library_open(L);
    return 0;
}

static int chunk_body(lua_State *L)
{
    chunk *c = lua_touserdata(L, 1);
    sandbox_library_globals(L);
    sandbox_load(L, "chunk.lua", c->source, strlen(c->source));
    lua_call(L, 0, 1);
    (void)snprintf(c->result, sizeof c->result, "%s", sandbox_library_tostring(L, -1, NULL));
    return 0;
}

static void expect(const char *source, const char *expected)
{
    chunk c = {.source = source};
    sandbox *sb = sandbox_new(LIMIT_RULE_FUEL, NULL);
    assert_int_equal(sandbox_call(sb, open_body, NULL), SANDBOX_RETURNED);
    sandbox_arm(sb);
    const char *is = c.result;
    if (sandbox_call(sb, chunk_body, &c) != SANDBOX_RETURNED)
        is = sandbox_get_fault(sb)->message;
    if (strcmp(is, expected) != 0)
        fail_msg("%s\n    gives %s\n    not   %s", source, is, expected);
    sandbox_free(sb);
}

typedef struct expectation {
    const char *source, *expected;
} expectation;

static void expect_all(const expectation *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect(cases[i].source, cases[i].expected);
}

static void test_scale(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return scale.linear(7, { from = 0, to = 10 })", "70"},
        {"return scale.linear(10, { from = 0, to = 10 })", "100"},
        {"return scale.linear(11, { from = 0, to = 10 })", "100"},
        {"return scale.linear(0, { from = 0, to = 10 })", "0"},
        {"return scale.linear(-1, { from = 0, to = 10 })", "0"},
        {"return scale.linear(15, { from = 60, to = 0 })", "75"},
        {"return scale.linear(61, { from = 60, to = 0 })", "0"},
        {"return scale.linear(1/0, { from = 0, to = 1 })", "100"},
        {"return scale.linear(1, { from = 5, to = 5 })", "scale.linear: from and to are both 5"},
        {"return scale.linear(nil, { from = 5, to = 6 })",
         "scale.linear: the value is nil; has the goal no such value?"},
        {"return scale.linear(0/0, { from = 5, to = 6 })",
         "scale.linear: the value is not a number (0/0?)"},
        {"return scale.linear('7', { from = 5, to = 6 })",
         "scale.linear: the value is a string, not a number"},
        {"return scale.linear(1, { to = 6 })",
         "scale.linear: from is nil; has the goal no such value?"},
        {"return scale.linear(1, { from = 5, too = 6 })",
         "scale.linear: there is no argument 'too'"},
        {"return scale.linear(1, 5)", "scale.linear: the second argument is a number, not a table"},
        {"return scale.linear(1)", "scale.linear: the second argument is a no value, not a table"},
        {"return scale.liner(1)",
         "there is no scale.liner (did you mean 'linear'? has: linear, step)"},
        {"return scale.step(0.59, { at = { 0.6, 0.8 }, scores = { 0, 60, 100 } })", "0"},
        {"return scale.step(0.6, { at = { 0.6, 0.8 }, scores = { 0, 60, 100 } })", "60"},
        {"return scale.step(0.79, { at = { 0.6, 0.8 }, scores = { 0, 60, 100 } })", "60"},
        {"return scale.step(0.8, { at = { 0.6, 0.8 }, scores = { 0, 60, 100 } })", "100"},
        {"return scale.step(31, { at = { 30, 10 }, scores = { 0, 60, 100 } })", "0"},
        {"return scale.step(30, { at = { 30, 10 }, scores = { 0, 60, 100 } })", "60"},
        {"return scale.step(10, { at = { 30, 10 }, scores = { 0, 60, 100 } })", "100"},
        {"return scale.step(5, { at = { 5 }, scores = { 0, 100 } })", "100"},
        {"return scale.step(6, { at = { 5 }, scores = { 0, 100 }, falling = true })", "0"},
        {"return select(2, scale.step(0.7, { at = { 0.6, 0.8 }, scores = { 0, 60, 100 } }))", "1"},
        {"return scale.step(1, { at = { 1, 2 }, scores = { 0, 100 } })",
         "scale.step: scores must have one number more than at, but at has 2 and scores has 2"},
        {"return scale.step(1, { at = { 1, 3, 2 }, scores = { 0, 1, 2, 3 } })",
         "scale.step: at must rise from each number to the next"},
        {"return scale.step(1, { at = { 3, 2, 2 }, scores = { 0, 1, 2, 3 } })",
         "scale.step: at must fall from each number to the next"},
        {"return scale.step(1, { at = {}, scores = { 0 } })", "scale.step: at has no number"},
        {"return scale.step(1, { at = { 1 }, scores = { 0, 101 } })",
         "scale.step: a score is from 0 to 100, not 101.0"},
        {"return scale.step(1, { at = 1, scores = { 0, 100 } })",
         "scale.step: at is a number, not a list of numbers"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

static void test_fmt(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return fmt.num(1234567)", "1,234,567"},
        {"return fmt.num(2.5, 0)", "2"},
        {"return fmt.num(3, 2)", "3.00"},
        {"return fmt.num(3, 9)", "3.000000000"},
        {"return fmt.num(3, 10)", "fmt.num: the number of decimals is from 0 to 9"},
        {"return fmt.num(3, -1)", "fmt.num: the number of decimals is from 0 to 9"},
        {"return fmt.num(1/0)", "infinite"},
        {"return fmt.num('3')", "fmt.num: the value is a string, not a number"},
        {"return fmt.pct(0.2412)", "24.1 %"},
        {"return fmt.pct(-0.05, 1)", "-5.0 %"},
        {"return fmt.pct(1, 10)", "fmt.pct: the number of decimals is from 0 to 9"},
        {"return fmt.dur(5400)", "1 h 30 min"},
        {"return fmt.dur(nil)", "fmt.dur: the value is nil; has the goal no such value?"},
        {"return fmt.money(19990, 'CNY')", "199.90 CNY"},
        {"return fmt.money(-5)", "-0.05"},
        {"return fmt.money(nil)", "fmt.money: the value is nil; has the goal no such value?"},
        {"return fmt.unit(0.25, '1') .. '; ' .. fmt.unit(90, 's') .. '; ' .. fmt.unit(1500, 'ms')",
         "25 %; 1 min 30 s; 1.5 s"},
        {"return fmt.unit(1234, 'events') .. '; ' .. fmt.unit(7, '') .. '; ' .. fmt.unit(250, "
         "'EUR')",
         "1,234; 7; 2.50 EUR"},
        {"return fmt.unit(0.084, 'events/actor')", "0.084 events/actor"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

static void test_stats(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return stats.wilson(1, 0)", "stats.wilson: the number of trials must be above 0"},
        {"return stats.wilson(4, 3)", "stats.wilson: more successes than trials, or fewer than 0"},
        {"return stats.wilson(-1, 3)", "stats.wilson: more successes than trials, or fewer than 0"},
        {"return stats.wilson(1, 3, 1)", "stats.wilson: the level must be between 0 and 1"},
        {"return stats.wilson(nil, 3)",
         "stats.wilson: the number of successes is nil; has the goal no such value?"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
    expect("return string.format('%.10f %.10f', stats.wilson(9000, 10000))",
           "0.8939656315 0.9057271698");
    expect("return string.format('%.10f %.10f', stats.wilson(3, 3))", "0.4385029682 1.0000000000");
    expect("return string.format('%.10f %.10f', stats.wilson(7, 30, 0.9))",
           "0.1317602445 0.3790260531");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_fmt),
        cmocka_unit_test(test_stats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

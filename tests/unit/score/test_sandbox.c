/* SPDX-License-Identifier: Apache-2.0
 * test_sandbox.c - fuel, memory, jumps; and every attack of tests/data/rules/attacks.lua, each of
 * which must end in time, as it says, and leave the next goal untouched. */
#include "score/sandbox.h"
#include "score/sandbox_library.h"
#include "score/score_fixture.h"

#if defined(__SANITIZE_ADDRESS__)
static const double seconds_max = 10;
#else
static const double seconds_max = 2;
#endif

typedef struct chunk {
    const char *source;
    size_t n;
    char result[128]; /* tostring() of what the chunk returns */
} chunk;

static int open_body(lua_State *L)
{
    (void)lua_touserdata(L, 1);
    sandbox_library_open(L);
    return 0;
}

static int chunk_body(lua_State *L)
{
    chunk *c = lua_touserdata(L, 1);
    sandbox_library_globals(L);
    sandbox_load(L, "chunk.lua", c->source, c->n);
    lua_call(L, 0, 1);
    const char *text = sandbox_library_tostring(L, -1, NULL);
    (void)snprintf(c->result, sizeof c->result, "%s", text);
    return 0;
}

static sandbox *run_n(chunk *c, const char *source, size_t n, uint64_t fuel)
{
    sandbox *sb = sandbox_new(fuel, NULL);
    assert_int_equal(sandbox_call(sb, open_body, NULL), SANDBOX_RETURNED);
    assert_int_equal(sandbox_fuel_used(sb), 0);
    sandbox_arm(sb);
    *c = (chunk){.source = source, .n = n};
    (void)sandbox_call(sb, chunk_body, c);
    return sb;
}

static sandbox *run(chunk *c, const char *source)
{
    return run_n(c, source, strlen(source), LIMIT_RULE_FUEL);
}

static void expect(const char *source, sandbox_end end, uint32_t line, const char *message)
{
    chunk c;
    sandbox *sb = run(&c, source);
    const sandbox_fault *fault = sandbox_get_fault(sb);
    if (fault->end != end ||
        (end != SANDBOX_RETURNED && (fault->line != line || strcmp(fault->message, message) != 0)))
        fail_msg("%s\nends %d at %u: %s", source, (int)fault->end, fault->line, fault->message);
    sandbox_free(sb);
}

static void test_self_test(void **state)
{
    (void)state;
    gm_error err;
    assert_int_equal(sandbox_self_test(&err), GM_OK);
}

static void test_ends(void **state)
{
    (void)state;
    expect("return 1", SANDBOX_RETURNED, 0, "");
    expect("\xEF\xBB\xBFreturn 1", SANDBOX_RETURNED, 0, "");
    expect("\n\nwhile true do\nend", SANDBOX_OUT_OF_FUEL, 3, "used more than 5,000,000 steps");
    expect("\nlocal s = 'x'\nwhile true do\n  s = s .. s\nend", SANDBOX_TEXT_TOO_LONG, 4,
           "made a text longer than 64 KiB");
    expect("local t = {}\nfor i = 1, 1e7 do\n  t[i] = i\nend", SANDBOX_BLOCK_TOO_LARGE, 3,
           "made a table or a text that takes more than 4 MiB");
    expect("local t = {}\nfor i = 1, 1e7 do\n  t[i] = { {} }\nend", SANDBOX_OUT_OF_MEMORY, 3,
           "needs more than 32 MiB of memory");
    expect("local function f()\n  return 1 + f()\nend\nf()", SANDBOX_TOO_DEEP, 2,
           "calls nest too deep, or pass too many values");
    expect("local x = nil\nlocal y = x.z", SANDBOX_RAISED, 2,
           "attempt to index a nil value (local 'x')");
    expect("error('gone')", SANDBOX_RAISED, 1, "gone");
    expect("local x\nerror('gone', 0)", SANDBOX_RAISED, 2, "gone");
    expect("error({})", SANDBOX_RAISED, 1, "raised an error that is a table, not a text");
    expect("x = = 1", SANDBOX_RAISED, 1, "unexpected symbol near '='");
    expect("\x1bLua", SANDBOX_RAISED, 0, "attempt to load a binary chunk (mode is 't')");
    expect("error('a\\nb\\xff')", SANDBOX_RAISED, 1, "a.b\xEF\xBF\xBD");
}

/* Uncatchable: what stops a rule stops it through any number of pcalls. */
static void test_frames(void **state)
{
    (void)state;
    chunk c;
    sandbox *sb = run(&c, "local function inner()\n  error('x')\nend\n"
                          "local function outer()\n  inner()\nend\nouter()");
    const sandbox_fault *fault = sandbox_get_fault(sb);
    assert_int_equal(fault->n_frames, 3);
    assert_int_equal(fault->frames[0].line, 2);
    assert_string_equal(fault->frames[0].function, "inner");
    assert_int_equal(fault->frames[1].line, 5);
    assert_string_equal(fault->frames[1].function, "outer");
    assert_int_equal(fault->frames[2].line, 7);
    assert_string_equal(fault->frames[2].function, "");
    sandbox_free(sb);
}

/* A text of exactly n bytes: below, at and above the limit. */
static void test_text_limit(void **state)
{
    (void)state;
    static const struct {
        int n;
        sandbox_end end;
    } cases[] = {
        {65535, SANDBOX_RETURNED}, {65536, SANDBOX_RETURNED}, {65537, SANDBOX_TEXT_TOO_LONG}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        chunk c;
        char source[128];
        (void)snprintf(source, sizeof source,
                       "local h = ('x'):rep(32768) local r = ('x'):rep(%d) return #(h .. r)",
                       cases[i].n - 32768);
        sandbox *sb = run(&c, source);
        assert_int_equal(sandbox_get_fault(sb)->end, cases[i].end);
        sandbox_free(sb);
    }
}

/* The array of 2^18 values has 4 MiB, the one of 2^19 has 8; 17 texts of 64 KiB fit, 500 do not. */
static void test_memory_limits(void **state)
{
    (void)state;
    expect("local t = {} for i = 1, 262144 do t[i] = i end", SANDBOX_RETURNED, 0, "");
    expect("local t = {} for i = 1, 262145 do t[i] = i end", SANDBOX_BLOCK_TOO_LARGE, 1,
           "made a table or a text that takes more than 4 MiB");
    expect("local s, t = ('x'):rep(65000), {} for i = 1, 500 do t[i] = s .. i end",
           SANDBOX_RETURNED, 0, "");
    expect("local s, t = ('x'):rep(65000), {} for i = 1, 520 do t[i] = s .. i end",
           SANDBOX_OUT_OF_MEMORY, 1, "needs more than 32 MiB of memory");
    /* Garbage is collected before that. */
    expect("local s = ('x'):rep(60000) for i = 1, 1500 do local _ = s .. i end", SANDBOX_RETURNED,
           0, "");
}

/* The same steps each time; less fuel than that stops, as much does not. */
static void test_fuel_is_exact(void **state)
{
    (void)state;
    static const char source[] = "local t = {} for i = 1, 5000 do t[i] = 'k' .. i end "
                                 "table.sort(t) return #table.concat(t)";
    chunk c;
    sandbox *sb = run_n(&c, source, strlen(source), LIMIT_RULE_FUEL);
    uint64_t used = sandbox_fuel_used(sb);
    assert_int_equal(sandbox_get_fault(sb)->end, SANDBOX_RETURNED);
    assert_string_equal(c.result, "23893"); /* 5000 k, 9 + 2*90 + 3*900 + 4*4001 digits */
    assert_true(used > 50000 && used < 1000000);
    sandbox_free(sb);
    for (int i = 0; i < 20; i++) {
        sb = run_n(&c, source, strlen(source), used);
        assert_int_equal(sandbox_get_fault(sb)->end, SANDBOX_RETURNED);
        assert_int_equal(sandbox_fuel_used(sb), used);
        sandbox_free(sb);
        sb = run_n(&c, source, strlen(source), used - 1);
        assert_int_equal(sandbox_get_fault(sb)->end, SANDBOX_OUT_OF_FUEL);
        sandbox_free(sb);
    }
}

/* Sources that are hard on the compiler, which is not metered but by what it allocates. */
static void test_hard_sources(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *repeated;
    } cases[] = {{"return ", "("},  {"return ", "{"},    {"", "goto a "},
                 {"", "do "},       {"return ", "-"},    {"return 1", "^1"},
                 {"", "local a "},  {"return ", "not "}, {"local a return a", ".a"},
                 {"return [", "="}, {"", "x=1 "},        {"", "::"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t step = strlen(cases[i].repeated), n = strlen(cases[i].begin);
        char *source = malloc(LIMIT_RULE_SOURCE_BYTES);
        assert_non_null(source);
        memcpy(source, cases[i].begin, n);
        for (; n + step <= LIMIT_RULE_SOURCE_BYTES; n += step)
            memcpy(source + n, cases[i].repeated, step);
        chunk c;
        double begin = fixture_seconds();
        sandbox *sb = run_n(&c, source, n, LIMIT_RULE_FUEL);
        assert_true(fixture_seconds() - begin < seconds_max);
        sandbox_free(sb);
        free(source);
    }
}

/* ---- attacks -------------------------------------------------------------------------------- */

/* What the error of a scorecard must hold for an end as attacks.lua names it. */
static const char *text_of_end(const char *end)
{
    static const struct {
        const char *name, *text;
    } ends[] = {{"fuel", "used more than 5,000,000 steps"},
                {"memory", "needs more than 32 MiB"},
                {"block", "that takes more than 4 MiB"},
                {"text", "made a text longer than 64 KiB"},
                {"deep", "calls nest too deep"},
                {"error", "attack.lua:"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(ends[i].name, end) == 0)
            return ends[i].text;
    return NULL;
}

static void run_attack(const char *name, const char *end, const char *body, const char *path)
{
    fixture f;
    gm_error err;
    fixture_init(&f);
    const char *source = arena_printf(
        &f.memory, "return rule { inputs = { value = 'v' }, score = function(ctx)\n%s\nend }\n",
        body);
    if (file_save(path, source, strlen(source), &err) != GM_OK)
        fail_msg("%s", err.message);
    score_goal *bad = fixture_add_file(&f, "attack.lua", path);
    score_goal *good = fixture_add_file(&f, "toward_target",
                                        GM_TEST_DATA "/../../scripts/rules/toward_target.lua");
    (void)fixture_value(&f, bad, "value", 1, 100, "1");
    (void)fixture_value(&f, good, "value", 7, 100, "");
    good->has_target = true;
    good->target = 10;
    double begin = fixture_seconds();
    fixture_run(&f);
    double seconds = fixture_seconds() - begin;
    if (getenv("GM_TEST_VERBOSE") != NULL)
        print_message("%-40s %6.3f s  %s\n", name, seconds,
                      f.set.goals[0].error != NULL ? f.set.goals[0].error : "-");
    if (seconds > seconds_max)
        fail_msg("%s took %.2f s", name, seconds);
    const scorecard *card = &f.set.goals[0];
    const char *text = text_of_end(end);
    if (text == NULL) {
        assert_string_equal(end, "score");
        if (!card->has_score)
            fail_msg("%s: %s", name, card->error);
    } else if (card->status != SCORECARD_ERROR || strstr(card->error, text) == NULL) {
        fail_msg("%s: %s", name, card->error != NULL ? card->error : "no error");
    }
    assert_int_equal(f.set.goals[1].status, SCORECARD_AT_RISK);
    fixture_assert_near(f.set.goals[1].score, 70, 1e-12);
    fixture_deinit(&f);
}

static void test_attacks(void **state)
{
    (void)state;
    fixture f;
    char path[] = "/tmp/goalmill_attack_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    fixture_init(&f);
    char *text = fixture_read(&f, GM_TEST_DATA "/rules/attacks.lua");
    int n = 0;
    for (char *at = strstr(text, "\n--== ") + 1, *next; at != NULL; at = next, n++) {
        next = strstr(at + 1, "\n--== ");
        if (next != NULL)
            *next++ = '\0';
        char name[64], end[16];
        assert_int_equal(sscanf(at, "--== %63[^:]: %15s", name, end), 2);
        run_attack(name, end, at, path);
    }
    assert_true(n > 50);
    assert_int_equal(unlink(path), 0);
    fixture_deinit(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_test),     cmocka_unit_test(test_ends),
        cmocka_unit_test(test_frames),        cmocka_unit_test(test_text_limit),
        cmocka_unit_test(test_memory_limits), cmocka_unit_test(test_fuel_is_exact),
        cmocka_unit_test(test_hard_sources),  cmocka_unit_test(test_attacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

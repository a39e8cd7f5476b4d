/* SPDX-License-Identifier: Apache-2.0
 * test_score.c - what the host decides before a rule is asked, bands, changed rule files; and that
 * the same goals give the same bytes: 100 times, in other processes, whatever memory or locale is
 * like. */
#include <locale.h>

#include <sys/wait.h>

#include "base/mem.h"
#include "score/score_fixture.h"
#include "score/scorecard_file.h"

static const char target_rule[] = GM_TEST_DATA "/../../scripts/rules/toward_target.lua";
static const char voice_rule[] = GM_TEST_DATA "/rules/share_of_voice.lua";

static void test_score_status(void **state)
{
    (void)state;
    static const double bands[CONFIG_BANDS] = {100, 80, 60};
    static const double low[CONFIG_BANDS] = {50, 40, 0};
    static const struct {
        double score;
        scorecard_status by_default, by_low;
    } cases[] = {
        {100, SCORECARD_MET, SCORECARD_MET},        {99.999999, SCORECARD_ON_TRACK, SCORECARD_MET},
        {80, SCORECARD_ON_TRACK, SCORECARD_MET},    {79.999999, SCORECARD_AT_RISK, SCORECARD_MET},
        {60, SCORECARD_AT_RISK, SCORECARD_MET},     {59.999999, SCORECARD_MISSED, SCORECARD_MET},
        {49, SCORECARD_MISSED, SCORECARD_ON_TRACK}, {0, SCORECARD_MISSED, SCORECARD_AT_RISK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(score_status(cases[i].score, bands), cases[i].by_default);
        assert_int_equal(score_status(cases[i].score, low), cases[i].by_low);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const char *const names[SCORECARD_STATUSES] = {
        "met", "on_track", "at_risk", "missed", "no_target", "low_n", "no_data", "error"};
    for (int i = 0; i < SCORECARD_STATUSES; i++) {
        assert_string_equal(scorecard_status_name((scorecard_status)i), names[i]);
        assert_int_equal(scorecard_is_judged((scorecard_status)i), i < 4);
    }
}

static score_goal *add_target_goal(fixture *f, double v, uint64_t n)
{
    score_goal *g = fixture_add_file(f, "toward_target", target_rule);
    (void)fixture_value(f, g, "value", v, n, "");
    g->has_target = true;
    g->target = 10;
    return g;
}

static void expect_card(const fixture *f, uint32_t i, scorecard_status status, const char *reason,
                        const char *error)
{
    const scorecard *card = &f->set.goals[i];
    assert_int_equal(card->goal, i);
    if (card->status != status)
        fail_msg("goal %u is %s: %s", i, scorecard_status_name(card->status),
                 card->error != NULL ? card->error : "");
    if (reason == NULL)
        assert_int_equal(card->n_reasons, 0);
    else
        assert_string_equal(card->reasons[0], reason);
    if (error == NULL)
        assert_null(card->error);
    else
        assert_string_equal(card->error, error);
}

static void test_host_decides(void **state)
{
    (void)state;
    fixture f;
    config_pair pair = {.name = "value", .value = {.text = "nps.nps{a=\"b\"}"}};
    fixture_init(&f);
    score_goal *no_value = add_target_goal(&f, 7, 100);
    f.inputs[0][0].value = NULL;
    f.config_goals[0].inputs = (config_pairs){&pair, 1};
    (void)no_value;
    (void)add_target_goal(&f, 7, 100);
    f.values[1][0].current.status = GM_S_NO_DATA;
    (void)add_target_goal(&f, 7, 100);
    f.values[2][0].current.is_null = true;
    (void)add_target_goal(&f, 7, 100);
    f.values[3][0].current.status = GM_S_ERROR;
    f.values[3][0].error = "the plugin died";
    (void)add_target_goal(&f, 7, 29);
    f.config_goals[4].min_n = 30;
    (void)add_target_goal(&f, 7, 30);
    f.config_goals[5].min_n = 30;
    add_target_goal(&f, 7, 100)->has_target = false;
    /* The order of decisions: no data before no target, low_n before no target. */
    add_target_goal(&f, 7, 1200)->has_target = false;
    f.config_goals[7].min_n = 5000;
    score_goal *needy = fixture_add_file(&f, "band", GM_TEST_DATA "/../../scripts/rules/band.lua");
    (void)fixture_value(&f, needy, "value", 1, 5, "");
    f.rules[8].needs_baseline = true;
    /* The rule may look at such values, so the host lets it. */
    (void)add_target_goal(&f, 7, 100);
    f.values[9][0].current.status = GM_S_LOW_N;
    (void)add_target_goal(&f, 7, 100);
    f.values[10][0].current.status = GM_S_IMMATURE;
    fixture_run(&f);
    expect_card(&f, 0, SCORECARD_NO_DATA, "nps.nps{a=\"b\"} has no data", NULL);
    expect_card(&f, 1, SCORECARD_NO_DATA, "m.value has no data", NULL);
    expect_card(&f, 2, SCORECARD_NO_DATA, "m.value has no data", NULL);
    expect_card(&f, 3, SCORECARD_ERROR, "m.value could not be computed", "the plugin died");
    expect_card(&f, 4, SCORECARD_LOW_N, "m.value has n = 29, fewer than min_n = 30", NULL);
    expect_card(&f, 5, SCORECARD_AT_RISK, "7 against a target of 10", NULL);
    expect_card(&f, 6, SCORECARD_NO_TARGET, "the goal has no target", NULL);
    expect_card(&f, 7, SCORECARD_LOW_N, "m.value has n = 1,200, fewer than min_n = 5,000", NULL);
    expect_card(&f, 8, SCORECARD_ERROR, NULL, "rule band needs a baseline: give `baseline`");
    expect_card(&f, 9, SCORECARD_LOW_N, "m.value has too few events", NULL);
    expect_card(&f, 10, SCORECARD_NO_DATA, "m.value is still under observation", NULL);
    assert_int_equal(f.set.goals[0].fuel_used, 0);
    assert_true(f.set.goals[5].fuel_used > 0);
    fixture_deinit(&f);
}

/* A rule file that is gone, or not the one that was described. */
static void test_changed_file(void **state)
{
    (void)state;
    static const char source[] = "return rule { inputs = { value = 'v' }, score = function() "
                                 "return score(1) end }";
    char path[] = "/tmp/goalmill_rule_XXXXXX";
    gm_error err;
    fixture f;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(file_save(path, source, sizeof source - 1, &err), GM_OK);
    fixture_init(&f);
    score_goal *g = fixture_add_file(&f, "x.lua", path);
    (void)fixture_value(&f, g, "value", 1, 1, "");
    fixture_run(&f);
    expect_card(&f, 0, SCORECARD_MISSED, NULL, NULL);
    assert_int_equal(file_save(path, source, sizeof source - 2, &err), GM_OK);
    fixture_run(&f);
    assert_int_equal(f.set.goals[0].status, SCORECARD_ERROR);
    assert_non_null(strstr(f.set.goals[0].error, ": the file has changed since the run began"));
    assert_int_equal(unlink(path), 0);
    fixture_run(&f);
    assert_int_equal(f.set.goals[0].status, SCORECARD_ERROR);
    assert_non_null(strstr(f.set.goals[0].error, "No such file"));
    fixture_deinit(&f);
}

/* Share of voice 24.1 % on the way from 22 % to 28 %: 35 points; what caps it is worked out by
 * hand. */
static void add_voice_goal(fixture *f, double tone, double tone_before, double paid)
{
    score_goal *g = fixture_add_file(f, "share_of_voice.lua", voice_rule);
    value *v = fixture_value(f, g, "value", 0.271, 10000, "1");
    v->current.lower = 0.262;
    v->current.upper = 0.28;
    v->current.den = 10000;
    if (!isnan(tone)) {
        v = fixture_value(f, g, "sentiment", tone, 500, "");
        v->current.lower = tone - 0.02;
        v->current.upper = tone + 0.02;
        v->has_previous = true;
        v->previous = fixture_figure(tone_before, 480);
        v->previous.lower = tone_before - 0.02;
        v->previous.upper = tone_before + 0.02;
    }
    v = fixture_value(f, g, "paid", paid, 500, "1");
    v->current.lower = paid - 0.02;
    g->has_target = g->has_baseline = true;
    g->baseline = 0.22;
    g->target = 0.28;
}

static void test_share_of_voice(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    add_voice_goal(&f, 0.40, 0.41, 0.10);
    add_voice_goal(&f, 0.30, 0.41, 0.10); /* 0.32 < 0.39 - 0.05 */
    add_voice_goal(&f, (double)NAN, 0, 0.40);
    add_voice_goal(&f, 0.40, 0.41, 0.31); /* its lower limit is not above 0.30 */
    fixture_run(&f);
    for (uint32_t i = 0; i < 4; i++)
        if (f.set.goals[i].error != NULL)
            fail_msg("%s", f.set.goals[i].error);
    fixture_assert_near(f.set.goals[0].score, 85, 1e-9);
    assert_int_equal(f.set.goals[0].status, SCORECARD_ON_TRACK);
    assert_string_equal(f.set.goals[0].reasons[0],
                        "share of voice 27.1 % (26.2 % to 28 %), target 28 %");
    assert_int_equal(f.set.goals[0].n_evidence, 2);
    fixture_assert_near(f.set.goals[1].score, 59, 0);
    assert_string_equal(f.set.goals[1].reasons[1],
                        "capped at 59: net sentiment fell from 0.41 to 0.30");
    fixture_assert_near(f.set.goals[2].score, 59, 0);
    assert_string_equal(f.set.goals[2].flags[0], "sentiment_unknown");
    assert_string_equal(f.set.goals[2].reasons[1], "capped at 59: 40 % of the voice is paid");
    fixture_assert_near(f.set.goals[3].score, 85, 1e-9);
    fixture_deinit(&f);
}

/* ---- the same bytes
 * ------------------------------------------------------------------------------ */

static const char order_rule[] =
    "return rule { inputs = { value = 'v' }, score = function(ctx)\n"
    "  local t, list = {}, {}\n"
    "  for i = 1, 200 do t['k' .. (i * 7919) % 1009] = i end\n"
    "  for k, v in pairs(t) do list[#list + 1] = { k, v % 7 } end\n"
    "  table.sort(list, function(a, b) return a[2] < b[2] end)\n"
    "  local r = score(#list / 10)\n"
    "  for i = 1, 10 do r:because('{k} {v} {x} {f}', { k = list[i][1], v = list[i][2] / 3, "
    "x = tostring(t) .. tostring(r) .. tostring(ctx.m.value), f = string.format('%.3f', 1 / i) }) "
    "end\n"
    "  return r:evidence { b = 0.5 .. '', a = 1 / 3, z = tostring('a' < 'B') }\n"
    "end }";

static void build(fixture *f)
{
    score_goal *g = fixture_add_source(f, "order.lua", order_rule);
    (void)fixture_value(f, g, "value", 1234.5, 1, "events");
    add_voice_goal(f, 0.30, 0.41, 0.40);
    g = fixture_add_source(f, "wrong.lua",
                           "return rule { inputs = { value = 'v' },\n"
                           "score = function(c) local t = {} return t.x.y end }");
    (void)fixture_value(f, g, "value", 0.1, 1, "1");
    (void)add_target_goal(f, 7, 100);
}

/* The sources without a file are put into one, since score_run() reads files. */
static void store(fixture *f, uint32_t i, const char *source, const char *path)
{
    gm_error err;
    rule_info r;
    assert_int_equal(file_save(path, source, strlen(source), &err), GM_OK);
    assert_int_equal(rule_describe(&r, f->rules[i].name, path, &f->memory, &err), GM_OK);
    f->rules[i] = r;
}

static void score_all(bytes *out, const char *order_path, const char *wrong_path)
{
    fixture f;
    fixture_init(&f);
    build(&f);
    store(&f, 0, order_rule, order_path);
    store(&f, 2,
          "return rule { inputs = { value = 'v' },\n"
          "score = function(c) local t = {} return t.x.y end }",
          wrong_path);
    fixture_run(&f);
    bytes_init(out, LIMIT_MIB(1));
    scorecard_file_save(&f.set, out);
    assert_false(out->failed);
    assert_int_equal(f.set.goals[0].status, SCORECARD_MISSED);
    assert_int_equal(f.set.goals[2].status, SCORECARD_ERROR);
    fixture_deinit(&f);
}

static void make_paths(char order[64], char wrong[64])
{
    (void)snprintf(order, 64, "/tmp/goalmill_order_%d.lua", (int)getpid());
    (void)snprintf(wrong, 64, "/tmp/goalmill_wrong_%d.lua", (int)getpid());
}

/* Run as "test_score --print": the bytes of one scoring on stdout, from a fresh address space. */
static int print_bytes(void)
{
    char order[64], wrong[64];
    bytes out;
    make_paths(order, wrong);
    score_all(&out, order, wrong);
    bool ok = fwrite(out.data, 1, out.len, stdout) == out.len;
    bytes_deinit(&out);
    return unlink(order) == 0 && unlink(wrong) == 0 && ok ? 0 : 1;
}

static void compare_with_process(const bytes *expected)
{
    int ends[2];
    char got[65536];
    size_t n = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(ends[1], STDOUT_FILENO) >= 0)
            (void)execl("/proc/self/exe", "test_score", "--print", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    for (ssize_t r; (r = read(ends[0], got + n, sizeof got - n)) > 0;)
        n += (size_t)r;
    (void)close(ends[0]);
    int status;
    assert_true(waitpid(child, &status, 0) == child && WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(n, expected->len);
    assert_memory_equal(got, expected->data, n);
}

static void test_same_bytes(void **state)
{
    (void)state;
    char order[64], wrong[64];
    bytes first, again;
    make_paths(order, wrong);
    score_all(&first, order, wrong);
    for (int i = 0; i < 100; i++) {
        if (i == 50 && setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
            print_message("no locale de_DE.UTF-8 here: tested without it\n");
        void *hole = mem_alloc((size_t)(i * 37 % 4096));
        score_all(&again, order, wrong);
        assert_int_equal(again.len, first.len);
        assert_memory_equal(again.data, first.data, first.len);
        bytes_deinit(&again);
        mem_free(hole);
    }
    (void)setlocale(LC_ALL, "C");
    for (int i = 0; i < 10; i++)
        compare_with_process(&first);
    bytes_deinit(&first);
    assert_int_equal(unlink(order), 0);
    assert_int_equal(unlink(wrong), 0);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print") == 0)
        return print_bytes();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_status),   cmocka_unit_test(test_names),
        cmocka_unit_test(test_host_decides),   cmocka_unit_test(test_changed_file),
        cmocka_unit_test(test_share_of_voice), cmocka_unit_test(test_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_scorecard_file.c - scorecards to bytes and back; cut, changed and random bytes. */
#include "score/score_fixture.h"
#include "score/scorecard_file.h"

static const char *reasons[] = {"one", "", "\xE4\xB8\x80"};
static const char *flags[] = {"capped"};
static scorecard_evidence evidence[] = {{"a", "text", 0}, {"b", NULL, 0.1}, {"c", "", 0}};
static scorecard goals[] = {
    {.goal = 0,
     .status = SCORECARD_ON_TRACK,
     .has_score = true,
     .score = 82.5,
     .reasons = reasons,
     .n_reasons = 3,
     .evidence = evidence,
     .n_evidence = 3,
     .flags = flags,
     .n_flags = 1,
     .fuel_used = UINT64_MAX},
    {.goal = 1,
     .status = SCORECARD_ERROR,
     .error = "x.lua:3: wrong\n  > 3 | x",
     .reasons = reasons,
     .n_reasons = 1},
};
static scorecard_child children[] = {{0, 2, true}, {1, 1, false}};
static scorecard_child whole[] = {{0, 1, true}};
static scorecard_area areas[] = {{"brand", SCORECARD_ON_TRACK, true, 82.5, 2.0 / 3, 1, children, 2},
                                 {"empty", SCORECARD_NO_DATA, false, 0, 0, 4, NULL, 0}};

static const scorecard_set set = {
    .goals = goals,
    .n_goals = 2,
    .areas = areas,
    .n_areas = 2,
    .overall = {NULL, SCORECARD_ON_TRACK, true, 82.5, 1, 1, whole, 1},
};

static void save(const scorecard_set *s, bytes *out)
{
    bytes_init(out, LIMIT_MIB(1));
    scorecard_file_save(s, out);
    assert_false(out->failed);
}

static void test_round_trip(void **state)
{
    (void)state;
    bytes first, second;
    scorecard_set got;
    gm_error err;
    save(&set, &first);
    assert_int_equal(scorecard_file_load(&got, first.data, first.len, 2, 2, &err), GM_OK);
    assert_int_equal(got.goals[0].status, SCORECARD_ON_TRACK);
    fixture_assert_near(got.goals[0].score, 82.5, 0);
    assert_int_equal(got.goals[0].n_reasons, 3);
    assert_string_equal(got.goals[0].reasons[1], "");
    assert_string_equal(got.goals[0].reasons[2], "\xE4\xB8\x80");
    assert_string_equal(got.goals[0].evidence[0].text, "text");
    assert_null(got.goals[0].evidence[1].text);
    fixture_assert_near(got.goals[0].evidence[1].number, 0.1, 0);
    assert_string_equal(got.goals[0].evidence[2].text, "");
    assert_string_equal(got.goals[0].flags[0], "capped");
    assert_null(got.goals[0].error);
    assert_true(got.goals[0].fuel_used == UINT64_MAX);
    assert_int_equal(got.goals[1].goal, 1);
    assert_string_equal(got.goals[1].error, "x.lua:3: wrong\n  > 3 | x");
    assert_string_equal(got.areas[1].name, "empty");
    assert_int_equal(got.areas[0].children[1].goal, 1);
    assert_false(got.areas[0].children[1].is_counted);
    assert_null(got.overall.name);
    assert_int_equal(got.overall.n_children, 1);
    save(&got, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    scorecard_set_deinit(&got);
    bytes_deinit(&first);
    bytes_deinit(&second);
}

static void expect_damaged(const void *p, size_t n, uint32_t n_goals, uint32_t n_areas)
{
    scorecard_set got;
    gm_error err;
    assert_int_equal(scorecard_file_load(&got, p, n, n_goals, n_areas, &err), GM_E_DAMAGED);
}

static void test_cut_and_changed(void **state)
{
    (void)state;
    bytes b;
    save(&set, &b);
    for (size_t n = 0; n < b.len; n++)
        expect_damaged(b.data, n, 2, 2);
    expect_damaged(b.data, b.len, 1, 2);
    expect_damaged(b.data, b.len, 3, 2);
    expect_damaged(b.data, b.len, 2, 1);
    expect_damaged(b.data, b.len, 2, 3);
    for (size_t at = 0; at < b.len; at++) {
        for (int v = 0; v < 256; v++) {
            scorecard_set got;
            gm_error err;
            bytes again;
            uint8_t was = b.data[at];
            b.data[at] = (uint8_t)v;
            if (scorecard_file_load(&got, b.data, b.len, 2, 2, &err) == GM_OK) {
                save(&got, &again); /* nothing was read as something else */
                assert_int_equal(again.len, b.len);
                assert_memory_equal(again.data, b.data, b.len);
                bytes_deinit(&again);
                scorecard_set_deinit(&got);
            }
            b.data[at] = was;
        }
    }
    bytes_u8(&b, 0);
    expect_damaged(b.data, b.len, 2, 2);
    bytes_deinit(&b);
}

/* Sets that nobody may make: each is refused. */
static void test_impossible(void **state)
{
    (void)state;
    for (int kind = 0; kind < 12; kind++) {
        scorecard g[2] = {goals[0], goals[1]};
        scorecard_area a[2] = {areas[0], areas[1]};
        scorecard_child c[2] = {children[0], children[1]};
        scorecard_evidence e[1] = {{"a", NULL, (double)INFINITY}};
        const char *bad[1] = {"\xff"};
        scorecard_set s = set;
        s.goals = g;
        s.areas = a;
        a[0].children = c;
        switch (kind) {
        case 0:
            g[0].score = 100.5;
            break;
        case 1:
            g[0].score = (double)NAN;
            break;
        case 2:
            g[0].has_score = false;
            break;
        case 3:
            g[1].has_score = true;
            break;
        case 4:
            g[0].evidence = e;
            g[0].n_evidence = 1;
            break;
        case 5:
            g[0].reasons = bad;
            g[0].n_reasons = 1;
            break;
        case 6:
            c[1].goal = 2;
            break;
        case 7:
            c[1].weight = -1;
            break;
        case 8:
            a[0].coverage = 1.01;
            break;
        case 9:
            a[1].status = SCORECARD_ERROR;
            break;
        case 10:
            a[0].name = NULL;
            break;
        default:
            s.overall.name = "x";
            break;
        }
        bytes b;
        save(&s, &b);
        expect_damaged(b.data, b.len, 2, 2);
        bytes_deinit(&b);
    }
}

/* So many reasons, pieces of evidence: at the limit fine, above refused. */
static void test_limits(void **state)
{
    (void)state;
    const char *many[LIMIT_RULE_REASONS + 1];
    scorecard_evidence much[LIMIT_RULE_EVIDENCE + 1];
    for (int i = 0; i <= LIMIT_RULE_REASONS; i++)
        many[i] = "r";
    for (int i = 0; i <= LIMIT_RULE_EVIDENCE; i++)
        much[i] = (scorecard_evidence){"e", NULL, 1};
    for (uint32_t above = 0; above <= 1; above++) {
        for (int kind = 0; kind < 3; kind++) {
            scorecard g[2] = {goals[0], goals[1]};
            scorecard_set s = set;
            scorecard_set got;
            gm_error err;
            bytes b;
            s.goals = g;
            if (kind == 0) {
                g[0].reasons = many;
                g[0].n_reasons = LIMIT_RULE_REASONS + above;
            } else if (kind == 1) {
                g[0].evidence = much;
                g[0].n_evidence = LIMIT_RULE_EVIDENCE + above;
            } else {
                g[0].flags = many;
                g[0].n_flags = LIMIT_RULE_REASONS + above;
            }
            save(&s, &b);
            gm_status status = scorecard_file_load(&got, b.data, b.len, 2, 2, &err);
            assert_int_equal(status, above == 0 ? GM_OK : GM_E_DAMAGED);
            if (status == GM_OK)
                scorecard_set_deinit(&got);
            bytes_deinit(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_cut_and_changed),
        cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

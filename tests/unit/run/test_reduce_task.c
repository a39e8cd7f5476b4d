/* SPDX-License-Identifier: Apache-2.0
 * test_reduce_task.c - states of parts become values, against sums made in memory: groups, totals,
 * both periods, series, logs that do not count, ranges of slots, no events, failures. */
#include "run/part_fixture.h"

#include <math.h>

#include "part/value_file.h"
#include "run/reduce_task.h"

enum { PARTS = 3, LOGS = 3, ENTRIES = 200, DAYS = 8 };

/* Two days, 20 and 21 November 2026, and the two before; entries are of the days 16 to 23. */
#define HEAD                                                                                       \
    "[run]\nuntil = 2026-11-21\nperiod = 2d\n" PLAN_SOURCE                                         \
    "[metric m]\nplugin = count\nby = type\n"                                                      \
    "total = yes\n"
#define FIRST_DAY (RUN_DAY / 86400 - 5)
enum { CURRENT = 4, PREVIOUS = 2 }; /* from FIRST_DAY on, two days each */

/* "rare" comes before both periods only, "old" in the earlier one only. */
static const char *const groups[] = {NULL, "", "a", "b", "old", "rare"};
enum { GROUPS = 6 };

static given_entry given[PARTS][ENTRIES];
static uint32_t n_given[PARTS];
static const uint32_t ranks[PARTS][LOGS] = {{0, 4, 5}, {1, UINT32_MAX, 7}, {2, 3, 6}};
static reduce_part parts[PARTS];
static uint64_t sums[GROUPS][DAYS]; /* of the logs that count */
static const uint64_t many[4] = {1000, 1000, 1000, 1000}, none[4] = {0};

static bool may_have(uint32_t group, uint32_t day)
{
    return group == 5 ? day < PREVIOUS : group != 4 || day < CURRENT;
}

static void write_parts(const plan *p, uint32_t metric)
{
    static const char *const paths[PARTS] = {"part0", "part1", "part2"};
    uint64_t seed = 5;
    memset(sums, 0, sizeof sums);
    for (uint32_t k = 0; k < PARTS; k++) {
        n_given[k] = 0;
        for (uint32_t log = 0; log < LOGS; log++) {
            for (uint32_t cell = 0; cell < GROUPS * DAYS; cell++) {
                uint32_t group = cell / DAYS, day = cell % DAYS;
                if (run_fixture_random(&seed, 2) == 0 || !may_have(group, day))
                    continue;
                uint64_t n = 1 + run_fixture_random(&seed, 100);
                assert_true(n_given[k] < ENTRIES);
                given[k][n_given[k]++] =
                    (given_entry){.log = log,
                                  .bucket = (FIRST_DAY + day) * CIVIL_US_PER_DAY,
                                  .group = run_fixture_group(groups[group]),
                                  .n = n};
                if (ranks[k][log] != UINT32_MAX)
                    sums[group][day] += n;
            }
        }
        part_fixture_write(paths[k], LOGS, p->metrics[metric].keys[0], 1, 8, given[k], n_given[k]);
        part_fixture_free(given[k], n_given[k]);
        parts[k] = (reduce_part){.path = paths[k], .ranks = ranks[k]};
    }
}

static gm_status reduce(const plan *p, const reduce_task *task, const uint64_t *current,
                        const uint64_t *previous, uint32_t n_parts, value_set *out, gm_error *err)
{
    reduce_options options = {.plan = p,
                              .parts = parts,
                              .n_parts = n_parts,
                              .events_current = current,
                              .events_previous = previous};
    reduce_worker *w = reduce_worker_new(&options);
    bytes answer;
    bytes_init(&answer, LIMIT_MIB(16));
    gm_status st = reduce_task_run(w, task, &answer, err);
    if (st == GM_OK)
        st = value_file_load(out, answer.data, answer.len, err);
    else
        assert_int_equal(answer.len, 0);
    bytes_deinit(&answer);
    reduce_worker_free(w);
    return st;
}

static const reduce_task everything = {
    .last_slot = LIMIT_PART_SLOTS - 1, .wants_groups = true, .wants_total = true};

static void reduce_well(const plan *p, const reduce_task *task, value_set *out)
{
    gm_error err = {.code = GM_OK};
    value_set_init(out);
    if (reduce(p, task, many, many, PARTS, out, &err) != GM_OK)
        fail_msg("%s", err.message);
}

static uint64_t sum_of(uint32_t group, uint32_t first_day, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t g = 0; g < GROUPS; g++)
        for (uint32_t d = first_day; d < first_day + n; d++)
            sum += group == g || group == GROUPS ? sums[g][d] : 0;
    return sum;
}

/* group GROUPS: the total. */
static void check_value(const value *v, uint32_t group)
{
    assert_int_equal(v->current.status, GM_S_OK);
    assert_int_equal(v->current.i, sum_of(group, CURRENT, 2));
    assert_true(v->has_previous);
    assert_int_equal(v->previous.i, sum_of(group, PREVIOUS, 2));
    assert_int_equal(v->n_series, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(v->series[i].start_us, (FIRST_DAY + CURRENT + i) * CIVIL_US_PER_DAY);
        assert_true((uint64_t)v->series[i].value == sum_of(group, CURRENT + i, 1));
    }
}

static uint32_t group_of(const value *v)
{
    if (v->n_groups == 0)
        return GROUPS;
    assert_int_equal(v->n_groups, 1);
    assert_string_equal(v->groups[0].name, "type");
    for (uint32_t g = 0; g < GROUPS; g++)
        if (groups[g] == NULL || v->groups[0].text == NULL
                ? groups[g] == v->groups[0].text
                : strcmp(groups[g], v->groups[0].text) == 0)
            return g;
    fail_msg("an unknown group '%s'", v->groups[0].text);
    return 0;
}

/* A bit for each group that has a value, and one for the total. */
static uint32_t check_values(const value_set *set)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t group = group_of(&set->items[i]);
        assert_int_equal(seen >> group & 1, 0);
        seen |= 1u << group;
        check_value(&set->items[i], group);
    }
    return seen;
}

enum { ALL_GROUPS = 0x1f, TOTAL = 1 << GROUPS }; /* but not "rare" */

static void test_values(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(HEAD);
    write_parts(p, 0);
    assert_int_equal(sum_of(4, CURRENT, 2), 0); /* "old": 0 now, and yet there */
    assert_true(sum_of(4, PREVIOUS, 2) > 0);
    value_set set;
    reduce_well(p, &everything, &set);
    assert_int_equal(check_values(&set), ALL_GROUPS | TOTAL);
    value_set_deinit(&set);
    reduce_task task = everything;
    task.wants_groups = false;
    reduce_well(p, &task, &set);
    assert_int_equal(check_values(&set), TOTAL);
    value_set_deinit(&set);
    task = everything;
    task.wants_total = false;
    reduce_well(p, &task, &set);
    assert_int_equal(check_values(&set), ALL_GROUPS);
    value_set_deinit(&set);
    plan_free(p);
}

/* Each group comes in the task of its slot, and in no other. */
static void test_ranges_of_slots(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(HEAD);
    write_parts(p, 0);
    static const uint32_t widths[] = {1, 3, 8};
    for (size_t k = 0; k < 3; k++) {
        uint32_t seen = 0;
        for (uint32_t first = 0; first < LIMIT_PART_SLOTS; first += widths[k]) {
            uint32_t last = first + widths[k] - 1;
            reduce_task task = {.first_slot = first,
                                .last_slot = last < LIMIT_PART_SLOTS ? last : LIMIT_PART_SLOTS - 1,
                                .wants_groups = true};
            value_set set;
            reduce_well(p, &task, &set);
            uint32_t more = check_values(&set);
            assert_int_equal(seen & more, 0);
            seen |= more;
            value_set_deinit(&set);
        }
        assert_int_equal(seen, ALL_GROUPS);
    }
    plan_free(p);
}

static void expect_no_data(const value_figure *f)
{
    assert_int_equal(f->status, GM_S_NO_DATA);
    assert_true(f->is_null);
    assert_true(isnan(value_number(f)));
}

/* A period without any event has no data; one whose events are others' has 0. */
static void test_no_events(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(HEAD);
    gm_error err;
    for (uint32_t k = 0; k < 4; k++) {
        value_set set;
        value_set_init(&set);
        bool has_current = (k & 1) != 0, has_previous = (k & 2) != 0;
        assert_int_equal(reduce(p, &everything, has_current ? many : none,
                                has_previous ? many : none, 0, &set, &err),
                         GM_OK);
        assert_int_equal(set.n, 1); /* the total is there without any part */
        const value *v = &set.items[0];
        if (has_current)
            assert_int_equal(v->current.i, 0);
        else
            expect_no_data(&v->current);
        if (has_previous)
            assert_int_equal(v->previous.i, 0);
        else
            expect_no_data(&v->previous);
        for (uint32_t i = 0; i < v->n_series; i++)
            assert_int_equal(isnan(v->series[i].value), !has_current);
        value_set_deinit(&set);
    }
    plan_free(p);
}

/* Only sources that the metric reads tell whether there were events. */
static void test_events_of_sources(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan("[source a]\nfiles = a\ntime = t\nmap.size = s\n"
                                "[source b]\nfiles = b\ntime = t\n"
                                "[metric m]\nplugin = sum\nfield = size\n");
    static const uint64_t of_a[] = {1, 0}, of_b[] = {0, 1};
    gm_error err;
    for (uint32_t k = 0; k < 2; k++) {
        value_set set;
        value_set_init(&set);
        reduce_task task = {.last_slot = LIMIT_PART_SLOTS - 1, .wants_total = true};
        assert_int_equal(reduce(p, &task, k == 0 ? of_a : of_b, of_b, 0, &set, &err), GM_OK);
        assert_int_equal(set.items[0].output_index, 0); /* sum: 0 where there are events */
        assert_int_equal(set.items[0].current.status, k == 0 ? GM_S_OK : GM_S_NO_DATA);
        assert_int_equal(set.items[0].previous.status, GM_S_NO_DATA);
        value_set_deinit(&set);
    }
    plan_free(p);
}

static void test_against_none(void **state)
{
    (void)state;
    plan *p =
        plan_fixture_plan("[run]\nagainst = none\nuntil = 2026-11-21\nperiod = 2d\n" PLAN_SOURCE
                          "[metric m]\nplugin = count\nby = type\n");
    write_parts(p, 0);
    value_set set;
    reduce_task task = everything;
    task.wants_total = false;
    reduce_well(p, &task, &set);
    uint32_t seen = 0;
    for (uint32_t i = 0; i < set.n; i++) {
        uint32_t group = group_of(&set.items[i]);
        seen |= 1u << group;
        assert_int_equal(set.items[i].current.i, sum_of(group, CURRENT, 2));
        assert_false(set.items[i].has_previous);
    }
    assert_int_equal(seen, 0xf); /* without "old" now */
    value_set_deinit(&set);
    plan_free(p);
}

/* Four days against those of a year before, which are the same: an event counts in both. */
static void test_periods_that_overlap(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(HEAD);
    write_parts(p, 0);
    p->previous = p->current;
    p->previous.start_us -= CIVIL_US_PER_DAY;
    value_set set;
    reduce_well(p, &everything, &set);
    for (uint32_t i = 0; i < set.n; i++) {
        uint32_t group = group_of(&set.items[i]);
        assert_int_equal(set.items[i].current.i, sum_of(group, CURRENT, 2));
        assert_int_equal(set.items[i].previous.i, sum_of(group, CURRENT - 1, 3));
    }
    value_set_deinit(&set);
    plan_free(p);
}

/* ---- hours ----------------------------------------------------------------------------------- */

typedef struct hours_case {
    const char *zone, *day;
    uint32_t n;         /* hours of the day */
    int64_t at, inside; /* the start of one hour, and an instant before its end; seconds */
} hours_case;

static const hours_case hours[] = {
    {"Europe/Berlin", "2026-11-21", 24, 1795219200, 1795222799},
    {"Europe/Berlin", "2026-03-29", 23, 1774746000, 1774749599},
    {"Europe/Berlin", "2026-10-25", 25, 1792890000, 1792893599},
    {"Australia/Lord_Howe", "2026-04-05", 25, 1775314800, 1775316599}, /* half an hour */
    {"Australia/Lord_Howe", "2026-10-04", 24, 1791041400, 1791043199}, /* likewise */
    {"Pacific/Chatham", "2026-09-27", 24, 1790431200, 1790432099},     /* a quarter */
    {"America/St_Johns", "2006-04-02", 24, 1143948660, 1143952199},    /* 59 minutes */
};

/* Whatever lies within the period has its place in the series, also in hours cut by the clock. */
static void test_hours(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof hours / sizeof *hours; k++) {
        const hours_case *c = &hours[k];
        char text[512];
        (void)snprintf(
            text, sizeof text,
            "[run]\ntimezone = %s\nuntil = %s\n%s[metric m]\nplugin = count\nbucket = hour\n",
            c->zone, c->day, PLAN_SOURCE);
        plan *p = plan_fixture_plan(text);
        assert_int_equal(civil_hour_start(p->zone, c->inside * 1000000 + 999999), c->at * 1000000);
        given_entry entries[] = {{.bucket = c->at * 1000000, .n = 7},
                                 {.bucket = p->current.start_us, .n = 1}};
        bool is_first = entries[0].bucket == entries[1].bucket;
        part_fixture_write("part0", 1, p->metrics[0].keys[0], 1, 8, entries, is_first ? 1 : 2);
        static const uint32_t rank = 0;
        parts[0] = (reduce_part){.path = "part0", .ranks = &rank};
        value_set set;
        value_set_init(&set);
        gm_error err;
        reduce_task task = {.last_slot = LIMIT_PART_SLOTS - 1, .wants_total = true};
        assert_int_equal(reduce(p, &task, many, many, 1, &set, &err), GM_OK);
        const value *v = &set.items[0];
        assert_int_equal(v->current.i, is_first ? 7 : 8);
        assert_int_equal(v->n_series, c->n);
        uint64_t found = 0;
        for (uint32_t i = 0; i < v->n_series; i++)
            if (v->series[i].start_us == c->at * 1000000)
                found += (uint64_t)v->series[i].value;
        assert_int_equal(found, 7);
        value_set_deinit(&set);
        plan_free(p);
    }
}

/* ---- failures -------------------------------------------------------------------------------- */

static void test_failing_plugins(void **state)
{
    (void)state;
    static const char *const places[] = {"create", "state_new", "merge", "deserialize", "finalize"};
    /* What it takes to make a state of bytes is its own business. */
    static const char *const told[] = {"create", "deserialize", "merge", "deserialize", "finalize"};
    reduce_worker_free(NULL);
    for (size_t k = 0; k < 5; k++) {
        char text[512], why[128];
        (void)snprintf(
            text, sizeof text,
            "%s[metric bad]\nplugin = test.probe\nfail = %s\n[metric good]\nplugin = count\n",
            PLAN_BASE, places[k]);
        (void)snprintf(why, sizeof why,
                       "metric 'bad': plugin test.probe 1.2.3 failed in %s: told to fail", told[k]);
        plan *p = plan_fixture_plan(text);
        p->metrics[1].keys = p->metrics[0].keys; /* one section for both */
        given_entry entry = {.bucket = p->current.start_us, .n = 7};
        part_fixture_write("part0", 1, p->metrics[0].keys[0], 2, 16, &entry, 1);
        static const uint32_t rank = 0;
        parts[0] = (reduce_part){.path = "part0", .ranks = &rank};
        value_set set;
        value_set_init(&set);
        gm_error err;
        gm_status st = reduce(p, &everything, many, many, 1, &set, &err);
        assert_int_equal(st, GM_E_PLUGIN);
        assert_string_equal(err.message, why);
        assert_int_equal(set.n, 0);
        value_set_deinit(&set);
        plan_free(p);
    }
}

typedef struct state_case {
    uint32_t format;
    uint64_t n; /* of a state that count refuses: more than 2^62 */
    gm_status status;
    const char *message;
} state_case;

/* States that this plugin cannot have written. */
static const state_case wrong_states[] = {
    {1, UINT64_C(1) << 62, GM_OK, ""},
    {1, UINT64_MAX, GM_E_PLUGIN, "failed in deserialize: the state is damaged"},
    {2, 7, GM_E_FORMAT, "metric 'm': a part has state format 2, plugin count "},
    {0, 7, GM_E_FORMAT, "metric 'm': a part has state format 0, plugin count "},
};

static void test_wrong_states(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(PLAN_BASE "[metric m]\nplugin = count\n");
    for (size_t k = 0; k < sizeof wrong_states / sizeof *wrong_states; k++) {
        const state_case *c = &wrong_states[k];
        given_entry entry = {.bucket = p->current.start_us, .n = c->n};
        part_fixture_write("part0", 1, p->metrics[0].keys[0], c->format, 8, &entry, 1);
        static const uint32_t rank = 0;
        parts[0] = (reduce_part){.path = "part0", .ranks = &rank};
        value_set set;
        value_set_init(&set);
        gm_error err = {.code = GM_OK};
        assert_int_equal(reduce(p, &everything, many, many, 1, &set, &err), c->status);
        if (strstr(err.message, c->message) == NULL)
            fail_msg("%s", err.message);
        value_set_deinit(&set);
    }
    parts[0].path = "gone";
    value_set set;
    value_set_init(&set);
    assert_int_equal(reduce(p, &everything, many, many, 1, &set, NULL), GM_E_IO);
    value_set_deinit(&set);
    plan_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_ranges_of_slots, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_no_events, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_events_of_sources, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_against_none, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_periods_that_overlap, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_hours, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_failing_plugins, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_wrong_states, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

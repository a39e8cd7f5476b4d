/* SPDX-License-Identifier: Apache-2.0
 * test_state_merge.c - many parts as one stream, against all their entries sorted in memory. */
#include "run/part_fixture.h"

#include "run/state_merge.h"

enum { PARTS = 7, LOGS = 4, ENTRIES = 120 };

static const char text[] = PLAN_BASE "[metric m]\nplugin = count\nby = type\n"
                                     "[metric other]\nplugin = count\n";

/* Entries of all parts, each with the rank of its log. */
typedef struct ranked {
    const given_entry *entry;
    uint32_t rank;
} ranked;

static int by_stream(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    part_entry ex = part_fixture_entry(x->entry, NULL, 0),
               ey = part_fixture_entry(y->entry, NULL, 0);
    int order = part_compare_group(&ex, &ey);
    if (order != 0)
        return order;
    if (ex.bucket != ey.bucket)
        return ex.bucket < ey.bucket ? -1 : 1;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static given_entry given[PARTS][ENTRIES];
static uint32_t n_given[PARTS];
static uint32_t ranks[PARTS][LOGS];
static char paths[PARTS][16];
static reduce_part parts[PARTS];
static plan *p;

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Few groups and buckets, so that they meet; part 3 has the section without an entry. */
static int setup(void **state)
{
    int failed = fixture_setup(state);
    uint64_t seed = 77;
    p = plan_fixture_plan(text);
    uint32_t order[PARTS * LOGS];
    for (uint32_t i = 0; i < PARTS * LOGS; i++) {
        uint32_t at = run_fixture_random(&seed, i + 1);
        order[i] = order[at];
        order[at] = i;
    }
    for (uint32_t k = 0; k < PARTS; k++) {
        bool used[LOGS][30][3];
        memset(used, 0, sizeof used);
        n_given[k] = 0;
        for (uint32_t i = 0; k != 3 && i < ENTRIES; i++) {
            uint32_t log = run_fixture_random(&seed, LOGS), group = run_fixture_random(&seed, 30),
                     bucket = run_fixture_random(&seed, 3);
            if (used[log][group][bucket])
                continue;
            used[log][group][bucket] = true;
            char name[8];
            (void)snprintf(name, sizeof name, "g%u", group);
            given[k][n_given[k]++] =
                (given_entry){.log = log,
                              .bucket = (int64_t)bucket - 1,
                              .group = run_fixture_group(group == 0 ? NULL : name),
                              .n = k * 1000 + i};
        }
        (void)snprintf(paths[k], sizeof paths[k], "part%u", k);
        part_fixture_write(paths[k], LOGS, p->metrics[0].keys[0], 1, 8, given[k], n_given[k]);
        /* Logs of a part stand in the order of their ranks. */
        qsort(&order[k * LOGS], LOGS, sizeof *order, by_number);
        for (uint32_t i = 0; i < LOGS; i++)
            ranks[k][i] = order[k * LOGS + i];
        parts[k] = (reduce_part){.path = paths[k], .ranks = ranks[k]};
    }
    ranks[1][2] = ranks[5][0] = UINT32_MAX; /* these do not count */
    for (uint32_t i = 0; i < LOGS; i++)
        ranks[6][i] = UINT32_MAX; /* nothing of this part does */
    return failed;
}

static int teardown(void **state)
{
    for (uint32_t k = 0; k < PARTS; k++)
        part_fixture_free(given[k], n_given[k]);
    plan_free(p);
    return fixture_teardown(state);
}

static uint32_t expect_stream(uint32_t n_parts, uint32_t first_slot, uint32_t last_slot)
{
    static ranked expected[PARTS * ENTRIES];
    uint32_t n = 0, at = 0;
    for (uint32_t k = 0; k < n_parts; k++) {
        for (uint32_t i = 0; i < n_given[k]; i++) {
            const given_entry *e = &given[k][i];
            uint32_t slot = part_slot(hash_64(e->group.data, e->group.len, 0));
            if (ranks[k][e->log] != UINT32_MAX && slot >= first_slot && slot <= last_slot)
                expected[n++] = (ranked){.entry = e, .rank = ranks[k][e->log]};
        }
    }
    if (n != 0)
        qsort(expected, n, sizeof *expected, by_stream);
    reduce_options options = {.plan = p, .parts = parts, .n_parts = n_parts};
    reduce_task task = {.first_slot = first_slot, .last_slot = last_slot};
    state_merge *m = NULL;
    gm_error err;
    assert_int_equal(state_merge_open(&m, &options, &task, &err), GM_OK);
    for (;; at++) {
        state_item item;
        assert_int_equal(state_merge_next(m, &item, &err), GM_OK);
        if (item.entry == NULL)
            break;
        assert_true(at < n);
        const given_entry *e = expected[at].entry;
        assert_int_equal(item.state_format, 1);
        assert_int_equal(run_fixture_u64(item.entry->state, item.entry->state_len), e->n);
        assert_int_equal(item.entry->bucket, e->bucket);
        assert_int_equal(item.entry->group_len, e->group.len);
        assert_memory_equal(item.entry->group, e->group.data, e->group.len);
    }
    assert_int_equal(at, n);
    state_item end;
    assert_int_equal(state_merge_next(m, &end, &err), GM_OK); /* stays at the end */
    assert_null(end.entry);
    state_merge_free(m);
    return n;
}

static void test_stream(void **state)
{
    (void)state;
    state_merge_free(NULL);
    for (uint32_t n = 0; n <= PARTS; n++)
        (void)expect_stream(n, 0, LIMIT_PART_SLOTS - 1); /* compares all of it */
    uint32_t whole = expect_stream(PARTS, 0, LIMIT_PART_SLOTS - 1), sum = 0;
    assert_true(whole > 300);
    for (uint32_t slot = 0; slot < LIMIT_PART_SLOTS; slot++)
        sum += expect_stream(PARTS, slot, slot);
    assert_int_equal(sum, whole);
    assert_int_equal(expect_stream(PARTS, 0, 6) + expect_stream(PARTS, 7, LIMIT_PART_SLOTS - 1),
                     whole);
}

/* Parts of a source that the metric does not read are not even opened, nor do sections of other
 * metrics count. */
static void test_what_is_left_out(void **state)
{
    (void)state;
    gm_error err;
    state_item item;
    state_merge *m = NULL;
    reduce_part gone[] = {{.path = "gone"}};
    reduce_options options = {.plan = p, .parts = gone, .n_parts = 1};
    reduce_task task = {.last_slot = LIMIT_PART_SLOTS - 1};
    p->metrics[0].reads_source[0] = false;
    assert_int_equal(state_merge_open(&m, &options, &task, &err), GM_OK);
    assert_int_equal(state_merge_next(m, &item, &err), GM_OK);
    assert_null(item.entry);
    state_merge_free(m);
    p->metrics[0].reads_source[0] = true;
    assert_int_equal(state_merge_open(&m, &options, &task, &err), GM_E_IO);
    assert_null(m);
    options = (reduce_options){.plan = p, .parts = parts, .n_parts = PARTS};
    task.metric = 1;
    assert_int_equal(state_merge_open(&m, &options, &task, &err), GM_OK);
    assert_int_equal(state_merge_next(m, &item, &err), GM_OK);
    assert_null(item.entry);
    state_merge_free(m);
}

/* A byte of the last part is another one: found when it is opened, or when it is read. */
static void test_damaged_part(void **state)
{
    (void)state;
    bytes file;
    bytes_init(&file, LIMIT_MIB(16));
    assert_int_equal(file_read(&file, paths[2], NULL), GM_OK);
    reduce_options options = {.plan = p, .parts = parts, .n_parts = 3};
    reduce_task task = {.last_slot = LIMIT_PART_SLOTS - 1};
    uint32_t n_read = 0;
    for (size_t i = 0; i < file.len; i += 7) {
        file.data[i] ^= 0x40;
        fixture_write(paths[2], file.data, file.len);
        file.data[i] ^= 0x40;
        gm_error err = {.code = GM_OK};
        state_merge *m = NULL;
        state_item item = {.entry = NULL};
        gm_status st = state_merge_open(&m, &options, &task, &err);
        for (uint32_t k = 0; st == GM_OK && (k == 0 || item.entry != NULL); k++)
            st = state_merge_next(m, &item, &err);
        n_read += m != NULL;
        assert_true(st == GM_E_DAMAGED || st == GM_E_FORMAT);
        assert_string_not_equal(err.message, "");
        state_merge_free(m);
    }
    assert_true(n_read > 0);
    bytes_deinit(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_stream, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged_part, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_map_task.c - bundles of logs to parts: good ones, damaged, cut, missing, empty ones; what
 * the answer tells of each, and answers that nobody wrote. */
#include "run/run_fixture.h"

#include "input/gzip_fixture.h"

#include "host/breadcrumb.h"
#include "run/map_task.h"

enum { EVENTS = 300, LOGS = 7 };

/* By path; b is damaged, c is not there, d has blank lines, f the content of a, g nothing. */
static const char *const paths[LOGS] = {"a.ndjson",    "b.ndjson.gz", "c.ndjson", "d.ndjson",
                                        "e.ndjson.gz", "f.ndjson",    "g.ndjson"};
static run_event events[EVENTS];
static run_log logs[LOGS];

static void save_gzip(const char *path, const bytes *text, size_t cut)
{
    gzip_image image = {0};
    gzip_image_member(&image, text->data, text->len, 6);
    fixture_write(path, image.data, image.len - cut);
    gzip_image_free(&image);
}

static void write_logs(void)
{
    bytes text;
    bytes_init(&text, LIMIT_MIB(16));
    run_fixture_events(events, EVENTS, 1);
    run_fixture_log(paths[0], events, EVENTS);
    run_fixture_log(paths[5], events, EVENTS);
    run_fixture_lines(&text, events, EVENTS);
    bytes_printf(&text, "not json\n\n");
    save_gzip(paths[1], &text, 12); /* the checksum is gone, and a little more */
    fixture_save(paths[3], "\n\n");
    fixture_save(paths[6], "");
    save_gzip(paths[4], &text, 0);
    bytes_deinit(&text);
    for (uint32_t i = 0; i < LOGS; i++)
        logs[i] = (run_log){.path = paths[i]};
}

/* A worker with its plan, and the last answer. */
typedef struct bench {
    plan *plan;
    map_worker *worker;
    bool is_out[8];
    arena memory;
    bytes raw;
    map_answer answer;
} bench;

static bench open_bench(const char *text)
{
    bench b = {.plan = plan_fixture_plan(text)};
    arena_init(&b.memory, 0);
    bytes_init(&b.raw, LIMIT_MIB(16));
    return b;
}

static void close_bench(bench *b)
{
    map_worker_free(b->worker);
    bytes_deinit(&b->raw);
    arena_deinit(&b->memory);
    plan_free(b->plan);
}

static gm_status run(bench *b, uint32_t *list, uint32_t n, const char *part, gm_error *err)
{
    map_bundle bundle = {.logs = list, .n_logs = n, .part = part};
    bytes order;
    bytes_init(&order, LIMIT_MIB(1));
    map_task_order(&bundle, &order);
    if (b->worker == NULL)
        b->worker = map_worker_new(b->plan, logs, b->is_out, 50);
    bytes_clear(&b->raw);
    bytes_reader in = bytes_read(order.data, order.len);
    gm_status st = map_task_run(b->worker, &in, &b->raw, err);
    bytes_deinit(&order);
    if (st != GM_OK)
        return st;
    in = bytes_read(b->raw.data, b->raw.len);
    return map_task_read(&b->answer, &bundle, b->plan, &in, &b->memory, err);
}

static void run_well(bench *b, uint32_t *list, uint32_t n, const char *part)
{
    gm_error err = {.code = GM_OK};
    gm_status st = run(b, list, n, part, &err);
    if (st != GM_OK)
        fail_msg("%s", err.message);
}

static uint64_t events_in(const char *path, hash128 key, uint32_t log)
{
    gm_error err;
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, path, &err), GM_OK);
    const part_section *section = part_reader_section(r, key);
    assert_non_null(section);
    part_cursor *c = part_cursor_new(r, section, 0, LIMIT_PART_SLOTS - 1);
    uint64_t n = 0;
    const part_entry *e = NULL;
    while (part_cursor_next(c, &e, &err) == GM_OK && e != NULL)
        n += e->log == log ? run_fixture_u64(e->state, e->state_len) : 0;
    part_cursor_free(c);
    part_reader_free(r);
    return n;
}

static const char plain_text[] =
    PLAN_BASE "[metric all]\nplugin = count\n[metric sum]\nplugin = sum\nfield = size\nby = type\n";
static const char keep_text[] =
    PLAN_BASE "on_damage = keep\n"
              "[metric all]\nplugin = count\n[metric sum]\nplugin = sum\nfield = size\nby = type\n";

static void expect_days(const log_facts *f)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < f->n_days; i++) {
        uint64_t expected = 0;
        for (size_t k = 0; k < EVENTS; k++)
            expected += events[k].seconds / 86400 == f->days[i].day;
        assert_int_equal(f->days[i].events, expected);
        assert_true(i == 0 || f->days[i - 1].day < f->days[i].day);
        n += f->days[i].events;
    }
    assert_int_equal(n, EVENTS);
}

static void expect_good(const map_answer_log *log)
{
    assert_int_equal(log->outcome, RUN_LOG_READ);
    assert_null(log->message);
    assert_int_equal(log->facts.counts.outcomes[LOG_ACCEPTED], EVENTS);
    expect_days(&log->facts);
    uint64_t no_size = 0;
    for (size_t k = 0; k < EVENTS; k++)
        no_size += events[k].size < 0;
    assert_int_equal(log->facts.n_nulls, 1); /* metric sum, its first column */
    assert_int_equal(log->facts.nulls[0].metric, 1);
    assert_int_equal(log->facts.nulls[0].column, 0);
    assert_int_equal(log->facts.nulls[0].events, no_size);
}

static void expect_nothing(const map_answer_log *log, run_log_outcome outcome, const char *message)
{
    assert_int_equal(log->outcome, outcome);
    assert_int_equal(log->ordinal, UINT32_MAX);
    assert_non_null(log->message);
    if (strstr(log->message, message) == NULL)
        fail_msg("%s", log->message);
    assert_int_equal(log->facts.counts.lines, 0);
    assert_int_equal(log->facts.n_days, 0);
    assert_int_equal(log->facts.n_nulls, 0);
}

/* One bundle with a log of each kind. */
static void test_bundle(void **state)
{
    (void)state;
    write_logs();
    uint32_t all[LOGS] = {0, 1, 2, 3, 4, 5, 6};
    for (uint32_t keeps = 0; keeps < 2; keeps++) {
        bench b = open_bench(keeps == 0 ? plain_text : keep_text);
        run_well(&b, all, LOGS, "part");
        const map_answer_log *l = b.answer.logs;
        expect_good(&l[0]);
        expect_good(&l[4]);
        expect_good(&l[5]);
        assert_int_equal(l[4].facts.counts.outcomes[LOG_NOT_JSON], 1);
        assert_int_equal(l[4].facts.counts.outcomes[LOG_BLANK], 1);
        assert_int_equal(l[4].facts.counts.lines, EVENTS + 2);
        assert_string_equal(l[4].facts.counts.examples[LOG_NOT_JSON][0].text, "not json");
        assert_int_equal(l[3].outcome, RUN_LOG_READ); /* without events, and yet well */
        assert_int_equal(l[3].facts.counts.lines, 2);
        expect_nothing(&l[2], RUN_LOG_UNREADABLE, "No such file or directory");
        uint64_t kept = 0;
        if (keeps == 0) {
            expect_nothing(&l[1], RUN_LOG_DAMAGED, "it is truncated");
            expect_nothing(&l[6], RUN_LOG_DAMAGED, "is empty (0 bytes)");
        } else {
            assert_int_equal(l[1].outcome, RUN_LOG_KEPT);
            assert_non_null(strstr(l[1].message, "it is truncated"));
            kept = l[1].facts.counts.outcomes[LOG_ACCEPTED];
            assert_true(kept > 0 && kept <= EVENTS);
            assert_int_equal(l[6].outcome, RUN_LOG_KEPT);
            assert_int_equal(l[6].facts.counts.lines, 0);
        }
        assert_int_equal(hash_compare(l[0].content, l[5].content), 0);
        assert_int_not_equal(hash_compare(l[0].content, l[4].content), 0);
        /* Ordinals go by content, equal ones by path; states are under them. */
        assert_true(l[0].ordinal + 1 == l[5].ordinal);
        assert_int_equal(hash_compare(l[0].content, l[4].content) < 0, l[0].ordinal < l[4].ordinal);
        const plan_metric *m = &b.plan->metrics[0];
        const uint64_t expected[LOGS] = {EVENTS, kept, 0, 0, EVENTS, EVENTS, 0};
        for (uint32_t i = 0; i < LOGS; i++)
            if (l[i].ordinal != UINT32_MAX)
                assert_int_equal(events_in("part", m->keys[0], l[i].ordinal), expected[i]);
        assert_null(b.answer.failures[0]);
        assert_null(b.answer.failures[1]);
        assert_true(b.answer.metric_bytes[0] >= 3 * 8 && b.answer.metric_bytes[0] % 8 == 0);
        bytes file;
        bytes_init(&file, LIMIT_MIB(16));
        assert_int_equal(file_read(&file, "part", NULL), GM_OK);
        assert_int_equal(b.answer.part_bytes, file.len);
        bytes_deinit(&file);
        close_bench(&b);
    }
}

/* The part keeps what the answer tells of each log. */
static void test_facts_of_a_part(void **state)
{
    (void)state;
    write_logs();
    uint32_t two[] = {4, 0};
    bench b = open_bench(plain_text);
    run_well(&b, two, 2, "part");
    gm_error err;
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, "part", &err), GM_OK);
    assert_int_equal(part_reader_n_logs(r), 2);
    for (uint32_t i = 0; i < 2; i++) {
        const map_answer_log *told = &b.answer.logs[i];
        const part_log *log = part_reader_log(r, told->ordinal);
        assert_string_equal(log->source, "web");
        assert_int_equal(hash_compare(log->content, told->content), 0);
        log_facts facts;
        bytes_reader in = bytes_read(log->facts, log->n_facts);
        assert_int_equal(log_facts_load(&facts, &in, &b.memory, &err), GM_OK);
        assert_ptr_equal(in.p, in.end);
        assert_memory_equal(&facts.counts, &told->facts.counts, sizeof facts.counts);
        expect_days(&facts);
    }
    part_reader_free(r);
    close_bench(&b);
}

/* Where no log is of use there is no part; one worker does one bundle after another. */
static void test_nothing_to_write(void **state)
{
    (void)state;
    write_logs();
    bench b = open_bench(plain_text);
    uint32_t bad[] = {1, 2}, good[] = {0};
    run_well(&b, bad, 2, "none");
    assert_false(file_exists("none"));
    assert_int_equal(b.answer.part_bytes, 0);
    run_well(&b, good, 1, "some");
    expect_good(&b.answer.logs[0]);
    assert_int_equal(b.answer.logs[0].ordinal, 0);
    assert_true(file_exists("some"));
    run_well(&b, bad, 2, "none");
    assert_false(file_exists("none"));
    close_bench(&b);
}

/* The same logs in another order of paths, or one by one: the same states. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    write_logs();
    run_event other[EVENTS];
    run_fixture_events(other, EVENTS, 2);
    run_fixture_log(paths[5], other, EVENTS);
    bytes first, second;
    bytes_init(&first, LIMIT_MIB(16));
    bytes_init(&second, LIMIT_MIB(16));
    bench b = open_bench(plain_text);
    uint32_t one_way[] = {0, 4, 5}, other_way[] = {5, 0, 4};
    run_well(&b, one_way, 3, "first");
    run_well(&b, other_way, 3, "second");
    assert_int_equal(file_read(&first, "first", NULL), GM_OK);
    assert_int_equal(file_read(&second, "second", NULL), GM_OK);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    bytes_deinit(&first);
    bytes_deinit(&second);
    close_bench(&b);
}

static void test_failures(void **state)
{
    (void)state;
    write_logs();
    bench b = open_bench(PLAN_BASE "[metric bad]\nplugin = test.probe\nfail = update\n"
                                   "[metric good]\nplugin = count\n"
                                   "[metric out]\nplugin = count\nby = type\n");
    uint32_t list[] = {0, 5};
    b.is_out[2] = true;
    run_well(&b, list, 2, "part");
    assert_string_equal(b.answer.failures[0],
                        "metric 'bad': plugin test.probe 1.2.3 failed in update: told to fail (at "
                        "a.ndjson)");
    assert_null(b.answer.failures[1]);
    assert_null(b.answer.failures[2]);
    assert_int_equal(b.answer.metric_bytes[0], 0);
    assert_int_equal(b.answer.metric_bytes[2], 0);
    assert_int_equal(events_in("part", b.plan->metrics[1].keys[0], 1), EVENTS);
    gm_error err;
    assert_int_equal(run(&b, list, 2, "no/such/folder/part", &err), GM_E_IO);
    assert_non_null(strstr(err.message, "no/such/folder"));
    close_bench(&b);
}

/* Where the worker is, for the supervisor's progress and for messages. */
static void test_breadcrumbs(void **state)
{
    (void)state;
    write_logs();
    breadcrumb page;
    memset(&page, 0, sizeof page);
    breadcrumb *before = breadcrumb_mine();
    breadcrumb_set_page(&page);
    bench b = open_bench(plain_text);
    uint32_t list[] = {0, 5};
    run_well(&b, list, 2, "part");
    uint64_t size = b.answer.logs[0].facts.counts.bytes_in;
    assert_int_equal(atomic_load(&page.events), 2 * EVENTS);
    assert_int_equal(atomic_load(&page.log), UINT32_MAX);
    assert_int_equal(atomic_load(&page.batch), EVENTS / 50 - 1);
    assert_int_equal(atomic_load(&page.bytes_in), 2 * size);
    run_well(&b, list, 1, "part");
    assert_int_equal(atomic_load(&page.bytes_in), 3 * size);
    breadcrumb_set_page(before);
    close_bench(&b);
}

/* ---- hostile answers ------------------------------------------------------------------------- */

static gm_status read_copy(bench *b, const map_bundle *bundle, size_t n)
{
    arena a;
    gm_error err;
    arena_init(&a, 0);
    uint8_t *copy = malloc(n + 1);
    assert_non_null(copy);
    memcpy(copy, b->raw.data, n);
    map_answer answer;
    bytes_reader in = bytes_read(copy, n);
    gm_status st = map_task_read(&answer, bundle, b->plan, &in, &a, &err);
    for (uint32_t i = 0; st == GM_OK && i < bundle->n_logs; i++)
        assert_true(answer.logs[i].outcome < RUN_LOG_OUTCOMES);
    if (st != GM_OK)
        assert_int_equal(st, GM_E_DAMAGED);
    free(copy);
    arena_deinit(&a);
    return st;
}

static void test_hostile_answers(void **state)
{
    (void)state;
    write_logs();
    bench b = open_bench(plain_text);
    uint32_t list[] = {0, 1};
    map_bundle bundle = {.logs = list, .n_logs = 2};
    run_well(&b, list, 2, "part");
    for (size_t n = 0; n < b.raw.len; n++)
        assert_int_equal(read_copy(&b, &bundle, n), GM_E_DAMAGED);
    assert_int_equal(read_copy(&b, &bundle, b.raw.len), GM_OK);
    for (size_t i = 0; i < b.raw.len; i++) {
        for (uint32_t bit = 0; bit < 8; bit++) {
            b.raw.data[i] ^= (uint8_t)(1u << bit);
            (void)read_copy(&b, &bundle, b.raw.len); /* checks what it must */
            b.raw.data[i] ^= (uint8_t)(1u << bit);
        }
    }
    b.raw.data[8] = RUN_LOG_OUTCOMES; /* behind the part's size */
    assert_int_equal(read_copy(&b, &bundle, b.raw.len), GM_E_DAMAGED);
    b.raw.data[8] = RUN_LOG_READ;
    bytes_u8(&b.raw, 0); /* more than there should be */
    assert_int_equal(read_copy(&b, &bundle, b.raw.len), GM_E_DAMAGED);
    close_bench(&b);
}

int main(void)
{
    map_worker_free(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bundle, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_facts_of_a_part, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_to_write, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_order_does_not_matter, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_failures, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_breadcrumbs, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_hostile_answers, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_fold.c - logs folded into a part, and the part read back: counts by group and bucket against
 * a count by hand, logs that are dropped, sections that are shared, metrics that fail. */
#include "run/run_fixture.h"

#include "event/event_reader.h"
#include "run/fold.h"

enum { EVENTS = 700 };

/* A plan, a fold, and logs on their way into one part. */
typedef struct bench {
    plan *plan;
    metric_host *host;
    fold *fold;
    event_reader *reader;
    bool is_out[16];
} bench;

static bench open_bench(const char *text, uint32_t batch_rows)
{
    bench b = {.plan = plan_fixture_plan(text)};
    b.host = metric_host_new(b.plan);
    b.reader = event_reader_new(&b.plan->schema, batch_rows);
    return b;
}

static void start(bench *b)
{
    b->fold = fold_new(b->plan, b->host, b->is_out);
}

static void close_bench(bench *b)
{
    fold_free(b->fold);
    event_reader_free(b->reader);
    metric_host_free(b->host);
    plan_free(b->plan);
}

static void read_log(bench *b, const char *path)
{
    gm_error err;
    fold_begin_log(b->fold, 0, path);
    assert_int_equal(event_reader_open(b->reader, b->plan->mappings[0], path, &err), GM_OK);
    for (;;) {
        const event_batch *batch = NULL;
        assert_int_equal(event_reader_next(b->reader, &batch, &err), GM_OK);
        if (batch == NULL)
            return;
        fold_batch(b->fold, batch);
    }
}

/* Log i has the ordinal ordinals[i]; UINT32_MAX: it is not in the part. */
static void write_part(bench *b, const char *path, const uint32_t *ordinals, uint32_t n)
{
    gm_error err;
    part_writer *w = NULL;
    uint64_t n_bytes = 0;
    assert_int_equal(part_writer_open(&w, path, &err), GM_OK);
    uint32_t n_in = 0;
    for (uint32_t i = 0; i < n; i++)
        n_in += ordinals[i] != UINT32_MAX;
    for (uint32_t i = 0; i < n_in; i++)
        (void)part_writer_add_log(w, "web", hash_128(&i, sizeof i), NULL, 0); /* i, by its nature */
    assert_int_equal(fold_write(b->fold, 0, ordinals, w, &err), GM_OK);
    assert_int_equal(part_writer_commit(w, &n_bytes, &err), GM_OK);
}

/* ---- the count by hand ----------------------------------------------------------------------- */

typedef struct counted {
    const char *group; /* of entries that stand alone */
    int64_t bucket;
    uint32_t log;
    uint64_t n;
} counted;

typedef bool (*takes_fn)(const run_event *e);

static bool takes_all(const run_event *e)
{
    (void)e;
    return true;
}

static bool takes_posts(const run_event *e)
{
    return e->type != NULL && strcmp(e->type, "post") == 0 && e->size > 3;
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static uint32_t count(counted *out, const run_event *events, uint32_t log, takes_fn takes,
                      bool by_actor, int64_t bucket_seconds, uint32_t n)
{
    for (size_t i = 0; i < EVENTS; i++) {
        if (!takes(&events[i]))
            continue;
        int64_t bucket = events[i].seconds / bucket_seconds * bucket_seconds * 1000000;
        const char *group = by_actor ? events[i].actor : NULL;
        uint32_t at = 0;
        while (at < n &&
               !(out[at].log == log && out[at].bucket == bucket && is_same(out[at].group, group)))
            at++;
        if (at == n)
            out[n++] = (counted){.group = group, .bucket = bucket, .log = log};
        out[at].n++;
    }
    return n;
}

/* All entries of a section are those that were counted, in the order of parts, each once. */
static void expect_section(const char *path, hash128 key, const char *plugin,
                           const counted *expected, uint32_t n, bool by_actor)
{
    gm_error err;
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, path, &err), GM_OK);
    const part_section *section = part_reader_section(r, key);
    assert_non_null(section);
    assert_string_equal(section->plugin, plugin);
    part_cursor *c = part_cursor_new(r, section, 0, LIMIT_PART_SLOTS - 1);
    uint32_t n_entries = 0;
    for (;; n_entries++) {
        const part_entry *e = NULL;
        assert_int_equal(part_cursor_next(c, &e, &err), GM_OK);
        if (e == NULL)
            break;
        uint32_t at = 0;
        while (at < n &&
               !(expected[at].bucket == e->bucket && expected[at].log == e->log &&
                 (by_actor ? run_fixture_is_group(e, expected[at].group) : e->group_len == 0)))
            at++;
        assert_true(at < n);
        assert_int_equal(run_fixture_u64(e->state, e->state_len), expected[at].n);
        assert_true(e->group_hash == hash_64(e->group, e->group_len, 0));
    }
    assert_int_equal(n_entries, n);
    part_cursor_free(c);
    part_reader_free(r);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static const char counts_text[] = PLAN_BASE
    "[metric all]\nplugin = count\n"
    "[metric posts]\nplugin = count\nby = actor\nwhere = type == post and size > 3\n"
    "[metric hours]\nplugin = count\nbucket = hour\nwhere = type == post and size > 3\n"
    "[metric again]\nplugin = count\nby = actor\nwhere = 'size > 3.0 and true and type == post'\n"
    "[metric same]\nplugin = count\nby = actor\nwhere = 'type == \"post\" and (size > 3)'\nlevel = "
    "0.8\n";

static run_event logs[3][EVENTS];

static void write_logs(void)
{
    static const char *const paths[] = {"a.ndjson", "b.ndjson", "c.ndjson"};
    for (uint32_t i = 0; i < 3; i++) {
        run_fixture_events(logs[i], EVENTS, i + 1);
        run_fixture_log(paths[i], logs[i], EVENTS);
    }
}

static void fold_three(bench *b)
{
    start(b);
    read_log(b, "a.ndjson");
    fold_end_log(b->fold, 0);
    read_log(b, "b.ndjson");
    fold_end_log(b->fold, 1);
    read_log(b, "c.ndjson");
    fold_end_log(b->fold, 2);
}

static void test_counts(void **state)
{
    (void)state;
    write_logs();
    static const uint32_t ordinals[] = {2, 0, 1};
    static const uint32_t rows[] = {1, 7, 64, 65536};
    static counted expected[3 * EVENTS];
    bytes first, other;
    bytes_init(&first, LIMIT_MIB(16));
    bytes_init(&other, LIMIT_MIB(16));
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        bench b = open_bench(counts_text, rows[k]);
        fold_three(&b);
        write_part(&b, "part", ordinals, 3);
        for (uint32_t i = 0; i < 5; i++) {
            const plan_metric *m = &b.plan->metrics[i];
            bool by_actor = i == 1 || i >= 3;
            uint32_t n = 0;
            for (uint32_t log = 0; log < 3; log++)
                n = count(expected, logs[log], ordinals[log], i == 0 ? takes_all : takes_posts,
                          by_actor, i == 2 ? 3600 : 86400, n);
            expect_section("part", m->keys[0], "count", expected, n, by_actor);
            assert_null(fold_failure(b.fold, i));
            assert_int_equal(fold_bytes(b.fold, i), 8 * (uint64_t)n);
        }
        /* However the lines were cut into batches: the same bytes. */
        assert_int_equal(file_read(k == 0 ? &first : &other, "part", NULL), GM_OK);
        if (k != 0) {
            assert_int_equal(other.len, first.len);
            assert_memory_equal(other.data, first.data, first.len);
        }
        close_bench(&b);
    }
    bytes_deinit(&first);
    bytes_deinit(&other);
}

/* Metrics with equal keys have one section; without the first of them the second writes it. */
static void test_shared_section(void **state)
{
    (void)state;
    write_logs();
    static const uint32_t ordinals[] = {0, 1, 2};
    bytes both, one;
    bytes_init(&both, LIMIT_MIB(16));
    bytes_init(&one, LIMIT_MIB(16));
    bench b = open_bench(counts_text, 100);
    hash128 key = b.plan->metrics[1].keys[0];
    assert_int_equal(hash_compare(key, b.plan->metrics[4].keys[0]), 0);
    assert_int_not_equal(hash_compare(key, b.plan->metrics[3].keys[0]), 0);
    fold_three(&b);
    write_part(&b, "both", ordinals, 3);
    fold_free(b.fold);
    b.is_out[1] = true;
    fold_three(&b);
    write_part(&b, "one", ordinals, 3);
    assert_int_equal(fold_bytes(b.fold, 1), 0);
    assert_int_equal(file_read(&both, "both", NULL), GM_OK);
    assert_int_equal(file_read(&one, "one", NULL), GM_OK);
    gm_error err;
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, "one", &err), GM_OK);
    assert_non_null(part_reader_section(r, key));
    part_reader_free(r);
    assert_int_equal(both.len, one.len); /* only the order of sections differs */
    bytes_deinit(&both);
    bytes_deinit(&one);
    close_bench(&b);
}

/* A log that is dropped was never there; the others keep their groups. */
static void test_dropped_log(void **state)
{
    (void)state;
    write_logs();
    static const uint32_t ordinals[] = {0, UINT32_MAX, 1};
    static counted expected[2 * EVENTS];
    bench b = open_bench(counts_text, 50);
    start(&b);
    read_log(&b, "a.ndjson");
    fold_end_log(b.fold, 0);
    read_log(&b, "b.ndjson");
    fold_drop_log(b.fold);
    read_log(&b, "c.ndjson");
    fold_end_log(b.fold, 2);
    write_part(&b, "part", ordinals, 3);
    uint32_t n = count(expected, logs[0], 0, takes_posts, true, 86400, 0);
    n = count(expected, logs[2], 1, takes_posts, true, 86400, n);
    expect_section("part", b.plan->metrics[1].keys[0], "count", expected, n, true);
    read_log(&b, "b.ndjson"); /* freed with states of a log that did not end */
    close_bench(&b);
}

/* Events without a field that is needed are counted, behind the condition and once each. */
static void test_nulls(void **state)
{
    (void)state;
    write_logs();
    bench b =
        open_bench(PLAN_BASE "[metric sum]\nplugin = sum\nfield = size\n"
                             "[metric posts]\nplugin = sum\nfield = size\nwhere = type == post\n"
                             "[metric key]\nplugin = distinct\nkey = actor\n"
                             "[metric num]\nplugin = ratio\nnum = sum(size)\nden = count()\n",
                   33);
    uint64_t no_size = 0, no_size_posts = 0, no_actor = 0;
    for (size_t i = 0; i < EVENTS; i++) {
        const run_event *e = &logs[1][i];
        no_size += e->size < 0;
        no_size_posts += e->size < 0 && e->type != NULL && strcmp(e->type, "post") == 0;
        no_actor += e->actor == NULL;
    }
    start(&b);
    read_log(&b, "a.ndjson");
    fold_end_log(b.fold, 0);
    read_log(&b, "b.ndjson"); /* begins anew */
    assert_int_equal(fold_nulls(b.fold, 0)[0], no_size);
    assert_int_equal(fold_nulls(b.fold, 0)[1], 0); /* the unit may be missing */
    assert_int_equal(fold_nulls(b.fold, 1)[0], no_size_posts);
    assert_int_equal(fold_nulls(b.fold, 2)[0], no_actor);
    /* A part of a ratio takes what there is, and what it lacked is told. */
    for (uint32_t i = 0; i < b.plan->metrics[3].n_columns; i++)
        assert_int_equal(fold_nulls(b.fold, 3)[i],
                         b.plan->metrics[3].columns[i].kind == PLAN_PART &&
                                 b.plan->metrics[3].columns[i].part == EXPRESSION_SUM
                             ? no_size
                             : 0);
    close_bench(&b);
}

/* ---- conditions that are columns ------------------------------------------------------------- */

static void test_condition_columns(void **state)
{
    (void)state;
    write_logs();
    static const uint32_t ordinals[] = {0};
    bench b = open_bench(PLAN_BASE "[metric p]\nplugin = test.probe\ncond = size > 3\n"
                                   "where = exists(type)\n"
                                   "[metric q]\nplugin = test.probe\n",
                         10);
    start(&b);
    read_log(&b, "a.ndjson");
    fold_end_log(b.fold, 0);
    write_part(&b, "part", ordinals, 1);
    uint64_t seen = 0, held = 0;
    for (size_t i = 0; i < EVENTS; i++) {
        seen += logs[0][i].type != NULL;
        held += logs[0][i].type != NULL && logs[0][i].size > 3;
    }
    gm_error err;
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, "part", &err), GM_OK);
    const part_section *section = part_reader_section(r, b.plan->metrics[0].keys[0]);
    assert_int_equal(section->state_format, 2);
    part_cursor *c = part_cursor_new(r, section, 0, LIMIT_PART_SLOTS - 1);
    uint64_t got_seen = 0, got_held = 0;
    const part_entry *e = NULL;
    while (part_cursor_next(c, &e, &err) == GM_OK && e != NULL) {
        got_seen += run_fixture_u64(e->state, 8);
        got_held += run_fixture_u64(e->state + 8, 8);
    }
    assert_int_equal(got_seen, seen);
    assert_int_equal(got_held, held);
    part_cursor_free(c);
    part_reader_free(r);
    close_bench(&b);
}

typedef struct parts_sum {
    double num, den;
} parts_sum;

static bool take_parts(void *context, const gm_emit *e, gm_error *err)
{
    parts_sum *sum = context;
    (void)err;
    *sum = (parts_sum){.num = e->num, .den = e->den};
    return true;
}

/* Parts of a ratio: a field where a condition holds, both with fields that may be missing. */
static void test_narrowed_columns(void **state)
{
    (void)state;
    write_logs();
    static const uint32_t ordinals[] = {0};
    bench b =
        open_bench(PLAN_BASE "[metric r]\nplugin = ratio\nnum = sum(size where type == post)\n"
                             "den = distinct(actor where size > 3)\n",
                   70);
    double sum = 0, keys = 0;
    for (size_t i = 0; i < EVENTS; i++) {
        const run_event *e = &logs[0][i];
        if (e->type != NULL && strcmp(e->type, "post") == 0 && e->size > 0)
            sum += e->size;
        bool is_new = e->actor != NULL && e->size > 3;
        for (size_t k = 0; k < i && is_new; k++)
            is_new = !(logs[0][k].size > 3 && is_same(logs[0][k].actor, e->actor));
        keys += is_new;
    }
    start(&b);
    read_log(&b, "a.ndjson");
    fold_end_log(b.fold, 0);
    write_part(&b, "part", ordinals, 1);
    gm_error err;
    part_reader *r = NULL;
    instance *ratio = NULL;
    gm_state *whole = NULL;
    parts_sum got = {0, 0};
    assert_int_equal(metric_host_get(b.host, 0, &ratio, &err), GM_OK);
    assert_int_equal(instance_state_new(ratio, &whole, &err), GM_OK);
    assert_int_equal(part_reader_open(&r, "part", &err), GM_OK);
    part_cursor *c = part_cursor_new(r, part_reader_section(r, b.plan->metrics[0].keys[0]), 0,
                                     LIMIT_PART_SLOTS - 1);
    const part_entry *e = NULL;
    while (part_cursor_next(c, &e, &err) == GM_OK && e != NULL) {
        gm_state *one = NULL;
        assert_int_equal(instance_deserialize(ratio, 1, e->state, e->state_len, &one, &err), GM_OK);
        assert_int_equal(instance_merge(ratio, whole, one, &err), GM_OK);
        instance_state_free(ratio, one);
    }
    gm_config window = metric_host_window(b.host, 0, &b.plan->current);
    assert_int_equal(instance_finalize(ratio, whole, &window, take_parts, &got, &err), GM_OK);
    assert_true(got.num > sum - 0.5 && got.num < sum + 0.5);
    assert_true(got.den > keys - 0.5 && got.den < keys + 0.5);
    instance_state_free(ratio, whole);
    part_cursor_free(c);
    part_reader_free(r);
    close_bench(&b);
}

/* ---- failures -------------------------------------------------------------------------------- */

/* A metric that fails is out, says why, and leaves nothing; the others go on. */
static void test_failures(void **state)
{
    (void)state;
    write_logs();
    static const char *const places[] = {"create", "state_new", "update", "serialize"};
    static const uint32_t ordinals[] = {0, 1, 2};
    static counted expected[3 * EVENTS];
    for (size_t k = 0; k < 4; k++) {
        char text[1024], why[256];
        (void)snprintf(text, sizeof text,
                       "%s[metric before]\nplugin = count\n[metric bad]\nplugin = test.probe\n"
                       "by = actor\nfail = %s\n[metric after]\nplugin = count\nby = actor\n"
                       "[metric good]\nplugin = test.probe\nby = actor\n",
                       PLAN_BASE, places[k]);
        (void)snprintf(why, sizeof why,
                       "metric 'bad': plugin test.probe 1.2.3 failed in %s: told "
                       "to fail (at a.ndjson)",
                       places[k]);
        bench b = open_bench(text, 100);
        fold_three(&b);
        write_part(&b, "part", ordinals, 3);
        assert_non_null(fold_failure(b.fold, 1));
        assert_string_equal(fold_failure(b.fold, 1), why);
        gm_error err;
        part_reader *r = NULL;
        assert_int_equal(part_reader_open(&r, "part", &err), GM_OK);
        assert_null(part_reader_section(r, b.plan->metrics[1].keys[0]));
        assert_non_null(part_reader_section(r, b.plan->metrics[3].keys[0]));
        part_reader_free(r);
        uint32_t n = 0;
        for (uint32_t log = 0; log < 3; log++)
            n = count(expected, logs[log], log, takes_all, true, 86400, n);
        expect_section("part", b.plan->metrics[2].keys[0], "count", expected, n, true);
        assert_null(fold_failure(b.fold, 0));
        assert_null(fold_failure(b.fold, 2));
        close_bench(&b);
    }
}

/* A source that lacks a required field gives the metric nothing, not even a section. */
static void test_source_that_is_not_read(void **state)
{
    (void)state;
    write_logs();
    static const uint32_t ordinals[] = {0};
    bench b = open_bench("[source bare]\nfiles = a\ntime = ts\n"
                         "[source full]\nfiles = b\ntime = ts\nmap.size = s\n"
                         "[metric sum]\nplugin = sum\nfield = size\n[metric n]\nplugin = count\n",
                         100);
    start(&b);
    read_log(&b, "a.ndjson");
    fold_end_log(b.fold, 0);
    write_part(&b, "part", ordinals, 1);
    gm_error err;
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, "part", &err), GM_OK);
    assert_null(part_reader_section(r, b.plan->metrics[0].keys[0]));
    assert_non_null(part_reader_section(r, b.plan->metrics[1].keys[0]));
    part_reader_free(r);
    close_bench(&b);
}

int main(void)
{
    fold_free(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counts, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_shared_section, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_dropped_log, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nulls, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_condition_columns, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_narrowed_columns, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_failures, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_source_that_is_not_read, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

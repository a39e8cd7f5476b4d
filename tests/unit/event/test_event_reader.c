/* SPDX-License-Identifier: Apache-2.0
 * test_event_reader.c - whole logs: every outcome counted with its line, damage, and the same rows
 * for every batch size. */
#include "event/event_reader.h"

#include <stdbool.h>
#include <stdlib.h>

#include <goalmill/rows.h>

#include "base/limits.h"
#include "base/number.h"
#include "event/source_fixture.h"
#include "input/gzip_fixture.h"

typedef struct fixture {
    source_fixture f;
    mapping *m;
    event_reader *r;
} fixture;

static void open_fixture(fixture *x, uint32_t batch_rows)
{
    memset(x, 0, sizeof *x);
    source_init(&x->f);
    source_map(&x->f, "type", "type");
    source_map(&x->f, "actor", "actor.id | user");
    source_map(&x->f, "value", "value");
    source_set(&x->f, "channel", "web");
    x->f.source.max_line_bytes = 1000;
    (void)schema_want(&x->f.s, "type", SCHEMA_TEXT, true, true);
    (void)schema_want(&x->f.s, "actor", SCHEMA_TEXT, false, true);
    (void)schema_want(&x->f.s, "value", SCHEMA_NUMBER, false, false);
    (void)schema_want(&x->f.s, "value", SCHEMA_INTEGER, false, false);
    (void)schema_want(&x->f.s, "actor", SCHEMA_PRESENT, false, false);
    (void)schema_want(&x->f.s, "channel", SCHEMA_TEXT, false, false);
    (void)schema_want(&x->f.s, "time", SCHEMA_TIME, false, false);
    x->m = source_mapping(&x->f);
    x->r = event_reader_new(&x->f.s, batch_rows);
}

static void close_fixture(fixture *x)
{
    event_reader_free(x->r);
    mapping_free(x->m);
    source_deinit(&x->f);
}

static void print_value(gzip_image *out, const gm_column *c, uint32_t row)
{
    char text[NUMBER_TEXT_MAX];
    int n = 0;
    if (!gm_valid(c, row)) {
        gzip_image_put(out, "-", 1);
    } else if (c->type == GM_T_STR) {
        gm_str s = gm_string(c, row);
        gzip_image_put(out, s.ptr, s.len);
    } else if (c->type == GM_T_F64) {
        n = (int)number_format_f64(gm_f64(c, row), text);
    } else {
        int64_t v = c->type == GM_T_BOOL ? gm_bool(c, row) : gm_i64(c, row);
        n = snprintf(text, sizeof text, "%lld", (long long)v);
    }
    gzip_image_put(out, text, (size_t)n);
    gzip_image_put(out, " ", 1);
}

typedef struct listing {
    gzip_image rows; /* "line: values\n" */
    gm_status status;
    gm_error err;
} listing;

static listing read_path(fixture *x, const char *path)
{
    listing l = {0};
    const event_batch *batch = NULL;
    uint64_t seq = 0;
    l.status = event_reader_open(x->r, x->m, path, &l.err);
    while (l.status == GM_OK) {
        l.status = event_reader_next(x->r, &batch, &l.err);
        if (l.status != GM_OK || batch == NULL)
            break;
        assert_int_equal(batch->seq, seq++);
        assert_true(batch->n_rows > 0);
        assert_int_equal(batch->n_columns, x->f.s.n);
        for (uint32_t row = 0; row < batch->n_rows; row++) {
            char head[32];
            int n = snprintf(head, sizeof head, "%llu: ", (unsigned long long)batch->lines[row]);
            gzip_image_put(&l.rows, head, (size_t)n);
            for (uint32_t i = 0; i < batch->n_columns; i++)
                print_value(&l.rows, &batch->columns[i], row);
            gzip_image_put(&l.rows, "\n", 1);
            assert_true(batch->times[row] >= batch->time_min);
            assert_true(batch->times[row] <= batch->time_max);
            assert_int_equal(batch->times[row], gm_i64(&batch->columns[6], row));
        }
    }
    gzip_image_put(&l.rows, "", 1); /* ends the text */
    return l;
}

static listing read_bytes(fixture *x, const void *p, size_t n)
{
    log_fixture f = log_fixture_new(p, n);
    listing l = read_path(x, f.path);
    log_fixture_free(&f);
    return l;
}

static const char mixed[] =
    "\xef\xbb\xbf{\"ts\":1000000000,\"type\":\"a\",\"actor\":{\"id\":\"u1\"},\"value\":1.5}\r\n"
    "\n"
    "{\"ts\":\"2001-09-09T01:46:41Z\",\"type\":\"b\\u0021\",\"user\":17,\"value\":\"2\"}\n"
    "  \t\r\n"
    "not json\n"
    "[1,2,3]\n"
    "{\"type\":\"a\"}\n"
    "{\"ts\":\"soon\"}\n"
    "{\"ts\":1000000000,\"type\":\"x\xff\",\"value\":true}\n"
    "{\"ts\":1000000000,\"value\":1e999,\"value\":1e999,\"x\":{\"value\":3}}\n"
    "{\"ts\":1000000003,\"type\":null,\"actor\":{\"id\":null},\"user\":\"u2\",\"value\":-0}";

static const char mixed_rows[] = "1: a u1 1.5 - 1 web 1000000000000000 \n"
                                 "3: b! 17 2 2 1 web 1000000001000000 \n"
                                 "9: x\xef\xbf\xbd - - - 0 web 1000000000000000 \n"
                                 "10: - - - - 0 web 1000000000000000 \n"
                                 "11: - u2 -0 0 1 web 1000000003000000 \n";

static void check_mixed_counts(const event_reader *r)
{
    const log_counts *c = event_reader_counts(r);
    const uint64_t *wrong = event_reader_wrong_type(r);
    static const uint64_t outcomes[LOG_OUTCOMES] = {
        [LOG_ACCEPTED] = 5,   [LOG_BLANK] = 2,   [LOG_NOT_JSON] = 1,
        [LOG_NOT_OBJECT] = 1, [LOG_NO_TIME] = 1, [LOG_BAD_TIME] = 1};
    /* The first value of 1.5 is no integer; true is neither number; 1e999 fits neither. */
    static const uint64_t notices[LOG_NOTICES] = {[LOG_UTF8_REPAIRED] = 1,
                                                  [LOG_DUPLICATE_KEY] = 1,
                                                  [LOG_OUT_OF_RANGE] = 2,
                                                  [LOG_WRONG_TYPE] = 3};
    assert_int_equal(c->lines, 11);
    assert_memory_equal(c->outcomes, outcomes, sizeof outcomes);
    assert_memory_equal(c->notices, notices, sizeof notices);
    assert_int_equal(log_counts_rejected(c), 4);
    assert_int_equal(c->examples[LOG_NOT_JSON][0].line, 5);
    assert_string_equal(c->examples[LOG_NOT_JSON][0].text, "not json");
    assert_int_equal(c->examples[LOG_BAD_TIME][0].line, 8);
    assert_string_equal(c->examples[LOG_BAD_TIME][0].text, "{\"ts\":\"soon\"}");
    assert_int_equal(c->notice_examples[LOG_DUPLICATE_KEY][0].line, 10);
    assert_int_equal(c->notice_examples[LOG_OUT_OF_RANGE][0].line, 10);
    assert_int_equal(c->notice_examples[LOG_OUT_OF_RANGE][1].line,
                     0); /* a line is an example once */
    assert_int_equal(wrong[0], 0);
    assert_int_equal(wrong[2], 2);
    assert_int_equal(wrong[3], 3);
}

static void test_all_outcomes(void **state)
{
    (void)state;
    for (uint32_t batch_rows = 1; batch_rows <= 7; batch_rows++) {
        fixture x;
        open_fixture(&x, batch_rows);
        for (int round = 0; round < 2; round++) { /* the second log starts anew */
            listing l = read_bytes(&x, mixed, sizeof mixed - 1);
            assert_int_equal(l.status, GM_OK);
            assert_string_equal((char *)l.rows.data, mixed_rows);
            check_mixed_counts(x.r);
            assert_int_equal(event_reader_codec(x.r)->bytes_out, sizeof mixed - 1);
            gzip_image_free(&l.rows);
        }
        close_fixture(&x);
    }
}

/* Too long and too deep, at the limit and beyond it. */
static void test_limits(void **state)
{
    (void)state;
    fixture x;
    open_fixture(&x, 100);
    gzip_image g = {0};
    for (int len = 999; len <= 1001; len++) {
        char line[1100];
        int n = snprintf(line, sizeof line, "{\"ts\":1000000000,\"type\":\"%d\",\"pad\":\"", len);
        memset(line + n, 'x', (size_t)(len - n - 2));
        memcpy(line + len - 2, "\"}\r\n", 4);
        gzip_image_put(&g, line, (size_t)len + 2);
    }
    for (int depth = LIMIT_JSON_DEPTH; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
        gzip_image_put(&g, "{\"ts\":1000000000,\"x\":", 21);
        for (int i = 1; i < depth; i++)
            gzip_image_put(&g, "[", 1);
        for (int i = 1; i < depth; i++)
            gzip_image_put(&g, "]", 1);
        gzip_image_put(&g, "}\n", 2);
    }
    listing l = read_bytes(&x, g.data, g.len);
    assert_int_equal(l.status, GM_OK);
    assert_string_equal((char *)l.rows.data, "1: 999 - - - 0 web 1000000000000000 \n"
                                             "2: 1000 - - - 0 web 1000000000000000 \n"
                                             "4: - - - - 0 web 1000000000000000 \n");
    const log_counts *c = event_reader_counts(x.r);
    assert_int_equal(c->lines, 5);
    assert_int_equal(c->outcomes[LOG_TOO_LONG], 1);
    assert_int_equal(c->examples[LOG_TOO_LONG][0].line, 3);
    assert_int_equal(c->outcomes[LOG_TOO_DEEP], 1);
    assert_int_equal(c->examples[LOG_TOO_DEEP][0].line, 5);
    gzip_image_free(&l.rows);
    gzip_image_free(&g);
    close_fixture(&x);
}

static void test_no_events(void **state)
{
    (void)state;
    static const char *const texts[] = {"\n", "x\n", "[]\n\n", "\xef\xbb\xbf", "{\"ts\":true}"};
    fixture x;
    open_fixture(&x, 10);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        listing l = read_bytes(&x, texts[i], strlen(texts[i]));
        assert_int_equal(l.status, GM_OK);
        assert_string_equal((char *)l.rows.data, "");
        gzip_image_free(&l.rows);
    }
    /* A log that cannot be opened leaves nothing of the one before. */
    listing l = read_path(&x, "/nonexistent");
    assert_int_equal(l.status, GM_E_NOT_FOUND);
    assert_int_equal(event_reader_counts(x.r)->lines, 0);
    assert_int_equal(event_reader_codec(x.r)->bytes_in, 0);
    gzip_image_free(&l.rows);
    l = read_bytes(&x, "", 0);
    assert_int_equal(l.status, GM_E_DAMAGED);
    gzip_image_free(&l.rows);
    close_fixture(&x);
}

/* n events with all sorts of values; more than a block of text. */
static gzip_image make_log(uint64_t seed, uint32_t n)
{
    gzip_image g = {0};
    for (uint32_t i = 0; i < n; i++) {
        char line[256];
        uint64_t r = log_fixture_random(&seed);
        int len = snprintf(
            line, sizeof line,
            "{\"ts\":%u,\"type\":\"t%u\",\"actor\":{\"name\":\"x%.*s\",\"id\":\"u\\u0041%u\"},"
            "\"value\":%u.%u,\"tags\":[1,{\"a\":null}]}\n",
            1000000000 + i, (unsigned)(r % 20), (int)(r >> 8 & 63),
            "----------------------------------------------------------------",
            (unsigned)(r >> 16 & 0xffff), (unsigned)(r >> 32 & 0xfff), (unsigned)(r >> 44 & 7));
        assert_true(len > 0 && len < (int)sizeof line);
        gzip_image_put(&g, line, (size_t)len);
        if (r % 50 == 0)
            gzip_image_put(&g, r % 100 == 0 ? "broken {\n" : "\r\n", r % 100 == 0 ? 9 : 2);
    }
    return g;
}

static void expect_equal(listing *got, const listing *want)
{
    assert_int_equal(got->status, want->status);
    assert_int_equal(got->rows.len, want->rows.len);
    assert_memory_equal(got->rows.data, want->rows.data, want->rows.len);
    gzip_image_free(&got->rows);
}

static void test_batch_sizes_give_the_same_rows(void **state)
{
    (void)state;
    enum { N = 12000 };
    gzip_image log = make_log(3, N);
    assert_true(log.len > 2 * LIMIT_BLOCK_BYTES);
    gzip_image packed = {0};
    for (size_t at = 0, step = 1; at < log.len; at += step) {
        step = at % 100000 + 1;
        step = step < log.len - at ? step : log.len - at;
        gzip_image_member(&packed, log.data + at, step, 1);
    }
    static const uint32_t sizes[] = {1, 2, 63, 64, 65, 1000, 4096, LIMIT_BATCH_ROWS};
    listing want = {0};
    log_counts counts = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fixture x;
        open_fixture(&x, sizes[i]);
        listing plain = read_bytes(&x, log.data, log.len);
        assert_int_equal(plain.status, GM_OK);
        assert_int_equal(event_reader_counts(x.r)->outcomes[LOG_ACCEPTED], N);
        if (i == 0) {
            want = plain;
            counts = *event_reader_counts(x.r);
        } else {
            expect_equal(&plain, &want);
            assert_memory_equal(event_reader_counts(x.r), &counts, sizeof counts);
        }
        listing inflated = read_bytes(&x, packed.data, packed.len);
        expect_equal(&inflated, &want);
        close_fixture(&x);
    }
    gzip_image_free(&want.rows);
    gzip_image_free(&packed);
    gzip_image_free(&log);
}

/* What is given before damage is a beginning of the rows of the whole log. */
static void test_damage(void **state)
{
    (void)state;
    gzip_image log = make_log(5, 300), packed = {0};
    gzip_image_member(&packed, log.data, log.len / 2, 6);
    gzip_image_member(&packed, log.data + log.len / 2, log.len - log.len / 2, 6);
    fixture x;
    open_fixture(&x, 50);
    listing want = read_bytes(&x, packed.data, packed.len);
    assert_int_equal(want.status, GM_OK);
    uint64_t seed = 11;
    for (int round = 0; round < 200; round++) {
        size_t n = packed.len - 1 - (size_t)(log_fixture_random(&seed) % (packed.len - 100));
        listing got = read_bytes(&x, packed.data, n);
        assert_int_equal(got.status, GM_E_DAMAGED);
        assert_true(got.rows.len <= want.rows.len);
        assert_memory_equal(got.rows.data, want.rows.data, got.rows.len - 1);
        gm_error err;
        const event_batch *batch;
        assert_int_equal(event_reader_next(x.r, &batch, &err), GM_E_DAMAGED); /* and stays so */
        gzip_image_free(&got.rows);
    }
    gzip_image_free(&want.rows);
    close_fixture(&x);

    open_fixture(&x, 50);
    mapping_free(x.m);
    x.f.source.max_file_bytes = log.len - 1;
    x.m = source_mapping(&x.f);
    listing got = read_bytes(&x, packed.data, packed.len);
    assert_int_equal(got.status, GM_E_LIMIT);
    gzip_image_free(&got.rows);
    close_fixture(&x);
    gzip_image_free(&packed);
    gzip_image_free(&log);
}

/* Bytes changed at random: never a crash, all lines accounted for, the same for two batch sizes. */
static void test_mutated_logs(void **state)
{
    (void)state;
    uint64_t seed = 13;
    fixture one, many;
    open_fixture(&one, 1);
    open_fixture(&many, 40);
    for (int round = 0; round < 300; round++) {
        gzip_image log = make_log(seed, 60);
        for (uint64_t k = log_fixture_random(&seed) % 40; k != 0; k--) {
            size_t at = (size_t)(log_fixture_random(&seed) % log.len);
            log.data[at] = k % 2 == 0
                               ? (uint8_t)log_fixture_random(&seed)
                               : (uint8_t) "\"\\{}[],:\n\r\0u1"[log_fixture_random(&seed) % 13];
        }
        listing a = read_bytes(&one, log.data, log.len);
        listing b = read_bytes(&many, log.data, log.len);
        expect_equal(&b, &a);
        const log_counts *c = event_reader_counts(one.r);
        uint64_t n = 0;
        for (int what = 0; what < LOG_OUTCOMES; what++)
            n += c->outcomes[what];
        assert_int_equal(n, c->lines);
        assert_memory_equal(c, event_reader_counts(many.r), sizeof *c);
        gzip_image_free(&a.rows);
        gzip_image_free(&log);
    }
    close_fixture(&one);
    close_fixture(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_outcomes), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_events),    cmocka_unit_test(test_batch_sizes_give_the_same_rows),
        cmocka_unit_test(test_damage),       cmocka_unit_test(test_mutated_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

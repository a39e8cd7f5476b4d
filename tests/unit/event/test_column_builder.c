/* SPDX-License-Identifier: Apache-2.0
 * test_column_builder.c - encodings, nulls, hashes, and a dictionary that fills in mid-batch. */
#include "event/column_builder.h"

#include <stdbool.h>
#include <stdlib.h>

#include <goalmill/rows.h>

#include "base/hash.h"
#include "base/limits.h"
#include "event/mapping_plan.h"
#include "event/source_fixture.h"

typedef struct fixture {
    source_fixture f;
    mapping *m;
    column_builder *b;
    int64_t *times;
} fixture;

static void open_builder(fixture *x, uint32_t batch_rows)
{
    x->m = source_mapping(&x->f);
    x->b = column_builder_new(&x->f.s, batch_rows);
    x->times = calloc(batch_rows, sizeof *x->times);
    assert_non_null(x->times);
    column_builder_start(x->b, x->m);
}

static void close_builder(fixture *x)
{
    column_builder_free(x->b);
    mapping_free(x->m);
    source_deinit(&x->f);
    free(x->times);
}

static gm_str str(const char *s)
{
    return (gm_str){.ptr = s, .len = (uint32_t)strlen(s)};
}

static void expect_text(const gm_column *c, uint32_t row, const char *want)
{
    assert_true(gm_valid(c, row));
    gm_str got = gm_string(c, row);
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr, want, got.len);
}

static void test_flat_columns(void **state)
{
    (void)state;
    fixture x = {0};
    source_init(&x.f);
    static const char *const fields[] = {"s", "n", "i", "p"};
    for (int i = 0; i < 4; i++) {
        source_map(&x.f, fields[i], fields[i]);
        (void)schema_want(&x.f.s, fields[i], (schema_kind)i, false, i == 0);
    }
    (void)schema_want(&x.f.s, "time", SCHEMA_TIME, false, false);
    open_builder(&x, 100);
    for (int batch = 0; batch < 2; batch++) {
        column_builder_begin(x.b);
        for (uint32_t row = 0; row < 100; row++) {
            x.times[row] = (int64_t)row * 10 + batch;
            bool is_null = batch == 0 && row % 3 == 1;
            if (is_null) {
                for (uint32_t i = 0; i < 3; i++)
                    column_builder_null(x.b, i, row);
            } else {
                column_builder_text(x.b, 0, row, str(row % 2 == 0 ? "even" : "odd"));
                column_builder_number(x.b, 1, row, row / 2.0);
                column_builder_integer(x.b, 2, row, -(int64_t)row);
            }
            column_builder_present(x.b, 3, row, !is_null);
        }
        const gm_column *c = column_builder_finish(x.b, 100, x.times);
        static const gm_type types[] = {GM_T_STR, GM_T_F64, GM_T_I64, GM_T_BOOL, GM_T_TIME};
        for (int i = 0; i < 5; i++) {
            assert_int_equal(c[i].struct_size, sizeof *c);
            assert_int_equal(c[i].type, types[i]);
            assert_int_equal(c[i].encoding, GM_ENC_FLAT);
            assert_true((c[i].validity == NULL) == (batch == 1 || i >= 3));
        }
        for (uint32_t row = 0; row < 100; row++) {
            bool is_null = batch == 0 && row % 3 == 1;
            for (int i = 0; i < 3; i++)
                assert_int_equal(gm_valid(&c[i], row), !is_null);
            assert_int_equal(gm_bool(&c[3], row), !is_null);
            assert_int_equal(gm_i64(&c[4], row), (int64_t)row * 10 + batch);
            if (is_null) {
                assert_int_equal(gm_string(&c[0], row).len, 0);
                assert_non_null(gm_string(&c[0], row).ptr);
                assert_int_equal(gm_hash(&c[0], row), 0);
                assert_int_equal(gm_i64(&c[2], row), 0);
                continue;
            }
            const char *want = row % 2 == 0 ? "even" : "odd";
            expect_text(&c[0], row, want);
            assert_int_equal(gm_hash(&c[0], row), hash_64(want, strlen(want), 0));
            assert_true(gm_f64(&c[1], row) * 2 > row - 0.25 && gm_f64(&c[1], row) * 2 < row + 0.25);
            assert_int_equal(gm_i64(&c[2], row), -(int64_t)row);
        }
        if (batch == 0)
            assert_int_equal(c[0].validity[1] >> 36, 0); /* beyond the rows: zeros */
    }
    close_builder(&x);
}

static void test_constants(void **state)
{
    (void)state;
    fixture x = {0};
    source_init(&x.f);
    source_set(&x.f, "s", "web");
    source_set(&x.f, "n", "2.5");
    source_set(&x.f, "i", "-3.0");
    static const char *const fields[] = {"s", "n", "i", "s", "a", "b", "c", "d"};
    static const schema_kind kinds[] = {SCHEMA_TEXT, SCHEMA_NUMBER, SCHEMA_INTEGER, SCHEMA_PRESENT,
                                        SCHEMA_TEXT, SCHEMA_NUMBER, SCHEMA_INTEGER, SCHEMA_PRESENT};
    for (int i = 0; i < 8; i++)
        (void)schema_want(&x.f.s, fields[i], kinds[i], true, true);
    open_builder(&x, 65);
    column_builder_begin(x.b);
    const gm_column *c = column_builder_finish(x.b, 65, x.times);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(c[i].encoding, GM_ENC_CONST);
        for (uint32_t row = 0; row < 65; row++)
            assert_int_equal(gm_valid(&c[i], row), i < 4 || i == 7);
    }
    expect_text(&c[0], 64, "web");
    assert_int_equal(gm_hash(&c[0], 64), hash_64("web", 3, 0));
    assert_true(gm_f64(&c[1], 64) > 2.4 && gm_f64(&c[1], 64) < 2.6);
    assert_int_equal(gm_i64(&c[2], 64), -3);
    assert_int_equal(gm_bool(&c[3], 64), 1);
    assert_int_equal(gm_string(&c[4], 64).len, 0);
    assert_int_equal(gm_hash(&c[4], 64), 0);
    assert_int_equal(gm_i64(&c[6], 64), 0);
    assert_int_equal(gm_bool(&c[7], 64), 0);
    close_builder(&x);
}

static void test_dictionary(void **state)
{
    (void)state;
    fixture x = {0};
    source_init(&x.f);
    source_map(&x.f, "s", "s");
    source_map(&x.f, "t", "t");
    (void)schema_want(&x.f.s, "s", SCHEMA_TEXT, true, true);
    (void)schema_want(&x.f.s, "t", SCHEMA_TEXT, true, false);
    open_builder(&x, 4);
    uint64_t ids[4];
    for (int log = 0; log < 2; log++) {
        column_builder_start(x.b, x.m);
        column_builder_begin(x.b);
        for (uint32_t row = 0; row < 4; row++) { /* all null yet */
            column_builder_null(x.b, 0, row);
            column_builder_text(x.b, 1, row, str("t"));
        }
        const gm_column *c = column_builder_finish(x.b, 4, x.times);
        assert_int_equal(c[0].encoding, GM_ENC_CONST);
        assert_false(gm_valid(&c[0], 3));
        assert_int_equal(c[1].encoding, GM_ENC_DICT);
        assert_null(c[1].hashes);
        ids[log * 2 + 1] = c[1].dict_id;

        column_builder_begin(x.b);
        column_builder_text(x.b, 0, 0, str("a"));
        column_builder_null(x.b, 0, 1);
        column_builder_text(x.b, 0, 2, str("b"));
        column_builder_text(x.b, 0, 3, str("a"));
        for (uint32_t row = 0; row < 4; row++)
            column_builder_text(x.b, 1, row, str("t"));
        c = column_builder_finish(x.b, 4, x.times);
        assert_int_equal(c[0].encoding, GM_ENC_DICT);
        assert_int_equal(c[0].dict_len, 2);
        assert_int_equal(c[0].codes[0], 0);
        assert_int_equal(c[0].codes[1], 0); /* null: any readable code */
        assert_false(gm_valid(&c[0], 1));
        assert_int_equal(c[0].codes[2], 1);
        assert_int_equal(c[0].codes[3], 0);
        expect_text(&c[0], 2, "b");
        assert_int_equal(gm_hash(&c[0], 2), hash_64("b", 1, 0));
        assert_int_equal(c[1].dict_id, ids[log * 2 + 1]);
        assert_int_equal(c[1].dict_len, 1);
        ids[log * 2] = c[0].dict_id;
    }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            assert_true(ids[i] != ids[k]);
    close_builder(&x);
}

/* n distinct texts (and a null in each 7th row), batch_rows at a time. */
static void check_filling(uint32_t n, uint32_t batch_rows, bool fits)
{
    fixture x = {0};
    source_init(&x.f);
    source_map(&x.f, "s", "s");
    (void)schema_want(&x.f.s, "s", SCHEMA_TEXT, true, true);
    open_builder(&x, batch_rows);
    char(*texts)[12] = calloc(batch_rows, sizeof *texts);
    assert_non_null(texts);
    uint32_t value = 0;
    bool was_flat = false;
    while (value < n) {
        uint32_t row = 0, first = value;
        column_builder_begin(x.b);
        for (; row < batch_rows && value < n; row++) {
            if (row % 7 == 6) {
                column_builder_null(x.b, 0, row);
                continue;
            }
            (void)snprintf(texts[row], sizeof texts[row], "v%u", value++);
            column_builder_text(x.b, 0, row, str(texts[row]));
        }
        const gm_column *c = column_builder_finish(x.b, row, x.times);
        bool is_flat = value > LIMIT_DICT_ENTRIES;
        assert_int_equal(c->encoding, is_flat ? GM_ENC_FLAT : GM_ENC_DICT);
        if (!is_flat)
            memset(texts, '#', batch_rows * sizeof *texts); /* a dictionary has its own copies */
        for (uint32_t r = 0; r < row; r++) {
            assert_int_equal(gm_valid(c, r), r % 7 != 6);
            if (r % 7 == 6)
                continue;
            char want[12];
            (void)snprintf(want, sizeof want, "v%u", first++);
            expect_text(c, r, want);
            assert_int_equal(gm_hash(c, r), hash_64(want, strlen(want), 0));
        }
        was_flat = is_flat;
    }
    assert_int_equal(was_flat, !fits);
    column_builder_start(x.b, x.m); /* the next log has a dictionary again */
    column_builder_begin(x.b);
    column_builder_text(x.b, 0, 0, str("v1"));
    assert_int_equal(column_builder_finish(x.b, 1, x.times)->encoding, GM_ENC_DICT);
    free(texts);
    close_builder(&x);
}

static void test_dictionary_fills(void **state)
{
    (void)state;
    check_filling(LIMIT_DICT_ENTRIES, 1000, true);
    check_filling(LIMIT_DICT_ENTRIES + 1, 1000, false);
    check_filling(LIMIT_DICT_ENTRIES + 3000, 1000, false);
    check_filling(LIMIT_DICT_ENTRIES + 1, 1, false);
    check_filling(LIMIT_DICT_ENTRIES + 1, LIMIT_BATCH_ROWS, false);
}

/* Few but long texts: the memory of a dictionary is limited too. */
static void test_dictionary_of_long_texts(void **state)
{
    (void)state;
    fixture x = {0};
    source_init(&x.f);
    source_map(&x.f, "s", "s");
    (void)schema_want(&x.f.s, "s", SCHEMA_TEXT, true, false);
    open_builder(&x, 10);
    enum { LEN = (1 << 20) - 100 };
    char *text = malloc(LEN);
    assert_non_null(text);
    memset(text, 'x', LEN);
    column_builder_begin(x.b);
    for (uint32_t row = 0; row < 10; row++) {
        text[0] = (char)('0' + row);
        column_builder_text(x.b, 0, row, (gm_str){.ptr = text, .len = LEN});
        uint32_t n = row + 1;
        const gm_column *c = column_builder_finish(x.b, n, x.times);
        bool was_full = (size_t)row * LEN > LIMIT_DICT_BYTES;
        assert_int_equal(c->encoding, was_full ? GM_ENC_FLAT : GM_ENC_DICT);
        assert_int_equal(gm_string(c, 0).ptr[0], '0');
        assert_int_equal(gm_string(c, 0).len, LEN);
    }
    free(text);
    close_builder(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat_columns),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_dictionary),
        cmocka_unit_test(test_dictionary_fills),
        cmocka_unit_test(test_dictionary_of_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

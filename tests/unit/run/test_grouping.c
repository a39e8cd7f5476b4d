/* SPDX-License-Identifier: Apache-2.0
 * test_grouping.c - cells of rows against a reference that compares whole keys one by one, for all
 * encodings, missing values, many logs and both limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"
#include "run/grouping.h"

enum { ROWS_MAX = 200, COLUMNS = LIMIT_GROUP_BY, TEXTS = 6, CELLS_MAX = 4000 };

static uint64_t seed = 12345;

static uint32_t random_below(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

static gm_str str_of(const char *s, size_t n)
{
    return (gm_str){.ptr = s, .len = (uint32_t)n};
}

/* Empty, a letter, the letter and a NUL, longer ones. */
static const gm_str texts[TEXTS] = {{"", 0, 0},    {"a", 1, 0},
                                    {"a\0", 2, 0}, {"\xc3\xa9", 2, 0},
                                    {"aa", 2, 0},  {"long enough to differ", 21, 0}};

/* ---- batches --------------------------------------------------------------------------------- */

typedef struct made_batch {
    event_batch batch;
    gm_column columns[COLUMNS];
    int64_t times[ROWS_MAX];
    gm_str flat[COLUMNS][ROWS_MAX];
    uint32_t codes[COLUMNS][ROWS_MAX];
    gm_str dict[COLUMNS][TEXTS];
    uint64_t validity[COLUMNS][(ROWS_MAX + 63) / 64];
    int is_missing[COLUMNS][ROWS_MAX];
} made_batch;

static gm_str text_at(const made_batch *b, uint32_t column, uint32_t row)
{
    const gm_column *c = &b->columns[column];
    if (c->encoding == GM_ENC_DICT)
        return c->dict[c->codes[row]];
    return c->encoding == GM_ENC_CONST ? b->flat[column][0] : b->flat[column][row];
}

static void make_column(made_batch *b, uint32_t index, uint32_t encoding, uint32_t dict_len,
                        uint32_t n_rows)
{
    gm_column *c = &b->columns[index];
    *c = (gm_column){.struct_size = sizeof *c, .type = GM_T_STR, .encoding = encoding};
    bool has_nulls = random_below(2) == 0;
    memset(b->validity[index], 0, sizeof b->validity[index]);
    for (uint32_t r = 0; r < n_rows; r++) {
        b->is_missing[index][r] = has_nulls && random_below(4) == 0;
        if (!b->is_missing[index][r])
            b->validity[index][r / 64] |= UINT64_C(1) << (r % 64);
        b->codes[index][r] = random_below(dict_len);
        b->flat[index][r] = texts[random_below(TEXTS)];
    }
    c->validity = has_nulls ? b->validity[index] : NULL;
    if (encoding == GM_ENC_DICT) {
        c->codes = b->codes[index];
        c->dict = b->dict[index];
        c->dict_len = dict_len;
        c->dict_id = 7; /* the same in each log: begin_log() must forget it */
    } else {
        c->data = b->flat[index];
    }
}

static void make_batch(made_batch *b, uint32_t n_by, uint32_t dict_len, uint32_t n_rows)
{
    b->batch = (event_batch){
        .n_rows = n_rows, .n_columns = COLUMNS, .columns = b->columns, .times = b->times};
    for (uint32_t i = 0; i < n_by; i++)
        make_column(b, i, random_below(3), dict_len, n_rows);
    for (uint32_t r = 0; r < n_rows; r++)
        b->times[r] =
            ((int64_t)random_below(5) - 2) * CIVIL_US_PER_HOUR + (int64_t)random_below(1000000);
}

/* ---- the reference --------------------------------------------------------------------------- */

typedef struct known_cell {
    uint8_t key[256];
    size_t len;
    int64_t bucket;
} known_cell;

static known_cell known[CELLS_MAX];
static uint32_t n_known;

static known_cell expected_cell(const made_batch *b, const plan_grouping *spec, uint32_t row)
{
    known_cell cell = {.len = 0};
    bytes key;
    bytes_init(&key, sizeof cell.key);
    for (uint32_t i = 0; i < spec->n_by; i++) {
        uint32_t column = spec->columns[i];
        bytes_u8(&key, b->is_missing[column][row] ? 0 : 1);
        if (b->is_missing[column][row])
            continue;
        gm_str text = text_at(b, column, row);
        bytes_blob(&key, text.ptr, text.len);
    }
    assert_false(key.failed);
    cell.len = key.len;
    if (key.len != 0)
        memcpy(cell.key, key.data, key.len);
    bytes_deinit(&key);
    int64_t hour = b->times[row] / CIVIL_US_PER_HOUR - (b->times[row] % CIVIL_US_PER_HOUR < 0);
    cell.bucket = hour * CIVIL_US_PER_HOUR;
    return cell;
}

static bool is_same(const known_cell *a, const known_cell *b)
{
    return a->bucket == b->bucket && a->len == b->len && memcmp(a->key, b->key, a->len) == 0;
}

static void check_cell(const grouping *g, uint32_t cell, const known_cell *expected)
{
    if (cell >= n_known) { /* a new one: dense, and really new */
        assert_int_equal(cell, n_known);
        for (uint32_t i = 0; i < n_known; i++)
            assert_false(is_same(&known[i], expected));
        assert_true(n_known < CELLS_MAX);
        known[n_known++] = *expected;
    }
    assert_true(is_same(&known[cell], expected));
    grouping_cell got = grouping_get(g, cell);
    assert_int_equal(got.bucket, expected->bucket);
    assert_int_equal(got.group_len, expected->len);
    if (got.group_len != 0)
        assert_memory_equal(got.group, expected->key, expected->len);
    assert_true(got.group_hash == hash_64(expected->key, expected->len, 0));
}

static void check_batch(grouping *g, const plan_grouping *spec, const made_batch *b)
{
    const uint32_t *cells = NULL;
    bool one = false, is_one = true;
    gm_error err;
    assert_int_equal(grouping_assign(g, &b->batch, &cells, &one, &err), GM_OK);
    for (uint32_t r = 0; r < b->batch.n_rows; r++) {
        known_cell expected = expected_cell(b, spec, r);
        check_cell(g, cells[r], &expected);
        is_one = is_one && cells[r] == cells[0];
    }
    assert_int_equal(one, is_one);
    assert_int_equal(grouping_n_cells(g), n_known);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static civil_zone *utc_zone(void)
{
    civil_zone *utc = NULL;
    assert_int_equal(civil_zone_open(&utc, "UTC", NULL), GM_OK);
    return utc;
}

/* The columns of by, backwards, so that their order in the schema is another one. */
static plan_grouping spec_of(uint32_t n_by)
{
    plan_grouping spec = {.n_by = n_by, .bucket = CONFIG_BUCKET_HOUR};
    for (uint32_t i = 0; i < n_by; i++) {
        spec.fields[i] = "field";
        spec.columns[i] = n_by - 1 - i;
    }
    return spec;
}

/* Dictionaries grow within a log, and are other ones, in another order, in the next. */
static void new_dictionaries(made_batch *b, uint32_t log)
{
    for (uint32_t c = 0; c < COLUMNS; c++)
        for (uint32_t i = 0; i < TEXTS; i++)
            b->dict[c][i] = texts[(i * 5 + c + log) % TEXTS];
}

static void test_random(void **state)
{
    (void)state;
    civil_zone *utc = utc_zone();
    made_batch *b = malloc(sizeof *b);
    assert_non_null(b);
    for (uint32_t n_by = 0; n_by <= LIMIT_GROUP_BY; n_by++) {
        plan_grouping spec = spec_of(n_by);
        grouping *g = grouping_new(&spec, utc);
        n_known = 0;
        assert_int_equal(grouping_n_cells(g), 0);
        for (uint32_t log = 0; log < 4; log++) {
            grouping_begin_log(g);
            new_dictionaries(b, log);
            for (uint32_t k = 0; k < 4; k++) {
                make_batch(b, n_by, k + 2 < TEXTS ? k + 2 : TEXTS, 1 + random_below(ROWS_MAX));
                check_batch(g, &spec, b);
            }
        }
        assert_true(n_known >= 5); /* of five hours */
        grouping_free(g);
    }
    free(b);
    civil_zone_free(utc);
}

/* A log in which no row has the field has a dictionary without entries. */
static void test_nothing_but_missing(void **state)
{
    (void)state;
    civil_zone *utc = utc_zone();
    plan_grouping spec = spec_of(1);
    grouping *g = grouping_new(&spec, utc);
    static const uint32_t encodings[] = {GM_ENC_DICT, GM_ENC_FLAT, GM_ENC_CONST};
    uint64_t none = 0;
    uint32_t codes[3] = {0, 0, 0};
    int64_t times[3] = {0, 1, 2};
    gm_str flat[3] = {{NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}};
    for (size_t i = 0; i < 3; i++) {
        gm_column column = {.struct_size = sizeof column,
                            .type = GM_T_STR,
                            .encoding = encodings[i],
                            .validity = &none,
                            .data = flat,
                            .codes = codes};
        event_batch batch = {.n_rows = 3, .n_columns = 1, .columns = &column, .times = times};
        const uint32_t *cells = NULL;
        bool one = false;
        grouping_begin_log(g);
        assert_int_equal(grouping_assign(g, &batch, &cells, &one, NULL), GM_OK);
        assert_true(one);
        assert_int_equal(cells[0], 0);
        grouping_cell cell = grouping_get(g, 0);
        assert_int_equal(cell.group_len, 1);
        assert_int_equal(cell.group[0], 0);
    }
    assert_int_equal(grouping_n_cells(g), 1);
    grouping_free(g);
    civil_zone_free(utc);
}

static void test_one(void **state)
{
    (void)state;
    civil_zone *utc = utc_zone();
    plan_grouping spec = {.n_by = 1, .bucket = CONFIG_BUCKET_DAY, .columns = {0}, .fields = {"f"}};
    grouping *g = grouping_new(&spec, utc);
    struct {
        gm_str a, b;
        int64_t time_a, time_b;
        bool one;
    } cases[] = {
        {texts[1], texts[1], 0, CIVIL_US_PER_DAY - 1, true},
        {texts[1], texts[1], 0, CIVIL_US_PER_DAY, false},
        {texts[1], texts[1], -1, 0, false},
        {texts[1], texts[2], 0, 0, false},
        {texts[0], texts[0], 5, 6, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gm_str flat[3] = {cases[i].a, cases[i].b, cases[i].b};
        int64_t times[3] = {cases[i].time_a, cases[i].time_b, cases[i].time_b};
        gm_column column = {.struct_size = sizeof column, .type = GM_T_STR, .data = flat};
        event_batch batch = {.n_rows = 3, .n_columns = 1, .columns = &column, .times = times};
        const uint32_t *cells = NULL;
        bool one = false;
        assert_int_equal(grouping_assign(g, &batch, &cells, &one, NULL), GM_OK);
        assert_int_equal(one, cases[i].one);
        assert_int_equal(cells[0] == cells[1], cases[i].one);
        assert_int_equal(cells[1], cells[2]);
        batch.n_rows = 1; /* a single row is always one */
        assert_int_equal(grouping_assign(g, &batch, &cells, &one, NULL), GM_OK);
        assert_true(one);
    }
    grouping_free(g);
    civil_zone_free(utc);
}

/* ---- limits ---------------------------------------------------------------------------------- */

enum { STEP = 50000 };

typedef struct many_texts {
    gm_str *items;
    char (*bytes)[12];
} many_texts;

static many_texts texts_from(uint32_t first)
{
    many_texts t = {.items = calloc(STEP, sizeof(gm_str)), .bytes = calloc(STEP, 12)};
    assert_non_null(t.items);
    assert_non_null(t.bytes);
    for (uint32_t i = 0; i < STEP; i++) {
        int n = snprintf(t.bytes[i], 12, "%u", first + i);
        t.items[i] = str_of(t.bytes[i], (size_t)n);
    }
    return t;
}

static void free_texts(many_texts *t)
{
    free(t->items);
    free(t->bytes);
}

static void expect_limit(gm_status st, const gm_error *err)
{
    assert_int_equal(st, GM_E_LIMIT);
    assert_string_equal(err->message,
                        "by brand gives more than 1000000 groups, or 4000000 groups and buckets, "
                        "in one bundle of logs; group by a field with fewer values");
}

/* One field fills up with texts; a pair of fields fills up with tuples of few texts. */
static void test_groups_max(void **state)
{
    (void)state;
    civil_zone *utc = utc_zone();
    plan_grouping spec = {.n_by = 2, .columns = {0, 1}, .fields = {"brand", "system"}};
    grouping *g = grouping_new(&spec, utc);
    int64_t *times = calloc(STEP, sizeof *times);
    assert_non_null(times);
    const uint32_t *cells = NULL;
    bool one = false;
    gm_error err;
    many_texts t = texts_from(0);
    gm_column columns[2] = {
        {.struct_size = sizeof *columns, .type = GM_T_STR, .data = t.items},
        {.struct_size = sizeof *columns, .type = GM_T_STR, .encoding = GM_ENC_CONST}};
    event_batch batch = {.n_rows = STEP, .n_columns = 2, .columns = columns, .times = times};
    char letter = 'a';
    gm_str constant = str_of(&letter, 1);
    columns[1].data = &constant;
    for (uint32_t k = 0; k < LIMIT_GROUPS / STEP; k++, letter++)
        assert_int_equal(grouping_assign(g, &batch, &cells, &one, &err), GM_OK);
    assert_int_equal(grouping_n_cells(g), LIMIT_GROUPS);
    assert_int_equal(cells[STEP - 1], LIMIT_GROUPS - 1);
    batch.n_rows = 1; /* a group more, then one that is known */
    expect_limit(grouping_assign(g, &batch, &cells, &one, &err), &err);
    letter = 'a';
    assert_int_equal(grouping_assign(g, &batch, &cells, &one, &err), GM_OK);
    assert_int_equal(cells[0], 0);
    assert_int_equal(grouping_n_cells(g), LIMIT_GROUPS);
    grouping_free(g);
    free_texts(&t);
    free(times);
    civil_zone_free(utc);
}

static void test_texts_max(void **state)
{
    (void)state;
    civil_zone *utc = utc_zone();
    plan_grouping spec = {.n_by = 1, .columns = {0}, .fields = {"brand"}};
    static const uint32_t encodings[] = {GM_ENC_FLAT, GM_ENC_DICT};
    int64_t *times = calloc(STEP, sizeof *times);
    uint32_t *codes = calloc(STEP, sizeof *codes);
    assert_non_null(times);
    assert_non_null(codes);
    for (uint32_t i = 0; i < STEP; i++)
        codes[i] = i;
    for (size_t e = 0; e < 2; e++) {
        grouping *g = grouping_new(&spec, utc);
        for (uint32_t k = 0; k <= LIMIT_GROUPS / STEP; k++) {
            many_texts t = texts_from(k * STEP);
            gm_column column = {.struct_size = sizeof column,
                                .type = GM_T_STR,
                                .encoding = encodings[e],
                                .data = t.items,
                                .codes = codes,
                                .dict = t.items,
                                .dict_len = STEP,
                                .dict_id = k};
            event_batch batch = {
                .n_rows = STEP, .n_columns = 1, .columns = &column, .times = times};
            const uint32_t *cells = NULL;
            bool one = false;
            gm_error err;
            gm_status st = grouping_assign(g, &batch, &cells, &one, &err);
            if (k < LIMIT_GROUPS / STEP)
                assert_int_equal(st, GM_OK);
            else
                expect_limit(st, &err);
            free_texts(&t);
        }
        assert_int_equal(grouping_n_cells(g), LIMIT_GROUPS);
        grouping_free(g);
    }
    free(times);
    free(codes);
    civil_zone_free(utc);
}

static void test_cells_max(void **state)
{
    (void)state;
    civil_zone *utc = utc_zone();
    plan_grouping spec = {.n_by = 1, .columns = {0}, .fields = {"brand"}};
    grouping *g = grouping_new(&spec, utc);
    many_texts t = texts_from(0);
    uint32_t *codes = calloc(STEP, sizeof *codes);
    int64_t *times = calloc(STEP, sizeof *times);
    assert_non_null(codes);
    assert_non_null(times);
    gm_column column = {.struct_size = sizeof column,
                        .type = GM_T_STR,
                        .encoding = GM_ENC_DICT,
                        .codes = codes,
                        .dict = t.items,
                        .dict_len = STEP};
    event_batch batch = {.n_rows = STEP, .n_columns = 1, .columns = &column, .times = times};
    const uint32_t *cells = NULL;
    bool one = false;
    gm_error err;
    for (uint32_t i = 0; i < STEP; i++)
        codes[i] = i;
    for (int64_t day = 0; day < LIMIT_CELLS / STEP; day++) {
        for (uint32_t i = 0; i < STEP; i++)
            times[i] = day * CIVIL_US_PER_DAY;
        assert_int_equal(grouping_assign(g, &batch, &cells, &one, &err), GM_OK);
    }
    assert_int_equal(grouping_n_cells(g), LIMIT_CELLS);
    assert_int_equal(cells[STEP - 1], LIMIT_CELLS - 1);
    batch.n_rows = 1;
    assert_int_equal(grouping_assign(g, &batch, &cells, &one, &err), GM_OK);
    times[0] += CIVIL_US_PER_DAY;
    expect_limit(grouping_assign(g, &batch, &cells, &one, &err), &err);
    assert_int_equal(grouping_n_cells(g), LIMIT_CELLS);
    grouping_free(g);
    free_texts(&t);
    free(codes);
    free(times);
    civil_zone_free(utc);
}

int main(void)
{
    grouping_free(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),    cmocka_unit_test(test_nothing_but_missing),
        cmocka_unit_test(test_one),       cmocka_unit_test(test_groups_max),
        cmocka_unit_test(test_texts_max), cmocka_unit_test(test_cells_max),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

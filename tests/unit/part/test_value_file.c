/* SPDX-License-Identifier: Apache-2.0
 * test_value_file.c - values there and back; and records that are damaged, or made to deceive. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "part/value_file.h"

enum { HEAD_BYTES = 12, CHECKSUM_AT = 4 };

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t random_u64(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Every field another value, so that two that change places show. */
static value_figure figure_of(double base)
{
    return (value_figure){.status = GM_S_LOW_N,
                          .method = GM_U_FIELLER,
                          .flags = GM_EF_APPROXIMATE,
                          .is_null = base<0, .is_integer = base> 50,
                          .i = INT64_MIN + (int64_t)fabs(base),
                          .f = base + 0.1,
                          .n = UINT64_MAX - (uint64_t)fabs(base),
                          .num = base + 0.2,
                          .den = -0.0,
                          .lower = (double)NAN,
                          .upper = (double)INFINITY,
                          .level = 0.95,
                          .se = 5e-324};
}

static void fill(value_set *set)
{
    static value_label groups[] = {{"system", "app"}, {"campaign", NULL}, {"x", ""}};
    static value_point series[] = {{INT64_MIN, 0.5}, {INT64_MAX, -0.0}, {0, 1e300}};
    value *v = value_set_add(set);
    *v = (value){.metric_index = 1,
                 .output_index = 2,
                 .metric = "revenue",
                 .output = "sum",
                 .unit = "CNY",
                 .direction = GM_D_TARGET,
                 .kind = GM_K_RATE,
                 .groups = groups,
                 .n_groups = 3,
                 .labels = {{"q", "0.5"}, {"r", "\xe5\xb9\xbf"}},
                 .n_labels = 2,
                 .current = figure_of(10),
                 .previous = figure_of(60),
                 .has_previous = true,
                 .series = series,
                 .n_series = 3,
                 .error = "why"};
    v = value_set_add(set);
    *v = (value){.metric = "", .output = "", .unit = ""};
    v = value_set_add(set);
    *v = (value){.metric = "m", .output = "o", .unit = "1", .current = figure_of(-3)};
    v->current.status = GM_S_ERROR;
    v->n_series = 1;
    v->series = series + 2;
}

static void same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL && b != NULL)
        assert_string_equal(a, b);
}

static void same_labels(const value_label *a, const value_label *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        same_text(a[i].name, b[i].name);
        same_text(a[i].text, b[i].text);
    }
}

/* Bit by bit, so that NaN equals NaN and 0 does not equal -0. */
static void same_double(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void same_figure(const value_figure *a, const value_figure *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->method, b->method);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->is_null, b->is_null);
    assert_int_equal(a->is_integer, b->is_integer);
    assert_true(a->i == b->i && a->n == b->n);
    same_double(a->f, b->f);
    same_double(a->num, b->num);
    same_double(a->den, b->den);
    same_double(a->lower, b->lower);
    same_double(a->upper, b->upper);
    same_double(a->level, b->level);
    same_double(a->se, b->se);
}

static void same_value(const value *a, const value *b)
{
    assert_int_equal(a->metric_index, b->metric_index);
    assert_int_equal(a->output_index, b->output_index);
    same_text(a->metric, b->metric);
    same_text(a->output, b->output);
    same_text(a->unit, b->unit);
    assert_int_equal(a->direction, b->direction);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->n_groups, b->n_groups);
    same_labels(a->groups, b->groups, a->n_groups);
    assert_int_equal(a->n_labels, b->n_labels);
    same_labels(a->labels, b->labels, a->n_labels);
    same_figure(&a->current, &b->current);
    assert_int_equal(a->has_previous, b->has_previous);
    same_figure(&a->previous, &b->previous);
    assert_int_equal(a->n_series, b->n_series);
    for (uint32_t i = 0; i < a->n_series; i++) {
        assert_true(a->series[i].start_us == b->series[i].start_us);
        same_double(a->series[i].value, b->series[i].value);
    }
    same_text(a->error, b->error);
}

static void test_round_trip(void **state)
{
    (void)state;
    gm_error err = {0};
    value_set set, loaded, none;
    bytes out, again;
    value_set_init(&set);
    value_set_init(&loaded);
    value_set_init(&none);
    bytes_init(&out, LIMIT_MIB(1));
    bytes_init(&again, LIMIT_MIB(1));
    fill(&set);
    bytes_put(&out, "before", 6); /* it appends */
    value_file_save(&set, &out);
    assert_false(out.failed);
    assert_int_equal(value_file_load(&loaded, out.data + 6, out.len - 6, &err), GM_OK);
    assert_int_equal(loaded.n, set.n);
    for (uint32_t i = 0; i < set.n; i++)
        same_value(&set.items[i], &loaded.items[i]);
    value_file_save(&loaded, &again);
    assert_int_equal(again.len, out.len - 6);
    assert_memory_equal(again.data, out.data + 6, again.len);
    /* It adds to what is there; and nothing is a set, too. */
    assert_int_equal(value_file_load(&loaded, again.data, again.len, &err), GM_OK);
    assert_int_equal(loaded.n, 2 * set.n);
    same_value(&set.items[0], &loaded.items[set.n]);
    bytes_clear(&again);
    value_file_save(&none, &again);
    assert_int_equal(again.len, HEAD_BYTES + 4);
    assert_int_equal(value_file_load(&none, again.data, again.len, &err), GM_OK);
    assert_int_equal(none.n, 0);
    bytes_deinit(&out);
    bytes_deinit(&again);
    value_set_deinit(&set);
    value_set_deinit(&loaded);
    value_set_deinit(&none);
}

/* The ceiling of out: at, below. */
static void test_ceiling(void **state)
{
    (void)state;
    value_set set;
    bytes out;
    value_set_init(&set);
    fill(&set);
    bytes_init(&out, LIMIT_MIB(1));
    value_file_save(&set, &out);
    size_t n = out.len;
    bytes_deinit(&out);
    static const size_t below[] = {0, 1, HEAD_BYTES, 100};
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
        bytes_init(&out, n - below[i]);
        value_file_save(&set, &out);
        assert_int_equal(out.failed, below[i] != 0);
        bytes_deinit(&out);
    }
    value_set_deinit(&set);
}

/* The record of fill(); owned by the caller. */
static uint8_t *make_record(size_t *n)
{
    value_set set;
    bytes out;
    value_set_init(&set);
    bytes_init(&out, LIMIT_MIB(1));
    fill(&set);
    value_file_save(&set, &out);
    value_set_deinit(&set);
    uint8_t *p = mem_alloc(out.len);
    memcpy(p, out.data, out.len);
    *n = out.len;
    bytes_deinit(&out);
    return p;
}

/* p[0..n) is refused, and what the set had before is all it has after. */
static void expect_refused(const uint8_t *p, size_t n, const char *text)
{
    gm_error err = {0};
    value_set set;
    value_set_init(&set);
    value_set_add(&set)->metric = "kept";
    uint8_t *exact = mem_alloc(n); /* of just this size, for the sanitizer */
    memcpy(exact, p, n);
    assert_int_equal(value_file_load(&set, exact, n, &err), GM_E_DAMAGED);
    assert_non_null(strstr(err.message, text));
    assert_int_equal(set.n, 1);
    assert_string_equal(set.items[0].metric, "kept");
    mem_free(exact);
    value_set_deinit(&set);
}

static void test_damage(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t *record = make_record(&n);
    for (size_t cut = 0; cut < n; cut++)
        expect_refused(record, cut, "the values of a reduce worker are damaged");
    for (size_t bit = 0; bit < n * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_refused(record, n, "the values of a reduce worker are damaged");
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    mem_free(record);
}

static void fix_checksum(uint8_t *record, size_t n)
{
    uint64_t sum = hash_64(record + HEAD_BYTES, n - HEAD_BYTES, 0);
    for (int i = 0; i < 8; i++)
        record[CHECKSUM_AT + i] = (uint8_t)(sum >> (8 * i));
}

/* With a checksum that is right: each cut, and a byte more. */
static void test_cut_with_checksum(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t *record = make_record(&n);
    uint8_t *copy = mem_zalloc(n + 1);
    for (size_t cut = HEAD_BYTES; cut <= n + 1; cut++) {
        if (cut == n)
            continue;
        memcpy(copy, record, n);
        fix_checksum(copy, cut);
        expect_refused(copy, cut, "the values of a reduce worker make no sense");
    }
    mem_free(copy);
    mem_free(record);
}

/* Offsets within the record of fill(): after the count, the first value's indices, three texts. */
enum {
    AT_COUNT = HEAD_BYTES,
    AT_METRIC = AT_COUNT + 4 + 8,
    AT_OUTPUT = AT_METRIC + 1 + 1 + 7,
    AT_UNIT = AT_OUTPUT + 1 + 1 + 3,
    AT_DIRECTION = AT_UNIT + 1 + 1 + 3,
    AT_N_GROUPS = AT_DIRECTION + 8,
    AT_FIRST_NAME = AT_N_GROUPS + 1,
    AT_N_LABELS = AT_FIRST_NAME + (8 + 5) + (10 + 1) + (3 + 2),
    AT_STATUS = AT_N_LABELS + 1 + (3 + 5) + (3 + 5)
};

static void test_hostile_fields(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t expected, value;
    } cases[] = {
        {AT_COUNT, 3, 4},         {AT_COUNT, 3, 2},         {AT_COUNT + 3, 0, 0xff},
        {AT_METRIC, 1, 0}, /* a name that is missing */
        {AT_METRIC + 1, 7, 0x7f}, {AT_METRIC + 1, 7, 0xff}, {AT_OUTPUT, 1, 0},
        {AT_UNIT, 1, 0},          {AT_DIRECTION, 3, 4},     {AT_DIRECTION + 3, 0, 0x80},
        {AT_N_GROUPS, 3, 0xff},   {AT_N_GROUPS, 3, 4},      {AT_FIRST_NAME, 1, 0},
        {AT_N_LABELS, 2, 3},      {AT_N_LABELS, 2, 0x7f},   {AT_STATUS, GM_S_LOW_N, 5},
        {AT_STATUS + 2, 0, 1},
    };
    size_t n = 0;
    uint8_t *record = make_record(&n);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(record[cases[i].at], cases[i].expected);
        record[cases[i].at] = cases[i].value;
        fix_checksum(record, n);
        expect_refused(record, n, "the values of a reduce worker make no sense");
        record[cases[i].at] = cases[i].expected;
    }
    mem_free(record);
}

/* Whatever is accepted can be named, printed and saved again. */
static void test_random_changes(void **state)
{
    (void)state;
    uint64_t seed = 11;
    size_t n = 0;
    uint8_t *record = make_record(&n);
    uint8_t *bad = mem_alloc(n);
    uint32_t n_ok = 0;
    for (int round = 0; round < 20000; round++) {
        memcpy(bad, record, n);
        for (uint64_t k = 1 + random_u64(&seed) % 4; k > 0; k--)
            bad[HEAD_BYTES + random_u64(&seed) % (n - HEAD_BYTES)] = (uint8_t)random_u64(&seed);
        fix_checksum(bad, n);
        gm_error err = {0};
        value_set set;
        value_set_init(&set);
        if (value_file_load(&set, bad, n, &err) == GM_OK) {
            bytes out;
            bytes_init(&out, LIMIT_MIB(1));
            for (uint32_t i = 0; i < set.n; i++) {
                assert_non_null(value_status_name(set.items[i].current.status));
                assert_non_null(value_status_name(set.items[i].previous.status));
                assert_true(strlen(set.items[i].metric) < n);
            }
            value_file_save(&set, &out);
            assert_false(out.failed);
            bytes_deinit(&out);
            n_ok++;
        } else {
            assert_int_equal(err.code, GM_E_DAMAGED);
            assert_int_equal(set.n, 0);
        }
        value_set_deinit(&set);
    }
    assert_true(n_ok > 1000);
    assert_true(n_ok < 19000);
    mem_free(bad);
    mem_free(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_damage),         cmocka_unit_test(test_cut_with_checksum),
        cmocka_unit_test(test_hostile_fields), cmocka_unit_test(test_random_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

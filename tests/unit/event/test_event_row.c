/* SPDX-License-Identifier: Apache-2.0
 * test_event_row.c - JSON values as text, number, integer and presence; times; notices. */
#include "event/event_row.h"

#include <stdbool.h>
#include <stdlib.h>

#include <goalmill/rows.h>

#include "base/number.h"
#include "event/line_fixture.h"
#include "event/mapping_plan.h"
#include "event/source_fixture.h"

typedef struct fixture {
    source_fixture f;
    mapping *m;
    ndjson_parser *parser;
    column_builder *b;
    arena batch_arena;
    event_row row;
    uint64_t wrong_type[8];
    char *line;
} fixture;

enum { TEXT, NUMBER, INTEGER, PRESENT };

/* Field v, from v or else w, in all representations. */
static void open_row(fixture *x, const char *table)
{
    source_map(&x->f, "v", "v | w.x");
    if (table != NULL)
        source_values(&x->f, "v", table);
    for (int kind = TEXT; kind <= PRESENT; kind++)
        (void)schema_want(&x->f.s, "v", (schema_kind)kind, false, false);
    x->m = source_mapping(&x->f);
    x->parser = ndjson_new(&x->m->paths);
    x->b = column_builder_new(&x->f.s, 1);
    column_builder_start(x->b, x->m);
    arena_init(&x->batch_arena, 0);
    x->row.columns = x->b;
    x->row.batch_arena = &x->batch_arena;
    x->row.wrong_type = x->wrong_type;
    event_row_start(&x->row, x->m, ndjson_values(x->parser));
}

static void close_row(fixture *x)
{
    free(x->line);
    arena_deinit(&x->batch_arena);
    column_builder_free(x->b);
    ndjson_free(x->parser);
    mapping_free(x->m);
    source_deinit(&x->f);
}

static void parse(fixture *x, const char *s)
{
    const char *end;
    free(x->line);
    x->line = line_new(s, strlen(s));
    arena_reset(&x->batch_arena);
    memset(x->wrong_type, 0, sizeof x->wrong_type);
    assert_int_equal(ndjson_parse(x->parser, x->line, &end), LOG_ACCEPTED);
}

/* "text number integer present"; - is null. */
static void print_row(const gm_column *c, char *out, size_t size)
{
    char number[NUMBER_TEXT_MAX] = "-", integer[24] = "-";
    gm_str text = gm_valid(&c[TEXT], 0) ? gm_string(&c[TEXT], 0) : (gm_str){.ptr = "-", .len = 1};
    if (gm_valid(&c[NUMBER], 0))
        (void)number_format_f64(gm_f64(&c[NUMBER], 0), number);
    if (gm_valid(&c[INTEGER], 0))
        (void)snprintf(integer, sizeof integer, "%lld", (long long)gm_i64(&c[INTEGER], 0));
    int n = snprintf(out, size, "'%.*s' %s %s %d", (int)text.len, text.ptr, number, integer,
                     gm_bool(&c[PRESENT], 0));
    assert_true(n > 0 && (size_t)n < size);
}

typedef struct value_case {
    const char *line, *want;
    uint64_t wrong_type, out_of_range, repaired; /* notices of the line */
} value_case;

static void check_cases(fixture *x, const value_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char line[256], got[128];
        int64_t us;
        assert_true(snprintf(line, sizeof line, "{\"ts\":1,%s}", cases[i].line) < (int)sizeof line);
        parse(x, line);
        assert_int_equal(event_row_time(&x->row, &us), LOG_ACCEPTED);
        column_builder_begin(x->b);
        event_row_fill(&x->row, 0);
        print_row(column_builder_finish(x->b, 1, &us), got, sizeof got);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got %s, want %s", cases[i].line, got, cases[i].want);
        assert_int_equal(x->row.notices[LOG_WRONG_TYPE], cases[i].wrong_type);
        assert_int_equal(x->row.notices[LOG_OUT_OF_RANGE], cases[i].out_of_range);
        assert_int_equal(x->row.notices[LOG_UTF8_REPAIRED], cases[i].repaired);
        assert_int_equal(x->wrong_type[0] + x->wrong_type[1] + x->wrong_type[2] + x->wrong_type[3],
                         cases[i].wrong_type + cases[i].out_of_range);
    }
}

#define FFFD "\xef\xbf\xbd"

static void test_values(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"\"u\":1", "'-' - - 0", 0, 0, 0},
        {"\"v\":null", "'-' - - 0", 0, 0, 0},
        {"\"v\":\"abc\"", "'abc' - - 1", 2, 0, 0},
        {"\"v\":\"\"", "'' - - 1", 0, 0, 0}, /* an empty text is a number that is missing */
        {"\"v\":\" 1\"", "' 1' - - 1", 2, 0, 0},
        {"\"v\":true", "'true' - - 1", 2, 0, 0},
        {"\"v\":false", "'false' - - 1", 2, 0, 0},
        {"\"v\":{}", "'-' - - 1", 3, 0, 0},
        {"\"v\":[1]", "'-' - - 1", 3, 0, 0},
        {"\"v\":3", "'3' 3 3 1", 0, 0, 0},
        {"\"v\":3.0", "'3.0' 3 3 1", 0, 0, 0},
        {"\"v\":3e0", "'3e0' 3 3 1", 0, 0, 0},
        {"\"v\":3.5", "'3.5' 3.5 - 1", 1, 0, 0},
        {"\"v\":\"3.0\"", "'3.0' 3 3 1", 0, 0, 0},
        {"\"v\":\"\\u0033\"", "'3' 3 3 1", 0, 0, 0},
        {"\"v\":\"12abc\"", "'12abc' - - 1", 2, 0, 0},
        {"\"v\":-0", "'-0' -0 0 1", 0, 0, 0},
        {"\"v\":1e999", "'1e999' - - 1", 0, 2, 0},
        {"\"v\":\"1e999\"", "'1e999' - - 1", 0, 2, 0},
        {"\"v\":9007199254740993", "'9007199254740993' 9007199254740992 9007199254740993 1", 0, 0,
         0},
        {"\"v\":9223372036854775807",
         "'9223372036854775807' 9.223372036854776e+18 9223372036854775807 1", 0, 0, 0},
        {"\"v\":9223372036854775808", "'9223372036854775808' 9.223372036854776e+18 - 1", 0, 1, 0},
        {"\"v\":\"NaN\"", "'NaN' - - 1", 2, 0, 0},
        /* the first alternative that is there and not null */
        {"\"v\":null,\"w\":{\"x\":7}", "'7' 7 7 1", 0, 0, 0},
        {"\"w\":{\"x\":7},\"v\":8", "'8' 8 8 1", 0, 0, 0},
        {"\"w\":{\"x\":null}", "'-' - - 0", 0, 0, 0},
        {"\"v\":{},\"w\":{\"x\":7}", "'-' - - 1", 3, 0, 0},
        {"\"w\":[{\"x\":7}]", "'-' - - 0", 0, 0, 0},
        /* UTF-8 */
        {"\"v\":\"\xe7\x94\xa8\"", "'\xe7\x94\xa8' - - 1", 2, 0, 0},
        {"\"v\":\"a\xff"
         "b\"",
         "'a" FFFD "b' - - 1", 2, 0, 1},
        {"\"v\":\"\xff\xfe\"", "'" FFFD FFFD "' - - 1", 2, 0,
         1}, /* one value, however many bytes */
        {"\"v\":\"\\ud800\"", "'" FFFD "' - - 1", 2, 0, 1},
        {"\"v\":\"\\ud800\xff\"", "'" FFFD FFFD "' - - 1", 2, 0, 1},
        {"\"v\":\"\\ud83d\\ude00\"", "'\xf0\x9f\x98\x80' - - 1", 2, 0, 0},
        {"\"v\":\"\xed\xa0\x80\"", "'" FFFD FFFD FFFD "' - - 1", 2, 0,
         1},                                              /* a surrogate in bytes */
        {"\"u\":\"\xff\",\"v\":1", "'1' 1 1 1", 0, 0, 0}, /* not used: not looked at */
    };
    fixture x = {0};
    source_init(&x.f);
    x.f.source.time_format = TIMESTAMP_EPOCH_S;
    open_row(&x, NULL);
    check_cases(&x, cases, sizeof cases / sizeof *cases);
    close_row(&x);
}

static void test_value_table(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"\"v\":\"five\"", "'5' 5 5 1", 0, 0, 0},
        {"\"v\":\"f\\u0069ve\"", "'5' 5 5 1", 0, 0, 0},
        {"\"v\":7", "'seven' - - 1", 2, 0, 0},
        {"\"v\":7.0", "'7.0' 7 7 1", 0, 0, 0}, /* another text */
        {"\"v\":true", "'1' 1 1 1", 0, 0, 0},
        {"\"v\":false", "'false' - - 1", 2, 0, 0},
        {"\"v\":\"gone\"", "'' - - 1", 0, 0, 0},
        {"\"v\":\"\"", "'0' 0 0 1", 0, 0, 0},
        {"\"v\":8", "'8' 8 8 1", 0, 0, 0},
    };
    fixture x = {0};
    source_init(&x.f);
    x.f.source.time_format = TIMESTAMP_EPOCH_S;
    open_row(&x, "five -> 5, 7 -> seven, true -> 1, gone -> \"\", \"\" -> 0");
    check_cases(&x, cases, sizeof cases / sizeof *cases);
    close_row(&x);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        log_outcome want;
        int64_t us; /* date -u -d … +%s */
    } cases[] = {
        {"{\"ts\":\"2026-10-02T08:53:20.144Z\"}", LOG_ACCEPTED, INT64_C(1790931200144000)},
        {"{\"ts\":\"2026-10-02T08:53:20+02:00\"}", LOG_ACCEPTED, INT64_C(1790924000000000)},
        {"{\"ts\":\"2026-10-02T08:53:\\u00320Z\"}", LOG_ACCEPTED, INT64_C(1790931200000000)},
        {"{\"ts\":1790931200}", LOG_ACCEPTED, INT64_C(1790931200000000)},
        {"{\"ts\":\"1790931200144\"}", LOG_ACCEPTED, INT64_C(1790931200144000)},
        {"{\"ts\":null,\"created\":1790931200}", LOG_ACCEPTED, INT64_C(1790931200000000)},
        {"{}", LOG_NO_TIME, 0},
        {"{\"ts\":null}", LOG_NO_TIME, 0},
        {"{\"ts\":\"\"}", LOG_NO_TIME, 0},
        {"{\"x\":{\"ts\":1790931200}}", LOG_NO_TIME, 0},
        {"{\"ts\":\"yesterday\"}", LOG_BAD_TIME, 0},
        {"{\"ts\":\"2026-02-30T00:00:00Z\"}", LOG_BAD_TIME, 0},
        {"{\"ts\":\"2026-10-02T08:53:20\"}", LOG_BAD_TIME, 0}, /* no zone, and none given */
        {"{\"ts\":true}", LOG_BAD_TIME, 0},
        {"{\"ts\":{}}", LOG_BAD_TIME, 0},
        {"{\"ts\":[1790931200]}", LOG_BAD_TIME, 0},
        {"{\"ts\":\"yesterday\",\"created\":1790931200}", LOG_BAD_TIME, 0},
    };
    fixture x = {0};
    source_init(&x.f);
    x.f.source.time = source_text("ts | created", SOURCE_TIME_LINE);
    open_row(&x, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t us = 0;
        parse(&x, cases[i].line);
        log_outcome outcome = event_row_time(&x.row, &us);
        if (outcome != cases[i].want || (outcome == LOG_ACCEPTED && us != cases[i].us))
            fail_msg("%s: %s, %lld", cases[i].line, log_outcome_name(outcome), (long long)us);
    }
    close_row(&x);
}

/* 2026-10-25 02:30 comes twice in Berlin: 00:30 UTC is the earlier. */
static void test_ambiguous_time(void **state)
{
    (void)state;
    fixture x = {0};
    source_init(&x.f);
    x.f.source.time_zone = source_text("Europe/Berlin", SOURCE_ZONE_LINE);
    open_row(&x, NULL);
    for (int i = 0; i < 2; i++) {
        int64_t us;
        parse(&x, "{\"ts\":\"2026-10-25 02:30:00\"}");
        assert_int_equal(event_row_time(&x.row, &us), LOG_ACCEPTED);
        assert_int_equal(us, INT64_C(1792888200000000));
        assert_int_equal(x.row.notices[LOG_TIME_AMBIGUOUS], 1);
        parse(&x, "{\"ts\":\"2026-10-25 03:30:00\"}");
        assert_int_equal(event_row_time(&x.row, &us), LOG_ACCEPTED);
        assert_int_equal(us, INT64_C(1792895400000000));
        assert_int_equal(x.row.notices[LOG_TIME_AMBIGUOUS], 0);
    }
    close_row(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_value_table),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_ambiguous_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_metrics_ndjson.c - every line of metrics.ndjson for the made-up run, and the odd values. */
#include "report/report_fixture.h"

static const char *const whole_set[] = {
    ("{\"metric\":\"visits\",\"output\":\"value\",\"group\":{},\"labels\":{},\"unit\":\"ev"
     "ents\",\"value\":12345,\"n\":12345,\"num\":null,\"den\":null,\"ci\":[12128.191,12564"
     ".73],\"se\":null,\"level\":0.95,\"method\":\"poisson\",\"status\":\"ok\",\"flags\":["
     "],\"previous\":{\"value\":12000,\"n\":12000,\"num\":null,\"den\":null,\"ci\":[11786."
     "25,12216.64],\"se\":null,\"level\":0.95,\"method\":\"poisson\",\"status\":\"ok\",\"f"
     "lags\":[]},\"series\":[[\"2021-07-01T00:00:00+08:00\",4000],[\"2021-07-02T00:00:00+0"
     "8:00\",null],[\"2021-07-03T00:00:00+08:00\",8345]]}"),
    ("{\"metric\":\"visits\",\"output\":\"value\",\"group\":{\"country\":\"cn\"},\"labels"
     "\":{},\"unit\":\"events\",\"value\":12001,\"n\":12001,\"num\":null,\"den\":null,\"ci"
     "\":[11787.2,12217.66],\"se\":null,\"level\":0.95,\"method\":\"poisson\",\"status\":"
     "\"ok\",\"flags\":[],\"previous\":{\"value\":null,\"n\":0,\"num\":null,\"den\":null,"
     "\"ci\":null,\"se\":null,\"level\":null,\"method\":null,\"status\":\"no_data\",\"flag"
     "s\":[]},\"series\":[]}"),
    ("{\"metric\":\"visits\",\"output\":\"value\",\"group\":{\"country\":\"d\\\"e\\n\"},\""
     "labels\":{},\"unit\":\"events\",\"value\":344,\"n\":344,\"num\":null,\"den\":null,\""
     "ci\":[308.6,382.3],\"se\":null,\"level\":0.95,\"method\":\"poisson\",\"status\":\"ok"
     "\",\"flags\":[],\"previous\":null,\"series\":[]}"),
    ("{\"metric\":\"visits\",\"output\":\"value\",\"group\":{\"country\":null},\"labels\":"
     "{},\"unit\":\"events\",\"value\":null,\"n\":0,\"num\":null,\"den\":null,\"ci\":null,"
     "\"se\":null,\"level\":null,\"method\":null,\"status\":\"no_data\",\"flags\":[],\"pre"
     "vious\":null,\"series\":[]}"),
    ("{\"metric\":\"voice\",\"output\":\"ratio\",\"group\":{},\"labels\":{},\"unit\":\"1\""
     ",\"value\":0.241,\"n\":1000,\"num\":241,\"den\":1000,\"ci\":[0.215502971364,0.268449"
     "62],\"se\":0.01352,\"level\":0.95,\"method\":\"wilson\",\"status\":\"ok\",\"flags\":"
     "[],\"previous\":{\"value\":0.2,\"n\":10,\"num\":2,\"den\":10,\"ci\":[0.05668,0.50984"
     "],\"se\":0.1265,\"level\":0.95,\"method\":null,\"status\":\"low_n\",\"flags\":[\"low"
     "_n\"]},\"series\":[[\"2021-07-01T00:00:00+08:00\",0.24],[\"2021-07-02T00:00:00+08:00"
     "\",0.1]]}"),
    ("{\"metric\":\"reply\",\"output\":\"quantile\",\"group\":{},\"labels\":{\"q\":\"0.9\""
     "},\"unit\":\"s\",\"value\":3900.5,\"n\":77,\"num\":null,\"den\":null,\"ci\":[3000,nu"
     "ll],\"se\":null,\"level\":0.95,\"method\":\"order_statistics_sketch\",\"status\":\"o"
     "k\",\"flags\":[\"approximate\"],\"previous\":null,\"series\":[]}"),
    ("{\"metric\":\"tone\",\"output\":\"mean\",\"group\":{},\"labels\":{},\"unit\":\"\",\""
     "value\":null,\"n\":0,\"num\":null,\"den\":null,\"ci\":null,\"se\":null,\"level\":nul"
     "l,\"method\":null,\"status\":\"error\",\"flags\":[],\"error\":\"the plugin said: \\"
     "\"no\\\"\",\"previous\":null,\"series\":[]}"),
};

static void test_whole_set(void **state)
{
    (void)state;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    metrics_ndjson_write(&fixture_report, &out);
    assert_lines(&out, whole_set);
}

static void write_one(const value *v, bytes *out)
{
    value item = *v;
    value_set values = {.items = &item, .n = 1};
    report r = fixture_report;
    r.values = &values;
    bytes_init(out, LIMIT_MIB(1));
    metrics_ndjson_write(&r, out);
}

static void test_no_values(void **state)
{
    (void)state;
    value_set values = {0};
    report r = fixture_report;
    bytes out;
    r.values = &values;
    bytes_init(&out, LIMIT_MIB(1));
    metrics_ndjson_write(&r, &out);
    assert_int_equal(out.len, 0);
    bytes_deinit(&out);
}

#define LINE_START "{\"metric\":\"m\",\"output\":\"o\",\"group\":{},\"labels\":{},\"unit\":\"\","
#define NO_PARTS   "\"num\":null,\"den\":null,\"ci\":null,\"se\":null,\"level\":null,\"method\":null,"
#define LINE_END   "\"previous\":null,\"series\":[]}\n"

static void test_integers_are_exact(void **state)
{
    (void)state;
    bytes out;
    value v = {.metric = "m",
               .output = "o",
               .unit = NULL,
               .current = {.is_integer = true, .i = INT64_MIN, .n = UINT64_MAX, FIXTURE_NONE}};
    write_one(&v, &out);
    assert_written(&out,
                   LINE_START "\"value\":-9223372036854775808,\"n\":18446744073709551615," NO_PARTS
                              "\"status\":\"ok\",\"flags\":[]," LINE_END);
    v.current.i = INT64_MAX;
    v.current.n = 0;
    write_one(&v, &out);
    assert_written(&out, LINE_START "\"value\":9223372036854775807,\"n\":0," NO_PARTS
                                    "\"status\":\"ok\",\"flags\":[]," LINE_END);
}

/* 0.1 + 0.2 is 0.30000000000000004 in IEEE 754: the value keeps it, the interval is rounded. */
static void test_values_are_exact_and_intervals_rounded(void **state)
{
    (void)state;
    bytes out;
    value v = {.metric = "m", .output = "o", .current = {.f = 0.1 + 0.2, .n = 3, FIXTURE_NONE}};
    v.current.lower = 0.1 + 0.2;
    v.current.se = 0.1 + 0.2;
    v.current.flags = GM_EF_LOW_N | GM_EF_NO_INTERVAL;
    v.current.status = GM_S_IMMATURE;
    write_one(&v, &out);
    assert_written(&out, LINE_START
                   "\"value\":0.30000000000000004,\"n\":3,\"num\":null,\"den\":null,"
                   "\"ci\":[0.3,null],\"se\":0.3,\"level\":null,\"method\":null,"
                   "\"status\":\"immature\",\"flags\":[\"low_n\",\"no_interval\"]," LINE_END);
}

static void test_error_stands_only_with_its_status(void **state)
{
    (void)state;
    bytes out;
    value v = {.metric = "m",
               .output = "o",
               .current = {.is_null = true, .status = GM_S_ERROR, FIXTURE_NONE}};
    write_one(&v, &out);
    assert_written(&out, LINE_START "\"value\":null,\"n\":0," NO_PARTS
                                    "\"status\":\"error\",\"flags\":[],\"error\":\"\"," LINE_END);
    v.error = "left over";
    v.current.status = GM_S_OK;
    write_one(&v, &out);
    assert_written(&out, LINE_START "\"value\":null,\"n\":0," NO_PARTS
                                    "\"status\":\"ok\",\"flags\":[]," LINE_END);
}

/* The byte 0xff is in no UTF-8 text: U+FFFD stands for it. */
static void test_texts_become_utf8(void **state)
{
    (void)state;
    bytes out;
    value_label groups[] = {{"page", "a\xff\x01\u202e\"\\"}, {"day", ""}};
    value v = {.metric = "m",
               .output = "o",
               .unit = "\xff",
               .groups = groups,
               .n_groups = 2,
               .current = {.is_null = true, .status = GM_S_NO_DATA, FIXTURE_NONE}};
    write_one(&v, &out);
    assert_written(&out, "{\"metric\":\"m\",\"output\":\"o\","
                         "\"group\":{\"page\":\"a\ufffd\\u0001\u202e\\\"\\\\\",\"day\":\"\"},"
                         "\"labels\":{},\"unit\":\"\ufffd\",\"value\":null,\"n\":0," NO_PARTS
                         "\"status\":\"no_data\",\"flags\":[]," LINE_END);
}

/* Without a ceiling that is large enough nothing half is taken for whole. */
static void test_ceiling(void **state)
{
    (void)state;
    bytes out, small;
    bytes_init(&out, LIMIT_MIB(1));
    metrics_ndjson_write(&fixture_report, &out);
    bytes_init(&small, out.len);
    metrics_ndjson_write(&fixture_report, &small);
    assert_false(small.failed);
    bytes_deinit(&small);
    bytes_init(&small, out.len - 1);
    metrics_ndjson_write(&fixture_report, &small);
    assert_true(small.failed);
    bytes_deinit(&small);
    bytes_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_set),
        cmocka_unit_test(test_no_values),
        cmocka_unit_test(test_integers_are_exact),
        cmocka_unit_test(test_values_are_exact_and_intervals_rounded),
        cmocka_unit_test(test_error_stands_only_with_its_status),
        cmocka_unit_test(test_texts_become_utf8),
        cmocka_unit_test(test_ceiling),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

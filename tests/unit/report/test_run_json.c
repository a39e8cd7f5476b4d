/* SPDX-License-Identifier: Apache-2.0
 * test_run_json.c - run.json of the made-up run, and of one that did nothing. */
#include "report/report_fixture.h"

static const char *const whole_file[] = {
    "{",
    "  \"schema\": \"goalmill.run/1\",",
    "  \"run\": \"20210704T010203Z-1a2b\",",
    "  \"name\": \"Brand <nightly>\",",
    "  \"version\": \"0.1.0\",",
    "  \"configuration\": {",
    "    \"path\": \"/etc/goalmill/night.ini\",",
    "    \"hash\": \"99aabbccddeeff001122334455667788\",",
    "    \"files\": [",
    "      \"/etc/goalmill/night.ini\",",
    "      \"/etc/goalmill/goals.ini\"",
    "    ]",
    "  },",
    "  \"timezone\": \"Asia/Shanghai\",",
    ("  \"period\": {\"start\": \"2021-07-01T00:00:00+08:00\", \"end\": \"2021-07-04T00:00"
     ":00+08:00\", \"days\": 3, \"timezone\": \"Asia/Shanghai\"},"),
    ("  \"previous\": {\"start\": \"2021-06-28T00:00:00+08:00\", \"end\": \"2021-07-01T00:"
     "00:00+08:00\", \"days\": 3, \"timezone\": \"Asia/Shanghai\"},"),
    "  \"started\": \"2021-07-04T01:02:03Z\",",
    "  \"ended\": \"2021-07-04T01:02:05.25Z\",",
    "  \"workers\": 2,",
    "  \"memory_max\": 1073741824,",
    "  \"running_max\": 2,",
    ("  \"phases\": {\"plan\": 0.01, \"map\": 1.5, \"reduce\": 0.3, \"score\": 0.2, \"writ"
     "e\": 0.1},"),
    "  \"sources\": [",
    "    {",
    "      \"name\": \"web\",",
    "      \"logs\": 4,",
    "      \"logs_bad\": 2,",
    "      \"logs_kept\": 1,",
    "      \"lines\": 10234,",
    "      \"lines_rejected\": 9,",
    "      \"rejected\": {\"not_json\": 7, \"bad_time\": 2},",
    "      \"notices\": {\"utf8_repaired\": 4},",
    "      \"unmatched\": [],",
    "      \"too_many_bad_lines\": false,",
    "      \"examples\": [",
    ("        {\"kind\": \"rejected\", \"what\": \"not_json\", \"path\": \"/data/web-01.nd"
     "json.gz\", \"line\": 17, \"text\": \"{\\\"a\\\": `` | <x>\"},"),
    ("        {\"kind\": \"rejected\", \"what\": \"not_json\", \"path\": \"/data/web-01.nd"
     "json.gz\", \"line\": 18, \"text\": \"}\"},"),
    ("        {\"kind\": \"rejected\", \"what\": \"bad_time\", \"path\": \"/data/web-01.nd"
     "json.gz\", \"line\": 40, \"text\": \"{}\"},"),
    ("        {\"kind\": \"notice\", \"what\": \"utf8_repaired\", \"path\": \"/data/web-01"
     ".ndjson.gz\", \"line\": 50, \"text\": \"{\\\"b\\\": \\\"�\\\"}\"}"),
    "      ]",
    "    },",
    "    {",
    "      \"name\": \"crm\",",
    "      \"logs\": 1,",
    "      \"logs_bad\": 0,",
    "      \"logs_kept\": 0,",
    "      \"lines\": 77,",
    "      \"lines_rejected\": 0,",
    "      \"rejected\": {},",
    "      \"notices\": {},",
    "      \"unmatched\": [",
    "        \"/data/crm-*.gz\"",
    "      ],",
    "      \"too_many_bad_lines\": false,",
    "      \"examples\": []",
    "    }",
    "  ],",
    "  \"logs\": [",
    "    {",
    "      \"source\": \"web\",",
    "      \"path\": \"/data/web-01.ndjson.gz\",",
    "      \"size\": 1000,",
    "      \"outcome\": \"read\",",
    "      \"message\": null,",
    "      \"hash\": \"00000000000000020000000000000001\",",
    "      \"lines\": 9000,",
    "      \"accepted\": 8990,",
    "      \"blank\": 3,",
    "      \"rejected\": {\"not_json\": 5, \"bad_time\": 2},",
    "      \"notices\": {\"utf8_repaired\": 4},",
    "      \"bytes_out\": 90000,",
    "      \"members\": 1,",
    "      \"trailing_bytes\": 0,",
    ("      \"events\": {\"period\": 8000, \"previous\": 900, \"outside\": 90, \"future\":"
     " 1},"),
    "      \"attempts\": 1",
    "    },",
    "    {",
    "      \"source\": \"web\",",
    "      \"path\": \"/data/web-02�\\u001b.gz\",",
    "      \"size\": 500,",
    "      \"outcome\": \"damaged\",",
    "      \"message\": \"unexpected end of the gzip stream\",",
    "      \"hash\": null,",
    "      \"lines\": 0,",
    "      \"accepted\": 0,",
    "      \"blank\": 0,",
    "      \"rejected\": {},",
    "      \"notices\": {},",
    "      \"bytes_out\": 0,",
    "      \"members\": 0,",
    "      \"trailing_bytes\": 0,",
    "      \"events\": {\"period\": 0, \"previous\": 0, \"outside\": 0, \"future\": 0},",
    "      \"attempts\": 1",
    "    },",
    "    {",
    "      \"source\": \"web\",",
    "      \"path\": \"/data/web-03.gz\",",
    "      \"size\": 500,",
    "      \"outcome\": \"kept\",",
    "      \"message\": null,",
    "      \"hash\": \"00000000000000040000000000000003\",",
    "      \"lines\": 1234,",
    "      \"accepted\": 1232,",
    "      \"blank\": 0,",
    "      \"rejected\": {\"not_json\": 2},",
    "      \"notices\": {},",
    "      \"bytes_out\": 12340,",
    "      \"members\": 1,",
    "      \"trailing_bytes\": 7,",
    ("      \"events\": {\"period\": 1232, \"previous\": 0, \"outside\": 0, \"future\": 0}"
     ","),
    "      \"attempts\": 1",
    "    },",
    "    {",
    "      \"source\": \"web\",",
    "      \"path\": \"/data/web-04.gz\",",
    "      \"size\": 1000,",
    "      \"outcome\": \"duplicate\",",
    "      \"message\": null,",
    "      \"hash\": \"00000000000000020000000000000001\",",
    "      \"lines\": 0,",
    "      \"accepted\": 0,",
    "      \"blank\": 0,",
    "      \"rejected\": {},",
    "      \"notices\": {},",
    "      \"bytes_out\": 0,",
    "      \"members\": 0,",
    "      \"trailing_bytes\": 0,",
    "      \"events\": {\"period\": 0, \"previous\": 0, \"outside\": 0, \"future\": 0},",
    "      \"attempts\": 1",
    "    },",
    "    {",
    "      \"source\": \"crm\",",
    "      \"path\": \"/data/crm.ndjson\",",
    "      \"size\": 70,",
    "      \"outcome\": \"read\",",
    "      \"message\": null,",
    "      \"hash\": \"00000000000000060000000000000005\",",
    "      \"lines\": 77,",
    "      \"accepted\": 77,",
    "      \"blank\": 0,",
    "      \"rejected\": {},",
    "      \"notices\": {},",
    "      \"bytes_out\": 70,",
    "      \"members\": 0,",
    "      \"trailing_bytes\": 0,",
    "      \"events\": {\"period\": 77, \"previous\": 0, \"outside\": 0, \"future\": 0},",
    "      \"attempts\": 2",
    "    }",
    "  ],",
    "  \"missing_fields\": [",
    "    {\"metric\": \"visits\", \"field\": \"actor\", \"events\": 1500},",
    "    {\"metric\": \"reply\", \"field\": \"thread\", \"events\": 1}",
    "  ],",
    "  \"plugins\": [",
    "    {",
    "      \"path\": \"/usr/lib/goalmill/count.so\",",
    "      \"hash\": \"00000000000000000000000000000001\",",
    "      \"build\": \"gcc 12.2\",",
    "      \"metrics\": [",
    "        {\"id\": \"count\", \"version\": \"1.0.0\"},",
    "        {\"id\": \"ratio\", \"version\": \"1.0.0\"},",
    "        {\"id\": \"duration\", \"version\": \"1.0.0\"}",
    "      ],",
    "      \"failure\": null",
    "    },",
    "    {",
    "      \"path\": \"/opt/acme/tone.so\",",
    "      \"hash\": \"00000000000000000000000000000002\",",
    "      \"build\": \"\",",
    "      \"metrics\": [",
    "        {\"id\": \"acme.tone\", \"version\": \"1.0.0\"}",
    "      ],",
    "      \"failure\": \"acme.tone: update returned -9\"",
    "    }",
    "  ],",
    "  \"rules\": [",
    ("    {\"name\": \"toward_target\", \"path\": \"/usr/share/goalmill/rules/toward_targe"
     "t.lua\", \"hash\": \"0000000000000000000000000000000a\"},"),
    ("    {\"name\": \"rules/voice.lua\", \"path\": \"/etc/goalmill/rules/voice.lua\", \"h"
     "ash\": \"0000000000000000000000000000000b\"}"),
    "  ],",
    "  \"metric_failures\": [",
    "    {\"metric\": \"reply\", \"message\": \"a state is too large\"}",
    "  ],",
    "  \"deaths\": [",
    "    \"map worker 2 was killed (SIGKILL)\"",
    "  ],",
    "  \"causes\": [",
    "    {\"exit_code\": 3, \"text\": \"1 of 5 logs could not be used\"},",
    "    {\"exit_code\": 4, \"text\": \"a plugin failed\"}",
    "  ],",
    "  \"exit_code\": 4,",
    ("  \"summary\": {\"met\": 1, \"on_track\": 0, \"at_risk\": 1, \"missed\": 1, \"no_tar"
     "get\": 0, \"low_n\": 0, \"no_data\": 1, \"error\": 1}"),
    "}",
};

static void test_whole_file(void **state)
{
    (void)state;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    run_json_write(&fixture_report, &out);
    assert_lines(&out, whole_file);
}

static size_t count_in(const plan *p, const run_record *record, const char *word)
{
    report r = {p, record, &fixture_values, &fixture_scorecards};
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    run_json_write(&r, &out);
    assert_false(out.failed);
    size_t n = count_of(&out, word);
    bytes_deinit(&out);
    return n;
}

static void test_without_comparison(void **state)
{
    (void)state;
    plan p = fixture_plan;
    assert_int_equal(count_in(&p, &fixture_record, "\"previous\": null"), 0);
    p.has_previous = false;
    assert_int_equal(count_in(&p, &fixture_record, "\"previous\": null"), 1);
}

static void test_run_that_did_nothing(void **state)
{
    (void)state;
    run_source sources[2] = {{0}};
    run_record record = {.run_id = "r", .sources = sources, .n_sources = 2};
    assert_int_equal(count_in(&fixture_plan, &record, "\"logs\": [],"), 1);
    assert_int_equal(count_in(&fixture_plan, &record, "\"phases\": {},"), 1);
    assert_int_equal(count_in(&fixture_plan, &record, "\"causes\": [],"), 1);
    assert_int_equal(count_in(&fixture_plan, &record, "\"exit_code\": 0,"), 1);
    assert_int_equal(count_in(&fixture_plan, &record, "\"failure\": null"), 2);
    assert_int_equal(count_in(&fixture_plan, &record, "\"started\": \"1970-01-01T00:00:00Z\""), 1);
}

/* Half of a hash is enough to be one. */
static void test_hash_of_a_log(void **state)
{
    (void)state;
    run_log logs[] = {
        {.path = "a"}, {.path = "b", .content = {.low = 1}}, {.path = "c", .content = {.high = 1}}};
    run_record record = fixture_record;
    record.logs = logs;
    record.n_logs = 3;
    assert_int_equal(count_in(&fixture_plan, &record, "\"hash\": null"), 1);
    assert_int_equal(count_in(&fixture_plan, &record, "\"00000000000000010000000000000000\""), 1);
    /* The shipped plugin has this hash too. */
    assert_int_equal(count_in(&fixture_plan, &record, "\"00000000000000000000000000000001\""), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file),
        cmocka_unit_test(test_without_comparison),
        cmocka_unit_test(test_run_that_did_nothing),
        cmocka_unit_test(test_hash_of_a_log),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

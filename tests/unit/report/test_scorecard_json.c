/* SPDX-License-Identifier: Apache-2.0
 * test_scorecard_json.c - scorecards of the made-up run, and what must not be in them. */
#include "report/report_fixture.h"

static const char *const pretty_card[] = {
    "{",
    "  \"goal\": \"brand.voice\",",
    "  \"title\": \"Share of voice\",",
    "  \"area\": \"brand\",",
    "  \"owner\": \"Mei \\\"M\\\" Lin\",",
    ("  \"period\": {\"start\": \"2021-07-01T00:00:00+08:00\", \"end\": \"2021-07-04T00:00"
     ":00+08:00\", \"days\": 3, \"timezone\": \"Asia/Shanghai\"},"),
    "  \"status\": \"at_risk\",",
    "  \"score\": 79.96,",
    "  \"value\": 0.241,",
    "  \"unit\": \"1\",",
    "  \"target\": 0.25,",
    "  \"baseline\": 0.2,",
    "  \"gap\": 0.009,",
    "  \"ci\": [0.215502971364, 0.26844962],",
    "  \"n\": 1000,",
    ("  \"previous\": {\"value\": 0.2, \"n\": 10, \"num\": 2, \"den\": 10, \"ci\": [0.0566"
     "8, 0.50984], \"se\": 0.1265, \"level\": 0.95, \"method\": null, \"status\": \"low_n"
     "\", \"flags\": [\"low_n\"]},"),
    "  \"change\": 0.205,",
    "  \"trend\": [",
    "    [\"2021-07-01T00:00:00+08:00\", 0.24],",
    "    [\"2021-07-02T00:00:00+08:00\", 0.1]",
    "  ],",
    "  \"because\": [",
    "    \"share of voice 24.1 %, target 25 %\",",
    "    \"1. | <b>bold</b> `x`\"",
    "  ],",
    "  \"evidence\": {",
    "    \"mentions\": 1000,",
    "    \"note\": \"a \\\"note\\\"\"",
    "  },",
    "  \"flags\": [",
    "    \"sentiment_unknown\"",
    "  ],",
    "  \"data_quality\": {",
    "    \"degraded\": true,",
    "    \"logs_bad\": 2,",
    "    \"lines\": 10234,",
    "    \"lines_rejected\": 9,",
    "    \"events_missing_field\": 0,",
    "    \"notes\": [",
    "      \"1 of 4 logs of source web could not be used.\",",
    "      \"1 of 4 logs of source web is damaged; the lines before the damage count.\",",
    "      \"9 of 10,234 lines of source web were rejected.\"",
    "    ]",
    "  },",
    "  \"rule\": {",
    "    \"name\": \"rules/voice.lua\",",
    "    \"hash\": \"0000000000000000000000000000000b\",",
    ("    \"params\": {\"max_drop\": 0.05, \"floor\": null, \"kind\": \"line\\nbreak\", \""
     "strict\": true, \"steps\": [0.1, 0.5, 1]}"),
    "  },",
    "  \"inputs\": [",
    ("    {\"name\": \"value\", \"metric\": \"voice\", \"output\": \"ratio\", \"labels\": "
     "{}, \"value\": 0.241, \"unit\": \"1\", \"n\": 1000, \"ci\": [0.215502971364, 0.26844"
     "962], \"status\": \"ok\"}"),
    "  ],",
    "  \"weight\": 2,",
    "  \"direction\": \"up\",",
    "  \"error\": null",
    "}",
};

static const char *const compact_card[] = {
    ("{\"goal\":\"loyalty\",\"title\":\"נאמנות\\u001b[31m\",\"area\":\"other\",\"owner\":null,"
     "\"period\":{\"start\":\"2021-07-01T00:00:00+08:00\",\"end\":\"2021-07-04T00:00:00+08"
     ":00\",\"days\":3,\"timezone\":\"Asia/Shanghai\"},\"status\":\"error\",\"score\":null"
     ",\"value\":null,\"unit\":null,\"target\":null,\"baseline\":null,\"gap\":null,\"ci\":"
     "null,\"n\":0,\"previous\":null,\"change\":null,\"trend\":[],\"because\":[],\"evidenc"
     "e\":{},\"flags\":[],\"data_quality\":{\"degraded\":true,\"logs_bad\":2,\""
     "lines\":10234,\"lines_rejected\":9,\"events_missing_field\":1500,\"notes\":[\"1 of 4"
     " logs of source web could not be used.\",\"1 of 4 logs of source web is damaged; the"
     " lines before the damage count.\",\"9 of 10,234 lines of source web were rejected.\""
     ",\"Metric visits could not use 1,500 events: field actor was missing.\"]},\"rule\":{"
     "\"name\":\"rules/voice.lua\",\"hash\":\"0000000000000000000000000000000b\",\"params"
     "\":{\"max_drop\":0.05,\"floor\":null,\"kind\":\"line\\nbreak\",\"strict\":true,\"ste"
     "ps\":[0.1,0.5,1]}},\"inputs\":[{\"name\":\"value\",\"metric\":\"visits\",\"output\":"
     "\"value\",\"labels\":{\"country\":null,\"q\":\"ש\\\"\\\\\"},\"value\":null,\"unit\":"
     "null,\"n\":0,\"ci\":null,\"status\":\"no_data\"},{\"name\":\"tone\",\"metric\":\"vis"
     "its\",\"output\":\"value\",\"labels\":{},\"value\":12345,\"unit\":\"events\",\"n\":1"
     "2345,\"ci\":[12128.191,12564.73],\"status\":\"ok\"}],\"weight\":1,\"direction\":\"ta"
     "rget\",\"error\":\"rules/voice.lua:3: nil value\\nstack:\\n  score\"}"),
};

static void test_pretty(void **state)
{
    (void)state;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    scorecard_json_write(&fixture_report, 0, true, &out);
    assert_lines(&out, pretty_card);
}

static void test_compact(void **state)
{
    (void)state;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    scorecard_json_write(&fixture_report, 4, false, &out);
    assert_lines(&out, compact_card);
}

/* Another run over the same data: other id, times, places and messages. */
static void test_nothing_depends_on_the_run(void **state)
{
    (void)state;
    run_log logs[5];
    memcpy(logs, fixture_logs, sizeof logs);
    for (size_t i = 0; i < 5; i++) {
        logs[i].path = "/elsewhere/x";
        logs[i].message = "another message";
        logs[i].attempts = 9;
    }
    run_plugin_failure failure = {1, "killed by signal 11"};
    const char *unmatched[] = {"/elsewhere/*.gz"};
    run_source sources[] = {fixture_run_sources[0], fixture_run_sources[1]};
    sources[1].unmatched = unmatched;
    run_record record = fixture_record;
    record.run_id = "another";
    record.started_us = record.ended_us = 0;
    record.logs = logs;
    record.sources = sources;
    record.plugin_failures = &failure;
    record.n_deaths = record.n_causes = record.n_phases = record.n_examples = 0;
    record.exit_code = 0;
    report other = fixture_report;
    other.record = &record;
    for (uint32_t i = 0; i < 5; i++) {
        bytes a, b;
        bytes_init(&a, LIMIT_MIB(1));
        bytes_init(&b, LIMIT_MIB(1));
        scorecard_json_write(&fixture_report, i, false, &a);
        scorecard_json_write(&other, i, false, &b);
        bytes_u8(&b, '\0');
        assert_written(&a, (const char *)b.data);
        bytes_deinit(&b);
    }
}

/* Writes the card of the goal with other figures, and looks for a pair in it. */
static void assert_pair(uint32_t direction, double target, double now, double before,
                        const char *pair)
{
    value v = {.metric_index = 0, .metric = "visits", .output = "value", .unit = "events"};
    v.current = (value_figure){.f = now, .n = 1, FIXTURE_NONE};
    v.previous = (value_figure){.f = before, .n = 1, FIXTURE_NONE};
    v.has_previous = true;
    value_set values = {.items = &v, .n = 1};
    plan_goal goals[5];
    memcpy(goals, fixture_goals, sizeof goals);
    goals[1].direction = direction;
    goals[1].target = target;
    plan p = fixture_plan;
    p.goals = goals;
    report r = {&p, &fixture_record, &values, &fixture_scorecards};
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    scorecard_json_write(&r, 1, false, &out);
    if (count_of(&out, pair) != 1)
        print_error("%s is not in %.*s", pair, (int)out.len, (const char *)out.data);
    assert_int_equal(count_of(&out, pair), 1);
    bytes_deinit(&out);
}

static void test_gap_follows_the_direction(void **state)
{
    (void)state;
    assert_pair(GM_D_HIGHER_BETTER, 10, 8, 1, "\"gap\":2,");
    assert_pair(GM_D_HIGHER_BETTER, 10, 12, 1, "\"gap\":-2,");
    assert_pair(GM_D_NEUTRAL, 10, 8, 1, "\"gap\":2,");
    assert_pair(GM_D_LOWER_BETTER, 10, 8, 1, "\"gap\":-2,");
    assert_pair(GM_D_LOWER_BETTER, 10, 12, 1, "\"gap\":2,");
    assert_pair(GM_D_TARGET, 10, 8, 1, "\"gap\":2,");
    assert_pair(GM_D_TARGET, 10, 12, 1, "\"gap\":2,");
    assert_pair(GM_D_TARGET, 10, 10, 1, "\"gap\":0,");
}

static void test_change_is_relative(void **state)
{
    (void)state;
    assert_pair(GM_D_HIGHER_BETTER, 1, 12, 10, "\"change\":0.2,");
    assert_pair(GM_D_HIGHER_BETTER, 1, 8, 10, "\"change\":-0.2,");
    assert_pair(GM_D_HIGHER_BETTER, 1, -8, -10, "\"change\":0.2,"); /* -8 is more than -10 */
    assert_pair(GM_D_HIGHER_BETTER, 1, 8, 0, "\"change\":null,");
    assert_pair(GM_D_HIGHER_BETTER, 1, 8, (double)NAN, "\"change\":null,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_compact),
        cmocka_unit_test(test_nothing_depends_on_the_run),
        cmocka_unit_test(test_gap_follows_the_direction),
        cmocka_unit_test(test_change_is_relative),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_report_md.c - report.md of the made-up run, and its limits. */
#include "report/report_fixture.h"

#include "base/mem.h"

static const char *const whole_file[] = {
    "# Brand \\<nightly\\>",
    "",
    ("2021-07-01 to 2021-07-03 (3 days, Asia/Shanghai), compared with 2021-06-28 to 2021-0"
     "6-30"),
    "",
    ("**Overall: 68.8** (at risk) · 5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 erro"
     "r"),
    "",
    "## Brand: 86.6 (on track)",
    "",
    "| Goal | Status | Score | Value | Interval | Target | Change |",
    "| --- | --- | ---: | ---: | --- | ---: | ---: |",
    "| Share of voice | at risk | 79.9 | 24.1 % | 21.6 % – 26.8 % | 25 % | +20.5 % |",
    ("| 品牌访问量 \\| \\*2021\\* visits | met | 100 | 12,345 | 12,128 – 12,565 | 12,000"
     " | +2.88 % |"),
    "",
    "## service: 33.3 (missed)",
    "",
    "| Goal | Status | Score | Value | Interval | Target | Change |",
    "| --- | --- | ---: | ---: | --- | ---: | ---: |",
    "| Nine of ten first replies | missed | 33.3 | 1 h 5 min | ≥ 50 min | 1 h | – |",
    "| service.tone | no data | – | no data | – | – | – |",
    "",
    "## other: – (no data)",
    "",
    "| Goal | Status | Score | Value | Interval | Target | Change |",
    "| --- | --- | ---: | ---: | --- | ---: | ---: |",
    "| נאמנות.\\[31m | error | – | – | – | – | – |",
    "",
    "## Reasons",
    "",
    "- **Share of voice** (at risk)",
    "  - share of voice 24.1 %, target 25 %",
    "  - 1\\. \\| \\<b\\>bold\\</b\\> \\`x\\`",
    "- **Nine of ten first replies** (missed)",
    "  - slower than 1 h",
    "- **service.tone** (no data)",
    "  - no data: the plugin failed",
    "- **נאמנות.\\[31m** (error)",
    "  - rules/voice.lua:3: nil value stack:   score",
    "",
    "## Data",
    "",
    "| Source | Logs | Not used | Lines | Rejected |",
    "| --- | ---: | ---: | ---: | ---: |",
    "| web | 4 | 1 | 10,234 | 9 |",
    "| crm | 1 | 0 | 77 | 0 |",
    "",
    "- 1 of 4 logs of source web could not be used.",
    "- 1 of 4 logs of source web is damaged; the lines before the damage count.",
    "- 9 of 10,234 lines of source web were rejected.",
    "- A pattern of source crm matched no log.",
    "- Metric visits could not use 1,500 events: field actor was missing.",
    "- Metric reply failed.",
    "- Metric reply could not use 1 event: field thread was missing.",
    "- The plugin of metric tone failed and was taken out of the run.",
    "",
    "Logs that did not count in full:",
    "",
    "- `/data/web-02�..gz` (damaged): unexpected end of the gzip stream",
    ("- `/data/web-03.gz` (kept): its stream is damaged; the complete lines before the dam"
     "age count"),
    ("- `/data/web-04.gz` (duplicate): same content as another log of its source; counted "
     "once"),
    "",
    "First lines that were rejected:",
    "",
    "- `/data/web-01.ndjson.gz` line 17 (not_json): ```{\"a\": `` | <x>```",
    "- `/data/web-01.ndjson.gz` line 40 (bad_time): `{}`",
    "",
    "Failures:",
    "",
    "- Plugin `/opt/acme/tone.so`: acme.tone: update returned -9",
    "- Metric reply: a state is too large",
    "- map worker 2 was killed (SIGKILL)",
    "",
    "## How it was made",
    "",
    ("- goalmill 0.1.0, run `20210704T010203Z-1a2b`, 2021-07-04T01:02:03Z to 2021-07-04T01"
     ":02:05.25Z, exit code 4"),
    "- Configuration `/etc/goalmill/night.ini`, hash 99aabbccddeeff001122334455667788",
    "- Rule `toward_target`, hash 0000000000000000000000000000000a",
    "- Rule `rules/voice.lua`, hash 0000000000000000000000000000000b",
    "- Plugin `/usr/lib/goalmill/count.so`, hash 00000000000000000000000000000001",
    "- Plugin `/opt/acme/tone.so`, hash 00000000000000000000000000000002",
    "- Exit code 3: 1 of 5 logs could not be used",
    "- Exit code 4: a plugin failed",
};

static void test_whole_file(void **state)
{
    (void)state;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    report_md_write(&fixture_report, &out);
    assert_lines(&out, whole_file);
}

static void test_clean_run(void **state)
{
    (void)state;
    run_source sources[2] = {{.logs = 1, .lines = 10}, {.logs = 1, .lines = 10}};
    run_record record = {.run_id = "r", .sources = sources, .n_sources = 2};
    plan p = fixture_plan;
    p.has_previous = false;
    report r = {&p, &record, &fixture_values, &fixture_scorecards};
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    report_md_write(&r, &out);
    assert_int_equal(count_of(&out, "compared with"), 0);
    assert_int_equal(count_of(&out, "did not count in full"), 0);
    assert_int_equal(count_of(&out, "were rejected"), 0);
    assert_int_equal(count_of(&out, "Failures"), 0);
    assert_int_equal(count_of(&out, "exit code 0\n"), 1);
    assert_int_equal(count_of(&out, "\n## "), 6); /* three areas, reasons, data, origin */
    bytes_deinit(&out);
}

/* Of the areas the file has those that a goal names. */
static void test_area_without_goals(void **state)
{
    (void)state;
    scorecard_area areas[3];
    memcpy(areas, fixture_scored_areas, sizeof areas);
    areas[1].n_children = 0;
    scorecard_set set = fixture_scorecards;
    set.areas = areas;
    report r = fixture_report;
    r.scorecards = &set;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    report_md_write(&r, &out);
    assert_int_equal(count_of(&out, "## Brand: "), 1);
    assert_int_equal(count_of(&out, "## service"), 0);
    assert_int_equal(count_of(&out, "## other: "), 1);
    bytes_deinit(&out);
}

static void test_no_overall_score(void **state)
{
    (void)state;
    scorecard_set set = fixture_scorecards;
    set.overall = (scorecard_area){.status = SCORECARD_NO_DATA};
    report r = fixture_report;
    r.scorecards = &set;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    report_md_write(&r, &out);
    assert_int_equal(count_of(&out, "**Overall: –** (no data) · 5 goals"), 1);
    bytes_deinit(&out);
}

/* 50 logs are named; of more, how many there are. */
static void test_many_skipped_logs(void **state)
{
    (void)state;
    for (uint32_t n = 49; n <= 52; n++) {
        run_log *logs = mem_array(n, sizeof *logs);
        for (uint32_t i = 0; i < n; i++)
            logs[i] = (run_log){.path = "/data/x.gz", .outcome = RUN_LOG_FAILED};
        run_record record = fixture_record;
        record.logs = logs;
        record.n_logs = n;
        report r = fixture_report;
        r.record = &record;
        bytes out;
        bytes_init(&out, LIMIT_MIB(1));
        report_md_write(&r, &out);
        assert_int_equal(count_of(&out, "- `/data/x.gz` (failed): the worker"), n < 50 ? n : 50);
        assert_int_equal(count_of(&out, "- and "), n > 50);
        assert_int_equal(count_of(&out, "- and 2 more, see run.json\n"), n == 52);
        bytes_deinit(&out);
        mem_free(logs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file),         cmocka_unit_test(test_clean_run),
        cmocka_unit_test(test_area_without_goals), cmocka_unit_test(test_no_overall_score),
        cmocka_unit_test(test_many_skipped_logs),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

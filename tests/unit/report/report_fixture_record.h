/* SPDX-License-Identifier: Apache-2.0
 * report_fixture_record.h - the record of the made-up run: logs that were read, damaged, kept and
 * twice there, rejected lines, a plugin that failed. */
#ifndef GM_TESTS_REPORT_FIXTURE_RECORD_H
#define GM_TESTS_REPORT_FIXTURE_RECORD_H

#include <stddef.h>

#include "run/run_record.h"

static run_log fixture_logs[] = {
    {.source = 0,
     .path = "/data/web-01.ndjson.gz",
     .size = 1000,
     .content = {1, 2},
     .lines = 9000,
     .outcomes = {[LOG_ACCEPTED] = 8990, [LOG_BLANK] = 3, [LOG_NOT_JSON] = 5, [LOG_BAD_TIME] = 2},
     .notices = {[LOG_UTF8_REPAIRED] = 4},
     .bytes_out = 90000,
     .members = 1,
     .events_current = 8000,
     .events_previous = 900,
     .events_outside = 90,
     .events_future = 1,
     .attempts = 1},
    {.source = 0,
     .path = "/data/web-02\xff\x1b.gz",
     .size = 500,
     .outcome = RUN_LOG_DAMAGED,
     .message = "unexpected end of the gzip stream",
     .attempts = 1},
    {.source = 0,
     .path = "/data/web-03.gz",
     .size = 500,
     .outcome = RUN_LOG_KEPT,
     .content = {3, 4},
     .lines = 1234,
     .outcomes = {[LOG_ACCEPTED] = 1232, [LOG_NOT_JSON] = 2},
     .bytes_out = 12340,
     .members = 1,
     .trailing_bytes = 7,
     .events_current = 1232,
     .attempts = 1},
    {.source = 0,
     .path = "/data/web-04.gz",
     .size = 1000,
     .outcome = RUN_LOG_DUPLICATE,
     .content = {1, 2},
     .attempts = 1},
    {.source = 1,
     .path = "/data/crm.ndjson",
     .size = 70,
     .content = {5, 6},
     .lines = 77,
     .outcomes = {[LOG_ACCEPTED] = 77},
     .bytes_out = 70,
     .events_current = 77,
     .attempts = 2},
};

static const char *fixture_unmatched[] = {"/data/crm-*.gz"};
static run_source fixture_run_sources[] = {
    {.logs = 4,
     .logs_bad = 2,
     .logs_kept = 1,
     .lines = 10234,
     .rejected = 9,
     .too_many_bad_lines = false},
    {.logs = 1, .lines = 77, .unmatched = fixture_unmatched, .n_unmatched = 1},
};

static run_example fixture_examples[] = {
    {.source = 0,
     .what = LOG_NOT_JSON,
     .path = "/data/web-01.ndjson.gz",
     .line = 17,
     .text = "{\"a\": `` | <x>"},
    {.source = 0, .what = LOG_NOT_JSON, .path = "/data/web-01.ndjson.gz", .line = 18, .text = "}"},
    {.source = 0, .what = LOG_BAD_TIME, .path = "/data/web-01.ndjson.gz", .line = 40, .text = "{}"},
    {.source = 0,
     .is_notice = true,
     .what = LOG_UTF8_REPAIRED,
     .path = "/data/web-01.ndjson.gz",
     .line = 50,
     .text = "{\"b\": \"\xef\xbf\xbd\"}"},
};

static run_null fixture_nulls[] = {{0, "actor", 1500}, {2, "thread", 1}};
static run_plugin_failure fixture_plugin_failures[] = {{1, "acme.tone: update returned -9"}};
static run_metric_failure fixture_metric_failures[] = {{2, "a state is too large"}};
static run_death fixture_deaths[] = {{"map worker 2 was killed (SIGKILL)"}};
static run_cause fixture_causes[] = {{3, "1 of 5 logs could not be used"}, {4, "a plugin failed"}};

static run_record fixture_record = {
    .run_id = "20210704T010203Z-1a2b",
    .started_us = INT64_C(1625360523000000), /* date -u -d 2021-07-04T01:02:03Z +%s */
    .ended_us = INT64_C(1625360525250000),
    .workers = 2,
    .memory_max = 1073741824,
    .running_max = 2,
    .logs = fixture_logs,
    .n_logs = 5,
    .sources = fixture_run_sources,
    .n_sources = 2,
    .examples = fixture_examples,
    .n_examples = 4,
    .nulls = fixture_nulls,
    .n_nulls = 2,
    .plugin_failures = fixture_plugin_failures,
    .n_plugin_failures = 1,
    .metric_failures = fixture_metric_failures,
    .n_metric_failures = 1,
    .deaths = fixture_deaths,
    .n_deaths = 1,
    .causes = fixture_causes,
    .n_causes = 2,
    .phases = {{"plan", 0.01}, {"map", 1.5}, {"reduce", 0.3}, {"score", 0.2}, {"write", 0.1}},
    .n_phases = 5,
    .exit_code = 4,
};

#endif

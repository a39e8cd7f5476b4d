/* SPDX-License-Identifier: Apache-2.0
 * test_areas_json.c - areas.json of the made-up run, and of runs without areas or scores. */
#include "report/report_fixture.h"

static const char *const whole_file[] = {
    "{",
    "  \"overall\": {",
    "    \"status\": \"at_risk\",",
    "    \"score\": 68.87,",
    "    \"coverage\": 1,",
    "    \"children\": [",
    ("      {\"area\": \"brand\", \"weight\": 2, \"counted\": true, \"status\": \"on_track"
     "\", \"score\": 86.64},"),
    ("      {\"area\": \"service\", \"weight\": 1, \"counted\": true, \"status\": \"missed"
     "\", \"score\": 33.3333333333}"),
    "    ]",
    "  },",
    "  \"areas\": [",
    "    {",
    "      \"area\": \"brand\",",
    "      \"title\": \"Brand\",",
    "      \"status\": \"on_track\",",
    "      \"score\": 86.64,",
    "      \"coverage\": 1,",
    "      \"weight\": 2,",
    "      \"children\": [",
    ("        {\"goal\": \"brand.voice\", \"weight\": 2, \"counted\": true, \"status\": \""
     "at_risk\", \"score\": 79.96},"),
    ("        {\"goal\": \"brand.visits\", \"weight\": 1, \"counted\": true, \"status\": "
     "\"met\", \"score\": 100}"),
    "      ]",
    "    },",
    "    {",
    "      \"area\": \"service\",",
    "      \"title\": \"service\",",
    "      \"status\": \"missed\",",
    "      \"score\": 33.3333333333,",
    "      \"coverage\": 0.666666666667,",
    "      \"weight\": 1,",
    "      \"children\": [",
    ("        {\"goal\": \"service.reply\", \"weight\": 1, \"counted\": true, \"status\": "
     "\"missed\", \"score\": 33.3333333333},"),
    ("        {\"goal\": \"service.tone\", \"weight\": 0.5, \"counted\": false, \"status\""
     ": \"no_data\", \"score\": null}"),
    "      ]",
    "    }",
    "  ]",
    "}",
};

static void test_whole_file(void **state)
{
    (void)state;
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    areas_json_write(&fixture_report, &out);
    assert_lines(&out, whole_file);
}

static const char *const no_areas[] = {
    "{",
    "  \"overall\": {",
    "    \"status\": \"no_data\",",
    "    \"score\": null,",
    "    \"coverage\": 0,",
    "    \"children\": []",
    "  },",
    "  \"areas\": []",
    "}",
};

static void test_no_areas(void **state)
{
    (void)state;
    scorecard_set set = {.goals = fixture_cards,
                         .n_goals = 5,
                         .overall = {.status = SCORECARD_NO_DATA, .weight = 1}};
    report r = fixture_report;
    bytes out;
    r.scorecards = &set;
    bytes_init(&out, LIMIT_MIB(1));
    areas_json_write(&r, &out);
    assert_lines(&out, no_areas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file),
        cmocka_unit_test(test_no_areas),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

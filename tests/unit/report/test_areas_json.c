/* SPDX-License-Identifier: Apache-2.0
 * test_areas_json.c - areas.json of the made-up run, and of runs without goals or scores. */
#include "report/report_fixture.h"

static const char *const whole_file[] = {
    "{",
    "  \"overall\": {",
    "    \"status\": \"at_risk\",",
    "    \"score\": 68.87,",
    "    \"coverage\": 0.75,",
    "    \"children\": [",
    ("      {\"area\": \"brand\", \"weight\": 2, \"counted\": true, \"status\": \"on_track"
     "\", \"score\": 86.64},"),
    ("      {\"area\": \"service\", \"weight\": 1, \"counted\": true, \"status\": \"missed"
     "\", \"score\": 33.3333333333},"),
    ("      {\"area\": \"other\", \"weight\": 1, \"counted\": false, \"status\": \"no_data\""
     ", \"score\": null}"),
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
    "    },",
    "    {",
    "      \"area\": \"other\",",
    "      \"title\": \"other\",",
    "      \"status\": \"no_data\",",
    "      \"score\": null,",
    "      \"coverage\": 0,",
    "      \"weight\": 1,",
    "      \"children\": [",
    ("        {\"goal\": \"loyalty\", \"weight\": 1, \"counted\": false, \"status\": \"error\""
     ", \"score\": null}"),
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

static const char *const no_goals[] = {
    "{",
    "  \"overall\": {",
    "    \"status\": \"no_data\",",
    "    \"score\": null,",
    "    \"coverage\": 0,",
    "    \"children\": []",
    "  },",
    "  \"areas\": [",
    "    {",
    "      \"area\": \"brand\",",
    "      \"title\": \"Brand\",",
    "      \"status\": \"no_data\",",
    "      \"score\": null,",
    "      \"coverage\": 0,",
    "      \"weight\": 2,",
    "      \"children\": []",
    "    }",
    "  ]",
    "}",
};

/* An area that no goal names stands in the file, and is no child of the whole. */
static void test_no_goals(void **state)
{
    (void)state;
    scorecard_area area = {.name = "brand", .status = SCORECARD_NO_DATA, .weight = 2};
    scorecard_set set = {
        .areas = &area, .n_areas = 1, .overall = {.status = SCORECARD_NO_DATA, .weight = 1}};
    report r = fixture_report;
    bytes out;
    r.scorecards = &set;
    bytes_init(&out, LIMIT_MIB(1));
    areas_json_write(&r, &out);
    assert_lines(&out, no_goals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_file),
        cmocka_unit_test(test_no_goals),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

/* SPDX-License-Identifier: Apache-2.0
 * report_fixture_plan.h - the plan of a small made-up run: two sources, four metrics, two rules,
 * five goals, three areas (the third is named by a goal only). Three days in Shanghai, compared
 * with the three before. */
#ifndef GM_TESTS_REPORT_FIXTURE_PLAN_H
#define GM_TESTS_REPORT_FIXTURE_PLAN_H

#include <math.h>

#include "run/plan.h"

#define FIXTURE_TEXT(s)                                                                            \
    {                                                                                              \
        .text = (s), .path = "night.ini"                                                           \
    }
#define FIXTURE_HOUR(h) (INT64_C(1624982400000000) + (h)*CIVIL_US_PER_HOUR) /* 2021-06-30T00+08 */
#define FIXTURE_DAY(d)  FIXTURE_HOUR(24 * (d)) /* 1: the first of July */
#define FIXTURE_JULY_1  18809                  /* days since 1970: date -d 2021-07-01 +%s / 86400 */

static config_source fixture_sources[] = {{.name = "web"}, {.name = "crm"}};

static config_metric fixture_config_metrics[] = {
    {.name = "visits"}, {.name = "voice"}, {.name = "reply"}, {.name = "tone"}};

static config_goal fixture_config_goals[] = {
    {.name = "brand.voice",
     .title = FIXTURE_TEXT("Share of voice"),
     .area = FIXTURE_TEXT("brand"),
     .owner = FIXTURE_TEXT("Mei \"M\" Lin"),
     .weight = 2},
    {.name = "brand.visits",
     .title = FIXTURE_TEXT("品牌访问量 | *2021*\nvisits"),
     .area = FIXTURE_TEXT("brand"),
     .weight = 1},
    {.name = "service.reply",
     .title = FIXTURE_TEXT("Nine of ten first replies"),
     .area = FIXTURE_TEXT("service"),
     .weight = 1},
    {.name = "service.tone", .area = FIXTURE_TEXT("service"), .weight = 0.5},
    {.name = "loyalty",
     .title = FIXTURE_TEXT("נאמנות\x1b[31m"),
     .area = FIXTURE_TEXT("other"),
     .weight = 1},
};

static config_area fixture_areas[] = {
    {.name = "brand", .title = FIXTURE_TEXT("Brand"), .weight = 2},
    {.name = "service", .weight = 1},
    {.name = "other", .title = FIXTURE_TEXT("other"), .weight = 1},
};

static config_text fixture_files[] = {FIXTURE_TEXT("/etc/goalmill/night.ini"),
                                      FIXTURE_TEXT("/etc/goalmill/goals.ini")};

static config fixture_config = {
    .path = "/etc/goalmill/night.ini",
    .files = {fixture_files, 2},
    .hash = {.low = 0x1122334455667788, .high = 0x99aabbccddeeff00},
    .run = {.name = FIXTURE_TEXT("Brand <nightly>")},
    .sources = fixture_sources,
    .n_sources = 2,
    .metrics = fixture_config_metrics,
    .n_metrics = 4,
    .goals = fixture_config_goals,
    .n_goals = 5,
    .areas = fixture_areas,
    .n_areas = 3,
};

#define FIXTURE_OUTPUT(id, text)                                                                   \
    static const gm_output id = {.struct_size = sizeof(gm_output), .name = (text)};                \
    static const gm_output *const id##_list[] = {&(id)}
#define FIXTURE_DESCRIPTOR(text, outs)                                                             \
    {                                                                                              \
        .struct_size = sizeof(gm_descriptor), .id = (text), .version = "1.0.0", .n_outputs = 1,    \
        .outputs = (outs)                                                                          \
    }

FIXTURE_OUTPUT(fixture_value, "value");
FIXTURE_OUTPUT(fixture_ratio, "ratio");
FIXTURE_OUTPUT(fixture_quantile, "quantile");
FIXTURE_OUTPUT(fixture_mean, "mean");

static const gm_descriptor fixture_descriptors[] = {
    FIXTURE_DESCRIPTOR("count", fixture_value_list),
    FIXTURE_DESCRIPTOR("ratio", fixture_ratio_list),
    FIXTURE_DESCRIPTOR("duration", fixture_quantile_list),
    FIXTURE_DESCRIPTOR("acme.tone", fixture_mean_list),
};
static const gm_descriptor *const fixture_shipped[] = {
    &fixture_descriptors[0], &fixture_descriptors[1], &fixture_descriptors[2]};
static const gm_descriptor *const fixture_foreign[] = {&fixture_descriptors[3]};

static plugin_info fixture_plugins[] = {
    {.path = "/usr/lib/goalmill/count.so",
     .hash = "00000000000000000000000000000001",
     .build_info = "gcc 12.2",
     .descriptors = fixture_shipped,
     .n_descriptors = 3},
    {.path = "/opt/acme/tone.so",
     .hash = "00000000000000000000000000000002",
     .build_info = "",
     .descriptors = fixture_foreign,
     .n_descriptors = 1},
};

static bool fixture_reads_web[] = {true, false};
static bool fixture_reads_crm[] = {false, true};

static plan_metric fixture_metrics[] = {
    {.config = &fixture_config_metrics[0],
     .descriptor = &fixture_descriptors[0],
     .reads_source = fixture_reads_web},
    {.config = &fixture_config_metrics[1],
     .descriptor = &fixture_descriptors[1],
     .reads_source = fixture_reads_web},
    {.config = &fixture_config_metrics[2],
     .descriptor = &fixture_descriptors[2],
     .reads_source = fixture_reads_crm},
    {.config = &fixture_config_metrics[3],
     .plugin = 1,
     .descriptor = &fixture_descriptors[3],
     .reads_source = fixture_reads_crm},
};

static rule_input fixture_inputs[] = {{.name = "value"}, {.name = "tone", .optional = true}};
static rule_info fixture_rules[] = {
    {.name = "toward_target",
     .path = "/usr/share/goalmill/rules/toward_target.lua",
     .hash = "0000000000000000000000000000000a",
     .inputs = fixture_inputs,
     .n_inputs = 1},
    {.name = "rules/voice.lua",
     .path = "/etc/goalmill/rules/voice.lua",
     .hash = "0000000000000000000000000000000b",
     .inputs = fixture_inputs,
     .n_inputs = 2,
     .n_params = 5},
};

#endif

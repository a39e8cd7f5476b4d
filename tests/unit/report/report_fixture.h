/* SPDX-License-Identifier: Apache-2.0
 * report_fixture.h - a small made-up run, put together by hand, for the tests of the outputs. Tests
 * may change the parts before they write; each test program starts from the same. */
#ifndef GM_TESTS_REPORT_FIXTURE_H
#define GM_TESTS_REPORT_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "report/report.h"
#include "report/report_fixture_record.h"
#include "report/report_fixture_scores.h"
#include "report/report_fixture_values.h"

static plan fixture_plan = {
    .config = &fixture_config,
    .current = {FIXTURE_JULY_1, FIXTURE_JULY_1 + 3, FIXTURE_DAY(1), FIXTURE_DAY(4)},
    .previous = {FIXTURE_JULY_1 - 3, FIXTURE_JULY_1, FIXTURE_DAY(-2), FIXTURE_DAY(1)},
    .has_previous = true,
    .plugins = fixture_plugins,
    .n_plugins = 2,
    .metrics = fixture_metrics,
    .n_metrics = 4,
    .rules = fixture_rules,
    .n_rules = 2,
    .goals = fixture_goals,
    .n_goals = 5,
};
static value_set fixture_values = {
    .items = fixture_value_items,
    .n = sizeof fixture_value_items / sizeof *fixture_value_items,
};
static scorecard_set fixture_scorecards = {
    .goals = fixture_cards,
    .n_goals = 5,
    .areas = fixture_scored_areas,
    .n_areas = 3,
    .overall = {.status = SCORECARD_AT_RISK,
                .has_score = true,
                .score = 68.87,
                .coverage = 0.75,
                .weight = 1,
                .children = fixture_whole,
                .n_children = 3},
};
static const report fixture_report = {&fixture_plan, &fixture_record, &fixture_values,
                                      &fixture_scorecards};

/* The fixture's own way to a value, so that its tests need no plan.c: labels in the order of
 * groups, then of the output. */
const value *plan_find_value(const plan_input *input, const value_set *values)
{
    for (uint32_t i = 0; i < values->n; i++) {
        const value *v = &values->items[i];
        const value_label *own = v->n_groups > 0 ? v->groups : v->labels;
        uint32_t n_own = v->n_groups > 0 ? v->n_groups : v->n_labels;
        bool is_it = v->metric_index == input->metric && v->output_index == input->output &&
                     n_own == input->n_labels;
        for (uint32_t k = 0; is_it && k < n_own; k++)
            is_it = own[k].text != NULL && input->labels[k].text != NULL &&
                    strcmp(own[k].name, input->labels[k].name) == 0 &&
                    strcmp(own[k].text, input->labels[k].text) == 0;
        if (is_it)
            return v;
    }
    return NULL;
}

static inline int fixture_setup(void **state)
{
    (void)state; /* the fixture is static */
    return civil_zone_open(&fixture_plan.zone, "Asia/Shanghai", NULL) == GM_OK ? 0 : -1;
}

static inline int fixture_teardown(void **state)
{
    (void)state; /* the fixture is static */
    civil_zone_free(fixture_plan.zone);
    return 0;
}

/* What a writer wrote; takes it down. */
static inline void assert_written(bytes *out, const char *expected)
{
    assert_false(out->failed);
    bytes_u8(out, '\0');
    assert_string_equal((const char *)out->data, expected);
    bytes_deinit(out);
}

/* The same by lines; each was ended. */
#define assert_lines(out, lines) assert_lines_n((out), (lines), sizeof(lines) / sizeof *(lines))
static inline void assert_lines_n(bytes *out, const char *const *lines, size_t n)
{
    assert_false(out->failed);
    bytes_u8(out, '\0');
    char *line = (char *)out->data;
    for (size_t i = 0; i < n; i++) {
        char *end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        assert_string_equal(line, lines[i]);
        line = end + 1;
    }
    assert_string_equal(line, "");
    bytes_deinit(out);
}

/* How often word is in what was written. */
static inline size_t count_of(const bytes *out, const char *word)
{
    size_t n = 0, len = strlen(word);
    for (size_t i = 0; i + len <= out->len; i++)
        n += memcmp(out->data + i, word, len) == 0;
    return n;
}

#endif

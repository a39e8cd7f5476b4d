/* SPDX-License-Identifier: Apache-2.0
 * test_terminal_table.c - the table as it stands on terminals of several widths. */
#include "report/report_fixture.h"

#include "base/text.h"

static const char *const of_no_width[] = {
    "Goal                          Status    Score  Value                     Target   Change",
    "Brand                         on track   86.6",
    "  Share of voice              at risk    79.9  24.1 % (21.6 % – 26.8 %)    25 %  +20.5 %",
    "  品牌访问量 | *2021* visits  met         100  12,345 (12,128 – 12,565)  12,000  +2.88 %",
    "service                       missed     33.3",
    "  Nine of ten first replies   missed     33.3  1 h 5 min (≥ 50 min)         1 h        –",
    "  service.tone                no data       –  no data                        –        –",
    "other                         no data       –",
    "  נאמנות.[31m                 error         –  –                              –        –",
    "",
    ("5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 error · overall 68.8 (from 75 % of"
     " the weight)"),
    "warning: 1 of 4 logs of source web could not be used.",
    "warning: 1 of 4 logs of source web is damaged; the lines before the damage count.",
    "warning: 9 of 10,234 lines of source web were rejected.",
    "warning: A pattern of source crm matched no log.",
    "warning: Metric visits could not use 1,500 events: field actor was missing.",
    "warning: Metric reply failed.",
    "warning: Metric reply could not use 1 event: field thread was missing.",
    "warning: The plugin of metric tone failed and was taken out of the run.",
    "warning: /data/web-02�..gz (damaged): unexpected end of the gzip stream",
    ("warning: /data/web-03.gz (kept): its stream is damaged; the complete lines before th"
     "e damage count"),
    "warning: plugin /opt/acme/tone.so: acme.tone: update returned -9",
    "warning: metric reply: a state is too large",
    "warning: goal loyalty: rules/voice.lua:3: nil value stack: score",
};

static const char *const of_80_columns[] = {
    "Goal                  Status    Score  Value                     Target   Change",
    "Brand                 on track   86.6",
    "  Share of voice      at risk    79.9  24.1 % (21.6 % – 26.8 %)    25 %  +20.5 %",
    "  品牌访问量 | *202…  met         100  12,345 (12,128 – 12,565)  12,000  +2.88 %",
    "service               missed     33.3",
    "  Nine of ten first…  missed     33.3  1 h 5 min (≥ 50 min)         1 h        –",
    "  service.tone        no data       –  no data                        –        –",
    "other                 no data       –",
    "  נאמנות.[31m         error         –  –                              –        –",
    "",
    "5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 error · overall 68.8 (from 75",
    "  % of the weight)",
    "warning: 1 of 4 logs of source web could not be used.",
    "warning: 1 of 4 logs of source web is damaged; the lines before the damage",
    "  count.",
    "warning: 9 of 10,234 lines of source web were rejected.",
    "warning: A pattern of source crm matched no log.",
    "warning: Metric visits could not use 1,500 events: field actor was missing.",
    "warning: Metric reply failed.",
    "warning: Metric reply could not use 1 event: field thread was missing.",
    "warning: The plugin of metric tone failed and was taken out of the run.",
    "warning: /data/web-02�..gz (damaged): unexpected end of the gzip stream",
    "warning: /data/web-03.gz (kept): its stream is damaged; the complete lines",
    "  before the damage count",
    "warning: plugin /opt/acme/tone.so: acme.tone: update returned -9",
    "warning: metric reply: a state is too large",
    "warning: goal loyalty: rules/voice.lua:3: nil value stack: score",
};

static const char *const of_40_columns[] = {
    "Goal                     Status    Score",
    "Brand                    on track   86.6",
    "  Share of voice         at risk    79.9",
    "  品牌访问量 | *2021* …  met         100",
    "service                  missed     33.3",
    "  Nine of ten first re…  missed     33.3",
    "  service.tone           no data       –",
    "other                    no data       –",
    "  נאמנות.[31m            error         –",
    "",
    "5 goals: 1 met, 1 at risk, 1 missed, 1",
    "  no data, 1 error · overall 68.8 (from",
    "  75 % of the weight)",
    "warning: 1 of 4 logs of source web could",
    "  not be used.",
    "warning: 1 of 4 logs of source web is",
    "  damaged; the lines before the damage",
    "  count.",
    "warning: 9 of 10,234 lines of source web",
    "  were rejected.",
    "warning: A pattern of source crm matched",
    "  no log.",
    "warning: Metric visits could not use",
    "  1,500 events: field actor was missing.",
    "warning: Metric reply failed.",
    "warning: Metric reply could not use 1",
    "  event: field thread was missing.",
    "warning: The plugin of metric tone",
    "  failed and was taken out of the run.",
    "warning: /data/web-02�..gz (damaged):",
    "  unexpected end of the gzip stream",
    "warning: /data/web-03.gz (kept): its",
    "  stream is damaged; the complete lines",
    "  before the damage count",
    "warning: plugin /opt/acme/tone.so:",
    "  acme.tone: update returned -9",
    "warning: metric reply: a state is too",
    "  large",
    "warning: goal loyalty:",
    "  rules/voice.lua:3: nil value stack:",
    "  score",
};

static const char *const in_color[] = {
    ("\033[2mGoal\033[0m                   \033[2mStatus\033[0m    \033[2mScore\033[0m  "
     "\033[2mValue\033[0m      \033[2mTarget\033[0m   \033[2mChange\033[0m"),
    "\033[1mBrand\033[0m                  \033[32mon track\033[0m   86.6",
    "  Share of voice       \033[33mat risk\033[0m    79.9  24.1 %       25 %  +20.5 %",
    "  品牌访问量 | *2021…  \033[32mmet\033[0m         100  12,345     12,000  +2.88 %",
    "\033[1mservice\033[0m                \033[31mmissed\033[0m     33.3",
    "  Nine of ten first …  \033[31mmissed\033[0m     33.3  1 h 5 min     1 h        –",
    "  service.tone         \033[2mno data\033[0m       –  no data         –        –",
    "\033[1mother\033[0m                  \033[2mno data\033[0m       –",
    "  נאמנות.[31m          \033[31merror\033[0m         –  –               –        –",
    "",
    "5 goals: 1 met, 1 at risk, 1 missed, 1 no data, 1 error · overall",
    "  68.8 (from 75 % of the weight)",
    "\033[33mwarning:\033[0m 1 of 4 logs of source web could not be used.",
    "\033[33mwarning:\033[0m 1 of 4 logs of source web is damaged; the lines before",
};

static void write_table(uint32_t width, bool color, bytes *out)
{
    terminal_options options = {.width = width, .color = color};
    bytes_init(out, LIMIT_MIB(1));
    terminal_table_write(&fixture_report, &options, out);
}

static void test_no_width(void **state)
{
    (void)state;
    bytes out;
    write_table(0, false, &out);
    assert_lines(&out, of_no_width);
    write_table(1000, false, &out);
    assert_lines(&out, of_no_width);
}

static void test_80_columns(void **state)
{
    (void)state;
    bytes out;
    write_table(80, false, &out);
    assert_lines(&out, of_80_columns);
}

/* What is narrower is treated as 40 columns. */
static void test_40_columns(void **state)
{
    (void)state;
    for (uint32_t width = 1; width <= 40; width += 13) {
        bytes out;
        write_table(width, false, &out);
        assert_lines(&out, of_40_columns);
    }
}

/* Colours stand around the words; at this width there is no room for the interval. */
static void test_color(void **state)
{
    (void)state;
    bytes out;
    write_table(66, true, &out);
    bytes_u8(&out, '\0');
    const char *line = (const char *)out.data;
    for (size_t i = 0; i < sizeof in_color / sizeof *in_color; i++) {
        size_t n = strlen(in_color[i]);
        assert_memory_equal(line, in_color[i], n);
        assert_int_equal(line[n], '\n');
        line += n + 1;
    }
    bytes_deinit(&out);
}

/* No line of the table is wider than the terminal, and the status is in each. */
static void test_every_width_fits(void **state)
{
    (void)state;
    for (uint32_t width = 40; width <= 130; width++) {
        bytes out;
        write_table(width, false, &out);
        bytes_u8(&out, '\0');
        const char *line = (const char *)out.data;
        for (size_t i = 0; i < 9; i++) {
            size_t n = strcspn(line, "\n");
            assert_in_range(text_width(line, n), 1, width);
            assert_true(n == 0 || line[n - 1] != ' ');
            line += n + 1;
        }
        assert_int_equal(*line, '\n');
        assert_int_equal(count_of(&out, "at risk "), 1);
        bytes_deinit(&out);
    }
}

static void test_no_goals(void **state)
{
    (void)state;
    plan p = fixture_plan;
    p.n_goals = 0;
    run_source sources[2] = {{0}};
    run_record record = {.sources = sources, .n_sources = 2};
    scorecard_set set = {.overall = {.status = SCORECARD_NO_DATA}};
    report r = {&p, &record, &fixture_values, &set};
    terminal_options options = {.width = 40};
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    terminal_table_write(&r, &options, &out);
    assert_written(&out, "Goal  Status  Score  Value  Target\n\n0 goals · overall no data\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_width),         cmocka_unit_test(test_80_columns),
        cmocka_unit_test(test_40_columns),       cmocka_unit_test(test_color),
        cmocka_unit_test(test_every_width_fits), cmocka_unit_test(test_no_goals),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

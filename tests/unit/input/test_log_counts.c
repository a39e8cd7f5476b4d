/* SPDX-License-Identifier: Apache-2.0
 * test_log_counts.c - counts and the first examples. */
#include "input/log_counts.h"

#include "input/log_fixture.h"

static void test_counts_and_examples(void **state)
{
    (void)state;
    log_counts c = {0};
    for (uint64_t line = 1; line <= 5; line++) {
        char text[16];
        int n = snprintf(text, sizeof text, "bad %d", (int)line);
        log_counts_outcome(&c, LOG_NOT_JSON, line, text, (size_t)n);
    }
    assert_int_equal(c.outcomes[LOG_NOT_JSON], 5);
    assert_int_equal(c.examples[LOG_NOT_JSON][0].line, 1);
    assert_string_equal(c.examples[LOG_NOT_JSON][0].text, "bad 1");
    assert_int_equal(c.examples[LOG_NOT_JSON][LIMIT_EXAMPLES - 1].line, LIMIT_EXAMPLES);
    assert_string_equal(c.examples[LOG_NOT_JSON][LIMIT_EXAMPLES - 1].text, "bad 3");

    log_counts_notice(&c, LOG_WRONG_TYPE, 7, "x\ty", 3);
    assert_int_equal(c.notices[LOG_WRONG_TYPE], 1);
    assert_int_equal(c.notice_examples[LOG_WRONG_TYPE][0].line, 7);
    assert_string_equal(c.notice_examples[LOG_WRONG_TYPE][0].text, "x.y");
}

static void test_rejected_leaves_out_accepted_and_blank(void **state)
{
    (void)state;
    log_counts c = {0};
    for (int what = 0; what < LOG_OUTCOMES; what++)
        for (int i = 0; i <= what; i++)
            log_counts_outcome(&c, (log_outcome)what, 1, "", 0);
    /* 1 accepted, 2 blank, then 3 + 4 + 5 + 6 + 7 + 8. */
    assert_int_equal(log_counts_rejected(&c), 33);
    assert_int_equal(c.examples[LOG_ACCEPTED][0].line, 0);
    assert_int_equal(c.examples[LOG_BLANK][0].line, 0);
}

static void test_long_example_is_cut(void **state)
{
    (void)state;
    log_counts c = {0};
    char text[1000];
    memset(text, 'a', sizeof text);
    log_counts_outcome(&c, LOG_TOO_LONG, 1, text, sizeof text);
    assert_true(strlen(c.examples[LOG_TOO_LONG][0].text) < LIMIT_EXAMPLE_BYTES);
    assert_memory_equal(c.examples[LOG_TOO_LONG][0].text, "aaaaaaaaaa", 10);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(log_outcome_name(LOG_ACCEPTED), "accepted");
    assert_string_equal(log_outcome_name(LOG_BAD_TIME), "bad_time");
    assert_string_equal(log_notice_name(LOG_UTF8_REPAIRED), "utf8_repaired");
    assert_string_equal(log_notice_name(LOG_TIME_AMBIGUOUS), "time_ambiguous");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_and_examples),
        cmocka_unit_test(test_rejected_leaves_out_accepted_and_blank),
        cmocka_unit_test(test_long_example_is_cut),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_run_record.c - names of outcomes, as run.json and its schema have them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "run/run_record.h"

static void test_names(void **state)
{
    (void)state;
    static const char *const names[RUN_LOG_OUTCOMES] = {"read",       "damaged",   "kept",
                                                        "unreadable", "duplicate", "failed"};
    for (uint32_t i = 0; i < RUN_LOG_OUTCOMES; i++)
        assert_string_equal(run_log_outcome_name((run_log_outcome)i), names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

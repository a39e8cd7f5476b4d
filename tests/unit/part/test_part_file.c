/* SPDX-License-Identifier: Apache-2.0
 * test_part_file.c - the order of entries, and the slot of a group. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "part/part_file.h"

#define ENTRY(hash, text, len, day, ordinal)                                                       \
    {                                                                                              \
        .group = (const uint8_t *)(text), .group_len = (len), .log = (ordinal),                    \
        .group_hash = (hash), .bucket = (day)                                                      \
    }

/* In ascending order: hash, then bytes, then length, then bucket (signed), then log. */
static const part_entry ordered[] = {
    ENTRY(0, NULL, 0, 0, 0),
    ENTRY(0, "", 0, 1, 0),
    ENTRY(0, "a", 1, 0, 0),
    ENTRY(1, "a", 1, INT64_MIN, UINT32_MAX),
    ENTRY(1, "a", 1, -1, 0),
    ENTRY(1, "a", 1, 0, 0),
    ENTRY(1, "a", 1, 0, 1),
    ENTRY(1, "a", 1, 0, UINT32_MAX),
    ENTRY(1, "a", 1, INT64_MAX, 0),
    ENTRY(1, "a\0", 2, INT64_MIN, 0),
    ENTRY(1, "ab", 2, 0, 0),
    ENTRY(1, "b", 1, 0, 0),
    ENTRY(1, "\x80", 1, 0, 0), /* bytes have no sign */
    ENTRY(UINT64_C(0x8000000000000000), "a", 1, 0, 0),
    ENTRY(UINT64_MAX, "", 0, 0, 0),
};

static int sign(int v)
{
    return v < 0 ? -1 : v > 0;
}

static void test_order(void **state)
{
    (void)state;
    size_t n = sizeof ordered / sizeof ordered[0];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            assert_int_equal(sign(part_compare(&ordered[i], &ordered[k])), i < k ? -1 : i > k);
}

/* Groups are equal whatever bucket and log they stand with. */
static void test_group_order(void **state)
{
    (void)state;
    static const size_t first_of_group[] = {0, 2, 3, 9, 10, 11, 12, 13, 14};
    size_t n = sizeof ordered / sizeof ordered[0], n_groups = 9;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            int gi = 0, gk = 0;
            for (size_t g = 0; g < n_groups; g++) {
                gi += first_of_group[g] <= i;
                gk += first_of_group[g] <= k;
            }
            assert_int_equal(sign(part_compare_group(&ordered[i], &ordered[k])), sign(gi - gk));
        }
    }
}

static void test_slot(void **state)
{
    (void)state;
    assert_int_equal(part_slot(0), 0);
    assert_int_equal(part_slot(UINT64_C(0x0fffffffffffffff)), 0);
    assert_int_equal(part_slot(UINT64_C(0x1000000000000000)), 1);
    assert_int_equal(part_slot(UINT64_C(0x7fffffffffffffff)), 7);
    assert_int_equal(part_slot(UINT64_MAX), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_group_order),
        cmocka_unit_test(test_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_dict.c - strings to dense codes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/dict.h"
#include "base/hash.h"

static void test_codes(void **state)
{
    (void)state;
    dict d;
    dict_init(&d, 100);
    assert_int_equal(dict_find(&d, "a", 1), DICT_FULL);
    assert_int_equal(dict_code(&d, "a", 1), 0);
    assert_int_equal(dict_code(&d, "", 0), 1);
    assert_int_equal(dict_code(&d, NULL, 0), 1);
    assert_int_equal(dict_code(&d, "a\0b", 3), 2); /* NUL is a letter */
    assert_int_equal(dict_code(&d, "a\0c", 3), 3);
    assert_int_equal(dict_code(&d, "ab", 1), 0); /* only n bytes count */
    assert_int_equal(dict_code(&d, "a", 1), 0);
    assert_int_equal(d.n, 4);
    assert_int_equal(dict_find(&d, "a", 1), 0);
    assert_int_equal(dict_find(&d, NULL, 0), 1);
    assert_int_equal(dict_find(&d, "a\0c", 3), 3);
    assert_int_equal(dict_find(&d, "b", 1), DICT_FULL);
    assert_int_equal(d.n, 4); /* finding adds nothing */
    assert_int_equal(d.strings[2].len, 3);
    assert_memory_equal(d.strings[2].ptr, "a\0b", 3);
    dict_deinit(&d);
}

/* Codes, addresses and hashes stay through all growth; the load stays at or below a half. */
static void test_growth(void **state)
{
    (void)state;
    enum { N = 20000 };
    static const char *first_ptr;
    dict d;
    dict_init(&d, N);
    for (uint32_t i = 0; i < N; i++) {
        char key[32];
        int n = snprintf(key, sizeof key, "key-%u", i * 2654435761u);
        assert_int_equal(dict_find(&d, key, (size_t)n), DICT_FULL);
        assert_int_equal(dict_code(&d, key, (size_t)n), i);
        memset(key, 'x', sizeof key); /* it was copied */
        if (i == 0)
            first_ptr = d.strings[0].ptr;
        assert_true(d.n_slots >= 2 * d.n);
        assert_int_equal(d.n_slots & (d.n_slots - 1), 0);
    }
    assert_ptr_equal(d.strings[0].ptr, first_ptr);
    for (uint32_t i = 0; i < N; i++) {
        char key[32];
        int n = snprintf(key, sizeof key, "key-%u", i * 2654435761u);
        assert_int_equal(dict_code(&d, key, (size_t)n), i);
        assert_int_equal(d.strings[i].len, n);
        assert_memory_equal(d.strings[i].ptr, key, (size_t)n);
        assert_int_equal(d.hashes[i], hash_64(key, (size_t)n, 0));
    }
    dict_deinit(&d);
}

static void test_full_and_clear(void **state)
{
    (void)state;
    dict d;
    dict_init(&d, 2);
    assert_int_equal(dict_code(&d, "a", 1), 0);
    assert_int_equal(dict_code(&d, "b", 1), 1); /* at the ceiling */
    for (int i = 0; i < 100; i++)
        assert_int_equal(dict_code(&d, "c", 1), DICT_FULL); /* above it */
    assert_int_equal(dict_code(&d, "a", 1), 0);
    assert_int_equal(dict_find(&d, "c", 1), DICT_FULL);
    assert_int_equal(d.n, 2);
    dict_clear(&d);
    assert_int_equal(d.n, 0);
    assert_int_equal(dict_find(&d, "a", 1), DICT_FULL);
    assert_int_equal(dict_code(&d, "c", 1), 0);
    assert_int_equal(dict_code(&d, "a", 1), 1);
    assert_memory_equal(d.strings[0].ptr, "c", 1);
    dict_deinit(&d);
    dict_init(&d, 0);
    assert_int_equal(dict_code(&d, "a", 1), DICT_FULL);
    dict_clear(&d);
    dict_deinit(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_full_and_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

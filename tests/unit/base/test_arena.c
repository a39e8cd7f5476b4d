/* SPDX-License-Identifier: Apache-2.0
 * test_arena.c - many allocations, freed together (the sanitizers watch the bounds). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void test_pushes(void **state)
{
    (void)state;
    enum { N = 500 };
    static const size_t chunk_sizes[] = {0, 1, 16, 1000};
    for (size_t k = 0; k < sizeof chunk_sizes / sizeof chunk_sizes[0]; k++) {
        unsigned char *blocks[N];
        arena a;
        arena_init(&a, chunk_sizes[k]);
        for (size_t i = 0; i < N; i++) {
            blocks[i] = arena_push(&a, i);
            assert_non_null(blocks[i]);
            assert_int_equal((uintptr_t)blocks[i] % 16, 0);
            memset(blocks[i], (int)(i & 0xff), i);
        }
        for (size_t i = 0; i < N; i++) { /* none overlaps another */
            for (size_t j = 0; j < i; j++)
                assert_int_equal(blocks[i][j], i & 0xff);
        }
        assert_true(a.used >= N * (N - 1) / 2);
        arena_deinit(&a);
        assert_int_equal(a.used, 0);
        arena_deinit(&a); /* once more is fine */
    }
}

static void test_reset(void **state)
{
    (void)state;
    arena a;
    arena_init(&a, 1024);
    arena_reset(&a); /* of an empty one */
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 50; i++) {
            char *p = arena_zpush(&a, 100);
            for (size_t k = 0; k < 100; k++)
                assert_int_equal(p[k], 0); /* also where a round before wrote */
            memset(p, 0x5a, 100);
        }
        assert_true(a.used >= 5000);
        arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    char *large = arena_push(&a, 100000); /* more than a chunk */
    memset(large, 1, 100000);
    arena_deinit(&a);
}

static void test_copies(void **state)
{
    (void)state;
    arena a;
    arena_init(&a, 64);
    char text[] = "some text";
    char *whole = arena_strdup(&a, text), *part = arena_strndup(&a, text, 4);
    char *none = arena_strndup(&a, NULL, 0), *bytes = arena_copy(&a, "a\0b", 3);
    char *printed = arena_printf(&a, "%s-%d-%0200d", "x", 42, 7);
    assert_non_null(arena_copy(&a, NULL, 0));
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(whole, "some text");
    assert_string_equal(part, "some");
    assert_string_equal(none, "");
    assert_memory_equal(bytes, "a\0b", 3);
    assert_int_equal(strlen(printed), 5 + 200);
    assert_int_equal(strncmp(printed, "x-42-000", 8), 0);
    assert_int_equal(printed[204], '7');
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pushes),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

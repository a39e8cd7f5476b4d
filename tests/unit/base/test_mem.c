/* SPDX-License-Identifier: Apache-2.0
 * test_mem.c - allocation that never gives NULL, and ends the process with code 9 instead. */
#include "base/death_fixture.h"

#include <stdalign.h>

#include "base/mem.h"

/* Under AddressSanitizer a size that cannot be had gives NULL, as without it. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 255, 4096, 100000};

static void test_alloc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *p = mem_alloc(sizes[i]);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        memset(p, 0xa5, sizes[i]);
        mem_free(p);
        p = mem_zalloc(sizes[i]);
        assert_non_null(p);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(p[k], 0);
        mem_free(p);
        p = mem_array(sizes[i], 3);
        assert_non_null(p);
        for (size_t k = 0; k < sizes[i] * 3; k++)
            assert_int_equal(p[k], 0);
        mem_free(p);
        p = mem_try_alloc(sizes[i]);
        assert_non_null(p);
        mem_free(p);
    }
    void *p = mem_array(SIZE_MAX, 0);
    assert_non_null(p);
    mem_free(p);
    mem_free(NULL);
}

static void test_resize(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *p = mem_realloc(NULL, 16);
        memset(p, 0x5a, 16);
        p = mem_realloc(p, sizes[i]);
        assert_non_null(p);
        for (size_t k = 0; k < sizes[i] && k < 16; k++)
            assert_int_equal(p[k], 0x5a);
        p = mem_try_realloc(p, 0); /* still a block */
        assert_non_null(p);
        mem_free(p);
    }
}

static void test_texts(void **state)
{
    (void)state;
    char *s = mem_strdup("goal");
    assert_string_equal(s, "goal");
    mem_free(s);
    s = mem_strdup("");
    assert_string_equal(s, "");
    mem_free(s);
    s = mem_strndup("a\0b", 3); /* bytes, whatever they are */
    assert_memory_equal(s, "a\0b", 4);
    mem_free(s);
    s = mem_strndup("abc", 2);
    assert_string_equal(s, "ab");
    mem_free(s);
    s = mem_printf("%s", "");
    assert_string_equal(s, "");
    mem_free(s);
    s = mem_printf("%0*d|%s", 5000, 7, "end");
    assert_int_equal(strlen(s), 5004);
    assert_string_equal(s + 4999, "7|end");
    mem_free(s);
}

static void test_grow(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    uint32_t n = 0, cap = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        MEM_GROW(items, n, cap);
        assert_true(cap > n);
        assert_true(cap >= 8);
        items[n++] = i * i;
    }
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(items[i], i * i);
    assert_int_equal(cap, 1024);
    mem_free(items);
}

/* Volatile, so that no compiler sees the size and warns. */
static volatile size_t too_much = SIZE_MAX / 2;

static void test_try_fails(void **state)
{
    (void)state;
    assert_null(mem_try_alloc(too_much));
    char *p = mem_strdup("kept");
    assert_null(mem_try_realloc(p, too_much));
    assert_string_equal(p, "kept"); /* a failed try keeps the block */
    mem_free(p);
}

static void die_alloc(void *context)
{
    (void)context;
    mem_free(mem_alloc(too_much));
}

static void die_realloc(void *context)
{
    (void)context;
    mem_free(mem_realloc(mem_alloc(1), too_much));
}

static void die_product(void *context)
{
    (void)context;
    mem_free(mem_array(too_much / 2, 5)); /* wraps around to something small */
}

static void test_out_of_memory(void **state)
{
    (void)state;
    static const struct {
        void (*run)(void *);
        const char *text;
    } cases[] = {
        {die_alloc, "goalmill: out of memory (9223372036854775807 bytes asked for)\n"},
        {die_realloc, "goalmill: out of memory (9223372036854775807 bytes asked for)\n"},
        {die_product, "goalmill: out of memory (18446744073709551615 bytes asked for)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[DEATH_TEXT_BYTES];
        int status = death_of(cases[i].run, NULL, text);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 9);
        assert_non_null(strstr(text, cases[i].text)); /* a sanitizer may warn before */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),     cmocka_unit_test(test_resize),
        cmocka_unit_test(test_texts),     cmocka_unit_test(test_grow),
        cmocka_unit_test(test_try_fails), cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

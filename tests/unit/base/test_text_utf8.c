/* SPDX-License-Identifier: Apache-2.0
 * test_text_utf8.c - UTF-8. The ill-formed sequences and their replacement are those of the Unicode
 * Standard 15.0, tables 3-7 to 3-11. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/text_utf8.h"

#define R "\xef\xbf\xbd" /* U+FFFD */

static void test_repair(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
        uint64_t n_replaced;
    } cases[] = {
        {"", "", 0},
        {"plain ASCII text, longer than a word", "plain ASCII text, longer than a word", 0},
        {"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", 0},
        {"\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", "\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", 0},
        {"\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
         "\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0},
        {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", R R R R R R R R "A", 8},   /* table 3-8 */
        {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", R R R R R R R R "A", 8},   /* table 3-9 */
        {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", R R R R R "A" R R "B", 7}, /* table 3-10 */
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", R R R R "A", 4},           /* table 3-11 */
        {"\xf5\x80\x80\x80", R R R R, 4},
        {"\xc1\xbf", R R, 2},
        {"ab\xe4\xb8", "ab" R, 1},
        {"12345678\xff"
         "12345678",
         "12345678" R "12345678", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = strlen(cases[i].text);
        char *copy = mem_alloc(n), *out = mem_alloc(3 * n);
        memcpy(copy, cases[i].text, n);
        uint64_t n_replaced = 42;
        size_t length = text_repair_utf8(out, copy, n, &n_replaced);
        assert_int_equal(length, strlen(cases[i].expected));
        assert_memory_equal(out, cases[i].expected, length);
        assert_int_equal(n_replaced, cases[i].n_replaced);
        assert_int_equal(text_is_utf8(copy, n), cases[i].n_replaced == 0);
        assert_true(text_is_utf8(out, length));
        mem_free(copy);
        mem_free(out);
    }
    assert_true(text_is_utf8(NULL, 0));
}

/* Every code point there and back; surrogates are no text. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c == 0xd800)
            c = 0xe000;
        char text[4];
        uint32_t back = 0;
        size_t used = 0, n = text_put_utf8(text, c);
        assert_true(text_utf8_next(text, n, &back, &used));
        assert_int_equal(back, c);
        assert_int_equal(used, n);
        assert_true(text_is_utf8(text, n));
        assert_false(n > 1 && text_is_utf8(text, n - 1));
    }
    char text[4];
    assert_int_equal(text_put_utf8(text, 0x20ac), 3);
    assert_memory_equal(text, "\xe2\x82\xac", 3);
}

/* Errors are seen at each place of a word of eight bytes. */
static void test_every_place(void **state)
{
    (void)state;
    for (size_t n = 1; n < 40; n++) {
        for (size_t i = 0; i < n; i++) {
            char *text = mem_alloc(n);
            memset(text, 'x', n);
            assert_true(text_is_utf8(text, n));
            text[i] = (char)0x80;
            assert_false(text_is_utf8(text, n));
            mem_free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repair),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_text_width.c - columns on a terminal, after East_Asian_Width and General_Category of the
 * Unicode Character Database. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"

static void test_code_points(void **state)
{
    (void)state;
    static const struct {
        uint32_t code_point;
        size_t width;
    } cases[] = {
        {0, 0},       {'\t', 0},    {0x1f, 0},    {' ', 1},     {'~', 1},     {0x7f, 0},
        {0x80, 0},    {0x9f, 0},    {0xa0, 1},    {0xad, 1},    {0xe9, 1},    {0x2ff, 1},
        {0x300, 0},   {0x36f, 0},   {0x370, 1},   {0x5d0, 1},   {0x600, 1},   {0x64b, 0},
        {0x10ff, 1},  {0x1100, 2},  {0x115f, 2},  {0x1160, 0},  {0x11ff, 0},  {0x1200, 1},
        {0x200b, 0},  {0x200d, 0},  {0x2018, 1},  {0x20ac, 1},  {0x20dd, 0},  {0x231a, 2},
        {0x231c, 1},  {0x2580, 1},  {0x2705, 2},  {0x2713, 1},  {0x303f, 1},  {0x3000, 2},
        {0x3042, 2},  {0x3099, 0},  {0x4dc0, 1},  {0x4e00, 2},  {0x9fff, 2},  {0xabff, 1},
        {0xac00, 2},  {0xd7a3, 2},  {0xfe0f, 0},  {0xfe10, 2},  {0xff01, 2},  {0xff61, 1},
        {0xffe0, 2},  {0xfffd, 1},  {0x1f1e6, 1}, {0x1f300, 2}, {0x1f600, 2}, {0x1f64f, 2},
        {0x1f9ff, 2}, {0x20000, 2}, {0x2fffd, 2}, {0x3fffd, 2}, {0xe0100, 0}, {0x10ffff, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[4];
        size_t n = text_put_utf8(text, cases[i].code_point);
        if (text_width(text, n) != cases[i].width)
            fail_msg("U+%04X: %zu", cases[i].code_point, text_width(text, n));
    }
}

static void test_width_and_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width, room, bytes;
    } cases[] = {
        {"", 0, 5, 0},
        {"abc", 3, 5, 3},
        {"abc", 3, 3, 3},
        {"abc", 3, 2, 2},
        {"abc", 3, 0, 0},
        {"\xe5\x90\x8d\xe5\x96\xae", 4, 4, 6},
        {"\xe5\x90\x8d\xe5\x96\xae", 4, 3, 3}, /* half a character does not fit */
        {"\xe5\x90\x8d\xe5\x96\xae", 4, 1, 0},
        {"e\xcc\x81x", 2, 1, 3}, /* the accent stays with its letter */
        {"\xf0\x9f\x98\x80!", 3, 2, 4},
        {"\xff\xfe"
         "a",
         3, 2, 2}, /* each ill-formed part is a U+FFFD */
        {"\xe4\xb8"
         "a",
         2, 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = strlen(cases[i].text);
        assert_int_equal(text_width(cases[i].text, n), cases[i].width);
        assert_int_equal(text_fit(cases[i].text, n, cases[i].room), cases[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code_points),
        cmocka_unit_test(test_width_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_report_text.c - texts that try to break out of the format they stand in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "report/report_text.h"

typedef struct text_case {
    const char *in, *out;
} text_case;

static void check(void (*put)(bytes *, const char *), const text_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bytes out;
        bytes_init(&out, LIMIT_KIB(64));
        put(&out, cases[i].in);
        bytes_u8(&out, '\0');
        assert_string_equal((const char *)out.data, cases[i].out);
        bytes_deinit(&out);
    }
}
#define CHECK(put, cases) check((put), (cases), sizeof(cases) / sizeof *(cases))

static void test_plain(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"", ""},
        {"a|b", "a|b"},
        {"two\nlines\r\n\tx", "two lines   x"},
        {"\033[31mred\a\x7f", ".[31mred.."},
        {"\302\205\302\2331m", "..1m"}, /* C1: NEL and CSI */
        {"\u202eabc\u2066", ".abc."},
        {"\u2028\u2029", ".."},
        {"品牌 נאמנות é 😀", "品牌 נאמנות é 😀"},
        {"a\xff\xc0\xafz", "a\ufffd\ufffd\ufffdz"},
        {"\xe5\x93", "\ufffd"},
        {"\302\237\u00a0~", ".\u00a0~"},
        {"\u2029\u202a\u202f", "..\u202f"},
    };
    CHECK(report_text_plain, cases);
}

static void test_markdown(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"a|b", "a\\|b"},
        {"<b>_x_ *y* `z` [l](u) \\ # ~ & $",
         "\\<b\\>\\_x\\_ \\*y\\* \\`z\\` \\[l\\](u) \\\\ \\# \\~ \\& \\$"},
        {"two\nlines", "two lines"},
        {"1. x", "1. x"},
        {"- x", "- x"},
        {"+20.5 %", "+20.5 %"},
    };
    CHECK(report_text_markdown, cases);
}

static void test_markdown_line(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"1. x 2. y", "1\\. x 2. y"},
        {"12) x", "12\\) x"},
        {"3.", "3\\."},
        {"- x - y", "\\- x - y"},
        {"-", "\\-"},
        {"---", "\\---"},
        {"+ x", "\\+ x"},
        {"# x", "\\# x"},
        {".5", ".5"},
        {"24.1 %", "24.1 %"},
        {"-5 %", "-5 %"},
        {"v1. x", "v1. x"},
        {"", "–"},
        {"\n ", "–"},
        {"     - x", "\\- x"},
    };
    CHECK(report_text_markdown_line, cases);
}

static void test_code(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"a", "`a`"},           {"", "`  `"},           {"a`b", "``a`b``"},
        {"`a", "`` `a ``"},     {"a``", "``` a`` ```"}, {"a``b`c", "```a``b`c```"},
        {"x\n\033y", "`x .y`"}, {"<|*", "`<|*`"},
    };
    CHECK(report_text_code, cases);
}

static void test_json(void **state)
{
    (void)state;
    bytes out;
    json_writer w;
    bytes_init(&out, LIMIT_KIB(64));
    json_init(&w, &out, false);
    json_object_begin(&w);
    report_text_json_key(&w, "k\xff\"");
    report_text_json(&w, "v\x80\n");
    report_text_json_pair(&w, "none", NULL);
    report_text_json_pair(&w, "plain", "品\u202e\x7f");
    json_object_end(&w);
    json_finish(&w);
    bytes_u8(&out, '\0');
    assert_string_equal((const char *)out.data, "{\"k\ufffd\\\"\":\"v\ufffd\\n\",\"none\":null,"
                                                "\"plain\":\"品\u202e\x7f\"}\n");
    bytes_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),         cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_markdown_line), cmocka_unit_test(test_code),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_text.c - suggestions, excerpts, names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"

static void test_suggest(void **state)
{
    (void)state;
    static const char *const words[] = {
        "where", "bucket", "total",  "by",      "plugin",
        "min_n", "weight", "target", "targets", "\xe7\x9b\xae\xe6\xa0\x87"};
    static const struct {
        const char *name, *expected;
    } cases[] = {
        {"wehre", "where"},  /* swapped */
        {"wher", "where"},   /* one missing */
        {"wheree", "where"}, /* one too many */
        {"whare", "where"},  /* one wrong */
        {"where", "where"},
        {"WHERE", "where"}, /* case is no difference */
        {"w", NULL},
        {"wh", NULL},
        {"bx", NULL}, /* one of two letters is more than a third */
        {"BY", "by"},
        {"tot", NULL}, /* two of three */
        {"tota", "total"},
        {"buckte", "bucket"},
        {"bukcte", "bucket"}, /* two swaps */
        {"bukcxe", NULL},     /* three of six */
        {"backed", "bucket"}, /* two of six */
        {"xackex", NULL},
        {"minn", "min_n"},
        {"tagret", "target"},  /* not targets */
        {"targetz", "target"}, /* both at distance 1: the first */
        {"", NULL},
        {"completely different", NULL},
        {"\xe7\x9b\xae\xe6\xa0\x88", NULL}, /* letters are characters, not bytes */
        {"\xe7\x9b\xae\xe6\xa0\x87\xe6\xa0\x87", "\xe7\x9b\xae\xe6\xa0\x87"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = text_suggest(cases[i].name, words, sizeof words / sizeof words[0]);
        if ((got == NULL) != (cases[i].expected == NULL) ||
            (got != NULL && strcmp(got, cases[i].expected) != 0))
            fail_msg("'%s': %s", cases[i].name, got == NULL ? "none" : got);
    }
    assert_null(text_suggest("where", words, 0));
    assert_null(text_suggest("where", NULL, 0));
}

static void test_suggest_long(void **state)
{
    (void)state;
    char name[98], near[98], far[99];
    memset(name, 'a', sizeof name);
    memset(near, 'a', sizeof near);
    memset(far, 'a', sizeof far);
    name[96] = near[96] = '\0'; /* as long as is compared */
    near[50] = 'b';
    far[97] = '\0';
    const char *const words[] = {far, near};
    assert_ptr_equal(text_suggest(name, words, 2), near);
    assert_ptr_equal(text_suggest(name, words, 1), NULL);
    name[96] = 'a';
    name[97] = '\0';
    assert_null(text_suggest(name, words, 2));
}

static void test_excerpt(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        const char *text, *expected;
    } cases[] = {
        {20, "", ""},
        {20, "plain", "plain"},
        {6, "plain", "plain"},
        {6, "plains", "pl\xe2\x80\xa6"},
        {20, "a\tb\nc\x1b[0md\x7f", "a.b.c.[0md."},
        {20,
         "a\xc2\x85"
         "b",
         "a.b"}, /* a control character beyond ASCII */
        {20,
         "a\xff\xe2\x80"
         "b",
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"},
        {8, "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87"},
        {7, "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87"},
        {6, "\xe4\xb8\xad\xe6\x96\x87", "\xe2\x80\xa6"}, /* 3 + 3 does not fit into 5 */
        {7, "\xe4\xb8\xad\xe6\x96\x87!", "\xe4\xb8\xad\xe2\x80\xa6"},
        {4, "abcd", "\xe2\x80\xa6"},
        {3, "abcd", "ab"}, /* no room for the dots */
        {1, "abcd", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[32];
        memset(out, '#', sizeof out);
        text_excerpt(out, cases[i].size, cases[i].text, strlen(cases[i].text));
        assert_string_equal(out, cases[i].expected);
        assert_true(strlen(out) < cases[i].size);
        assert_int_equal(out[cases[i].size], '#');
        assert_true(text_is_utf8(out, strlen(out)));
    }
    char out[8];
    text_excerpt(out, sizeof out, "a\0b", 3);
    assert_string_equal(out, "a.b");
    text_excerpt(out, sizeof out, NULL, 0);
    assert_string_equal(out, "");
}

static void test_is_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool plain, dotted;
    } cases[] = {
        {"a", true, true},     {"revenue_2", true, true},      {"z9_", true, true},
        {"", false, false},    {"_a", false, false},           {"9a", false, false},
        {"A", false, false},   {"aB", false, false},           {"a-b", false, false},
        {"a b", false, false}, {"service.first", false, true}, {"a.b.c1", false, true},
        {".a", false, false},  {"a.", false, false},           {"a..b", false, false},
        {"a.1", false, false}, {"a._b", false, false},         {"\xc3\xa4", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = strlen(cases[i].text);
        if (text_is_name(cases[i].text, n, false) != cases[i].plain ||
            text_is_name(cases[i].text, n, true) != cases[i].dotted)
            fail_msg("'%s'", cases[i].text);
    }
    assert_true(text_is_name("ab.", 2, false));
    assert_false(text_is_name("a\0b", 3, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suggest),
        cmocka_unit_test(test_suggest_long),
        cmocka_unit_test(test_excerpt),
        cmocka_unit_test(test_is_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

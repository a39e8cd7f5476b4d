/* SPDX-License-Identifier: Apache-2.0
 * test_ini_scan.c - places, joining, comments and quotes, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "base/limits.h"
#include "config/ini_scan.h"

typedef struct fixture {
    arena memory;
    ini_scan scan;
    error_list errors;
} fixture;

static bool scan(fixture *f, const char *text, size_t n)
{
    memset(f, 0, sizeof *f);
    arena_init(&f->memory, 0);
    return ini_scan_text(&f->scan, "x.ini", text, n, &f->memory, &f->errors);
}

static void drop(fixture *f)
{
    ini_scan_deinit(&f->scan);
    arena_deinit(&f->memory);
    error_list_deinit(&f->errors);
}

static void test_places(void **state)
{
    (void)state;
    const char *text = "; first\n"
                       "\n"
                       "[run]\n"
                       "name = night\n"
                       "  [goal  brand.voice]  \n"
                       "\ttitle.zh=  '声量; 份额'   ; comment\r\n"
                       "area =\n"
                       "owner = a b  # comment\n";
    fixture f;
    assert_true(scan(&f, text, strlen(text)));
    assert_int_equal(f.scan.n_sections, 2);
    const ini_section *s = f.scan.sections;
    assert_string_equal(s[0].kind, "run");
    assert_string_equal(s[0].name, "");
    assert_int_equal(s[0].line, 3);
    assert_int_equal(s[0].column, 1);
    assert_int_equal(s[0].n, 1);
    assert_string_equal(s[1].heading, "goal  brand.voice");
    assert_string_equal(s[1].kind, "goal");
    assert_string_equal(s[1].name, "brand.voice");
    assert_int_equal(s[1].column, 3);
    assert_int_equal(s[1].first, 1);
    assert_int_equal(s[1].n, 3);
    const ini_entry *e = f.scan.entries;
    assert_string_equal(e[0].key, "name");
    assert_string_equal(e[0].value, "night");
    assert_int_equal(e[0].line, 4);
    assert_int_equal(e[0].value_column, 8);
    assert_string_equal(e[1].key, "title.zh");
    assert_string_equal(e[1].value, "声量; 份额");
    assert_true(e[1].is_quoted);
    assert_int_equal(e[1].line, 6);
    assert_int_equal(e[1].column, 2);
    assert_int_equal(e[1].value_column, 14);
    assert_string_equal(e[2].value, "");
    assert_false(e[2].is_quoted);
    assert_string_equal(e[3].value, "a b");
    assert_string_equal(e[3].path, "x.ini");
    drop(&f);
}

static void test_continuations(void **state)
{
    (void)state;
    const char *text = "[metric m]\n"
                       "where = a == 1 \\  \n"
                       "   and b == 2\n"
                       "by = \\\n"
                       "\\\n"
                       "  lang\n"
                       "num = x\\\n"
                       "\n"
                       "den = y\n";
    fixture f;
    assert_true(scan(&f, text, strlen(text)));
    const ini_entry *e = f.scan.entries;
    assert_int_equal(f.scan.n_entries, 4);
    assert_string_equal(e[0].value, "a == 1    and b == 2");
    assert_int_equal(e[0].value_line, 2);
    assert_string_equal(e[1].value, "lang");
    assert_int_equal(e[1].line, 4);
    assert_int_equal(e[1].value_line, 6);
    assert_int_equal(e[1].value_column, 3);
    assert_string_equal(e[2].value, "x");
    assert_string_equal(e[3].value, "y");
    assert_int_equal(e[3].line, 9);
    drop(&f);
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *written, *read;
    } cases[] = {
        {"a", "a"},
        {"a ; b # c", "a"},
        {"a\t#b", "a"},
        {"; b", ""},
        {"#b", ""},
        {"''", ""},
        {"'' ; x", ""},
        {"' a '", " a "},
        {"'a;b#c'", "a;b#c"},
        {"'a' # c", "a"},
        {"'\"a\"'", "\"a\""},
        {"x == \"a b\" ; c", "x == \"a b\""},
        {"x == \"a \\\" b\" ; c", "x == \"a \\\" b\""},
        {"don't", "don't"},
        {"a = b", "a = b"},
        {"= b", "= b"},
        {"[b]", "[b]"},
        {"k{a=\"b\", c=\"d\"}", "k{a=\"b\", c=\"d\"}"},
        {"C:\\dir\\x", "C:\\dir\\x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        fixture f;
        (void)snprintf(text, sizeof text, "[run]\nk = %s\n", cases[i].written);
        if (!scan(&f, text, strlen(text)))
            fail_msg("case %s: %s", cases[i].written, f.errors.items[0].message);
        assert_string_equal(f.scan.entries[0].value, cases[i].read);
        drop(&f);
    }
}

#define CUT(c)                                                                                     \
    "the value would be cut at this '" c                                                           \
    "'; put the whole value in single quotes (for a comment, a blank before the '" c "')\n"
#define QUOTE                                                                                      \
    "a value must not begin with a double quote; leave the quotes out, or put the whole value in " \
    "single quotes\n"
#define BEHIND                                                                                     \
    "text after the closing quote; single quotes go around the whole value, which has no single "  \
    "quote inside\n"
#define COMMENT "a comment must not end with a backslash: the next line would be part of it\n"
#define NEITHER(line)                                                                              \
    "'" line "' is neither a [section], a 'key = value' nor a comment (these begin with ';')\n"
#define NO_KEY(key)                                                                                \
    "'" key "' is not a key: keys begin with a letter and are made of a-z, 0-9, '_' and '.'\n"

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *errors;
    } cases[] = {
        /* comments and quotes */
        {"[m]\nwhere = text contains \"#story#\"\n", "x.ini:2:24: " CUT("#")},
        {"[m]\nwhere = text contains \"a ;b\"\n", "x.ini:2:26: " CUT(";")},
        {"[m]\nname = a;b\n", "x.ini:2:9: " CUT(";")},
        {"[m]\nname = \"a\"\n", "x.ini:2:8: " QUOTE},
        {"[m]\nname = 'a\n", "x.ini:2:8: no closing single quote\n"},
        {"[m]\nname = 'a'b\n", "x.ini:2:11: " BEHIND},
        {"[m]\nname = 'a' 'b' ; c\n", "x.ini:2:12: " BEHIND},
        /* continuations */
        {"[m]\n; c \\\nname = a\n", "x.ini:2:1: " COMMENT},
        {"[m]\nname = a ; c \\\nb = c\n", "x.ini:2:10: " COMMENT},
        {"[m]\nname = 'a' ; c \\\nb = c\n", "x.ini:2:12: " COMMENT},
        {"[m]\nname = a \\",
         "x.ini:2: the file ends after a backslash, which says that the line goes on\n"},
        {"[m]\nname = a \\\n b;c\n", "x.ini:3:3: " CUT(";")},
        /* sections */
        {"[]\n", "x.ini:1:1: a section without a name\n"},
        {"[ ]\n", "x.ini:1:1: a section without a name\n"},
        {"[run\n", "x.ini:1:1: no ']' at the end of the section's name\n"},
        {"[run] ; c\n", "x.ini:1:6: nothing may follow the ']' of a section; put a comment on a "
                        "line of its own\n"},
        {"[Run]\n", "x.ini:1:2: section names are written in lower case: [run]\n"},
        {"[goal Brand]\n", "x.ini:1:7: section names are written in lower case: [goal brand]\n"},
        {"[run]\na = 1\n[m]\n[run]\n",
         "x.ini:4:1: [run] stands twice, first in line 1; keep its keys in one place\n"},
        {"[goal a]\n[goal  a]\n[goal a]\n",
         "x.ini:2:1: [goal a] stands twice, first in line 1; keep its keys in one place\n"
         "x.ini:3:1: [goal a] stands twice, first in line 1; keep its keys in one place\n"},
        /* keys */
        {"a = 1\n", "x.ini:1:1: 'a' stands before the first section; write [run] or another above "
                    "it\n"},
        {"[m]\n = 1\n", "x.ini:2:2: no key before the '='\n"},
        {"[m]\nmap type = 1\n", "x.ini:2:1: " NO_KEY("map type")},
        {"[m]\n1a = 1\n", "x.ini:2:1: " NO_KEY("1a")},
        {"[m]\na..b = 1\n", "x.ini:2:1: " NO_KEY("a..b")},
        {"[m]\na. = 1\n", "x.ini:2:1: " NO_KEY("a.")},
        {"[m]\na:b = 1\n", "x.ini:2:1: " NO_KEY("a:b")},
        {"[m]\n; x\n目标 = 1\n", "x.ini:3:1: " NO_KEY("目标")},
        {"[m]\nmap.Type = 1\n", "x.ini:2:5: keys are written in lower case: 'map.type'\n"},
        {"[m]\na = 1\nb = 2\nA = 3\n", "x.ini:4:1: keys are written in lower case: 'a'\n"
                                       "x.ini:4:1: 'a' stands twice in [m], first in line 2\n"},
        {"[m n]\na = 1\na = 2\na = 3\n", "x.ini:3:1: 'a' stands twice in [m n], first in line 2\n"
                                         "x.ini:4:1: 'a' stands twice in [m n], first in line 2\n"},
        /* other lines */
        {"[m]\n  plugin count\n", "x.ini:2:3: " NEITHER("plugin count")},
        {"[m]\nplugin: count\n", "x.ini:2:1: " NEITHER("plugin: count")},
        {"[m]\nx", "x.ini:2:1: " NEITHER("x")},
        {"[m]\nplugin ＝ count\n", "x.ini:2:1: '＝' is the full-width sign; write the ASCII '='\n"},
        /* bytes */
        {"[m]\na = \x01\n", "x.ini:2:5: a control character (0x01); remove it\n"},
        {"[m]\na = 1\rb = 2\n", "x.ini:2:6: a control character (0x0d); remove it\n"},
        {"[m]\na = \xff\nb = \xc3\x28\n",
         "x.ini:2: this line is not UTF-8; save the file in the encoding UTF-8\n"
         "x.ini:3: this line is not UTF-8; save the file in the encoding UTF-8\n"},
        {"\xEF\xBB\xBF[m]\n",
         "x.ini:1:1: the file begins with a byte order mark; save it as UTF-8 without one\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        assert_false(scan(&f, cases[i].text, strlen(cases[i].text)));
        fixture_expect_errors(&f.errors, cases[i].errors, cases[i].text);
        drop(&f);
    }
}

static void test_nul(void **state)
{
    (void)state;
    fixture f;
    assert_false(scan(&f, "[m]\na = 1\0\n", 11));
    fixture_expect_errors(&f.errors, "x.ini:2:6: a NUL byte: this is not a text file\n", "NUL");
    drop(&f);
}

/* A bad value keeps its key, so that nothing else complains of a missing one. */
static void test_goes_on(void **state)
{
    (void)state;
    const char *text = "[m\na = 1;2\nb = 3\n";
    fixture f;
    assert_false(scan(&f, text, strlen(text)));
    assert_int_equal(f.errors.n, 2);
    assert_int_equal(f.scan.n_sections, 1);
    assert_string_equal(f.scan.sections[0].kind, "m");
    assert_int_equal(f.scan.n_entries, 2);
    assert_true(f.scan.entries[0].is_bad);
    assert_false(f.scan.entries[1].is_bad);
    drop(&f);
}

#define TOO_LONG                                                                                   \
    "a line of more than 1000 bytes (continuations included); for a list, use numbered keys "      \
    "(files.1, files.2), for a long condition, fewer blanks\n"

/* [m], then "a = xxx…" of n bytes in two parts when split > 0, then b. */
static bool scan_line(fixture *f, size_t n, size_t split)
{
    bytes text;
    bytes_init(&text, 8192);
    bytes_put(&text, "[m]\na = ", 8);
    for (size_t i = 4; i < n; i++) {
        if (i == split)
            bytes_put(&text, "\\\n", 2);
        bytes_put(&text, "x", 1);
    }
    bytes_put(&text, "\nb = 1\n", 7);
    bool is_good = scan(f, (const char *)text.data, text.len);
    bytes_deinit(&text);
    return is_good;
}

static void test_line_limit(void **state)
{
    (void)state;
    fixture f;
    assert_int_equal(LIMIT_CONFIG_LINE_BYTES, 1000);
    assert_true(scan_line(&f, 999, 0));
    drop(&f);
    assert_true(scan_line(&f, 1000, 0));
    assert_int_equal(strlen(f.scan.entries[0].value), 996);
    drop(&f);
    assert_true(scan_line(&f, 1000, 500));
    assert_int_equal(strlen(f.scan.entries[0].value), 996);
    drop(&f);
    assert_false(scan_line(&f, 1001, 0));
    fixture_expect_errors(&f.errors, "x.ini:2: " TOO_LONG, "1001");
    assert_int_equal(f.scan.n_entries, 1);
    assert_string_equal(f.scan.entries[0].key, "b");
    drop(&f);
    assert_false(scan_line(&f, 1001, 999));
    fixture_expect_errors(&f.errors, "x.ini:3: " TOO_LONG, "1001 in two");
    assert_string_equal(f.scan.entries[0].key, "b");
    drop(&f);
}

static void test_empty(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "\r\n\r\n", "  \t", "; c", "\n\n# c\n", "\\\n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fixture f;
        assert_true(scan(&f, texts[i], strlen(texts[i])));
        assert_int_equal(f.scan.n_sections, 0);
        drop(&f);
    }
}

static void test_title(void **state)
{
    (void)state;
    arena memory;
    arena_init(&memory, 0);
    ini_section s = {.kind = "goal", .name = "a.b"};
    assert_string_equal(ini_scan_title(&s, &memory), "[goal a.b]");
    s.name = "";
    assert_string_equal(ini_scan_title(&s, &memory), "[goal]");
    arena_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),     cmocka_unit_test(test_continuations),
        cmocka_unit_test(test_values),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_nul),        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_line_limit), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_title),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

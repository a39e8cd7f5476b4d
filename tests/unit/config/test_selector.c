/* SPDX-License-Identifier: Apache-2.0
 * test_selector.c - metric.output{label="x"}: what is read, and where errors point. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_fixture.h"

#include "base/arena.h"
#include "config/selector.h"

static gm_status parse(selector *out, const char *text, arena *memory, gm_error *err)
{
    /* A copy of its own, so that a read past its end is seen. */
    char *copy = mem_strdup(text);
    const config_text at = {.text = copy, .path = "x.ini", .line = 7, .column = 10};
    gm_status status = selector_parse(out, &at, memory, err);
    mem_free(copy);
    return status;
}

static void test_plain(void **state)
{
    (void)state;
    arena memory;
    selector s;
    arena_init(&memory, 0);
    assert_int_equal(parse(&s, "reply", &memory, NULL), GM_OK);
    assert_string_equal(s.metric, "reply");
    assert_null(s.output);
    assert_int_equal(s.n_labels, 0);
    assert_int_equal(parse(&s, " reply.p90 ", &memory, NULL), GM_OK);
    assert_string_equal(s.metric, "reply");
    assert_string_equal(s.output, "p90");
    arena_deinit(&memory);
}

static void test_labels(void **state)
{
    (void)state;
    arena memory;
    selector s;
    arena_init(&memory, 0);
    assert_int_equal(
        parse(&s,
              "credit.share{ touch = \"so\\\"ci\\\\al, }\" ,model=linear,at=30d,q=-0.5,"
              "tag=声量,e=\"\"}",
              &memory, NULL),
        GM_OK);
    static const struct {
        const char *name, *text;
        uint32_t column;
    } labels[] = {{"touch", "so\"ci\\al, }", 24},
                  {"model", "linear", 49},
                  {"at", "30d", 62},
                  {"q", "-0.5", 69},
                  {"tag", "声量", 76},
                  {"e", "", 87}};
    assert_string_equal(s.metric, "credit");
    assert_string_equal(s.output, "share");
    assert_int_equal(s.n_labels, 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_string_equal(s.labels[i].name, labels[i].name);
        assert_string_equal(s.labels[i].text, labels[i].text);
        assert_int_equal(s.labels[i].column, labels[i].column);
    }
    assert_int_equal(parse(&s, "m{a=*,b=\"*\"}", &memory, NULL), GM_OK);
    assert_null(s.labels[0].text); /* all there are */
    assert_string_equal(s.labels[1].text, "*");
    assert_int_equal(s.labels[1].column, 16);
    assert_int_equal(parse(&s, "m{a=b}", &memory, NULL), GM_OK);
    assert_null(s.output);
    assert_int_equal(s.n_labels, 1);
    arena_deinit(&memory);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "10: expected a metric's name, but the text ends here"},
        {"Sov.share", "10: expected a metric's name, not 'Sov.share'"},
        {"_a", "10: expected a metric's name, not '_a'"},
        {"2a", "10: expected a metric's name, not '2a'"},
        {"sov.", "14: expected the name of an output behind the dot, but the text ends here"},
        {"sov.share.x", "19: expected '{' or nothing, not '.x'"},
        {"sov share", "14: expected '{' or nothing, not 'share'"},
        {"sov / 2", "14: expected '{' or nothing, not '/ 2'"},
        {"sov{", "14: expected the name of a label, but the text ends here"},
        {"sov{}", "14: expected the name of a label, not '}'"},
        {"sov{brand}", "19: expected '=', not '}'"},
        {"sov{brand=}", "20: expected a word, a number, * or a text in double quotes, not '}'"},
        {"sov{brand=**}", "21: expected ',' or '}', not '*}'"},
        {"sov{brand=*x}", "21: expected ',' or '}', not 'x}'"},
        {"sov{brand='own'}",
         "20: expected a word, a number, * or a text in double quotes, not ''own'}'"},
        {"sov{brand=\"own}", "20: no closing double quote"},
        {"sov{brand=\"o\\n\"}", "23: expected '\"' or a backslash behind a backslash, not 'n\"}'"},
        {"sov{brand=\"o\\",
         "23: expected '\"' or a backslash behind a backslash, but the text ends here"},
        {"sov{brand=own", "23: expected ',' or '}', but the text ends here"},
        {"sov{brand=own rival}", "24: expected ',' or '}', not 'rival}'"},
        {"sov{a=b,}", "18: expected the name of a label, not '}'"},
        {"sov{a=b, a=c}", "19: the label 'a' stands twice"},
        {"sov{a=b} x", "19: expected nothing behind '}', not 'x'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena memory;
        selector s;
        gm_error err = {0};
        char text[512];
        arena_init(&memory, 0);
        assert_int_equal(parse(&s, cases[i].text, &memory, &err), GM_E_CONFIG);
        assert_string_equal(err.path, "x.ini");
        assert_int_equal(err.line, 7);
        (void)snprintf(text, sizeof text, "%u: %s", err.column, err.message);
        assert_string_equal(text, cases[i].error);
        arena_deinit(&memory);
    }
}

static void test_label_limit(void **state)
{
    (void)state;
    for (uint32_t n = 15; n <= 17; n++) {
        arena memory;
        bytes text;
        selector s;
        gm_error err = {0};
        arena_init(&memory, 0);
        bytes_init(&text, 1024);
        for (uint32_t i = 0; i < n; i++)
            bytes_printf(&text, "%sl%u=x", i == 0 ? "m{" : ",", i);
        bytes_put(&text, "}", 2);
        gm_status status = parse(&s, (const char *)text.data, &memory, &err);
        assert_int_equal(status, n <= 16 ? GM_OK : GM_E_CONFIG);
        if (n > 16)
            assert_string_equal(err.message, "more than 16 labels");
        bytes_deinit(&text);
        arena_deinit(&memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_label_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

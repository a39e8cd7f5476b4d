/* SPDX-License-Identifier: Apache-2.0
 * test_message.c - lines on stderr. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "base/message.h"

static int saved, ends[2];

static void begin(void)
{
    saved = dup(STDERR_FILENO);
    assert_true(saved >= 0);
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
}

/* One read: a line comes in one piece. */
static void end(char *text, size_t size)
{
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    assert_int_equal(close(ends[1]), 0);
    ssize_t n = read(ends[0], text, size - 1);
    assert_true(n >= 0);
    text[n] = '\0';
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(saved), 0);
}

static void test_lines(void **state)
{
    (void)state;
    char text[8192];
    gm_error err;
    (void)error_at(&err, GM_E_CONFIG, "a.ini", 3, 1, "no such key");
    begin();
    message_info("%d logs", 3);
    message_warn("%s is late", "a log");
    message_error("two\r\nlines");
    message_gm_error(&err);
    end(text, sizeof text);
    assert_string_equal(text, "goalmill: 3 logs\n"
                              "goalmill: warning: a log is late\n"
                              "goalmill: error: two  lines\n"
                              "goalmill: error: a.ini:3:1: no such key\n");
}

static void test_quiet(void **state)
{
    (void)state;
    char text[8192];
    begin();
    message_set_quiet(true);
    message_info("not said");
    message_warn("not said");
    message_error("said");
    message_set_quiet(false);
    message_info("said too");
    end(text, sizeof text);
    assert_string_equal(text, "goalmill: error: said\ngoalmill: said too\n");
}

static void test_long(void **state)
{
    (void)state;
    static char text[8192], long_text[6000];
    memset(long_text, 'x', sizeof long_text - 1);
    for (size_t length = 4070; length < 4100; length++) { /* both sides of the ceiling */
        begin();
        message_error("%.*s", (int)length, long_text);
        end(text, sizeof text);
        size_t n = strlen(text);
        assert_true(n <= 4096);
        assert_int_equal(n, length + 18 < 4096 ? length + 18 : 4096);
        assert_int_equal(text[n - 1], '\n');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_error.c - filling, listing and printing errors; a failed assertion ends the process. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

static void test_filling(void **state)
{
    (void)state;
    gm_error err;
    char text[1024];
    assert_int_equal(error_set(&err, GM_E_CONFIG, "bad %s %d", "value", 7), GM_E_CONFIG);
    assert_int_equal(err.code, GM_E_CONFIG);
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "bad value 7");
    assert_int_equal(error_at(&err, GM_E_SYNTAX, "a.ini", 3, 14, "no %c", 'x'), GM_E_SYNTAX);
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "a.ini:3:14: no x");
    error_at(&err, GM_E_SYNTAX, "a.ini", 3, 0, "no");
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "a.ini:3: no");
    error_at(&err, GM_E_SYNTAX, "a.ini", 0, 0, "no");
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "a.ini: no");
    error_at(&err, GM_E_SYNTAX, NULL, 3, 14, "no");
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "no");
    error_format(&err, text, 2); /* is cut */
    assert_string_equal(text, "n");
    assert_int_equal(error_set(NULL, GM_E_IO, "nobody %d", 1), GM_E_IO);
    assert_int_equal(error_at(NULL, GM_E_IO, "x", 1, 1, "nobody"), GM_E_IO);
}

static void test_too_long(void **state)
{
    (void)state;
    gm_error err;
    char path[600], text[2000];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(error_at(&err, GM_E_IO, path, 1, 1, "%s%s", path, path), GM_E_IO);
    assert_int_equal(strlen(err.path), GM_ERROR_PATH_MAX - 1);
    assert_int_equal(strlen(err.message), GM_ERROR_MESSAGE_MAX - 1);
    error_format(&err, text, sizeof text);
    assert_int_equal(strlen(text), GM_ERROR_PATH_MAX - 1 + 6 + GM_ERROR_MESSAGE_MAX - 1);
    errno = ENOENT;
    assert_int_equal(error_errno(&err, GM_E_IO, "%s", path), GM_E_IO); /* no room for the reason */
    assert_int_equal(strlen(err.message), GM_ERROR_MESSAGE_MAX - 1);
}

static void test_errno(void **state)
{
    (void)state;
    gm_error err;
    errno = ENOENT;
    assert_int_equal(error_errno(&err, GM_E_IO, "cannot open '%s'", "x"), GM_E_IO);
    assert_string_equal(err.message, "cannot open 'x': No such file or directory");
    assert_int_equal(errno, ENOENT);
    errno = EACCES;
    assert_int_equal(error_errno(NULL, GM_E_IO, "x"), GM_E_IO);
    assert_int_equal(errno, EACCES);
}

static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(error_text(GM_OK), "ok");
    assert_string_equal(error_text(GM_E_LOCKED), "locked by another run");
    assert_string_equal(error_text(-19), "unknown error");
    assert_string_equal(error_text(1), "unknown error");
    for (gm_status code = GM_E_INTERNAL; code <= GM_OK; code++)
        assert_string_not_equal(error_text(code), "unknown error");
    /* The numbers are kept for ever. */
    assert_int_equal(GM_E_IO, -20);
    assert_int_equal(GM_E_STOPPED, -27);
}

static void test_list(void **state)
{
    (void)state;
    error_list list = {.items = NULL};
    for (uint32_t i = 0; i < ERROR_LIST_MAX; i++)
        error_list_addf(&list, "a.ini", i + 1, 2, "error %u", i);
    assert_int_equal(list.n, ERROR_LIST_MAX);
    assert_int_equal(list.n_dropped, 0);
    gm_error one;
    error_set(&one, GM_E_RULE, "one more");
    error_list_add(&list, &one);
    error_list_addf(&list, NULL, 0, 0, "and one");
    assert_int_equal(list.n, ERROR_LIST_MAX);
    assert_int_equal(list.n_dropped, 2);
    assert_int_equal(list.items[0].code, GM_E_CONFIG);
    assert_int_equal(list.items[199].line, 200);
    assert_string_equal(list.items[199].message, "error 199");
    error_list_deinit(&list);
    assert_null(list.items);
    error_list_add(&list, &one); /* usable again */
    assert_int_equal(list.items[0].code, GM_E_RULE);
    error_list_deinit(&list);
}

static void test_assertion(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        GM_ASSERT(1 + 1 == 2);
        GM_ASSERT(child != 0);
        _exit(0);
    }
    int status;
    char text[512] = "";
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "goalmill: internal error: child != 0 does not hold"));
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filling), cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_errno),   cmocka_unit_test(test_texts),
        cmocka_unit_test(test_list),    cmocka_unit_test(test_assertion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

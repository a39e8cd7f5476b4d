/* SPDX-License-Identifier: Apache-2.0
 * test_state_folder.c - the lock between processes, what is made, what is removed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "run/state_folder.h"

static char folder[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/goalmill_state_XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : chdir(folder);
}

static int teardown(void **state)
{
    (void)state;
    if (chdir("/") != 0)
        return -1;
    return file_remove_tree(folder, NULL) == GM_OK ? 0 : -1;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void test_open_and_close(void **state)
{
    (void)state;
    state_folder *s = NULL;
    gm_error err;
    assert_int_equal(state_folder_open(&s, "deep/er/state", "2026-11-21.1", &err), GM_OK);
    char *here = realpath("deep/er/state/parts/2026-11-21.1", NULL);
    assert_string_equal(state_folder_parts(s), here); /* absolute, whatever was asked for */
    free(here);
    assert_true(is_folder("deep/er/state/parts/2026-11-21.1"));
    assert_int_equal(file_save("deep/er/state/parts/2026-11-21.1/000001.gmpart", "x", 1, &err),
                     GM_OK);
    assert_int_equal(state_folder_close(s, &err), GM_OK);
    assert_false(file_exists("deep/er/state/parts"));
    assert_true(file_exists("deep/er/state/lock")); /* stays, but nobody holds it */
    assert_int_equal(state_folder_open(&s, "deep/er/state", "second", &err), GM_OK);
    assert_int_equal(state_folder_close(s, &err), GM_OK);
    assert_int_equal(state_folder_close(NULL, &err), GM_OK);
}

/* What a killed run left goes; what else lies in the folder stays. */
static void test_leftovers(void **state)
{
    (void)state;
    gm_error err;
    assert_int_equal(file_make_folders("state/parts/old/deeper", &err), GM_OK);
    assert_int_equal(file_save("state/parts/old/deeper/1.gmpart", "x", 1, &err), GM_OK);
    assert_int_equal(file_save("state/parts/.tmp.2.gmpart", "x", 1, &err), GM_OK);
    assert_int_equal(file_save("state/precious", "x", 1, &err), GM_OK);
    assert_int_equal(file_save("elsewhere", "x", 1, &err), GM_OK);
    assert_int_equal(symlink("../../elsewhere", "state/parts/link"), 0);
    state_folder *s = NULL;
    assert_int_equal(state_folder_open(&s, "state", "new", &err), GM_OK);
    assert_false(file_exists("state/parts/old"));
    assert_false(file_exists("state/parts/.tmp.2.gmpart"));
    assert_false(file_exists("state/parts/link"));
    assert_true(file_exists("state/precious"));
    assert_true(file_exists("elsewhere"));
    assert_true(is_folder("state/parts/new"));
    assert_int_equal(state_folder_close(s, &err), GM_OK);
}

static void expect_locked(void)
{
    state_folder *s = (state_folder *)(void *)folder; /* must be set to NULL */
    gm_error err;
    assert_int_equal(state_folder_open(&s, "state", "other", &err), GM_E_LOCKED);
    assert_null(s);
    assert_string_equal(err.message, "another run holds 'state/lock'; wait for it, or give this "
                                     "configuration a state_dir of its own");
}

/* Another process that holds the folder until it is told to end, or is killed. */
typedef struct holder {
    pid_t pid;
    int tell; /* closed: ends */
} holder;

static holder hold(void)
{
    int ready[2], tell[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(tell), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        state_folder *s = NULL;
        char c = 'x';
        (void)close(tell[1]);
        if (state_folder_open(&s, "state", "held", NULL) != GM_OK || write(ready[1], &c, 1) != 1)
            _exit(1);
        ssize_t n = read(tell[0], &c, 1);
        _exit(n == 0 && state_folder_close(s, NULL) == GM_OK ? 0 : 2);
    }
    char c = 0;
    (void)close(ready[1]);
    (void)close(tell[0]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    (void)close(ready[0]);
    return (holder){.pid = pid, .tell = tell[1]};
}

static void test_lock_of_another_process(void **state)
{
    (void)state;
    int status = 0;
    holder h = hold();
    expect_locked();
    assert_true(is_folder("state/parts/held")); /* who is locked out removes nothing */
    (void)close(h.tell);
    assert_int_equal(waitpid(h.pid, &status, 0), h.pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    state_folder *s = NULL;
    gm_error err;
    assert_int_equal(state_folder_open(&s, "state", "mine", &err), GM_OK);
    expect_locked(); /* also within one process */
    assert_int_equal(state_folder_close(s, &err), GM_OK);
}

static void test_lock_dies_with_its_holder(void **state)
{
    (void)state;
    int status = 0;
    holder h = hold();
    expect_locked();
    assert_int_equal(kill(h.pid, SIGKILL), 0);
    assert_int_equal(waitpid(h.pid, &status, 0), h.pid);
    assert_true(WIFSIGNALED(status));
    (void)close(h.tell);
    assert_true(is_folder("state/parts/held"));
    state_folder *s = NULL;
    gm_error err;
    assert_int_equal(state_folder_open(&s, "state", "mine", &err), GM_OK);
    assert_false(file_exists("state/parts/held"));
    assert_int_equal(state_folder_close(s, &err), GM_OK);
}

/* A worker is a fork: that it opens and closes the lock file does not give the lock away. */
static void test_fork_keeps_the_lock(void **state)
{
    (void)state;
    state_folder *s = NULL;
    gm_error err;
    assert_int_equal(state_folder_open(&s, "state", "mine", &err), GM_OK);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int fd = open("state/lock", O_RDWR);
        _exit(fd >= 0 && close(fd) == 0 ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_locked();
    assert_int_equal(state_folder_close(s, &err), GM_OK);
}

typedef struct bad_case {
    const char *state_dir, *message;
} bad_case;

static void test_cannot_be_made(void **state)
{
    (void)state;
    assert_int_equal(file_save("file", "x", 1, NULL), GM_OK);
    assert_int_equal(file_make_folders("taken/lock", NULL), GM_OK);
    static const bad_case cases[] = {
        {"file/state", "cannot make the folder 'file/state': Not a directory"},
        {"file", "'file' is no folder"},
        {"taken", "cannot write 'taken/lock': Is a directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        state_folder *s = (state_folder *)(void *)folder;
        gm_error err;
        assert_int_equal(state_folder_open(&s, cases[i].state_dir, "run", &err), GM_E_IO);
        assert_null(s);
        if (strstr(err.message, cases[i].message) == NULL)
            fail_msg("%s: %s", cases[i].state_dir, err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_open_and_close, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leftovers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lock_of_another_process, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lock_dies_with_its_holder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fork_keeps_the_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cannot_be_made, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

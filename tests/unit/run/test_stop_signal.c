/* SPDX-License-Identifier: Apache-2.0
 * test_stop_signal.c - each case in a process of its own: the first signal is noted, the second
 * ends it, and a worker behaves otherwise. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/stop_signal.h"

enum { ENDED = 100, SEEN_NONE = 50 }; /* exit codes of the child */

typedef struct signal_case {
    bool in_worker;
    int first, second;       /* 0: none */
    int exit_code, signaled; /* how the child ends */
} signal_case;

static const signal_case cases[] = {
    /* The code is the signal that was noted, on top of ENDED. */
    {false, 0, 0, ENDED, 0},
    {false, SIGINT, 0, ENDED + SIGINT, 0},
    {false, SIGTERM, 0, ENDED + SIGTERM, 0},
    {false, SIGHUP, 0, ENDED + SIGHUP, 0},
    {false, SIGPIPE, 0, ENDED, 0},
    {false, SIGPIPE, SIGTERM, ENDED + SIGTERM, 0},
    /* A second one ends the process as a shell would say it. */
    {false, SIGINT, SIGINT, 128 + SIGINT, 0},
    {false, SIGINT, SIGTERM, 128 + SIGTERM, 0},
    {false, SIGTERM, SIGHUP, 128 + SIGHUP, 0},
    /* In a worker Ctrl-C is the supervisor's business. */
    {true, SIGINT, SIGINT, ENDED, 0},
    {true, SIGTERM, 0, 0, SIGTERM},
    {true, SIGINT, SIGHUP, 0, SIGHUP},
    {true, SIGPIPE, 0, ENDED, 0},
};

static _Noreturn void child(const signal_case *c)
{
    stop_signal_install();
    if (stop_signal_seen() != 0)
        _exit(SEEN_NONE);
    if (c->in_worker)
        stop_signal_reset_in_worker();
    if (c->first != 0)
        (void)raise(c->first);
    if (c->second != 0)
        (void)raise(c->second);
    _exit(ENDED + stop_signal_seen());
}

static void test_signals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const signal_case *c = &cases[i];
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            child(c);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, c->signaled);
        assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 0, c->exit_code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

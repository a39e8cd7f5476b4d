/* SPDX-License-Identifier: Apache-2.0
 * death_fixture.h - runs a function that must end the process in a child, and tells how it ended
 * and what it said on stderr. */
#ifndef GM_TEST_DEATH_FIXTURE_H
#define GM_TEST_DEATH_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEATH_TEXT_BYTES = 4096 };

/* The status of waitpid(); text gets stderr. A function that returns ends the child with 0. */
static inline int death_of(void (*run)(void *), void *context, char text[DEATH_TEXT_BYTES])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core); /* a core file would only take time */
        (void)signal(SIGABRT, SIG_DFL);         /* cmocka's handler would go on with other tests */
        if (dup2(ends[1], STDERR_FILENO) < 0)
            _exit(125);
        (void)close(ends[0]);
        (void)close(ends[1]);
        run(context);
        _exit(0);
    }
    (void)close(ends[1]);
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n<DEATH_TEXT_BYTES - 1; n += got> 0 ? (size_t)got : 0)
        got = read(ends[0], text + n, DEATH_TEXT_BYTES - 1 - n);
    text[n] = '\0';
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* It ended by a failed GM_ASSERT whose text is cond. */
static inline void assert_dies_of(void (*run)(void *), void *context, const char *cond)
{
    char text[DEATH_TEXT_BYTES], want[256];
    int status = death_of(run, context, text);
    (void)snprintf(want, sizeof want, "internal error: %s does not hold", cond);
    assert_non_null(strstr(text, want));
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 * test_night.c - how many workers and how much memory a run takes when nobody says. Whole nights
 * are in tests/night. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/night.h"

/* In a process that may use one core only there is one worker. */
static void test_workers(void **state)
{
    (void)state;
    cpu_set_t all;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_int_equal(night_auto_workers(), CPU_COUNT(&all));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        size_t first = 0;
        while (!CPU_ISSET(first, &all))
            first++;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(first, &one);
        _exit(sched_setaffinity(0, sizeof one, &one) == 0 ? (int)night_auto_workers() : 100);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

static uint64_t meminfo_kib(const char *word)
{
    FILE *f = fopen("/proc/meminfo", "r");
    assert_non_null(f);
    char line[256];
    unsigned long long kib = 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, word, strlen(word)) == 0)
            assert_int_equal(sscanf(line + strlen(word), "%llu", &kib), 1);
    assert_int_equal(fclose(f), 0);
    return kib;
}

/* A quarter stays for others; a control group may allow less. */
static void test_memory(void **state)
{
    (void)state;
    uint64_t got = night_auto_memory(), total = meminfo_kib("MemTotal:") * 1024;
    assert_true(got >= UINT64_C(16) << 20);
    assert_true(got <= total / 4 * 3);
    assert_true(got <= (meminfo_kib("MemAvailable:") * 1024 + (UINT64_C(1) << 30)) / 4 * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workers),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

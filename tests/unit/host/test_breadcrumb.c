/* SPDX-License-Identifier: Apache-2.0
 * test_breadcrumb.c - what a worker leaves for the supervisor, in its own page or in a shared one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/breadcrumb.h"

static void test_names(void **state)
{
    (void)state;
    static const char *const names[] = {"",       "load",  "create",    "state_new",   "state_free",
                                        "update", "merge", "serialize", "deserialize", "finalize"};
    assert_int_equal(sizeof names / sizeof names[0], BREADCRUMB_CALLS);
    for (uint32_t i = 0; i < BREADCRUMB_CALLS; i++)
        assert_string_equal(breadcrumb_call_name(i), names[i]);
    /* The page may hold anything after a crash. */
    assert_string_equal(breadcrumb_call_name(BREADCRUMB_CALLS), "");
    assert_string_equal(breadcrumb_call_name(UINT32_MAX), "");
    assert_string_equal(breadcrumb_call_name(BREADCRUMB_MERGE), "merge");
}

static void test_enter_and_leave(void **state)
{
    (void)state;
    breadcrumb *b = breadcrumb_mine();
    assert_non_null(b);
    struct timespec now;
    breadcrumb_enter(BREADCRUMB_UPDATE, 7);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    int64_t now_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    assert_int_equal(atomic_load(&b->call), BREADCRUMB_UPDATE);
    assert_int_equal(atomic_load(&b->metric), 7);
    assert_true(atomic_load(&b->call_ns) <= now_ns);
    assert_true(atomic_load(&b->call_ns) > now_ns - INT64_C(10000000000));
    breadcrumb_leave();
    assert_int_equal(atomic_load(&b->call), BREADCRUMB_NONE);
}

/* Pages of workers that lie side by side do not share a cache line. */
static void test_layout(void **state)
{
    (void)state;
    assert_int_equal(sizeof(breadcrumb), 64);
    assert_int_equal(alignof(breadcrumb), 64);
}

/* A child that dies in a call leaves the call behind. */
static void test_death(void **state)
{
    (void)state;
    breadcrumb *shared =
        mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        breadcrumb_set_page(&shared[1]);
        breadcrumb_enter(BREADCRUMB_CREATE, 1);
        breadcrumb_leave();
        atomic_store(&breadcrumb_mine()->log, 3);
        breadcrumb_enter(BREADCRUMB_FINALIZE, 42);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(atomic_load(&shared[1].call), BREADCRUMB_FINALIZE);
    assert_int_equal(atomic_load(&shared[1].metric), 42);
    assert_int_equal(atomic_load(&shared[1].log), 3);
    assert_int_equal(atomic_load(&shared[0].call), BREADCRUMB_NONE);
    assert_ptr_not_equal(breadcrumb_mine(), &shared[1]); /* the child's business */
    assert_int_equal(munmap(shared, 2 * sizeof *shared), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_enter_and_leave),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_death),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * pool_fixture.h - a pool whose tasks do what a table says, and a record of what became of them.
 * Workers leave traces in a shared page. */
#ifndef GM_TESTS_POOL_FIXTURE_H
#define GM_TESTS_POOL_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/pool.h"

enum { POOL_TASKS = 600 };

/* What workers and supervisor share. */
typedef struct pool_shared {
    _Atomic uint32_t starts[POOL_TASKS]; /* how often each was begun */
    _Atomic uint64_t memory, memory_max; /* of the tasks that run now */
    _Atomic uint32_t running, running_max;
    _Atomic uint32_t flag;
} pool_shared;

typedef struct pool_fixture {
    gm_status (*work)(struct pool_fixture *f, uint32_t task, bytes *answer, gm_error *err);
    void (*after_done)(struct pool_fixture *f, uint32_t task);
    void (*after_death)(struct pool_fixture *f, uint32_t task);
    void (*tick)(struct pool_fixture *f);
    pool *pool;
    pool_shared *shared;
    bytes_reader given; /* in a worker: what was pushed with the task */
    uint64_t memory_of[POOL_TASKS];
    uint32_t done[POOL_TASKS], errors[POOL_TASKS], deaths[POOL_TASKS];
    uint32_t order[POOL_TASKS]; /* of on_done */
    uint32_t n_done, n_errors, n_deaths, n_ticks;
    uint32_t answers[POOL_TASKS]; /* the first 4 bytes of each */
    uint64_t answer_bytes;        /* of the last one */
    gm_error error;               /* the last one */
    int signal, exit_code;        /* of the last death, like those below */
    bool timed_out;
    char reason[128];
    uint32_t crumb_call, crumb_metric, crumb_log;
    uint64_t crumb_batch;
    int fds; /* that were open before */
} pool_fixture;

static inline int pool_fixture_fds(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    (void)closedir(dir);
    return n;
}

static inline gm_status pool_fixture_work(void *context, uint32_t task, bytes_reader order,
                                          bytes *answer, gm_error *err)
{
    pool_fixture *f = context;
    f->given = order;
    atomic_fetch_add(&f->shared->starts[task], 1);
    return f->work(f, task, answer, err);
}

static inline void pool_fixture_done(void *context, uint32_t task, bytes_reader answer)
{
    pool_fixture *f = context;
    f->done[task]++;
    f->order[f->n_done++] = task;
    f->answer_bytes = (uint64_t)(answer.end - answer.p);
    f->answers[task] = bytes_get_u32(&answer);
    if (f->after_done != NULL)
        f->after_done(f, task);
}

static inline void pool_fixture_error(void *context, uint32_t task, const gm_error *err)
{
    pool_fixture *f = context;
    f->errors[task]++;
    f->n_errors++;
    f->error = *err;
}

static inline void pool_fixture_death(void *context, uint32_t task, const pool_death *death)
{
    pool_fixture *f = context;
    f->deaths[task]++;
    f->n_deaths++;
    f->signal = death->signal;
    f->exit_code = death->exit_code;
    f->timed_out = death->timed_out;
    (void)snprintf(f->reason, sizeof f->reason, "%s", death->reason);
    f->crumb_call = atomic_load(&death->crumb.call);
    f->crumb_metric = atomic_load(&death->crumb.metric);
    f->crumb_log = atomic_load(&death->crumb.log);
    f->crumb_batch = atomic_load(&death->crumb.batch);
    if (f->after_death != NULL)
        f->after_death(f, task);
}

static inline void pool_fixture_tick(void *context, pool *p)
{
    pool_fixture *f = context;
    assert_ptr_equal(p, f->pool);
    f->n_ticks++;
    if (f->tick != NULL)
        f->tick(f);
}

/* A pool without tasks yet. A test that hangs is ended by SIGALRM. */
static inline void pool_fixture_open(pool_fixture *f, const pool_options *options)
{
    (void)alarm(60);
    f->fds = pool_fixture_fds();
    f->shared =
        mmap(NULL, sizeof *f->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(f->shared != MAP_FAILED);
    pool_handler handler = {.context = f,
                            .work = pool_fixture_work,
                            .on_done = pool_fixture_done,
                            .on_error = pool_fixture_error,
                            .on_death = pool_fixture_death,
                            .on_tick = pool_fixture_tick};
    f->pool = pool_new(options, &handler);
}

static inline void pool_fixture_push(pool_fixture *f, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        pool_push(f->pool, i, 1, f->memory_of[i], NULL);
}

/* Nothing may be left: no child, no handle. */
static inline void pool_fixture_expect_nothing_left(const pool_fixture *f)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(pool_fixture_fds(), f->fds);
}

static inline void pool_fixture_run(pool_fixture *f)
{
    gm_error err = {.code = GM_OK};
    assert_int_equal(pool_run(f->pool, &err), GM_OK);
    pool_fixture_expect_nothing_left(f);
}

static inline void pool_fixture_close(pool_fixture *f)
{
    pool_free(f->pool);
    assert_int_equal(munmap(f->shared, sizeof *f->shared), 0);
    (void)alarm(0);
}

static inline void pool_fixture_sleep(double seconds)
{
    struct timespec t = {.tv_sec = (time_t)seconds,
                         .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

/* In a worker: the handle of its socket, the only one that it has. */
static inline int pool_fixture_socket(void)
{
    int found = -1;
    for (int fd = 3; fd < 64; fd++) {
        struct stat st;
        if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
            found = fd;
    }
    return found;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 * test_pool_death.c - workers that die, hang, close their socket or write nonsense to it: each
 * costs its own task only, and the supervisor never waits for it. */
#include "run/pool_fixture.h"

#include "base/limits.h"

/* What the victims do, by task. */
enum {
    DIE_SEGV,
    DIE_KILL,
    DIE_ABRT,
    DIE_TERM,
    EXIT_0,
    EXIT_7,
    HANG,
    CLOSE_AND_WAIT,
    CUT_HEAD,
    CUT_BODY,
    TOO_LONG_AND_WAIT,
    WAYS
};

static _Noreturn void die_by(int number)
{
    (void)signal(number, SIG_DFL); /* a sanitizer may have taken it */
    (void)raise(number);
    _exit(99);
}

/* The head of an answer, as pool.c sends it. */
static void send_head(uint64_t len, size_t n)
{
    uint8_t head[12] = {0};
    memcpy(head + 4, &len, sizeof len);
    if (send(pool_fixture_socket(), head, n, MSG_NOSIGNAL) != (ssize_t)n)
        _exit(98);
}

static gm_status victim(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)err;
    atomic_store(&breadcrumb_mine()->log, 40 + task);
    atomic_store(&breadcrumb_mine()->batch, 400 + task);
    breadcrumb_enter(BREADCRUMB_UPDATE, task);
    switch (task) {
    case DIE_SEGV:
        die_by(SIGSEGV);
    case DIE_KILL:
        die_by(SIGKILL);
    case DIE_ABRT:
        die_by(SIGABRT);
    case DIE_TERM:
        die_by(SIGTERM);
    case EXIT_0:
        _exit(0);
    case EXIT_7:
        _exit(7);
    case HANG:
        pool_fixture_sleep(30);
        break;
    case CLOSE_AND_WAIT:
        breadcrumb_leave();
        (void)close(pool_fixture_socket());
        pool_fixture_sleep(30);
        break;
    case CUT_HEAD:
        send_head(0, 11);
        _exit(0);
    case CUT_BODY:
        send_head(1000, 12);
        _exit(0);
    case TOO_LONG_AND_WAIT:
        breadcrumb_leave();
        send_head(LIMIT_ANSWER_BYTES + 1, 12);
        pool_fixture_sleep(30);
        break;
    default:
        break;
    }
    breadcrumb_leave();
    bytes_u32(answer, task);
    atomic_fetch_add(&f->shared->running, 1);
    return GM_OK;
}

typedef struct death_case {
    int signal, exit_code;
    bool timed_out, in_call;
    const char *reason;
} death_case;

static const death_case deaths[WAYS] = {
    [DIE_SEGV] = {SIGSEGV, 0, false, true, "was ended by SIGSEGV"},
    [DIE_KILL] = {SIGKILL, 0, false, true, "was ended by SIGKILL"},
    [DIE_ABRT] = {SIGABRT, 0, false, true, "was ended by SIGABRT"},
    [DIE_TERM] = {SIGTERM, 0, false, true, "was ended by SIGTERM"},
    [EXIT_0] = {0, 0, false, true, "exited with code 0"},
    [EXIT_7] = {0, 7, false, true, "exited with code 7"},
    [HANG] = {SIGKILL, 0, true, true, "took longer than 0 s"},
    [CLOSE_AND_WAIT] = {SIGKILL, 0, false, false, "was ended by SIGKILL"},
    [CUT_HEAD] = {0, 0, false, true, "exited with code 0"},
    [CUT_BODY] = {0, 0, false, true, "exited with code 0"},
    [TOO_LONG_AND_WAIT] = {SIGKILL, 0, false, false, "was ended by SIGKILL"},
};

static pool_options options_of(uint32_t workers)
{
    return (pool_options){.name = "test", .workers = workers, .call_seconds_max = 0.05};
}

static void test_each_way(void **state)
{
    (void)state;
    for (uint32_t way = 0; way < WAYS; way++) {
        const death_case *c = &deaths[way];
        pool_options options = options_of(1);
        pool_fixture f = {.work = victim};
        pool_fixture_open(&f, &options);
        pool_push(f.pool, way, 1, 1, NULL);
        pool_push(f.pool, WAYS, 0, 1, NULL); /* goes on in a new worker */
        pool_fixture_run(&f);
        assert_int_equal(f.n_deaths, 1);
        assert_int_equal(f.deaths[way], 1);
        assert_int_equal(f.done[WAYS], 1);
        assert_int_equal(f.answers[WAYS], WAYS);
        assert_string_equal(f.reason, c->reason);
        assert_int_equal(f.signal, c->signal);
        assert_int_equal(f.exit_code, c->exit_code);
        assert_int_equal(f.timed_out, c->timed_out);
        assert_int_equal(f.crumb_call, c->in_call ? BREADCRUMB_UPDATE : BREADCRUMB_NONE);
        assert_int_equal(f.crumb_metric, way);
        assert_int_equal(f.crumb_log, 40 + way);
        assert_int_equal(f.crumb_batch, 400 + way);
        pool_fixture_close(&f);
    }
}

/* All at the same time, among many that end well. */
static void test_all_ways_together(void **state)
{
    (void)state;
    pool_options options = options_of(4);
    pool_fixture f = {.work = victim};
    pool_fixture_open(&f, &options);
    pool_fixture_push(&f, 100);
    pool_fixture_run(&f);
    assert_int_equal(f.n_deaths, WAYS);
    assert_int_equal(f.n_done, 100 - WAYS);
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(f.deaths[i], i < WAYS);
        assert_int_equal(f.done[i], i >= WAYS);
    }
    pool_fixture_close(&f);
}

/* Time is measured within a plugin's call only: work of ours may take as long as it takes. */
static gm_status slow_outside(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)task;
    (void)err;
    breadcrumb_enter(BREADCRUMB_CREATE, 0);
    breadcrumb_leave();
    pool_fixture_sleep(0.25);
    bytes_u32(answer, 5);
    return GM_OK;
}

static void test_slow_outside_of_calls(void **state)
{
    (void)state;
    pool_options options = options_of(1);
    pool_fixture f = {.work = slow_outside};
    pool_fixture_open(&f, &options);
    pool_fixture_push(&f, 1);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 1);
    assert_int_equal(f.answers[0], 5);
    assert_true(f.n_ticks >= 1);
    pool_fixture_close(&f);
}

/* ---- trying again ---------------------------------------------------------------------------- */

static gm_status third_time(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)err;
    if (atomic_load(&f->shared->starts[task]) < 3)
        die_by(SIGKILL);
    bytes_u32(answer, task + 1000);
    return GM_OK;
}

static void push_again(pool_fixture *f, uint32_t task)
{
    pool_push(f->pool, task, task, f->memory_of[task], NULL);
}

/* Memory of tasks that died is given back: else nothing would fit in the end. */
static void test_pushed_again(void **state)
{
    (void)state;
    pool_options options = options_of(3);
    options.memory_max = 100;
    pool_fixture f = {.work = third_time, .after_death = push_again};
    pool_fixture_open(&f, &options);
    for (uint32_t i = 0; i < 30; i++)
        f.memory_of[i] = 50;
    pool_fixture_push(&f, 30);
    pool_fixture_run(&f);
    assert_int_equal(f.n_deaths, 60);
    assert_int_equal(f.n_done, 30);
    for (uint32_t i = 0; i < 30; i++) {
        assert_int_equal(f.deaths[i], 2);
        assert_int_equal(f.done[i], 1);
        assert_int_equal(f.answers[i], i + 1000);
    }
    assert_true(pool_running_max(f.pool) <= 2);
    pool_fixture_close(&f);
}

static void cancel_all(pool_fixture *f, uint32_t task)
{
    (void)task;
    pool_cancel(f->pool);
}

static gm_status die_always(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)task;
    (void)answer;
    (void)err;
    _exit(1);
}

static void test_cancelled_at_a_death(void **state)
{
    (void)state;
    pool_options options = options_of(1);
    pool_fixture f = {.work = die_always, .after_death = cancel_all};
    pool_fixture_open(&f, &options);
    pool_fixture_push(&f, 10);
    pool_fixture_run(&f);
    assert_int_equal(f.n_deaths, 1);
    assert_int_equal(f.n_done, 0);
    pool_fixture_close(&f);
}

/* ---- idle workers ---------------------------------------------------------------------------- */

static gm_status tell_pid(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)err;
    if (task == 1)
        pool_fixture_sleep(0.3);
    bytes_u32(answer, (uint32_t)getpid());
    return GM_OK;
}

static void kill_idle(pool_fixture *f, uint32_t task)
{
    if (task == 0)
        assert_int_equal(kill((pid_t)f->answers[0], SIGKILL), 0);
    if (task == 1)
        pool_push(f->pool, 2, 0, 0, NULL);
}

/* One that has nothing to do and is killed takes no task with it. */
static void test_idle_worker_killed(void **state)
{
    (void)state;
    pool_options options = options_of(2);
    pool_fixture f = {.work = tell_pid, .after_done = kill_idle};
    pool_fixture_open(&f, &options);
    pool_fixture_push(&f, 2);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 3);
    assert_int_equal(f.n_deaths, 0);
    assert_int_equal(f.done[2], 1);
    pool_fixture_close(&f);
}

static gm_status chatter(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)err;
    /* Whole answers that nobody asked for, before the one that is. */
    if (task == 0 && atomic_load(&f->shared->starts[0]) == 1)
        for (uint32_t i = 0; i < 3; i++)
            send_head(0, 12);
    bytes_u32(answer, task);
    return GM_OK;
}

/* The first ends the task; whatever comes behind it ends the worker, or another task of its. */
static void test_answers_nobody_asked_for(void **state)
{
    (void)state;
    pool_options options = options_of(1);
    pool_fixture f = {.work = chatter, .after_death = push_again};
    pool_fixture_open(&f, &options);
    pool_fixture_push(&f, 20);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 20);
    pool_fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_way),
        cmocka_unit_test(test_all_ways_together),
        cmocka_unit_test(test_slow_outside_of_calls),
        cmocka_unit_test(test_pushed_again),
        cmocka_unit_test(test_cancelled_at_a_death),
        cmocka_unit_test(test_idle_worker_killed),
        cmocka_unit_test(test_answers_nobody_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_pool.c - tasks that end well, errors, answers, order, memory, cancelling, signals. Workers
 * that die are in test_pool_death.c. */
#include "run/pool_fixture.h"

#include <stdlib.h>

#include "base/limits.h"
#include "run/stop_signal.h"

static const pool_options four = {.name = "test", .workers = 4, .call_seconds_max = 10};
static const pool_options one = {.name = "test", .workers = 1, .call_seconds_max = 10};

static gm_status square(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)err;
    bytes_u32(answer, task * task);
    return GM_OK;
}

static void test_no_tasks(void **state)
{
    (void)state;
    pool_fixture f = {.work = square};
    pool_fixture_open(&f, &four);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 0);
    assert_int_equal(pool_running_max(f.pool), 0);
    pool_fixture_close(&f);
    pool_free(NULL);
}

static gm_status own_pid(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)task;
    (void)err;
    bytes_u32(answer, (uint32_t)getpid());
    return GM_OK;
}

static void test_many_tasks(void **state)
{
    (void)state;
    static const uint32_t workers[] = {1, 2, 4, 16};
    for (size_t k = 0; k < sizeof workers / sizeof *workers; k++) {
        pool_options options = {.name = "test", .workers = workers[k], .call_seconds_max = 10};
        pool_fixture f = {.work = square};
        pool_fixture_open(&f, &options);
        pool_fixture_push(&f, POOL_TASKS);
        pool_fixture_run(&f);
        assert_int_equal(f.n_done, POOL_TASKS);
        assert_int_equal(f.n_errors + f.n_deaths, 0);
        for (uint32_t i = 0; i < POOL_TASKS; i++) {
            assert_int_equal(f.done[i], 1);
            assert_int_equal(atomic_load(&f.shared->starts[i]), 1);
            assert_int_equal(f.answers[i], i * i);
        }
        assert_true(pool_running_max(f.pool) >= 1);
        assert_true(pool_running_max(f.pool) <= workers[k]);
        pool_fixture_close(&f);
    }
}

/* No more processes than workers; no worker for what is not there. */
static void test_workers_are_used_again(void **state)
{
    (void)state;
    static const uint32_t tasks[] = {1, 2, 100};
    for (size_t k = 0; k < 3; k++) {
        pool_fixture f = {.work = own_pid};
        pool_fixture_open(&f, &four);
        pool_fixture_push(&f, tasks[k]);
        pool_fixture_run(&f);
        uint32_t n = 0;
        for (uint32_t i = 0; i < tasks[k]; i++) {
            uint32_t earlier = 0;
            while (earlier < i && f.answers[earlier] != f.answers[i])
                earlier++;
            n += earlier == i;
            assert_true(f.answers[i] != (uint32_t)getpid());
        }
        assert_true(n <= 4 && n <= tasks[k]);
        pool_fixture_close(&f);
    }
}

static void test_order_of_cost(void **state)
{
    (void)state;
    static const uint64_t costs[] = {5, 1, UINT64_MAX, 5, 0, UINT64_MAX, 6, 0};
    static const uint32_t expected[] = {2, 5, 6, 0, 3, 1, 4, 7}; /* equal ones as pushed */
    pool_fixture f = {.work = square};
    pool_fixture_open(&f, &one);
    for (uint32_t i = 0; i < 8; i++)
        pool_push(f.pool, i, costs[i], 0, NULL);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 8);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(f.order[i], expected[i]);
    assert_int_equal(pool_running_max(f.pool), 1);
    pool_fixture_close(&f);
}

static void raise_to(_Atomic uint64_t *max, uint64_t v)
{
    uint64_t have = atomic_load(max);
    while (have < v && !atomic_compare_exchange_weak(max, &have, v))
        continue;
}

/* Notes what runs at the same time. flag: something ran beside a task that is too large. */
static gm_status take_memory(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)answer;
    (void)err;
    pool_shared *s = f->shared;
    uint64_t now = atomic_fetch_add(&s->memory, f->memory_of[task]) + f->memory_of[task];
    raise_to(&s->memory_max, now);
    uint32_t running = atomic_fetch_add(&s->running, 1) + 1;
    uint32_t have = atomic_load(&s->running_max);
    while (have < running && !atomic_compare_exchange_weak(&s->running_max, &have, running))
        continue;
    pool_fixture_sleep(0.004);
    if (f->memory_of[task] > 100 && atomic_load(&s->running) > 1)
        atomic_store(&s->flag, 1);
    atomic_fetch_sub(&s->running, 1);
    atomic_fetch_sub(&s->memory, f->memory_of[task]);
    return GM_OK;
}

typedef struct memory_case {
    uint64_t memory_max;
    uint64_t tasks[8];    /* bytes; 0: no more */
    uint64_t seen_max;    /* of all that ran at the same time, at most */
    uint32_t running_max; /* likewise */
} memory_case;

static const memory_case memory_cases[] = {
    {100, {50, 50, 50, 50, 50, 50}, 100, 2},
    {100, {51, 51, 51, 51}, 51, 1},
    {100, {100, 100, 1}, 100, 1},
    {100, {25, 25, 25, 25, 25, 25, 25, 25}, 100, 4},
    {100, {500, 50, 50, 500, 50}, 500, 2}, /* larger than the maximum: alone */
    {100, {UINT64_MAX, UINT64_MAX}, UINT64_MAX, 1},
    {0, {500, 500, 500, 500}, 2000, 4}, /* no limit */
};

static void test_memory(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof memory_cases / sizeof *memory_cases; k++) {
        const memory_case *c = &memory_cases[k];
        pool_options options = four;
        options.memory_max = c->memory_max;
        pool_fixture f = {.work = take_memory};
        pool_fixture_open(&f, &options);
        uint32_t n = 0;
        while (n < 8 && c->tasks[n] != 0) {
            f.memory_of[n] = c->tasks[n];
            n++;
        }
        pool_fixture_push(&f, n);
        pool_fixture_run(&f);
        assert_int_equal(f.n_done, n);
        assert_true(atomic_load(&f.shared->memory_max) <= c->seen_max);
        assert_true(atomic_load(&f.shared->running_max) <= c->running_max);
        assert_true(pool_running_max(f.pool) <= c->running_max);
        if (c->memory_max != 0)
            assert_int_equal(atomic_load(&f.shared->flag), 0);
        pool_fixture_close(&f);
    }
}

/* What does not fit waits; what is behind it and fits does not. */
static void test_memory_lets_small_ones_pass(void **state)
{
    (void)state;
    pool_options options = {
        .name = "test", .workers = 2, .memory_max = 100, .call_seconds_max = 10};
    pool_fixture f = {.work = take_memory};
    pool_fixture_open(&f, &options);
    static const uint64_t memory[] = {60, 60, 40};
    for (uint32_t i = 0; i < 3; i++) {
        f.memory_of[i] = memory[i];
        pool_push(f.pool, i, 10 - i, memory[i], NULL);
    }
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 3);
    assert_int_equal(f.order[2], 1);
    assert_int_equal(pool_running_max(f.pool), 2);
    pool_fixture_close(&f);
}

/* The last two tasks wait for each other; those before them end well, badly, or at once. */
static gm_status meet(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)err;
    if (task < 8) {
        if (task % 4 == 3)
            _exit(1);
        return task % 4 == 2 ? GM_E_IO : GM_OK;
    }
    atomic_fetch_add(&f->shared->running, 1);
    for (uint32_t i = 0; i < 1000 && atomic_load(&f->shared->running) < 2; i++)
        pool_fixture_sleep(0.001);
    bytes_u32(answer, atomic_load(&f->shared->running));
    return GM_OK;
}

/* However a task ended, its memory is there for others. */
static void test_memory_is_given_back(void **state)
{
    (void)state;
    pool_options options = four;
    options.memory_max = 100;
    pool_fixture f = {.work = meet};
    pool_fixture_open(&f, &options);
    for (uint32_t i = 0; i < 10; i++)
        pool_push(f.pool, i, 10 - i, 50, NULL);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 6);
    assert_int_equal(f.n_errors, 2);
    assert_int_equal(f.n_deaths, 2);
    assert_int_equal(f.answers[8], 2);
    assert_int_equal(f.answers[9], 2);
    pool_fixture_close(&f);
}

static gm_status fail_odd(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    bytes_u32(answer, task);
    if (task % 2 == 0)
        return GM_OK;
    if (task == 1)
        return error_at(err, GM_E_DAMAGED, "x.gz", 7, 9, "is damaged");
    return task == 3 ? GM_E_IO : error_set(err, GM_E_CONFIG, "task %u", task);
}

static void test_errors(void **state)
{
    (void)state;
    pool_fixture f = {.work = fail_odd};
    pool_fixture_open(&f, &one);
    pool_push(f.pool, 1, 0, 0, NULL);
    pool_fixture_run(&f);
    assert_int_equal(f.error.code, GM_E_DAMAGED);
    assert_string_equal(f.error.message, "is damaged");
    assert_string_equal(f.error.path, "x.gz");
    assert_int_equal(f.error.line, 7);
    assert_int_equal(f.error.column, 9);
    pool_push(f.pool, 3, 0, 0, NULL); /* nobody filled the error in; the pool runs a second time */
    pool_fixture_run(&f);
    assert_int_equal(f.error.code, GM_E_IO);
    assert_string_equal(f.error.message, "");
    pool_fixture_close(&f);

    f = (pool_fixture){.work = fail_odd};
    pool_fixture_open(&f, &four);
    pool_fixture_push(&f, 100);
    pool_fixture_run(&f);
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(f.done[i], i % 2 == 0);
        assert_int_equal(f.errors[i], i % 2 != 0);
    }
    assert_int_equal(f.n_deaths, 0);
    pool_fixture_close(&f);
}

static const size_t sizes[] = {0, 1, 4, 100000, 3 << 20, 5 << 20, (8 << 20) + 1, 2};

static gm_status big(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)err;
    uint8_t *p = bytes_reserve(answer, sizes[task]);
    if (p == NULL && sizes[task] != 0)
        return GM_E_LIMIT;
    for (size_t i = 0; i < sizes[task]; i++)
        p[i] = (uint8_t)(i * 7 + task);
    answer->len = sizes[task];
    return GM_OK;
}

static void big_done(void *context, uint32_t task, bytes_reader answer)
{
    pool_fixture *f = context;
    assert_int_equal(answer.end - answer.p, sizes[task]);
    for (size_t i = 0; i < sizes[task]; i++)
        if (answer.p[i] != (uint8_t)(i * 7 + task))
            fail_msg("byte %zu of the answer of task %u", i, task);
    f->done[task]++;
    f->n_done++;
}

static void test_big_answers(void **state)
{
    (void)state;
    pool_fixture f = {.work = big};
    pool_fixture_open(&f, &four);
    pool_free(f.pool);
    pool_handler handler = {.context = &f, .work = pool_fixture_work, .on_done = big_done};
    f.pool = pool_new(&four, &handler); /* without on_tick, and with an on_done of its own */
    pool_fixture_push(&f, 8);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 8);
    pool_fixture_close(&f);
}

static gm_status too_big(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)task;
    (void)err;
    bytes_u32(answer, 1);
    answer->failed = true; /* rather than a GiB for real */
    return GM_OK;
}

static void test_answer_above_the_limit(void **state)
{
    (void)state;
    pool_fixture f = {.work = too_big};
    pool_fixture_open(&f, &one);
    pool_fixture_push(&f, 1);
    pool_fixture_run(&f);
    assert_int_equal(f.n_errors, 1);
    assert_int_equal(f.error.code, GM_E_LIMIT);
    assert_string_equal(f.error.message, "the answer of a test worker is larger than 1024 MiB");
    pool_fixture_close(&f);
}

static void cancel_at_third(pool_fixture *f, uint32_t task)
{
    (void)task;
    if (f->n_done == 3)
        pool_cancel(f->pool);
}

/* What runs goes on to its end; a pool that was cancelled takes new tasks. */
static void test_cancel(void **state)
{
    (void)state;
    static const uint32_t workers[] = {1, 4};
    for (size_t k = 0; k < 2; k++) {
        pool_options options = {.name = "test", .workers = workers[k], .call_seconds_max = 10};
        pool_fixture f = {.work = square, .after_done = cancel_at_third};
        pool_fixture_open(&f, &options);
        pool_fixture_push(&f, 100);
        pool_fixture_run(&f);
        assert_true(f.n_done >= 3);
        assert_true(f.n_done < 3 + workers[k]);
        uint32_t before = f.n_done;
        pool_push(f.pool, 200, 0, 0, NULL);
        pool_fixture_run(&f);
        assert_int_equal(f.n_done, before + 1);
        assert_int_equal(f.done[200], 1);
        pool_fixture_close(&f);
    }
}

static void push_next(pool_fixture *f, uint32_t task)
{
    if (task + 1 < 50)
        pool_push(f->pool, task + 1, task, 0, NULL);
}

static void test_push_from_on_done(void **state)
{
    (void)state;
    pool_fixture f = {.work = square, .after_done = push_next};
    pool_fixture_open(&f, &four);
    pool_push(f.pool, 0, 0, 0, NULL);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 50);
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(f.order[i], i);
    pool_fixture_close(&f);
}

/* ---- orders ---------------------------------------------------------------------------------- */

static uint8_t order_byte(uint32_t task, size_t i)
{
    return (uint8_t)(i * 13 + task);
}

/* The number of bytes that are as they should be; dies the first time, where there are many. */
static gm_status check_order(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)err;
    uint32_t n = 0;
    while (f->given.p + n < f->given.end && f->given.p[n] == order_byte(task, n))
        n++;
    if (sizes[task] > 1000 && atomic_load(&f->shared->starts[task]) == 1)
        _exit(1);
    bytes_u32(answer, n);
    return f->given.p + n == f->given.end ? GM_OK : GM_E_INPUT;
}

static void push_order(pool_fixture *f, uint32_t task)
{
    bytes order;
    bytes_init(&order, SIZE_MAX);
    for (size_t i = 0; i < sizes[task]; i++)
        bytes_u8(&order, order_byte(task, i));
    pool_push(f->pool, task, 0, 0, &order);
    bytes_deinit(&order); /* it was copied */
}

/* Orders far beyond what a socket holds, after a death again, dropped by cancelling and by freeing.
 */
static void test_orders(void **state)
{
    (void)state;
    pool_fixture f = {.work = check_order, .after_death = push_order};
    pool_fixture_open(&f, &four);
    for (uint32_t i = 0; i < 8; i++)
        push_order(&f, i);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 8);
    assert_int_equal(f.n_deaths, 4);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(f.answers[i], sizes[i]);
    push_order(&f, 4);
    pool_cancel(f.pool);
    pool_fixture_run(&f);
    assert_int_equal(f.n_done, 8);
    push_order(&f, 5);
    pool_fixture_close(&f);
}

/* ---- progress, ticks, signals, output -------------------------------------------------------- */

static gm_status leave_crumbs(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)answer;
    (void)err;
    atomic_fetch_add(&breadcrumb_mine()->bytes_in, 1000 + task);
    atomic_fetch_add(&breadcrumb_mine()->events, 10);
    if (task % 3 == 0 && atomic_load(&f->shared->starts[task]) == 1)
        _exit(1);
    return GM_OK;
}

static void push_again(pool_fixture *f, uint32_t task)
{
    pool_push(f->pool, task, 0, 0, NULL);
}

/* What workers that died had read counts as well: it was read. */
static void test_progress(void **state)
{
    (void)state;
    pool_fixture f = {.work = leave_crumbs, .after_death = push_again};
    pool_fixture_open(&f, &four);
    pool_fixture_push(&f, 9);
    pool_fixture_run(&f);
    assert_int_equal(f.n_deaths, 3);
    uint64_t bytes_in = 0, events = 0;
    pool_progress(f.pool, &bytes_in, &events);
    assert_int_equal(bytes_in, 9 * 1000 + 36 + 3 * 1000 + 9); /* 0 to 8, and 0, 3, 6 again */
    assert_int_equal(events, 120);
    pool_fixture_close(&f);
}

static gm_status sleep_long(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)answer;
    (void)err;
    (void)task;
    atomic_fetch_add(&f->shared->running, 1);
    pool_fixture_sleep(30);
    return GM_OK;
}

static void raise_term(pool_fixture *f)
{
    if (atomic_load(&f->shared->running) == 2)
        (void)raise(SIGTERM);
}

/* In a process of its own, as a signal that was seen stays seen. */
static void test_stop(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        pool_options options = {.name = "test", .workers = 2, .call_seconds_max = 10};
        pool_fixture f = {.work = sleep_long, .tick = raise_term};
        stop_signal_install();
        pool_fixture_open(&f, &options);
        pool_fixture_push(&f, 5);
        gm_error err = {.code = GM_OK};
        gm_status st = pool_run(f.pool, &err);
        bool is_gone =
            waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD && pool_fixture_fds() == f.fds;
        bool is_told = st == GM_E_STOPPED && err.code == GM_E_STOPPED && f.n_done == 0 &&
                       f.n_deaths == 0 && f.n_errors == 0;
        pool_fixture_close(&f);
        _exit(is_gone && is_told ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static gm_status print(pool_fixture *f, uint32_t task, bytes *answer, gm_error *err)
{
    (void)f;
    (void)task;
    (void)answer;
    (void)err;
    return write(STDOUT_FILENO, "from a plugin", 13) == 13 ? GM_OK : GM_E_IO;
}

/* The scorecards' stdout is not for plugins. */
static void test_stdout_of_workers(void **state)
{
    (void)state;
    int out[2], err_pipe[2];
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(err_pipe), 0);
    int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
    assert_true(dup2(out[1], STDOUT_FILENO) >= 0);
    assert_true(dup2(err_pipe[1], STDERR_FILENO) >= 0);
    pool_fixture f = {.work = print};
    pool_fixture_open(&f, &one);
    pool_fixture_push(&f, 1);
    gm_status st = pool_run(f.pool, NULL);
    pool_fixture_close(&f);
    (void)dup2(saved_out, STDOUT_FILENO);
    (void)dup2(saved_err, STDERR_FILENO);
    (void)close(out[1]);
    (void)close(err_pipe[1]);
    char text[32] = "";
    assert_int_equal(read(out[0], text, sizeof text), 0);
    assert_int_equal(read(err_pipe[0], text, sizeof text - 1), 13);
    assert_string_equal(text, "from a plugin");
    assert_int_equal(st, GM_OK);
    assert_int_equal(f.n_done, 1);
    (void)close(out[0]);
    (void)close(err_pipe[0]);
    (void)close(saved_out);
    (void)close(saved_err);
}

/* A pool that is freed without having run, or with tasks that wait. */
static void test_free_early(void **state)
{
    (void)state;
    pool_fixture f = {.work = square};
    pool_fixture_open(&f, &four);
    pool_fixture_push(&f, 100);
    pool_fixture_close(&f);
    pool_fixture_expect_nothing_left(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_tasks),
        cmocka_unit_test(test_many_tasks),
        cmocka_unit_test(test_workers_are_used_again),
        cmocka_unit_test(test_order_of_cost),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_lets_small_ones_pass),
        cmocka_unit_test(test_memory_is_given_back),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_big_answers),
        cmocka_unit_test(test_answer_above_the_limit),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_push_from_on_done),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_stdout_of_workers),
        cmocka_unit_test(test_free_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

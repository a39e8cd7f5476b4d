/* SPDX-License-Identifier: Apache-2.0
 * pool.c - the supervisor's side of a pool; see pool.h. Each worker has a socket pair: a task goes
 * out, one message comes back (pool_worker.h). The end of the socket without a message is a death.
 */
#include "run/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "run/pool_worker.h"
#include "run/stop_signal.h"

enum { NO_TASK = 0x7fffffff, TICK_MS = 100 };

typedef struct queued {
    uint32_t task;
    uint64_t cost, memory;
    bytes order;
} queued;

typedef struct worker {
    pid_t pid; /* 0: none */
    int fd;
    uint32_t task;   /* NO_TASK: idle */
    uint64_t memory; /* of that task */
    bool timed_out;
    bytes inbox;
} worker;

struct pool {
    pool_options options;
    pool_handler handler;
    queued *queue;
    uint32_t n_queue, queue_cap;
    worker *workers;
    breadcrumb *page; /* shared, a crumb a worker */
    uint64_t memory_used;
    uint32_t n_running, running_max;
    uint64_t dead_bytes, dead_events; /* of workers that are gone */
};

pool *pool_new(const pool_options *options, const pool_handler *handler)
{
    GM_ASSERT(options->workers > 0);
    pool *p = mem_zalloc(sizeof *p);
    p->options = *options;
    p->handler = *handler;
    p->workers = mem_array(options->workers, sizeof *p->workers);
    size_t size = options->workers * sizeof *p->page;
    p->page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    GM_ASSERT(p->page != MAP_FAILED);
    for (uint32_t i = 0; i < options->workers; i++) {
        p->workers[i].fd = -1;
        p->workers[i].task = NO_TASK;
        bytes_init(&p->workers[i].inbox, LIMIT_ANSWER_BYTES + POOL_WORKER_HEAD_BYTES);
    }
    return p;
}

void pool_push(pool *p, uint32_t task, uint64_t cost, uint64_t memory, const bytes *order)
{
    GM_ASSERT(task < NO_TASK);
    queued q = {.task = task, .cost = cost, .memory = memory};
    bytes_init(&q.order, LIMIT_ANSWER_BYTES);
    if (order != NULL)
        bytes_put(&q.order, order->data, order->len);
    GM_ASSERT(!q.order.failed);
    MEM_GROW(p->queue, p->n_queue, p->queue_cap);
    uint32_t at = p->n_queue++;
    /* Sorted by falling cost; equal ones behind those that came first. */
    while (at > 0 && p->queue[at - 1].cost < cost) {
        p->queue[at] = p->queue[at - 1];
        at--;
    }
    p->queue[at] = q;
}

void pool_cancel(pool *p)
{
    while (p->n_queue != 0)
        bytes_deinit(&p->queue[--p->n_queue].order);
}

/* ---- in the supervisor --------------------------------------------------------------------------
 */

static gm_status start_worker(pool *p, uint32_t index, gm_error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return error_errno(err, GM_E_IO, "cannot make a socket for a worker");
    p->dead_bytes += atomic_load(&p->page[index].bytes_in);
    p->dead_events += atomic_load(&p->page[index].events);
    memset(&p->page[index], 0, sizeof p->page[index]);
    atomic_store(&p->page[index].log, UINT32_MAX);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        (void)close(pair[0]);
        (void)close(pair[1]);
        return error_errno(err, GM_E_IO, "cannot start a worker");
    }
    if (pid == 0) {
        pool_worker_become(&p->page[index]);
        if (getppid() != parent)
            _exit(0); /* the supervisor died between fork and prctl */
        for (uint32_t i = 0; i < p->options.workers; i++)
            if (p->workers[i].fd >= 0)
                (void)close(p->workers[i].fd);
        (void)close(pair[0]);
        pool_worker_run(&p->handler, p->options.name, pair[1]);
    }
    (void)close(pair[1]);
    worker *w = &p->workers[index];
    w->pid = pid;
    w->fd = pair[0];
    w->task = NO_TASK;
    w->timed_out = false;
    bytes_clear(&w->inbox);
    int flags = fcntl(w->fd, F_GETFL);
    int failed = fcntl(w->fd, F_SETFL, flags | O_NONBLOCK);
    GM_ASSERT(failed == 0);
    return GM_OK;
}

static void set_idle(pool *p, worker *w)
{
    p->memory_used -= w->memory;
    p->n_running--;
    w->task = NO_TASK;
    w->memory = 0;
}

static const char *signal_name(int number, char text[32])
{
    const char *name = sigabbrev_np(number);
    if (name != NULL)
        (void)snprintf(text, 32, "SIG%s", name);
    else
        (void)snprintf(text, 32, "signal %d", number);
    return text;
}

/* The socket ended: collects the worker and tells the handler. */
static void bury(pool *p, uint32_t index)
{
    worker *w = &p->workers[index];
    int status = 0;
    /* One that lives on, having closed its socket or written nonsense to it, is of no use. For one
     * that is ending this comes too late to change how. */
    (void)kill(w->pid, SIGKILL);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    (void)close(w->fd);
    w->pid = 0;
    w->fd = -1;
    if (w->task == NO_TASK)
        return;
    uint32_t task = w->task;
    set_idle(p, w);
    pool_death death = {.timed_out = w->timed_out};
    memcpy(&death.crumb, &p->page[index], sizeof death.crumb);
    char text[96], name[32];
    if (w->timed_out) {
        (void)snprintf(text, sizeof text, "took longer than %.0f s", p->options.call_seconds_max);
        death.signal = SIGKILL;
    } else if (WIFSIGNALED(status)) {
        death.signal = WTERMSIG(status);
        (void)snprintf(text, sizeof text, "was ended by %s", signal_name(death.signal, name));
    } else {
        death.exit_code = WEXITSTATUS(status);
        (void)snprintf(text, sizeof text, "exited with code %d", death.exit_code);
    }
    death.reason = text;
    p->handler.on_death(p->handler.context, task, &death);
}

static void take_answer(pool *p, worker *w)
{
    int32_t code = 0;
    memcpy(&code, w->inbox.data, 4);
    const uint8_t *body = w->inbox.data + POOL_WORKER_HEAD_BYTES;
    size_t len = w->inbox.len - POOL_WORKER_HEAD_BYTES;
    uint32_t task = w->task;
    set_idle(p, w);
    if (code == GM_OK) {
        p->handler.on_done(p->handler.context, task, bytes_read(body, len));
    } else {
        gm_error err;
        memset(&err, 0, sizeof err);
        if (len == sizeof err)
            memcpy(&err, body, sizeof err);
        err.code = code;
        err.message[sizeof err.message - 1] = '\0';
        err.path[sizeof err.path - 1] = '\0';
        p->handler.on_error(p->handler.context, task, &err);
    }
    bytes_clear(&w->inbox);
}

/* Reads what there is; false when the socket ended or made no sense. */
static bool receive(pool *p, worker *w)
{
    for (;;) {
        uint64_t want = POOL_WORKER_HEAD_BYTES;
        if (w->inbox.len >= POOL_WORKER_HEAD_BYTES) {
            uint64_t len = 0;
            memcpy(&len, w->inbox.data + 4, sizeof len);
            if (len > LIMIT_ANSWER_BYTES || w->task == NO_TASK)
                return false;
            want += len;
        }
        if (w->inbox.len == want) {
            take_answer(p, w);
            return true;
        }
        size_t room = (size_t)want - w->inbox.len;
        uint8_t *to = bytes_reserve(&w->inbox, room);
        GM_ASSERT(to != NULL);
        ssize_t got = recv(w->fd, to, room, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (got <= 0)
            return false;
        w->inbox.len += (size_t)got;
    }
}

/* A worker that is gone is noticed by its socket; the task then counts as its victim. The worker
 * waits for nothing else, so the socket takes it all, in pieces if need be. */
static void send_task(const worker *w, const queued *q)
{
    uint64_t len = q->order.len;
    struct pollfd ready = {.fd = w->fd, .events = POLLOUT};
    uint8_t head[sizeof q->task + sizeof len];
    memcpy(head, &q->task, sizeof q->task);
    memcpy(head + sizeof q->task, &len, sizeof len);
    const struct {
        const uint8_t *p;
        size_t n;
    } pieces[] = {{head, sizeof head}, {q->order.data, q->order.len}};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        for (size_t at = 0; at < pieces[i].n;) {
            ssize_t n = send(w->fd, pieces[i].p + at, pieces[i].n - at, MSG_NOSIGNAL);
            if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
                (void)poll(&ready, 1, TICK_MS); /* whatever it says, send() says more */
                continue;
            }
            if (n <= 0)
                return;
            at += (size_t)n;
        }
    }
}

/* Hands the first task that fits to an idle worker; false when there is none. */
static bool hand_out(pool *p, worker *w)
{
    for (uint32_t i = 0; i < p->n_queue; i++) {
        queued q = p->queue[i];
        if (p->n_running != 0 && p->options.memory_max != 0 &&
            (q.memory > p->options.memory_max || p->memory_used > p->options.memory_max - q.memory))
            continue;
        memmove(&p->queue[i], &p->queue[i + 1], (p->n_queue - i - 1) * sizeof *p->queue);
        p->n_queue--;
        w->task = q.task;
        w->memory = q.memory;
        p->memory_used += q.memory;
        p->n_running++;
        if (p->n_running > p->running_max)
            p->running_max = p->n_running;
        send_task(w, &q);
        bytes_deinit(&q.order);
        return true;
    }
    return false;
}

static gm_status hand_out_all(pool *p, gm_error *err)
{
    for (uint32_t i = 0; i < p->options.workers && p->n_queue != 0; i++) {
        worker *w = &p->workers[i];
        if (w->pid == 0) {
            gm_status st = start_worker(p, i, err);
            if (st != GM_OK)
                return st;
        }
        if (w->task == NO_TASK && !hand_out(p, w))
            break;
    }
    return GM_OK;
}

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void watch_calls(pool *p)
{
    for (uint32_t i = 0; i < p->options.workers; i++) {
        worker *w = &p->workers[i];
        if (w->pid == 0 || w->timed_out ||
            atomic_load_explicit(&p->page[i].call, memory_order_acquire) == BREADCRUMB_NONE)
            continue;
        int64_t since = atomic_load_explicit(&p->page[i].call_ns, memory_order_relaxed);
        if ((double)(now_ns() - since) > p->options.call_seconds_max * 1e9) {
            w->timed_out = true;
            (void)kill(w->pid, SIGKILL); /* its socket will tell */
        }
    }
}

static void end_workers(pool *p, int signal_number)
{
    for (uint32_t i = 0; i < p->options.workers; i++) {
        worker *w = &p->workers[i];
        if (w->pid == 0)
            continue;
        if (signal_number != 0)
            (void)kill(w->pid, signal_number);
        (void)close(w->fd);
        w->fd = -1;
    }
    for (uint32_t i = 0; i < p->options.workers; i++) {
        worker *w = &p->workers[i];
        while (w->pid != 0 && waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
        w->pid = 0;
        w->task = NO_TASK;
    }
}

static void poll_once(pool *p, struct pollfd *fds, uint32_t *owners)
{
    nfds_t n = 0;
    for (uint32_t i = 0; i < p->options.workers; i++) {
        if (p->workers[i].pid == 0)
            continue;
        owners[n] = i;
        fds[n++] = (struct pollfd){.fd = p->workers[i].fd, .events = POLLIN};
    }
    int ready = poll(fds, n, TICK_MS);
    for (nfds_t k = 0; ready > 0 && k < n; k++)
        if (fds[k].revents != 0 && !receive(p, &p->workers[owners[k]]))
            bury(p, owners[k]);
}

gm_status pool_run(pool *p, gm_error *err)
{
    struct pollfd *fds = mem_array(p->options.workers, sizeof *fds);
    uint32_t *owners = mem_array(p->options.workers, sizeof *owners);
    gm_status st = GM_OK;
    int64_t last_tick = 0;
    while (st == GM_OK) {
        st = hand_out_all(p, err);
        if (st != GM_OK || p->n_running == 0)
            break;
        poll_once(p, fds, owners);
        watch_calls(p);
        if (p->handler.on_tick != NULL && now_ns() - last_tick > TICK_MS * INT64_C(1000000)) {
            last_tick = now_ns();
            p->handler.on_tick(p->handler.context, p);
        }
        if (stop_signal_seen() != 0)
            st = error_set(err, GM_E_STOPPED, "stopped by a signal; nothing was written");
    }
    end_workers(p, st == GM_OK ? 0 : SIGKILL);
    mem_free(fds);
    mem_free(owners);
    return st;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    end_workers(p, SIGKILL);
    for (uint32_t i = 0; i < p->options.workers; i++)
        bytes_deinit(&p->workers[i].inbox);
    (void)munmap(p->page, p->options.workers * sizeof *p->page); /* ours, whole */
    pool_cancel(p);
    mem_free(p->workers);
    mem_free(p->queue);
    mem_free(p);
}

uint32_t pool_running_max(const pool *p)
{
    return p->running_max;
}

void pool_progress(const pool *p, uint64_t *bytes_in, uint64_t *events)
{
    *bytes_in = p->dead_bytes;
    *events = p->dead_events;
    for (uint32_t i = 0; i < p->options.workers; i++) {
        *bytes_in += atomic_load_explicit(&p->page[i].bytes_in, memory_order_relaxed);
        *events += atomic_load_explicit(&p->page[i].events, memory_order_relaxed);
    }
}

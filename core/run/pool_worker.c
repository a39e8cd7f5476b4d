/* SPDX-License-Identifier: Apache-2.0
 * pool_worker.c - see pool_worker.h. */
#include "run/pool_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "run/stop_signal.h"

static bool read_all(int fd, void *to, size_t n)
{
    uint8_t *p = to;
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static bool send_all(int fd, const void *from, size_t n)
{
    const uint8_t *p = from;
    while (n > 0) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* False: the supervisor closed the socket. */
static bool read_task(int fd, uint32_t *task, bytes *order)
{
    uint64_t len = 0;
    bytes_clear(order);
    if (!read_all(fd, task, sizeof *task) || !read_all(fd, &len, sizeof len))
        return false;
    uint8_t *to = bytes_reserve(order, (size_t)len);
    GM_ASSERT(to != NULL);
    order->len = (size_t)len;
    return read_all(fd, to, (size_t)len);
}

_Noreturn void pool_worker_run(const pool_handler *handler, const char *name, int fd)
{
    bytes answer, order;
    bytes_init(&answer, LIMIT_ANSWER_BYTES);
    bytes_init(&order, LIMIT_ANSWER_BYTES);
    uint32_t task = 0;
    while (read_task(fd, &task, &order)) {
        gm_error err;
        memset(&err, 0, sizeof err);
        bytes_clear(&answer);
        gm_status st =
            handler->work(handler->context, task, bytes_read(order.data, order.len), &answer, &err);
        if (st == GM_OK && answer.failed)
            st = error_set(&err, GM_E_LIMIT, "the answer of a %s worker is larger than %zu MiB",
                           name, LIMIT_ANSWER_BYTES >> 20);
        if (st != GM_OK) {
            err.code = st;
            bytes_clear(&answer);
            bytes_put(&answer, &err, sizeof err);
        }
        uint8_t head[POOL_WORKER_HEAD_BYTES];
        int32_t code = st;
        uint64_t len = answer.len;
        memcpy(head, &code, 4);
        memcpy(head + 4, &len, 8);
        if (!send_all(fd, head, sizeof head) || !send_all(fd, answer.data, answer.len))
            break;
    }
    /* No destructors, no atexit handlers: plugins are never unloaded. */
    _exit(0);
}

/* Of a worker; set once, after the fork. */
static int folder = -1;

void pool_return_to_folder(void)
{
    /* If it fails, opening the next file says why. */
    if (folder >= 0 && fchdir(folder) != 0)
        folder = -1;
}

void pool_worker_become(breadcrumb *page)
{
    folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    stop_signal_reset_in_worker();
    /* Best effort all three: a worker works without them. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    struct rlimit no_core = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    /* What a plugin prints must not get into the scorecards on stdout. */
    (void)dup2(STDERR_FILENO, STDOUT_FILENO);
    breadcrumb_set_page(page);
}

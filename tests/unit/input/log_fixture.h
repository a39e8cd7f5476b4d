/* SPDX-License-Identifier: Apache-2.0
 * log_fixture.h - logs for tests: files in memory that have a path, gzip members, random numbers.
 */
#ifndef GM_TEST_LOG_FIXTURE_H
#define GM_TEST_LOG_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* A regular file without a name that can still be opened by one; gone when it is closed. */
typedef struct log_fixture {
    int fd;
    char path[64];
} log_fixture;

static inline log_fixture log_fixture_new(const void *p, size_t n)
{
    log_fixture f = {.fd = memfd_create("log", MFD_CLOEXEC)};
    assert_true(f.fd >= 0);
    (void)snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    const char *from = p;
    while (n != 0) {
        ssize_t put = write(f.fd, from, n);
        assert_true(put > 0);
        from += put;
        n -= (size_t)put;
    }
    return f;
}

static inline void log_fixture_free(log_fixture *f)
{
    assert_int_equal(close(f->fd), 0);
}

/* splitmix64: the same numbers everywhere. */
static inline uint64_t log_fixture_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

#endif

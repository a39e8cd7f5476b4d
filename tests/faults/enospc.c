/* SPDX-License-Identifier: Apache-2.0
 * enospc.c - a disk that fails on demand: preloaded into the program, it makes one kind of system call
 * on files below a folder fail.
 *
 *   FAULT_CALL     write, short, read, open (for creating), fsync, syncfs, close, rename, mkdir,
 *                  symlink, unlink
 *   FAULT_BELOW    the folder, absolute, with links resolved
 *   FAULT_NTH      which call fails, from 1, over all processes of the run
 *   FAULT_ERRNO    with which errno (a number)
 *   FAULT_STICKY   when set, all later ones fail as well
 *   FAULT_COUNTER  a file of 8 bytes: calls so far, failures so far (uint32_t both)
 *
 * "short" is a write() that takes one byte. The counter is shared memory, as workers are forked.
 * Built by the test that uses it:  cc -shared -fPIC -o enospc.so enospc.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fault_counter {
    _Atomic uint32_t calls, failures;
} fault_counter;

static fault_counter *counter;
static const char *call, *below;
static uint32_t nth;
static int error_number;
static bool is_sticky;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void set_up(void)
{
    const char *path = getenv("FAULT_COUNTER");
    call = getenv("FAULT_CALL");
    below = getenv("FAULT_BELOW");
    if (path == NULL || call == NULL || below == NULL)
        return;
    nth = (uint32_t)strtoul(getenv("FAULT_NTH"), NULL, 10);
    error_number = (int)strtol(getenv("FAULT_ERRNO"), NULL, 10);
    is_sticky = getenv("FAULT_STICKY") != NULL;
    int fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *p = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)REAL(close)(fd);
    if (p != MAP_FAILED)
        counter = p;
}

static bool is_below(const char *path)
{
    char full[2 * PATH_MAX];
    if (path[0] != '/') {
        if (getcwd(full, PATH_MAX) == NULL)
            return false;
        size_t n = strlen(full);
        (void)snprintf(full + n, sizeof full - n, "/%s", path);
        path = full;
    }
    size_t n = strlen(below);
    return strncmp(path, below, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Is it this call's turn? */
static bool fails(const char *name, const char *path)
{
    if (counter == NULL || strcmp(name, call) != 0 || !is_below(path))
        return false;
    uint32_t n = atomic_fetch_add(&counter->calls, 1) + 1;
    if (n != nth && !(is_sticky && n > nth))
        return false;
    atomic_fetch_add(&counter->failures, 1);
    errno = error_number;
    return true;
}

static bool fails_fd(const char *name, int fd)
{
    char link[64], path[PATH_MAX];
    if (counter == NULL || strcmp(name, call) != 0)
        return false;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    return fails(name, path);
}

ssize_t write(int fd, const void *p, size_t n)
{
    if (fails_fd("write", fd))
        return -1;
    if (n > 1 && fails_fd("short", fd))
        n = 1;
    return REAL(write)(fd, p, n);
}

ssize_t read(int fd, void *p, size_t n)
{
    return fails_fd("read", fd) ? -1 : REAL(read)(fd, p, n);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
        if (fails("open", path))
            return -1;
    }
    return REAL(open)(path, flags, mode);
}

int fsync(int fd)
{
    return fails_fd("fsync", fd) ? -1 : REAL(fsync)(fd);
}

int syncfs(int fd)
{
    return fails_fd("syncfs", fd) ? -1 : REAL(syncfs)(fd);
}

/* As on Linux, the file is closed whatever close() says. */
int close(int fd)
{
    bool is_bad = fails_fd("close", fd);
    int code = REAL(close)(fd);
    if (is_bad)
        errno = error_number;
    return is_bad ? -1 : code;
}

int rename(const char *from, const char *to)
{
    return fails("rename", to) ? -1 : REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    return fails("mkdir", path) ? -1 : REAL(mkdir)(path, mode);
}

int symlink(const char *target, const char *path)
{
    return fails("symlink", path) ? -1 : REAL(symlink)(target, path);
}

int unlink(const char *path)
{
    return fails("unlink", path) ? -1 : REAL(unlink)(path);
}

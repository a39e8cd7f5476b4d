/* SPDX-License-Identifier: Apache-2.0
 * folder_fixture.h - a new, empty folder for a test, removed afterwards without the code under
 * test. */
#ifndef GM_TEST_FOLDER_FIXTURE_H
#define GM_TEST_FOLDER_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_PATH_BYTES = 4096 };

static char folder_path[64];

static inline int folder_setup(void **state)
{
    (void)state;
    (void)snprintf(folder_path, sizeof folder_path, "/tmp/goalmill-test-XXXXXX");
    return mkdtemp(folder_path) == NULL ? -1 : 0;
}

static inline int folder_remove_one(const char *path, const struct stat *info, int kind,
                                    struct FTW *where)
{
    (void)info, (void)kind, (void)where; /* whatever it is, it goes */
    return remove(path);
}

static inline int folder_teardown(void **state)
{
    (void)state;
    return nftw(folder_path, folder_remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

/* A path in the folder; four at a time. */
static inline const char *folder_file(const char *name)
{
    static char paths[4][FOLDER_PATH_BYTES];
    static unsigned next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, FOLDER_PATH_BYTES, "%s/%s", folder_path, name);
    return path;
}

static inline void folder_write(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* The file holds exactly these bytes. */
static inline void folder_expect(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *have = malloc(n + 1);
    assert_non_null(have);
    assert_int_equal(fread(have, 1, n + 1, f), n);
    assert_memory_equal(have, p, n);
    free(have);
    assert_int_equal(fclose(f), 0);
}

static inline int folder_has(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

#endif

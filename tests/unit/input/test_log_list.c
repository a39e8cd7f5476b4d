/* SPDX-License-Identifier: Apache-2.0
 * test_log_list.c - globs, links, folders and what may not be read, in a folder of its own. */
#include "input/log_list.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "input/log_fixture.h"

typedef struct folder {
    char path[64];
    arena run_arena;
    log_list list;
} folder;

static void make_file(const folder *f, const char *name, const char *content)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    assert_int_equal(close(fd), 0);
}

static void make_link(const folder *f, const char *target, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    assert_int_equal(symlink(target, path), 0);
}

static void make_folder(const folder *f, const char *name, mode_t mode)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    assert_int_equal(mkdir(path, mode), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int setup(void **state)
{
    folder *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->path, sizeof f->path, "/tmp/gm-log-list-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    assert_int_equal(chmod(f->path, 0755), 0);
    arena_init(&f->run_arena, 0);
    make_file(f, "b.gz", "123");
    make_file(f, "a.gz", "12345");
    make_file(f, "c.txt", "");
    make_folder(f, "folder.gz", 0755);
    make_link(f, "a.gz", "link.gz");
    make_link(f, "nothing", "dangling.gz");
    make_link(f, "loop.gz", "loop.gz");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    folder *f = *state;
    static const char *const files[] = {"a.gz",    "b.gz",    "c.txt",       "secret.gz",
                                        "link.gz", "loop.gz", "dangling.gz", "fifo.gz"};
    static const char *const folders[] = {"folder.gz", "closed"};
    char path[256];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->path, files[i]);
        (void)unlink(path); /* some are there in some tests only */
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->path, folders[i]);
        (void)rmdir(path); /* likewise */
    }
    assert_int_equal(rmdir(f->path), 0);
    log_list_deinit(&f->list);
    arena_deinit(&f->run_arena);
    free(f);
    return 0;
}

static uint32_t add(folder *f, const char *pattern)
{
    char path[256];
    uint32_t n;
    gm_error err;
    (void)snprintf(path, sizeof path, "%s/%s", f->path, pattern);
    assert_int_equal(log_list_add(&f->list, path, &f->run_arena, &n, &err), GM_OK);
    return n;
}

static const char *name_of(const folder *f, uint32_t i)
{
    assert_true(i < f->list.n);
    return strrchr(f->list.items[i].path, '/') + 1;
}

static void test_sorted_and_once(void **state)
{
    folder *f = *state;
    assert_int_equal(add(f, "[ab].gz"), 2);
    assert_int_equal(add(f, "c.txt"), 1);
    assert_int_equal(add(f, "a*"), 1);
    assert_int_equal(add(f, "no-such-*"), 0);
    assert_int_equal(add(f, "no-such-folder/*"), 0);
    assert_int_equal(f->list.n, 4);
    log_list_sort(&f->list);
    assert_int_equal(f->list.n, 3);
    assert_string_equal(name_of(f, 0), "a.gz");
    assert_string_equal(name_of(f, 1), "b.gz");
    assert_string_equal(name_of(f, 2), "c.txt");
    assert_int_equal(f->list.items[0].size, 5);
    assert_int_equal(f->list.items[1].size, 3);
    assert_true(f->list.items[0].inode != 0);
    assert_true(f->list.items[0].inode != f->list.items[1].inode);
    for (uint32_t i = 0; i < 3; i++)
        assert_null(f->list.items[i].problem);
}

static void test_problems(void **state)
{
    folder *f = *state;
    char path[256];
    (void)snprintf(path, sizeof path, "%s/fifo.gz", f->path);
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_int_equal(add(f, "*.gz"), 7);
    log_list_sort(&f->list);
    static const struct {
        const char *name, *problem;
    } want[] = {
        {"a.gz", NULL},
        {"b.gz", NULL},
        {"dangling.gz", "is a link to nothing, or has just been removed"},
        {"fifo.gz", "is not a regular file"},
        {"folder.gz", "is a folder"},
        {"link.gz", NULL},
        {"loop.gz", "is a link to itself"},
    };
    for (uint32_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_string_equal(name_of(f, i), want[i].name);
        if (want[i].problem == NULL)
            assert_null(f->list.items[i].problem);
        else
            assert_string_equal(f->list.items[i].problem, want[i].problem);
    }
    /* A link is followed: size and inode are the target's. */
    assert_int_equal(f->list.items[5].size, 5);
    assert_int_equal(f->list.items[5].inode, f->list.items[0].inode);
}

/* root may read everything: it looks as nobody then. */
static void test_permissions(void **state)
{
    folder *f = *state;
    char path[256];
    make_file(f, "secret.gz", "x");
    (void)snprintf(path, sizeof path, "%s/secret.gz", f->path);
    assert_int_equal(chmod(path, 0), 0);
    make_folder(f, "closed", 0700);
    bool is_root = geteuid() == 0;
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    uint32_t n_secret = add(f, "secret.gz");
    uint32_t n_closed = is_root ? add(f, "closed/*.gz") : 0;
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(n_secret, 1);
    assert_string_equal(f->list.items[0].problem, "permission denied");
    if (is_root) {
        assert_int_equal(n_closed, 0);
        assert_int_equal(f->list.n, 2);
        assert_string_equal(name_of(f, 1), "closed");
        assert_string_equal(f->list.items[1].problem, "permission denied");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sorted_and_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_problems, setup, teardown),
        cmocka_unit_test_setup_teardown(test_permissions, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

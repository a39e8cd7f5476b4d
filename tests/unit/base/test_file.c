/* SPDX-License-Identifier: Apache-2.0
 * test_file.c - whole or not there, whatever lies in the way. */
#include "base/folder_fixture.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/mem.h"

static void expect_error(gm_status st, const gm_error *err, gm_status code, const char *text)
{
    assert_int_equal(st, code);
    assert_int_equal(err->code, code);
    if (strstr(err->message, text) == NULL)
        fail_msg("message '%s' lacks '%s'", err->message, text);
}

static void test_read_ceiling(void **state)
{
    (void)state;
    static const size_t maxima[] = {0, 1, 10, 65535, 65536, 65537, 131072, 200000};
    static uint8_t data[200001];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 31);
    for (size_t i = 0; i < sizeof maxima / sizeof maxima[0]; i++) {
        size_t max = maxima[i];
        for (size_t n = max == 0 ? 0 : max - 1; n <= max + 1; n++) {
            gm_error err = {0};
            bytes out;
            bytes_init(&out, max);
            folder_write(folder_file("f"), data, n);
            gm_status st = file_read(&out, folder_file("f"), &err);
            if (n > max) {
                char text[64];
                (void)snprintf(text, sizeof text, "is larger than %zu bytes", max);
                expect_error(st, &err, GM_E_LIMIT, text);
            } else {
                assert_int_equal(st, GM_OK);
                assert_int_equal(out.len, n);
                assert_true(n == 0 || memcmp(out.data, data, n) == 0);
            }
            bytes_deinit(&out);
        }
    }
}

static void test_read_refuses(void **state)
{
    (void)state;
    gm_error err = {0};
    bytes out;
    bytes_init(&out, 100);
    bytes_put(&out, "old", 3);
    expect_error(file_read(&out, folder_file("none"), &err), &err, GM_E_IO,
                 "none': No such file or directory");
    assert_int_equal(out.len, 0); /* cleared first */
    expect_error(file_read(&out, folder_path, &err), &err, GM_E_IO, "is no regular file");
    assert_int_equal(mkfifo(folder_file("fifo"), 0600), 0);
    expect_error(file_read(&out, folder_file("fifo"), &err), &err, GM_E_IO, "is no regular file");
    assert_int_equal(file_read(&out, folder_file("none"), NULL), GM_E_IO);
    bytes_deinit(&out);
}

static void test_save(void **state)
{
    (void)state;
    gm_error err = {0};
    const char *path = folder_file("s.json");
    assert_int_equal(file_save(path, "one", 3, &err), GM_OK);
    folder_expect(path, "one", 3);
    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(before.st_mode & 0777 & ~0644u, 0);
    /* Another file replaces it: who has the old one open reads on in that. */
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(file_save(path, "two!", 4, &err), GM_OK);
    folder_expect(path, "two!", 4);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino != after.st_ino);
    char old[4];
    assert_int_equal(read(fd, old, sizeof old), 3);
    assert_memory_equal(old, "one", 3);
    assert_int_equal(close(fd), 0);
    assert_false(folder_has(folder_file(".tmp.s.json")));
    assert_int_equal(file_save(path, NULL, 0, &err), GM_OK);
    folder_expect(path, "", 0);
    assert_int_equal(file_sync_folder(folder_path, &err), GM_OK);
    expect_error(file_sync_folder(path, &err), &err, GM_E_IO, "cannot open the folder");
}

/* What a killed run left, or an enemy put there, is replaced and never written through. */
static void test_leftovers(void **state)
{
    (void)state;
    gm_error err = {0};
    folder_write(folder_file("victim"), "precious", 8);
    assert_int_equal(symlink(folder_file("victim"), folder_file(".tmp.t")), 0);
    assert_int_equal(file_save(folder_file("t"), "new", 3, &err), GM_OK);
    folder_expect(folder_file("victim"), "precious", 8);
    folder_expect(folder_file("t"), "new", 3);
    folder_write(folder_file(".tmp.t"), "half", 4);
    assert_int_equal(file_save(folder_file("t"), "newer", 5, &err), GM_OK);
    folder_expect(folder_file("t"), "newer", 5);
    assert_int_equal(mkdir(folder_file(".tmp.t"), 0700), 0);
    expect_error(file_save(folder_file("t"), "x", 1, &err), &err, GM_E_IO, "cannot remove '");
    folder_expect(folder_file("t"), "newer", 5);
}

static void test_abandon(void **state)
{
    (void)state;
    gm_error err = {0};
    file_aside f;
    assert_int_equal(file_save(folder_file("a"), "old", 3, &err), GM_OK);
    assert_int_equal(file_create(&f, folder_file("a"), &err), GM_OK);
    assert_int_equal(file_write_all(f.fd, "new", 3, "a", &err), GM_OK);
    assert_true(folder_has(folder_file(".tmp.a")));
    file_abandon(&f);
    assert_int_equal(f.fd, -1);
    assert_false(folder_has(folder_file(".tmp.a")));
    folder_expect(folder_file("a"), "old", 3);
    file_abandon(&f); /* nothing more to do */
    assert_int_equal(file_create(&f, folder_file("a"), &err), GM_OK);
    assert_int_equal(file_commit(&f, &err), GM_OK);
    file_abandon(&f); /* after the commit it takes nothing away */
    folder_expect(folder_file("a"), "", 0);
}

static void test_save_fails(void **state)
{
    (void)state;
    gm_error err = {0};
    file_aside f;
    expect_error(file_save(folder_file("no/f"), "x", 1, &err), &err, GM_E_IO,
                 "No such file or directory");
    assert_int_equal(mkdir(folder_file("taken"), 0700), 0);
    expect_error(file_save(folder_file("taken"), "x", 1, &err), &err, GM_E_IO, "cannot rename to");
    assert_false(folder_has(folder_file(".tmp.taken")));
    char *longer = mem_printf("%s/%0*d", folder_path, 4096, 0);
    expect_error(file_create(&f, longer, &err), &err, GM_E_IO, "is too long");
    assert_int_equal(f.fd, -1);
    file_abandon(&f);
    mem_free(longer);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full >= 0) {
        expect_error(file_write_all(full, "x", 1, "/dev/full", &err), &err, GM_E_IO,
                     "cannot write '/dev/full': No space left on device");
        assert_int_equal(close(full), 0);
    }
}

static void test_make_folders(void **state)
{
    (void)state;
    static const struct {
        const char *path, *error; /* NULL: it works */
    } cases[] = {
        {"m", NULL},
        {"m/n/o", NULL},
        {"m/n/o/", NULL},
        {"m//p", NULL},
        {"m/./q/../r", NULL},
        {"file", "is no folder"},
        {"file/x", "cannot make the folder"},
        {"m/link", NULL}, /* a link to a folder will do */
    };
    gm_error err = {0};
    folder_write(folder_file("file"), "", 0);
    assert_int_equal(mkdir(folder_file("m"), 0700), 0);
    assert_int_equal(symlink(folder_path, folder_file("m/link")), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = folder_file(cases[i].path);
        gm_status st = file_make_folders(path, &err);
        if (cases[i].error != NULL) {
            expect_error(st, &err, GM_E_IO, cases[i].error);
            continue;
        }
        struct stat info;
        assert_int_equal(st, GM_OK);
        assert_int_equal(stat(path, &info), 0);
        assert_true(S_ISDIR(info.st_mode));
    }
    assert_int_equal(file_make_folders("/", &err), GM_OK);
    assert_int_equal(file_make_folders(".", &err), GM_OK);
    expect_error(file_make_folders("", &err), &err, GM_E_IO, "cannot make the folder ''");
}

static void test_remove_tree(void **state)
{
    (void)state;
    gm_error err = {0};
    char path[FOLDER_PATH_BYTES];
    size_t n = (size_t)snprintf(path, sizeof path, "%s", folder_file("tree"));
    for (int depth = 0; depth < 150; depth++) {
        assert_int_equal(mkdir(path, 0700), 0);
        for (int k = 0; k < 3; k++) {
            (void)snprintf(path + n, sizeof path - n, "/f%d", k);
            folder_write(path, "x", 1);
        }
        n += (size_t)snprintf(path + n, sizeof path - n, "/d");
    }
    assert_int_equal(mkdir(folder_file("outside"), 0700), 0);
    folder_write(folder_file("outside/f"), "keep", 4);
    assert_int_equal(symlink(folder_file("outside"), folder_file("tree/link")), 0);
    assert_int_equal(symlink("nowhere", folder_file("tree/broken")), 0);
    assert_int_equal(file_remove_tree(folder_file("tree"), &err), GM_OK);
    assert_false(folder_has(folder_file("tree")));
    folder_expect(folder_file("outside/f"), "keep", 4);
    assert_int_equal(file_remove_tree(folder_file("tree"), &err), GM_OK); /* not there: fine */
    /* A link in place of the folder, and a file: neither is a folder. */
    assert_int_equal(symlink(folder_file("outside"), folder_file("alias")), 0);
    expect_error(file_remove_tree(folder_file("alias"), &err), &err, GM_E_IO, "cannot open '");
    folder_expect(folder_file("outside/f"), "keep", 4);
    expect_error(file_remove_tree(folder_file("outside/f"), &err), &err, GM_E_IO, "cannot open '");
    folder_expect(folder_file("outside/f"), "keep", 4);
}

static void test_switch_link(void **state)
{
    (void)state;
    gm_error err = {0};
    char target[64];
    static const char *const targets[] = {"run1", "run2", "../elsewhere/run3"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        assert_int_equal(file_switch_link(folder_file("latest"), targets[i], &err), GM_OK);
        ssize_t n = readlink(folder_file("latest"), target, sizeof target - 1);
        assert_true(n > 0);
        target[n] = '\0';
        assert_string_equal(target, targets[i]);
        assert_false(folder_has(folder_file(".tmp.latest")));
    }
    folder_write(folder_file(".tmp.latest"), "left", 4);
    assert_int_equal(file_switch_link(folder_file("latest"), "run4", &err), GM_OK);
    assert_int_equal(mkdir(folder_file("dir"), 0700), 0);
    expect_error(file_switch_link(folder_file("dir"), "run", &err), &err, GM_E_IO,
                 "cannot switch the link");
    expect_error(file_switch_link(folder_file("no/latest"), "run", &err), &err, GM_E_IO,
                 "cannot make the link");
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *name, *joined;
    } joins[] = {
        {"a", "b", "a/b"},       {"a/", "b", "a/b"},      {"/", "b", "/b"},
        {"a", "/b", "/b"},       {".", "b", "b"},         {"", "b", "b"},
        {"a", "./b", "a/b"},     {"a", "././b", "a/b"},   {".", "./b/c", "b/c"},
        {"a", "../b", "a/../b"}, {"a", ".b", "a/.b"},     {"a", "..", "a/.."},
        {"a", ".//b", "a/b"},    {"a", ".///./b", "a/b"}, {"a/b", "c*.gz", "a/b/c*.gz"},
    };
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        char *have = file_join(joins[i].folder, joins[i].name);
        assert_string_equal(have, joins[i].joined);
        mem_free(have);
    }
    static const struct {
        const char *path, *folder;
    } folders[] = {
        {"a", "."},         {"a/b", "a"}, {"/a", "/"}, {"/", "/"},
        {"/a/b/c", "/a/b"}, {"", "."},    {"a/", "a"},
    };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char *have = file_dirname(folders[i].path);
        assert_string_equal(have, folders[i].folder);
        mem_free(have);
    }
    assert_true(file_exists(folder_path));
    assert_false(file_exists(folder_file("none")));
    assert_int_equal(symlink("none", folder_file("dangling")), 0);
    assert_false(file_exists(folder_file("dangling")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_ceiling, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_read_refuses, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_save, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_leftovers, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_abandon, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_save_fails, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_make_folders, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_remove_tree, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_switch_link, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_paths, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

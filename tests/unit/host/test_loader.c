/* SPDX-License-Identifier: Apache-2.0
 * test_loader.c - plugin files that are right, and each way in which one can be wrong. The files
 * are built from loader_plugin.c into GM_TEST_LOADER; which variant it shows is said by a variable.
 */
#include "base/folder_fixture.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "host/loader.h"

#define VARIABLE "GOALMILL_TEST_VARIANT"

static const char good_path[] = GM_TEST_LOADER "/loader_plugin.so";

static void expect_loaded(const char *variant)
{
    gm_error err = {0};
    const gm_plugin *plugin = NULL;
    assert_int_equal(setenv(VARIABLE, variant, 1), 0);
    gm_status st = loader_open(&plugin, good_path, &err);
    if (st != GM_OK)
        fail_msg("%s: %s", variant, err.message);
    assert_non_null(plugin);
}

/* The refusal of path, with the words after its name. */
static void expect_refused(const char *path, const char *text)
{
    gm_error err = {0};
    const gm_plugin *plugin = NULL;
    char *want = mem_printf("plugin '%s': %s", path, text);
    assert_int_equal(loader_open(&plugin, path, &err), GM_E_PLUGIN);
    assert_null(plugin);
    if (strncmp(err.message, want, strlen(want)) != 0)
        fail_msg("message '%s', expected '%s'", err.message, want);
    mem_free(want);
}

static void test_sound(void **state)
{
    (void)state;
    static const char *const variants[] = {"",
                                           "no_build_info",
                                           "null_build_info",
                                           "newer_minor",
                                           "most_metrics",
                                           "no_extension",
                                           "keyed_unseen"};
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        expect_loaded(variants[i]);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *variant, *text;
    } cases[] = {
        {"old_plugin",
         "its gm_plugin has 16 bytes, ABI 1.0 has 24; build it against this version's "
         "headers"},
        {"newer_major", "ABI major 2, this host has 1"},
        {"no_metrics", "has 0 metrics, expected 1 to 256"},
        {"many_metrics", "has 257 metrics, expected 1 to 256"},
        {"null_metrics", "has 1 metrics, expected 1 to 256"},
        {"null_metric",
         "a metric's struct is too short for ABI 1.0; build it against this version's "
         "headers"},
        {"old_metric",
         "a metric's struct is too short for ABI 1.0; build it against this version's "
         "headers"},
        {"no_descriptor", "a metric has no descriptor"},
        {"wrong_descriptor", "metric 'acme.one': its version is no semantic version such as 1.2.0"},
        {"lacks_0", "metric 'acme.one' lacks a function"},
        {"lacks_1", "metric 'acme.one' lacks a function"},
        {"lacks_2", "metric 'acme.one' lacks a function"},
        {"lacks_3", "metric 'acme.one' lacks a function"},
        {"lacks_4", "metric 'acme.one' lacks a function"},
        {"lacks_5", "metric 'acme.one' lacks a function"},
        {"lacks_6", "metric 'acme.one' lacks a function"},
        {"lacks_7", "metric 'acme.one' lacks a function"},
        {"lacks_8", "metric 'acme.one' lacks a function"},
        {"keyed",
         "metric 'acme.one' is keyed or derived; this version computes folded metrics only"},
        {"derived",
         "metric 'acme.one' is keyed or derived; this version computes folded metrics only"},
        {"refuses", "refused to load: needs a Tuesday,.not today"},
        {"refuses_silently", "refused to load: it gave no reason"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(setenv(VARIABLE, cases[i].variant, 1), 0);
        expect_refused(good_path, cases[i].text);
    }
    expect_loaded(""); /* a refusal does not stick to the file */
}

static void test_files(void **state)
{
    (void)state;
    expect_refused(folder_file("none.so"), "cannot be opened: No such file or directory");
    expect_refused(folder_path, "is no regular file");
    folder_write(folder_file("text.so"), "#!/bin/sh\nexit 0\n", 17);
    expect_refused(folder_file("text.so"), "cannot be loaded: ");
    folder_write(folder_file("empty.so"), "", 0);
    expect_refused(folder_file("empty.so"), "cannot be loaded: ");
    expect_refused(GM_TEST_LOADER "/loader_no_entry.so",
                   "exports no function gm_entry_v1; it is no goalmill plugin, or one for another "
                   "ABI");
    expect_refused(GM_TEST_LOADER "/loader_unresolved.so", "cannot be loaded: ");
    assert_int_equal(loader_open(&(const gm_plugin *){NULL}, folder_file("none.so"), NULL),
                     GM_E_PLUGIN);
}

/* A name without a slash is a file here, not one of the system's libraries. */
static void test_bare_name(void **state)
{
    (void)state;
    gm_error err = {0};
    const gm_plugin *plugin = NULL;
    char before[FOLDER_PATH_BYTES];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(setenv(VARIABLE, "", 1), 0);
    assert_int_equal(chdir(GM_TEST_LOADER), 0);
    gm_status st = loader_open(&plugin, "loader_plugin.so", &err);
    assert_int_equal(chdir(before), 0);
    if (st != GM_OK)
        fail_msg("%s", err.message);
}

static void test_describe(void **state)
{
    (void)state;
    static const struct {
        const char *variant, *build_info;
        uint32_t minor, n;
    } cases[] = {
        {"", "built for a test", 0, 1},
        {"no_build_info", "", 0, 1},
        {"null_build_info", "", 0, 1},
        {"newer_minor", "built for a test", 9, 1},
        {"most_metrics", "built for a test", 0, 256},
    };
    gm_error err = {0};
    bytes file;
    char hex[HASH_HEX_SIZE];
    bytes_init(&file, LIMIT_PLUGIN_BYTES);
    assert_int_equal(file_read(&file, good_path, &err), GM_OK);
    hash_hex(hash_128(file.data, file.len), hex);
    bytes_deinit(&file);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        plugin_info info;
        arena memory;
        arena_init(&memory, 0);
        assert_int_equal(setenv(VARIABLE, cases[i].variant, 1), 0);
        assert_int_equal(loader_describe(&info, good_path, &memory, &err), GM_OK);
        assert_string_equal(info.path, good_path);
        assert_string_equal(info.hash, hex);
        assert_int_equal(info.abi_minor, cases[i].minor);
        assert_string_equal(info.build_info, cases[i].build_info);
        assert_int_equal(info.n_descriptors, cases[i].n);
        for (uint32_t k = 0; k < info.n_descriptors; k++)
            assert_string_equal(info.descriptors[k]->id, "acme.one");
        arena_deinit(&memory);
    }
    plugin_info info;
    arena memory;
    arena_init(&memory, 0);
    assert_int_equal(setenv(VARIABLE, "refuses", 1), 0);
    assert_int_equal(loader_describe(&info, good_path, &memory, &err), GM_E_PLUGIN);
    assert_int_equal(loader_describe(&info, folder_file("none.so"), &memory, &err), GM_E_IO);
    arena_deinit(&memory);
}

/* What ships can be loaded, described, and sent. */
static void test_shipped(void **state)
{
    (void)state;
    static const char *const names[] = {"count", "dist", "distinct", "ratio", "sum"};
    static const char *const folders[] = {"/nowhere", GM_TEST_PLUGINS};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        gm_error err = {0};
        plugin_info info, sent;
        arena memory;
        bytes out;
        arena_init(&memory, 0);
        bytes_init(&out, LIMIT_MIB(1));
        const char *path = loader_find(names[i], folders, 2, &memory);
        assert_non_null(path);
        if (loader_describe(&info, path, &memory, &err) != GM_OK)
            fail_msg("%s", err.message);
        assert_int_equal(info.n_descriptors, 1);
        assert_string_equal(info.descriptors[0]->id, names[i]);
        plugin_info_save(&info, &out);
        bytes_reader in = bytes_read(out.data, out.len);
        assert_int_equal(plugin_info_load(&sent, &in, &memory, &err), GM_OK);
        assert_string_equal(sent.descriptors[0]->id, names[i]);
        bytes_deinit(&out);
        arena_deinit(&memory);
    }
}

static void test_find(void **state)
{
    (void)state;
    arena memory;
    char a[FOLDER_PATH_BYTES], b[FOLDER_PATH_BYTES];
    (void)snprintf(a, sizeof a, "%s", folder_file("a"));
    (void)snprintf(b, sizeof b, "%s", folder_file("b"));
    const char *const folders[] = {a, b};
    arena_init(&memory, 0);
    assert_int_equal(mkdir(a, 0700), 0);
    assert_int_equal(mkdir(b, 0700), 0);
    folder_write(folder_file("a/only_a.so"), "", 0);
    folder_write(folder_file("b/only_b.so"), "", 0);
    folder_write(folder_file("a/both.so"), "", 0);
    folder_write(folder_file("b/both.so"), "", 0);
    assert_string_equal(loader_find("only_a", folders, 2, &memory), folder_file("a/only_a.so"));
    assert_string_equal(loader_find("only_b", folders, 2, &memory), folder_file("b/only_b.so"));
    assert_string_equal(loader_find("both", folders, 2, &memory), folder_file("a/both.so"));
    assert_string_equal(loader_find("both", folders + 1, 1, &memory), folder_file("b/both.so"));
    assert_null(loader_find("neither", folders, 2, &memory));
    assert_null(loader_find("both", folders, 0, &memory));
    arena_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test_setup_teardown(test_files, folder_setup, folder_teardown),
        cmocka_unit_test(test_bare_name),
        cmocka_unit_test_setup_teardown(test_describe, folder_setup, folder_teardown),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test_setup_teardown(test_find, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_report_write.c - the files of a run: which, and that each holds what its writer wrote. */
#include "report/report_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

typedef struct folder {
    char path[64];
} folder;

static int make_folder(void **state)
{
    folder *f = mem_zalloc(sizeof *f);
    (void)snprintf(f->path, sizeof f->path, "/tmp/goalmill_report_XXXXXX"); /* fits */
    *state = f;
    return mkdtemp(f->path) != NULL ? fixture_setup(NULL) : -1;
}

static int remove_folder(void **state)
{
    folder *f = *state;
    gm_status status = file_remove_tree(f->path, NULL);
    mem_free(f);
    return status == GM_OK ? fixture_teardown(NULL) : -1;
}

static uint32_t count_entries(const char *path)
{
    uint32_t n = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    assert_int_equal(closedir(dir), 0);
    return n - 2; /* "." and ".." */
}

/* Takes expected down. */
static void assert_file(const char *path, const char *name, bytes *expected)
{
    bytes found;
    char *file = file_join(path, name);
    bytes_init(&found, LIMIT_MIB(1));
    assert_int_equal(file_read(&found, file, NULL), GM_OK);
    assert_int_equal(found.len, expected->len);
    assert_memory_equal(found.data, expected->data, found.len);
    bytes_deinit(&found);
    bytes_deinit(expected);
    mem_free(file);
}

static void test_every_file(void **state)
{
    const folder *f = *state;
    static const struct {
        const char *name;
        void (*write)(const report *, bytes *);
    } files[] = {
        {"run.json", run_json_write},
        {"metrics.ndjson", metrics_ndjson_write},
        {"areas.json", areas_json_write},
        {"report.md", report_md_write},
    };
    assert_int_equal(report_write(&fixture_report, f->path, NULL), GM_OK);
    assert_int_equal(count_entries(f->path), 6); /* with scorecards/ and scorecards.ndjson */
    bytes out;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        bytes_init(&out, LIMIT_MIB(1));
        files[i].write(&fixture_report, &out);
        assert_file(f->path, files[i].name, &out);
    }
    char *cards = file_join(f->path, "scorecards");
    assert_int_equal(count_entries(cards), 5);
    bytes lines;
    bytes_init(&lines, LIMIT_MIB(1));
    for (uint32_t i = 0; i < 5; i++) {
        char *name = mem_printf("%s.json", fixture_config_goals[i].name);
        bytes_init(&out, LIMIT_MIB(1));
        scorecard_json_write(&fixture_report, i, true, &out);
        assert_file(cards, name, &out);
        scorecard_json_write(&fixture_report, i, false, &lines);
        mem_free(name);
    }
    assert_file(f->path, "scorecards.ndjson", &lines);
    mem_free(cards);
}

/* A folder in the place of a file: the error names it, and run.json, which comes last, is not
 * there. */
static void test_failure(void **state)
{
    const folder *f = *state;
    gm_error err = {0};
    char *blocked = file_join(f->path, "areas.json/x");
    char *last = file_join(f->path, "run.json");
    assert_int_equal(file_make_folders(blocked, NULL), GM_OK);
    assert_int_equal(report_write(&fixture_report, f->path, &err), GM_E_IO);
    assert_non_null(strstr(err.message, "areas.json"));
    assert_false(file_exists(last));
    assert_int_equal(count_entries(f->path), 4); /* no file aside is left */
    mem_free(last);
    mem_free(blocked);
}

static void test_no_folder(void **state)
{
    const folder *f = *state;
    gm_error err = {0};
    char *file = file_join(f->path, "plain");
    char *below = file_join(file, "run");
    assert_int_equal(file_save(file, "", 0, NULL), GM_OK);
    assert_int_equal(report_write(&fixture_report, below, &err), GM_E_IO);
    assert_true(err.message[0] != '\0');
    mem_free(below);
    mem_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_failure, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_no_folder, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

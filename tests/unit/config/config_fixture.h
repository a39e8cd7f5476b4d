/* SPDX-License-Identifier: Apache-2.0
 * config_fixture.h - for the tests of core/config: a folder of their own, files in it, errors as
 * text. Tests run inside that folder, so that paths in messages are short and always the same. */
#ifndef GM_TESTS_CONFIG_FIXTURE_H
#define GM_TESTS_CONFIG_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "config/config.h"

/* The least that a run needs. */
#define SOURCE "[source web]\nfiles = a.ndjson\ntime = ts\n"
#define METRIC "[metric m]\nplugin = count\n"
#define BASE   SOURCE METRIC

enum { FIXTURE_TEXT_MAX = 1 << 20 };

static char fixture_folder[64];

static inline int fixture_setup(void **state)
{
    (void)state;
    (void)snprintf(fixture_folder, sizeof fixture_folder, "/tmp/goalmill_config_XXXXXX");
    return mkdtemp(fixture_folder) == NULL ? -1 : chdir(fixture_folder);
}

static inline int fixture_teardown(void **state)
{
    (void)state;
    if (chdir("/") != 0)
        return -1;
    return file_remove_tree(fixture_folder, NULL) == GM_OK ? 0 : -1;
}

static inline void fixture_write(const char *path, const void *text, size_t n)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static inline void fixture_save(const char *path, const char *text)
{
    fixture_write(path, text, strlen(text));
}

/* All errors, a line each. Owned. */
static inline char *fixture_errors(const error_list *errors)
{
    bytes text;
    bytes_init(&text, FIXTURE_TEXT_MAX);
    for (size_t i = 0; i < errors->n; i++) {
        char line[1024];
        error_format(&errors->items[i], line, sizeof line);
        bytes_printf(&text, "%s\n", line);
    }
    char *copy = mem_strndup(text.len == 0 ? "" : (const char *)text.data, text.len);
    bytes_deinit(&text);
    return copy;
}

/* Compares and frees errors; says which case differs. */
static inline void fixture_expect_errors(error_list *errors, const char *expected, const char *name)
{
    char *text = fixture_errors(errors);
    if (strcmp(text, expected) != 0) {
        print_error("case: %s\n--- expected\n%s--- got\n%s", name, expected, text);
        fail();
    }
    mem_free(text);
    error_list_deinit(errors);
}

/* A file that must load. Owned. */
static inline config *fixture_load(const char *path, const config_override *overrides, uint32_t n)
{
    config *c = NULL;
    error_list errors = {0};
    gm_status status = config_load(&c, path, overrides, n, &errors);
    fixture_expect_errors(&errors, "", path);
    assert_int_equal(status, GM_OK);
    assert_non_null(c);
    return c;
}

static inline config *fixture_load_text(const char *text)
{
    fixture_save("night.ini", text);
    return fixture_load("night.ini", NULL, 0);
}

static inline void fixture_expect_load_errors(const char *path, const config_override *overrides,
                                              uint32_t n, const char *expected, const char *name)
{
    config *c = (config *)(void *)&n; /* must be set */
    error_list errors = {0};
    assert_int_equal(config_load(&c, path, overrides, n, &errors), GM_E_CONFIG);
    config_free(c);
    fixture_expect_errors(&errors, expected, name);
}

#endif

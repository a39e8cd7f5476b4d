/* SPDX-License-Identifier: Apache-2.0
 * config_include.c - glob(3) and who was there before; see config_include.h. */
#include "config/config_include.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"

/* A file's identity, whatever it is called. */
typedef struct identity {
    dev_t device;
    ino_t inode;
} identity;

typedef struct finder {
    config_texts *out;
    uint32_t cap;
    identity *seen; /* of out, one for one */
    uint32_t seen_cap;
    identity main_file;
    arena *memory;
    error_list *errors;
} finder;

static bool same_file(identity a, identity b)
{
    return a.device == b.device && a.inode == b.inode;
}

static bool add_file(finder *f, const config_text *pattern, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        error_list_addf(f->errors, pattern->path, pattern->line, pattern->column,
                        "'include': there is no file '%s'", path);
        return true;
    }
    identity id = {.device = info.st_dev, .inode = info.st_ino};
    if (same_file(id, f->main_file)) {
        error_list_addf(f->errors, pattern->path, pattern->line, pattern->column,
                        "'include' stands for this file itself ('%s'); keep included files in a "
                        "folder of their own",
                        path);
        return true;
    }
    for (uint32_t i = 0; i < f->out->n; i++) {
        if (same_file(f->seen[i], id))
            return true;
    }
    if (f->out->n == LIMIT_CONFIG_INCLUDES) {
        error_list_addf(f->errors, pattern->path, pattern->line, pattern->column,
                        "'include' stands for more than %u files", (unsigned)LIMIT_CONFIG_INCLUDES);
        return false;
    }
    MEM_GROW(f->seen, f->out->n, f->seen_cap);
    MEM_GROW(f->out->items, f->out->n, f->cap);
    f->seen[f->out->n] = id;
    config_text item = *pattern;
    item.text = arena_strdup(f->memory, path);
    f->out->items[f->out->n++] = item;
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_pattern(finder *f, const config_text *pattern)
{
    if (strpbrk(pattern->text, "*?[") == NULL)
        return add_file(f, pattern, pattern->text);
    glob_t found = {0};
    bool goes_on = true;
    /* An empty folder may be meant; one that is not there is a mistake. */
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): files are read before there are threads. */
    int code = glob(pattern->text, GLOB_NOSORT | GLOB_ERR, NULL, &found);
    if (code != 0 && code != GLOB_NOMATCH) {
        error_list_addf(f->errors, pattern->path, pattern->line, pattern->column,
                        "'include': cannot list the folder of '%s'", pattern->text);
    } else if (code == 0) {
        /* By byte and not by locale: the same order everywhere. */
        qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_paths);
        for (size_t i = 0; i < found.gl_pathc && goes_on; i++)
            goes_on = add_file(f, pattern, found.gl_pathv[i]);
    }
    globfree(&found);
    return goes_on;
}

void config_include_find(config_texts *out, const config_texts *patterns, const char *main_path,
                         arena *memory, error_list *errors)
{
    struct stat info;
    config_texts list = {0};
    finder f = {.out = &list, .memory = memory, .errors = errors};
    if (stat(main_path, &info) == 0)
        f.main_file = (identity){.device = info.st_dev, .inode = info.st_ino};
    bool goes_on = true;
    for (uint32_t i = 0; i < patterns->n && goes_on; i++)
        goes_on = add_pattern(&f, &patterns->items[i]);
    out->n = list.n;
    out->items = arena_copy(memory, list.items, list.n * sizeof *list.items);
    mem_free(list.items);
    mem_free(f.seen);
}

/* SPDX-License-Identifier: Apache-2.0
 * log_list.c - glob(3), and a look at what each path is; see log_list.h.
 *
 * glob() skips folders it may not read. Such a folder may hold logs, so it comes into the list as
 * an item with a problem instead. The error callback of glob() has no context argument: the folders
 * are collected through a thread-local pointer that is set during the call only. */
#include "input/log_list.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"

typedef struct unreadable_folders {
    log_list *list;
    arena *run_arena;
} unreadable_folders;

static _Thread_local unreadable_folders *unreadable;

static const char *problem_of_errno(int code, arena *run_arena)
{
    char reason[96];
    switch (code) {
    case EACCES:
    case EPERM:
        return "permission denied";
    case ENOENT:
        return "is a link to nothing, or has just been removed";
    case ELOOP:
        return "is a link to itself";
    default:
        return arena_strdup(run_arena, strerror_r(code, reason, sizeof reason));
    }
}

static log_list_item *append(log_list *list, const char *path, arena *run_arena)
{
    MEM_GROW(list->items, list->n, list->cap);
    log_list_item *item = &list->items[list->n++];
    memset(item, 0, sizeof *item);
    item->path = arena_strdup(run_arena, path);
    return item;
}

static void add_path(log_list *list, const char *path, arena *run_arena)
{
    log_list_item *item = append(list, path, run_arena);
    struct stat info;
    if (stat(path, &info) != 0) {
        item->problem = problem_of_errno(errno, run_arena);
        return;
    }
    item->size = (uint64_t)info.st_size;
    item->device = (uint64_t)info.st_dev;
    item->inode = (uint64_t)info.st_ino;
    if (S_ISDIR(info.st_mode))
        item->problem = "is a folder";
    else if (!S_ISREG(info.st_mode))
        item->problem = "is not a regular file";
    else if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        item->problem = problem_of_errno(errno, run_arena);
}

/* Called by glob(). A folder that is not there simply matches nothing. */
static int note_unreadable(const char *folder, int code)
{
    if (code == ENOENT || code == ENOTDIR)
        return 0;
    log_list_item *item = append(unreadable->list, folder, unreadable->run_arena);
    item->problem = problem_of_errno(code, unreadable->run_arena);
    return 0;
}

gm_status log_list_add(log_list *list, const char *pattern, arena *run_arena, uint32_t *n_matched,
                       gm_error *err)
{
    gm_status status = GM_OK;
    glob_t found = {0};
    unreadable_folders folders = {.list = list, .run_arena = run_arena};
    *n_matched = 0;
    unreadable = &folders;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): logs are listed before any thread exists */
    int code = glob(pattern, GLOB_NOSORT, note_unreadable, &found);
    unreadable = NULL;
    if (code != 0 && code != GLOB_NOMATCH) {
        status = code == GLOB_NOSPACE
                     ? error_set(err, GM_E_LIMIT, "too many files match '%s'", pattern)
                     : error_set(err, GM_E_IO, "cannot look for files that match '%s'", pattern);
        goto done;
    }
    if (found.gl_pathc > LIMIT_LOGS || list->n > LIMIT_LOGS - found.gl_pathc) {
        status =
            error_set(err, GM_E_LIMIT, "more than %d files match up to '%s': narrow the patterns",
                      LIMIT_LOGS, pattern);
        goto done;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_path(list, found.gl_pathv[i], run_arena);
    *n_matched = (uint32_t)found.gl_pathc;
done:
    globfree(&found);
    return status;
}

static int compare_paths(const void *a, const void *b)
{
    const log_list_item *x = a, *y = b;
    return strcmp(x->path, y->path);
}

void log_list_sort(log_list *list)
{
    if (list->n == 0)
        return;
    qsort(list->items, list->n, sizeof *list->items, compare_paths);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < list->n; i++)
        if (strcmp(list->items[i].path, list->items[kept - 1].path) != 0)
            list->items[kept++] = list->items[i];
    list->n = kept;
}

void log_list_deinit(log_list *list)
{
    mem_free(list->items);
    memset(list, 0, sizeof *list);
}

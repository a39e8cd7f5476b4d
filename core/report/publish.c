/* SPDX-License-Identifier: Apache-2.0
 * publish.c - see publish.h. */
#include "report/publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

struct publish {
    char *out_dir, *aside, *folder, *latest;
    char *run_id;
    int lock; /* on the folder aside, while this run lives; -1: none */
    bool is_made, is_committed;
};

/* A folder aside that can be locked has lost its run; the lock dies with its holder. -1: it lives,
 * or is no folder. */
static int take_lock(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd); /* read only */
        fd = -1;
    }
    return fd;
}

/* Runs of other configurations may share out_dir, each with a state folder of its own. */
static gm_status remove_leftovers(const char *out_dir, gm_error *err)
{
    DIR *dir = opendir(out_dir);
    if (dir == NULL)
        return error_errno(err, GM_E_IO, "cannot open the folder '%s'", out_dir);
    gm_status st = GM_OK;
    const struct dirent *entry = NULL;
    while (st == GM_OK && (entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        if (strncmp(entry->d_name, ".tmp.", 5) != 0)
            continue;
        char *path = file_join(out_dir, entry->d_name);
        int lock = take_lock(path);
        if (lock >= 0) {
            st = file_remove_tree(path, err);
            (void)close(lock); /* read only */
        } else if (strcmp(entry->d_name, ".tmp.latest") == 0 && unlink(path) != 0 &&
                   errno != ENOENT) {
            st = error_errno(err, GM_E_IO, "cannot remove '%s'", path);
        }
        mem_free(path);
    }
    (void)closedir(dir); /* read only */
    return st;
}

/* Another run may take the folder for a leftover before it is locked: then it is made again. */
static gm_status make_aside(publish *p, gm_error *err)
{
    for (int tries = 0; tries < 8; tries++) {
        gm_status st = file_make_folders(p->aside, err);
        if (st != GM_OK)
            return st;
        p->lock = take_lock(p->aside);
        if (p->lock >= 0 && file_exists(p->aside)) {
            p->is_made = true;
            return GM_OK;
        }
        if (p->lock >= 0)
            (void)close(p->lock); /* read only */
        p->lock = -1;
    }
    return error_set(err, GM_E_IO, "another run writes '%s'; start this one again", p->aside);
}

gm_status publish_open(publish **out, const char *out_dir, const char *run_id, gm_error *err)
{
    publish *p = mem_zalloc(sizeof *p);
    p->lock = -1;
    p->out_dir = mem_strdup(out_dir);
    p->run_id = mem_strdup(run_id);
    char *temp = mem_printf(".tmp.%s", run_id);
    p->aside = file_join(out_dir, temp);
    p->folder = file_join(out_dir, run_id);
    p->latest = file_join(out_dir, "latest");
    mem_free(temp);
    gm_status st = file_make_folders(out_dir, err);
    if (st == GM_OK)
        st = remove_leftovers(out_dir, err);
    if (st == GM_OK)
        st = make_aside(p, err);
    if (st != GM_OK) {
        publish_close(p);
        p = NULL;
    }
    *out = p;
    return st;
}

gm_status publish_commit(publish *p, const report *r, gm_error *err)
{
    gm_status st = report_write(r, p->aside, err);
    if (st == GM_OK && rename(p->aside, p->folder) != 0)
        st = error_errno(err, GM_E_IO, "cannot rename to '%s'", p->folder);
    if (st == GM_OK) {
        p->is_committed = true;
        st = file_sync_folder(p->out_dir, err);
    }
    if (st == GM_OK)
        st = file_switch_link(p->latest, p->run_id, err);
    return st;
}

const char *publish_folder(const publish *p)
{
    return p->folder;
}

void publish_close(publish *p)
{
    if (p == NULL)
        return;
    if (p->is_made && !p->is_committed)
        (void)file_remove_tree(p->aside, NULL); /* else the next run removes it */
    if (p->lock >= 0)
        (void)close(p->lock); /* read only */
    mem_free(p->out_dir);
    mem_free(p->run_id);
    mem_free(p->aside);
    mem_free(p->folder);
    mem_free(p->latest);
    mem_free(p);
}

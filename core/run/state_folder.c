/* SPDX-License-Identifier: Apache-2.0
 * state_folder.c - see state_folder.h. */
#include "run/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

struct state_folder {
    int lock;
    char *all_parts, *parts;
};

static void free_folder(state_folder *s)
{
    if (s->lock >= 0)
        (void)close(s->lock); /* gives the lock back */
    mem_free(s->all_parts);
    mem_free(s->parts);
    mem_free(s);
}

/* An open file description lock: it belongs to this handle, not to threads or forked workers'
 * closes. */
static gm_status take_lock(state_folder *s, const char *state_dir, gm_error *err)
{
    char *path = file_join(state_dir, "lock");
    gm_status st = GM_OK;
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (s->lock < 0) {
        st = error_errno(err, GM_E_IO, "cannot write '%s'", path);
    } else {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (fcntl(s->lock, F_OFD_SETLK, &lock) != 0)
            st =
                errno == EAGAIN || errno == EACCES
                    ? error_set(err, GM_E_LOCKED,
                                "another run holds '%s'; wait for it, or give this configuration a "
                                "state_dir of its own",
                                path)
                    : error_errno(err, GM_E_IO, "cannot lock '%s'", path);
    }
    mem_free(path);
    return st;
}

/* A worker's folder may change: plugins are strangers. */
static gm_status make_absolute(char **path, gm_error *err)
{
    char *absolute = realpath(*path, NULL);
    if (absolute == NULL)
        return error_errno(err, GM_E_IO, "cannot find '%s'", *path);
    mem_free(*path);
    *path = mem_strdup(absolute);
    mem_free(absolute);
    return GM_OK;
}

gm_status state_folder_open(state_folder **out, const char *state_dir, const char *run_id,
                            gm_error *err)
{
    state_folder *s = mem_zalloc(sizeof *s);
    s->lock = -1;
    s->all_parts = file_join(state_dir, "parts");
    s->parts = file_join(s->all_parts, run_id);
    gm_status st = file_make_folders(state_dir, err);
    if (st == GM_OK)
        st = take_lock(s, state_dir, err);
    /* No committed run keeps parts: what lies there was left by a run that did not end. */
    if (st == GM_OK)
        st = file_remove_tree(s->all_parts, err);
    if (st == GM_OK)
        st = file_make_folders(s->parts, err);
    if (st == GM_OK)
        st = make_absolute(&s->parts, err);
    if (st != GM_OK) {
        free_folder(s);
        s = NULL;
    }
    *out = s;
    return st;
}

const char *state_folder_parts(const state_folder *s)
{
    return s->parts;
}

gm_status state_folder_close(state_folder *s, gm_error *err)
{
    if (s == NULL)
        return GM_OK;
    gm_status st = file_remove_tree(s->all_parts, err);
    free_folder(s);
    return st;
}

/* SPDX-License-Identifier: Apache-2.0
 * file.h - files that are whole or not there.
 *
 * A file is written aside (".tmp.NAME"), synced, renamed; then its folder is synced. A failed fsync
 * is final: nobody may call it again and believe the answer. */
#ifndef GM_BASE_FILE_H
#define GM_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

/* Reads a whole file into out (cleared first); GM_E_LIMIT above out->max. */
gm_status file_read(bytes *out, const char *path, gm_error *err);

/* Handles short writes and EINTR. */
gm_status file_write_all(int fd, const void *p, size_t n, const char *path, gm_error *err);

/* A file on its way: file_create, file_write_all on fd, then file_commit or file_abandon. */
typedef struct file_aside {
    int fd; /* -1: none */
    char path[4096], temp[4096];
} file_aside;

gm_status file_create(file_aside *f, const char *path, gm_error *err);
/* Syncs, closes, renames. Afterwards the folder still wants file_sync_folder(). */
gm_status file_commit(file_aside *f, gm_error *err);
void file_abandon(file_aside *f); /* removes what is there; takes one that is closed */

/* file_create + write + file_commit. */
gm_status file_save(const char *path, const void *p, size_t n, gm_error *err);
gm_status file_sync_folder(const char *path, gm_error *err);

/* For many files in a folder that is itself aside: each is written in place, which must be free,
 * then all are synced at once (with whatever else their file system holds): one flush instead of
 * one a file. */
gm_status file_put(const char *path, const void *p, size_t n, gm_error *err);
gm_status file_sync_all(const char *folder, gm_error *err);

/* mkdir -p, mode 0755. */
gm_status file_make_folders(const char *path, gm_error *err);
/* Removes a folder and all in it; one that is not there is fine. Follows no link. */
gm_status file_remove_tree(const char *path, gm_error *err);

/* Replaces link by one that points at target (by rename). */
gm_status file_switch_link(const char *link, const char *target, gm_error *err);

/* Joins and shortens "a/./b"; returns an owned string. name absolute: just name. */
char *file_join(const char *folder, const char *name);
char *file_dirname(const char *path); /* owned; "." when there is none */
bool file_exists(const char *path);

#endif

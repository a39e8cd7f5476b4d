/* SPDX-License-Identifier: Apache-2.0
 * publish.c - see publish.h. */
#include "report/publish.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

struct publish {
    char *out_dir, *aside, *folder, *latest;
    char *run_id;
    bool is_made, is_committed;
};

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
        /* A link that was about to become latest is no folder. */
        st = remove(path) == 0 ? GM_OK : file_remove_tree(path, err);
        mem_free(path);
    }
    (void)closedir(dir); /* read only */
    return st;
}

gm_status publish_open(publish **out, const char *out_dir, const char *run_id, gm_error *err)
{
    publish *p = mem_zalloc(sizeof *p);
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
    if (st == GM_OK) {
        st = file_make_folders(p->aside, err);
        p->is_made = st == GM_OK;
    }
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
    mem_free(p->out_dir);
    mem_free(p->run_id);
    mem_free(p->aside);
    mem_free(p->folder);
    mem_free(p->latest);
    mem_free(p);
}

/* SPDX-License-Identifier: Apache-2.0
 * publish.h - how a run's outputs appear: written into a folder aside, renamed to out_dir/<run id>,
 * and last of all out_dir/latest is switched to it. Whatever fails before, latest stays what it
 * was. */
#ifndef GM_REPORT_PUBLISH_H
#define GM_REPORT_PUBLISH_H

#include "base/error.h"
#include "report/report.h"

typedef struct publish publish;

/* Makes out_dir, removes what killed runs left aside, and makes the folder of this run: an out_dir
 * that cannot be written is known before any log is read. Runs of other
 * configurations may write to the same out_dir at the same time. */
gm_status publish_open(publish **out, const char *out_dir, const char *run_id, gm_error *err);
/* Writes all outputs and switches latest. */
gm_status publish_commit(publish *p, const report *r, gm_error *err);
const char *publish_folder(const publish *p); /* out_dir/<run id>; borrowed */
/* Removes what was not committed; takes NULL. */
void publish_close(publish *p);

#endif

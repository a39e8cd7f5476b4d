/* SPDX-License-Identifier: Apache-2.0
 * state_merge.h - the entries of one metric from many parts, merged into one stream: by group,
 * bucket, and identity of the log. Logs that do not count are left out. */
#ifndef GM_RUN_STATE_MERGE_H
#define GM_RUN_STATE_MERGE_H

#include "base/error.h"
#include "part/part_file.h"
#include "run/reduce_task.h"

typedef struct state_merge state_merge;

typedef struct state_item {
    const part_entry *entry; /* borrowed until the next call */
    uint32_t state_format;
} state_item;

gm_status state_merge_open(state_merge **out, const reduce_options *options,
                           const reduce_task *task, gm_error *err);
void state_merge_free(state_merge *m);
/* item->entry is NULL at the end. */
gm_status state_merge_next(state_merge *m, state_item *item, gm_error *err);

#endif

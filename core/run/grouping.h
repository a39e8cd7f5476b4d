/* SPDX-License-Identifier: Apache-2.0
 * grouping.h - which state each event of a batch belongs to: (group, bucket) to dense numbers,
 * which stay the same for all logs of a bundle. Metrics with the same fields and bucket share one.
 */
#ifndef GM_RUN_GROUPING_H
#define GM_RUN_GROUPING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "event/batch.h"
#include "run/plan.h"

typedef struct grouping grouping;

/* What a dense number stands for. */
typedef struct grouping_cell {
    const uint8_t *group; /* the key as in part_file.h; borrowed until the grouping is freed */
    uint32_t group_len;
    uint64_t group_hash;
    int64_t bucket;
} grouping_cell;

grouping *grouping_new(const plan_grouping *spec, const civil_zone *zone);
void grouping_free(grouping *g);
/* Before the first batch of a log: dictionaries start anew. */
void grouping_begin_log(grouping *g);
/* The cell of each row; borrowed until the next call. *one: all rows share the first one's cell.
 * GM_E_LIMIT when there are more than LIMIT_GROUPS groups. */
gm_status grouping_assign(grouping *g, const event_batch *batch, const uint32_t **cells, bool *one,
                          gm_error *err);
uint32_t grouping_n_cells(const grouping *g);
grouping_cell grouping_get(const grouping *g, uint32_t cell);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * progress.h - how far a run is, on stderr: a bar that is redrawn on a terminal, a line now and
 * then otherwise. */
#ifndef GM_RUN_PROGRESS_H
#define GM_RUN_PROGRESS_H

#include <stdint.h>

#include "run/night.h"

typedef struct progress {
    night_progress how;
    uint64_t bytes_total;
    uint32_t logs_total, logs_done;
    int64_t started_ns, last_ns;
    bool is_drawn; /* a bar stands on the line */
} progress;

void progress_init(progress *p, night_progress how);
void progress_begin(progress *p, uint32_t logs, uint64_t total);
void progress_map(progress *p, uint64_t done, uint64_t events);
void progress_end(progress *p); /* clears the bar */

#endif

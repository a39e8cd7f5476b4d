/* SPDX-License-Identifier: Apache-2.0
 * selector.h - one value among those of a run: metric.output{label="x", group="y"}. */
#ifndef GM_CONFIG_SELECTOR_H
#define GM_CONFIG_SELECTOR_H

#include <stdint.h>

#include "base/arena.h"
#include "config/config.h"

typedef struct selector_label {
    const char *name;
    const char *text; /* NULL: *, all there are */
    uint32_t column;  /* of the name, in the file */
} selector_label;

typedef struct selector {
    const char *metric;
    const char *output; /* NULL: not given; right only for a metric with a single output */
    selector_label *labels;
    uint32_t n_labels;
} selector;

/* Values stand in double quotes or are bare words or numbers. Memory comes from run_arena. */
gm_status selector_parse(selector *out, const config_text *text, arena *run_arena, gm_error *err);

#endif

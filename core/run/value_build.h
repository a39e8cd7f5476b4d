/* SPDX-License-Identifier: Apache-2.0
 * value_build.h - from what a plugin emits for one group (window, window before, each bucket) to
 * values; and the order of values. */
#ifndef GM_RUN_VALUE_BUILD_H
#define GM_RUN_VALUE_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "part/value.h"
#include "run/plan.h"

typedef struct value_build value_build;

typedef enum value_build_what {
    VALUE_BUILD_CURRENT,
    VALUE_BUILD_PREVIOUS,
    VALUE_BUILD_BUCKET
} value_build_what;

/* The context of value_build_emit(). */
typedef struct value_build_take {
    value_build *build;
    value_build_what what;
    uint32_t call; /* a number of its own for each call of finalize: a value comes once in it */
    uint32_t bucket;
    bool has_events; /* false: whatever is emitted, there is no data */
} value_build_take;

value_build *value_build_new(const plan *p, uint32_t metric, value_set *out);
void value_build_free(value_build *b);

/* key: of the group, as in part_file.h; NULL: the total. starts: of the period's buckets. */
gm_status value_build_begin(value_build *b, const uint8_t *key, size_t key_len,
                            const int64_t *starts, uint32_t n_starts, gm_error *err);
/* An instance_emit_fn; context is a value_build_take. */
bool value_build_emit(void *context, const gm_emit *emit, gm_error *err);
/* An output that was never emitted is there all the same, without data. */
void value_build_end(value_build *b);

/* The values of a metric that failed: one an output, with status error and why. */
void value_build_failed(const plan *p, uint32_t metric, const char *why, value_set *out);
/* The fixed order of value.h. */
void value_build_sort(value_set *set);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * instance.h - a configured metric in a worker: the plugin's functions behind calls that leave a
 * breadcrumb, keep the budget and turn a plugin's statuses into errors with the metric's name. */
#ifndef GM_HOST_INSTANCE_H
#define GM_HOST_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/bytes.h"
#include "base/error.h"

typedef struct instance_options {
    const gm_metric *metric; /* the plugin's; static */
    const char *name;        /* of the metric, for messages; borrowed */
    uint32_t index;          /* of the metric in the plan, for the breadcrumb */
    const gm_config *config; /* borrowed for the life of the instance */
    uint64_t memory_max;     /* budget of the metric's states, bytes */
} instance_options;

typedef struct instance instance;

/* Errors have the code GM_E_PLUGIN, GM_E_CONFIG when create() refused a parameter, or GM_E_FORMAT
 * for a state in a format that the plugin does not read. Then *out is NULL. */
gm_status instance_new(instance **out, const instance_options *options, gm_error *err);
void instance_free(instance *i);

gm_status instance_state_new(instance *i, gm_state **out, gm_error *err);
void instance_state_free(instance *i, gm_state *state); /* takes NULL */
gm_status instance_update(instance *i, gm_state *const *states, uint32_t n_states,
                          const uint32_t *group_of_row, const gm_batch *batch, gm_error *err);
gm_status instance_merge(instance *i, gm_state *dst, const gm_state *src, gm_error *err);
/* Appends the state's bytes, in the plugin's current format. */
gm_status instance_serialize(instance *i, const gm_state *state, bytes *out, gm_error *err);
gm_status instance_deserialize(instance *i, uint32_t format, const void *p, size_t n,
                               gm_state **out, gm_error *err);

/* Takes what finalize() emits; false ends the call with an error. */
typedef bool (*instance_emit_fn)(void *context, const gm_emit *emit, gm_error *err);
/* Every emitted value is checked first: output, type, labels, no NaN or infinity in a value, limits
 * in order and around the value (but for rounding). */
gm_status instance_finalize(instance *i, const gm_state *state, const gm_config *window,
                            instance_emit_fn emit, void *context, gm_error *err);

const gm_descriptor *instance_descriptor(const instance *i); /* static */
uint64_t instance_memory(const instance *i);                 /* bytes of states now */

#endif

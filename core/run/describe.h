/* SPDX-License-Identifier: Apache-2.0
 * describe.h - asks plugins and rules what they are, in a short-lived worker: the supervisor gets
 * their descriptions as data, and a file that crashes or hangs while it is loaded costs only
 * itself. */
#ifndef GM_RUN_DESCRIBE_H
#define GM_RUN_DESCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "host/plugin_info.h"
#include "score/rule.h"

typedef struct describe_item {
    bool is_rule;
    const char *name; /* of a rule, as configured */
    const char *path;
    /* Filled in: one of the two, or error.code. */
    plugin_info plugin;
    rule_info rule;
    gm_error error;
} describe_item;

/* Texts come from run_arena. Fails only when no worker can be started, or on a signal. */
gm_status describe_run(describe_item *items, uint32_t n_items, arena *run_arena, gm_error *err);

#endif

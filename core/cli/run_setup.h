/* SPDX-License-Identifier: Apache-2.0
 * run_setup.h - what `run` and `check` share: overrides from flags and variables, where plugins and
 * rules lie, the clock, and the plan with its errors printed. */
#ifndef GM_CLI_RUN_SETUP_H
#define GM_CLI_RUN_SETUP_H

#include "base/arena.h"
#include "cli/command.h"
#include "run/plan.h"

enum { RUN_SETUP_OVERRIDES_MAX = 64 };

typedef struct run_setup {
    arena memory;
    config_override overrides[RUN_SETUP_OVERRIDES_MAX];
    uint32_t n_overrides;
    int64_t now_us;
    plan *plan; /* owned */
} run_setup;

void run_setup_init(run_setup *s);
void run_setup_deinit(run_setup *s);
/* A flag that stands for a key of [run]; NULL texts are left out. */
void run_setup_flag(run_setup *s, const char *key, const char *text, const char *flag);
/* Makes the plan. False: all errors are printed, the exit code is COMMAND_USAGE. */
bool run_setup_plan(run_setup *s, const char *config_path, const char *date);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * state_folder.h - the state folder of a configuration while a run uses it: locked against a second
 * run, with a folder for the parts of this run. The lock dies with its holder. */
#ifndef GM_RUN_STATE_FOLDER_H
#define GM_RUN_STATE_FOLDER_H

#include "base/error.h"

typedef struct state_folder state_folder;

/* Makes state_dir and parts/<run_id> in it, and removes what killed runs left there. GM_E_LOCKED
 * when another run holds it, GM_E_IO when it cannot be made. */
gm_status state_folder_open(state_folder **out, const char *state_dir, const char *run_id,
                            gm_error *err);
const char *state_folder_parts(const state_folder *s); /* borrowed */
/* Removes the parts of this run and gives the lock back. */
gm_status state_folder_close(state_folder *s, gm_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * loader.h - a plugin file, loaded and checked. Workers only; never unloaded (their destructors and
 * thread-local data make dlclose a lottery). */
#ifndef GM_HOST_LOADER_H
#define GM_HOST_LOADER_H

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/error.h"
#include "host/plugin_info.h"

/* Loads path and checks version, sizes and every descriptor before anything is believed.
 * GM_E_PLUGIN with the reason and what to do. *out is static, as the plugin's own data. */
gm_status loader_open(const gm_plugin **out, const char *path, gm_error *err);

/* loader_open() and what there is to say about it; texts are the plugin's own or run_arena's. */
gm_status loader_describe(plugin_info *out, const char *path, arena *run_arena, gm_error *err);

/* Finds the file NAME.so in the folders, in their order. *out is run_arena's; NULL: not there. */
const char *loader_find(const char *name, const char *const *folders, uint32_t n_folders,
                        arena *run_arena);

#endif

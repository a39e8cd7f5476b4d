/* SPDX-License-Identifier: Apache-2.0
 * plugin_info.h - what a plugin file says of itself, as data. The describe worker loads the file
 * and sends this; the supervisor plans from it and never loads anything. */
#ifndef GM_HOST_PLUGIN_INFO_H
#define GM_HOST_PLUGIN_INFO_H

#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"

typedef struct plugin_info {
    const char *path;
    char hash[HASH_HEX_SIZE]; /* of the file's bytes */
    uint32_t abi_minor;
    const char *build_info; /* "" when none */
    const gm_descriptor *const *descriptors;
    uint32_t n_descriptors;
} plugin_info;

/* To bytes and back. plugin_info_load() copies everything into run_arena and distrusts the bytes
 * (GM_E_DAMAGED): they come from a process that ran a stranger's code. */
void plugin_info_save(const plugin_info *info, bytes *out);
gm_status plugin_info_load(plugin_info *out, bytes_reader *in, arena *run_arena, gm_error *err);

/* The index of name, or UINT32_MAX. */
uint32_t plugin_info_param(const gm_descriptor *d, const char *name);
uint32_t plugin_info_output(const gm_descriptor *d, const char *name);

#endif

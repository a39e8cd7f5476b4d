/* SPDX-License-Identifier: Apache-2.0
 * config_include.h - the files that patterns of 'include' stand for. */
#ifndef GM_CONFIG_CONFIG_INCLUDE_H
#define GM_CONFIG_CONFIG_INCLUDE_H

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

/* Paths in the order of the patterns, those of one pattern sorted by byte; each file once. A name
 * without wildcards that is not there is an error, a pattern that matches nothing in a folder
 * that is there is none. main_path itself among them is an error. */
void config_include_find(config_texts *out, const config_texts *patterns, const char *main_path,
                         arena *memory, error_list *errors);

#endif

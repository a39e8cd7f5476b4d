/* SPDX-License-Identifier: Apache-2.0
 * config_value.h - the value of a key as its type says, into a field of an options struct. */
#ifndef GM_CONFIG_CONFIG_VALUE_H
#define GM_CONFIG_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"
#include "config/config_keys.h"
#include "config/ini_scan.h"

typedef struct config_scope {
    arena *memory;      /* of what is made */
    const char *folder; /* of the main file: defaults are relative to it */
    error_list *errors; /* NULL: the values were checked before */
} config_scope;

/* Sets the field of key in target, a config_run, config_source, … Not for families and items. A
 * list may come from several numbered entries, all else from one. False: an error was added. */
bool config_value_set(const config_key *key, const ini_entry *const *entries, uint32_t n,
                      void *target, const config_scope *scope);

/* The value with its place, as it stands. */
config_text config_value_text(const ini_entry *entry);

/* The entry that gives a key's default. */
ini_entry config_value_default(const config_key *key);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * config_hash.h - what a configuration says, as one number. */
#ifndef GM_CONFIG_CONFIG_HASH_H
#define GM_CONFIG_CONFIG_HASH_H

#include <stdint.h>

#include "base/hash.h"
#include "config/ini_scan.h"

/* Of all (kind, name, key, value), sorted, as they are written. Comments, the order of sections and
 * of keys, and which file holds what make no difference; nor does 'include' itself. */
hash128 config_hash_scans(const ini_scan *scans, uint32_t n);

#endif

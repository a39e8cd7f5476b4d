/* SPDX-License-Identifier: Apache-2.0
 * ext_hll.h - service gm.hll/1: HyperLogLog, the number of distinct hashes. */
#ifndef GM_HOST_EXT_HLL_H
#define GM_HOST_EXT_HLL_H

#include <goalmill/services.h>

extern const gm_ext_sketch ext_hll_service;

#endif

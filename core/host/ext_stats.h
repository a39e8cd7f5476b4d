/* SPDX-License-Identifier: Apache-2.0
 * ext_stats.h - service gm.stats/1: the intervals of base/stats.h for plugins. */
#ifndef GM_HOST_EXT_STATS_H
#define GM_HOST_EXT_STATS_H

#include <goalmill/services.h>

extern const gm_ext_stats ext_stats_service;

#endif

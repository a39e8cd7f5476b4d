/* SPDX-License-Identifier: Apache-2.0
 * ext_ddsketch.h - service gm.ddsketch/1: quantiles of bounded relative error. */
#ifndef GM_HOST_EXT_DDSKETCH_H
#define GM_HOST_EXT_DDSKETCH_H

#include <goalmill/services.h>

extern const gm_ext_sketch ext_ddsketch_service;

#endif

/* SPDX-License-Identifier: Apache-2.0
 * ext_units.h - service gm.units/1: sums by independent unit. */
#ifndef GM_HOST_EXT_UNITS_H
#define GM_HOST_EXT_UNITS_H

#include <goalmill/services.h>

extern const gm_ext_units ext_units_service;

#endif

/* SPDX-License-Identifier: Apache-2.0
 * ext_set.h - service gm.set/1: an exact set of 64-bit hashes. */
#ifndef GM_HOST_EXT_SET_H
#define GM_HOST_EXT_SET_H

#include <goalmill/services.h>

extern const gm_ext_set ext_set_service;

#endif

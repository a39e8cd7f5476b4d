/* SPDX-License-Identifier: Apache-2.0
 * ext_xsum.h - service gm.xsum/1: the exact sum of doubles. */
#ifndef GM_HOST_EXT_XSUM_H
#define GM_HOST_EXT_XSUM_H

#include <goalmill/services.h>

extern const gm_ext_sketch ext_xsum_service;

#endif

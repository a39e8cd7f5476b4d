/* SPDX-License-Identifier: Apache-2.0
 * ext_text.h - service gm.text/1: numbers as text, the same everywhere. */
#ifndef GM_HOST_EXT_TEXT_H
#define GM_HOST_EXT_TEXT_H

#include <goalmill/services.h>

extern const gm_ext_text ext_text_service;

#endif

/* SPDX-License-Identifier: Apache-2.0
 * descriptor_check.h - is a descriptor one that this host understands and may trust? */
#ifndef GM_HOST_DESCRIPTOR_CHECK_H
#define GM_HOST_DESCRIPTOR_CHECK_H

#include <goalmill/plugin.h>

#include "base/error.h"

/* GM_E_PLUGIN with the plugin's path, the metric's id and what is wrong. */
gm_status descriptor_check(const gm_descriptor *d, const char *path, gm_error *err);

#endif

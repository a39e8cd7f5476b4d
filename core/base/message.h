/* SPDX-License-Identifier: Apache-2.0
 * message.h - what goalmill says on stderr beside progress: "goalmill: warning: …".
 * One line a call, written at once. */
#ifndef GM_BASE_MESSAGE_H
#define GM_BASE_MESSAGE_H

#include <stdbool.h>

#include "base/error.h"

void message_set_quiet(bool quiet); /* then only errors are said */
void message_info(const char *fmt, ...) GM_PRINTF(1, 2);
void message_warn(const char *fmt, ...) GM_PRINTF(1, 2);
void message_error(const char *fmt, ...) GM_PRINTF(1, 2);
void message_gm_error(const gm_error *err); /* error_format() of it */

#endif

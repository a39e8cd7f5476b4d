/* SPDX-License-Identifier: Apache-2.0
 * ext_text.c - see ext_text.h. */
#include "host/ext_text.h"

#include "base/number.h"

_Static_assert(GM_TEXT_SIZE >= NUMBER_TEXT_MAX, "what number.h writes must fit");

static uint32_t format_f64(double v, char text[GM_TEXT_SIZE])
{
    return (uint32_t)number_format_f64(v, text);
}

const gm_ext_text ext_text_service = {
    .struct_size = sizeof(gm_ext_text),
    .format_f64 = format_f64,
};

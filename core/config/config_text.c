/* SPDX-License-Identifier: Apache-2.0
 * config_text.c - see config_text.h. */
#include "config/config_text.h"

#include <stdarg.h>

config_text config_text_from(const config_text *text, uint32_t offset)
{
    config_text from = {.text = text->text + offset, .path = text->path, .line = text->line};
    if (text->line == 0)
        return from;
    from.column = text->column + offset;
    for (uint32_t i = 0; i < text->n_breaks && text->breaks[i].at <= offset; i++) {
        from.line = text->breaks[i].line;
        from.column = offset - text->breaks[i].at + 1;
    }
    return from;
}

gm_status config_error(gm_error *err, const config_text *at, const char *fmt, ...)
{
    char message[GM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* cut is fine */
    va_end(args);
    return error_at(err, GM_E_CONFIG, at->path, at->line, at->column, "%s", message);
}

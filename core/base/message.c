/* SPDX-License-Identifier: Apache-2.0
 * message.c - lines on stderr; see message.h.
 *
 * A line is built in a buffer and written with one write(2), so that lines of several processes
 * never mix. What is too long is cut; a line break inside becomes a blank. */
#include "base/message.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_LINE_MAX = 4096 };

static atomic_bool is_quiet;

void message_set_quiet(bool quiet)
{
    atomic_store(&is_quiet, quiet);
}

static GM_PRINTF(2, 0) void say(const char *kind, const char *fmt, va_list args)
{
    char line[MESSAGE_LINE_MAX];
    int prefix = snprintf(line, sizeof line, "goalmill: %s", kind);
    GM_ASSERT(prefix > 0);
    size_t n = (size_t)prefix;
    int used = vsnprintf(line + n, sizeof line - n, fmt, args);
    GM_ASSERT(used >= 0);
    n += (size_t)used < sizeof line - n ? (size_t)used : sizeof line - n - 1;
    for (size_t i = 0; i < n; i++) {
        if (line[i] == '\n' || line[i] == '\r')
            line[i] = ' ';
    }
    line[n++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written; /* nowhere to complain about stderr */
}

void message_info(const char *fmt, ...)
{
    if (atomic_load(&is_quiet))
        return;
    va_list args;
    va_start(args, fmt);
    say("", fmt, args);
    va_end(args);
}

void message_warn(const char *fmt, ...)
{
    if (atomic_load(&is_quiet))
        return;
    va_list args;
    va_start(args, fmt);
    say("warning: ", fmt, args);
    va_end(args);
}

void message_error(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say("error: ", fmt, args);
    va_end(args);
}

void message_gm_error(const gm_error *err)
{
    char text[GM_ERROR_PATH_MAX + GM_ERROR_MESSAGE_MAX + 32];
    error_format(err, text, sizeof text);
    message_error("%s", text);
}

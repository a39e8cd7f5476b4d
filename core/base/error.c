/* SPDX-License-Identifier: Apache-2.0
 * error.c - filling, listing and printing errors; see error.h. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static void set_v(gm_error *err, gm_status code, const char *path, uint32_t line, uint32_t column,
                  const char *fmt, va_list args) GM_PRINTF(6, 0);

static void set_v(gm_error *err, gm_status code, const char *path, uint32_t line, uint32_t column,
                  const char *fmt, va_list args)
{
    if (err == NULL)
        return;
    err->code = code;
    err->line = line;
    err->column = column;
    (void)snprintf(err->path, sizeof err->path, "%s", path == NULL ? "" : path); /* cut is fine */
    (void)vsnprintf(err->message, sizeof err->message, fmt, args);               /* cut is fine */
}

gm_status error_set(gm_error *err, gm_status code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set_v(err, code, NULL, 0, 0, fmt, args);
    va_end(args);
    return code;
}

gm_status error_at(gm_error *err, gm_status code, const char *path, uint32_t line, uint32_t column,
                   const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set_v(err, code, path, line, column, fmt, args);
    va_end(args);
    return code;
}

gm_status error_errno(gm_error *err, gm_status code, const char *fmt, ...)
{
    int saved = errno;
    va_list args;
    va_start(args, fmt);
    set_v(err, code, NULL, 0, 0, fmt, args);
    va_end(args);
    if (err != NULL) {
        char reason[96];
        size_t used = strlen(err->message);
        const char *text = strerror_r(saved, reason, sizeof reason);
        (void)snprintf(err->message + used, sizeof err->message - used, ": %s", text);
    }
    errno = saved;
    return code;
}

void error_format(const gm_error *err, char *text, size_t size)
{
    int n = 0;
    if (err->path[0] != '\0' && err->line != 0 && err->column != 0)
        n = snprintf(text, size, "%s:%u:%u: %s", err->path, err->line, err->column, err->message);
    else if (err->path[0] != '\0' && err->line != 0)
        n = snprintf(text, size, "%s:%u: %s", err->path, err->line, err->message);
    else if (err->path[0] != '\0')
        n = snprintf(text, size, "%s: %s", err->path, err->message);
    else
        n = snprintf(text, size, "%s", err->message);
    GM_ASSERT(n >= 0);
}

const char *error_text(gm_status code)
{
    switch (code) {
    case GM_OK:
        return "ok";
    case GM_E_NOMEM:
        return "out of memory";
    case GM_E_CONFIG:
        return "wrong configuration";
    case GM_E_STATE:
        return "damaged state";
    case GM_E_FORMAT:
        return "unsupported state format";
    case GM_E_INPUT:
        return "wrong input";
    case GM_E_LIMIT:
        return "a limit was reached";
    case GM_E_CANCELLED:
        return "cancelled";
    case GM_E_UNSUPPORTED:
        return "not supported";
    case GM_E_INTERNAL:
        return "internal error";
#define X(name, value, text)                                                                       \
    case name:                                                                                     \
        return text;
        GM_STATUS_LIST(X)
#undef X
    default:
        return "unknown error";
    }
}

void error_list_add(error_list *list, const gm_error *err)
{
    if (list->n == ERROR_LIST_MAX) {
        list->n_dropped++;
        return;
    }
    if (list->n == list->cap) {
        list->cap = list->cap == 0 ? 8 : list->cap * 2;
        list->items = mem_realloc(list->items, list->cap * sizeof *list->items);
    }
    list->items[list->n++] = *err;
}

void error_list_addf(error_list *list, const char *path, uint32_t line, uint32_t column,
                     const char *fmt, ...)
{
    gm_error err;
    va_list args;
    va_start(args, fmt);
    set_v(&err, GM_E_CONFIG, path, line, column, fmt, args);
    va_end(args);
    error_list_add(list, &err);
}

void error_list_deinit(error_list *list)
{
    mem_free(list->items);
    memset(list, 0, sizeof *list);
}

_Noreturn void error_assert_failed(const char *cond, const char *file, int line)
{
    (void)fprintf(stderr, "goalmill: internal error: %s does not hold (%s:%d)\n", cond, file, line);
    abort();
}

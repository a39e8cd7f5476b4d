/* SPDX-License-Identifier: Apache-2.0
 * error.h - errors as values, and assertions.
 *
 * A function that can fail because of what it was given (input, configuration, a plugin, a script,
 * a file) returns gm_status and takes a gm_error * last, which may be NULL. The error is filled
 * once, at the place that knows; callers pass it on. A mistake of ours is a GM_ASSERT: on in every
 * build. */
#ifndef GM_BASE_ERROR_H
#define GM_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <goalmill/plugin.h>

/* Statuses of our own, beside those of the plugin ABI. Never renumbered. */
#define GM_STATUS_LIST(X)                                                                          \
    X(GM_E_IO, -20, "input or output failed")                                                      \
    X(GM_E_NOT_FOUND, -21, "not found")                                                            \
    X(GM_E_LOCKED, -22, "locked by another run")                                                   \
    X(GM_E_DAMAGED, -23, "damaged")                                                                \
    X(GM_E_SYNTAX, -24, "syntax error")                                                            \
    X(GM_E_PLUGIN, -25, "a plugin failed")                                                         \
    X(GM_E_RULE, -26, "a rule failed")                                                             \
    X(GM_E_STOPPED, -27, "stopped by a signal")

enum {
#define X(name, value, text) name = (value),
    GM_STATUS_LIST(X)
#undef X
};

enum { GM_ERROR_MESSAGE_MAX = 480, GM_ERROR_PATH_MAX = 256 };

/* Where in the user's input, and what to do. line and column count from 1; 0: not known. */
typedef struct gm_error {
    gm_status code;
    uint32_t line, column;
    char path[GM_ERROR_PATH_MAX];
    char message[GM_ERROR_MESSAGE_MAX];
} gm_error;

/* Both return code. err may be NULL. */
gm_status error_set(gm_error *err, gm_status code, const char *fmt, ...) GM_PRINTF(3, 4);
gm_status error_at(gm_error *err, gm_status code, const char *path, uint32_t line, uint32_t column,
                   const char *fmt, ...) GM_PRINTF(6, 7);

/* code with the text of errno at the end: "cannot open 'x': No such file or directory". */
gm_status error_errno(gm_error *err, gm_status code, const char *fmt, ...) GM_PRINTF(3, 4);

/* "path:line:column: message", leaving out what is not known. */
void error_format(const gm_error *err, char *text, size_t size);

/* Static text of a status. */
const char *error_text(gm_status code);

/* Several errors, so that all are reported at once. Owned by its holder: error_list_deinit(). */
typedef struct error_list {
    gm_error *items;
    size_t n, cap;
    size_t n_dropped; /* beyond ERROR_LIST_MAX */
} error_list;

enum { ERROR_LIST_MAX = 200 };

void error_list_add(error_list *list, const gm_error *err);
void error_list_addf(error_list *list, const char *path, uint32_t line, uint32_t column,
                     const char *fmt, ...) GM_PRINTF(5, 6);
void error_list_deinit(error_list *list);

/* Programmer errors end the process: nothing after them can be trusted. */
#define GM_ASSERT(cond)                                                                            \
    do {                                                                                           \
        if (!(cond))                                                                               \
            error_assert_failed(#cond, __FILE__, __LINE__);                                        \
    } while (0)

_Noreturn void error_assert_failed(const char *cond, const char *file, int line);

#endif

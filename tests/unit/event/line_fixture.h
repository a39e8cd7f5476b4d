/* SPDX-License-Identifier: Apache-2.0
 * line_fixture.h - one line in memory that ends right behind what a parser may read, so that a
 * sanitizer sees each byte too many. */
#ifndef GM_TEST_LINE_FIXTURE_H
#define GM_TEST_LINE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "event/ndjson.h"

static inline char *line_new(const char *s, size_t n)
{
    char *line = malloc(n + 1 + NDJSON_PADDING);
    assert_non_null(line);
    if (n != 0)
        memcpy(line, s, n);
    line[n] = '\n';
    memset(line + n + 1, '"', NDJSON_PADDING);
    return line;
}

#endif

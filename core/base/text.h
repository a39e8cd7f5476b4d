/* SPDX-License-Identifier: Apache-2.0
 * text.h - UTF-8, display width, suggestions. */
#ifndef GM_BASE_TEXT_H
#define GM_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is s[0..n) well-formed UTF-8 (no surrogates, no overlong forms, up to U+10FFFF)? */
bool text_is_utf8(const char *s, size_t n);
/* Copies s[0..n) to out (room: 3 * n), each maximal ill-formed part replaced by U+FFFD as the
 * Unicode Standard advises. Returns the length; *n_replaced counts. */
size_t text_repair_utf8(char *out, const char *s, size_t n, uint64_t *n_replaced);
/* Appends a code point; returns its length (1 to 4). */
size_t text_put_utf8(char out[4], uint32_t code_point);

/* Columns on a terminal: wide characters 2, combining marks 0, control characters 0. */
size_t text_width(const char *s, size_t n);
/* The longest prefix, in bytes, of at most width columns, on a character boundary. */
size_t text_fit(const char *s, size_t n, size_t width);

/* The candidate nearest to name, or NULL when none is near (at most a third of its letters differ;
 * Damerau-Levenshtein). candidates are borrowed. */
const char *text_suggest(const char *name, const char *const *candidates, size_t n);

/* A line of a log for people: control characters become '.', ill-formed parts U+FFFD, cut to size -
 * 1 bytes on a character boundary with "…" at the end when it was longer. */
void text_excerpt(char *out, size_t size, const char *s, size_t n);

/* [a-z][a-z0-9_]*, with dots between such parts when dots. */
bool text_is_name(const char *s, size_t n, bool dots);

#endif

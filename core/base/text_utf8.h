/* SPDX-License-Identifier: Apache-2.0
 * text_utf8.h - the one UTF-8 decoder. Private to text*.c. */
#ifndef GM_BASE_TEXT_UTF8_H
#define GM_BASE_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one character of s[0..n), n > 0. True: *code_point and its length in *used. False: *used
 * is the length of the maximal ill-formed part (Unicode, section 3.9, table 3-7), at least 1. */
bool text_utf8_next(const char *s, size_t n, uint32_t *code_point, size_t *used);

#endif

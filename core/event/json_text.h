/* SPDX-License-Identifier: Apache-2.0
 * json_text.h - the inside of JSON strings. */
#ifndef GM_EVENT_JSON_TEXT_H
#define GM_EVENT_JSON_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Writes s[0..n), the well-formed inside of a JSON string, without its escapes to out (room: n
 * bytes). Returns the length. A \u escape that is half of a surrogate pair becomes U+FFFD; *n_lone
 * counts those. Bytes beyond ASCII are copied as they are. */
size_t json_text_unescape(char *out, const char *s, size_t n, uint64_t *n_lone);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * json_writer.h - JSON into a buffer. Commas and escapes are its business; the caller keeps begin
 * and end in pairs (asserted). A number that is not finite is written as null. Strings must be
 * UTF-8. */
#ifndef GM_BASE_JSON_WRITER_H
#define GM_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { JSON_WRITER_DEPTH_MAX = 32 };

typedef struct json_writer {
    bytes *out; /* borrowed */
    uint32_t depth;
    bool pretty;                           /* two spaces a level */
    bool has_items[JSON_WRITER_DEPTH_MAX]; /* of each open level */
    bool after_key;
    bool inline_level[JSON_WRITER_DEPTH_MAX]; /* no line breaks within, even when pretty */
} json_writer;

void json_init(json_writer *w, bytes *out, bool pretty);
void json_finish(json_writer *w); /* asserts that all is closed, adds a newline */

void json_object_begin(json_writer *w);
void json_object_end(json_writer *w);
void json_array_begin(json_writer *w);
void json_array_end(json_writer *w);
/* The next object or array stands on one line although the rest is pretty. */
void json_inline_object_begin(json_writer *w);
void json_inline_array_begin(json_writer *w);

void json_key(json_writer *w, const char *key);
void json_key_n(json_writer *w, const char *key, size_t n);
void json_null(json_writer *w);
void json_bool(json_writer *w, bool v);
void json_i64(json_writer *w, int64_t v);
void json_u64(json_writer *w, uint64_t v);
void json_f64(json_writer *w, double v); /* shortest text that reads back the same */
/* Rounded to 12 significant digits: for what a formula made. */
void json_rounded(json_writer *w, double v);
void json_str(json_writer *w, const char *s); /* NULL: null */
void json_str_n(json_writer *w, const char *s, size_t n);

/* key and value at once. */
void json_pair_str(json_writer *w, const char *key, const char *s);
void json_pair_i64(json_writer *w, const char *key, int64_t v);
void json_pair_u64(json_writer *w, const char *key, uint64_t v);
void json_pair_f64(json_writer *w, const char *key, double v);
void json_pair_rounded(json_writer *w, const char *key, double v);
void json_pair_bool(json_writer *w, const char *key, bool v);

#endif

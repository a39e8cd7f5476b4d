/* SPDX-License-Identifier: Apache-2.0
 * bytes.h - a growing buffer with a ceiling, and a reader that distrusts what it reads.
 *
 * All integers are little-endian. Writers never fail below the ceiling; above it `failed` is set
 * and stays, and nothing more is written. Readers past the end set `bad` and give zeros: check
 * once. */
#ifndef GM_BASE_BYTES_H
#define GM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <goalmill/plugin.h>

typedef struct bytes {
    uint8_t *data;
    size_t len, cap, max;
    bool failed; /* the ceiling was reached */
} bytes;

void bytes_init(bytes *b, size_t max); /* no allocation yet */
void bytes_deinit(bytes *b);
void bytes_clear(bytes *b); /* keeps the memory */
/* Room for n more bytes; NULL when that would pass the ceiling. */
uint8_t *bytes_reserve(bytes *b, size_t n);

void bytes_put(bytes *b, const void *p, size_t n);
void bytes_u8(bytes *b, uint8_t v);
void bytes_u32(bytes *b, uint32_t v);
void bytes_u64(bytes *b, uint64_t v);
void bytes_i64(bytes *b, int64_t v);
void bytes_f64(bytes *b, double v);
void bytes_varint(bytes *b, uint64_t v);            /* LEB128 */
void bytes_blob(bytes *b, const void *p, size_t n); /* varint length, then the bytes */
void bytes_str(bytes *b, const char *s);            /* a blob; NULL like "" */
void bytes_printf(bytes *b, const char *fmt, ...) GM_PRINTF(2, 3);

typedef struct bytes_reader {
    const uint8_t *p, *end;
    bool bad;
} bytes_reader;

bytes_reader bytes_read(const void *p, size_t n);
uint8_t bytes_get_u8(bytes_reader *r);
uint32_t bytes_get_u32(bytes_reader *r);
uint64_t bytes_get_u64(bytes_reader *r);
int64_t bytes_get_i64(bytes_reader *r);
double bytes_get_f64(bytes_reader *r);
uint64_t bytes_get_varint(bytes_reader *r);
const uint8_t *bytes_get(bytes_reader *r, size_t n); /* n bytes, borrowed; NULL when bad */
/* A blob: borrowed, not ended by NUL. */
gm_str bytes_get_str(bytes_reader *r);

#endif

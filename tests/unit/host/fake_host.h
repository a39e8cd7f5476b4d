/* SPDX-License-Identifier: Apache-2.0
 * fake_host.h - a gm_host for tests: it counts what is allocated, can fail the k-th allocation, and
 * keeps the last error. Its services are the real ones. Also a writer into memory that can fail,
 * and pseudo-random numbers. */
#ifndef GM_TEST_FAKE_HOST_H
#define GM_TEST_FAKE_HOST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <goalmill/services.h>

#include "base/hash.h"
#include "host/extension.h"

typedef struct fake_host {
    gm_host host;
    uint64_t calls;   /* allocations asked for */
    uint64_t fail_at; /* that one fails; 0: none */
    uint64_t blocks;  /* live */
    size_t bytes, peak;
    const char *missing; /* a service that this host lacks, or NULL */
    gm_status status;    /* of the last error */
    char error[1024];
} fake_host;

enum { FAKE_HEADER = 16 };

static inline void *fake_realloc(const gm_host *host, void *p, size_t n)
{
    fake_host *f = host->ctx;
    size_t before = 0;
    char *block = p != NULL ? (char *)p - FAKE_HEADER : NULL;
    if (++f->calls == f->fail_at)
        return NULL;
    if (block != NULL)
        memcpy(&before, block, sizeof before);
    char *to = realloc(block, n + FAKE_HEADER);
    assert_non_null(to);
    if (block == NULL) {
        memset(to, 0, FAKE_HEADER);
        memset(to + FAKE_HEADER, 0xa5, n); /* so that memory that nobody set differs from zero */
        f->blocks++;
    }
    memcpy(to, &n, sizeof n);
    f->bytes += n - before;
    f->peak = f->bytes > f->peak ? f->bytes : f->peak;
    return to + FAKE_HEADER;
}

static inline void *fake_alloc(const gm_host *host, size_t n)
{
    return fake_realloc(host, NULL, n);
}

static inline void fake_free(const gm_host *host, void *p)
{
    fake_host *f = host->ctx;
    size_t n = 0;
    assert_non_null(p);
    memcpy(&n, (char *)p - FAKE_HEADER, sizeof n);
    f->bytes -= n;
    f->blocks--;
    free((char *)p - FAKE_HEADER);
}

static inline GM_PRINTF(3, 4) gm_status
    fake_error(const gm_host *host, gm_status code, const char *fmt, ...)
{
    fake_host *f = host->ctx;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(f->error, sizeof f->error, fmt, args);
    va_end(args);
    f->status = code;
    return code;
}

static inline const void *fake_get_extension(const gm_host *host, const char *id)
{
    const fake_host *f = host->ctx;
    return f->missing != NULL && strcmp(f->missing, id) == 0 ? NULL : extension_find(id);
}

static inline void fake_host_init(fake_host *f)
{
    memset(f, 0, sizeof *f);
    f->host = (gm_host){.struct_size = sizeof f->host,
                        .abi_major = GM_ABI_MAJOR,
                        .name = "fake",
                        .version = "0",
                        .ctx = f,
                        .alloc = fake_alloc,
                        .realloc = fake_realloc,
                        .free = fake_free,
                        .error = fake_error,
                        .hash64 = hash_64,
                        .get_extension = fake_get_extension};
}

/* ---- bytes written ----------------------------------------------------------------------------
 */

typedef struct fake_writer {
    gm_writer writer;
    uint8_t *data;
    size_t n;
    size_t fail_after; /* a write that would pass this many bytes fails; 0: none does */
} fake_writer;

static inline gm_status fake_write(gm_writer *writer, const void *p, size_t n)
{
    fake_writer *w = writer->ctx;
    if (w->fail_after > 0 && w->n + n > w->fail_after)
        return GM_E_LIMIT;
    w->data = realloc(w->data, w->n + n + 1);
    assert_non_null(w->data);
    memcpy(w->data + w->n, p, n);
    w->n += n;
    return GM_OK;
}

static inline void fake_writer_init(fake_writer *w)
{
    *w = (fake_writer){.writer = {.struct_size = sizeof w->writer, .ctx = w, .write = fake_write}};
}

static inline void fake_writer_deinit(fake_writer *w)
{
    free(w->data);
    w->data = NULL;
}

/* ---- numbers ------------------------------------------------------------------------------------
 */

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t fake_random(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 <= u < 1. */
static inline double fake_uniform(uint64_t *seed)
{
    return (double)(fake_random(seed) >> 11) * 0x1p-53;
}

static inline double fake_from_bits(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline uint64_t fake_bits(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

#endif

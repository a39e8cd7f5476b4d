/* SPDX-License-Identifier: Apache-2.0
 * fuzz_gzip.c - any bytes as a log file. Whatever the size of the reads, the outcome and the data
 * are the same; what zlib's own gzip reader inflates in full, we inflate to the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/error.h"
#include "input/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1 << 20, ROOM_MAX = 4096 };

typedef struct result {
    gm_status status;
    size_t n;
    codec_stats stats;
    uint8_t data[OUT_MAX];
} result;

static result results[2];

static void read_all(result *r, int fd, size_t room)
{
    static uint8_t buffer[ROOM_MAX];
    char path[64];
    codec *c = NULL;
    gm_error err;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    r->n = 0;
    r->status = codec_open(&c, path, OUT_MAX, &err);
    size_t n = 1;
    while (r->status == GM_OK && n != 0) {
        r->status = codec_read(c, buffer, room, &n, &err);
        GM_ASSERT(n <= room);
        GM_ASSERT(n <= OUT_MAX - r->n);
        memcpy(r->data + r->n, buffer, n);
        r->n += n;
    }
    if (c != NULL)
        r->stats = *codec_get_stats(c);
    codec_free(c);
}

/* One member that zlib finds whole must be the beginning of what we give. */
static void compare_with_zlib(const uint8_t *data, size_t size, const result *r)
{
    static uint8_t out[OUT_MAX];
    z_stream z = {0};
    int code = inflateInit2(&z, MAX_WBITS + 16);
    GM_ASSERT(code == Z_OK);
    z.next_in = data;
    z.avail_in = (unsigned)size;
    z.next_out = out;
    z.avail_out = OUT_MAX;
    code = inflate(&z, Z_FINISH);
    size_t n = OUT_MAX - z.avail_out;
    if (code == Z_STREAM_END) {
        GM_ASSERT(r->stats.members >= 1);
        GM_ASSERT(r->n >= n);
        GM_ASSERT(memcmp(r->data, out, n) == 0);
    } else {
        GM_ASSERT(r->status != GM_OK);
    }
    code = inflateEnd(&z);
    GM_ASSERT(code == Z_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    GM_ASSERT(fd >= 0);
    ssize_t written = write(fd, data, size);
    GM_ASSERT(written == (ssize_t)size);
    read_all(&results[0], fd, ROOM_MAX);
    read_all(&results[1], fd, 1 + size % 7);
    GM_ASSERT(results[0].status == results[1].status);
    GM_ASSERT(results[0].n == results[1].n);
    GM_ASSERT(memcmp(results[0].data, results[1].data, results[0].n) == 0);
    if (size >= 2 && data[0] == 0x1f && data[1] == 0x8b)
        compare_with_zlib(data, size, &results[0]);
    (void)close(fd); /* memory only */
    return 0;
}

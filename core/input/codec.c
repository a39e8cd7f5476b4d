/* SPDX-License-Identifier: Apache-2.0
 * codec.c - opening a log, telling its format, the ceiling on its inflated size; see codec.h.
 *
 * The file is read up to the size it had when it was opened, each byte once, and each byte goes
 * into the content hash. A format reports data and an error in one call; the data are given first
 * and the error by the next call, and by every call after it. */
#include "input/codec.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "input/codec_format.h"

#define INPUT_BYTES LIMIT_KIB(128)

struct codec {
    codec_input in;
    const codec_format *format;
    void *decoder; /* the format's */
    char *path;
    uint64_t max_bytes;
    codec_stats stats;
    gm_status failed; /* sticky, with its error */
    gm_error error;
    bool is_done;
};

/* The last one matches anything. */
enum { FORMATS = 2 };
static const codec_format *const formats[FORMATS] = {&gzip_format, &plain_format};

static gm_status open_file(codec_input *in, gm_error *err)
{
    do
        in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (in->fd < 0 && errno == EINTR);
    if (in->fd < 0) {
        gm_status status = errno == ENOENT || errno == ENOTDIR ? GM_E_NOT_FOUND : GM_E_IO;
        return error_errno(err, status, "cannot open '%s'", in->path);
    }
    struct stat info;
    if (fstat(in->fd, &info) != 0)
        return error_errno(err, GM_E_IO, "cannot look at '%s'", in->path);
    if (!S_ISREG(info.st_mode))
        return error_at(err, GM_E_IO, in->path, 0, 0, "is not a regular file%s",
                        S_ISDIR(info.st_mode) ? " but a folder" : "");
    if (info.st_size == 0)
        return error_at(err, GM_E_DAMAGED, in->path, 0, 0, "is empty (0 bytes)");
    in->size = (uint64_t)info.st_size;
    return GM_OK;
}

gm_status codec_open(codec **out, const char *path, uint64_t max_bytes, gm_error *err)
{
    *out = NULL;
    codec *c = mem_zalloc(sizeof *c);
    c->path = mem_strdup(path);
    c->in.path = c->path;
    c->max_bytes = max_bytes == 0 ? UINT64_MAX : max_bytes;
    gm_status status = open_file(&c->in, err);
    if (status != GM_OK)
        goto done;
    c->in.data = mem_alloc(INPUT_BYTES);
    c->in.hash = hash_stream_new();
    status = codec_input_fill(&c->in, err);
    if (status != GM_OK)
        goto done;
    size_t i = 0;
    while (i < FORMATS - 1 && !formats[i]->matches(c->in.data, c->in.len))
        i++;
    c->format = formats[i];
    c->stats.kind = c->format->kind;
    c->decoder = c->format->begin();
    *out = c;
    c = NULL;
done:
    codec_free(c);
    return status;
}

void codec_free(codec *c)
{
    if (c == NULL)
        return;
    if (c->format != NULL)
        c->format->end(c->decoder);
    if (c->in.fd >= 0)
        (void)close(c->in.fd); /* opened for reading: nothing can be lost */
    hash_stream_free(c->in.hash);
    mem_free(c->in.data);
    mem_free(c->path);
    mem_free(c);
}

const codec_stats *codec_get_stats(const codec *c)
{
    return &c->stats;
}

/* One read of at most room bytes, hashed. *n = 0 only at the end. */
static gm_status read_raw(codec_input *in, uint8_t *buffer, size_t room, size_t *n, gm_error *err)
{
    uint64_t left = in->size - in->bytes_read;
    *n = 0;
    if (left == 0)
        return GM_OK;
    if (room > left)
        room = (size_t)left;
    ssize_t got;
    do
        got = read(in->fd, buffer, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_errno(err, GM_E_IO, "cannot read '%s' at byte %llu", in->path,
                           (unsigned long long)in->bytes_read);
    if (got == 0)
        return error_at(err, GM_E_DAMAGED, in->path, 0, 0,
                        "became shorter while it was read: %llu bytes instead of %llu",
                        (unsigned long long)in->bytes_read, (unsigned long long)in->size);
    *n = (size_t)got;
    in->bytes_read += *n;
    hash_stream_update(in->hash, buffer, *n);
    return GM_OK;
}

gm_status codec_input_fill(codec_input *in, gm_error *err)
{
    if (in->pos < in->len)
        return GM_OK;
    in->pos = 0;
    in->len = 0;
    return read_raw(in, in->data, INPUT_BYTES, &in->len, err);
}

gm_status codec_input_read(codec_input *in, uint8_t *buffer, size_t room, size_t *n, gm_error *err)
{
    if (in->pos == in->len)
        return read_raw(in, buffer, room, n, err);
    *n = in->len - in->pos < room ? in->len - in->pos : room;
    memcpy(buffer, in->data + in->pos, *n);
    in->pos += *n;
    return GM_OK;
}

uint64_t codec_input_offset(const codec_input *in)
{
    return in->bytes_read - (in->len - in->pos);
}

/* The ceiling is reached: fine when this was the end. */
static gm_status expect_end(codec *c, gm_error *err)
{
    uint8_t more;
    size_t n;
    gm_status status = c->format->read(c->decoder, &c->in, &c->stats, &more, 1, &n, err);
    if (n != 0)
        status = error_at(
            err, GM_E_LIMIT, c->path, 0, 0, "has more than max_file_bytes = %llu bytes%s",
            (unsigned long long)c->max_bytes, c->stats.kind == CODEC_PLAIN ? "" : " when inflated");
    return status;
}

gm_status codec_read(codec *c, void *buffer, size_t room, size_t *n, gm_error *err)
{
    GM_ASSERT(room > 0);
    *n = 0;
    if (c->failed == GM_OK && !c->is_done) {
        uint64_t left = c->max_bytes - c->stats.bytes_out;
        if (left == 0)
            c->failed = expect_end(c, &c->error);
        else
            c->failed = c->format->read(c->decoder, &c->in, &c->stats, buffer,
                                        room < left ? room : (size_t)left, n, &c->error);
        c->stats.bytes_in = c->in.bytes_read;
        c->stats.bytes_out += *n;
        c->is_done = c->failed == GM_OK && *n == 0;
        /* Of a damaged file it covers what was read of it. */
        if (c->is_done || c->failed != GM_OK)
            c->stats.content = hash_stream_digest(c->in.hash);
        if (*n != 0)
            return GM_OK;
    }
    if (c->failed != GM_OK && err != NULL)
        *err = c->error;
    return c->failed;
}

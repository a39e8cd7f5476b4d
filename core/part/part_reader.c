/* SPDX-License-Identifier: Apache-2.0
 * part_reader.c - see part_reader.h and the layout in part_file.h. */
#include "part/part_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zstd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"

struct part_reader {
    char *path;
    arena memory;
    part_log *logs;
    uint32_t n_logs;
    part_section *sections;
    uint32_t n_sections;
};

struct part_cursor {
    part_reader *reader;
    const part_section *section;
    uint32_t first_slot, last_slot;
    uint32_t next_block;
    bytes stored, raw;
    ZSTD_DCtx *zstd;
    /* The block under way. */
    gm_str *groups;
    uint64_t *group_hashes;
    uint32_t groups_cap, n_groups;
    part_entry *entries;
    uint32_t entries_cap, n_entries, at;
    /* The last entry of the block before; its group points into last_group. */
    part_entry last;
    bytes last_group;
    bool has_last;
};

/* zstd cuts what it compresses into blocks of at most 128 KiB, each of which takes 4 bytes or more.
 */
enum { ZSTD_RATIO_MAX = 32768 };
/* What a log and a section take at least in the directory. */
enum { LOG_BYTES_MIN = 1 + 16 + 1, SECTION_BYTES_MIN = 16 + 1 + 1 + 1 };

static gm_status damaged(const part_reader *r, gm_error *err, const char *what)
{
    return error_set(err, GM_E_DAMAGED, "the part '%s' is damaged: %s", r->path, what);
}

static gm_status read_at(const part_reader *r, void *to, size_t n, uint64_t offset, gm_error *err)
{
    int fd = open(r->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, GM_E_IO, "cannot open the part '%s'", r->path);
    gm_status st = GM_OK;
    uint8_t *p = to;
    while (st == GM_OK && n > 0) {
        ssize_t got = pread(fd, p, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            st = error_errno(err, GM_E_IO, "cannot read the part '%s'", r->path);
        else if (got == 0)
            st = damaged(r, err, "it ends early");
        else {
            p += got;
            offset += (uint64_t)got;
            n -= (size_t)got;
        }
    }
    (void)close(fd); /* read only */
    return st;
}

static hash128 get_hash(bytes_reader *in)
{
    uint64_t low = bytes_get_u64(in);
    uint64_t high = bytes_get_u64(in);
    return (hash128){.low = low, .high = high};
}

static uint32_t get_count(bytes_reader *in)
{
    uint64_t n = bytes_get_varint(in);
    /* Each counted thing takes at least a byte. */
    if (n > (uint64_t)(in->end - in->p) || n > UINT32_MAX)
        in->bad = true;
    return in->bad ? 0 : (uint32_t)n;
}

static void get_section(part_reader *r, bytes_reader *in, part_section *s, uint64_t blocks_end)
{
    s->key = get_hash(in);
    gm_str plugin = bytes_get_str(in);
    s->plugin = in->bad ? "" : arena_strndup(&r->memory, plugin.ptr, plugin.len);
    uint64_t format = bytes_get_varint(in);
    if (format > UINT32_MAX)
        in->bad = true;
    s->state_format = (uint32_t)format;
    s->n_blocks = get_count(in);
    s->blocks = arena_zpush(&r->memory, (size_t)s->n_blocks * sizeof *s->blocks);
    uint32_t slot = 0;
    for (uint32_t i = 0; i < s->n_blocks && !in->bad; i++) {
        part_block *b = &s->blocks[i];
        b->offset = bytes_get_varint(in);
        b->stored_bytes = bytes_get_varint(in);
        b->raw_bytes = bytes_get_varint(in);
        b->checksum = bytes_get_u64(in);
        uint64_t encoding = bytes_get_varint(in);
        b->encoding = (uint32_t)encoding;
        uint64_t n_slot = bytes_get_varint(in);
        uint64_t n_entries = bytes_get_varint(in);
        if (n_slot >= LIMIT_PART_SLOTS || n_slot < slot || n_entries > UINT32_MAX ||
            b->offset > blocks_end || b->stored_bytes > blocks_end - b->offset ||
            b->raw_bytes == 0 || b->raw_bytes > 2 * LIMIT_PART_STATE_BYTES ||
            b->stored_bytes == 0 || encoding > PART_FILE_ZSTD ||
            (encoding == PART_FILE_RAW && b->raw_bytes != b->stored_bytes) ||
            b->raw_bytes / ZSTD_RATIO_MAX > b->stored_bytes)
            in->bad = true;
        slot = b->slot = (uint32_t)n_slot;
        b->n_entries = (uint32_t)n_entries;
    }
}

static gm_status read_directory(part_reader *r, const uint8_t *data, size_t n, uint64_t blocks_end,
                                gm_error *err)
{
    bytes_reader in = bytes_read(data, n);
    uint32_t version = bytes_get_u32(&in);
    if (version != PART_FILE_VERSION)
        return error_set(err, GM_E_FORMAT,
                         "the part '%s' has format %u, this goalmill reads %u; remove it and run "
                         "again",
                         r->path, version, PART_FILE_VERSION);
    r->n_logs = bytes_get_u32(&in);
    if (r->n_logs > n / LOG_BYTES_MIN)
        return damaged(r, err, "wrong number of logs");
    r->logs = arena_zpush(&r->memory, (size_t)r->n_logs * sizeof *r->logs);
    for (uint32_t i = 0; i < r->n_logs && !in.bad; i++) {
        gm_str source = bytes_get_str(&in);
        r->logs[i].source = in.bad ? "" : arena_strndup(&r->memory, source.ptr, source.len);
        r->logs[i].content = get_hash(&in);
        gm_str facts = bytes_get_str(&in);
        r->logs[i].facts = in.bad ? NULL : arena_copy(&r->memory, facts.ptr, facts.len);
        r->logs[i].n_facts = facts.len;
    }
    r->n_sections = bytes_get_u32(&in);
    if (in.bad || r->n_sections > n / SECTION_BYTES_MIN)
        return damaged(r, err, "wrong number of sections");
    r->sections = arena_zpush(&r->memory, (size_t)r->n_sections * sizeof *r->sections);
    for (uint32_t i = 0; i < r->n_sections && !in.bad; i++)
        get_section(r, &in, &r->sections[i], blocks_end);
    if (in.bad || in.p != in.end)
        return damaged(r, err, "its directory makes no sense");
    return GM_OK;
}

static gm_status read_trailer(part_reader *r, uint64_t size, gm_error *err)
{
    uint8_t magic[PART_FILE_MAGIC_BYTES], trailer[PART_FILE_TRAILER_BYTES];
    if (size < PART_FILE_MAGIC_BYTES + PART_FILE_TRAILER_BYTES)
        return damaged(r, err, "it is too short");
    gm_status st = read_at(r, magic, sizeof magic, 0, err);
    if (st == GM_OK && memcmp(magic, PART_FILE_MAGIC, sizeof magic) != 0)
        return damaged(r, err, "it is no part");
    if (st == GM_OK)
        st = read_at(r, trailer, sizeof trailer, size - sizeof trailer, err);
    if (st != GM_OK)
        return st;
    bytes_reader in = bytes_read(trailer, sizeof trailer);
    uint64_t at = bytes_get_u64(&in), n = bytes_get_u64(&in), checksum = bytes_get_u64(&in);
    if (memcmp(in.p, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES) != 0)
        return damaged(r, err, "its end is missing");
    uint64_t end = size - sizeof trailer;
    if (at > end || n != end - at || n > LIMIT_PART_DIRECTORY_BYTES)
        return damaged(r, err, "its directory lies elsewhere");
    uint8_t *directory = mem_alloc((size_t)n);
    st = read_at(r, directory, (size_t)n, at, err);
    if (st == GM_OK && hash_64(directory, (size_t)n, 0) != checksum)
        st = damaged(r, err, "the checksum of its directory is wrong");
    if (st == GM_OK)
        st = read_directory(r, directory, (size_t)n, at, err);
    mem_free(directory);
    return st;
}

gm_status part_reader_open(part_reader **out, const char *path, gm_error *err)
{
    part_reader *r = mem_zalloc(sizeof *r);
    r->path = mem_strdup(path);
    arena_init(&r->memory, 0);
    struct stat info;
    gm_status st = GM_OK;
    if (stat(path, &info) != 0)
        st = error_errno(err, GM_E_IO, "cannot open the part '%s'", path);
    else
        st = read_trailer(r, (uint64_t)info.st_size, err);
    if (st != GM_OK) {
        part_reader_free(r);
        r = NULL;
    }
    *out = r;
    return st;
}

void part_reader_free(part_reader *r)
{
    if (r == NULL)
        return;
    arena_deinit(&r->memory);
    mem_free(r->path);
    mem_free(r);
}

uint32_t part_reader_n_logs(const part_reader *r)
{
    return r->n_logs;
}

const part_log *part_reader_log(const part_reader *r, uint32_t ordinal)
{
    GM_ASSERT(ordinal < r->n_logs);
    return &r->logs[ordinal];
}

const part_section *part_reader_section(const part_reader *r, hash128 key)
{
    for (uint32_t i = 0; i < r->n_sections; i++)
        if (hash_compare(r->sections[i].key, key) == 0)
            return &r->sections[i];
    return NULL;
}

uint64_t part_section_bytes(const part_section *s, uint32_t first_slot, uint32_t last_slot)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < s->n_blocks; i++)
        if (s->blocks[i].slot >= first_slot && s->blocks[i].slot <= last_slot)
            n += s->blocks[i].raw_bytes;
    return n;
}

part_cursor *part_cursor_new(part_reader *r, const part_section *section, uint32_t first_slot,
                             uint32_t last_slot)
{
    part_cursor *c = mem_zalloc(sizeof *c);
    c->reader = r;
    c->section = section;
    c->first_slot = first_slot;
    c->last_slot = last_slot;
    bytes_init(&c->stored, 2 * LIMIT_PART_STATE_BYTES);
    bytes_init(&c->raw, 2 * LIMIT_PART_STATE_BYTES);
    bytes_init(&c->last_group, 2 * LIMIT_PART_STATE_BYTES);
    c->zstd = ZSTD_createDCtx();
    GM_ASSERT(c->zstd != NULL);
    return c;
}

void part_cursor_free(part_cursor *c)
{
    if (c == NULL)
        return;
    bytes_deinit(&c->stored);
    bytes_deinit(&c->raw);
    bytes_deinit(&c->last_group);
    (void)ZSTD_freeDCtx(c->zstd); /* always 0 */
    mem_free(c->groups);
    mem_free(c->group_hashes);
    mem_free(c->entries);
    mem_free(c);
}

/* The block's raw bytes into c->raw. */
static gm_status load_block(part_cursor *c, const part_block *b, gm_error *err)
{
    const part_reader *r = c->reader;
    bytes *to = b->encoding == PART_FILE_RAW ? &c->raw : &c->stored;
    bytes_clear(to);
    uint8_t *p = bytes_reserve(to, (size_t)b->stored_bytes);
    GM_ASSERT(p != NULL); /* bounded when the directory was read */
    gm_status st = read_at(r, p, (size_t)b->stored_bytes, b->offset, err);
    if (st != GM_OK)
        return st;
    to->len = (size_t)b->stored_bytes;
    if (hash_64(p, to->len, 0) != b->checksum)
        return damaged(r, err, "the checksum of a block is wrong");
    if (b->encoding == PART_FILE_RAW)
        return GM_OK;
    unsigned long long size = ZSTD_getFrameContentSize(to->data, to->len);
    if (size != b->raw_bytes)
        return damaged(r, err, "a block has another size than its directory says");
    bytes_clear(&c->raw);
    uint8_t *raw = bytes_reserve(&c->raw, (size_t)b->raw_bytes);
    GM_ASSERT(raw != NULL);
    size_t n = ZSTD_decompressDCtx(c->zstd, raw, (size_t)b->raw_bytes, to->data, to->len);
    if (ZSTD_isError(n) != 0 || n != b->raw_bytes)
        return damaged(r, err, "a block cannot be decompressed");
    c->raw.len = n;
    return GM_OK;
}

static int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static void get_groups(part_cursor *c, bytes_reader *in)
{
    c->n_groups = get_count(in);
    if (c->n_groups > c->groups_cap) {
        c->groups_cap = c->n_groups;
        c->groups = mem_realloc(c->groups, c->groups_cap * sizeof *c->groups);
        c->group_hashes = mem_realloc(c->group_hashes, c->groups_cap * sizeof *c->group_hashes);
    }
    for (uint32_t i = 0; i < c->n_groups && !in->bad; i++) {
        c->groups[i] = bytes_get_str(in);
        if (!in->bad)
            c->group_hashes[i] = hash_64(c->groups[i].ptr, c->groups[i].len, 0);
    }
}

/* All entries lie in the block's slot, and in order, also after those of the block before. */
static gm_status check_order(part_cursor *c, const part_block *b, gm_error *err)
{
    const part_entry *e = c->entries;
    for (uint32_t i = 0; i < c->n_entries; i++) {
        const part_entry *before = i > 0 ? &e[i - 1] : c->has_last ? &c->last : NULL;
        if (part_slot(e[i].group_hash) != b->slot ||
            (before != NULL && part_compare(before, &e[i]) >= 0))
            return damaged(c->reader, err, "a block's entries are not in order");
    }
    if (c->n_entries == 0)
        return GM_OK;
    c->last = e[c->n_entries - 1];
    bytes_clear(&c->last_group);
    bytes_put(&c->last_group, c->last.group, c->last.group_len);
    c->last.group = c->last_group.data;
    c->has_last = true;
    return GM_OK;
}

static gm_status read_entries(part_cursor *c, const part_block *b, gm_error *err)
{
    bytes_reader in = bytes_read(c->raw.data, c->raw.len);
    get_groups(c, &in);
    c->n_entries = get_count(&in);
    if (in.bad || c->n_entries != b->n_entries)
        return damaged(c->reader, err, "a block's columns make no sense");
    if (c->n_entries > c->entries_cap) {
        c->entries_cap = c->n_entries;
        c->entries = mem_realloc(c->entries, c->entries_cap * sizeof *c->entries);
    }
    part_entry *e = c->entries;
    for (uint32_t i = 0; i < c->n_entries; i++) {
        uint64_t g = bytes_get_varint(&in);
        if (in.bad || g >= c->n_groups)
            return damaged(c->reader, err, "a block names a group that it does not have");
        e[i].group = (const uint8_t *)c->groups[g].ptr;
        e[i].group_len = c->groups[g].len;
        e[i].group_hash = c->group_hashes[g];
    }
    int64_t bucket = 0;
    for (uint32_t i = 0; i < c->n_entries; i++) {
        bucket = (int64_t)((uint64_t)bucket + (uint64_t)unzigzag(bytes_get_varint(&in)));
        e[i].bucket = bucket;
    }
    for (uint32_t i = 0; i < c->n_entries; i++) {
        uint64_t log = bytes_get_varint(&in);
        if (log >= c->reader->n_logs)
            return damaged(c->reader, err, "a block names a log that it does not have");
        e[i].log = (uint32_t)log;
    }
    for (uint32_t i = 0; i < c->n_entries; i++)
        e[i].state_len = (size_t)bytes_get_varint(&in);
    for (uint32_t i = 0; i < c->n_entries; i++)
        e[i].state = bytes_get(&in, e[i].state_len);
    if (in.bad || in.p != in.end)
        return damaged(c->reader, err, "a block's columns make no sense");
    return check_order(c, b, err);
}

gm_status part_cursor_next(part_cursor *c, const part_entry **out, gm_error *err)
{
    *out = NULL;
    while (c->at == c->n_entries) {
        c->at = c->n_entries = 0;
        while (c->next_block < c->section->n_blocks &&
               (c->section->blocks[c->next_block].slot < c->first_slot ||
                c->section->blocks[c->next_block].slot > c->last_slot))
            c->next_block++;
        if (c->next_block == c->section->n_blocks)
            return GM_OK;
        const part_block *b = &c->section->blocks[c->next_block++];
        gm_status st = load_block(c, b, err);
        if (st == GM_OK)
            st = read_entries(c, b, err);
        if (st != GM_OK) {
            c->n_entries = 0;
            return st;
        }
    }
    *out = &c->entries[c->at++];
    return GM_OK;
}

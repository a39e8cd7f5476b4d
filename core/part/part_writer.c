/* SPDX-License-Identifier: Apache-2.0
 * part_writer.c - see part_writer.h and the layout in part_file.h. */
#include "part/part_writer.h"

#include <string.h>

#include <zstd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

/* Compressing is worth its time when it saves an eighth. */
enum { ZSTD_LEVEL = 1, SAVING = 8 };

/* What an entry takes at most in a block beside its group and state: five varints; and the counts
 * in front of the columns. */
enum { ENTRY_BYTES = 5 + 5 + 10 + 5 + 10, COUNT_BYTES = 5 + 5 };

struct part_writer {
    file_aside file;
    uint64_t offset;
    bytes logs, sections; /* parts of the directory */
    uint32_t n_logs, n_sections;
    bool in_section;

    /* The section under way. */
    part_section section;
    uint32_t blocks_cap;

    /* The block under way, column by column. */
    bytes groups, group_of, buckets, log_of, lengths, states;
    uint32_t n_groups, n_entries, slot;
    int64_t last_bucket;
    part_entry last; /* its group points into last_group */
    bytes last_group;
    bool has_last;

    bytes raw, packed;
    ZSTD_CCtx *zstd;
};

static void init_buffers(part_writer *w)
{
    bytes *all[] = {&w->logs,       &w->sections, &w->groups,  &w->group_of,
                    &w->buckets,    &w->log_of,   &w->lengths, &w->states,
                    &w->last_group, &w->raw,      &w->packed};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bytes_init(all[i], 2 * LIMIT_PART_STATE_BYTES);
}

static void free_writer(part_writer *w)
{
    bytes *all[] = {&w->logs,       &w->sections, &w->groups,  &w->group_of,
                    &w->buckets,    &w->log_of,   &w->lengths, &w->states,
                    &w->last_group, &w->raw,      &w->packed};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bytes_deinit(all[i]);
    mem_free(w->section.blocks);
    (void)ZSTD_freeCCtx(w->zstd); /* always 0 */
    mem_free(w);
}

static gm_status put(part_writer *w, const void *p, size_t n, gm_error *err)
{
    w->offset += n;
    return file_write_all(w->file.fd, p, n, w->file.path, err);
}

gm_status part_writer_open(part_writer **out, const char *path, gm_error *err)
{
    part_writer *w = mem_zalloc(sizeof *w);
    init_buffers(w);
    w->zstd = ZSTD_createCCtx();
    GM_ASSERT(w->zstd != NULL);
    gm_status st = file_create(&w->file, path, err);
    if (st == GM_OK)
        st = put(w, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES, err);
    if (st != GM_OK) {
        file_abandon(&w->file);
        free_writer(w);
        w = NULL;
    }
    *out = w;
    return st;
}

static void put_hash(bytes *out, hash128 h)
{
    bytes_u64(out, h.low);
    bytes_u64(out, h.high);
}

uint32_t part_writer_add_log(part_writer *w, const char *source, hash128 content, const void *facts,
                             size_t n_facts)
{
    bytes_str(&w->logs, source);
    put_hash(&w->logs, content);
    bytes_blob(&w->logs, facts, n_facts);
    return w->n_logs++;
}

void part_writer_begin_section(part_writer *w, hash128 key, const char *plugin,
                               uint32_t state_format)
{
    GM_ASSERT(!w->in_section);
    w->in_section = true;
    w->section.key = key;
    w->section.plugin = plugin;
    w->section.state_format = state_format;
    w->section.n_blocks = 0;
    w->has_last = false;
}

static void clear_block(part_writer *w)
{
    bytes *all[] = {&w->groups, &w->group_of, &w->buckets, &w->log_of, &w->lengths, &w->states};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bytes_clear(all[i]);
    w->n_groups = 0;
    w->n_entries = 0;
    w->last_bucket = 0;
}

/* Bytes of the block under way. */
static size_t block_bytes(const part_writer *w)
{
    const bytes *all[] = {&w->groups, &w->group_of, &w->buckets,
                          &w->log_of, &w->lengths,  &w->states};
    size_t n = COUNT_BYTES;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        n += all[i]->len;
    return n;
}

/* Compresses raw into packed; what to store is returned. */
static const bytes *pack(part_writer *w, part_block *block, gm_error *err)
{
    block->encoding = PART_FILE_RAW;
    bytes_clear(&w->packed);
    size_t room = ZSTD_compressBound(w->raw.len);
    uint8_t *to = bytes_reserve(&w->packed, room);
    if (to == NULL)
        return &w->raw;
    size_t n = ZSTD_compressCCtx(w->zstd, to, room, w->raw.data, w->raw.len, ZSTD_LEVEL);
    if (ZSTD_isError(n) != 0) {
        (void)error_set(err, GM_E_INTERNAL, "zstd: %s", ZSTD_getErrorName(n)); /* NULL tells it */
        return NULL;
    }
    if (n + w->raw.len / SAVING >= w->raw.len)
        return &w->raw;
    w->packed.len = n;
    block->encoding = PART_FILE_ZSTD;
    return &w->packed;
}

static gm_status flush_block(part_writer *w, gm_error *err)
{
    if (w->n_entries == 0)
        return GM_OK;
    bytes_clear(&w->raw);
    bytes_varint(&w->raw, w->n_groups);
    bytes_put(&w->raw, w->groups.data, w->groups.len);
    bytes_varint(&w->raw, w->n_entries);
    const bytes *columns[] = {&w->group_of, &w->buckets, &w->log_of, &w->lengths, &w->states};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        bytes_put(&w->raw, columns[i]->data, columns[i]->len);
    if (w->raw.failed || w->groups.failed || w->states.failed)
        return error_set(err, GM_E_LIMIT, "a state of plugin %s is larger than %zu MiB",
                         w->section.plugin, LIMIT_PART_STATE_BYTES >> 20);
    part_block block = {
        .offset = w->offset, .raw_bytes = w->raw.len, .slot = w->slot, .n_entries = w->n_entries};
    const bytes *stored = pack(w, &block, err);
    if (stored == NULL)
        return GM_E_INTERNAL;
    block.stored_bytes = stored->len;
    block.checksum = hash_64(stored->data, stored->len, 0);
    MEM_GROW(w->section.blocks, w->section.n_blocks, w->blocks_cap);
    w->section.blocks[w->section.n_blocks++] = block;
    clear_block(w);
    return put(w, stored->data, stored->len, err);
}

static uint64_t zigzag(int64_t v)
{
    return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

gm_status part_writer_add(part_writer *w, const part_entry *e, gm_error *err)
{
    GM_ASSERT(w->in_section);
    GM_ASSERT(e->log < w->n_logs);
    GM_ASSERT(!w->has_last || part_compare(&w->last, e) < 0);
    if (e->state_len > LIMIT_PART_STATE_BYTES)
        return error_set(err, GM_E_LIMIT, "a state of plugin %s is larger than %zu MiB",
                         w->section.plugin, LIMIT_PART_STATE_BYTES >> 20);
    uint32_t slot = part_slot(e->group_hash);
    if (w->n_entries != 0 &&
        (slot != w->slot ||
         block_bytes(w) + ENTRY_BYTES + e->group_len + e->state_len > LIMIT_PART_BLOCK_BYTES)) {
        gm_status st = flush_block(w, err);
        if (st != GM_OK)
            return st;
    }
    w->slot = slot;
    if (w->n_entries == 0 || part_compare_group(&w->last, e) != 0) {
        bytes_blob(&w->groups, e->group, e->group_len);
        w->n_groups++;
    }
    bytes_varint(&w->group_of, w->n_groups - 1);
    bytes_varint(&w->buckets, zigzag((int64_t)((uint64_t)e->bucket - (uint64_t)w->last_bucket)));
    bytes_varint(&w->log_of, e->log);
    bytes_varint(&w->lengths, e->state_len);
    bytes_put(&w->states, e->state, e->state_len);
    w->n_entries++;
    w->last_bucket = e->bucket;
    bytes_clear(&w->last_group);
    bytes_put(&w->last_group, e->group, e->group_len);
    w->last = *e;
    w->last.group = w->last_group.data;
    w->has_last = true;
    return GM_OK;
}

gm_status part_writer_end_section(part_writer *w, gm_error *err)
{
    GM_ASSERT(w->in_section);
    gm_status st = flush_block(w, err);
    if (st != GM_OK)
        return st;
    w->in_section = false;
    bytes *out = &w->sections;
    put_hash(out, w->section.key);
    bytes_str(out, w->section.plugin);
    bytes_varint(out, w->section.state_format);
    bytes_varint(out, w->section.n_blocks);
    for (uint32_t i = 0; i < w->section.n_blocks; i++) {
        const part_block *b = &w->section.blocks[i];
        bytes_varint(out, b->offset);
        bytes_varint(out, b->stored_bytes);
        bytes_varint(out, b->raw_bytes);
        bytes_u64(out, b->checksum);
        bytes_varint(out, b->encoding);
        bytes_varint(out, b->slot);
        bytes_varint(out, b->n_entries);
    }
    w->n_sections++;
    return GM_OK;
}

gm_status part_writer_commit(part_writer *w, uint64_t *n_bytes, gm_error *err)
{
    GM_ASSERT(!w->in_section);
    bytes_clear(&w->raw);
    bytes_u32(&w->raw, PART_FILE_VERSION);
    bytes_u32(&w->raw, w->n_logs);
    bytes_put(&w->raw, w->logs.data, w->logs.len);
    bytes_u32(&w->raw, w->n_sections);
    bytes_put(&w->raw, w->sections.data, w->sections.len);
    uint64_t at = w->offset;
    size_t n = w->raw.len;
    uint64_t checksum = hash_64(w->raw.data, n, 0);
    bytes_u64(&w->raw, at);
    bytes_u64(&w->raw, n);
    bytes_u64(&w->raw, checksum);
    bytes_put(&w->raw, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES);
    gm_status st = GM_OK;
    if (w->raw.failed || w->logs.failed || w->sections.failed || n > LIMIT_PART_DIRECTORY_BYTES)
        st =
            error_set(err, GM_E_LIMIT, "the directory of the part '%s' is too large", w->file.path);
    if (st == GM_OK)
        st = put(w, w->raw.data, w->raw.len, err);
    *n_bytes = w->offset;
    if (st == GM_OK)
        st = file_commit(&w->file, err);
    else
        file_abandon(&w->file);
    free_writer(w);
    return st;
}

void part_writer_abandon(part_writer *w)
{
    if (w == NULL)
        return;
    file_abandon(&w->file);
    free_writer(w);
}

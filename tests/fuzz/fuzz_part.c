/* SPDX-License-Identifier: Apache-2.0
 * fuzz_part.c - any bytes as a part: as they are, and with the checksums made to fit. What can be
 * read is in order, and the slots one by one give what all of them give. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "part/part_reader.h"

#include "../unit/part/part_checksums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a cursor gave, without keeping it. */
typedef struct summary {
    uint64_t n, hash;
} summary;

static void add(summary *s, const part_entry *e)
{
    uint64_t parts[] = {s->hash,
                        e->group_hash,
                        (uint64_t)e->bucket,
                        e->log,
                        hash_64(e->group, e->group_len, 1),
                        hash_64(e->state, e->state_len, 2)};
    s->n++;
    s->hash = hash_64(parts, sizeof parts, 3);
}

static gm_status read_slots(part_reader *r, const part_section *section, uint32_t first,
                            uint32_t last, summary *s)
{
    gm_error err;
    part_entry before = {0};
    uint8_t *group = NULL;
    const part_entry *e = NULL;
    part_cursor *c = part_cursor_new(r, section, first, last);
    gm_status st = GM_OK;
    for (bool is_first = true; (st = part_cursor_next(c, &e, &err)) == GM_OK && e != NULL;
         is_first = false) {
        GM_ASSERT(is_first || part_compare(&before, e) < 0);
        GM_ASSERT(part_slot(e->group_hash) >= first && part_slot(e->group_hash) <= last);
        GM_ASSERT(e->group_hash == hash_64(e->group, e->group_len, 0));
        GM_ASSERT(e->log < part_reader_n_logs(r));
        add(s, e);
        group = mem_realloc(group, e->group_len);
        if (e->group_len != 0)
            memcpy(group, e->group, e->group_len);
        before = *e;
        before.group = group;
    }
    GM_ASSERT(st == GM_OK || st == GM_E_DAMAGED);
    part_cursor_free(c);
    mem_free(group);
    return st;
}

static void read_section(part_reader *r, const part_section *section)
{
    summary all = {0}, each = {0};
    gm_status worst = GM_OK;
    /* A small file may hold much zeros; that is slow, not wrong. */
    if (part_section_bytes(section, 0, LIMIT_PART_SLOTS - 1) > LIMIT_MIB(16))
        return;
    gm_status st = read_slots(r, section, 0, LIMIT_PART_SLOTS - 1, &all);
    for (uint32_t slot = 0; slot < LIMIT_PART_SLOTS && worst == GM_OK; slot++)
        worst = read_slots(r, section, slot, slot, &each);
    GM_ASSERT(st == worst);
    GM_ASSERT(st != GM_OK || (all.n == each.n && all.hash == each.hash));
}

static void read_part(const uint8_t *data, size_t size, const part_keys *keys)
{
    char path[64];
    gm_error err;
    part_reader *r = NULL;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    GM_ASSERT(fd >= 0);
    ssize_t written = write(fd, data, size);
    GM_ASSERT(written == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* fits */
    gm_status st = part_reader_open(&r, path, &err);
    GM_ASSERT(st == GM_OK || st == GM_E_DAMAGED || st == GM_E_FORMAT);
    for (uint32_t i = 0; st == GM_OK && i < keys->n; i++)
        read_section(r, part_reader_section(r, keys->key[i]));
    part_reader_free(r);
    (void)close(fd); /* memory only */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    part_keys keys;
    uint8_t *copy = mem_alloc(size);
    if (size != 0)
        memcpy(copy, data, size);
    keys.n = 0;
    read_part(copy, size, &keys);
    if (size >= PART_FILE_MAGIC_BYTES + PART_FILE_TRAILER_BYTES) {
        memcpy(copy, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES);
        memcpy(copy + size - PART_FILE_MAGIC_BYTES, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES);
    }
    part_checksums_fix(copy, size, &keys);
    read_part(copy, size, &keys);
    mem_free(copy);
    return 0;
}

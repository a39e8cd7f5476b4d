/* SPDX-License-Identifier: Apache-2.0
 * part_model.h - what a part should hold, in plain arrays: made at random, written through the
 * writer, compared with what the reader gives. Also a ceiling on memory, so that a damaged part
 * that makes the reader ask for much ends the test. */
#ifndef GM_TEST_PART_MODEL_H
#define GM_TEST_PART_MODEL_H

#include "base/folder_fixture.h"

#include <sys/resource.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "part/part_reader.h"
#include "part/part_writer.h"

typedef struct model_log {
    const char *source;
    hash128 content;
    const char *facts;
    size_t n_facts;
} model_log;

typedef struct model_section {
    hash128 key;
    const char *plugin;
    uint32_t state_format;
    part_entry *entries; /* sorted */
    uint32_t n;
} model_section;

typedef struct model {
    arena memory;
    const model_log *logs;
    uint32_t n_logs;
    model_section sections[8];
    uint32_t n_sections;
} model;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t model_random(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static const model_log model_logs[] = {
    {"web", {1, 2}, "facts of one", 12},
    {"web", {UINT64_MAX, 0}, "", 0},
    {"", {0, UINT64_MAX}, "a\0b", 3},
    {"\xe5\xb9\xbf", {7, 7}, "x", 1},
};

static inline void model_init(model *m)
{
    memset(m, 0, sizeof *m);
    arena_init(&m->memory, 1 << 20);
    m->logs = model_logs;
    m->n_logs = sizeof model_logs / sizeof model_logs[0];
}

static inline void model_deinit(model *m)
{
    arena_deinit(&m->memory);
}

static inline int model_compare(const void *a, const void *b)
{
    return part_compare(a, b);
}

/* What the entries of a section look like. */
typedef struct model_shape {
    uint32_t n;        /* entries, before equal ones are dropped */
    uint32_t n_groups; /* 1: the empty group only */
    size_t group_max;  /* bytes */
    size_t state_max;  /* bytes; each is from 0 to that */
    bool is_noise;     /* else states compress */
    bool wide_buckets; /* any 64 bits, else a few days */
} model_shape;

static inline uint8_t *model_bytes(arena *a, size_t n, bool is_noise, uint64_t *seed)
{
    uint8_t *p = arena_push(a, n + 1);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(is_noise ? model_random(seed) : i / 64);
    return p;
}

static inline void model_add_section(model *m, hash128 key, const model_shape *shape, uint64_t seed)
{
    model_section *s = &m->sections[m->n_sections++];
    *s = (model_section){.key = key, .plugin = "count", .state_format = (uint32_t)seed};
    s->entries = arena_push(&m->memory, (shape->n + 1) * sizeof *s->entries);
    part_entry *groups = arena_zpush(&m->memory, shape->n_groups * sizeof *groups);
    for (uint32_t g = 0; g < shape->n_groups; g++) {
        groups[g].group_len = g == 0 ? 0 : (uint32_t)(model_random(&seed) % (shape->group_max + 1));
        groups[g].group = model_bytes(&m->memory, groups[g].group_len, true, &seed);
        groups[g].group_hash = hash_64(groups[g].group, groups[g].group_len, 0);
    }
    for (uint32_t i = 0; i < shape->n; i++) {
        part_entry *e = &s->entries[i];
        *e = groups[model_random(&seed) % shape->n_groups];
        e->bucket = shape->wide_buckets ? (int64_t)model_random(&seed)
                                        : (int64_t)(model_random(&seed) % 30) * 86400000000;
        e->log = (uint32_t)(model_random(&seed) % m->n_logs);
        e->state_len = (size_t)(model_random(&seed) % (shape->state_max + 1));
        e->state = model_bytes(&m->memory, e->state_len, shape->is_noise, &seed);
    }
    qsort(s->entries, shape->n, sizeof *s->entries, model_compare);
    for (uint32_t i = 0; i < shape->n; i++)
        if (s->n == 0 || part_compare(&s->entries[s->n - 1], &s->entries[i]) != 0)
            s->entries[s->n++] = s->entries[i];
}

/* Returns the size of the part. */
static inline uint64_t model_write(const model *m, const char *path)
{
    gm_error err = {0};
    part_writer *w = NULL;
    uint64_t size = 0;
    assert_int_equal(part_writer_open(&w, path, &err), GM_OK);
    for (uint32_t i = 0; i < m->n_logs; i++)
        assert_int_equal(part_writer_add_log(w, m->logs[i].source, m->logs[i].content,
                                             m->logs[i].facts, m->logs[i].n_facts),
                         i);
    for (uint32_t k = 0; k < m->n_sections; k++) {
        const model_section *s = &m->sections[k];
        part_writer_begin_section(w, s->key, s->plugin, s->state_format);
        for (uint32_t i = 0; i < s->n; i++) {
            /* The writer keeps nothing of an entry. */
            uint8_t *group = mem_alloc(s->entries[i].group_len);
            part_entry e = s->entries[i];
            memcpy(group, e.group, e.group_len);
            e.group = group;
            assert_int_equal(part_writer_add(w, &e, &err), GM_OK);
            memset(group, 0xee, e.group_len);
            mem_free(group);
        }
        assert_int_equal(part_writer_end_section(w, &err), GM_OK);
    }
    assert_int_equal(part_writer_commit(w, &size, &err), GM_OK);
    return size;
}

static inline bool model_same_entry(const part_entry *a, const part_entry *b)
{
    return part_compare(a, b) == 0 && a->state_len == b->state_len &&
           (a->state_len == 0 || memcmp(a->state, b->state, a->state_len) == 0);
}

/* Reads slots first to last of a section; GM_OK only if they are just what the model has there. */
static inline gm_status model_read_section(part_reader *r, const model_section *want,
                                           uint32_t first, uint32_t last, gm_error *err)
{
    const part_section *s = part_reader_section(r, want->key);
    if (s == NULL)
        return GM_E_NOT_FOUND;
    assert_string_equal(s->plugin, want->plugin);
    assert_int_equal(s->state_format, want->state_format);
    part_cursor *c = part_cursor_new(r, s, first, last);
    const part_entry *e = NULL;
    uint32_t at = 0;
    gm_status st = GM_OK;
    for (; (st = part_cursor_next(c, &e, err)) == GM_OK && e != NULL; at++) {
        while (at < want->n && part_slot(want->entries[at].group_hash) < first)
            at++;
        assert_true(at < want->n);
        assert_true(part_slot(e->group_hash) <= last);
        assert_true(model_same_entry(e, &want->entries[at]));
    }
    while (st == GM_OK && at < want->n && part_slot(want->entries[at].group_hash) < first)
        at++;
    if (st == GM_OK)
        assert_true(at == want->n || part_slot(want->entries[at].group_hash) > last);
    else
        assert_null(e);
    part_cursor_free(c);
    return st;
}

/* GM_OK: the part holds what the model says, all of it. Else why it cannot be read. Anything else
 * that can be read fails the test. */
static inline gm_status model_read(const model *m, const char *path, gm_error *err)
{
    part_reader *r = NULL;
    gm_status st = part_reader_open(&r, path, err);
    if (st != GM_OK) {
        assert_null(r);
        return st;
    }
    assert_int_equal(part_reader_n_logs(r), m->n_logs);
    for (uint32_t i = 0; i < m->n_logs; i++) {
        const part_log *log = part_reader_log(r, i);
        assert_string_equal(log->source, m->logs[i].source);
        assert_int_equal(hash_compare(log->content, m->logs[i].content), 0);
        assert_int_equal(log->n_facts, m->logs[i].n_facts);
        assert_true(log->n_facts == 0 || memcmp(log->facts, m->logs[i].facts, log->n_facts) == 0);
    }
    for (uint32_t k = 0; st == GM_OK && k < m->n_sections; k++)
        st = model_read_section(r, &m->sections[k], 0, LIMIT_PART_SLOTS - 1, err);
    assert_null(part_reader_section(r, (hash128){0x123456, 0x654321}));
    part_reader_free(r);
    return st;
}

/* ---- a ceiling on memory ------------------------------------------------------------------------
 */

#if defined(__SANITIZE_ADDRESS__)
#define MODEL_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MODEL_HAS_ASAN 1
#endif
#endif

/* With AddressSanitizer no block above 64 MiB; mem_alloc() then ends the process. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=64";
}

/* From here on the process may grow by 64 MiB; mem_alloc() ends it above. */
static inline void model_limit_memory(void)
{
#ifndef MODEL_HAS_ASAN
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%lu", &pages), 1);
    assert_int_equal(fclose(f), 0);
    struct rlimit limit = {0, 0};
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + LIMIT_MIB(64);
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
#endif
}

#endif

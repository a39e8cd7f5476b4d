/* SPDX-License-Identifier: Apache-2.0
 * part_fixture.h - parts whose entries are given in a table, in any order, for the tests of what
 * reads parts. */
#ifndef GM_TESTS_RUN_PART_FIXTURE_H
#define GM_TESTS_RUN_PART_FIXTURE_H

#include "run/run_fixture.h"

#include "part/part_writer.h"

typedef struct given_entry {
    uint32_t log; /* in its part */
    int64_t bucket;
    bytes group; /* owned */
    uint64_t n;  /* the state */
} given_entry;

static inline part_entry part_fixture_entry(const given_entry *e, const uint8_t *state, size_t n)
{
    return (part_entry){.group = e->group.data == NULL ? (const uint8_t *)"" : e->group.data,
                        .group_len = (uint32_t)e->group.len,
                        .group_hash = hash_64(e->group.data, e->group.len, 0),
                        .bucket = e->bucket,
                        .log = e->log,
                        .state = state,
                        .state_len = n};
}

static inline int part_fixture_order(const void *a, const void *b)
{
    part_entry x = part_fixture_entry(a, NULL, 0), y = part_fixture_entry(b, NULL, 0);
    return part_compare(&x, &y);
}

/* A part with one section; sorts the entries. A state is n as 8 bytes, little-endian, and zeros. */
static inline void part_fixture_write(const char *path, uint32_t n_logs, hash128 key,
                                      uint32_t state_format, uint32_t state_bytes,
                                      given_entry *entries, uint32_t n)
{
    gm_error err;
    part_writer *w = NULL;
    assert_int_equal(part_writer_open(&w, path, &err), GM_OK);
    for (uint32_t i = 0; i < n_logs; i++)
        (void)part_writer_add_log(w, "web", hash_128(&i, sizeof i), NULL, 0); /* i, by its nature */
    part_writer_begin_section(w, key, "count", state_format);
    if (n != 0)
        qsort(entries, n, sizeof *entries, part_fixture_order);
    for (uint32_t i = 0; i < n; i++) {
        bytes state;
        bytes_init(&state, 64);
        bytes_u64(&state, entries[i].n);
        while (state.len < state_bytes)
            bytes_u8(&state, 0);
        part_entry e = part_fixture_entry(&entries[i], state.data, state.len);
        assert_int_equal(part_writer_add(w, &e, &err), GM_OK);
        bytes_deinit(&state);
    }
    assert_int_equal(part_writer_end_section(w, &err), GM_OK);
    uint64_t n_bytes = 0;
    assert_int_equal(part_writer_commit(w, &n_bytes, &err), GM_OK);
}

static inline void part_fixture_free(given_entry *entries, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        bytes_deinit(&entries[i].group);
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 * run_fixture.h - logs made of events in memory, and the entries of a part as they were counted. */
#ifndef GM_TESTS_RUN_FIXTURE_H
#define GM_TESTS_RUN_FIXTURE_H

#include "run/plan_fixture.h"

#include "base/hash.h"
#include "base/limits.h"
#include "part/part_reader.h"

/* 2026-11-21T00:00:00Z, the day that plans of plan_fixture.h score. */
#define RUN_DAY INT64_C(1795219200)

typedef struct run_event {
    int64_t seconds;
    const char *actor, *type; /* NULL: missing */
    int32_t size;             /* below 0: missing */
} run_event;

static inline uint32_t run_fixture_random(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

/* Events of four days around the one that is scored. */
static inline void run_fixture_events(run_event *events, size_t n, uint64_t seed)
{
    static const char *const actors[] = {"ann", "bob", "\xc3\xa9va", "", NULL};
    static const char *const types[] = {"post", "like", "share", NULL};
    for (size_t i = 0; i < n; i++) {
        events[i].seconds = RUN_DAY + (int64_t)run_fixture_random(&seed, 4 * 86400) - 2 * 86400;
        events[i].actor = actors[run_fixture_random(&seed, 5)];
        events[i].type = types[run_fixture_random(&seed, 4)];
        events[i].size = (int32_t)run_fixture_random(&seed, 20) - 5;
    }
}

static inline void run_fixture_lines(bytes *out, const run_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bytes_printf(out, "{\"ts\":%lld", (long long)events[i].seconds);
        if (events[i].actor != NULL)
            bytes_printf(out, ",\"a\":\"%s\"", events[i].actor);
        if (events[i].type != NULL)
            bytes_printf(out, ",\"t\":\"%s\"", events[i].type);
        if (events[i].size >= 0)
            bytes_printf(out, ",\"s\":%d", events[i].size);
        bytes_printf(out, "}\n");
    }
}

static inline void run_fixture_log(const char *path, const run_event *events, size_t n)
{
    bytes text;
    bytes_init(&text, LIMIT_MIB(64));
    run_fixture_lines(&text, events, n);
    fixture_write(path, text.data == NULL ? (const uint8_t *)"" : text.data, text.len);
    bytes_deinit(&text);
}

/* A group of one field, as parts have it. Owned. */
static inline bytes run_fixture_group(const char *text)
{
    bytes key;
    bytes_init(&key, LIMIT_MIB(1));
    bytes_u8(&key, text != NULL);
    if (text != NULL)
        bytes_str(&key, text);
    return key;
}

static inline bool run_fixture_is_group(const part_entry *e, const char *text)
{
    bytes key = run_fixture_group(text);
    bool is_same = e->group_len == key.len && memcmp(e->group, key.data, key.len) == 0;
    bytes_deinit(&key);
    return is_same;
}

static inline uint64_t run_fixture_u64(const uint8_t *p, size_t n)
{
    bytes_reader in = bytes_read(p, n);
    return bytes_get_u64(&in);
}

#endif

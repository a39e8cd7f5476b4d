/* SPDX-License-Identifier: Apache-2.0
 * source_fixture.h - a config_source filled by hand, for tests of mapping and reading. Texts are
 * given places in "test.ini" (see the line numbers), so that errors can be checked. */
#ifndef GM_TEST_SOURCE_FIXTURE_H
#define GM_TEST_SOURCE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "event/mapping.h"

enum { SOURCE_PAIRS = 32 };
/* Lines in test.ini: pair i of a family stands at its base + i; its value in column 13. */
enum {
    SOURCE_TIME_LINE = 5,
    SOURCE_ZONE_LINE,
    SOURCE_MAP = 100,
    SOURCE_SET = 200,
    SOURCE_VALUE = 300
};

typedef struct source_fixture {
    config_source source;
    config_pair map[SOURCE_PAIRS], set[SOURCE_PAIRS], values[SOURCE_PAIRS];
    arena run_arena;
    schema s;
    error_list errors;
} source_fixture;

static inline config_text source_text(const char *text, uint32_t line)
{
    return (config_text){.text = text, .path = "test.ini", .line = line, .column = 13};
}

static inline void source_init(source_fixture *f)
{
    memset(f, 0, sizeof *f);
    f->source.name = "web";
    f->source.section = (config_text){.text = "web", .path = "test.ini", .line = 1, .column = 1};
    f->source.time = source_text("ts", SOURCE_TIME_LINE);
    f->source.map.items = f->map;
    f->source.set.items = f->set;
    f->source.values.items = f->values;
    arena_init(&f->run_arena, 0);
    schema_init(&f->s, &f->run_arena);
}

static inline void source_deinit(source_fixture *f)
{
    schema_deinit(&f->s);
    error_list_deinit(&f->errors);
    arena_deinit(&f->run_arena);
}

static inline void source_pair(config_pairs *pairs, uint32_t base, const char *name,
                               const char *text)
{
    assert_true(pairs->n < SOURCE_PAIRS);
    uint32_t line = base + pairs->n;
    pairs->items[pairs->n++] = (config_pair){
        .name = name, .value = source_text(text, line), .key_line = line, .key_column = 1};
}

static inline void source_map(source_fixture *f, const char *field, const char *paths)
{
    source_pair(&f->source.map, SOURCE_MAP, field, paths);
}

static inline void source_set(source_fixture *f, const char *field, const char *constant)
{
    source_pair(&f->source.set, SOURCE_SET, field, constant);
}

static inline void source_values(source_fixture *f, const char *field, const char *table)
{
    source_pair(&f->source.values, SOURCE_VALUE, field, table);
}

/* A mapping that must work. */
static inline mapping *source_mapping(source_fixture *f)
{
    mapping *m = NULL;
    if (mapping_new(&m, &f->source, &f->s, &f->errors) != GM_OK)
        fail_msg("%s", f->errors.items[0].message);
    assert_int_equal(f->errors.n, 0);
    return m;
}

#endif

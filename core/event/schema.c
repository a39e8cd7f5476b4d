/* SPDX-License-Identifier: Apache-2.0
 * schema.c - the list of wanted columns; see schema.h. It is short and built once, so it is
 * searched from the front. */
#include "event/schema.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

void schema_init(schema *s, arena *run_arena)
{
    memset(s, 0, sizeof *s);
    s->run_arena = run_arena;
}

void schema_deinit(schema *s)
{
    mem_free(s->columns);
    memset(s, 0, sizeof *s);
}

uint32_t schema_want(schema *s, const char *field, schema_kind kind, bool dict, bool hash)
{
    GM_ASSERT(kind != SCHEMA_TIME || strcmp(field, "time") == 0);
    uint32_t i = 0;
    while (i < s->n && (s->columns[i].kind != kind || strcmp(s->columns[i].field, field) != 0))
        i++;
    if (i == s->n) {
        MEM_GROW(s->columns, s->n, s->cap);
        s->columns[s->n++] =
            (schema_column){.field = arena_strdup(s->run_arena, field), .kind = kind};
    }
    schema_column *column = &s->columns[i];
    column->wants_dict = column->wants_dict || (dict && kind == SCHEMA_TEXT);
    column->wants_hash = column->wants_hash || (hash && kind == SCHEMA_TEXT);
    return i;
}

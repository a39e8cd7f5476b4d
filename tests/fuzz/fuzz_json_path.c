/* SPDX-License-Identifier: Apache-2.0
 * fuzz_json_path.c - any text as the path of a field and as a value table. A path that is accepted
 * is written out with all keys quoted and must read as the same keys again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "event/json_path.h"
#include "event/value_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_paths(bytes *out, const json_paths *paths)
{
    for (uint32_t i = 0; i < paths->n; i++)
        for (uint32_t k = 0; k < paths->items[i].n; k++) {
            gm_str key = paths->items[i].keys[k];
            bytes_printf(out, "%s\"", k != 0 ? "." : i != 0 ? "|" : "");
            for (uint32_t c = 0; c < key.len; c++) {
                if (key.ptr[c] == '"' || key.ptr[c] == '\\')
                    bytes_u8(out, '\\');
                bytes_u8(out, (uint8_t)key.ptr[c]);
            }
            bytes_u8(out, '"');
        }
    bytes_u8(out, 0);
}

static void check_same(const json_paths *a, const json_paths *b)
{
    GM_ASSERT(a->n == b->n);
    for (uint32_t i = 0; i < a->n; i++) {
        GM_ASSERT(a->items[i].n == b->items[i].n);
        GM_ASSERT(a->items[i].n >= 1);
        GM_ASSERT(a->items[i].n <= LIMIT_PATH_ELEMENTS);
        for (uint32_t k = 0; k < a->items[i].n; k++) {
            gm_str x = a->items[i].keys[k], y = b->items[i].keys[k];
            GM_ASSERT(x.len == y.len);
            GM_ASSERT(memcmp(x.ptr, y.ptr, x.len) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1);
    GM_ASSERT(copy != NULL);
    if (size != 0)
        memcpy(copy, data, size);
    copy[size] = '\0';
    arena run_arena;
    arena_init(&run_arena, 0);
    config_text text = {.text = copy, .path = "fuzz", .line = 1, .column = 1};
    gm_error err;
    json_paths paths, again;
    if (json_path_parse(&paths, &text, &run_arena, &err) == GM_OK) {
        bytes quoted;
        bytes_init(&quoted, 8 * size + 64);
        write_paths(&quoted, &paths);
        config_text second = {.text = (const char *)quoted.data, .path = "fuzz"};
        gm_status status = json_path_parse(&again, &second, &run_arena, &err);
        GM_ASSERT(status == GM_OK);
        check_same(&paths, &again);
        bytes_deinit(&quoted);
    } else {
        GM_ASSERT(err.column >= 1);
        GM_ASSERT(err.column <= strlen(copy) + 1);
    }
    value_table table;
    (void)value_table_init(&table, &text, &run_arena, &err); /* either outcome will do */
    (void)value_table_map(&table, (gm_str){.ptr = copy, .len = (uint32_t)strlen(copy)});
    value_table_deinit(&table);
    arena_deinit(&run_arena);
    free(copy);
    return 0;
}

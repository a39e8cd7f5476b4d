/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ndjson.c - any bytes as a log: codec, lines, parser, row. Reading it in batches of one row
 * and of many gives the same counts, and strings are always UTF-8. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <goalmill/rows.h>

#include "base/text.h"
#include "event/event_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BATCH_ROWS = 5, N_MAPPED = 4 };

typedef struct fixture {
    arena run_arena;
    schema s;
    config_pair map[N_MAPPED], values[1];
    config_source source;
    mapping *m;
    event_reader *one, *many;
} fixture;

static config_text text_of(const char *s)
{
    return (config_text){.text = s, .path = "fuzz", .line = 1, .column = 1};
}

static fixture *open_fixture(void)
{
    static fixture f;
    static const char *const paths[N_MAPPED] = {"a", "a.b | c", "\"\".d.e",
                                                "a_key_longer_than_eight"};
    static const char *const fields[N_MAPPED] = {"f0", "f1", "f2", "f3"};
    if (f.m != NULL)
        return &f;
    arena_init(&f.run_arena, 0);
    schema_init(&f.s, &f.run_arena);
    for (uint32_t i = 0; i < N_MAPPED; i++) {
        f.map[i] = (config_pair){.name = fields[i], .value = text_of(paths[i])};
        for (int kind = SCHEMA_TEXT; kind <= SCHEMA_PRESENT; kind++)
            (void)schema_want(&f.s, fields[i], (schema_kind)kind, i % 2 == 0, true);
    }
    f.values[0] = (config_pair){.name = "f0", .value = text_of("x -> 1, true -> y")};
    f.source = (config_source){.name = "fuzz",
                               .time = text_of("t"),
                               .max_line_bytes = 1000,
                               .max_file_bytes = 1 << 20,
                               .map = {.items = f.map, .n = N_MAPPED},
                               .values = {.items = f.values, .n = 1}};
    error_list errors = {0};
    gm_status status = mapping_new(&f.m, &f.source, &f.s, &errors);
    GM_ASSERT(status == GM_OK);
    f.one = event_reader_new(&f.s, 1);
    f.many = event_reader_new(&f.s, BATCH_ROWS);
    return &f;
}

static uint64_t sum_column(const gm_column *c, uint32_t n_rows)
{
    uint64_t sum = 0;
    for (uint32_t row = 0; row < n_rows; row++) {
        if (!gm_valid(c, row))
            continue;
        double number = c->type == GM_T_F64 ? gm_f64(c, row) : 0;
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        if (c->type == GM_T_STR) {
            gm_str s = gm_string(c, row);
            GM_ASSERT(text_is_utf8(s.ptr, s.len));
            bits = gm_hash(c, row);
        } else if (c->type == GM_T_I64) {
            bits = (uint64_t)gm_i64(c, row);
        } else if (c->type == GM_T_BOOL) {
            bits = (uint64_t)gm_bool(c, row);
        }
        sum += bits ^ c->type;
    }
    return sum;
}

static gm_status read_all(event_reader *r, const mapping *m, const char *path, uint64_t *sum)
{
    const event_batch *batch = NULL;
    gm_error err;
    gm_status status = event_reader_open(r, m, path, &err);
    *sum = 0;
    while (status == GM_OK) {
        status = event_reader_next(r, &batch, &err);
        if (status != GM_OK || batch == NULL)
            break;
        for (uint32_t i = 0; i < batch->n_columns; i++)
            *sum += (i + 1) * sum_column(&batch->columns[i], batch->n_rows);
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fixture *f = open_fixture();
    char path[64];
    uint64_t sums[2];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    GM_ASSERT(fd >= 0);
    ssize_t written = write(fd, data, size);
    GM_ASSERT(written == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    gm_status one = read_all(f->one, f->m, path, &sums[0]);
    gm_status many = read_all(f->many, f->m, path, &sums[1]);
    (void)close(fd); /* memory only */
    GM_ASSERT(one == many);
    GM_ASSERT(sums[0] == sums[1]);
    const log_counts *a = event_reader_counts(f->one), *b = event_reader_counts(f->many);
    GM_ASSERT(memcmp(a, b, sizeof *a) == 0);
    uint64_t n = 0;
    for (int what = 0; what < LOG_OUTCOMES; what++)
        n += a->outcomes[what];
    GM_ASSERT(n == a->lines);
    return 0;
}

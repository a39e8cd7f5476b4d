/* SPDX-License-Identifier: Apache-2.0
 * test_part_writer.c - what the writer makes of entries: the same bytes for the same entries,
 * blocks within their limit, nothing left behind when it fails. Reading back is
 * test_part_reader.c's. */
#include "part/part_model.h"

#include "base/death_fixture.h"

#include "base/file.h"

static void read_file(bytes *out, const char *path)
{
    gm_error err = {0};
    bytes_init(out, LIMIT_MIB(64));
    assert_int_equal(file_read(out, path, &err), GM_OK);
}

/* The layout of part_file.h, byte by byte, for a part with nothing in it. */
static void test_empty_part(void **state)
{
    (void)state;
    static const uint8_t head[] = {'G', 'M', 'P', 'A', 'R', 'T', 0, 1, 1, 0, 0, 0, /* version */
                                   0,   0,   0,   0,                               /* logs */
                                   0,   0,   0,   0,                               /* sections */
                                   8,   0,   0,   0,   0,   0,   0, 0,  /* the directory is at 8 */
                                   12,  0,   0,   0,   0,   0,   0, 0}; /* and has 12 bytes */
    model m;
    model_init(&m);
    m.n_logs = 0;
    uint64_t size = model_write(&m, folder_file("p"));
    assert_int_equal(size, 8 + 12 + 32);
    bytes file;
    read_file(&file, folder_file("p"));
    assert_int_equal(file.len, size);
    assert_memory_equal(file.data, head, sizeof head);
    bytes_reader rest = bytes_read(file.data + sizeof head, file.len - sizeof head);
    assert_true(bytes_get_u64(&rest) == hash_64(file.data + 8, 12, 0));
    assert_memory_equal(rest.p, "GMPART\0\1", 8);
    bytes_deinit(&file);
    gm_error err = {0};
    assert_int_equal(model_read(&m, folder_file("p"), &err), GM_OK);
    model_deinit(&m);
}

static void test_same_bytes(void **state)
{
    (void)state;
    static const model_shape shape = {
        .n = 4000, .n_groups = 300, .group_max = 30, .state_max = 300};
    bytes files[2];
    for (int i = 0; i < 2; i++) {
        model m;
        model_init(&m);
        model_add_section(&m, (hash128){1, 1}, &shape, 42);
        model_add_section(&m, (hash128){2, 1}, &shape, 43);
        (void)model_write(&m, folder_file(i == 0 ? "a" : "b"));
        read_file(&files[i], folder_file(i == 0 ? "a" : "b"));
        model_deinit(&m);
    }
    assert_int_equal(files[0].len, files[1].len);
    assert_memory_equal(files[0].data, files[1].data, files[0].len);
    bytes_deinit(&files[0]);
    bytes_deinit(&files[1]);
}

/* Each block is at most LIMIT_PART_BLOCK_BYTES long, unless it has a single entry; whatever of an
 * entry takes the room; and blocks are not needlessly small. */
static void test_block_limit(void **state)
{
    (void)state;
    static const model_shape shapes[] = {
        {.n = 20000, .n_groups = 1000, .group_max = 8, .state_max = 40, .is_noise = true},
        {.n = 3000, .n_groups = 3000, .group_max = 2000, .state_max = 0},  /* groups only */
        {.n = 90000, .n_groups = 1, .state_max = 0, .wide_buckets = true}, /* buckets only */
        {.n = 60, .n_groups = 20, .group_max = 8, .state_max = 70000},     /* large states */
        {.n = 40, .n_groups = 40, .group_max = 70000, .state_max = 2},     /* large groups */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        gm_error err = {0};
        model m;
        model_init(&m);
        model_add_section(&m, (hash128){1, 1}, &shapes[i], 5 + i);
        (void)model_write(&m, folder_file("p"));
        part_reader *r = NULL;
        assert_int_equal(part_reader_open(&r, folder_file("p"), &err), GM_OK);
        const part_section *s = part_reader_section(r, (hash128){1, 1});
        uint64_t n_entries = 0, total = 0;
        uint32_t slots = 0;
        for (uint32_t b = 0; b < s->n_blocks; b++) {
            assert_true(s->blocks[b].raw_bytes <= LIMIT_PART_BLOCK_BYTES ||
                        s->blocks[b].n_entries == 1);
            n_entries += s->blocks[b].n_entries;
            total += s->blocks[b].raw_bytes;
            slots += b == 0 || s->blocks[b].slot != s->blocks[b - 1].slot;
        }
        assert_int_equal(n_entries, m.sections[0].n);
        assert_int_equal(part_section_bytes(s, 0, LIMIT_PART_SLOTS - 1), total);
        assert_true(s->n_blocks <= slots + 2 * total / LIMIT_PART_BLOCK_BYTES + 1);
        part_reader_free(r);
        assert_int_equal(model_read(&m, folder_file("p"), &err), GM_OK);
        model_deinit(&m);
    }
}

/* A block is compressed where that saves an eighth. */
static void test_encoding(void **state)
{
    (void)state;
    static const struct {
        model_shape shape;
        uint32_t encoding;
    } cases[] = {
        {{.n = 500, .n_groups = 1, .state_max = 1000, .is_noise = true}, PART_FILE_RAW},
        {{.n = 500, .n_groups = 1, .state_max = 1000, .is_noise = false}, PART_FILE_ZSTD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gm_error err = {0};
        model m;
        model_init(&m);
        model_add_section(&m, (hash128){1, 1}, &cases[i].shape, 9);
        (void)model_write(&m, folder_file("p"));
        part_reader *r = NULL;
        assert_int_equal(part_reader_open(&r, folder_file("p"), &err), GM_OK);
        const part_section *s = part_reader_section(r, (hash128){1, 1});
        assert_true(s->n_blocks >= 1);
        for (uint32_t b = 0; b < s->n_blocks; b++) {
            const part_block *block = &s->blocks[b];
            assert_int_equal(block->encoding, cases[i].encoding);
            if (block->encoding == PART_FILE_ZSTD)
                assert_true(block->stored_bytes + block->raw_bytes / 8 < block->raw_bytes);
            else
                assert_int_equal(block->stored_bytes, block->raw_bytes);
        }
        part_reader_free(r);
        model_deinit(&m);
    }
}

static void test_failures(void **state)
{
    (void)state;
    gm_error err = {0};
    part_writer *w = NULL;
    uint64_t size = 0;
    assert_int_equal(part_writer_open(&w, folder_file("no/p"), &err), GM_E_IO);
    assert_null(w);
    part_writer_abandon(NULL);
    /* An entry that is too large is refused before anything of it is read. */
    assert_int_equal(part_writer_open(&w, folder_file("p"), &err), GM_OK);
    assert_int_equal(part_writer_add_log(w, NULL, (hash128){0, 0}, NULL, 0), 0);
    part_writer_begin_section(w, (hash128){1, 1}, "acme.huge", 1);
    part_entry e = {.group_hash = hash_64(NULL, 0, 0),
                    .state = (const uint8_t *)"x",
                    .state_len = LIMIT_PART_STATE_BYTES + 1};
    assert_int_equal(part_writer_add(w, &e, &err), GM_E_LIMIT);
    assert_string_equal(err.message, "a state of plugin acme.huge is larger than 1024 MiB");
    part_writer_abandon(w);
    assert_false(folder_has(folder_file("p")));
    assert_false(folder_has(folder_file(".tmp.p")));
    /* A target that cannot be replaced. */
    assert_int_equal(mkdir(folder_file("taken"), 0700), 0);
    assert_int_equal(part_writer_open(&w, folder_file("taken"), &err), GM_OK);
    assert_int_equal(part_writer_commit(w, &size, &err), GM_E_IO);
    assert_false(folder_has(folder_file(".tmp.taken")));
}

/* What a caller must never do: entries out of order, of an unknown log, outside a section. */
enum { SAME_ENTRY, LOWER_GROUP, UNKNOWN_LOG, NO_SECTION, TWO_SECTIONS, OPEN_AT_COMMIT };

static void do_misuse(void *context)
{
    const int *kind = context;
    gm_error err;
    part_writer *w = NULL;
    uint64_t size = 0;
    part_entry e = {.group = (const uint8_t *)"b", .group_len = 1, .group_hash = 7, .bucket = 5};
    gm_status st = part_writer_open(&w, folder_file("p"), &err);
    (void)part_writer_add_log(w, "s", (hash128){0, 0}, "", 0);
    if (*kind != NO_SECTION)
        part_writer_begin_section(w, (hash128){1, 1}, "count", 1);
    if (*kind == UNKNOWN_LOG)
        e.log = 1;
    st = st == GM_OK ? part_writer_add(w, &e, &err) : st;
    if (*kind == LOWER_GROUP)
        e.group = (const uint8_t *)"a";
    if (*kind == TWO_SECTIONS)
        part_writer_begin_section(w, (hash128){2, 1}, "count", 1);
    if (*kind == OPEN_AT_COMMIT)
        st = part_writer_commit(w, &size, &err);
    else if (st == GM_OK)
        (void)part_writer_add(w, &e, &err);
}

static void test_misuse(void **state)
{
    (void)state;
    static const char *const conds[] = {
        [SAME_ENTRY] = "!w->has_last || part_compare(&w->last, e) < 0",
        [LOWER_GROUP] = "!w->has_last || part_compare(&w->last, e) < 0",
        [UNKNOWN_LOG] = "e->log < w->n_logs",
        [NO_SECTION] = "w->in_section",
        [TWO_SECTIONS] = "!w->in_section",
        [OPEN_AT_COMMIT] = "!w->in_section",
    };
    for (int kind = SAME_ENTRY; kind <= OPEN_AT_COMMIT; kind++)
        assert_dies_of(do_misuse, &kind, conds[kind]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_empty_part, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_same_bytes, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_block_limit, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_encoding, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_failures, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_misuse, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

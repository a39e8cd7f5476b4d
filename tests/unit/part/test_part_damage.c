/* SPDX-License-Identifier: Apache-2.0
 * test_part_damage.c - parts made to deceive: every checksum is right, so that only the reader's
 * own bounds stand between what the file says and memory. */
#include "part/part_model.h"

#include <zstd.h>

#include "part/part_checksums.h"

/* A part by hand. Two entries: (group "", bucket 0, log 0) and (the same, bucket 1, log 0), in a
 * block each; what a case changes is said by name. */
typedef struct craft {
    uint32_t version, n_logs, n_sections;
    uint64_t n_blocks, state_format;
    part_block blocks[2];
    const char *raw[2];
    size_t raw_len[2];
    uint64_t directory_shift; /* added to what the trailer says */
    uint64_t size_shift;
    const char *rest; /* after the directory's end */
} craft;

/* n groups, group "", n entries, its group, bucket, log, length, state. */
#define BLOCK_0 "\1\0\1\0\0\0\1x"
#define BLOCK_1 "\1\0\1\0\2\0\1y"

static craft craft_sound(void)
{
    uint32_t slot = part_slot(hash_64(NULL, 0, 0));
    craft c = {.version = PART_FILE_VERSION, .n_logs = 1, .n_sections = 1, .n_blocks = 2};
    c.state_format = 1;
    c.rest = "";
    for (int i = 0; i < 2; i++) {
        c.raw[i] = i == 0 ? BLOCK_0 : BLOCK_1;
        c.raw_len[i] = sizeof BLOCK_0 - 1;
        c.blocks[i] = (part_block){.offset = 8 + (uint64_t)i * c.raw_len[i],
                                   .stored_bytes = c.raw_len[i],
                                   .raw_bytes = c.raw_len[i],
                                   .slot = slot,
                                   .n_entries = 1};
    }
    return c;
}

static void craft_write(const craft *c, const char *path)
{
    bytes out;
    bytes_init(&out, LIMIT_MIB(1));
    bytes_put(&out, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES);
    for (int i = 0; i < 2; i++)
        bytes_put(&out, c->raw[i], c->raw_len[i]);
    uint64_t at = out.len;
    bytes_u32(&out, c->version);
    bytes_u32(&out, c->n_logs);
    bytes_str(&out, "web");
    bytes_u64(&out, 1);
    bytes_u64(&out, 2);
    bytes_str(&out, "facts");
    bytes_u32(&out, c->n_sections);
    bytes_u64(&out, 1);
    bytes_u64(&out, 1);
    bytes_str(&out, "count");
    bytes_varint(&out, c->state_format);
    bytes_varint(&out, c->n_blocks);
    for (int i = 0; i < 2; i++) {
        const part_block *b = &c->blocks[i];
        bytes_varint(&out, b->offset);
        bytes_varint(&out, b->stored_bytes);
        bytes_varint(&out, b->raw_bytes);
        bool inside = b->offset <= at && b->stored_bytes <= at - b->offset;
        bytes_u64(&out, inside ? hash_64(out.data + b->offset, (size_t)b->stored_bytes, 0) : 0);
        bytes_varint(&out, b->encoding);
        bytes_varint(&out, b->slot);
        bytes_varint(&out, b->n_entries);
    }
    bytes_str(&out, c->rest); /* "" adds a byte, too: taken off again */
    out.len -= c->rest[0] == '\0';
    uint64_t n = out.len - at;
    uint64_t checksum = hash_64(out.data + at, (size_t)n, 0);
    bytes_u64(&out, at + c->directory_shift);
    bytes_u64(&out, n + c->size_shift);
    bytes_u64(&out, checksum);
    bytes_put(&out, PART_FILE_MAGIC, PART_FILE_MAGIC_BYTES);
    folder_write(path, out.data, out.len);
    bytes_deinit(&out);
}

/* Opens it and reads all. */
static gm_status craft_read(const char *path, uint32_t *n_entries, gm_error *err)
{
    part_reader *r = NULL;
    *n_entries = 0;
    gm_status st = part_reader_open(&r, path, err);
    if (st != GM_OK)
        return st;
    const part_section *s = part_reader_section(r, (hash128){1, 1});
    assert_non_null(s);
    part_cursor *c = part_cursor_new(r, s, 0, 15);
    const part_entry *e = NULL;
    while ((st = part_cursor_next(c, &e, err)) == GM_OK && e != NULL)
        ++*n_entries;
    part_cursor_free(c);
    part_reader_free(r);
    return st;
}

static void expect_craft(const craft *c, gm_status code, const char *text)
{
    gm_error err = {0};
    uint32_t n = 0;
    craft_write(c, folder_file("crafted"));
    gm_status st = craft_read(folder_file("crafted"), &n, &err);
    if (st != code || (code != GM_OK && strstr(err.message, text) == NULL))
        fail_msg("'%s': status %d, message '%s'", text, st, err.message);
    assert_true(code != GM_OK || n == 2);
}

static void test_directory(void **state)
{
    (void)state;
    static const char senseless[] = "its directory makes no sense";
    model_limit_memory();
    craft c = craft_sound();
    expect_craft(&c, GM_OK, "");
#define CASE(change, text)                                                                         \
    do {                                                                                           \
        c = craft_sound();                                                                         \
        change;                                                                                    \
        expect_craft(&c, GM_E_DAMAGED, text);                                                      \
    } while (0)
    CASE(c.n_logs = 2, "wrong number of sections"); /* the second ends past the end */
    CASE(c.n_logs = 100, "wrong number of logs");
    CASE(c.n_logs = UINT32_MAX, "wrong number of logs");
    CASE(c.n_logs = 0, "wrong number of sections");
    CASE(c.n_sections = 2, senseless);
    CASE(c.n_sections = 0, senseless);
    CASE(c.n_sections = UINT32_MAX, "wrong number of sections");
    CASE(c.n_blocks = 3, senseless);
    CASE(c.n_blocks = 1, senseless);
    CASE(c.n_blocks = UINT32_MAX, senseless);
    CASE(c.n_blocks = UINT64_MAX, senseless);
    CASE(c.state_format = UINT64_C(1) << 32, senseless);
    CASE(c.rest = "more", senseless);
    CASE(c.directory_shift = 1, "its directory lies elsewhere");
    CASE(c.directory_shift = UINT64_MAX, "its directory lies elsewhere");
    CASE(c.directory_shift = UINT64_MAX / 2, "its directory lies elsewhere");
    CASE(c.size_shift = 1, "its directory lies elsewhere");
    CASE(c.size_shift = UINT64_MAX, "its directory lies elsewhere");
    CASE(c.directory_shift = 1;
         c.size_shift = UINT64_MAX, "the checksum of its directory is wrong");
    CASE(c.blocks[1].offset = 100000, senseless);
    CASE(c.blocks[1].offset = UINT64_MAX, senseless);
    CASE(c.blocks[1].stored_bytes = 9, senseless); /* into the directory; not equal to raw either */
    CASE(c.blocks[1].stored_bytes = c.blocks[1].raw_bytes = 9, senseless);
    CASE(c.blocks[1].stored_bytes = UINT64_MAX - 10, senseless);
    CASE(c.blocks[1].stored_bytes = 0, senseless);
    CASE(c.blocks[1].raw_bytes = 0, senseless);
    CASE(c.blocks[1].raw_bytes = 7, senseless);
    CASE(c.blocks[1].raw_bytes = 0; c.blocks[1].stored_bytes = 0, senseless);
    CASE(c.blocks[1].encoding = 2, senseless);
    CASE(c.blocks[1].encoding = UINT32_MAX, senseless);
    CASE(c.blocks[1].slot = 16, senseless);
    CASE(c.blocks[1].slot = UINT32_MAX, senseless);
    CASE(c.blocks[1].slot--, senseless); /* slots do not go down */
    CASE(c.blocks[1].n_entries = 2, "a block's columns make no sense");
    CASE(c.blocks[1].n_entries = 0, "a block's columns make no sense");
    CASE(c.blocks[1].n_entries = UINT32_MAX, "a block's columns make no sense");
    CASE(c.blocks[0].slot--, "a block's entries are not in order");
    /* Both blocks at the same place: the second repeats the first. */
    CASE(c.blocks[1].offset = 8, "a block's entries are not in order");
    /* In the wrong order. */
    CASE(c.raw[0] = BLOCK_1; c.raw[1] = BLOCK_0, "a block's entries are not in order");
    /* A block that begins in the magic is read as such. */
    CASE(c.blocks[0].offset = 0, "a block's columns make no sense");
#undef CASE
}

static void test_version(void **state)
{
    (void)state;
    static const uint32_t versions[] = {0, 2, UINT32_MAX};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        char text[64];
        craft c = craft_sound();
        c.version = versions[i];
        (void)snprintf(text, sizeof text, "has format %u, this goalmill reads 1; remove it",
                       versions[i]);
        expect_craft(&c, GM_E_FORMAT, text);
    }
}

static void test_block(void **state)
{
    (void)state;
    static const char columns[] = "a block's columns make no sense";
    static const struct {
        const char *raw;
        size_t n;
        const char *text;
    } cases[] = {
#define RAW(s) s, sizeof(s) - 1
        {RAW("\1\0\1\1\2\0\1y"), "a block names a group that it does not have"},
        {RAW("\1\0\1\xff\xff\xff\xff\x0f\2\0\1y"), "a block names a group that it does not have"},
        {RAW("\1\0\1\0\2\1\1y"), "a block names a log that it does not have"},
        {RAW("\1\0\1\0\2\xff\xff\xff\xff\x0f\1y"), "a block names a log that it does not have"},
        {RAW("\1\0\1\0\2\0\2y"), columns}, /* the state ends early */
        {RAW("\1\0\1\0\2\0\0y"), columns}, /* something is left */
        {RAW("\1\0\1\0\2\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\1y"), columns},
        {RAW("\1\0\2\0\2\0\1y"), columns},   /* other than the directory says */
        {RAW("\1\5\1\0\2\0\1y"), columns},   /* the group ends early */
        {RAW("\x7f\0\1\0\2\0\1y"), columns}, /* more groups than bytes */
        {RAW("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), columns},
        {RAW("\0\1\0\2\0\1y"), "a block names a group that it does not have"},
        {RAW("\1\1z\1\0\2\0\1y"), "a block's entries are not in order"}, /* of another slot */
        {RAW("\1\0\1\0\1\0\1y"), "a block's entries are not in order"},  /* bucket -1 */
        {RAW("\1"), columns},
#undef RAW
    };
    assert_true(part_slot(hash_64("z", 1, 0)) != part_slot(hash_64("", 0, 0)));
    model_limit_memory();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        craft c = craft_sound();
        c.raw[1] = cases[i].raw;
        c.raw_len[1] = cases[i].n;
        c.blocks[1].stored_bytes = c.blocks[1].raw_bytes = cases[i].n;
        expect_craft(&c, GM_E_DAMAGED, cases[i].text);
    }
}

/* A compressed block whose frame, or whose line in the directory, promises what is not there. */
static void test_compressed_block(void **state)
{
    (void)state;
    static const char what[] = BLOCK_1;
    char packed[128];
    size_t n = ZSTD_compress(packed, sizeof packed, what, sizeof what - 1, 1);
    assert_false(ZSTD_isError(n));
    /* A frame header that says 2 GiB in 8 bytes, then nothing (RFC 8878, 3.1.1.1). */
    static const char huge[] = "\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x80\x00\x00\x00\x00\x01\x00\x00";
    static const struct {
        const char *data;
        size_t cut;
        uint64_t raw_bytes;
        const char *text;
    } cases[] = {
        {NULL, 0, sizeof what - 1, NULL},
        {NULL, 0, sizeof what, "a block has another size than its directory says"},
        {NULL, 1, sizeof what - 1, "a block cannot be decompressed"},
        {NULL, 9, sizeof what - 1, "a block"},
        {BLOCK_0, 0, 8, "a block has another size than its directory says"},
        {huge, 0, UINT64_C(1) << 31, "its directory makes no sense"},
        {huge, 0, 32768 * sizeof huge, "a block has another size than its directory says"},
        {huge, 0, (UINT64_C(1) << 31) + 1, "its directory makes no sense"},
    };
    model_limit_memory();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        craft c = craft_sound();
        c.raw[1] = cases[i].data == NULL ? packed : cases[i].data;
        c.raw_len[1] = (cases[i].data == NULL   ? n
                        : cases[i].data == huge ? sizeof huge
                                                : 8) -
                       cases[i].cut;
        c.blocks[1].stored_bytes = c.raw_len[1];
        c.blocks[1].raw_bytes = cases[i].raw_bytes;
        c.blocks[1].encoding = PART_FILE_ZSTD;
        expect_craft(&c, cases[i].text == NULL ? GM_OK : GM_E_DAMAGED,
                     cases[i].text == NULL ? "" : cases[i].text);
    }
}

/* Changes at random anywhere, with checksums to match: an error or entries in order, no crash, and
 * no large allocation. */
static void test_random_changes(void **state)
{
    (void)state;
    static const model_shape small = {.n = 30, .n_groups = 6, .group_max = 9, .state_max = 9};
    static const model_shape packed = {.n = 20, .n_groups = 2, .group_max = 3, .state_max = 300};
    static uint8_t sound[16384], bad[16384];
    model m;
    model_init(&m);
    model_add_section(&m, (hash128){1, 1}, &small, 3);
    model_add_section(&m, (hash128){2, 1}, &packed, 4);
    size_t size = (size_t)model_write(&m, folder_file("p"));
    FILE *f = fopen(folder_file("p"), "rb");
    assert_non_null(f);
    assert_int_equal(fread(sound, 1, sizeof sound, f), size);
    assert_int_equal(fclose(f), 0);
    model_limit_memory();
    uint64_t seed = 2;
    uint32_t n_ok = 0, n_bad = 0;
    for (int round = 0; round < 8000; round++) {
        memcpy(bad, sound, size);
        size_t n = size;
        for (uint64_t k = 1 + model_random(&seed) % 4; k > 0; k--) {
            size_t at = (size_t)(model_random(&seed) % (n - PART_FILE_TRAILER_BYTES - 8)) + 8;
            static const uint8_t special[] = {0, 1, 0x7f, 0x80, 0xff, 0x0f};
            uint64_t pick = model_random(&seed);
            bad[at] = pick % 2 == 0 ? (uint8_t)(pick >> 8) : special[(pick >> 8) % sizeof special];
        }
        part_keys keys;
        part_checksums_fix(bad, n, &keys);
        folder_write(folder_file("bad"), bad, n);
        gm_error err = {0};
        part_reader *r = NULL;
        gm_status st = part_reader_open(&r, folder_file("bad"), &err);
        for (uint32_t i = 0; st == GM_OK && i < keys.n; i++) {
            part_cursor *c = part_cursor_new(r, part_reader_section(r, keys.key[i]), 0, 15);
            const part_entry *e = NULL;
            while ((st = part_cursor_next(c, &e, &err)) == GM_OK && e != NULL)
                assert_true(e->log < part_reader_n_logs(r));
            part_cursor_free(c);
        }
        part_reader_free(r);
        assert_true(st == GM_OK || st == GM_E_DAMAGED || st == GM_E_FORMAT);
        n_ok += st == GM_OK;
        n_bad += st != GM_OK;
    }
    /* Both ways out were taken often: states and facts may change, the rest may not. */
    assert_true(n_ok > 500);
    assert_true(n_bad > 500);
    model_deinit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_directory, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_version, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_block, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_compressed_block, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_random_changes, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_part_reader.c - what was written is read back, whole and by slots; and what has changed
 * since by cuts or flipped bits is refused, never read as something else. Parts that were made to
 * deceive are test_part_damage.c's. */
#include "part/part_model.h"

static const model_shape shapes[] = {
    {.n = 0, .n_groups = 1}, /* an empty section */
    {.n = 1, .n_groups = 1, .state_max = 10},
    {.n = 500, .n_groups = 1, .state_max = 100, .wide_buckets = true}, /* no `by` */
    {.n = 20000, .n_groups = 500, .group_max = 40, .state_max = 60},   /* many blocks */
    {.n = 20000, .n_groups = 500, .group_max = 40, .state_max = 60, .is_noise = true},
    {.n = 3000, .n_groups = 900, .group_max = 12, .state_max = 0},  /* states of no bytes */
    {.n = 40, .n_groups = 9, .group_max = 12, .state_max = 200000}, /* large, compressible */
    {.n = 40, .n_groups = 9, .group_max = 12, .state_max = 200000, .is_noise = true},
    {.n = 2, .n_groups = 1, .state_max = 5000000, .wide_buckets = true},
};

static hash128 key_of(size_t i)
{
    return (hash128){.low = i, .high = ~(uint64_t)i};
}

static void test_one_section(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        gm_error err = {0};
        model m;
        model_init(&m);
        model_add_section(&m, key_of(i), &shapes[i], i + 1);
        uint64_t size = model_write(&m, folder_file("p"));
        struct stat info;
        assert_int_equal(stat(folder_file("p"), &info), 0);
        assert_int_equal(info.st_size, size);
        assert_int_equal(model_read(&m, folder_file("p"), &err), GM_OK);
        model_deinit(&m);
    }
}

static void test_many_sections(void **state)
{
    (void)state;
    gm_error err = {0};
    model m;
    model_init(&m);
    for (size_t i = 0; i < 8; i++)
        model_add_section(&m, key_of(i), &shapes[i % 7], 100 + i);
    (void)model_write(&m, folder_file("p"));
    assert_int_equal(model_read(&m, folder_file("p"), &err), GM_OK);
    model_deinit(&m);
}

/* Every range of slots gives just its entries; bytes of ranges add up. */
static void test_slots(void **state)
{
    (void)state;
    static const model_shape shape = {.n = 3000, .n_groups = 300, .group_max = 30, .state_max = 90};
    gm_error err = {0};
    model m;
    model_init(&m);
    model_add_section(&m, key_of(1), &shape, 77);
    uint32_t used = 0;
    for (uint32_t i = 0; i < m.sections[0].n; i++)
        used |= 1u << part_slot(m.sections[0].entries[i].group_hash);
    assert_int_equal(used, 0xffff); /* else the test shows less than it says */
    (void)model_write(&m, folder_file("p"));
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, folder_file("p"), &err), GM_OK);
    const part_section *s = part_reader_section(r, key_of(1));
    for (uint32_t first = 0; first < LIMIT_PART_SLOTS; first++) {
        uint64_t sum = 0;
        for (uint32_t last = first; last < LIMIT_PART_SLOTS; last++) {
            assert_int_equal(model_read_section(r, &m.sections[0], first, last, &err), GM_OK);
            sum += part_section_bytes(s, last, last);
            assert_int_equal(part_section_bytes(s, first, last), sum);
        }
    }
    part_reader_free(r);
    model_deinit(&m);
}

/* Two cursors on one part, one ahead of the other, do not disturb each other. */
static void test_two_cursors(void **state)
{
    (void)state;
    gm_error err = {0};
    model m;
    model_init(&m);
    model_add_section(&m, key_of(1), &shapes[3], 78);
    const model_section *want = &m.sections[0];
    (void)model_write(&m, folder_file("p"));
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, folder_file("p"), &err), GM_OK);
    const part_section *s = part_reader_section(r, key_of(1));
    part_cursor *a = part_cursor_new(r, s, 0, 15), *b = part_cursor_new(r, s, 0, 15);
    const part_entry *e = NULL;
    for (uint32_t i = 0; i < want->n; i++) {
        assert_int_equal(part_cursor_next(a, &e, &err), GM_OK);
        assert_true(e != NULL && model_same_entry(e, &want->entries[i]));
        if (i % 3 != 0)
            continue;
        assert_int_equal(part_cursor_next(b, &e, &err), GM_OK);
        assert_true(e != NULL && model_same_entry(e, &want->entries[i / 3]));
    }
    for (int i = 0; i < 2; i++) { /* the end stays the end */
        assert_int_equal(part_cursor_next(a, &e, &err), GM_OK);
        assert_null(e);
    }
    part_cursor_free(a);
    part_cursor_free(b);
    part_cursor_free(NULL);
    part_reader_free(r);
    part_reader_free(NULL);
    model_deinit(&m);
}

/* A part that is replaced or removed while it is open: an error, or the content. */
static void test_file_changes(void **state)
{
    (void)state;
    gm_error err = {0};
    model m;
    model_init(&m);
    model_add_section(&m, key_of(1), &shapes[3], 79);
    (void)model_write(&m, folder_file("p"));
    part_reader *r = NULL;
    assert_int_equal(part_reader_open(&r, folder_file("p"), &err), GM_OK);
    assert_int_equal(truncate(folder_file("p"), 20), 0);
    assert_int_equal(model_read_section(r, &m.sections[0], 0, 15, &err), GM_E_DAMAGED);
    assert_non_null(strstr(err.message, "/p' is damaged: it ends early"));
    assert_int_equal(unlink(folder_file("p")), 0);
    assert_int_equal(model_read_section(r, &m.sections[0], 0, 15, &err), GM_E_IO);
    assert_non_null(strstr(err.message, "cannot open the part '"));
    part_reader_free(r);
    assert_int_equal(part_reader_open(&r, folder_file("p"), &err), GM_E_IO);
    assert_null(r);
    assert_int_equal(part_reader_open(&r, folder_path, NULL), GM_E_IO);
    model_deinit(&m);
}

/* ---- damage by chance ---------------------------------------------------------------------------
 */

/* A part of about 2 KiB: raw and compressed blocks, two sections, several logs. */
static void make_small(model *m)
{
    static const model_shape small = {.n = 30, .n_groups = 6, .group_max = 9, .state_max = 9};
    static const model_shape packed = {.n = 20, .n_groups = 2, .group_max = 3, .state_max = 300};
    model_init(m);
    model_add_section(m, key_of(1), &small, 3);
    model_add_section(m, key_of(2), &packed, 4);
}

typedef struct file_copy {
    uint8_t data[16384];
    size_t n;
} file_copy;

static void load_copy(file_copy *copy, const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    copy->n = fread(copy->data, 1, sizeof copy->data, f);
    assert_true(copy->n > 500 && copy->n < sizeof copy->data);
    assert_int_equal(fclose(f), 0);
}

static void expect_refused(const model *m, const char *path)
{
    gm_error err = {0};
    gm_status st = model_read(m, path, &err);
    assert_int_equal(st, GM_E_DAMAGED);
    assert_non_null(strstr(err.message, path));
}

static void test_truncation(void **state)
{
    (void)state;
    static file_copy copy;
    gm_error err = {0};
    model m;
    make_small(&m);
    (void)model_write(&m, folder_file("p"));
    load_copy(&copy, folder_file("p"));
    model_limit_memory();
    for (size_t n = 0; n < copy.n; n++) {
        folder_write(folder_file("cut"), copy.data, n);
        expect_refused(&m, folder_file("cut"));
    }
    folder_write(folder_file("cut"), copy.data, copy.n);
    assert_int_equal(model_read(&m, folder_file("cut"), &err), GM_OK);
    copy.data[copy.n] = 0; /* one byte more */
    folder_write(folder_file("cut"), copy.data, copy.n + 1);
    expect_refused(&m, folder_file("cut"));
    model_deinit(&m);
}

/* Every single bit, then several at random. A checksum covers all but the magic and the trailer,
 * and those must be as they are. */
static void test_bit_flips(void **state)
{
    (void)state;
    static file_copy copy;
    gm_error err = {0};
    model m;
    make_small(&m);
    (void)model_write(&m, folder_file("p"));
    load_copy(&copy, folder_file("p"));
    model_limit_memory();
    for (size_t bit = 0; bit < copy.n * 8; bit++) {
        copy.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        folder_write(folder_file("bad"), copy.data, copy.n);
        expect_refused(&m, folder_file("bad"));
        copy.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    uint64_t seed = 1;
    for (int i = 0; i < 6000; i++) {
        file_copy bad = copy;
        for (uint64_t k = 1 + model_random(&seed) % 8; k > 0; k--)
            bad.data[model_random(&seed) % bad.n] = (uint8_t)model_random(&seed);
        folder_write(folder_file("bad"), bad.data, bad.n);
        if (memcmp(bad.data, copy.data, copy.n) == 0)
            assert_int_equal(model_read(&m, folder_file("bad"), &err), GM_OK);
        else
            expect_refused(&m, folder_file("bad"));
    }
    model_deinit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_section, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_many_sections, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_slots, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_two_cursors, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_file_changes, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_truncation, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_bit_flips, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_blocks.c - goalmill/blocks.h: the rows of a batch, sorted by state. */
#include <goalmill/blocks.h>

#include "host/fake_host.h"

enum { ROWS = 5000 };

/* Every selected row comes once, with its state, in order within a run; states do not repeat. */
static void check_blocks(const gm_batch *b, const uint32_t *group)
{
    static uint8_t seen[ROWS];
    static uint32_t group_of_row[ROWS];
    uint32_t total = 0;
    gm_block block;
    memset(seen, 0, sizeof seen);
    for (uint32_t k = 0; k < gm_selected(b); k++)
        group_of_row[b->sel ? b->sel[k] : k] = group ? group[k] : 0;
    for (uint32_t k = 0, n; (n = gm_block_next(&block, b, group, k)) > 0; k += n) {
        assert_true(n == GM_BLOCK_ROWS || k + n == gm_selected(b));
        assert_int_equal(block.start[0], 0);
        assert_int_equal(block.start[block.n_runs], n);
        for (uint32_t i = 0; i < block.n_runs; i++) {
            const uint32_t *row = gm_block_rows(&block, i);
            uint32_t size = gm_block_size(&block, i);
            assert_true(size > 0);
            for (uint32_t j = 0; j < size; j++) {
                assert_int_equal(seen[row[j]], 0);
                seen[row[j]] = 1;
                assert_int_equal(group_of_row[row[j]], block.state[i]);
                assert_true(j == 0 || row[j] > row[j - 1]);
                total++;
            }
            for (uint32_t j = 0; j < i; j++)
                assert_int_not_equal(block.state[i], block.state[j]);
        }
    }
    assert_int_equal(total, gm_selected(b));
}

static void test_blocks(void **unused)
{
    (void)unused;
    static uint32_t sel[ROWS];
    static uint32_t group[ROWS];
    const uint32_t sizes[] = {0, 1, 2, 1023, 1024, 1025, 2048, ROWS};
    const uint64_t groups[] = {1, 2, 40, 3000, UINT64_C(1) << 32};
    uint64_t seed = 3;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
            uint32_t n = 0;
            for (uint32_t i = 0; i < sizes[s]; i++) {
                group[i] = (uint32_t)(fake_random(&seed) % groups[g]);
                if (fake_random(&seed) % 3 > 0)
                    sel[n++] = i;
            }
            gm_batch b = {.struct_size = sizeof b, .n_rows = sizes[s]};
            check_blocks(&b, group);
            check_blocks(&b, NULL);
            b.sel = sel;
            b.n_sel = n;
            check_blocks(&b, group);
            check_blocks(&b, NULL);
        }
    }
}

static void test_gather(void **unused)
{
    (void)unused;
    const int64_t whole[] = {5, -7, INT64_C(1) << 53};
    const double real[] = {0.5, -1, 3};
    const uint8_t is[] = {1, 0, 1};
    const uint64_t hashes[] = {10, 11, 12};
    const uint32_t codes[] = {2, 0, 2};
    const uint64_t validity[] = {3};
    const uint32_t row[] = {2, 1, 0};
    double v[3];
    uint64_t h[3];
    uint8_t b[3];
    gm_column c = {.struct_size = sizeof c, .type = GM_T_I64, .data = whole};
    gm_gather_f64(&c, row, 3, v);
    assert_memory_equal(v, ((const double[]){9007199254740992.0, -7, 5}), sizeof v);
    c.encoding = GM_ENC_CONST;
    gm_gather_f64(&c, row, 3, v);
    assert_memory_equal(v, ((const double[]){5, 5, 5}), sizeof v);
    c = (gm_column){.struct_size = sizeof c, .type = GM_T_F64, .data = real, .validity = validity};
    gm_gather_f64(&c, row + 1, 2, v);
    assert_memory_equal(v, ((const double[]){-1, 0.5}), 2 * sizeof *v);
    gm_gather_is(&c, row, 3, b);
    assert_memory_equal(b, "\0\1\1", 3);
    c = (gm_column){.struct_size = sizeof c, .type = GM_T_BOOL, .data = is, .validity = validity};
    gm_gather_is(&c, row, 3, b);
    assert_memory_equal(b, "\0\0\1", 3);
    c = (gm_column){.struct_size = sizeof c,
                    .type = GM_T_STR,
                    .encoding = GM_ENC_DICT,
                    .codes = codes,
                    .hashes = hashes,
                    .validity = validity};
    assert_int_equal(gm_gather_hash(&c, row, 3, 99, h), 1);
    assert_memory_equal(h, ((const uint64_t[]){99, 10, 12}), sizeof h);
    c.encoding = GM_ENC_FLAT;
    c.validity = NULL;
    assert_int_equal(gm_gather_hash(&c, row, 3, 99, h), 0);
    assert_memory_equal(h, ((const uint64_t[]){12, 11, 10}), sizeof h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_gather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_path_trie.c - shared beginnings, and slots in ranges. */
#include "event/path_trie.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint32_t add(path_trie *t, arena *run_arena, const char *text)
{
    config_text at = {.text = text, .path = "test"};
    json_paths paths;
    gm_error err;
    assert_int_equal(json_path_parse(&paths, &at, run_arena, &err), GM_OK);
    return path_trie_add(t, &paths.items[0]);
}

static void test_paths_share_nodes(void **state)
{
    (void)state;
    arena run_arena;
    path_trie t;
    arena_init(&run_arena, 0);
    path_trie_init(&t);
    uint32_t a = add(&t, &run_arena, "a");
    uint32_t a_b = add(&t, &run_arena, "a.b");
    assert_int_equal(add(&t, &run_arena, "a.b"), a_b);
    uint32_t long_key = add(&t, &run_arena, "a.a_key_of_more_than_eight");
    path_trie_finish(&t);
    assert_int_equal(t.n, 4); /* with the root */
    assert_int_equal(t.n_slots, 3);
    assert_int_equal(t.nodes[a_b].parent, a);
    assert_int_equal(t.nodes[a].parent, 0);
    assert_int_equal(t.nodes[0].slot, PATH_TRIE_NONE);
    assert_int_equal(t.key_len_max, 24);
    assert_int_equal(t.nodes[a].child_lengths, 1u << 1 | 1u << 24);
    assert_int_equal(t.nodes[a].prefix, 'a');
    assert_int_equal(t.nodes[long_key].prefix, UINT64_C(0x666f5f79656b5f61)); /* "a_key_of" */
    path_trie_deinit(&t);
    arena_deinit(&run_arena);
}

/* The slots of a node and of all below it are neighbours, whatever the order of the paths. */
static void test_slots_below_a_node(void **state)
{
    (void)state;
    static const char *const paths[] = {"a.x", "b", "a.y.z", "a", "b.c", "a.y", "c.d.e"};
    arena run_arena;
    path_trie t;
    arena_init(&run_arena, 0);
    path_trie_init(&t);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        (void)add(&t, &run_arena, paths[i]);
    path_trie_finish(&t);
    assert_int_equal(t.n_slots, 7);
    for (uint32_t node = 0; node < t.n; node++) {
        uint32_t n_below = 0;
        for (uint32_t i = 0; i < t.n; i++) {
            uint32_t up = i;
            while (up != node && up != PATH_TRIE_NONE)
                up = t.nodes[up].parent;
            if (up != node || t.nodes[i].slot == PATH_TRIE_NONE)
                continue;
            n_below++;
            assert_true(t.nodes[i].slot >= t.nodes[node].slots_begin);
            assert_true(t.nodes[i].slot < t.nodes[node].slots_end);
        }
        assert_int_equal(n_below, t.nodes[node].slots_end - t.nodes[node].slots_begin);
    }
    path_trie_deinit(&t);
    arena_deinit(&run_arena);
}

static void test_empty(void **state)
{
    (void)state;
    path_trie t;
    path_trie_init(&t);
    path_trie_finish(&t);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.n_slots, 0);
    path_trie_deinit(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_share_nodes),
        cmocka_unit_test(test_slots_below_a_node),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

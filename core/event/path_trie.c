/* SPDX-License-Identifier: Apache-2.0
 * path_trie.c - building the tree; see path_trie.h. */
#include "event/path_trie.h"

#include <endian.h>
#include <string.h>

#include "base/mem.h"

static uint32_t append(path_trie *t, uint32_t parent, gm_str key)
{
    MEM_GROW(t->nodes, t->n, t->cap);
    path_trie_node *node = &t->nodes[t->n];
    *node = (path_trie_node){.key = key.ptr,
                             .key_len = key.len,
                             .parent = parent,
                             .first_child = PATH_TRIE_NONE,
                             .next_sibling = PATH_TRIE_NONE,
                             .slot = PATH_TRIE_NONE};
    if (key.len != 0)
        memcpy(&node->prefix, key.ptr,
               key.len < sizeof node->prefix ? key.len : sizeof node->prefix);
    node->prefix = le64toh(node->prefix);
    if (key.len > t->key_len_max)
        t->key_len_max = key.len;
    return t->n++;
}

void path_trie_init(path_trie *t)
{
    memset(t, 0, sizeof *t);
    (void)append(t, PATH_TRIE_NONE, (gm_str){0}); /* the root, number 0 */
}

void path_trie_deinit(path_trie *t)
{
    mem_free(t->nodes);
    memset(t, 0, sizeof *t);
}

static uint32_t child_of(path_trie *t, uint32_t parent, gm_str key)
{
    uint32_t last = PATH_TRIE_NONE;
    for (uint32_t i = t->nodes[parent].first_child; i != PATH_TRIE_NONE;
         i = t->nodes[i].next_sibling) {
        const path_trie_node *node = &t->nodes[i];
        if (node->key_len == key.len && memcmp(node->key, key.ptr, key.len) == 0)
            return i;
        last = i;
    }
    uint32_t child = append(t, parent, key);
    if (last == PATH_TRIE_NONE)
        t->nodes[parent].first_child = child;
    else
        t->nodes[last].next_sibling = child;
    t->nodes[parent].child_lengths |= path_trie_length_bit(key.len);
    return child;
}

uint32_t path_trie_add(path_trie *t, const json_path *path)
{
    GM_ASSERT(path->n > 0);
    uint32_t node = 0;
    for (uint32_t i = 0; i < path->n; i++)
        node = child_of(t, node, path->keys[i]);
    t->nodes[node].slot = 0; /* the number comes with path_trie_finish() */
    return node;
}

void path_trie_finish(path_trie *t)
{
    t->n_slots = 0;
    uint32_t i = 0;
    while (i != PATH_TRIE_NONE) {
        path_trie_node *node = &t->nodes[i];
        node->slots_begin = t->n_slots;
        if (node->slot != PATH_TRIE_NONE)
            node->slot = t->n_slots++;
        if (node->first_child != PATH_TRIE_NONE) {
            i = node->first_child;
            continue;
        }
        /* Up, past all nodes that are complete now, to the next sibling. */
        while (i != PATH_TRIE_NONE) {
            t->nodes[i].slots_end = t->n_slots;
            if (t->nodes[i].next_sibling != PATH_TRIE_NONE)
                break;
            i = t->nodes[i].parent;
        }
        if (i != PATH_TRIE_NONE)
            i = t->nodes[i].next_sibling;
    }
}

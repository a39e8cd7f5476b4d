/* SPDX-License-Identifier: Apache-2.0
 * path_trie.h - the paths that a mapping reads from a line, as a tree of keys. The parser walks it
 * along with the line: at each key of an object it asks for the child of that name.
 *
 * Each path has a slot, which is where its value goes. The slots below a node are neighbours, so
 * that a repeated key can clear them. */
#ifndef GM_EVENT_PATH_TRIE_H
#define GM_EVENT_PATH_TRIE_H

#include <stdint.h>

#include "event/json_path.h"

#define PATH_TRIE_NONE UINT32_MAX

typedef struct path_trie_node {
    const char *key; /* borrowed from the path */
    uint32_t key_len;
    uint32_t parent, first_child, next_sibling;
    uint32_t slot;                   /* PATH_TRIE_NONE: no path ends here */
    uint32_t slots_begin, slots_end; /* of this node and all below it */
    uint64_t child_lengths;          /* bit path_trie_length_bit(key_len) of each child */
    uint64_t prefix;                 /* the first eight bytes of key as a little-endian number */
} path_trie_node;

typedef struct path_trie {
    path_trie_node *nodes; /* nodes[0] is the root: the whole line */
    uint32_t n, cap;
    uint32_t n_slots;
    uint32_t key_len_max;
} path_trie;

void path_trie_init(path_trie *t);
void path_trie_deinit(path_trie *t);
/* The node where path ends, added when it is not there. Keys are borrowed for the trie's life. */
uint32_t path_trie_add(path_trie *t, const json_path *path);
/* Numbers the slots, when all paths are there. */
void path_trie_finish(path_trie *t);

static inline uint64_t path_trie_length_bit(size_t key_len)
{
    return UINT64_C(1) << (key_len < 63 ? key_len : 63);
}

#endif

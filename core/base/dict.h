/* SPDX-License-Identifier: Apache-2.0
 * dict.h - strings to dense codes 0, 1, 2, … A code once given stays; strings are copied.
 * Collisions cannot be forced by choosing keys: the hash is seeded by process. */
#ifndef GM_BASE_DICT_H
#define GM_BASE_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"

typedef struct dict {
    gm_str *strings;  /* by code; borrowed by readers until dict_clear() */
    uint64_t *hashes; /* by code: hash_64(string, seed 0) */
    uint32_t *slots;  /* code + 1, or 0 */
    uint32_t n, cap, n_slots, max;
    arena text;
} dict;

#define DICT_FULL UINT32_MAX

void dict_init(dict *d, uint32_t max);
void dict_deinit(dict *d);
void dict_clear(dict *d);
/* The code of s, given anew when there is none; DICT_FULL when max strings are there already. */
uint32_t dict_code(dict *d, const char *s, size_t n);
/* The code of s, or DICT_FULL when it is not there. */
uint32_t dict_find(const dict *d, const char *s, size_t n);

#endif

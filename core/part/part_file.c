/* SPDX-License-Identifier: Apache-2.0
 * part_file.c - the order of entries; see part_file.h. */
#include "part/part_file.h"

#include <string.h>

int part_compare_group(const part_entry *a, const part_entry *b)
{
    if (a->group_hash != b->group_hash)
        return a->group_hash < b->group_hash ? -1 : 1;
    uint32_t n = a->group_len < b->group_len ? a->group_len : b->group_len;
    int order = n == 0 ? 0 : memcmp(a->group, b->group, n);
    if (order != 0)
        return order;
    return a->group_len == b->group_len ? 0 : a->group_len < b->group_len ? -1 : 1;
}

int part_compare(const part_entry *a, const part_entry *b)
{
    int order = part_compare_group(a, b);
    if (order != 0)
        return order;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    return a->log == b->log ? 0 : a->log < b->log ? -1 : 1;
}

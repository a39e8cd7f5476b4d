/* SPDX-License-Identifier: Apache-2.0
 * fuzz_value_file.c - any bytes as the values of a reduce worker: as a record, and as the body of
 * one whose checksum is right. What loads has names for all that reports name, and is the same when
 * it is saved and loaded again. */
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"
#include "part/value_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const value_set *set)
{
    const char *names[VALUE_FLAGS_MAX];
    for (uint32_t i = 0; i < set->n; i++) {
        const value *v = &set->items[i];
        GM_ASSERT(v->metric != NULL && v->output != NULL && v->unit != NULL);
        GM_ASSERT(v->direction <= GM_D_TARGET);
        GM_ASSERT(value_status_name(v->current.status) != NULL);
        GM_ASSERT(value_status_name(v->previous.status) != NULL);
        GM_ASSERT(value_flag_names(v->current.flags, names) <= VALUE_FLAGS_MAX);
        for (uint32_t k = 0; k < v->n_groups; k++)
            GM_ASSERT(v->groups[k].name != NULL);
        for (uint32_t k = 0; k < v->n_labels; k++)
            GM_ASSERT(v->labels[k].name != NULL);
    }
}

static void check_again(const value_set *set)
{
    value_set again;
    bytes first, second;
    value_set_init(&again);
    bytes_init(&first, LIMIT_MIB(64));
    bytes_init(&second, LIMIT_MIB(64));
    value_file_save(set, &first);
    GM_ASSERT(value_file_load(&again, first.data, first.len, NULL) == GM_OK);
    value_file_save(&again, &second);
    GM_ASSERT(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    value_set_deinit(&again);
    bytes_deinit(&first);
    bytes_deinit(&second);
}

static void load(const uint8_t *data, size_t size)
{
    value_set set;
    value_set_init(&set);
    gm_status st = value_file_load(&set, data, size, NULL);
    GM_ASSERT(st == GM_OK || st == GM_E_DAMAGED);
    GM_ASSERT(st == GM_OK || set.n == 0);
    if (st == GM_OK) {
        check_names(&set);
        check_again(&set);
    }
    value_set_deinit(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bytes record;
    load(data, size);
    bytes_init(&record, LIMIT_MIB(64));
    bytes_put(&record, "GMV1", 4);
    bytes_u64(&record, hash_64(data, size, 0));
    bytes_put(&record, data, size);
    load(record.data, record.len);
    bytes_deinit(&record);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * fuzz_plugin_info.c - any bytes as the description of a plugin. What loads is the same when it is
 * saved and loaded again; and its parameters, defaults and limits can be parsed against and
 * printed. */
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "host/param.h"
#include "host/plugin_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const plugin_info *info, arena *memory)
{
    plugin_info again;
    bytes first, second;
    bytes_init(&first, LIMIT_MIB(64));
    bytes_init(&second, LIMIT_MIB(64));
    plugin_info_save(info, &first);
    bytes_reader in = bytes_read(first.data, first.len);
    GM_ASSERT(plugin_info_load(&again, &in, memory, NULL) == GM_OK);
    GM_ASSERT(in.p == in.end);
    plugin_info_save(&again, &second);
    GM_ASSERT(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    bytes_deinit(&first);
    bytes_deinit(&second);
}

/* Each parameter gets text; then all of them their defaults. */
static void check_params(const gm_descriptor *d, const char *text, arena *memory)
{
    config_pair pair = {.value = {.text = text, .path = "fuzz.ini", .line = 1, .column = 1}};
    config_metric metric = {.name = "m", .params = {.items = &pair, .n = 1}};
    param_set set;
    for (uint32_t i = 0; i <= d->n_params; i++) {
        error_list errors = {0};
        pair.name = i == d->n_params ? "no_such_parameter" : d->params[i]->name;
        bool is_right = param_parse(&set, d, &metric, memory, &errors);
        GM_ASSERT(is_right == (errors.n == 0));
        for (uint32_t k = 0; is_right && k < d->n_params; k++)
            GM_ASSERT(param_canonical(d->params[k], &set.values[k], memory) != NULL);
        error_list_deinit(&errors);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const texts[] = {"1", "yes", "15min", "0.5, -3", "2026-01-01T00:00:00Z",
                                        "x"};
    arena memory;
    plugin_info info;
    arena_init(&memory, 0);
    bytes_reader in = bytes_read(data, size);
    gm_status st = plugin_info_load(&info, &in, &memory, NULL);
    GM_ASSERT(st == GM_OK || st == GM_E_DAMAGED || st == GM_E_PLUGIN);
    if (st == GM_OK) {
        check_again(&info, &memory);
        for (uint32_t i = 0; i < info.n_descriptors && i < 4; i++)
            if (info.descriptors[i]->n_params <= 32)
                check_params(info.descriptors[i], texts[size % (sizeof texts / sizeof *texts)],
                             &memory);
    }
    arena_deinit(&memory);
    return 0;
}

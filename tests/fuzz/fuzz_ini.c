/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ini.c - any bytes as an ini file: our scan, then iniparser on what the scan takes.
 * The scan refuses whatever iniparser would read differently, so what it takes must compare equal.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "config/ini_file.h"
#include "config/ini_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size == 0 ? "" : (const char *)data;
    if (size > LIMIT_CONFIG_BYTES)
        return 0;
    arena memory;
    ini_scan scan = {0};
    error_list errors = {0};
    arena_init(&memory, 0);
    if (ini_scan_text(&scan, "fuzz.ini", text, size, &memory, &errors))
        GM_ASSERT(ini_file_compare(&scan, "fuzz.ini", text, size, &errors));
    else
        GM_ASSERT(errors.n > 0);
    ini_scan_deinit(&scan);
    arena_deinit(&memory);
    error_list_deinit(&errors);
    return 0;
}

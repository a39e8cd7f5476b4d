/* SPDX-License-Identifier: Apache-2.0
 * fuzz_scorecard.c - any bytes as scorecards. What loads can be saved and loads again, to equal
 * bytes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "score/scorecard_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const scorecard_set *set, uint32_t n_goals, uint32_t n_areas)
{
    scorecard_set again;
    bytes first, second;
    bytes_init(&first, LIMIT_MIB(64));
    bytes_init(&second, LIMIT_MIB(64));
    scorecard_file_save(set, &first);
    GM_ASSERT(scorecard_file_load(&again, first.data, first.len, n_goals, n_areas, NULL) == GM_OK);
    scorecard_file_save(&again, &second);
    GM_ASSERT(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    scorecard_set_deinit(&again);
    bytes_deinit(&first);
    bytes_deinit(&second);
}

/* The first byte says how many goals and areas the plan has. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scorecard_set set;
    gm_error err;
    if (size == 0)
        return 0;
    uint32_t n_goals = data[0] & 7, n_areas = data[0] >> 3 & 7;
    gm_status status = scorecard_file_load(&set, data + 1, size - 1, n_goals, n_areas, &err);
    if (status == GM_OK) {
        check_again(&set, n_goals, n_areas);
        scorecard_set_deinit(&set);
    } else {
        GM_ASSERT(status == GM_E_DAMAGED);
    }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * scorecard.c - names and end of scorecards; see scorecard.h. */
#include "score/scorecard.h"

#include <string.h>

#include "base/error.h"

const char *scorecard_status_name(scorecard_status status)
{
    static const char *const names[SCORECARD_STATUSES] = {
#define X(id, name) name,
        SCORECARD_STATUS_LIST(X)
#undef X
    };
    GM_ASSERT(status < SCORECARD_STATUSES);
    return names[status];
}

bool scorecard_is_judged(scorecard_status status)
{
    GM_ASSERT(status < SCORECARD_STATUSES);
    return status <= SCORECARD_MISSED;
}

void scorecard_set_deinit(scorecard_set *set)
{
    arena_deinit(&set->memory);
    memset(set, 0, sizeof *set);
}

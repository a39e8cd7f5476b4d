/* SPDX-License-Identifier: Apache-2.0
 * run_record.c - see run_record.h. */
#include "run/run_record.h"

#include "base/error.h"

const char *run_log_outcome_name(run_log_outcome outcome)
{
    static const char *const names[] = {
#define X(id, name, doc) name,
        RUN_LOG_OUTCOME_LIST(X)
#undef X
    };
    GM_ASSERT(outcome < RUN_LOG_OUTCOMES);
    return names[outcome];
}

/* SPDX-License-Identifier: Apache-2.0
 * log_counts.c - counting lines and keeping the first examples; see log_counts.h. */
#include "input/log_counts.h"

#include "base/error.h"
#include "base/text.h"

static void keep_example(log_example examples[LIMIT_EXAMPLES], uint64_t n_before, uint64_t line,
                         const char *s, size_t n)
{
    if (n_before >= LIMIT_EXAMPLES)
        return;
    examples[n_before].line = line;
    text_excerpt(examples[n_before].text, sizeof examples[n_before].text, s, n);
}

void log_counts_outcome(log_counts *c, log_outcome what, uint64_t line, const char *s, size_t n)
{
    GM_ASSERT(what < LOG_OUTCOMES);
    if (what > LOG_BLANK)
        keep_example(c->examples[what], c->outcomes[what], line, s, n);
    c->outcomes[what]++;
}

void log_counts_notice(log_counts *c, log_notice what, uint64_t line, const char *s, size_t n)
{
    GM_ASSERT(what < LOG_NOTICES);
    keep_example(c->notice_examples[what], c->notices[what], line, s, n);
    c->notices[what]++;
}

uint64_t log_counts_rejected(const log_counts *c)
{
    uint64_t n = 0;
    for (int what = LOG_BLANK + 1; what < LOG_OUTCOMES; what++)
        n += c->outcomes[what];
    return n;
}

const char *log_outcome_name(log_outcome what)
{
    static const char *const names[LOG_OUTCOMES] = {
#define X(id, name, doc) name,
        LOG_OUTCOME_LIST(X)
#undef X
    };
    GM_ASSERT(what < LOG_OUTCOMES);
    return names[what];
}

const char *log_notice_name(log_notice what)
{
    static const char *const names[LOG_NOTICES] = {
#define X(id, name, doc) name,
        LOG_NOTICE_LIST(X)
#undef X
    };
    GM_ASSERT(what < LOG_NOTICES);
    return names[what];
}

/* SPDX-License-Identifier: Apache-2.0
 * log_counts.h - what became of the lines of one log. Nothing is dropped without a count here. */
#ifndef GM_INPUT_LOG_COUNTS_H
#define GM_INPUT_LOG_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* name as in run.json, and what it means. All but the first two are rejections. */
#define LOG_OUTCOME_LIST(X)                                                                        \
    X(ACCEPTED, "accepted", "became an event")                                                     \
    X(BLANK, "blank", "empty line")                                                                \
    X(TOO_LONG, "too_long", "longer than max_line_bytes")                                          \
    X(NOT_JSON, "not_json", "not a JSON value")                                                    \
    X(NOT_OBJECT, "not_object", "JSON, but no object")                                             \
    X(TOO_DEEP, "too_deep", "nested deeper than 64 levels")                                        \
    X(NO_TIME, "no_time", "has no time")                                                           \
    X(BAD_TIME, "bad_time", "has a time that cannot be read")

typedef enum log_outcome {
#define X(id, name, doc) LOG_##id,
    LOG_OUTCOME_LIST(X)
#undef X
        LOG_OUTCOMES
} log_outcome;

/* What was mended or noticed in lines that were accepted all the same. */
#define LOG_NOTICE_LIST(X)                                                                         \
    X(UTF8_REPAIRED, "utf8_repaired", "values with bytes that are no UTF-8, replaced")             \
    X(DUPLICATE_KEY, "duplicate_key", "keys that came twice in an object; the last won")           \
    X(OUT_OF_RANGE, "out_of_range", "numbers beyond what fits, taken as missing")                  \
    X(WRONG_TYPE, "wrong_type", "values of another type than the field has, taken as missing")     \
    X(TIME_AMBIGUOUS, "time_ambiguous", "local times that came twice; the earlier was taken")

typedef enum log_notice {
#define X(id, name, doc) LOG_##id,
    LOG_NOTICE_LIST(X)
#undef X
        LOG_NOTICES
} log_notice;

typedef struct log_example {
    uint64_t line; /* from 1 */
    char text[LIMIT_EXAMPLE_BYTES];
} log_example;

typedef struct log_counts {
    uint64_t lines;
    uint64_t outcomes[LOG_OUTCOMES];
    uint64_t notices[LOG_NOTICES];
    uint64_t bytes_in, bytes_out;                       /* of the file, and after inflating */
    uint64_t members;                                   /* of gzip */
    uint64_t trailing_bytes;                            /* after the last member, ignored */
    log_example examples[LOG_OUTCOMES][LIMIT_EXAMPLES]; /* the first ones of each rejection */
    log_example notice_examples[LOG_NOTICES][LIMIT_EXAMPLES];
} log_counts;

/* Counts a line; keeps an excerpt while there is room. s[0..n) is the line. */
void log_counts_outcome(log_counts *c, log_outcome what, uint64_t line, const char *s, size_t n);
void log_counts_notice(log_counts *c, log_notice what, uint64_t line, const char *s, size_t n);
/* Lines that were rejected for any reason. */
uint64_t log_counts_rejected(const log_counts *c);
const char *log_outcome_name(log_outcome what); /* static; likewise below */
const char *log_notice_name(log_notice what);

#endif

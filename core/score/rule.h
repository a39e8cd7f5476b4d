/* SPDX-License-Identifier: Apache-2.0
 * rule.h - what a rule file declares: its inputs and parameters. Loading runs no score function.
 * The file is run in the sandbox (score/sandbox.h), by the describe worker; the declarations travel
 * to the supervisor as bytes. */
#ifndef GM_SCORE_RULE_H
#define GM_SCORE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

typedef struct rule_input {
    const char *name, *doc;
    bool optional;
} rule_input;

typedef enum rule_param_type { RULE_NUMBER, RULE_TEXT, RULE_BOOL, RULE_NUMBERS } rule_param_type;

typedef struct rule_param {
    const char *name, *doc;
    rule_param_type type;
    bool required; /* no default was given: { required = "number" } */
    double number, min,
        max; /* default and limits; NaN: none. min and max hold for each of NUMBERS */
    const char *text;
    bool flag;
    const double *numbers;
    uint32_t n_numbers;
    const char **one_of; /* of TEXT; NULL: anything */
    uint32_t n_one_of;
} rule_param;

typedef struct rule_info {
    const char *name; /* "toward_target", or the path as configured */
    const char *path; /* of the file */
    const char *hash; /* hex, of its bytes */
    const char *doc;
    bool needs_target, needs_baseline;
    bool needs_baseline_unless_up; /* where more is better, the way may begin at 0 */
    rule_input *inputs;
    uint32_t n_inputs;
    rule_param *params;
    uint32_t n_params;
} rule_info;

/* Loads path in a sandbox and reads its declaration. err has the rule file's line. */
gm_status rule_describe(rule_info *out, const char *name, const char *path, arena *run_arena,
                        gm_error *err);

/* To bytes and back; rule_load distrusts what it reads (GM_E_DAMAGED). */
void rule_save(const rule_info *rule, bytes *out);
gm_status rule_load(rule_info *out, bytes_reader *in, arena *run_arena, gm_error *err);

#endif

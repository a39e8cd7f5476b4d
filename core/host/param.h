/* SPDX-License-Identifier: Apache-2.0
 * param.h - the parameters of a metric: texts of a configuration to the values that a plugin is
 * given, checked against its descriptor. */
#ifndef GM_HOST_PARAM_H
#define GM_HOST_PARAM_H

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

typedef struct param_set {
    gm_value *values;           /* a parameter each, defaults filled in */
    const gm_str **item_names;  /* of a FAMILY, else NULL */
    const config_text **places; /* where each was given; NULL: not given */
} param_set;

/* Everything wrong is added to errors. Values of EXPR keep their source text; whoever compiles
 * expressions goes on from there. Memory is run_arena's. True: no error. */
bool param_parse(param_set *out, const gm_descriptor *d, const config_metric *metric,
                 arena *run_arena, error_list *errors);

/* A value in one normal spelling, for keys and plans. */
const char *param_canonical(const gm_param *p, const gm_value *value, arena *run_arena);

#endif

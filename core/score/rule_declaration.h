/* SPDX-License-Identifier: Apache-2.0
 * rule_declaration.h - from the source of a rule file to what it declares. Part of score/rule.h. */
#ifndef GM_SCORE_RULE_DECLARATION_H
#define GM_SCORE_RULE_DECLARATION_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "score/rule.h"

/* Inputs and params come by name, `value` first: it is the one that min_n looks at. Fills all of
 * *out but path and hash. err: GM_E_RULE with path and line. */
gm_status rule_declaration_read(rule_info *out, const char *name, const char *path,
                                const char *source, size_t n, arena *run_arena, gm_error *err);

#endif

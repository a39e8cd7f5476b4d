/* SPDX-License-Identifier: Apache-2.0
 * expression_leaf.h - what conditions are made of: fields, comparisons, exists(), true and false;
 * private to expression_*.c. Each function takes its tokens from the parser and emits a step. */
#ifndef GM_EVENT_EXPRESSION_LEAF_H
#define GM_EVENT_EXPRESSION_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "event/expression_parse.h"
#include "event/schema.h"

gm_status expression_leaf_comparison(expression_parser *p); /* the token is a WORD */
gm_status expression_leaf_exists(expression_parser *p);     /* the token is EXISTS */
gm_status expression_leaf_constant(expression_parser *p, expression_op op);

/* The name of a known field, in the arena. No step. */
gm_status expression_leaf_field(expression_parser *p, const char **field);
/* The schema column of the field that stands at offset. */
gm_status expression_leaf_want(expression_parser *p, uint32_t *column, const char *field,
                               uint32_t offset, schema_kind kind, bool dict, bool hash);
/* The error that a keyword stands where only a field makes sense. */
gm_status expression_leaf_keyword(expression_parser *p, const expression_token *word);

#endif

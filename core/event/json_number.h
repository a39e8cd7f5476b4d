/* SPDX-License-Identifier: Apache-2.0
 * json_number.h - texts as numbers of a column: a number of JSON, or a string that is one in full.
 */
#ifndef GM_EVENT_JSON_NUMBER_H
#define GM_EVENT_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

typedef enum json_number_result {
    JSON_NUMBER_OK,
    JSON_NUMBER_RANGE, /* a number, but beyond what fits */
    JSON_NUMBER_TYPE   /* no number; as integer also one with a fraction */
} json_number_result;

json_number_result json_number_f64(const char *s, size_t n, double *out);
/* Exact for any spelling: 3.0 and 30e-1 are 3; 2^63 is out of range. */
json_number_result json_number_i64(const char *s, size_t n, int64_t *out);

#endif

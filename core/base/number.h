/* SPDX-License-Identifier: Apache-2.0
 * number.h - numbers from text, strictly, and back. No locale, no leading or trailing anything. */
#ifndef GM_BASE_NUMBER_H
#define GM_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole of s[0..n) must be [-+]?digits and fit. */
bool number_parse_i64(const char *s, size_t n, int64_t *out);
/* The whole of s[0..n) must be a decimal number: [-+]?digits[.digits][(e|E)[-+]?digits], also ".5".
 * Correctly rounded; false when it is none or its value is not finite. No hex, no inf, no nan. */
bool number_parse_f64(const char *s, size_t n, double *out);

enum { NUMBER_TEXT_MAX = 32 };
/* The shortest decimal text that reads back as v ("0.1", "1e+300", "-0"); v must be finite.
 * Returns its length. */
size_t number_format_f64(double v, char text[NUMBER_TEXT_MAX]);
/* The same with at most digits (1 to 17) significant digits. */
size_t number_format_rounded(double v, int digits, char text[NUMBER_TEXT_MAX]);

#endif

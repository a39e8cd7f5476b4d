/* SPDX-License-Identifier: Apache-2.0
 * figure_text.h - numbers for people: by unit, rounded to what a reader can use, no locale.
 *
 *   unit "1"                a share: 0.0345 is "3.45 %"
 *   s, ms, us, min, h, d    a duration: 3900 s is "1 h 5 min"
 *   "" or NULL              the number alone
 *   any other               the number and the unit: "12,345 events"
 *
 * Exact figures stand in the JSON files. Texts go to the caller's buffer. */
#ifndef GM_REPORT_FIGURE_TEXT_H
#define GM_REPORT_FIGURE_TEXT_H

#include <stdint.h>

#include "part/value.h"

enum { FIGURE_TEXT_SIZE = 160 };

/* "no data" when there is no number. */
void figure_text_value(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE]);
void figure_text_number(double v, const char *unit, char text[FIGURE_TEXT_SIZE]);
/* "22 % – 26.3 %", without the name of a unit; "≥ 3" or "≤ 3" when one end is open; "" when there
 * is none. */
void figure_text_interval(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE]);
/* A relative change: 0.123 is "+12.3 %"; "" for NaN. */
void figure_text_change(double change, char text[FIGURE_TEXT_SIZE]);
/* At most one decimal, and never rounded up: a score below a band must not look as if it reached
 * it. */
void figure_text_score(double score, char text[FIGURE_TEXT_SIZE]);
/* "12,345". */
void figure_text_count(uint64_t n, char text[FIGURE_TEXT_SIZE]);

#endif

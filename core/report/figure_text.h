/* SPDX-License-Identifier: Apache-2.0
 * figure_text.h - values, intervals, changes and scores as reports show them, on
 * base/quantity_text.h. */
#ifndef GM_REPORT_FIGURE_TEXT_H
#define GM_REPORT_FIGURE_TEXT_H

#include "base/quantity_text.h"
#include "part/value.h"

enum { FIGURE_TEXT_SIZE = QUANTITY_TEXT_SIZE };

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

#endif

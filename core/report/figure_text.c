/* SPDX-License-Identifier: Apache-2.0
 * figure_text.c - see figure_text.h. */
#include "report/figure_text.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"

void figure_text_number(double v, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    if (isfinite(v))
        quantity_text_unit(v, unit, text);
    else
        (void)snprintf(text, FIGURE_TEXT_SIZE, "no data");
}

void figure_text_value(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    figure_text_number(value_number(f), unit, text);
}

void figure_text_interval(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    char lower[FIGURE_TEXT_SIZE], upper[FIGURE_TEXT_SIZE];
    text[0] = '\0';
    if (isfinite(f->lower))
        quantity_text_bare(f->lower, unit, lower);
    if (isfinite(f->upper))
        quantity_text_bare(f->upper, unit, upper);
    if (isfinite(f->lower) && isfinite(f->upper))
        (void)snprintf(text, FIGURE_TEXT_SIZE, "%.60s – %.60s", lower, upper);
    else if (isfinite(f->lower))
        (void)snprintf(text, FIGURE_TEXT_SIZE, "≥ %.60s", lower);
    else if (isfinite(f->upper))
        (void)snprintf(text, FIGURE_TEXT_SIZE, "≤ %.60s", upper);
}

void figure_text_change(double change, char text[FIGURE_TEXT_SIZE])
{
    text[0] = '\0';
    if (!isfinite(change))
        return;
    char share[FIGURE_TEXT_SIZE];
    quantity_text_share(change, -1, share);
    (void)snprintf(text, FIGURE_TEXT_SIZE, "%s%.100s", change > 0 ? "+" : "", share);
}

void figure_text_score(double score, char text[FIGURE_TEXT_SIZE])
{
    GM_ASSERT(score >= 0);
    GM_ASSERT(score <= 100);
    /* The millionth takes up what binary fractions lack: 57.9999999999 is 58. */
    quantity_text_number(floor(score * 10 + 1e-6) / 10, -1, text);
}

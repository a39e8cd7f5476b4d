/* SPDX-License-Identifier: Apache-2.0
 * figure_text.c - see figure_text.h. */
#include "report/figure_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* A text that may be cut: only names of units are ever that long. */
static void GM_PRINTF(2, 3) put_text(char text[FIGURE_TEXT_SIZE], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, FIGURE_TEXT_SIZE, fmt, args); /* may be cut, as said */
    va_end(args);
}

void figure_text_number(double v, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    if (isfinite(v))
        quantity_text_unit(v, unit, text);
    else
        put_text(text, "no data");
}

void figure_text_value(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    figure_text_number(value_number(f), unit, text);
}

void figure_text_interval(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    const char *u = unit != NULL ? unit : "";
    char lower[FIGURE_TEXT_SIZE], upper[FIGURE_TEXT_SIZE];
    text[0] = '\0';
    if (isfinite(f->lower))
        quantity_text_bare(f->lower, u, lower);
    if (isfinite(f->upper))
        quantity_text_bare(f->upper, u, upper);
    if (isfinite(f->lower) && isfinite(f->upper))
        put_text(text, "%.60s – %.60s", lower, upper);
    else if (isfinite(f->lower))
        put_text(text, "≥ %.60s", lower);
    else if (isfinite(f->upper))
        put_text(text, "≤ %.60s", upper);
}

void figure_text_change(double change, char text[FIGURE_TEXT_SIZE])
{
    text[0] = '\0';
    if (!isfinite(change))
        return;
    char share[QUANTITY_TEXT_SIZE];
    quantity_text_share(change, -1, share);
    bool is_rise = change > 0 && strcmp(share, "0 %") != 0;
    put_text(text, "%s%.100s", is_rise ? "+" : "", share);
}

void figure_text_score(double score, char text[FIGURE_TEXT_SIZE])
{
    GM_ASSERT(score >= 0);
    GM_ASSERT(score <= 100);
    /* The millionth takes up what binary fractions lack: 57.9999999999 is 58. */
    quantity_text_number(floor(score * 10 + 1e-6) / 10, -1, text);
}

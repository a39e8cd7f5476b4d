/* SPDX-License-Identifier: Apache-2.0
 * figure_text.c - see figure_text.h. */
#include "report/figure_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/text.h"

enum {
    DIGITS_SIZE = 64,
    DECIMALS_MAX = 6,
    UNIT_SIZE = 64 /* a longer name of a unit is cut */
};

/* Below and above these a number is written with an exponent. */
static const double plain_min = 1e-4;
static const double plain_max = 1e15;

/* A text that may be cut: only names of units are ever that long. */
static void GM_PRINTF(2, 3) put_text(char text[FIGURE_TEXT_SIZE], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, FIGURE_TEXT_SIZE, fmt, args); /* may be cut, as said */
    va_end(args);
}

/* Copies an unsigned decimal number, a comma before each group of three digits of its integer part.
 */
static void group_digits(const char *digits, const char *sign, char text[FIGURE_TEXT_SIZE])
{
    size_t whole = strspn(digits, "0123456789");
    size_t at = strlen(sign);
    GM_ASSERT(strlen(digits) < DIGITS_SIZE);
    memcpy(text, sign, at);
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
}

/* |v| below plain_max, rounded to decimals, zeros at the end cut. Returns whether it came out as 0.
 */
static bool format_fixed(double v, int decimals, char text[FIGURE_TEXT_SIZE])
{
    char digits[DIGITS_SIZE];
    GM_ASSERT(fabs(v) <= plain_max);
    int n = snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    GM_ASSERT(n > 0 && n < DIGITS_SIZE);
    if (decimals > 0) {
        while (digits[n - 1] == '0')
            n--;
        if (digits[n - 1] == '.')
            n--;
        digits[n] = '\0';
    }
    bool is_zero = strcmp(digits, "0") == 0;
    group_digits(digits, v < 0 && !is_zero ? "-" : "", text);
    return is_zero;
}

/* Decimals that give a (> 0) so many significant digits; never cuts its integer part. */
static int decimals_for(double a, int significant)
{
    int decimals = significant - 1 - (int)floor(log10(a));
    return decimals < 0 ? 0 : decimals;
}

static void format_general(double v, int significant, char text[FIGURE_TEXT_SIZE])
{
    double a = fabs(v);
    if (a >= plain_max || (a > 0 && a < plain_min)) {
        char digits[NUMBER_TEXT_MAX];
        size_t n = number_format_rounded(v, significant, digits);
        memcpy(text, digits, n);
        text[n] = '\0';
        return;
    }
    format_fixed(v, a > 0 ? decimals_for(a, significant) : 0, text);
}

/* v is in percent. 99.96 is not 100: the difference may be what the goal is about. */
static void format_percent(double v, char text[FIGURE_TEXT_SIZE])
{
    double a = fabs(v);
    if (a >= plain_max || a < plain_min) {
        format_general(v, 3, text);
        return;
    }
    int decimals = a >= 100 ? 1 : decimals_for(a, 3);
    format_fixed(v, decimals, text);
    while (a < 100 && decimals < DECIMALS_MAX && strcmp(text + (v < 0), "100") == 0)
        format_fixed(v, ++decimals, text);
}

static void format_two(const char *sign, int64_t large, const char *large_unit, int64_t small,
                       const char *small_unit, char text[FIGURE_TEXT_SIZE])
{
    char digits[DIGITS_SIZE], grouped[FIGURE_TEXT_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRId64, large); /* fits */
    group_digits(digits, sign, grouped);
    if (small == 0)
        put_text(text, "%.40s %s", grouped, large_unit);
    else
        put_text(text, "%.40s %s %" PRId64 " %s", grouped, large_unit, small, small_unit);
}

/* The two largest parts of a duration; rounded first, so that 59 min 59.9 s is 1 h. */
static void format_seconds(double v, char text[FIGURE_TEXT_SIZE])
{
    double a = fabs(v);
    const char *sign = v < 0 ? "-" : "";
    if (a >= plain_max || a < 59.95) {
        bool in_ms = a > 0 && a < 0.9995;
        char number[FIGURE_TEXT_SIZE];
        format_general(in_ms ? v * 1000 : v, 3, number);
        put_text(text, "%.60s %s", number, in_ms ? "ms" : "s");
        return;
    }
    int64_t seconds = llround(a);
    int64_t minutes = llround(a / 60);
    int64_t hours = llround(a / 3600);
    if (seconds < 3600)
        format_two(sign, seconds / 60, "min", seconds % 60, "s", text);
    else if (minutes < INT64_C(24) * 60)
        format_two(sign, minutes / 60, "h", minutes % 60, "min", text);
    else
        format_two(sign, hours / 24, "d", hours % 24, "h", text);
}

/* Seconds in a unit of time, 0 for any other unit. */
static double seconds_of_unit(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, unit) == 0)
            return units[i].seconds;
    return 0;
}

/* The number with the signs of its unit ("%", "h"), without a name of one. */
static void format_bare(double v, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    double seconds = seconds_of_unit(unit);
    if (strcmp(unit, "1") == 0) {
        char number[FIGURE_TEXT_SIZE];
        format_percent(v * 100, number);
        put_text(text, "%.60s %%", number);
    } else if (seconds > 0) {
        format_seconds(v * seconds, text);
    } else {
        format_general(v, 4, text);
    }
}

static void append_unit_name(const char *unit, char text[FIGURE_TEXT_SIZE])
{
    char name[UNIT_SIZE];
    if (*unit == '\0' || strcmp(unit, "1") == 0 || seconds_of_unit(unit) > 0)
        return;
    text_excerpt(name, sizeof name, unit, strlen(unit));
    char number[FIGURE_TEXT_SIZE];
    memcpy(number, text, strlen(text) + 1);
    put_text(text, "%.80s %s", number, name);
}

void figure_text_number(double v, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    const char *u = unit != NULL ? unit : "";
    if (!isfinite(v)) {
        put_text(text, "no data");
        return;
    }
    format_bare(v, u, text);
    append_unit_name(u, text);
}

void figure_text_value(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    const char *u = unit != NULL ? unit : "";
    bool is_plain = strcmp(u, "1") != 0 && !(seconds_of_unit(u) > 0);
    if (f->is_null || !f->is_integer || !is_plain) {
        figure_text_number(value_number(f), u, text);
        return;
    }
    char digits[DIGITS_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRId64, f->i); /* fits */
    bool is_negative = digits[0] == '-';
    group_digits(digits + is_negative, is_negative ? "-" : "", text);
    append_unit_name(u, text);
}

void figure_text_interval(const value_figure *f, const char *unit, char text[FIGURE_TEXT_SIZE])
{
    const char *u = unit != NULL ? unit : "";
    char lower[FIGURE_TEXT_SIZE], upper[FIGURE_TEXT_SIZE];
    text[0] = '\0';
    if (isfinite(f->lower))
        format_bare(f->lower, u, lower);
    if (isfinite(f->upper))
        format_bare(f->upper, u, upper);
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
    char number[FIGURE_TEXT_SIZE];
    format_percent(change * 100, number);
    bool is_rise = change > 0 && strcmp(number, "0") != 0;
    put_text(text, "%s%.60s %%", is_rise ? "+" : "", number);
}

void figure_text_score(double score, char text[FIGURE_TEXT_SIZE])
{
    GM_ASSERT(score >= 0);
    GM_ASSERT(score <= 100);
    /* The millionth takes up what binary fractions lack: 57.9999999999 is 58. */
    format_fixed(floor(score * 10 + 1e-6) / 10, 1, text);
}

void figure_text_count(uint64_t n, char text[FIGURE_TEXT_SIZE])
{
    char digits[DIGITS_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, n); /* fits */
    group_digits(digits, "", text);
}

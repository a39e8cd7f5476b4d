/* SPDX-License-Identifier: Apache-2.0
 * quantity_text.c - see quantity_text.h. */
#include "base/quantity_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/text.h"

enum { DIGITS_SIZE = 64, UNIT_SIZE = 64, MINUTES_A_DAY = 24 * 60 };

/* Below and above these a number is written with an exponent. */
static const double plain_min = 1e-4;
static const double plain_max = 1e15;

/* digits: a decimal number without sign, its point in any locale's way. */
static void group_digits(const char *digits, const char *sign, char text[QUANTITY_TEXT_SIZE])
{
    size_t whole = strspn(digits, "0123456789");
    size_t at = strlen(sign);
    GM_ASSERT(strlen(digits) < DIGITS_SIZE);
    memcpy(text, sign, at);
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    size_t point = whole + strcspn(digits + whole, "0123456789");
    if (digits[point] != '\0') {
        text[at++] = '.';
        size_t n = strlen(digits + point);
        memcpy(text + at, digits + point, n);
        at += n;
    }
    text[at] = '\0';
}

/* |v| up to plain_max. */
static void format_fixed(double v, int decimals, bool cut_zeros, char text[QUANTITY_TEXT_SIZE])
{
    char digits[DIGITS_SIZE];
    GM_ASSERT(fabs(v) <= plain_max);
    int n = snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    GM_ASSERT(n > 0 && n < DIGITS_SIZE);
    if (cut_zeros && decimals > 0) {
        while (digits[n - 1] == '0')
            n--;
        while (n > 0 && (digits[n - 1] < '0' || digits[n - 1] > '9'))
            n--;
        digits[n] = '\0';
    }
    bool is_zero = strpbrk(digits, "123456789") == NULL;
    group_digits(digits, v < 0 && !is_zero ? "-" : "", text);
}

/* Decimals that give a (> 0) so many significant digits; never cuts its integer part. */
static int decimals_for(double a, int significant)
{
    int decimals = significant - 1 - (int)floor(log10(a));
    return decimals < 0 ? 0 : decimals;
}

/* Numbers that are written the same way whatever was asked for. */
static bool format_special(double v, int significant, char text[QUANTITY_TEXT_SIZE])
{
    double a = fabs(v);
    if (isnan(v)) {
        (void)snprintf(text, QUANTITY_TEXT_SIZE, "not a number");
        return true;
    }
    if (isinf(v)) {
        (void)snprintf(text, QUANTITY_TEXT_SIZE, "%sinfinite", v < 0 ? "-" : "");
        return true;
    }
    if (a < plain_max)
        return false;
    char digits[NUMBER_TEXT_MAX];
    size_t n = number_format_rounded(v, significant, digits);
    (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.*s", (int)n, digits);
    return true;
}

static void format_general(double v, int significant, char text[QUANTITY_TEXT_SIZE])
{
    double a = fabs(v);
    if (format_special(v, significant, text))
        return;
    if (a > 0 && a < plain_min) {
        char digits[NUMBER_TEXT_MAX];
        size_t n = number_format_rounded(v, significant, digits);
        (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.*s", (int)n, digits);
        return;
    }
    format_fixed(v, a > 0 ? decimals_for(a, significant) : 0, true, text);
}

void quantity_text_number(double v, int decimals, char text[QUANTITY_TEXT_SIZE])
{
    GM_ASSERT(decimals <= QUANTITY_TEXT_DECIMALS_MAX);
    if (decimals < 0)
        format_general(v, 4, text);
    else if (!format_special(v, 4, text))
        format_fixed(v, decimals, false, text);
}

void quantity_text_share(double v, int decimals, char text[QUANTITY_TEXT_SIZE])
{
    char number[QUANTITY_TEXT_SIZE];
    double percent = v * 100;
    double a = fabs(percent);
    GM_ASSERT(decimals <= QUANTITY_TEXT_DECIMALS_MAX);
    if (format_special(percent, 3, number)) {
        /* As it is: "infinite %". */
    } else if (decimals >= 0) {
        format_fixed(percent, decimals, false, number);
    } else if (a < plain_min) {
        format_general(percent, 3, number);
    } else {
        int by_size = a >= 100 ? 1 : decimals_for(a, 3);
        format_fixed(percent, by_size, true, number);
        while (a < 100 && by_size < QUANTITY_TEXT_DECIMALS_MAX &&
               strcmp(number + (v < 0), "100") == 0)
            format_fixed(percent, ++by_size, true, number);
    }
    (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.100s %%", number);
}

static void format_two(const char *sign, int64_t large, const char *large_unit, int64_t small,
                       const char *small_unit, char text[QUANTITY_TEXT_SIZE])
{
    char digits[DIGITS_SIZE], grouped[QUANTITY_TEXT_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRId64, large);
    group_digits(digits, sign, grouped);
    if (small == 0)
        (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.40s %s", grouped, large_unit);
    else
        (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.40s %s %" PRId64 " %s", grouped, large_unit,
                       small, small_unit);
}

/* Rounded first, so that 59 min 59.9 s is 1 h. */
void quantity_text_duration(double seconds, char text[QUANTITY_TEXT_SIZE])
{
    double a = fabs(seconds);
    const char *sign = seconds < 0 ? "-" : "";
    if (!(a < plain_max) || a < 59.95) {
        bool in_ms = a > 0 && a < 0.9995;
        char number[QUANTITY_TEXT_SIZE];
        format_general(in_ms ? seconds * 1000 : seconds, 3, number);
        (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.60s %s", number, in_ms ? "ms" : "s");
        return;
    }
    int64_t whole = llround(a);
    int64_t minutes = llround(a / 60);
    int64_t hours = llround(a / 3600);
    if (whole < 3600)
        format_two(sign, whole / 60, "min", whole % 60, "s", text);
    else if (minutes < MINUTES_A_DAY)
        format_two(sign, minutes / 60, "h", minutes % 60, "min", text);
    else
        format_two(sign, hours / 24, "d", hours % 24, "h", text);
}

/* ISO 4217: two, but for these. */
static int currency_decimals(const char *currency)
{
    static const char none[] =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
    if (strlen(currency) != 3)
        return 2;
    if (strstr(none, currency) != NULL)
        return 0;
    return strstr(three, currency) != NULL ? 3 : 2;
}

static void format_money(double minor, const char *currency, char text[QUANTITY_TEXT_SIZE])
{
    static const double scale[] = {1, 10, 100, 1000};
    int decimals = currency_decimals(currency);
    quantity_text_number(minor / scale[decimals], decimals, text);
}

void quantity_text_money(double minor, const char *currency, char text[QUANTITY_TEXT_SIZE])
{
    const char *name = currency != NULL ? currency : "";
    char number[QUANTITY_TEXT_SIZE];
    format_money(minor, name, number);
    (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.100s%s%.8s", number, *name != '\0' ? " " : "",
                   name);
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

static bool is_currency(const char *unit)
{
    return strlen(unit) == 3 && strspn(unit, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool is_counted(const char *unit)
{
    return strspn(unit, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(unit);
}

void quantity_text_bare(double v, const char *unit, char text[QUANTITY_TEXT_SIZE])
{
    const char *u = unit != NULL ? unit : "";
    double seconds = seconds_of_unit(u);
    if (strcmp(u, "1") == 0)
        quantity_text_share(v, -1, text);
    else if (seconds > 0)
        quantity_text_duration(v * seconds, text);
    else if (is_currency(u))
        format_money(v, u, text);
    else
        format_general(v, 4, text);
}

void quantity_text_unit(double v, const char *unit, char text[QUANTITY_TEXT_SIZE])
{
    const char *u = unit != NULL ? unit : "";
    if (is_currency(u)) {
        quantity_text_money(v, u, text);
        return;
    }
    char number[QUANTITY_TEXT_SIZE], name[UNIT_SIZE];
    quantity_text_bare(v, u, number);
    bool has_name = !is_counted(u); /* "1" and the units of time count as words too */
    text_excerpt(name, sizeof name, u, strlen(u));
    (void)snprintf(text, QUANTITY_TEXT_SIZE, "%.90s%s%.60s", number, has_name ? " " : "",
                   has_name ? name : "");
}

void quantity_text_count(uint64_t n, char text[QUANTITY_TEXT_SIZE])
{
    char digits[DIGITS_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, n);
    group_digits(digits, "", text);
}

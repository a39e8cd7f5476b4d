/* SPDX-License-Identifier: Apache-2.0
 * number.c - strict decimal numbers in both directions; see number.h.
 *
 * Most numbers of a log have few digits: an integer below 2^53 times or over a power of ten up to
 * 10^22 is one correctly rounded operation. All others go to strtod() as a copy that is known to
 * match the grammar. The process never leaves the C locale. */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

_Static_assert(FLT_EVAL_METHOD == 0, "the fast path needs doubles that are rounded at once");

bool number_parse_i64(const char *s, size_t n, int64_t *out)
{
    size_t i = 0;
    bool negative = n > 0 && s[0] == '-';
    if (n > 0 && (s[0] == '-' || s[0] == '+'))
        i = 1;
    if (i == n)
        return false;
    const uint64_t max = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t v = 0;
    for (; i < n; i++) {
        unsigned digit = (unsigned)(unsigned char)s[i] - '0';
        if (digit > 9 || v > (max - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

/* What the text says: mantissa * 10^exponent, as long as is_exact. */
typedef struct decimal {
    uint64_t mantissa;
    int64_t exponent;
    bool negative;
    bool is_exact; /* no digit was left out of mantissa */
} decimal;

static const char *scan_digits(decimal *d, const char *p, const char *end, bool is_fraction)
{
    for (; p < end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9)
            break;
        if (d->mantissa <= (UINT64_MAX - 9) / 10) {
            d->mantissa = d->mantissa * 10 + digit;
            d->exponent -= is_fraction ? 1 : 0;
        } else {
            d->is_exact = false;
        }
    }
    return p;
}

/* The digits of an exponent; NULL when there are none. */
static const char *scan_exponent(decimal *d, const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *start = p;
    int64_t v = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        v = v < 100000000 ? v * 10 + (*p - '0') : v; /* far beyond any double */
    if (p == start)
        return NULL;
    d->exponent += negative ? -v : v;
    return p;
}

static bool scan(decimal *d, const char *s, size_t n)
{
    const char *p = s, *end = n == 0 ? s : s + n;
    *d = (decimal){.is_exact = true};
    d->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *start = p;
    p = scan_digits(d, p, end, false);
    bool has_digits = p > start;
    if (p < end && *p == '.') {
        start = ++p;
        p = scan_digits(d, p, end, true);
        if (p == start)
            return false;
        has_digits = true;
    }
    if (!has_digits)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p = scan_exponent(d, p + 1, end);
        if (p == NULL)
            return false;
    }
    return p == end;
}

static bool parse_slowly(const char *s, size_t n, double *out)
{
    char small[128];
    char *copy = n < sizeof small ? small : mem_alloc(n + 1);
    memcpy(copy, s, n);
    copy[n] = '\0';
    double v = strtod(copy, NULL);
    if (copy != small)
        mem_free(copy);
    if (!isfinite(v))
        return false;
    *out = v;
    return true;
}

bool number_parse_f64(const char *s, size_t n, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    decimal d;
    if (!scan(&d, s, n))
        return false;
    if (d.is_exact && d.mantissa == 0) {
        *out = d.negative ? -0.0 : 0.0;
        return true;
    }
    if (!d.is_exact || d.mantissa > UINT64_C(1) << 53 || d.exponent < -22 || d.exponent > 22)
        return parse_slowly(s, n, out);
    double v = (double)d.mantissa;
    v = d.exponent < 0 ? v / powers[-d.exponent] : v * powers[d.exponent];
    *out = d.negative ? -v : v;
    return true;
}

/* Lays "d.ddde±xx" out as people write it: with an exponent only beyond 15 digits or below 0.0001.
 */
static size_t lay_out(const char *e_text, char text[NUMBER_TEXT_MAX])
{
    char digits[24], *to = text;
    size_t n = 0;
    const char *p = e_text;
    if (*p == '-')
        *to++ = *p++;
    for (; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') /* the point may be a comma in a locale */
            digits[n++] = *p;
    }
    GM_ASSERT(n >= 1 && n <= 17);
    int exponent = (int)strtol(p + 1, NULL, 10);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    int n_int = (int)n;
    if (exponent < -4 || exponent >= (n_int > 15 ? n_int : 15)) {
        *to++ = digits[0];
        if (n > 1) {
            *to++ = '.';
            memcpy(to, digits + 1, n - 1);
            to += n - 1;
        }
        int used = snprintf(to, NUMBER_TEXT_MAX - (size_t)(to - text), "e%+03d", exponent);
        GM_ASSERT(used > 0);
        return (size_t)(to - text) + (size_t)used;
    }
    for (int i = exponent < 0 ? exponent : 0; i <= exponent || i < n_int; i++) {
        char digit = '0';
        if (i >= 0 && i < n_int)
            digit = digits[i];
        if (i == 1 + exponent && exponent >= 0)
            *to++ = '.';
        *to++ = digit;
        if (i == exponent && exponent < 0)
            *to++ = '.';
    }
    *to = '\0';
    return (size_t)(to - text);
}

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

size_t number_format_rounded(double v, int digits, char text[NUMBER_TEXT_MAX])
{
    GM_ASSERT(isfinite(v));
    GM_ASSERT(digits >= 1 && digits <= 17);
    char e_text[NUMBER_TEXT_MAX];
    /* 15 digits survive a double, so the shortest text is found from there on; only subnormal
     * numbers have fewer to give. A few powers of two get 17 digits where another text of 16, not
     * the nearest, would do. */
    int first = fabs(v) < DBL_MIN ? 1 : 15;
    for (int n = first < digits ? first : digits; n <= digits; n++) {
        int used = snprintf(e_text, sizeof e_text, "%.*e", n - 1, v);
        GM_ASSERT(used > 0);
        if (bits_of(strtod(e_text, NULL)) == bits_of(v))
            break;
    }
    return lay_out(e_text, text);
}

size_t number_format_f64(double v, char text[NUMBER_TEXT_MAX])
{
    return number_format_rounded(v, 17, text);
}

/* SPDX-License-Identifier: Apache-2.0
 * json_number.c - see json_number.h. The usual spellings go straight to base/number.h; what it
 * refuses is taken apart here, to tell no number from one that does not fit. */
#include "event/json_number.h"

#include <stdbool.h>

#include "base/number.h"

/* A decimal number taken apart: digits with an optional point, and an exponent. */
typedef struct decimal {
    const char *digits; /* the mantissa, point included */
    size_t n;
    int64_t exponent; /* of the mantissa's last digit; saturated */
    bool negative;
} decimal;

#define EXPONENT_MAX INT64_C(1000000000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The grammar of number_parse_f64(). */
static bool take_apart(decimal *d, const char *s, size_t n)
{
    const char *end = s + n;
    d->negative = s != end && *s == '-';
    d->exponent = 0;
    if (s != end && (*s == '-' || *s == '+'))
        s++;
    d->digits = s;
    const char *from = s;
    while (s != end && is_digit(*s))
        s++;
    bool has_digits = s != from;
    if (s != end && *s == '.') {
        from = ++s;
        while (s != end && is_digit(*s))
            s++;
        if (s == from)
            return false;
        has_digits = true;
        d->exponent = from - s;
    }
    d->n = (size_t)(s - d->digits);
    if (!has_digits || s == end)
        return has_digits;
    if (*s != 'e' && *s != 'E')
        return false;
    s++;
    bool minus = s != end && *s == '-';
    if (s != end && (*s == '-' || *s == '+'))
        s++;
    from = s;
    int64_t exponent = 0;
    for (; s != end && is_digit(*s); s++)
        exponent = exponent > EXPONENT_MAX ? exponent : exponent * 10 + (*s - '0');
    d->exponent += minus ? -exponent : exponent;
    return s == end && s != from;
}

json_number_result json_number_f64(const char *s, size_t n, double *out)
{
    if (number_parse_f64(s, n, out))
        return JSON_NUMBER_OK;
    decimal d;
    return take_apart(&d, s, n) ? JSON_NUMBER_RANGE : JSON_NUMBER_TYPE;
}

/* Drops zeros at both ends, so that what is left tells size and integrality. */
static void normalise(decimal *d)
{
    while (d->n != 0 && (d->digits[0] == '0' || d->digits[0] == '.')) {
        d->digits++;
        d->n--;
    }
    /* A point that is dropped at the front leaves the exponent right: it counts from the last
     * digit. */
    while (d->n != 0 && (d->digits[d->n - 1] == '0' || d->digits[d->n - 1] == '.')) {
        d->exponent += d->digits[d->n - 1] == '0';
        d->n--;
    }
}

json_number_result json_number_i64(const char *s, size_t n, int64_t *out)
{
    if (number_parse_i64(s, n, out))
        return JSON_NUMBER_OK;
    decimal d;
    if (!take_apart(&d, s, n))
        return JSON_NUMBER_TYPE;
    normalise(&d);
    uint64_t v = 0;
    int n_digits = 0;
    for (size_t i = 0; i < d.n; i++) {
        if (d.digits[i] == '.')
            continue;
        if (n_digits < 19)
            v = v * 10 + (uint64_t)(d.digits[i] - '0');
        n_digits += n_digits < 20;
    }
    if (n_digits == 0) {
        *out = 0;
        return JSON_NUMBER_OK;
    }
    if (d.exponent < 0)
        return JSON_NUMBER_TYPE;
    if (n_digits + d.exponent > 19)
        return JSON_NUMBER_RANGE;
    for (int64_t e = 0; e < d.exponent; e++)
        v *= 10;
    if (v > (uint64_t)INT64_MAX + (d.negative ? 1 : 0))
        return JSON_NUMBER_RANGE;
    *out = d.negative ? (int64_t)(0 - v) : (int64_t)v;
    return JSON_NUMBER_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * quantity.c - numbers with units; see quantity.h.
 *
 * A number is kept as integer times power of ten as long as it has at most 18 digits, so that
 * "1.5h" is exactly 5,400,000,000 microseconds and "0.1%" is the double nearest to 0.001. A sign
 * stands only at the front and is that of the whole. */
#include "base/quantity.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

typedef struct unit {
    const char *name;
    quantity_kind kind;
    uint64_t scale; /* in microseconds or bytes */
} unit;

static const unit units[] = {
    {"", QUANTITY_NUMBER, 1},
    {"%", QUANTITY_SHARE, 1},
    {"pp", QUANTITY_SHARE, 1},
    {"us", QUANTITY_DURATION, 1},
    {"ms", QUANTITY_DURATION, 1000},
    {"s", QUANTITY_DURATION, 1000000},
    {"min", QUANTITY_DURATION, UINT64_C(60000000)},
    {"h", QUANTITY_DURATION, UINT64_C(3600000000)},
    {"d", QUANTITY_DURATION, UINT64_C(86400000000)},
    {"w", QUANTITY_DURATION, UINT64_C(604800000000)},
    {"B", QUANTITY_BYTES, 1},
    {"KB", QUANTITY_BYTES, 1000},
    {"MB", QUANTITY_BYTES, 1000000},
    {"GB", QUANTITY_BYTES, 1000000000},
    {"KiB", QUANTITY_BYTES, 1 << 10},
    {"MiB", QUANTITY_BYTES, 1 << 20},
    {"GiB", QUANTITY_BYTES, 1 << 30},
};

/* What was read: the sum in all the ways a caller may want it. */
typedef struct reading {
    quantity_kind kind;
    bool negative, is_whole, is_too_large;
    uint64_t whole; /* the exact sum in microseconds or bytes, when is_whole and not too large */
    double value;   /* without the sign; a duration in seconds */
} reading;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the unsigned number that p starts with: digits[.digits][e[sign]digits] or .digits. */
static size_t number_length(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && is_digit(*q))
        q++;
    if (q < end && *q == '.') {
        q++;
        while (q < end && is_digit(*q))
            q++;
    }
    if (q > p && q < end && (*q == 'e' || *q == 'E')) {
        const char *e = q + 1;
        if (e < end && (*e == '+' || *e == '-'))
            e++;
        if (e < end && is_digit(*e)) {
            while (e < end && is_digit(*e))
                e++;
            q = e;
        }
    }
    return (size_t)(q - p);
}

static const unit *find_unit(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) == n && memcmp(units[i].name, name, n) == 0)
            return &units[i];
    }
    return NULL;
}

/* mantissa * 10^exponent of a number that number_parse_f64() takes; false when it has more than 18
 * digits that count or an exponent nobody writes. */
static bool split_decimal(const char *s, size_t n, uint64_t *mantissa, int *exponent)
{
    uint64_t m = 0;
    int64_t e = 0;
    int fraction = 0;
    size_t i = 0;
    for (; i < n && s[i] != 'e' && s[i] != 'E'; i++) {
        if (s[i] == '.') {
            fraction = 1;
            continue;
        }
        if (m >= UINT64_C(100000000000000000))
            return false;
        m = m * 10 + (uint64_t)(s[i] - '0');
        e -= fraction;
    }
    if (i < n) {
        int64_t shift;
        if (!number_parse_i64(s + i + 1, n - i - 1, &shift) || shift < -400 || shift > 400)
            return false;
        e += shift;
    }
    if (e < -1000)
        return false;
    *mantissa = m;
    *exponent = (int)e;
    return true;
}

/* Takes the factor prime^*n out of *a and *b as far as it goes; *n says what is left. */
static void cancel(uint64_t prime, int *n, uint64_t *a, uint64_t *b)
{
    while (*n > 0 && *a % prime == 0) {
        *a /= prime;
        (*n)--;
    }
    while (*n > 0 && *b % prime == 0) {
        *b /= prime;
        (*n)--;
    }
}

static void add_whole(reading *r, uint64_t mantissa, int exponent, uint64_t scale)
{
    if (mantissa == 0)
        return;
    int twos = exponent < 0 ? -exponent : 0, fives = twos;
    cancel(2, &twos, &mantissa, &scale);
    cancel(5, &fives, &mantissa, &scale);
    if (twos > 0 || fives > 0) {
        r->is_whole = false;
        return;
    }
    bool over = __builtin_mul_overflow(mantissa, scale, &mantissa);
    for (; exponent > 0 && !over; exponent--)
        over = __builtin_mul_overflow(mantissa, UINT64_C(10), &mantissa);
    if (over || __builtin_add_overflow(r->whole, mantissa, &r->whole))
        r->is_too_large = true;
}

/* Adds number times unit. False when the number is none. */
static bool add_term(reading *r, const char *s, size_t n, const unit *u)
{
    double v;
    uint64_t mantissa = 0;
    int exponent = 0;
    if (!number_parse_f64(s, n, &v))
        return false;
    if (split_decimal(s, n, &mantissa, &exponent))
        add_whole(r, mantissa, exponent, u->scale);
    else
        r->is_whole = false;
    if (u->kind == QUANTITY_SHARE) {
        char shifted[64];
        int used = snprintf(shifted, sizeof shifted, "%llue%d", (unsigned long long)mantissa,
                            exponent - 2);
        if (mantissa == 0 || !number_parse_f64(shifted, (size_t)used, &v))
            v /= 100;
    } else if (u->kind == QUANTITY_DURATION) {
        v = v * (double)u->scale / 1e6;
    } else {
        v *= (double)u->scale;
    }
    r->value += v;
    return true;
}

static gm_status fail(gm_error *err, const char *text, const char *what)
{
    char shown[80];
    text_excerpt(shown, sizeof shown, text, strlen(text));
    return error_set(err, GM_E_CONFIG,
                     "'%s' %s; units: %% pp, us ms s min h d w, B KB MB GB KiB MiB GiB", shown,
                     what);
}

static gm_status read_all(reading *r, const char *text, gm_error *err)
{
    const char *p = text, *end = text + strlen(text);
    while (p < end && is_blank(*p))
        p++;
    while (end > p && is_blank(end[-1]))
        end--;
    *r = (reading){.is_whole = true};
    r->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const unit *last = NULL;
    do {
        size_t n = number_length(p, end);
        const char *name = p + n, *next = name;
        while (next < end && !is_digit(*next) && *next != '.')
            next++;
        const unit *u = find_unit(name, (size_t)(next - name));
        if (n == 0)
            return fail(err, text, "does not start with a number, as in 12.5, 22% or 15min");
        if (u == NULL)
            return fail(err, text, "has an unknown unit");
        if (last != NULL && (last->kind != QUANTITY_DURATION || u->kind != QUANTITY_DURATION))
            return fail(err, text, "has several parts; only durations may, as in 1h30min");
        if (last != NULL && u->scale >= last->scale)
            return fail(err, text, "must name its largest unit first, each once");
        if (!add_term(r, p, n, u))
            return fail(err, text, "does not hold a proper number, as in 12.5, 22% or 15min");
        r->kind = u->kind;
        last = u;
        p = next;
    } while (p < end);
    if (!isfinite(r->value))
        return fail(err, text, "is too large");
    return GM_OK;
}

gm_status quantity_parse(quantity *out, const char *text, gm_error *err)
{
    reading r;
    gm_status status = read_all(&r, text, err);
    if (status != GM_OK)
        return status;
    double v = r.value;
    if (r.kind == QUANTITY_DURATION && r.is_whole && !r.is_too_large)
        v = (double)r.whole / 1e6; /* one rounding instead of one a part */
    *out = (quantity){.kind = r.kind, .value = r.negative ? -v : v};
    return GM_OK;
}

gm_status quantity_parse_us(int64_t *out, const char *text, gm_error *err)
{
    reading r;
    gm_status status = read_all(&r, text, err);
    if (status != GM_OK)
        return status;
    if (r.kind != QUANTITY_DURATION)
        return fail(err, text, "is not a duration such as 15min, 7d or 1h30min");
    if (!r.is_whole)
        return fail(err, text, "is not a whole number of microseconds");
    if (r.is_too_large || r.whole > (uint64_t)INT64_MAX)
        return fail(err, text, "is too long");
    *out = r.negative ? -(int64_t)r.whole : (int64_t)r.whole;
    return GM_OK;
}

gm_status quantity_parse_bytes(uint64_t *out, const char *text, gm_error *err)
{
    reading r;
    gm_status status = read_all(&r, text, err);
    if (status != GM_OK)
        return status;
    if (r.kind != QUANTITY_BYTES)
        return fail(err, text, "is not a number of bytes such as 64MiB or 4096B");
    if (!r.is_whole || (r.negative && r.whole > 0))
        return fail(err, text, "is not a whole number of bytes");
    if (r.is_too_large)
        return fail(err, text, "is too large");
    *out = r.whole;
    return GM_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * stats_tail.c - incomplete gamma and beta functions; see stats_tail.h.
 *
 * A tail is its slope (the density by ln x, or by ln(x / y)) times a factor. The slope is written
 * with deviances (Loader, "Fast and accurate computation of binomial probabilities", 2000), which
 * keeps it accurate for any size of the parameters. The factor comes from a series or a continued
 * fraction (modified Lentz) for small parameters; both take some multiple of sqrt(a) steps, so for
 * large ones the factor is integrated instead: in these variables the log of the density is concave
 * and smooth, and Gauss-Legendre panels down to e^-40 of its start give full accuracy at a constant
 * price. */
#include "base/stats_tail.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "base/stats.h"

#define LN_SQRT_2PI 0.91893853320467274178
#define TINY        1e-300

enum { STEPS_MAX = 100000, SOLVE_STEPS_MAX = 200 };

/* Parameters from here on are large: integration is faster than the series. */
static const double large = 40;

/* ---- slopes ------------------------------------------------------------------------------ */

/* u - ln(1 + u), where ratio = 1 + u is known better than from u when u is not small. */
static double deviance(double u, double ratio)
{
    if (!(fabs(u) < 0.5))
        return u - log(ratio);
    /* ln(1 + u) = 2 artanh(r) with r = u / (2 + u); the first term is taken off by hand. */
    double r = u / (2 + u), y = r * r, power = 1, sum = 0;
    for (int k = 3;; k += 2) {
        double term = power / k;
        sum += term;
        if (term < sum * (DBL_EPSILON / 4))
            break;
        power *= y;
    }
    return r * (u - 2 * y * sum);
}

/* ln Gamma(a) less Stirling's formula (a - 1/2) ln a - a + ln sqrt(2 pi). */
static double stirling_error(double a)
{
    if (a < 10) {
        int sign;
        return lgamma_r(a, &sign) - ((a - 0.5) * log(a) - a + LN_SQRT_2PI);
    }
    double z = 1 / (a * a);
    double sum = 1.0 / 156;
    sum = sum * z - 691.0 / 360360;
    sum = sum * z + 1.0 / 1188;
    sum = sum * z - 1.0 / 1680;
    sum = sum * z + 1.0 / 1260;
    sum = sum * z - 1.0 / 360;
    sum = sum * z + 1.0 / 12;
    return sum / a;
}

double stats_tail_gamma_slope(double a, double x)
{
    double u = (x - a) / a;
    return exp(-a * deviance(u, x / a) - stirling_error(a)) * sqrt(a) * exp(-LN_SQRT_2PI);
}

/* (a + b) x - a, exact but for one rounding: how far x is from the mean, times a + b. */
static double excess(double a, double b, double x, double y)
{
    return x <= y ? fma(a + b, x, -a) : -fma(a + b, y, -b);
}

double stats_tail_beta_slope(double a, double b, double x, double y)
{
    double n = a + b, d = excess(a, b, x, y);
    double exponent = -a * deviance(d / a, x * (n / a)) - b * deviance(-d / b, y * (n / b));
    exponent += stirling_error(n) - stirling_error(a) - stirling_error(b);
    return exp(exponent) * sqrt(a * (b / n)) * exp(-LN_SQRT_2PI);
}

/* ---- the factor by integration ----------------------------------------------------------- */

/* The log of the density at a distance t from the start, relative to there:
 * c t - m (e^t - 1 - t) + n dev(p (e^t - 1)), m = n p. Of gamma n = 0 and m = x. */
typedef struct log_density {
    double c, m, n, p;
} log_density;

/* e^t - 1 - t */
static double exp_rest(double t)
{
    if (fabs(t) > 0.5)
        return expm1(t) - t;
    double term = t * t / 2, sum = 0;
    for (int k = 3; fabs(term) > fabs(sum) * (DBL_EPSILON / 4); k++) {
        sum += term;
        term *= t / k;
    }
    return sum;
}

static double log_density_at(const log_density *g, double t)
{
    double rest = g->m * exp_rest(t);
    if (g->n > 0) {
        double z = g->p * expm1(t);
        if (fabs(t) > 0.5)
            rest = g->n * (log1p(z) - g->p * t);
        else
            rest -= g->n * deviance(z, 1 + z);
    }
    return g->c * t - rest;
}

/* The integral of the density from 0 in the direction (1 or -1) in which it falls. */
static double integrate(const log_density *g, double direction)
{
    static const struct {
        double x, weight;
    } nodes[] = {
        {0.09501250983763744019, 0.1894506104550684963},
        {0.2816035507792589132, 0.1826034150449235889},
        {0.4580167776572273863, 0.1691565193950025382},
        {0.6178762444026437484, 0.1495959888165767321},
        {0.7554044083550030339, 0.1246289712555338721},
        {0.8656312023878317439, 0.09515851168249278481},
        {0.9445750230732325761, 0.06225352393864789286},
        {0.9894009349916499326, 0.02715245941175409485},
    };
    enum { PANELS = 6 };
    double curvature = g->m * (1 - g->p), slope = fabs(g->c);
    double end = 80 / (slope + sqrt(slope * slope + 80 * curvature));
    for (int i = 0; i < 200 && log_density_at(g, direction * end) > -38; i++)
        end *= 1.25;
    for (int i = 0; i < 200 && log_density_at(g, direction * end) < -50; i++)
        end *= 0.9;
    double half = end / (2 * PANELS), sum = 0;
    for (int panel = PANELS - 1; panel >= 0; panel--) { /* small parts first */
        double middle = (2 * panel + 1) * half;
        for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
            double t = half * nodes[i].x;
            sum += nodes[i].weight * (exp(log_density_at(g, direction * (middle + t))) +
                                      exp(log_density_at(g, direction * (middle - t))));
        }
    }
    return sum * half;
}

/* ---- gamma ------------------------------------------------------------------------------- */

/* sum over k of x^k / (a (a + 1) … (a + k)) */
static double gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int k = 1; k < STEPS_MAX && term > sum * (DBL_EPSILON / 4); k++) {
        term *= x / (a + k);
        sum += term;
    }
    return sum;
}

/* 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / …)) */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, f = d;
    for (int k = 1; k < STEPS_MAX; k++) {
        double numerator = -k * (k - a);
        b += 2;
        d = numerator * d + b;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = b + numerator / c;
        c = fabs(c) < TINY ? TINY : c;
        f *= d * c;
        if (fabs(d * c - 1) < DBL_EPSILON)
            break;
    }
    return f;
}

double stats_tail_gamma(double a, double x, bool is_upper)
{
    if (!(x > 0))
        return is_upper ? 1 : 0;
    if (isinf(x))
        return is_upper ? 0 : 1;
    bool is_above = a < large ? x >= a + 1 : x >= a;
    double factor;
    if (a >= large) {
        log_density g = {.c = a - x, .m = x};
        factor = integrate(&g, is_above ? 1 : -1);
    } else {
        factor = is_above ? gamma_fraction(a, x) : gamma_series(a, x);
    }
    double tail = fmin(stats_tail_gamma_slope(a, x) * factor, 1);
    return is_above == is_upper ? tail : 1 - tail;
}

/* ---- beta -------------------------------------------------------------------------------- */

/* DLMF 8.17.22 divided by a. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), f = d;
    for (int k = 1; k < STEPS_MAX; k++) {
        double last = 1;
        for (int odd = 0; odd < 2; odd++) {
            double numerator = odd ? -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
                                   : k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
            d = 1 + numerator * d;
            d = 1 / (fabs(d) < TINY ? TINY : d);
            c = 1 + numerator / c;
            c = fabs(c) < TINY ? TINY : c;
            last = d * c;
            f *= last;
        }
        if (fabs(last - 1) < DBL_EPSILON)
            break;
    }
    return f / a;
}

/* I_x(a, b) for x up to its mean. */
static double beta_lower(double a, double b, double x, double y)
{
    double factor;
    if (a < large) {
        factor = beta_fraction(a, b, x);
    } else {
        double n = a + b, d = excess(a, b, x, y);
        bool is_x = x <= y; /* the smaller one is the variable of the integral */
        double p = is_x ? x : y;
        log_density g = {.c = is_x ? -d : d, .m = n * p, .n = n, .p = p};
        factor = integrate(&g, is_x ? -1 : 1);
    }
    return fmin(stats_tail_beta_slope(a, b, x, y) * factor, 1);
}

double stats_tail_beta(double a, double b, double x, double y)
{
    if (!(x > 0))
        return 0;
    if (!(y > 0))
        return 1;
    if (excess(a, b, x, y) <= 0)
        return beta_lower(a, b, x, y);
    return 1 - beta_lower(b, a, y, x);
}

/* ---- quantiles of gamma and beta --------------------------------------------------------- */

/* A tail as a function of s: of gamma x = e^s, of beta x / y = e^s. */
typedef struct curve {
    double a, b; /* b is 0 for gamma */
    bool is_upper;
} curve;

static void curve_at(const curve *c, double s, double *tail, double *slope)
{
    if (c->b > 0) {
        double x = 1 / (1 + exp(-s)), y = 1 / (1 + exp(s));
        *tail = stats_tail_beta(c->a, c->b, x, y);
        *slope = stats_tail_beta_slope(c->a, c->b, x, y);
        return;
    }
    double x = exp(s);
    *tail = stats_tail_gamma(c->a, x, c->is_upper);
    *slope = stats_tail_gamma_slope(c->a, x);
}

/* The s at which the tail is target (0 < target < 1), from a guess on. */
static double curve_solve(const curve *c, double target, double s)
{
    double low = -(double)INFINITY, high = (double)INFINITY; /* the root lies between */
    double sign = c->is_upper ? -1 : 1, log_target = log(target);
    for (int i = 0; i < SOLVE_STEPS_MAX; i++) {
        double tail, slope;
        curve_at(c, s, &tail, &slope);
        bool is_low = c->is_upper ? tail > target : tail < target;
        if (is_low)
            low = s;
        else
            high = s;
        double next = s - sign * (log(tail) - log_target) * tail / slope;
        if (!isfinite(next) || next <= low || next >= high) {
            if (isfinite(low) && isfinite(high))
                next = low + (high - low) / 2;
            else if (!isfinite(next))
                next = is_low ? s + 1 : s - 1;
        }
        double step = fabs(next - s);
        s = next;
        if (step < 1e-14 + 2e-16 * fabs(s))
            break;
    }
    return s;
}

double stats_tail_gamma_quantile(double a, double tail, bool is_upper)
{
    curve c = {.a = a, .is_upper = is_upper};
    /* Wilson and Hilferty 1931; the first term of the series where that is no use. */
    double z = stats_normal_quantile(tail), h = 1 / (9 * a);
    double root = 1 - h + (is_upper ? -z : z) * sqrt(h);
    int sign;
    double s = root > 0.1 ? log(a) + 3 * log(root) : (log(tail) + lgamma_r(a + 1, &sign)) / a;
    return exp(curve_solve(&c, tail, s));
}

double stats_tail_beta_quantile(double a, double b, double tail, double guess)
{
    curve c = {.a = a, .b = b, .is_upper = false};
    return curve_solve(&c, tail, guess);
}

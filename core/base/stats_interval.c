/* SPDX-License-Identifier: Apache-2.0
 * stats_interval.c - confidence intervals; see stats.h and gm_ext_stats for the contracts. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "base/stats.h"
#include "base/stats_tail.h"

static const double not_a_number = (double)NAN;

static bool is_level(double level)
{
    return level > 0 && level < 1;
}

/* ---- shares and counts ------------------------------------------------------------------- */

void stats_wilson(double k, double n, double level, double *lower, double *upper)
{
    *lower = *upper = not_a_number;
    if (!is_level(level) || !(n > 0) || isinf(n) || !(k >= 0) || !(k <= n))
        return;
    /* Wilson, JASA 22 (1927): the roots of (k/n - p)^2 = z^2 p (1 - p) / n. The lower one is had
     * from the product of the roots, so that nothing cancels. */
    double z = -stats_normal_quantile((1 - level) / 2), zz = z * z;
    double sum = k + zz / 2 + z * sqrt(k * ((n - k) / n) + zz / 4);
    *lower = fmax(k * (k / n) / sum, 0);
    *upper = k < n ? fmin(sum / (n + zz), 1) : 1;
}

void stats_poisson(double k, double level, double *lower, double *upper)
{
    *lower = *upper = not_a_number;
    if (!is_level(level) || !(k >= 0) || isinf(k))
        return;
    /* Garwood, Biometrika 28 (1936). */
    double half = (1 - level) / 2;
    *lower = k > 0 ? stats_tail_gamma_quantile(k, half, false) : 0;
    *upper = stats_tail_gamma_quantile(k + 1, half, true);
}

/* ---- quantiles --------------------------------------------------------------------------- */

/* P(X <= r - 1) and P(X >= r) for X binomial (n, q), 1 <= r <= n. */
static double below(uint64_t r, uint64_t n, double q)
{
    return stats_beta_i((double)(n - r + 1), (double)r, 1 - q);
}

static double from(uint64_t r, uint64_t n, double q)
{
    return stats_beta_i((double)r, (double)(n - r + 1), q);
}

void stats_quantile_ranks(uint64_t n, double q, double level, uint64_t *lower, uint64_t *upper)
{
    *lower = *upper = 0;
    if (n == 0 || !(q >= 0) || !(q <= 1) || !is_level(level))
        return;
    /* A tail that equals the bound counts as inside; rounding must not hide that. */
    double bound = (1 - level) / 2 * (1 + 1e-12);
    uint64_t low = 0, high = n + 1; /* below(low) <= bound < below(high), as far as they exist */
    while (high - low > 1) {
        uint64_t r = low + (high - low) / 2;
        if (below(r, n, q) <= bound)
            low = r;
        else
            high = r;
    }
    *lower = low;
    low = 0;
    high = n + 1; /* from(low) > bound >= from(high) */
    while (high - low > 1) {
        uint64_t r = low + (high - low) / 2;
        if (from(r, n, q) <= bound)
            high = r;
        else
            low = r;
    }
    *upper = high <= n ? high : 0;
}

/* ---- sums over units --------------------------------------------------------------------- */

/* Fieller's limits (JRSS B 16, 1954): the ratios r with (ym - r xm)^2 <= t^2 Var(ym - r xm), where
 * xm, ym are means and vxx, vxy, vyy the variances of these. False when they do not bound r. */
static bool fieller(double xm, double ym, double vxx, double vxy, double vyy, double t,
                    double *lower, double *upper)
{
    double tt = t * t;
    double a = xm * xm - tt * vxx;
    if (!(a > 0))
        return false; /* g >= 1 */
    double b = xm * ym - tt * vxy;
    double r = ym / xm;
    double spread = xm * xm * (vyy - 2 * r * vxy + r * r * vxx) - tt * (vxx * vyy - vxy * vxy);
    double root = t * sqrt(fmax(spread, 0));
    *lower = (b - root) / a;
    *upper = (b + root) / a;
    return true;
}

void stats_ratio_of_units(const gm_units_moments *m, double level, double *lower, double *upper,
                          double *se, uint32_t *method)
{
    *lower = *upper = *se = not_a_number;
    *method = GM_U_NONE;
    if (m->overflowed || m->n < 2 || !is_level(level) || !(fabs(m->x) > 0))
        return;
    double n = m->n, xm = m->x / n, ym = m->y / n, r = m->y / m->x;
    double scale = 1 / ((n - 1) * n); /* from sums of squares to variances of means */
    double vxx = m->xx * scale, vxy = m->xy * scale, vyy = m->yy * scale;
    double t = -stats_t_quantile((1 - level) / 2, n - 1);
    double delta_se = sqrt(fmax(vyy - 2 * r * vxy + r * r * vxx, 0)) / fabs(xm);
    if (sqrt(fmax(vxx, 0)) > 0.3 * fabs(xm)) {
        if (!fieller(xm, ym, vxx, vxy, vyy, t, lower, upper))
            return;
        *method = GM_U_FIELLER;
    } else {
        *lower = r - t * delta_se;
        *upper = r + t * delta_se;
        *method = GM_U_UNITS;
    }
    *se = delta_se;
}

void stats_total_of_units(const gm_units_moments *m, double level, double *lower, double *upper,
                          double *se)
{
    *lower = *upper = *se = not_a_number;
    if (m->overflowed || !is_level(level) || m->n < (m->is_bucketed ? 2u : 1u))
        return;
    double n = m->n, half = (1 - level) / 2;
    double variance, factor;
    if (m->is_bucketed) {
        variance = m->yy * (n / (n - 1));
        factor = -stats_t_quantile(half, n - 1);
    } else {
        /* A compound Poisson process: the variance of the total is the sum of squares. */
        variance = m->yy + m->y * (m->y / n);
        factor = -stats_normal_quantile(half);
    }
    *se = sqrt(fmax(variance, 0));
    *lower = m->y - factor * *se;
    *upper = m->y + factor * *se;
}

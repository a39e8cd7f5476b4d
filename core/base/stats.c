/* SPDX-License-Identifier: Apache-2.0
 * stats.c - distribution functions and quantiles; see stats.h. The tails behind them are in
 * stats_tail.c, intervals in stats_interval.c. */
#include "base/stats.h"

#include <math.h>
#include <stdbool.h>

#include "base/stats_tail.h"

static const double not_a_number = (double)NAN;

double stats_gamma_p(double a, double x)
{
    if (!(a > 0) || isinf(a) || !(x >= 0))
        return not_a_number;
    return stats_tail_gamma(a, x, false);
}

double stats_beta_i(double a, double b, double x)
{
    if (!(a > 0) || !(b > 0) || isinf(a) || isinf(b) || !(x >= 0) || !(x <= 1))
        return not_a_number;
    return stats_tail_beta(a, b, x, 1 - x);
}

/* ---- normal ------------------------------------------------------------------------------ */

static double polynomial(const double *c, double r)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * r + c[i];
    return sum;
}

double stats_normal_quantile(double p)
{
    /* Wichura, Algorithm AS 241, Applied Statistics 37 (1988), PPND16: numerators, denominators. */
    static const double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                               1.9715909503065514427e+3, 1.3731693765509461125e+4,
                               4.5921953931549871457e+4, 6.7265770927008700853e+4,
                               3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[] = {1.0,
                               4.2313330701600911252e+1,
                               6.8718700749205790830e+2,
                               5.3941960214247511077e+3,
                               2.1213794301586595867e+4,
                               3.9307895800092710610e+4,
                               2.8729085735721942674e+4,
                               5.2264952788528545610e+3};
    static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                               5.76949722146069140550e0,  3.64784832476320460504e0,
                               1.27045825245236838258e0,  2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[] = {1.0,
                               2.05319162663775882187e0,
                               1.67638483018380384940e0,
                               6.89767334985100004550e-1,
                               1.48103976427480074590e-1,
                               1.51986665636164571966e-2,
                               5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                               1.78482653991729133580e0,  2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {1.0,
                               5.99832206555887937690e-1,
                               1.36929880922735805310e-1,
                               1.48753612908506148525e-2,
                               7.86869131145613259100e-4,
                               1.84631831751005468180e-5,
                               1.42151175831644588870e-7,
                               2.04426310338993978564e-15};
    if (!(p >= 0) || !(p <= 1))
        return not_a_number;
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    double tail = q < 0 ? p : 1 - p, z = (double)INFINITY;
    if (tail > 0) {
        double r = sqrt(-log(tail));
        z = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                   : polynomial(e, r - 5) / polynomial(f, r - 5);
    }
    return q < 0 ? -z : z;
}

/* ---- chi squared and Student's t --------------------------------------------------------- */

double stats_chi2_quantile(double p, double df)
{
    if (!(p >= 0) || !(p <= 1) || !(df > 0) || isinf(df))
        return not_a_number;
    if (!(p > 0))
        return 0;
    if (!(p < 1))
        return (double)INFINITY;
    bool is_upper = p > 0.5;
    return 2 * stats_tail_gamma_quantile(df / 2, is_upper ? 1 - p : p, is_upper);
}

double stats_t_quantile(double p, double df)
{
    if (!(p >= 0) || !(p <= 1) || !(df > 0))
        return not_a_number;
    double tail = p < 0.5 ? p : 1 - p, centre = fabs(p - 0.5);
    double z = fabs(stats_normal_quantile(p)), t = z;
    if (tail > 0 && centre > 0 && df < 1e16) {
        /* t^2 / df = y / x: the tails have the probability I_x(df/2, 1/2), the centre the rest. */
        double guess = 2 * log(z) - log(df);
        double s = tail < 0.25 ? -stats_tail_beta_quantile(df / 2, 0.5, 2 * tail, -guess)
                               : stats_tail_beta_quantile(0.5, df / 2, 2 * centre, guess);
        t = sqrt(df) * exp(s / 2);
    }
    return p < 0.5 ? -t : t;
}

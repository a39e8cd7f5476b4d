/* SPDX-License-Identifier: Apache-2.0
 * stats_tail.h - tails of the gamma and beta distributions, each computed directly so that small
 * ones keep their relative accuracy. Private to stats*.c. Arguments are checked by the callers. */
#ifndef GM_BASE_STATS_TAIL_H
#define GM_BASE_STATS_TAIL_H

#include <stdbool.h>

/* P(a, x), or Q(a, x) when is_upper. a > 0. */
double stats_tail_gamma(double a, double x, bool is_upper);
/* x^a e^-x / Gamma(a): the derivative of P(a, x) by ln x. */
double stats_tail_gamma_slope(double a, double x);

/* I_x(a, b) with y = 1 - x given too, since the smaller of both is the exact one. a, b > 0. */
double stats_tail_beta(double a, double b, double x, double y);
/* x^a y^b / B(a, b): the derivative of I_x(a, b) by ln(x / y). */
double stats_tail_beta_slope(double a, double b, double x, double y);

/* The x with that tail, 0 < tail < 1; and ln(x / y), from a guess of it on. */
double stats_tail_gamma_quantile(double a, double tail, bool is_upper);
double stats_tail_beta_quantile(double a, double b, double tail, double guess);

#endif

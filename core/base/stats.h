/* SPDX-License-Identifier: Apache-2.0
 * stats.h - the intervals and quantiles that plugins (gm.stats/1) and rules share. Pure functions;
 * a limit that does not exist is NaN. Sources stand at each. Relative accuracy 1e-10 or better. */
#ifndef GM_BASE_STATS_H
#define GM_BASE_STATS_H

#include <stdint.h>

#include <goalmill/services.h>

/* Regularised incomplete gamma P(a, x) and beta I_x(a, b). */
double stats_gamma_p(double a, double x);
double stats_beta_i(double a, double b, double x);

double stats_normal_quantile(double p); /* Wichura 1988, AS 241 */
double stats_t_quantile(double p, double df);
double stats_chi2_quantile(double p, double df);

/* See gm_ext_stats for what these take and give. */
void stats_wilson(double k, double n, double level, double *lower, double *upper);
void stats_poisson(double k, double level, double *lower, double *upper);
void stats_quantile_ranks(uint64_t n, double q, double level, uint64_t *lower, uint64_t *upper);
void stats_ratio_of_units(const gm_units_moments *m, double level, double *lower, double *upper,
                          double *se, uint32_t *method);
void stats_total_of_units(const gm_units_moments *m, double level, double *lower, double *upper,
                          double *se);

#endif

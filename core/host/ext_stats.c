/* SPDX-License-Identifier: Apache-2.0
 * ext_stats.c - see ext_stats.h. */
#include "host/ext_stats.h"

#include "base/stats.h"

const gm_ext_stats ext_stats_service = {
    .struct_size = sizeof(gm_ext_stats),
    .normal_quantile = stats_normal_quantile,
    .t_quantile = stats_t_quantile,
    .wilson = stats_wilson,
    .poisson = stats_poisson,
    .quantile_ranks = stats_quantile_ranks,
    .ratio_of_units = stats_ratio_of_units,
    .total_of_units = stats_total_of_units,
};

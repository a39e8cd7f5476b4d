/* SPDX-License-Identifier: Apache-2.0
 * value.h - finished metric outputs, as the reduce gives them to scoring and reports.
 *
 * A value is one output of one metric, for one group and one label (or none): what it is for the
 * period, for the period before, and by bucket. The order in a value_set is fixed: metrics as
 * configured, outputs as declared, then groups and labels bytewise, the total before the groups. */
#ifndef GM_PART_VALUE_H
#define GM_PART_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/arena.h"
#include "base/error.h"

typedef struct value_label {
    const char *name;
    const char
        *text; /* UTF-8, ended by NUL (a NUL inside became U+FFFD); NULL: the field was missing */
} value_label;

/* One number with all that belongs to it. */
typedef struct value_figure {
    uint32_t status; /* GM_S_* */
    uint32_t method; /* GM_U_* */
    uint32_t flags;  /* GM_EF_* */
    bool is_null;    /* then there is no number */
    bool is_integer; /* the number is i, else f */
    int64_t i;
    double f;
    uint64_t n;
    double num, den, lower, upper, level, se; /* NaN: none */
} value_figure;

typedef struct value_point {
    int64_t start_us; /* of the bucket */
    double value;     /* NaN: null */
} value_point;

typedef struct value {
    uint32_t metric_index, output_index; /* in the plan */
    const char *metric, *output, *unit;
    uint32_t direction; /* GM_D_* of the output */
    uint32_t kind;      /* GM_K_* */
    value_label *groups;
    uint32_t n_groups; /* 0 without `by`, and for the total of a metric with `by` */
    value_label labels[2];
    uint32_t n_labels;
    value_figure current;
    value_figure previous;
    bool has_previous; /* the run compares with an earlier period */
    value_point *series;
    uint32_t n_series;
    const char *error; /* why, when current.status is GM_S_ERROR; else NULL */
} value;

typedef struct value_set {
    value *items;
    uint32_t n, cap;
    arena memory; /* owns all texts and series */
} value_set;

void value_set_init(value_set *set);
void value_set_deinit(value_set *set);
value *value_set_add(value_set *set); /* zeroed; borrowed until the next add */

/* The number as double; NaN when null. */
double value_number(const value_figure *f);
const char *value_status_name(uint32_t status); /* ok, no_data, low_n, immature, error */
const char *value_method_name(uint32_t method); /* wilson, poisson, …; NULL for none */
/* Calls the name of each set flag, in a fixed order: names[0..n), n at most VALUE_FLAGS_MAX. */
enum { VALUE_FLAGS_MAX = 16 };
uint32_t value_flag_names(uint32_t flags, const char *names[VALUE_FLAGS_MAX]);

#endif

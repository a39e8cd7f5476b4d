/* SPDX-License-Identifier: Apache-2.0
 * services.h - what the host offers to plugins by id, and what a plugin may offer to the host.
 *
 * A service is a struct of functions, fetched once in create() with host->get_extension(host, id)
 * and valid for ever. Sketches are shared so that no plugin brings its own: all are additive, give
 * the same bytes for any partition of their input, and load() distrusts its bytes. */
#ifndef GOALMILL_SERVICES_H
#define GOALMILL_SERVICES_H

#include <goalmill/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "gm.xsum/1"      exact sum of doubles. make: arg unused. add: x. get: value = the sum, rounded
 *                  once; NaN when a NaN or infinity was added. bound = 0.
 *                  (Neal, "Fast exact summation using small and large superaccumulators", 2015)
 * "gm.hll/1"       distinct count. make: arg = precision p, 4 to 18, registers = 2^p. add: hashes.
 *                  get: value = estimate; bound = its relative standard error, 1.04 / sqrt(2^p).
 *                  (Flajolet et al. 2007; estimator of Ertl 2017)
 * "gm.ddsketch/1"  quantiles. make: arg = relative accuracy, 0.0001 to 0.1. add: x (finite).
 *                  get: arg = quantile 0 to 1; value = estimate of the order statistic of rank
 *                  floor(arg * (n - 1)); bound = the relative accuracy; NaN when empty.
 *                  (Masson, Rim, Lee 2019)
 * gm_ext_set.sketch of "gm.set/1", see below, has the same functions. */
#define GM_XSUM_ID     "gm.xsum/1"
#define GM_HLL_ID      "gm.hll/1"
#define GM_DDSKETCH_ID "gm.ddsketch/1"

typedef struct gm_ext_sketch {
    uint32_t struct_size, reserved;
    gm_status (*make)(const gm_host *, double arg, void **out);
    void (*drop)(const gm_host *, void *);
    gm_status (*add)(void *, const uint64_t *hashes, const double *x, uint32_t n);
    gm_status (*merge)(void *dst, const void *src);
    gm_status (*save)(const void *, gm_writer *);
    /* Takes as many of the n bytes as save() wrote; *used says how many. */
    gm_status (*load)(const gm_host *, const void *p, size_t n, void **out, size_t *used);
    gm_status (*get)(const void *, double arg, double *value, double *bound);
} gm_ext_sketch;

/* "gm.set/1"       exact set of hashes. sketch: make: arg unused. add: hashes. get: value = how many;
 *                  bound = 0. */
#define GM_SET_ID "gm.set/1"

typedef struct gm_ext_set {
    uint32_t struct_size, reserved;
    const gm_ext_sketch *sketch;
    uint64_t (*overlap)(const void *a, const void *b); /* how many are in both */
    /* The next hashes in ascending order, at most cap of them; *cursor is 0 at first. 0: no more. */
    uint32_t (*next)(const void *, uint64_t *cursor, uint64_t *hashes, uint32_t cap);
} gm_ext_set;

/* "gm.units/1"     sums of two numbers by independent unit, for the variance of sums and ratios:
 *                  each unit by itself up to GM_UNITS_MAX units, then that many buckets of the
 *                  unit's hash. Numbers are kept as fixed point with 64 fractional bits, so that
 *                  any order gives the same bytes. Once the sizes of all x, or of all y, sum to 2^62 or
 *                  more, or one is no finite number, the whole counts as overflowed. */
#define GM_UNITS_ID  "gm.units/1"
#define GM_UNITS_MAX 256u

typedef struct gm_units_moments {
    uint32_t struct_size; /* set it before the call: the host fills no more than that */
    uint32_t n;           /* units, or buckets once there are more units than GM_UNITS_MAX */
    uint32_t is_bucketed; /* n counts buckets: all GM_UNITS_MAX, empty ones too */
    uint32_t overflowed;  /* the sums below mean nothing */
    double x, y;          /* totals */
    double xx, xy, yy;    /* centred second moments: sums of squares and products over n, not means */
    double x_max;         /* the largest x of a unit; NaN when bucketed or without units */
} gm_units_moments;

typedef struct gm_ext_units {
    uint32_t struct_size, reserved;
    gm_status (*make)(const gm_host *, void **out);
    void (*drop)(const gm_host *, void *);
    /* n rows: units[i] is the hash of row i's unit; NULL for x or y: 0 throughout. */
    gm_status (*add)(void *, const uint64_t *units, const double *x, const double *y, uint32_t n);
    gm_status (*merge)(void *dst, const void *src);
    gm_status (*save)(const void *, gm_writer *);
    gm_status (*load)(const gm_host *, const void *p, size_t n, void **out, size_t *used);
    gm_status (*moments)(const void *, gm_units_moments *out);
} gm_ext_units;

/* "gm.stats/1"     the intervals of the catalogue. level: 0 < level < 1. A limit that does not
 *                  exist is NaN. */
#define GM_STATS_ID "gm.stats/1"

typedef struct gm_ext_stats {
    uint32_t struct_size, reserved;
    double (*normal_quantile)(double p);
    double (*t_quantile)(double p, double df);
    /* Wilson 1927: k of n, 0 <= k <= n, n > 0 (both may be fractional). */
    void (*wilson)(double k, double n, double level, double *lower, double *upper);
    /* Garwood 1936: exact interval of a Poisson count k. */
    void (*poisson)(double k, double level, double *lower, double *upper);
    /* The order statistics (ranks from 1) that cover the q-quantile of n values with at least
     * level; 0 for a rank that does not exist. */
    void (*quantile_ranks)(uint64_t n, double q, double level, uint64_t *lower, uint64_t *upper);
    /* Ratio y / x of totals over units: delta method with Student t on n - 1 degrees of freedom;
     * Fieller's limits when the coefficient of variation of mean x exceeds 0.3. *method is
     * GM_U_UNITS or GM_U_FIELLER; no limits: GM_U_NONE and NaN. */
    void (*ratio_of_units)(const gm_units_moments *, double level, double *lower, double *upper,
                           double *se, uint32_t *method);
    /* Total y over units that come as a Poisson process: variance = sum of squares of the units'
     * sums (bucketed: variance between buckets). */
    void (*total_of_units)(const gm_units_moments *, double level, double *lower, double *upper,
                           double *se);
} gm_ext_stats;

/* "gm.text/1"      numbers as goalmill prints and compares them. */
#define GM_TEXT_ID       "gm.text/1"
#define GM_TEXT_SIZE     32u

typedef struct gm_ext_text {
    uint32_t struct_size, reserved;
    /* The shortest decimal that reads back as v (finite), e.g. the label of a quantile; returns its
     * length; no NUL is promised. */
    uint32_t (*format_f64)(double v, char text[GM_TEXT_SIZE]);
} gm_ext_text;

/* ---- offered by plugins, through gm_metric.get_extension -------------------------------------- */

/* "gm.history/1": how much before the scored window is needed (look-back, opening balance). */
typedef struct gm_ext_history {
    uint32_t struct_size, reserved;
    int64_t (*before_us)(gm_inst *); /* 0, microseconds, or INT64_MAX for all there is */
} gm_ext_history;

/* "gm.keyed/1": not folded while reading. The host keeps the projected rows sorted by key, merges
 * them over logs and days, and calls update with whole keys in order. A key is split only above
 * 65,536 rows; its working data then lives in states[0], which stays the same for the task and is
 * never serialised or merged while a key is open. */
typedef struct gm_ext_keyed {
    uint32_t struct_size;
    uint32_t key_param; /* the EXPR parameter that gives the key */
    uint32_t passes;    /* 1, or 2: all keys come twice */
    uint32_t reserved;
    gm_status (*next_pass)(gm_inst *, const gm_state *merged);
} gm_ext_keyed;

/* "gm.derive/1": computed from other metrics' finished values, once a group. */
typedef struct gm_point {
    uint32_t struct_size, status;
    gm_str group, label, label2;
    int64_t bucket;
    double value, num, den, se, lower, upper, level;
    uint64_t n;
} gm_point;

typedef struct gm_series {
    uint32_t struct_size, n_points;
    const gm_point *const *points;
    const char *metric, *output, *unit;
    uint32_t param, item; /* the METRIC parameter, and its place in a LIST */
} gm_series;

typedef struct gm_ext_derive {
    uint32_t struct_size, reserved;
    gm_status (*derive)(gm_inst *, const gm_series *const *inputs, uint32_t n_inputs,
                        const gm_config *, gm_emitter *);
} gm_ext_derive;

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 * plugin.h - the ABI of metric plugins, major version 1.
 *
 * A plugin is a shared object with one exported function, gm_entry_v1. It returns static
 * descriptors (what a metric takes and gives) and the functions that compute it. A metric is an
 * aggregate: the host creates an instance for each configured use, asks it for states, updates them
 * with batches of events in columns, merges and serialises states, and asks for the values at the
 * end. Where, group, bucket, files, processes and order are the host's business.
 *
 * Rules of growth: every struct that crosses the boundary starts with struct_size and only ever
 * grows at the end; a late field is read only after GM_HAS(). Arrays of growing structs are arrays of
 * pointers, so that the stride never depends on who compiled what. Only fixed-width integers,
 * double, pointers and {ptr, len} cross.
 *
 * Tags in comments: [plugin] and [host] say who fills a struct; [setup] and [worker] say when a
 * function is called. Everything the host passes to a call is borrowed until the call returns,
 * unless it says otherwise. An instance and its states are used by one thread at a time.
 * C11 and C++11. */
#ifndef GOALMILL_PLUGIN_H
#define GOALMILL_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GM_ABI_MAJOR    1u /* another major has another entry symbol; the old one is kept */
#define GM_ABI_MINOR    0u /* grows with appended fields and optional extensions */
#define GM_ENTRY_SYMBOL "gm_entry_v1"

#if defined(__GNUC__)
#define GM_EXPORT       __attribute__((visibility("default")))
#define GM_PRINTF(a, b) __attribute__((format(printf, a, b)))
#else
#define GM_EXPORT
#define GM_PRINTF(a, b)
#endif

/* Is field f of *p there, that is: covered by the struct_size its writer gave? */
#define GM_HAS(p, f) \
    ((p) && (p)->struct_size >= offsetof(__typeof__(*(p)), f) + sizeof((p)->f))

/* ---- status ---------------------------------------------------------------------------------
 * 0 is fine, below 0 is an error. A plugin attaches a text with host->error() first. */
typedef int32_t gm_status;
enum {
    GM_OK = 0,
    GM_E_NOMEM = -1,
    GM_E_CONFIG = -2,
    GM_E_STATE = -3,  /* the bytes of a state are damaged */
    GM_E_FORMAT = -4, /* the format of a state is not supported */
    GM_E_INPUT = -5,
    GM_E_LIMIT = -6,
    GM_E_CANCELLED = -7,
    GM_E_UNSUPPORTED = -8,
    GM_E_INTERNAL = -9
};

/* ---- values and types ------------------------------------------------------------------------ */
typedef uint32_t gm_type;
enum {
    GM_T_BOOL = 1u,
    GM_T_I64 = 2u,
    GM_T_F64 = 3u,
    GM_T_STR = 4u,
    GM_T_TIME = 5u,     /* int64, microseconds since 1970-01-01T00:00:00Z */
    GM_T_DURATION = 6u, /* int64, microseconds */
    GM_T_ENUM = 7u,     /* int64, index into enum_values */
    GM_T_LIST = 8u,     /* of item_type */
    GM_T_EXPR = 9u,     /* an expression; the host compiles it and delivers a column of item_type */
    GM_T_METRIC = 10u   /* another metric's output, for gm.derive/1: u.i indexes the inputs */
};

/* Text: valid UTF-8, not ended by NUL, may hold NUL. Layout frozen. */
typedef struct gm_str {
    const char *ptr;
    uint32_t len;
    uint32_t reserved;
} gm_str;

/* Layout frozen. Of an EXPR, u.s is the source text. */
typedef struct gm_value {
    gm_type type;
    uint32_t is_null;
    union {
        int64_t i;
        double f;
        gm_str s;
        struct {
            const struct gm_value *items;
            uint64_t n;
        } l;
    } u;
} gm_value;

/* ---- descriptor [plugin]: static const data, read without running code ------------------------ */
enum {
    GM_P_REQUIRED = 1u << 0,
    GM_P_FINALIZE_ONLY = 1u << 1, /* does not change states: kept states stay valid */
    GM_P_DEPRECATED = 1u << 2,
    GM_P_SECRET = 1u << 3,
    GM_P_FAMILY = 1u << 4, /* keys NAME.ITEM: a LIST, its names in gm_config.item_names */
    GM_P_PART = 1u << 5    /* of an EXPR: a part of a ratio. count(COND) comes as a BOOL column,
                              sum(FIELD where COND) as F64 or I64, distinct(FIELD where COND) as STR
                              with hashes; null where COND does not hold. gm_bind.type says which. */
};

typedef struct gm_param {
    uint32_t struct_size;
    gm_type type;
    uint32_t flags; /* GM_P_* */
    gm_type item_type;  /* of a LIST and of an EXPR */
    uint32_t item_flags; /* GM_F_* of an EXPR column */
    uint32_t reserved;
    const char *name;
    const char *doc;
    const char *unit;               /* UCUM-like, or "" */
    gm_value def, min, max;         /* is_null, or left out: none */
    const char *const *enum_values; /* NULL-terminated; of an ENUM */
} gm_param;

enum {
    GM_F_OPTIONAL = 1u << 0,  /* nulls are delivered; without it a row with a null does not reach
                                 this metric and is counted. EXPR columns always deliver nulls; a
                                 null BOOL is 0. */
    GM_F_WANT_DICT = 1u << 1, /* the host should encode the column with a dictionary */
    GM_F_WANT_HASH = 1u << 2  /* the host supplies hashes (hash64 with seed 0) */
};

/* An event field that the metric reads. The host parses no field that nobody reads. */
typedef struct gm_field {
    uint32_t struct_size;
    gm_type type;
    uint32_t flags; /* GM_F_* */
    uint32_t reserved;
    const char *name;       /* time, actor, … or NULL when name_param gives it */
    const char *name_param; /* id of the STR parameter that names the field, or NULL */
    const char *doc;
} gm_field;

enum { GM_K_GAUGE = 1u, GM_K_COUNT = 2u, GM_K_RATIO = 3u, GM_K_QUANTILE = 4u, GM_K_RATE = 5u };
enum { GM_D_NEUTRAL = 0u, GM_D_HIGHER_BETTER = 1u, GM_D_LOWER_BETTER = 2u, GM_D_TARGET = 3u };
enum { GM_O_FAMILY = 1u << 0 /* one value a label: metric.output{label="x"} */ };

typedef struct gm_output {
    uint32_t struct_size;
    gm_type type;       /* BOOL, I64 or F64 */
    uint32_t kind;      /* GM_K_* */
    uint32_t direction; /* GM_D_* */
    uint32_t flags;     /* GM_O_* */
    uint32_t reserved;
    const char *name;
    const char *unit; /* "1" for a share; events, persons, …; "" unknown */
    const char *doc;
    const char *label, *label2; /* names of a family's labels, or NULL */
    const char *label_param;    /* id of the LIST parameter whose items are the labels, or NULL */
    const char *unit_from;      /* id of the parameter (a field's name, EXPR or METRIC) whose unit
                                   this output has, or NULL: unit */
    const char *unit_per;       /* with unit_from: id of the parameter whose unit that is divided by;
                                   equal units give "1". NULL: not divided */
} gm_output;

enum {
    GM_A_ORDER_SENSITIVE = 1u << 0, /* refused by hosts of major 1 */
    GM_A_EXACT = 1u << 1,           /* bit-equal for any partition of the events */
    GM_A_IDEMPOTENT = 1u << 2,      /* merge(s, s) equals s */
    GM_A_CANONICAL = 1u << 3,       /* equal states serialise to equal bytes */
    GM_A_INVERTIBLE = 1u << 4,      /* extension gm.unmerge/1 is there */
    GM_A_CONCURRENT = 1u << 5       /* different states may be updated in parallel */
};

typedef struct gm_descriptor {
    uint32_t struct_size;
    uint32_t abi_minor_min; /* the lowest host minor that works */
    uint64_t algebra;       /* GM_A_* */
    const char *id;         /* bare for shipped metrics, vendor.name else */
    const char *version;    /* semver */
    const char *vendor, *name, *description;
    const char *license; /* SPDX */
    const char *url;
    uint32_t state_format;     /* written by default */
    uint32_t state_format_min; /* still read: [min..state_format] */
    double tol_rel, tol_abs;   /* tolerance over partitions when not EXACT */
    uint64_t max_state_bytes;  /* 0: unbounded */
    uint32_t n_params, n_fields, n_outputs, reserved;
    const gm_param *const *params;
    const gm_field *const *fields;
    const gm_output *const *outputs;
} gm_descriptor;

/* ---- batch [host]: columns, borrowed for the call --------------------------------------------- */
enum { GM_ENC_FLAT = 0u, GM_ENC_DICT = 1u, GM_ENC_CONST = 2u };
enum { GM_C_SORTED_ASC = 1u << 0 };

typedef struct gm_column {
    uint32_t struct_size;
    gm_type type;
    uint32_t encoding; /* GM_ENC_* */
    uint32_t flags;
    const uint64_t *validity; /* bit r: row r is not null, least significant first; NULL: all valid */
    const void *data;         /* FLAT: uint8_t for BOOL, int64_t for I64 TIME DURATION, double for F64,
                                 gm_str for STR; CONST: one item */
    const uint32_t *codes;    /* DICT: a code a row, into dict */
    const gm_str *dict;
    uint32_t dict_len;
    uint32_t reserved;
    uint64_t dict_id;       /* same id: the dictionary has only grown since the batch before */
    const uint64_t *hashes; /* DICT, CONST: an entry; FLAT: a row; NULL unless asked for */
} gm_column;

typedef struct gm_batch {
    uint32_t struct_size;
    uint32_t n_rows;     /* at most 65,536; 0 is legal */
    const uint32_t *sel; /* NULL: rows 0 to n_rows - 1; else n_sel ascending row numbers */
    uint32_t n_sel;
    uint32_t n_cols;
    const gm_column *const *cols; /* cols[i] belongs to config->binds[i] */
    uint64_t seq;
    int64_t t_min, t_max; /* informational */
    /* Keyed metrics only: rows sorted by (key, time, system, id); run k is rows key_start[k] to
     * key_start[k + 1] - 1. */
    const uint32_t *key_start;
    uint32_t n_keys;
    uint32_t key_flags; /* GM_B_* */
} gm_batch;
enum {
    GM_B_FIRST_CONTINUES = 1u << 0, /* run 0 goes on with the last key of the batch before */
    GM_B_LAST_OPEN = 1u << 1        /* the last run goes on in the next batch */
};

/* ---- host services [host] --------------------------------------------------------------------- */
enum { GM_LOG_DEBUG = 0, GM_LOG_INFO = 1, GM_LOG_WARN = 2, GM_LOG_ERROR = 3 };

typedef struct gm_host {
    uint32_t struct_size;
    uint32_t abi_major, abi_minor, reserved;
    const char *name, *version;
    void *ctx;
    /* 16-byte aligned; NULL when the budget of the metric is used up. */
    void *(*alloc)(const struct gm_host *, size_t n);
    void *(*realloc)(const struct gm_host *, void *p, size_t n);
    void (*free)(const struct gm_host *, void *p);
    void (*log)(const struct gm_host *, int32_t level, const char *fmt, ...) GM_PRINTF(3, 4);
    /* Keeps the text for the user and returns code. */
    gm_status (*error)(const struct gm_host *, gm_status code, const char *fmt, ...)
        GM_PRINTF(3, 4);
    /* Frozen for ever, may be persisted: XXH3 64 bits with the seed. */
    uint64_t (*hash64)(const void *p, size_t n, uint64_t seed);
    /* A cheap poll for long calls: should this call end early with GM_E_CANCELLED? */
    int32_t (*cancelled)(const struct gm_host *);
    /* Services by id, see services.h; NULL when absent. Static. */
    const void *(*get_extension)(const struct gm_host *, const char *id);
} gm_host;

/* What a batch column is. */
typedef struct gm_bind {
    uint32_t struct_size;
    uint32_t field;       /* index into fields[], or UINT32_MAX */
    uint32_t param, item; /* else: the EXPR parameter, and its place in a LIST */
    gm_type type;
    uint32_t flags; /* GM_BIND_* */
    gm_str name;    /* the field's name when the column is a bare field or part of one, else empty */
    gm_str unit;    /* for money the currency, in minor units */
} gm_bind;
enum { GM_BIND_UNMAPPED = 1u << 0 /* no log maps this field: the column is null throughout */ };

typedef struct gm_config { /* checked by the host against params[] */
    uint32_t struct_size;
    uint32_t n_values;
    const gm_value *values; /* values[i] is for params[i]; defaults are filled in */
    int64_t window_start;   /* half open. create(): INT64_MIN, INT64_MAX for folded metrics, */
    int64_t window_end;     /* the scored window for keyed and derived; finalize(): the window */
    const char *timezone;   /* IANA id */
    const gm_bind *const *binds;
    uint32_t n_binds;
    uint32_t reserved;
    const gm_str *const *item_names; /* item_names[i][k]: ITEM of a FAMILY parameter, else NULL */
} gm_config;

typedef struct gm_writer {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    gm_status (*write)(struct gm_writer *, const void *p, size_t n);
} gm_writer;

enum { GM_S_OK = 0u, GM_S_NO_DATA = 1u, GM_S_LOW_N = 2u, GM_S_IMMATURE = 3u, GM_S_ERROR = 4u };
/* How an interval was made. Names as printed are in docs/metrics.md. */
enum {
    GM_U_NONE = 0u,
    GM_U_WILSON = 1u,         /* Wilson score interval of a share */
    GM_U_POISSON = 3u,        /* exact interval of a count (Garwood) */
    GM_U_UNITS = 5u,          /* ratio or sum over independent units */
    GM_U_ORDER = 6u,          /* order statistics of a quantile */
    GM_U_SKETCH = 10u,        /* the error bound of a sketch, no sampling error */
    GM_U_ORDER_SKETCH = 110u, /* order statistics, widened by the bound of a sketch */
    GM_U_FIELLER = 105u       /* ratio over units whose denominator varies much */
};
enum {
    GM_EF_UNIT_UNKNOWN = 1u << 0, /* some events had no unit: each counted as a unit of its own kind */
    GM_EF_APPROXIMATE = 1u << 1,  /* from a sketch */
    GM_EF_NO_INTERVAL = 1u << 2,  /* no method fits: see the documentation of the metric */
    GM_EF_LOW_N = 1u << 3         /* below 30 */
};

typedef struct gm_emit { /* one value */
    uint32_t struct_size;
    uint32_t output; /* index into outputs[] */
    gm_value value;
    uint64_t n;                     /* sample size, in units */
    double lower, upper, level, se; /* interval, its level, standard error; NaN: none */
    double num, den, p;             /* parts of a ratio, p-value of a test; NaN: none */
    uint32_t status;                /* GM_S_* */
    uint32_t flags;                 /* GM_EF_* */
    uint32_t method;                /* GM_U_* */
    uint32_t reserved;
    gm_str label, label2;
    int64_t bucket; /* start of a sub-period; INT64_MIN: the window */
} gm_emit;

typedef struct gm_emitter {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    gm_status (*emit)(struct gm_emitter *, const gm_emit *);
} gm_emitter;

/* ---- the metric [plugin] ------------------------------------------------------------------------ */
typedef struct gm_inst gm_inst;   /* a configured metric; immutable after create() */
typedef struct gm_state gm_state; /* its mergeable partial result */

typedef struct gm_metric {
    uint32_t struct_size;
    uint32_t reserved;
    const gm_descriptor *desc;
    /* [setup] config and host live as long as the instance. */
    gm_status (*create)(const gm_host *, const gm_config *, gm_inst **out);
    void (*destroy)(gm_inst *);
    gm_status (*state_new)(gm_inst *, gm_state **out); /* the identity of merge */
    void (*state_free)(gm_inst *, gm_state *);
    /* [worker] states[group_of_row[k]] takes the k-th selected row; NULL: all go to states[0].
     * A state that no selected row goes to may be NULL. */
    gm_status (*update)(gm_inst *, gm_state *const *states, uint32_t n_states,
                        const uint32_t *group_of_row, const gm_batch *);
    gm_status (*merge)(gm_inst *, gm_state *dst, const gm_state *src); /* src stays as it is */
    gm_status (*serialize)(gm_inst *, const gm_state *, uint32_t format, gm_writer *);
    /* p comes from a file: nothing in it may be trusted. */
    gm_status (*deserialize)(gm_inst *, uint32_t format, const void *p, size_t n, gm_state **out);
    /* Repeatable, leaves the state as it is. */
    gm_status (*finalize)(gm_inst *, const gm_state *, const gm_config *, gm_emitter *);
    const void *(*get_extension)(const char *id); /* may be NULL */
} gm_metric;

/* ---- entry ---------------------------------------------------------------------------------------- */
typedef struct gm_plugin {
    uint32_t struct_size;
    uint32_t abi_major, abi_minor, n_metrics;
    const gm_metric *const *metrics;
    const char *build_info; /* compiler, revision */
} gm_plugin;

typedef const gm_plugin *(*gm_entry_fn)(const gm_host *); /* NULL: refuse, after host->error() */
GM_EXPORT const gm_plugin *gm_entry_v1(const gm_host *host);

#ifdef __cplusplus
}
#endif
#endif

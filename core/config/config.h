/* SPDX-License-Identifier: Apache-2.0
 * config.h - an ini file as plain structs.
 *
 * config_load() reads the file (and what it includes) twice: with iniparser, and with a scan of our
 * own that knows lines and columns; a difference between the two is an error. One key table
 * (config_keys.h) drives parsing, checks and the reference page. All errors are collected. Values
 * that other stages understand (expressions, paths into a line, a plugin's parameters, selectors)
 * stay texts with their place, so that those stages report errors with file, line and column too.
 * Defaults of "[source *]", "[goal *]" and "[goal brand.*]" are already applied. */
#ifndef GM_CONFIG_CONFIG_H
#define GM_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "config/config_text.h"

typedef enum config_period_kind {
    CONFIG_PERIOD_DAYS, /* n civil days */
    CONFIG_PERIOD_WEEK, /* Monday to Sunday that holds the last day; likewise below */
    CONFIG_PERIOD_MONTH,
    CONFIG_PERIOD_QUARTER,
    CONFIG_PERIOD_MONTH_TO_DATE,
    CONFIG_PERIOD_QUARTER_TO_DATE,
    CONFIG_PERIOD_YEAR_TO_DATE
} config_period_kind;

typedef enum config_against {
    CONFIG_AGAINST_PREVIOUS,
    CONFIG_AGAINST_YEAR,
    CONFIG_AGAINST_NONE
} config_against;

typedef struct config_run {
    config_text name;
    config_text timezone;
    config_period_kind period;
    uint32_t period_days; /* of CONFIG_PERIOD_DAYS */
    config_text until;    /* a date; NULL: yesterday */
    config_against against;
    config_text state_dir, out_dir; /* resolved against the file's folder */
    uint32_t workers;               /* 0: auto, a worker a core */
    uint64_t memory_max;            /* bytes; 0: auto */
    uint64_t metric_memory_max;     /* bytes of one metric's states in one worker */
    config_texts plugin_dirs;       /* resolved; may be empty */
    bool stop_on_plugin_failure;
    config_texts includes; /* patterns of files with more sections; resolved */
} config_run;

typedef enum config_format { CONFIG_FORMAT_NDJSON } config_format;
typedef enum config_damage { CONFIG_DAMAGE_DROP, CONFIG_DAMAGE_KEEP } config_damage;

typedef struct config_source {
    const char *name;
    config_text section; /* where "[source x]" stands */
    config_texts files;  /* glob patterns, resolved */
    config_format format;
    config_text time; /* path of the time in a line */
    timestamp_format time_format;
    config_text time_zone; /* NULL: times must carry a zone */
    config_text system;    /* default: the source's name */
    double max_bad_lines;  /* a share of lines; default 0.001 */
    uint64_t max_line_bytes, max_file_bytes;
    config_damage on_damage;
    config_pairs map;    /* map.FIELD = path | path */
    config_pairs set;    /* set.FIELD = constant */
    config_pairs values; /* value.FIELD = raw -> canonical, … */
} config_source;

typedef enum config_bucket { CONFIG_BUCKET_DAY, CONFIG_BUCKET_HOUR } config_bucket;

typedef struct config_metric {
    const char *name;
    config_text section;
    config_text plugin;
    config_text where; /* an expression */
    config_texts by;   /* fields */
    bool total;        /* default: no by */
    config_bucket bucket;
    config_pairs params; /* all other keys; "touch.social" as it stands */
} config_metric;

typedef enum config_direction {
    CONFIG_DIRECTION_OUTPUT, /* not given: the output's own */
    CONFIG_DIRECTION_UP,
    CONFIG_DIRECTION_DOWN,
    CONFIG_DIRECTION_TARGET,
    CONFIG_DIRECTION_NEUTRAL
} config_direction;

enum { CONFIG_BANDS = 3 };

typedef struct config_goal {
    const char *name;
    config_text section;
    config_text title;   /* default: the name */
    config_pairs titles; /* title.LANG */
    config_text area, owner;
    config_pairs inputs; /* input.NAME; "metric = x" is input.value */
    config_text rule;    /* default: toward_target */
    config_pairs params; /* param.NAME */
    config_direction direction;
    config_text baseline, target; /* quantities */
    uint64_t min_n;
    double weight;              /* > 0, default 1 */
    double bands[CONFIG_BANDS]; /* met, on_track, at_risk from; default 100, 80, 60 */
    uint64_t fuel;
} config_goal;

typedef struct config_area {
    const char *name;
    config_text section; /* line 0: named by a goal only */
    config_text title;
    config_pairs titles;
    double weight;
} config_area;

typedef struct config {
    arena memory; /* owns all below */
    const char *path;
    config_texts files; /* the file and its includes; text = path */
    hash128 hash;       /* of sections, keys and values, without comments and order of sections */
    config_run run;
    config_source *sources;
    uint32_t n_sources;
    config_metric *metrics;
    uint32_t n_metrics;
    config_goal *goals;
    uint32_t n_goals;
    config_area *areas; /* declared ones in file order, then those only named by goals */
    uint32_t n_areas;
} config;

/* A value from outside the file: key of [run], its value, and what to call its origin. */
typedef struct config_override {
    const char *key, *value, *origin;
} config_override;

/* *out is owned: config_free(). GM_E_CONFIG: errors has at least one entry more; *out then is what
 * could be understood, so that the checks that follow can tell what else is wrong (required texts
 * may be NULL), or NULL when a file could not be. Flags stand before variables in overrides; the
 * first that names a key wins. */
gm_status config_load(config **out, const char *path, const config_override *overrides,
                      uint32_t n_overrides, error_list *errors);
void config_free(config *c);
/* By file in the order of reading, line and column; those of flags and variables come last. */
void config_sort_errors(const config *c, error_list *errors);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * config_keys.h - the one table of sections and keys, and the reference page made from it. */
#ifndef GM_CONFIG_CONFIG_KEYS_H
#define GM_CONFIG_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

typedef enum config_key_type {
    CONFIG_TEXT,      /* as it stands */
    CONFIG_TEXTS,     /* separated by commas, or numbered keys NAME.1, NAME.2: one item each */
    CONFIG_FIELDS,    /* a list of names of fields, no name twice */
    CONFIG_NAME,      /* [a-z][a-z0-9_]*, dots for goals and areas */
    CONFIG_LABEL,     /* letters, digits, '.', '_', '-' */
    CONFIG_PLUGIN,    /* the same in lower case */
    CONFIG_ZONE,      /* a time zone that the system knows */
    CONFIG_PATHNAME,  /* of a file or folder, relative to the file it stands in */
    CONFIG_PATHNAMES, /* a list of such */
    CONFIG_BOOL,      /* yes or no */
    CONFIG_COUNT,     /* a whole number from 0 */
    CONFIG_WORKERS,   /* auto, or from 1 to 1024 */
    CONFIG_NUMBER,    /* a decimal number above 0 */
    CONFIG_SHARE,     /* 0.1% or 0.001: from 0 to 1 */
    CONFIG_SIZE,      /* 64MiB; auto is 0 */
    CONFIG_DATE,      /* 2026-11-21 */
    CONFIG_PERIOD,    /* 28d, week, month, … */
    CONFIG_CHOICE,    /* one of choices, as its number */
    CONFIG_SWITCH,    /* one of two choices; the second is true */
    CONFIG_BANDS_3,   /* three falling numbers */
    CONFIG_FAMILY,    /* a key with something behind the dot: map.FIELD */
    CONFIG_ITEM       /* short for one item of a family, named by item: metric for input.value */
} config_key_type;

typedef struct config_key {
    const char *section; /* run, source, metric, goal, area */
    const char *name;    /* a FAMILY: without the dot */
    const char *item;    /* of a FAMILY: what stands behind the dot, for the reference ("FIELD") */
    uint64_t min, max;   /* of COUNT, SIZE, and items of FIELDS; max 0: no limits */
    config_key_type type;
    const char *def;            /* text of the default, or NULL */
    const char *const *choices; /* NULL-terminated, of CHOICE and SWITCH */
    size_t offset;              /* into config_run, config_source, … */
    bool required;
    const char *doc;
} config_key;

extern const config_key config_keys[];
extern const size_t config_keys_n;

/* The kinds of sections, NULL-terminated: "run", "source", … */
extern const char *const config_keys_sections[];

/* The key of a section, or NULL; a family is not what is looked for, unless is_family. */
const config_key *config_keys_find(const char *section, const char *name, bool is_family);

/* The name nearest to one that is unknown, or NULL; borrowed. */
const char *config_keys_suggest(const char *section, const char *name, bool is_family);

/* Does the type take a list? */
bool config_keys_is_list(config_key_type type);

/* docs/configuration.md, whole: Markdown. */
void config_keys_reference(bytes *out);

#endif

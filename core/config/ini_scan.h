/* SPDX-License-Identifier: Apache-2.0
 * ini_scan.h - the lines of an ini file: sections, keys and values with their places.
 *
 * Knows the syntax and nothing of what keys mean. It refuses whatever iniparser would read in
 * another way than a person does: a value cut at ';' or '#', text behind a closing quote, a comment
 * that swallows the next line, upper-case letters, anything given twice. */
#ifndef GM_CONFIG_INI_SCAN_H
#define GM_CONFIG_INI_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config_text.h"

/* "key = value". Lines and columns count from 1, columns are bytes. */
typedef struct ini_entry {
    const char *key;   /* in lower case */
    const char *value; /* without quotes and comment, continuation lines joined */
    bool is_quoted;
    bool is_bad; /* the value could not be read, which is among the errors */
    const char *path;
    uint32_t line, column;             /* of the key */
    uint32_t value_line, value_column; /* of the value's first character */
    const config_break *breaks;        /* where further lines begin in the value; the arena's */
    uint32_t n_breaks;
    uint32_t offset; /* of the line, in the text */
} ini_entry;

/* "[kind name]" and the entries below it. */
typedef struct ini_section {
    const char *heading; /* between the brackets, in lower case, outer blanks removed */
    const char *kind;
    const char *name; /* "" when there is none */
    const char *path;
    uint32_t line, column;
    uint32_t offset;
    uint32_t first, n; /* of ini_scan.entries */
} ini_section;

typedef struct ini_scan {
    ini_section *sections;
    uint32_t n_sections, sections_cap;
    ini_entry *entries;
    uint32_t n_entries, entries_cap;
} ini_scan;

/* Zeroed is ready. Frees the two lists; the texts are the arena's. */
void ini_scan_deinit(ini_scan *scan);

/* Scans text[0..n), n at most LIMIT_CONFIG_BYTES, to the end whatever it finds; the scan holds what
 * could be understood. path is borrowed for the life of the scan. True: nothing was added to
 * errors. */
bool ini_scan_text(ini_scan *out, const char *path, const char *text, size_t n, arena *memory,
                   error_list *errors);

/* Adds an error for each heading that was there before; sections come in the order in which they
 * were read, and same_file or not chooses which pairs count. */
void ini_scan_check_twice(const ini_section *const *sections, size_t n, bool same_file,
                          error_list *errors);

/* "[kind name]" for messages; borrowed from the arena. */
const char *ini_scan_title(const ini_section *section, arena *memory);

#endif

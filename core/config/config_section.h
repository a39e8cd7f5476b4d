/* SPDX-License-Identifier: Apache-2.0
 * config_section.h - the entries of a section, each matched with its key of the table.
 *
 * A section is checked once, where it stands. Then an options struct is filled from one or more
 * sections, weakest first: defaults of the table, "[goal *]", "[goal brand.*]", the section itself.
 */
#ifndef GM_CONFIG_CONFIG_SECTION_H
#define GM_CONFIG_CONFIG_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "config/config_keys.h"
#include "config/config_value.h"
#include "config/ini_scan.h"

typedef struct config_entry {
    const ini_entry *from;
    const config_key *key; /* NULL: a metric's parameter */
    const char *item;      /* of a family or item: its name; else NULL */
    /* What is given: an entry replaces those of weaker sections with the same slot. A list is one
     * slot, map.FIELD and set.FIELD are one, metric and input.value are one. */
    const char *slot;
    uint32_t number; /* of a numbered list key, else 0 */
} config_entry;

/* Zeroed is empty. */
typedef struct config_section {
    const ini_section *from;
    config_entry *entries; /* borrowed from the scope's memory */
    uint32_t n;
} config_section;

/* Matches and checks every entry; what is wrong is left out and among the errors. scope->errors
 * must be given. */
void config_section_read(config_section *out, const ini_section *from, const ini_entry *entries,
                         const config_scope *scope);

/* Fills target, the zeroed struct of kind, from sections[0..n); checks that what is required is
 * there. */
void config_section_fill(void *target, const char *kind, const config_section *const *sections,
                         uint32_t n, const config_scope *scope, error_list *errors);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * config_heading.h - the heading of a section: its kind, its name, and whether it is a pattern. */
#ifndef GM_CONFIG_CONFIG_HEADING_H
#define GM_CONFIG_CONFIG_HEADING_H

#include <stdbool.h>

#include "base/error.h"
#include "config/ini_scan.h"

/* In the order of config_keys_sections. */
typedef enum config_kind {
    CONFIG_KIND_RUN,
    CONFIG_KIND_SOURCE,
    CONFIG_KIND_METRIC,
    CONFIG_KIND_GOAL,
    CONFIG_KIND_AREA,
    CONFIG_KIND_UNKNOWN
} config_kind;

config_kind config_heading_kind(const ini_section *section);

/* Is the heading right? Else an error was added. *is_pattern: "[source *]", "[goal brand.*]", … */
bool config_heading_check(const ini_section *section, const char *main_path, bool *is_pattern,
                          error_list *errors);

/* Does the pattern, of a section of the same kind, stand for the name too? */
bool config_heading_fits(const char *pattern, const char *name);

#endif

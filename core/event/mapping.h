/* SPDX-License-Identifier: Apache-2.0
 * mapping.h - how the lines of a source become events: which path of a line feeds which columns.
 * Compiled once, read-only afterwards, used by all workers. */
#ifndef GM_EVENT_MAPPING_H
#define GM_EVENT_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/civil.h"
#include "config/config.h"
#include "event/schema.h"

typedef struct mapping mapping;

/* Every error of the source's paths, constants and value tables is added to errors; then *out is
 * NULL. s and source are borrowed for the life of the mapping. It opens the source's time_zone
 * itself. */
gm_status mapping_new(mapping **out, const config_source *source, const schema *s,
                      error_list *errors);
void mapping_free(mapping *m);

/* Does this source give the field a value at all? time and system always are there. */
bool mapping_has_field(const config_source *source, const char *field);

#endif

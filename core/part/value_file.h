/* SPDX-License-Identifier: Apache-2.0
 * value_file.h - values as bytes, from reduce workers to the score worker and the supervisor. */
#ifndef GM_PART_VALUE_FILE_H
#define GM_PART_VALUE_FILE_H

#include "base/bytes.h"
#include "base/error.h"
#include "part/value.h"

/* Appends set as one checksummed record. */
void value_file_save(const value_set *set, bytes *out);
/* Adds the values of such a record to set; GM_E_DAMAGED for anything else. */
gm_status value_file_load(value_set *set, const void *p, size_t n, gm_error *err);

#endif

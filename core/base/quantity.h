/* SPDX-License-Identifier: Apache-2.0
 * quantity.h - values with units as they stand in a configuration: 15min, 22%, 5pp, 64MiB, 12.5. */
#ifndef GM_BASE_QUANTITY_H
#define GM_BASE_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef enum quantity_kind {
    QUANTITY_NUMBER,   /* 12.5, 1e3: as it stands */
    QUANTITY_SHARE,    /* 22%, 5pp: value 0.22, 0.05 */
    QUANTITY_DURATION, /* 15min, 7d, 1h30min, 500ms: value in seconds */
    QUANTITY_BYTES     /* 64MiB, 1GB, 4096B: value in bytes */
} quantity_kind;

typedef struct quantity {
    quantity_kind kind;
    double value;
} quantity;

/* Reads the whole of text (surrounding blanks are ignored). Units: % pp | us ms s min h d w | B KB
 * MB GB KiB MiB GiB. Several durations may follow each other, largest first. On failure err says
 * what was expected and names the units; code GM_E_CONFIG. */
gm_status quantity_parse(quantity *out, const char *text, gm_error *err);

/* A duration in whole microseconds, exactly; a byte count. Other kinds are errors. */
gm_status quantity_parse_us(int64_t *out, const char *text, gm_error *err);
gm_status quantity_parse_bytes(uint64_t *out, const char *text, gm_error *err);

#endif

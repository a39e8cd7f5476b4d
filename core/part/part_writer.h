/* SPDX-License-Identifier: Apache-2.0
 * part_writer.h - writes a part aside, syncs and renames it. */
#ifndef GM_PART_PART_WRITER_H
#define GM_PART_PART_WRITER_H

#include "base/error.h"
#include "part/part_file.h"

typedef struct part_writer part_writer;

gm_status part_writer_open(part_writer **out, const char *path, gm_error *err);
/* The ordinal of a log, from 0. content: hash of its bytes. facts: its counters, as the caller
 * wrote them. */
uint32_t part_writer_add_log(part_writer *w, const char *source, hash128 content, const void *facts,
                             size_t n_facts);
void part_writer_begin_section(part_writer *w, hash128 key, const char *plugin,
                               uint32_t state_format);
/* Entries come in the order of part_compare() (asserted). */
gm_status part_writer_add(part_writer *w, const part_entry *entry, gm_error *err);
gm_status part_writer_end_section(part_writer *w, gm_error *err);
/* Ends the file and frees w, also on failure. *n_bytes: its size. */
gm_status part_writer_commit(part_writer *w, uint64_t *n_bytes, gm_error *err);
void part_writer_abandon(part_writer *w); /* takes NULL */

#endif

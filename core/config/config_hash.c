/* SPDX-License-Identifier: Apache-2.0
 * config_hash.c - the sorted lines of all files, hashed; see config_hash.h. */
#include "config/config_hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

typedef struct hashed_line {
    const ini_section *section;
    const char *key, *value; /* "": a section without keys */
} hashed_line;

static int compare_lines(const void *a, const void *b)
{
    const hashed_line *x = a, *y = b;
    int order = strcmp(x->section->kind, y->section->kind);
    if (order == 0)
        order = strcmp(x->section->name, y->section->name);
    if (order == 0)
        order = strcmp(x->key, y->key);
    return order != 0 ? order : strcmp(x->value, y->value);
}

static bool is_include(const ini_section *section, const ini_entry *entry)
{
    return strcmp(section->kind, "run") == 0 &&
           (strcmp(entry->key, "include") == 0 || strncmp(entry->key, "include.", 8) == 0);
}

/* The NUL goes along, so that no two lists of texts have the same bytes. */
static void update(hash_stream *stream, const char *text)
{
    hash_stream_update(stream, text, strlen(text) + 1);
}

hash128 config_hash_scans(const ini_scan *scans, uint32_t n)
{
    size_t n_lines = 0, room = 0;
    for (uint32_t i = 0; i < n; i++)
        room += (size_t)scans[i].n_sections + scans[i].n_entries;
    hashed_line *lines = mem_array(room, sizeof *lines);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < scans[i].n_sections; k++) {
            const ini_section *section = &scans[i].sections[k];
            lines[n_lines++] = (hashed_line){section, "", ""};
            for (uint32_t e = section->first; e < section->first + section->n; e++) {
                const ini_entry *entry = &scans[i].entries[e];
                if (!is_include(section, entry))
                    lines[n_lines++] = (hashed_line){section, entry->key, entry->value};
            }
        }
    }
    qsort(lines, n_lines, sizeof *lines, compare_lines);
    hash_stream *stream = hash_stream_new();
    for (size_t i = 0; i < n_lines; i++) {
        update(stream, lines[i].section->kind);
        update(stream, lines[i].section->name);
        update(stream, lines[i].key);
        update(stream, lines[i].value);
    }
    hash128 hash = hash_stream_digest(stream);
    hash_stream_free(stream);
    mem_free(lines);
    return hash;
}

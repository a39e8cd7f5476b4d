/* SPDX-License-Identifier: Apache-2.0
 * ini_file.c - hands the bytes of a file to ini_scan and to iniparser and compares; see ini_file.h.
 *
 * iniparser takes a file name only. To be sure that both readers see the same bytes, it gets those
 * that we read, through a file in memory. It gets them in blocks of a few hundred lines, each with
 * its section on top, because its dictionary looks through all keys for each key that it adds. */
#include "config/ini_file.h"

#include <errno.h>
#include <string.h>

#include <iniparser.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

enum { BLOCK_ENTRIES = 256, EXCERPT_BYTES = 64, MEMORY_PATH_MAX = 64 };

bool ini_file_read(ini_scan *out, const char *path, arena *memory, error_list *errors)
{
    bytes text;
    gm_error err = {0};
    bool is_good = false;
    bytes_init(&text, LIMIT_CONFIG_BYTES);
    gm_status status = file_read(&text, path, &err);
    if (status == GM_E_LIMIT) {
        error_list_addf(errors, path, 0, 0,
                        "the file is larger than %zu MiB; move sections to files that [run] names "
                        "with 'include'",
                        LIMIT_CONFIG_BYTES >> 20);
    } else if (status != GM_OK) {
        error_list_add(errors, &err);
    } else {
        const char *data = text.len == 0 ? "" : (const char *)text.data;
        is_good = ini_file_parse(out, path, data, text.len, memory, errors);
    }
    bytes_deinit(&text);
    return is_good;
}

bool ini_file_parse(ini_scan *out, const char *path, const char *text, size_t n, arena *memory,
                    error_list *errors)
{
    return ini_scan_text(out, path, text, n, memory, errors) &&
           ini_file_compare(out, path, text, n, errors);
}

/* ---- iniparser ---- */

/* What it would print is worth nothing to the user: a name in /proc and a line of a block. */
static int ignore_message(const char *fmt, ...) GM_PRINTF(1, 2);

static int ignore_message(const char *fmt, ...)
{
    (void)fmt;
    return 0;
}

/* A run of lines: entries [first, last) and the headings of sections [section, section_end), the
 * first of which may stand before the block. */
typedef struct block {
    uint32_t section, section_end;
    uint32_t first, last;
    uint32_t from, to; /* the bytes of the file; blocks leave nothing out between them */
    bool is_headed;    /* does the block hold its first section's heading? */
} block;

/* The block that follows `b`; false at the end. */
static bool next_block(const ini_scan *scan, uint32_t n, block *b)
{
    uint32_t first = b->last, section = b->section_end;
    if (first == scan->n_entries && section == scan->n_sections)
        return false;
    /* Goes on in the section before, when that has entries left. */
    b->is_headed = true;
    if (section > 0 && first < scan->sections[section - 1].first + scan->sections[section - 1].n) {
        section--;
        b->is_headed = false;
    }
    b->section = section;
    b->first = first;
    b->from = b->to;
    b->to = n;
    uint32_t room = BLOCK_ENTRIES;
    while (section < scan->n_sections && room > 0) {
        const ini_section *s = &scan->sections[section++];
        room--;
        uint32_t left = s->first + s->n - first;
        if (left > room) {
            first += room;
            b->to = scan->entries[first].offset;
            break;
        }
        first += left;
        room -= left;
        if (section < scan->n_sections)
            b->to = scan->sections[section].offset;
        else
            b->to = n;
    }
    b->section_end = section;
    b->last = first;
    GM_ASSERT(b->from <= b->to && b->to <= n);
    return true;
}

static gm_status write_block(int fd, const ini_scan *scan, const block *b, const char *text,
                             const char *path, gm_error *err)
{
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        return error_errno(err, GM_E_IO, "cannot write to memory");
    if (!b->is_headed) {
        const char *heading = scan->sections[b->section].heading;
        gm_status status = file_write_all(fd, "[", 1, path, err);
        if (status == GM_OK)
            status = file_write_all(fd, heading, strlen(heading), path, err);
        if (status == GM_OK)
            status = file_write_all(fd, "]\n", 2, path, err);
        if (status != GM_OK)
            return status;
    }
    return file_write_all(fd, text + b->from, b->to - b->from, path, err);
}

/* ---- comparing ---- */

static void differs(const ini_entry *e, const char *value, error_list *errors)
{
    error_list_addf(errors, e->path, e->value_line, e->value_column,
                    "iniparser reads '%.*s' as the value of '%s', which differs from what stands "
                    "here; put the whole value in single quotes",
                    EXCERPT_BYTES, value, e->key);
}

static bool same_key(const char *joined, const char *heading, const char *key)
{
    size_t n = strlen(heading);
    return strncmp(joined, heading, n) == 0 && joined[n] == ':' && strcmp(joined + n + 1, key) == 0;
}

/* The dictionary keeps the order in which keys came. False: an error was added. */
static bool compare_block(const ini_scan *scan, const block *b, const dictionary *d,
                          error_list *errors)
{
    ssize_t at = 0;
    uint32_t e = b->first;
    bool is_same = true;
    for (uint32_t i = b->section; i < b->section_end; i++) {
        const ini_section *s = &scan->sections[i];
        if (at >= d->size || d->key[at] == NULL || strcmp(d->key[at], s->heading) != 0) {
            error_list_addf(errors, s->path, s->line, s->column,
                            "iniparser reads another section here; write its name plainly: [%s]",
                            s->heading);
            return false;
        }
        at++;
        for (; e < b->last && e < s->first + s->n; e++, at++) {
            const ini_entry *entry = &scan->entries[e];
            if (at >= d->size || d->key[at] == NULL ||
                !same_key(d->key[at], s->heading, entry->key)) {
                error_list_addf(errors, entry->path, entry->line, entry->column,
                                "iniparser does not read the key '%s' here; write 'key = value' "
                                "on one line",
                                entry->key);
                return false;
            }
            if (d->val[at] == NULL || strcmp(d->val[at], entry->value) != 0) {
                differs(entry, d->val[at] == NULL ? "" : d->val[at], errors);
                is_same = false;
            }
        }
    }
    if (at == d->n)
        return is_same;
    const ini_section *s = &scan->sections[b->section_end - 1];
    error_list_addf(errors, s->path, s->line, s->column,
                    "iniparser reads more keys in or before this section than stand there");
    return false;
}

bool ini_file_compare(const ini_scan *scan, const char *path, const char *text, size_t n,
                      error_list *errors)
{
    GM_ASSERT(n <= LIMIT_CONFIG_BYTES);
    bool is_good = true;
    gm_error err = {0};
    block b = {0};
    char name[MEMORY_PATH_MAX];
    int fd = memfd_create("goalmill-ini", MFD_CLOEXEC);
    if (fd < 0) {
        (void)error_errno(&err, GM_E_IO, "cannot make a file in memory");
        error_list_add(errors, &err);
        return false;
    }
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd); /* fits any int */
    iniparser_set_error_callback(ignore_message);
    while (next_block(scan, (uint32_t)n, &b)) {
        if (write_block(fd, scan, &b, text, path, &err) != GM_OK) {
            error_list_add(errors, &err);
            is_good = false;
            break;
        }
        dictionary *d = iniparser_load(name);
        if (d == NULL) {
            const ini_section *s = &scan->sections[b.section];
            error_list_addf(errors, path, s->line, s->column,
                            "iniparser cannot read this section or one of the next %u; is /proc "
                            "mounted?",
                            b.section_end - b.section);
            is_good = false;
            continue;
        }
        is_good = compare_block(scan, &b, d, errors) && is_good;
        iniparser_freedict(d);
    }
    iniparser_set_error_callback(NULL);
    (void)close(fd); /* memory only: nothing can be lost */
    return is_good;
}

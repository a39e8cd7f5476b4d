/* SPDX-License-Identifier: Apache-2.0
 * config_section.c - matching, checking and merging entries; see config_section.h. */
#include "config/config_section.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"

typedef union any_section {
    config_run run;
    config_source source;
    config_metric metric;
    config_goal goal;
    config_area area;
} any_section;

static bool match(config_entry *out, const ini_section *section, const ini_entry *entry,
                  const config_scope *scope);
static void check_conflicts(const config_section *section, const config_scope *scope);

static bool is_kind(const ini_section *section, const char *kind)
{
    return strcmp(section->kind, kind) == 0;
}

void config_section_read(config_section *out, const ini_section *from, const ini_entry *entries,
                         const config_scope *scope)
{
    any_section scratch = {0};
    out->from = from;
    out->n = 0;
    out->entries = arena_push(scope->memory, (size_t)from->n * sizeof *out->entries);
    for (uint32_t i = 0; i < from->n; i++) {
        const ini_entry *entry = &entries[from->first + i];
        config_entry matched;
        if (!match(&matched, from, entry, scope))
            continue;
        bool takes_empty =
            entry->is_quoted && (matched.key == NULL || matched.key->type == CONFIG_FAMILY);
        if (entry->value[0] == '\0' && !takes_empty && !entry->is_bad)
            error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                            "'%s' has no value", entry->key);
        else if (!entry->is_bad && matched.key != NULL && matched.item == NULL)
            (void)config_value_set(matched.key, &entry, 1, &scratch, scope); /* only checked here */
        out->entries[out->n++] = matched;
    }
    check_conflicts(out, scope);
}

/* ---- matching ---- */

static bool unknown(const ini_section *section, const ini_entry *entry, const char *prefix,
                    const config_scope *scope)
{
    const char *title = ini_scan_title(section, scope->memory);
    const char *dot = strchr(entry->key, '.');
    const char *near = config_keys_suggest(section->kind, prefix, dot != NULL);
    const char *rest = near != NULL && dot != NULL ? dot : "";
    if (near == NULL) { /* then perhaps "title" for "titel.zh", "map.x" for "mapp" */
        near = config_keys_suggest(section->kind, prefix, dot == NULL);
        rest = near != NULL && dot == NULL ? ".NAME" : "";
    }
    if (near == NULL)
        error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                        "%s has no key '%s'", title, entry->key);
    else
        error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                        "%s has no key '%s'; did you mean '%s%s'?", title, entry->key, near, rest);
    return false;
}

/* "files.2": the number behind the dot, from 1, without zeros in front. */
static bool match_number(config_entry *out, const ini_entry *entry, const char *item,
                         const config_scope *scope)
{
    int64_t number = 0;
    if (item[0] < '1' || item[0] > '9' || !number_parse_i64(item, strlen(item), &number) ||
        number > INT32_MAX) {
        error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                        "'%s': a numbered key ends in a number, as in '%s.1'", entry->key,
                        out->key->name);
        return false;
    }
    out->number = (uint32_t)number;
    out->slot = out->key->name;
    return true;
}

/* The fields that a source gives by a key of their own. */
static bool check_reserved(const ini_entry *entry, const char *item, const config_scope *scope)
{
    if (strcmp(item, "time") != 0 && strcmp(item, "system") != 0)
        return true;
    error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                    "'%s': the field '%s' is given by the key '%s'; write '%s = \xE2\x80\xA6'",
                    entry->key, item, item, item);
    return false;
}

static bool match_family(config_entry *out, const ini_section *section, const ini_entry *entry,
                         const char *item, const config_scope *scope)
{
    size_t n = strlen(item);
    if (n > LIMIT_NAME_BYTES || !text_is_name(item, n, false)) {
        error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                        "'%s': what stands behind '%s.' is a name of a-z, 0-9 and '_', at most %u "
                        "characters, without further dots",
                        entry->key, out->key->name, (unsigned)LIMIT_NAME_BYTES);
        return false;
    }
    out->item = item;
    if (is_kind(section, "source") && strcmp(out->key->name, "value") != 0) {
        if (!check_reserved(entry, item, scope))
            return false;
        out->slot = arena_printf(scope->memory, "map.%s", item);
    }
    return true;
}

/* A metric's parameter: a name, with one part more or without. */
static bool match_param(const ini_entry *entry, const config_scope *scope)
{
    const char *dot = strchr(entry->key, '.');
    if (strlen(entry->key) <= LIMIT_NAME_BYTES && (dot == NULL || strchr(dot + 1, '.') == NULL))
        return true;
    error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                    "'%s': a parameter is a name of at most %u characters with at most one dot",
                    entry->key, (unsigned)LIMIT_NAME_BYTES);
    return false;
}

static bool match(config_entry *out, const ini_section *section, const ini_entry *entry,
                  const config_scope *scope)
{
    const char *dot = strchr(entry->key, '.');
    const char *prefix = dot == NULL
                             ? entry->key
                             : arena_strndup(scope->memory, entry->key, (size_t)(dot - entry->key));
    *out = (config_entry){.from = entry, .slot = entry->key};
    out->key = config_keys_find(section->kind, prefix, dot != NULL);
    if (out->key != NULL && dot != NULL)
        return match_family(out, section, entry, dot + 1, scope);
    if (out->key != NULL) {
        if (out->key->type == CONFIG_ITEM) {
            out->item = out->key->item;
            out->slot = arena_printf(scope->memory, "input.%s", out->item);
        }
        return true;
    }
    const config_key *other = config_keys_find(section->kind, prefix, dot == NULL);
    if (dot == NULL && other != NULL) {
        error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                        "'%s' wants a name behind a dot: '%s.%s = \xE2\x80\xA6'", entry->key,
                        entry->key, other->item);
        return false;
    }
    if (other != NULL && config_keys_is_list(other->type)) {
        out->key = other;
        return match_number(out, entry, dot + 1, scope);
    }
    if (other != NULL) {
        error_list_addf(scope->errors, entry->path, entry->line, entry->column,
                        "'%s': the key '%s' takes no name behind a dot; write '%s = \xE2\x80\xA6'",
                        entry->key, prefix, prefix);
        return false;
    }
    if (is_kind(section, "metric"))
        return match_param(entry, scope);
    return unknown(section, entry, prefix, scope);
}

/* ---- two keys for one thing ---- */

static int compare_slots(const void *a, const void *b)
{
    const config_entry *x = *(const config_entry *const *)a, *y = *(const config_entry *const *)b;
    int order = strcmp(x->slot, y->slot);
    if (order == 0) /* entries of a section lie in one array */
        order = (x > y) - (x < y);
    return order;
}

static void check_conflicts(const config_section *section, const config_scope *scope)
{
    const config_entry **sorted = mem_array(section->n, sizeof(config_entry *));
    for (uint32_t i = 0; i < section->n; i++)
        sorted[i] = &section->entries[i];
    qsort(sorted, section->n, sizeof(config_entry *), compare_slots);
    for (uint32_t i = 1; i < section->n; i++) {
        const config_entry *a = sorted[i - 1], *b = sorted[i];
        bool is_twice = strcmp(a->from->key, b->from->key) == 0; /* reported by ini_scan */
        bool is_list = a->number != 0 && b->number != 0;
        if (strcmp(a->slot, b->slot) != 0 || is_twice || is_list)
            continue;
        error_list_addf(scope->errors, b->from->path, b->from->line, b->from->column,
                        "'%s' and '%s' (line %u) give the same thing; keep one of them",
                        b->from->key, a->from->key, a->from->line);
    }
    mem_free(sorted);
}

/* ---- merging ---- */

typedef struct candidate {
    const config_entry *entry;
    uint32_t level, order;
} candidate;

static int by_order(const candidate *x, const candidate *y)
{
    return (x->order > y->order) - (x->order < y->order);
}

static int compare_strongest(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    int order = strcmp(x->entry->slot, y->entry->slot);
    if (order == 0)
        order = (y->level > x->level) - (y->level < x->level);
    return order != 0 ? order : by_order(x, y);
}

static int compare_orders(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    uint32_t m = x->entry->number, n = y->entry->number;
    int order = (m > n) - (m < n);
    return order != 0 ? order : by_order(x, y);
}

/* The strongest entries of each slot: numbered ones by their numbers, else in the order in which
 * they were given, weakest sections first. Owned. */
static candidate *merge(const config_section *const *sections, uint32_t n_sections, uint32_t *n)
{
    uint32_t total = 0, kept = 0;
    for (uint32_t level = 0; level < n_sections; level++)
        total += sections[level]->n;
    candidate *all = mem_array(total, sizeof *all);
    for (uint32_t level = 0, at = 0; level < n_sections; level++) {
        for (uint32_t i = 0; i < sections[level]->n; i++, at++)
            all[at] = (candidate){&sections[level]->entries[i], level, at};
    }
    qsort(all, total, sizeof *all, compare_strongest);
    for (uint32_t i = 0, first = 0; i < total; i++) {
        candidate next = all[i];
        /* Kept ones move to the front of the array, so all[first] may be overwritten: by itself. */
        if (kept == 0 || strcmp(all[first].entry->slot, next.entry->slot) != 0)
            first = kept;
        else if (all[first].level != next.level)
            continue;
        all[kept++] = next;
    }
    qsort(all, kept, sizeof *all, compare_orders);
    *n = kept;
    return all;
}

static config_pair make_pair(const config_entry *entry)
{
    return (config_pair){.name = entry->item == NULL ? entry->from->key : entry->item,
                         .value = config_value_text(entry->from),
                         .key_line = entry->from->line,
                         .key_column = entry->from->column};
}

/* Does the entry belong to the family, or is family NULL and the entry a parameter? */
static bool belongs(const config_entry *entry, const config_key *family)
{
    if (family == NULL || entry->key == NULL)
        return family == NULL && entry->key == NULL;
    return entry->item != NULL && entry->key->offset == family->offset;
}

static void fill_pairs(config_pairs *out, const config_key *family, const candidate *entries,
                       uint32_t n, arena *memory)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += belongs(entries[i].entry, family);
    out->items = arena_push(memory, count * sizeof *out->items);
    out->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (belongs(entries[i].entry, family))
            out->items[out->n++] = make_pair(entries[i].entry);
    }
}

static void missing(const config_key *key, const config_section *section, const candidate *entries,
                    uint32_t n, const config_scope *scope, error_list *errors)
{
    const ini_section *from = section->from;
    const char *title = ini_scan_title(from, scope->memory);
    for (uint32_t i = 0; i < n; i++) {
        const config_entry *entry = entries[i].entry;
        if (entry->key == NULL && text_suggest(entry->from->key, &key->name, 1) != NULL) {
            error_list_addf(errors, entry->from->path, entry->from->line, entry->from->column,
                            "%s needs the key '%s'; did you mean it by '%s'?", title, key->name,
                            entry->from->key);
            return;
        }
    }
    error_list_addf(errors, from->path, from->line, from->column, "%s needs the key '%s'", title,
                    key->name);
}

static void fill_key(void *target, const config_key *key, const config_section *section,
                     const candidate *entries, uint32_t n, const ini_entry **scratch,
                     const config_scope *scope, error_list *errors)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (entries[i].entry->key == key)
            scratch[count++] = entries[i].entry->from;
    }
    if (count == 0 && key->required)
        missing(key, section, entries, n, scope, errors);
    if (count == 0 && key->def == NULL)
        return;
    const ini_entry def = key->def == NULL ? (ini_entry){0} : config_value_default(key);
    const ini_entry *only = count == 0 ? &def : scratch[0];
    /* Checked when the section was read: a value that fails here is among the errors. So is a
     * second key for one thing; any of them will do then. */
    if (count > 1 && config_keys_is_list(key->type))
        (void)config_value_set(key, scratch, count, target, scope);
    else
        (void)config_value_set(key, &only, 1, target, scope);
}

void config_section_fill(void *target, const char *kind, const config_section *const *sections,
                         uint32_t n, const config_scope *scope, error_list *errors)
{
    GM_ASSERT(n > 0);
    uint32_t n_entries = 0;
    candidate *entries = merge(sections, n, &n_entries);
    const ini_entry **scratch = mem_array((size_t)n_entries + 1, sizeof(ini_entry *));
    const config_scope silent = {.memory = scope->memory, .folder = scope->folder};
    for (size_t i = 0; i < config_keys_n; i++) {
        const config_key *key = &config_keys[i];
        if (strcmp(key->section, kind) != 0 || key->type == CONFIG_ITEM)
            continue;
        if (key->type == CONFIG_FAMILY)
            fill_pairs((config_pairs *)(void *)((char *)target + key->offset), key, entries,
                       n_entries, scope->memory);
        else
            fill_key(target, key, sections[n - 1], entries, n_entries, scratch, &silent, errors);
    }
    if (strcmp(kind, "metric") == 0)
        fill_pairs(&((config_metric *)target)->params, NULL, entries, n_entries, scope->memory);
    mem_free(scratch);
    mem_free(entries);
}

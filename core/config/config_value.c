/* SPDX-License-Identifier: Apache-2.0
 * config_value.c - strict reading of each type; see config_value.h. */
#include "config/config_value.h"

#include <stdarg.h>
#include <string.h>

#include "base/civil.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/quantity.h"
#include "base/text.h"

enum { EXCERPT_BYTES = 64, PERIOD_DAYS_MAX = 3660, WORKERS_MAX = 1024 };

config_text config_value_text(const ini_entry *entry)
{
    return (config_text){.text = entry->value,
                         .path = entry->path,
                         .line = entry->value_line,
                         .column = entry->value_column,
                         .breaks = entry->breaks,
                         .n_breaks = entry->n_breaks};
}

ini_entry config_value_default(const config_key *key)
{
    GM_ASSERT(key->def != NULL);
    return (ini_entry){.key = key->name, .value = key->def};
}

static bool fault(const config_scope *scope, const config_text *at, const char *fmt, ...)
    GM_PRINTF(3, 4);

static bool fault(const config_scope *scope, const config_text *at, const char *fmt, ...)
{
    char message[GM_ERROR_MESSAGE_MAX];
    va_list args;
    if (scope->errors == NULL)
        return false;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args); /* cut is fine */
    va_end(args);
    error_list_addf(scope->errors, at->path, at->line, at->column, "%s", message);
    return false;
}

/* "'key' is WHAT, not 'value'". */
static bool mismatch(const config_scope *scope, const config_key *key, const config_text *at,
                     const char *what)
{
    char excerpt[EXCERPT_BYTES];
    text_excerpt(excerpt, sizeof excerpt, at->text, strlen(at->text));
    return fault(scope, at, "'%s' is %s, not '%s'", key->name, what, excerpt);
}

/* ---- texts ---- */

static bool is_label(const char *text, bool upper)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool is_word = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' ||
                       *c == '-' || *c == '.';
        if (!is_word && !(upper && *c >= 'A' && *c <= 'Z'))
            return false;
    }
    size_t n = strlen(text);
    return n > 0 && n <= LIMIT_NAME_BYTES && text[0] != '.';
}

static const char *resolve(const config_text *at, const config_scope *scope)
{
    char *folder = NULL;
    const char *text = at->text;
    /* A flag's or a variable's path is relative to the current folder: it stays as it is. */
    if (at->path == NULL)
        folder = mem_strdup(scope->folder);
    else if (at->line != 0)
        folder = file_dirname(at->path);
    if (folder != NULL) {
        char *joined = file_join(folder, text);
        text = arena_strdup(scope->memory, joined);
        mem_free(joined);
        mem_free(folder);
    }
    return text;
}

static bool check_zone(const config_key *key, const config_text *at, const config_scope *scope)
{
    civil_zone *zone = NULL;
    gm_error err = {0};
    if (scope->errors == NULL)
        return true;
    if (civil_zone_open(&zone, at->text, &err) != GM_OK)
        return fault(scope, at, "'%s': %s", key->name, err.message);
    civil_zone_free(zone);
    return true;
}

static bool set_text(const config_key *key, config_text at, config_text *out,
                     const config_scope *scope)
{
    size_t n = strlen(at.text);
    if (key->type == CONFIG_NAME && (n > LIMIT_NAME_BYTES || !text_is_name(at.text, n, true)))
        return mismatch(scope, key, &at, "a name of a-z, 0-9 and '_', with dots between parts");
    if (key->type == CONFIG_LABEL && !is_label(at.text, true))
        return mismatch(scope, key, &at, "made of letters, digits, '.', '_' and '-'");
    if (key->type == CONFIG_PLUGIN && !is_label(at.text, false))
        return mismatch(scope, key, &at, "made of a-z, 0-9, '.', '_' and '-'");
    if (key->type == CONFIG_ZONE && !check_zone(key, &at, scope))
        return false;
    int32_t days;
    if (key->type == CONFIG_DATE && !civil_parse_date(at.text, &days))
        return mismatch(scope, key, &at, "a date such as 2026-11-21");
    if (key->type == CONFIG_PATHNAME)
        at.text = resolve(&at, scope);
    *out = at;
    return true;
}

/* ---- lists ---- */

/* The end of the item at *from, a comma or the end; commas in braces and double quotes do not
 * count. */
static size_t item_end(const char *text, size_t from)
{
    uint32_t depth = 0;
    bool in_quotes = false;
    size_t i = from;
    for (; text[i] != '\0'; i++) {
        if (text[i] == '"')
            in_quotes = !in_quotes;
        else if (in_quotes)
            continue;
        else if (text[i] == '{')
            depth++;
        else if (text[i] == '}' && depth > 0)
            depth--;
        else if (text[i] == ',' && depth == 0)
            break;
    }
    return i;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Splits a value at its commas; items is NULL to count only. */
static bool split(const config_key *key, const config_text *at, config_texts *out,
                  const config_scope *scope)
{
    const char *text = at->text;
    uint32_t n = 1;
    for (size_t i = item_end(text, 0); text[i] != '\0'; i = item_end(text, i + 1))
        n++;
    out->items = arena_push(scope->memory, n * sizeof *out->items);
    out->n = 0;
    for (size_t from = 0; out->n < n;) {
        size_t end = item_end(text, from), last = end;
        while (is_blank(text[from]))
            from++;
        while (last > from && is_blank(text[last - 1]))
            last--;
        config_text item = config_text_from(at, (uint32_t)from);
        item.text = arena_strndup(scope->memory, text + from, last > from ? last - from : 0);
        if (item.text[0] == '\0')
            return fault(scope, &item, "'%s' has an empty item between its commas", key->name);
        out->items[out->n++] = item;
        from = end + 1;
    }
    return true;
}

static bool check_fields(const config_key *key, const config_texts *list, const config_scope *scope)
{
    if (list->n > key->max)
        return fault(scope, &list->items[0], "'%s' names %u fields; at most %u are possible",
                     key->name, list->n, (unsigned)key->max);
    for (uint32_t i = 0; i < list->n; i++) {
        const config_text *item = &list->items[i];
        char excerpt[EXCERPT_BYTES];
        size_t n = strlen(item->text);
        text_excerpt(excerpt, sizeof excerpt, item->text, n);
        if (n > LIMIT_NAME_BYTES || !text_is_name(item->text, n, false))
            return fault(scope, item,
                         "'%s' is a list of fields with commas between, and '%s' is not a field's "
                         "name",
                         key->name, excerpt);
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(list->items[k].text, item->text) == 0)
                return fault(scope, item, "'%s' names '%s' twice", key->name, excerpt);
        }
    }
    return true;
}

static bool set_list(const config_key *key, const ini_entry *const *entries, uint32_t n,
                     config_texts *out, const config_scope *scope)
{
    config_texts list = {0};
    if (n == 1 && strcmp(entries[0]->key, key->name) == 0) {
        config_text at = config_value_text(entries[0]);
        if (!split(key, &at, &list, scope))
            return false;
    } else {
        list.items = arena_push(scope->memory, n * sizeof *list.items);
        for (; list.n < n; list.n++)
            list.items[list.n] = config_value_text(entries[list.n]);
    }
    if (key->type == CONFIG_FIELDS && !check_fields(key, &list, scope))
        return false;
    for (uint32_t i = 0; key->type == CONFIG_PATHNAMES && i < list.n; i++)
        list.items[i].text = resolve(&list.items[i], scope);
    *out = list;
    return true;
}

/* ---- numbers ---- */

static bool parse_count(const char *text, uint64_t *out)
{
    int64_t v = 0;
    if (text[0] < '0' || text[0] > '9' || !number_parse_i64(text, strlen(text), &v))
        return false;
    *out = (uint64_t)v;
    return true;
}

static bool set_count(const config_key *key, const config_text *at, uint64_t *out,
                      const config_scope *scope)
{
    uint64_t v = 0;
    bool is_count = parse_count(at->text, &v);
    if (key->max != 0 && (!is_count || v < key->min || v > key->max)) {
        char what[96];
        (void)snprintf(what, sizeof what, "a whole number from %llu to %llu",
                       (unsigned long long)key->min, (unsigned long long)key->max); /* fits */
        return mismatch(scope, key, at, what);
    }
    if (!is_count)
        return mismatch(scope, key, at, "a whole number from 0");
    *out = v;
    return true;
}

static bool set_workers(const config_key *key, const config_text *at, uint32_t *out,
                        const config_scope *scope)
{
    uint64_t v = 0;
    if (strcmp(at->text, "auto") != 0 && (!parse_count(at->text, &v) || v < 1 || v > WORKERS_MAX))
        return mismatch(scope, key, at, "auto or a number from 1 to 1024");
    *out = (uint32_t)v;
    return true;
}

static bool set_size(const config_key *key, const config_text *at, uint64_t *out,
                     const config_scope *scope)
{
    uint64_t v = 0;
    bool can_be_auto = key->def != NULL && strcmp(key->def, "auto") == 0;
    if (can_be_auto && strcmp(at->text, "auto") == 0) {
        *out = 0;
        return true;
    }
    if (quantity_parse_bytes(&v, at->text, NULL) != GM_OK)
        return mismatch(scope, key, at,
                        can_be_auto ? "auto or a size such as 64MiB"
                                    : "a size such as 64MiB (B, KB, MB, GB, KiB, MiB, GiB)");
    if (v < key->min)
        return mismatch(scope, key, at, "a size above 0");
    if (v > key->max) {
        char what[64];
        (void)snprintf(what, sizeof what, "a size of at most %lluMiB",
                       (unsigned long long)(key->max >> 20)); /* fits */
        return mismatch(scope, key, at, what);
    }
    *out = v;
    return true;
}

static bool set_double(const config_key *key, const config_text *at, double *out,
                       const config_scope *scope)
{
    if (key->type == CONFIG_NUMBER) {
        double v = 0;
        if (!number_parse_f64(at->text, strlen(at->text), &v) || !(v > 0))
            return mismatch(scope, key, at, "a number above 0");
        *out = v;
        return true;
    }
    quantity q = {0};
    bool is_share = quantity_parse(&q, at->text, NULL) == GM_OK &&
                    (q.kind == QUANTITY_SHARE || q.kind == QUANTITY_NUMBER);
    if (!is_share || !(q.value >= 0 && q.value <= 1))
        return mismatch(scope, key, at, "a share from 0 to 1, such as 0.1% or 0.001");
    *out = q.value;
    return true;
}

static bool set_bands(const config_key *key, const config_text *at, double *out,
                      const config_scope *scope)
{
    const char *what = "three falling numbers from 100 to 0, such as 100, 80, 60";
    const config_scope silent = {.memory = scope->memory, .folder = scope->folder};
    config_texts list = {0};
    double bands[CONFIG_BANDS] = {0};
    if (!split(key, at, &list, &silent) || list.n != CONFIG_BANDS)
        return mismatch(scope, key, at, what);
    double above = 100;
    for (uint32_t i = 0; i < CONFIG_BANDS; i++) {
        const char *text = list.items[i].text;
        if (!number_parse_f64(text, strlen(text), &bands[i]) || !(bands[i] >= 0) ||
            (i == 0 ? bands[i] > above : !(bands[i] < above)))
            return mismatch(scope, key, at, what);
        above = bands[i];
    }
    memcpy(out, bands, sizeof bands);
    return true;
}

/* ---- words ---- */

static bool set_period(const config_key *key, const config_text *at, config_run *run,
                       const config_scope *scope)
{
    static const char *const names[] = {"week",          "month",           "quarter",
                                        "month_to_date", "quarter_to_date", "year_to_date"};
    _Static_assert(CONFIG_PERIOD_YEAR_TO_DATE == 6, "the names stand in the order of the enum");
    int64_t days = 0;
    size_t n = strlen(at->text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(at->text, names[i]) == 0) {
            run->period = (config_period_kind)(i + 1);
            return true;
        }
    }
    if (n < 2 || at->text[n - 1] != 'd' || at->text[0] < '0' || at->text[0] > '9' ||
        !number_parse_i64(at->text, n - 1, &days) || days < 1 || days > PERIOD_DAYS_MAX)
        return mismatch(scope, key, at,
                        "a number of days from 1d to 3660d, or week, month, quarter, "
                        "month_to_date, quarter_to_date, year_to_date");
    run->period = CONFIG_PERIOD_DAYS;
    run->period_days = (uint32_t)days;
    return true;
}

/* The number of the choice, or false with an error. */
static bool find_choice(const config_key *key, const config_text *at, unsigned *out,
                        const config_scope *scope)
{
    char list[160] = "";
    size_t used = 0, n = 0;
    for (; key->choices[n] != NULL; n++) {
        if (strcmp(at->text, key->choices[n]) == 0) {
            *out = (unsigned)n;
            return true;
        }
        int wrote =
            snprintf(list + used, sizeof list - used, "%s%s", n == 0 ? "" : ", ", key->choices[n]);
        GM_ASSERT(wrote > 0 && used + (size_t)wrote < sizeof list);
        used += (size_t)wrote;
    }
    char excerpt[EXCERPT_BYTES];
    text_excerpt(excerpt, sizeof excerpt, at->text, strlen(at->text));
    const char *near = text_suggest(at->text, key->choices, n);
    return fault(scope, at, "'%s' is %s%s, not '%s'%s%s%s", key->name, n > 1 ? "one of " : "", list,
                 excerpt, near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
                 near == NULL ? "" : "'?");
}

static bool set_bool(const config_key *key, const config_text *at, bool *out,
                     const config_scope *scope)
{
    bool is_yes = strcmp(at->text, "yes") == 0;
    if (!is_yes && strcmp(at->text, "no") != 0)
        return mismatch(scope, key, at, "yes or no");
    *out = is_yes;
    return true;
}

bool config_value_set(const config_key *key, const ini_entry *const *entries, uint32_t n,
                      void *target, const config_scope *scope)
{
    GM_ASSERT(n > 0 && (n == 1 || config_keys_is_list(key->type)));
    config_text at = config_value_text(entries[0]);
    void *field = (char *)target + key->offset;
    unsigned choice = 0;
    switch (key->type) {
    case CONFIG_TEXT:
    case CONFIG_NAME:
    case CONFIG_LABEL:
    case CONFIG_PLUGIN:
    case CONFIG_ZONE:
    case CONFIG_DATE:
    case CONFIG_PATHNAME:
        return set_text(key, at, field, scope);
    case CONFIG_TEXTS:
    case CONFIG_FIELDS:
    case CONFIG_PATHNAMES:
        return set_list(key, entries, n, field, scope);
    case CONFIG_BOOL:
        return set_bool(key, &at, field, scope);
    case CONFIG_COUNT:
        return set_count(key, &at, field, scope);
    case CONFIG_WORKERS:
        return set_workers(key, &at, field, scope);
    case CONFIG_NUMBER:
    case CONFIG_SHARE:
        return set_double(key, &at, field, scope);
    case CONFIG_SIZE:
        return set_size(key, &at, field, scope);
    case CONFIG_PERIOD:
        return set_period(key, &at, target, scope);
    case CONFIG_CHOICE:
        if (!find_choice(key, &at, &choice, scope))
            return false;
        _Static_assert(sizeof(config_direction) == sizeof choice, "enums are of int's size");
        memcpy(field, &choice, sizeof choice);
        return true;
    case CONFIG_SWITCH:
        if (!find_choice(key, &at, &choice, scope))
            return false;
        memcpy(field, &(bool){choice == 1}, sizeof(bool));
        return true;
    case CONFIG_BANDS_3:
        return set_bands(key, &at, field, scope);
    case CONFIG_FAMILY:
    case CONFIG_ITEM:
        break;
    }
    GM_ASSERT(false); /* families are put together by config_section */
    return false;
}

/* SPDX-License-Identifier: Apache-2.0
 * param.c - see param.h. */
#include "host/param.h"

#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "host/plugin_info.h"

static const char *type_name(gm_type type)
{
    switch (type) {
    case GM_T_BOOL:
        return "yes or no";
    case GM_T_I64:
        return "a whole number";
    case GM_T_F64:
        return "a number";
    case GM_T_DURATION:
        return "a duration such as 15min";
    case GM_T_TIME:
        return "a time";
    default:
        return "a text";
    }
}

static void not_a(error_list *errors, const config_text *at, const gm_param *p, gm_type type)
{
    error_list_addf(errors, at->path, at->line, at->column, "%s = %.80s: expected %s", p->name,
                    at->text, type_name(type));
}

static void add(error_list *errors, const config_text *at, const gm_param *p, const gm_error *why)
{
    error_list_addf(errors, at->path, at->line, at->column, "%s: %.300s", p->name, why->message);
}

static bool parse_enum(gm_value *out, const gm_param *p, const char *text)
{
    for (uint32_t i = 0; p->enum_values[i] != NULL; i++) {
        if (strcmp(p->enum_values[i], text) == 0) {
            out->u.i = i;
            return true;
        }
    }
    return false;
}

/* A single value of a type; the limits of p hold for it. */
static bool parse_scalar(gm_value *out, const gm_param *p, gm_type type, const config_text *text,
                         arena *a, error_list *errors)
{
    memset(out, 0, sizeof *out);
    out->type = type;
    gm_error why;
    quantity q;
    const char *s = text->text;
    size_t n = strlen(s);
    bool fits = true;
    switch (type) {
    case GM_T_BOOL:
        fits = strcmp(s, "yes") == 0 || strcmp(s, "no") == 0;
        out->u.i = strcmp(s, "yes") == 0;
        break;
    case GM_T_I64:
        fits = number_parse_i64(s, n, &out->u.i);
        break;
    case GM_T_F64:
        if (quantity_parse(&q, s, &why) != GM_OK) {
            add(errors, text, p, &why);
            return false;
        }
        out->u.f = q.value;
        break;
    case GM_T_DURATION:
        if (quantity_parse_us(&out->u.i, s, &why) != GM_OK) {
            add(errors, text, p, &why);
            return false;
        }
        break;
    case GM_T_TIME: {
        timestamp_parser parser = {.format = TIMESTAMP_RFC3339};
        fits = timestamp_parse(&parser, s, n, &out->u.i);
        break;
    }
    default: /* STR, and the source text of EXPR */
        fits = n <= LIMIT_PLUGIN_TEXT;
        out->u.s = (gm_str){.ptr = arena_strndup(a, s, n), .len = (uint32_t)n};
        break;
    }
    if (!fits)
        not_a(errors, text, p, type);
    return fits;
}

static bool below(const gm_value *a, const gm_value *b)
{
    return a->type == GM_T_F64 ? a->u.f < b->u.f : a->u.i < b->u.i;
}

static bool in_range(const gm_value *v, const gm_param *p)
{
    if (p->min.is_null == 0 && p->min.type == v->type && below(v, &p->min))
        return false;
    return p->max.is_null != 0 || p->max.type != v->type || !below(&p->max, v);
}

/* A limit as a user would write it; "" when there is none. */
static const char *limit_text(const gm_param *p, const gm_value *limit, arena *a)
{
    static const struct {
        const char *name;
        int64_t us;
    } units[] = {{"d", 86400000000}, {"h", 3600000000}, {"min", 60000000},
                 {"s", 1000000},     {"ms", 1000},      {"us", 1}};
    if (limit->is_null != 0)
        return "";
    if (limit->type == GM_T_TIME) {
        char *text = arena_push(a, TIMESTAMP_SIZE);
        timestamp_format_rfc3339(limit->u.i, NULL, text);
        return text;
    }
    if (limit->type != GM_T_DURATION)
        return param_canonical(p, limit, a);
    size_t i = 0;
    while (limit->u.i % units[i].us != 0)
        i++;
    return arena_printf(a, "%lld%s", (long long)(limit->u.i / units[i].us), units[i].name);
}

static void range_error(error_list *errors, const config_text *at, const gm_param *p, arena *a)
{
    const char *min = limit_text(p, &p->min, a);
    const char *max = limit_text(p, &p->max, a);
    error_list_addf(errors, at->path, at->line, at->column, "%s = %.80s: out of range%s%s%s%s",
                    p->name, at->text, min[0] == '\0' ? "" : ", from ", min,
                    max[0] == '\0'   ? ""
                    : min[0] == '\0' ? ", to "
                                     : " to ",
                    max);
}

/* One item of a list or a family. */
static bool parse_item(gm_value *out, const gm_param *p, const config_text *text, arena *a,
                       error_list *errors)
{
    if (!parse_scalar(out, p, p->item_type, text, a, errors))
        return false;
    if (in_range(out, p))
        return true;
    range_error(errors, text, p, a);
    return false;
}

static bool parse_list(gm_value *out, const gm_param *p, const config_text *text, arena *a,
                       error_list *errors)
{
    uint32_t n = 1;
    for (const char *s = text->text; *s != '\0'; s++)
        n += *s == ',';
    gm_value *items = arena_zpush(a, n * sizeof *items);
    const char *from = text->text;
    for (uint32_t i = 0; i < n; i++) {
        const char *end = strchr(from, ',');
        size_t len = end == NULL ? strlen(from) : (size_t)(end - from);
        size_t skip = strspn(from, " \t") < len ? strspn(from, " \t") : len;
        config_text item = config_text_from(text, (uint32_t)(from + skip - text->text));
        while (len > skip && (from[len - 1] == ' ' || from[len - 1] == '\t'))
            len--;
        item.text = arena_strndup(a, from + skip, len - skip);
        if (item.text[0] == '\0') {
            error_list_addf(errors, item.path, item.line, item.column, "%s = %.80s: empty item",
                            p->name, text->text);
            return false;
        }
        if (!parse_item(&items[i], p, &item, a, errors))
            return false;
        from = end == NULL ? from : end + 1;
    }
    memset(out, 0, sizeof *out);
    out->type = GM_T_LIST;
    out->u.l.items = items;
    out->u.l.n = n;
    return true;
}

static bool parse_value(gm_value *out, const gm_param *p, const config_text *text, arena *a,
                        error_list *errors)
{
    if (p->type == GM_T_LIST)
        return parse_list(out, p, text, a, errors);
    if (p->type == GM_T_ENUM) {
        memset(out, 0, sizeof *out);
        out->type = GM_T_ENUM;
        if (parse_enum(out, p, text->text))
            return true;
        char known[256] = "";
        for (uint32_t i = 0; p->enum_values[i] != NULL; i++) {
            size_t used = strlen(known);
            (void)snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ", ",
                           p->enum_values[i]); /* cut is fine */
        }
        error_list_addf(errors, text->path, text->line, text->column,
                        "%s = %.80s: expected one of %s", p->name, text->text, known);
        return false;
    }
    if (!parse_scalar(out, p, p->type, text, a, errors))
        return false;
    if (!in_range(out, p)) {
        range_error(errors, text, p, a);
        return false;
    }
    return true;
}

/* The family "touch" of "touch" and "touch.social"; UINT32_MAX: none. */
static uint32_t find_family(const gm_descriptor *d, const char *name)
{
    size_t n = strcspn(name, ".");
    for (uint32_t i = 0; i < d->n_params; i++) {
        const gm_param *p = d->params[i];
        if ((p->flags & GM_P_FAMILY) != 0 && strlen(p->name) == n && memcmp(p->name, name, n) == 0)
            return i;
    }
    return UINT32_MAX;
}

/* The parameter of a key; *item is "social" of "touch.social", NULL when it is no family. */
static uint32_t find_param(const gm_descriptor *d, const char *name, const char **item)
{
    uint32_t family = find_family(d, name);
    *item = NULL;
    if (family == UINT32_MAX)
        return plugin_info_param(d, name);
    const char *dot = strchr(name, '.');
    if (dot == NULL || strlen(dot + 1) > LIMIT_NAME_BYTES ||
        !text_is_name(dot + 1, strlen(dot + 1), false))
        return UINT32_MAX;
    *item = dot + 1;
    return family;
}

static void add_family_item(param_set *set, uint32_t at, const char *item, const gm_value *value,
                            arena *a)
{
    gm_value *list = &set->values[at];
    uint64_t n = list->type == GM_T_LIST && list->is_null == 0 ? list->u.l.n : 0;
    gm_value *items = arena_zpush(a, (size_t)(n + 1) * sizeof *items);
    gm_str *names = arena_zpush(a, (size_t)(n + 1) * sizeof *names);
    if (n != 0) {
        memcpy(items, list->u.l.items, (size_t)n * sizeof *items);
        memcpy(names, set->item_names[at], (size_t)n * sizeof *names);
    }
    items[n] = *value;
    names[n] = (gm_str){.ptr = item, .len = (uint32_t)strlen(item)};
    memset(list, 0, sizeof *list);
    list->type = GM_T_LIST;
    list->u.l.items = items;
    list->u.l.n = n + 1;
    set->item_names[at] = names;
}

static void unknown_param(const gm_descriptor *d, const config_metric *m, const config_pair *pair,
                          error_list *errors)
{
    uint32_t family = find_family(d, pair->name);
    if (family != UINT32_MAX) {
        const char *name = d->params[family]->name;
        error_list_addf(
            errors, pair->value.path, pair->key_line, pair->key_column,
            "'%s' in [metric %s]: '%s' is a family, each item has a key %s.ITEM with ITEM "
            "of a-z, 0-9 and '_'",
            pair->name, m->name, name, name);
        return;
    }
    static const char *const host_keys[] = {"plugin", "where", "by", "total", "bucket"};
    const char *names[LIMIT_PLUGIN_PARAMS + sizeof host_keys / sizeof *host_keys];
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n_params; i++)
        names[n++] = d->params[i]->name;
    for (size_t i = 0; i < sizeof host_keys / sizeof *host_keys; i++)
        names[n++] = host_keys[i];
    const char *near = text_suggest(pair->name, names, n);
    error_list_addf(errors, pair->value.path, pair->key_line, pair->key_column,
                    "unknown key '%s' in [metric %s]: plugin %s has no such parameter%s%s%s",
                    pair->name, m->name, d->id, near == NULL ? "" : " (did you mean '",
                    near == NULL ? "" : near, near == NULL ? "" : "'?)");
}

bool param_parse(param_set *out, const gm_descriptor *d, const config_metric *metric,
                 arena *run_arena, error_list *errors)
{
    size_t before = errors->n + errors->n_dropped;
    out->values = arena_zpush(run_arena, (d->n_params + 1) * sizeof *out->values);
    out->item_names = arena_zpush(run_arena, (d->n_params + 1) * sizeof *out->item_names);
    out->places = arena_zpush(run_arena, (d->n_params + 1) * sizeof *out->places);
    for (uint32_t i = 0; i < metric->params.n; i++) {
        const config_pair *pair = &metric->params.items[i];
        const char *item = NULL;
        uint32_t at = find_param(d, pair->name, &item);
        if (at == UINT32_MAX) {
            unknown_param(d, metric, pair, errors);
            continue;
        }
        const gm_param *p = d->params[at];
        gm_value value;
        out->places[at] = &pair->value; /* also of a wrong one: it was given */
        if (item == NULL)
            (void)parse_value(&out->values[at], p, &pair->value, run_arena,
                              errors); /* see errors */
        else if (parse_item(&value, p, &pair->value, run_arena, errors))
            add_family_item(out, at, item, &value, run_arena);
    }
    for (uint32_t i = 0; i < d->n_params; i++) {
        const gm_param *p = d->params[i];
        if (out->places[i] != NULL)
            continue;
        out->values[i] = p->def;
        if (p->def.is_null == 0 || (p->flags & GM_P_REQUIRED) == 0)
            continue;
        error_list_addf(errors, metric->section.path, metric->section.line, metric->section.column,
                        "[metric %s] lacks '%s': %.300s", metric->name, p->name, p->doc);
    }
    return errors->n + errors->n_dropped == before;
}

static void canonical_scalar(const gm_param *p, gm_type type, const gm_value *v, bytes *out)
{
    char text[NUMBER_TEXT_MAX];
    switch (type) {
    case GM_T_F64:
        (void)number_format_f64(v->u.f, text); /* the length is not needed */
        bytes_printf(out, "%s", text);
        break;
    case GM_T_STR:
    case GM_T_EXPR:
        bytes_put(out, v->u.s.ptr, v->u.s.len);
        break;
    case GM_T_ENUM:
        bytes_printf(out, "%s", p->enum_values[v->u.i]);
        break;
    case GM_T_BOOL:
        bytes_printf(out, "%s", v->u.i != 0 ? "yes" : "no");
        break;
    default:
        bytes_printf(out, "%lld", (long long)v->u.i);
        break;
    }
}

const char *param_canonical(const gm_param *p, const gm_value *value, arena *run_arena)
{
    bytes out;
    bytes_init(&out, LIMIT_MIB(16));
    if (value->is_null != 0) {
        bytes_printf(&out, "-");
    } else if (value->type == GM_T_LIST) {
        for (uint64_t i = 0; i < value->u.l.n; i++) {
            bytes_printf(&out, "%s", i == 0 ? "" : ", ");
            canonical_scalar(p, p->item_type, &value->u.l.items[i], &out);
        }
    } else {
        canonical_scalar(p, value->type, value, &out);
    }
    const char *text = arena_strndup(run_arena, (const char *)out.data, out.len);
    bytes_deinit(&out);
    return text;
}

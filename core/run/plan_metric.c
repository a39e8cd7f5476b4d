/* SPDX-License-Identifier: Apache-2.0
 * plan_metric.c - a configured metric becomes parameters, columns, a grouping and a key. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "host/param.h"
#include "run/plan_build.h"

static bool is_known_field(const plan_build *b, const char *name)
{
    for (uint32_t i = 0; i < b->fields.n; i++)
        if (strcmp(b->fields.names[i], name) == 0)
            return true;
    return false;
}

static void unknown_field(plan_build *b, const config_text *at, const char *what, const char *name)
{
    const char *near = text_suggest(name, b->fields.names, b->fields.n);
    error_list_addf(b->errors, at->path, at->line, at->column,
                    "%s: no source maps a field '%s'%s%s%s", what, name,
                    near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                    near == NULL ? "" : "'?)");
}

/* The same condition is compiled and evaluated once, however many metrics use it. */
static const expression *share(plan *p, const expression *e)
{
    if (e == NULL)
        return NULL;
    for (uint32_t i = 0; i < p->n_expressions; i++)
        if (strcmp(expression_canonical(p->expressions[i]), expression_canonical(e)) == 0)
            return p->expressions[i];
    MEM_GROW(p->expressions, p->n_expressions, p->expressions_cap);
    p->expressions[p->n_expressions++] = e;
    return e;
}

static void plan_where(plan_build *b, plan_metric *m)
{
    const expression *e = NULL;
    gm_error err;
    if (m->config->where.text == NULL)
        return;
    if (expression_compile(&e, &m->config->where, &b->plan->schema, &b->fields, &b->plan->memory,
                           &err) == GM_OK)
        m->where = share(b->plan, e);
    else
        error_list_add(b->errors, &err);
}

static void plan_grouping_of(plan_build *b, plan_metric *m)
{
    plan *p = b->plan;
    plan_grouping g = {.n_by = m->config->by.n, .bucket = m->config->bucket};
    for (uint32_t i = 0; i < g.n_by; i++) {
        const config_text *by = &m->config->by.items[i];
        if (!is_known_field(b, by->text))
            unknown_field(b, by, "by", by->text);
        g.fields[i] = by->text;
        g.columns[i] = schema_want(&p->schema, by->text, SCHEMA_TEXT, true, false);
    }
    m->total = g.n_by == 0 || m->config->total;
    for (uint32_t i = 0; i < p->n_groupings; i++) {
        const plan_grouping *have = &p->groupings[i];
        if (have->n_by == g.n_by && have->bucket == g.bucket &&
            memcmp(have->columns, g.columns, g.n_by * sizeof *g.columns) == 0) {
            m->grouping = i;
            return;
        }
    }
    MEM_GROW(p->groupings, p->n_groupings, p->groupings_cap);
    m->grouping = p->n_groupings;
    p->groupings[p->n_groupings++] = g;
}

static schema_kind kind_of(gm_type type)
{
    switch (type) {
    case GM_T_I64:
        return SCHEMA_INTEGER;
    case GM_T_F64:
        return SCHEMA_NUMBER;
    case GM_T_BOOL:
        return SCHEMA_PRESENT;
    case GM_T_TIME:
        return SCHEMA_TIME;
    default:
        return SCHEMA_TEXT;
    }
}

/* The name of a descriptor's field: fixed, or what its parameter says. */
static const char *field_name(const plan_metric *m, const gm_field *f, const param_set *set,
                              const config_text **at, arena *a)
{
    *at = &m->config->section;
    if (f->name_param == NULL)
        return f->name;
    uint32_t p = plugin_info_param(m->descriptor, f->name_param);
    const gm_value *v = &set->values[p];
    if (set->places[p] != NULL)
        *at = set->places[p];
    return v->is_null != 0 ? f->name : arena_strndup(a, v->u.s.ptr, v->u.s.len);
}

static void plan_field(plan_build *b, plan_metric *m, uint32_t index, const param_set *set)
{
    plan *p = b->plan;
    const gm_field *f = m->descriptor->fields[index];
    const config_text *at = NULL;
    const char *name = field_name(m, f, set, &at, &p->memory);
    plan_column *c = &m->columns[m->n_columns++];
    *c = (plan_column){.kind = PLAN_FIELD,
                       .name = name,
                       .field = index,
                       .param = UINT32_MAX,
                       .type = f->type,
                       .optional = (f->flags & GM_F_OPTIONAL) != 0};
    bool is_given = at != &m->config->section;
    if (name == NULL) {
        error_list_addf(b->errors, at->path, at->line, at->column, "[metric %s] lacks '%s'",
                        m->config->name, f->name_param);
        return;
    }
    bool is_time = strcmp(name, "time") == 0;
    c->is_unmapped = !is_time && !is_known_field(b, name);
    /* An optional field that is only a default may be unmapped; one that was asked for may not. */
    if (c->is_unmapped && (!c->optional || is_given))
        unknown_field(b, at, is_given ? f->name_param : m->config->name, name);
    c->schema_column =
        schema_want(&p->schema, name, is_time ? SCHEMA_TIME : kind_of(f->type),
                    (f->flags & GM_F_WANT_DICT) != 0, (f->flags & GM_F_WANT_HASH) != 0);
}

/* The source text that a plugin sees, and that keys are made of: in one spelling. */
static void set_spelling(gm_value *source, const char *spelling)
{
    source->u.s = (gm_str){.ptr = spelling, .len = (uint32_t)strlen(spelling)};
}

static void plan_condition(plan_build *b, plan_metric *m, uint32_t index, const config_text *text,
                           gm_value *source)
{
    const expression *e = NULL;
    gm_error err;
    if (expression_compile(&e, text, &b->plan->schema, &b->fields, &b->plan->memory, &err) !=
        GM_OK) {
        error_list_add(b->errors, &err);
        return;
    }
    set_spelling(source, expression_canonical(e));
    m->columns[m->n_columns++] = (plan_column){.kind = PLAN_CONDITION,
                                               .field = UINT32_MAX,
                                               .param = index,
                                               .type = GM_T_BOOL,
                                               .optional = true,
                                               .condition = share(b->plan, e)};
}

static void plan_part(plan_build *b, plan_metric *m, uint32_t index, const config_text *text,
                      gm_value *source)
{
    plan *p = b->plan;
    expression_part part;
    gm_error err;
    if (expression_compile_part(&part, text, &p->schema, &b->fields, &p->memory, &err) != GM_OK) {
        error_list_add(b->errors, &err);
        return;
    }
    set_spelling(source, expression_part_canonical(&part, &p->memory));
    static const gm_type types[] = {[EXPRESSION_COUNT] = GM_T_BOOL,
                                    [EXPRESSION_SUM] = GM_T_F64,
                                    [EXPRESSION_DISTINCT] = GM_T_STR};
    m->columns[m->n_columns++] = (plan_column){.kind = PLAN_PART,
                                               .name = part.field,
                                               .schema_column = part.column,
                                               .field = UINT32_MAX,
                                               .param = index,
                                               .type = types[part.kind],
                                               .optional = true,
                                               .part = part.kind,
                                               .condition = share(p, part.condition)};
}

static void plan_columns(plan_build *b, plan_metric *m, param_set *set)
{
    const gm_descriptor *d = m->descriptor;
    m->columns =
        arena_zpush(&b->plan->memory, (d->n_fields + d->n_params + 1) * sizeof *m->columns);
    for (uint32_t i = 0; i < d->n_fields; i++)
        plan_field(b, m, i, set);
    for (uint32_t i = 0; i < d->n_params; i++) {
        if (d->params[i]->type != GM_T_EXPR || set->places[i] == NULL)
            continue;
        if ((d->params[i]->flags & GM_P_PART) != 0)
            plan_part(b, m, i, set->places[i], &set->values[i]);
        else
            plan_condition(b, m, i, set->places[i], &set->values[i]);
    }
}

/* The unit of what a parameter stands for: events that are counted, or the field whose texts are;
 * numbers of a field have none that is known. */
static const char *unit_of_param(const plan_metric *m, const char *name)
{
    uint32_t param = plugin_info_param(m->descriptor, name);
    for (uint32_t i = 0; i < m->n_columns; i++) {
        const plan_column *c = &m->columns[i];
        if (c->param == param && c->kind == PLAN_PART && c->part == EXPRESSION_COUNT)
            return "events";
        if (c->param == param && c->kind == PLAN_PART && c->part == EXPRESSION_DISTINCT)
            return c->name;
        const gm_field *f = c->kind == PLAN_FIELD ? m->descriptor->fields[c->field] : NULL;
        if (f != NULL && f->type == GM_T_STR && f->name_param != NULL &&
            strcmp(f->name_param, name) == 0)
            return c->name;
    }
    return "";
}

static void plan_units(plan_build *b, plan_metric *m)
{
    const gm_descriptor *d = m->descriptor;
    arena *a = &b->plan->memory;
    m->units = arena_zpush(a, d->n_outputs * sizeof *m->units);
    for (uint32_t i = 0; i < d->n_outputs; i++) {
        const gm_output *o = d->outputs[i];
        m->units[i] = o->unit;
        if (o->unit_from == NULL)
            continue;
        m->units[i] = unit_of_param(m, o->unit_from);
        if (o->unit_per == NULL)
            continue;
        const char *of = m->units[i], *per = unit_of_param(m, o->unit_per);
        if (of[0] == '\0' || per[0] == '\0')
            m->units[i] = "";
        else
            m->units[i] = strcmp(of, per) == 0 ? "1" : arena_printf(a, "%s/%s", of, per);
    }
}

static void put_field_mapping(bytes *out, const config_source *s, const char *field)
{
    const config_pairs *families[] = {&s->map, &s->set, &s->values};
    static const char *const names[] = {"map", "set", "value"};
    for (size_t k = 0; k < 3; k++)
        for (uint32_t i = 0; i < families[k]->n; i++)
            if (strcmp(families[k]->items[i].name, field) == 0)
                bytes_printf(out, "%s.%s=%s\n", names[k], field, families[k]->items[i].value.text);
    if (strcmp(field, "system") == 0)
        bytes_printf(out, "system=%s\n", s->system.text);
}

static bool uses_field(const plan *p, const plan_metric *m, const char *field)
{
    const plan_grouping *g = &p->groupings[m->grouping];
    for (uint32_t i = 0; i < g->n_by; i++)
        if (strcmp(g->fields[i], field) == 0)
            return true;
    for (uint32_t i = 0; i < m->n_columns; i++) {
        const plan_column *c = &m->columns[i];
        if ((c->name != NULL && strcmp(c->name, field) == 0) ||
            (c->condition != NULL && expression_reads(c->condition, field)))
            return true;
    }
    return m->where != NULL && expression_reads(m->where, field);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By name: the order of the schema depends on the metrics beside this one. Owned. */
static const char **used_fields(const plan *p, const plan_metric *m, uint32_t *n)
{
    const char **fields = mem_array(p->schema.n + 1, sizeof *fields);
    *n = 0;
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const char *field = p->schema.columns[i].field;
        bool is_seen = false; /* a field may have several columns */
        for (uint32_t k = 0; k < *n && !is_seen; k++)
            is_seen = strcmp(fields[k], field) == 0;
        if (!is_seen && uses_field(p, m, field))
            fields[(*n)++] = field;
    }
    qsort(fields, *n, sizeof *fields, by_name);
    return fields;
}

/* What a metric computes, and how a source maps the fields it reads. */
static hash128 source_key(const plan *p, const plan_metric *m, const config_source *s)
{
    bytes out;
    bytes_init(&out, LIMIT_MIB(16));
    bytes_printf(&out, "%ssource=%s\ntime=%s %u %s\n", m->key_text, s->name, s->time.text,
                 (unsigned)s->time_format, s->time_zone.text == NULL ? "" : s->time_zone.text);
    bytes_printf(&out, "max_line_bytes=%llu\nmax_file_bytes=%llu\non_damage=%u\n",
                 (unsigned long long)s->max_line_bytes, (unsigned long long)s->max_file_bytes,
                 (unsigned)s->on_damage);
    uint32_t n = 0;
    const char **fields = used_fields(p, m, &n);
    for (uint32_t i = 0; i < n; i++)
        put_field_mapping(&out, s, fields[i]);
    mem_free(fields);
    GM_ASSERT(!out.failed);
    hash128 key = hash_128(out.data, out.len);
    bytes_deinit(&out);
    return key;
}

static void put_param(bytes *out, const gm_param *param, const gm_value *v, const gm_str *names,
                      arena *run_arena)
{
    bytes_printf(out, "%s=%s\n", param->name, param_canonical(param, v, run_arena));
    for (uint64_t i = 0; names != NULL && i < v->u.l.n; i++)
        bytes_printf(out, "%s.%u=%.*s\n", param->name, (unsigned)i, (int)names[i].len,
                     names[i].ptr);
}

static void plan_key(plan_build *b, plan_metric *m, const param_set *set)
{
    plan *p = b->plan;
    const gm_descriptor *d = m->descriptor;
    const plan_grouping *g = &p->groupings[m->grouping];
    bytes out;
    bytes_init(&out, LIMIT_MIB(16));
    bytes_printf(&out, "plugin=%s %.*s\nformat=%u\n", d->id, (int)strcspn(d->version, "."),
                 d->version, d->state_format);
    for (uint32_t i = 0; i < d->n_params; i++)
        if ((d->params[i]->flags & GM_P_FINALIZE_ONLY) == 0)
            put_param(&out, d->params[i], &set->values[i], set->item_names[i], &p->memory);
    for (uint32_t i = 0; i < m->n_columns; i++)
        if (m->columns[i].condition != NULL)
            bytes_printf(&out, "condition %u=%s\n", i,
                         expression_canonical(m->columns[i].condition));
    if (m->where != NULL)
        bytes_printf(&out, "where=%s\n", expression_canonical(m->where));
    for (uint32_t i = 0; i < g->n_by; i++)
        bytes_printf(&out, "by=%s\n", g->fields[i]);
    bytes_printf(&out, "bucket=%s\ntimezone=%s\n", g->bucket == CONFIG_BUCKET_HOUR ? "hour" : "day",
                 civil_zone_name(p->zone));
    GM_ASSERT(!out.failed);
    m->key_text = arena_strndup(&p->memory, (const char *)out.data, out.len);
    bytes_deinit(&out);
    m->keys = arena_zpush(&p->memory, p->config->n_sources * sizeof *m->keys);
    for (uint32_t s = 0; s < p->config->n_sources; s++)
        m->keys[s] = source_key(p, m, &p->config->sources[s]);
}

/* Every group has a point for each bucket. */
static void check_buckets(plan_build *b, const plan_metric *m)
{
    const plan *p = b->plan;
    uint32_t days = (uint32_t)(p->current.end_day - p->current.first_day);
    if (m->config->bucket == CONFIG_BUCKET_HOUR && days * 24 > LIMIT_BUCKETS)
        error_list_addf(b->errors, m->config->section.path, m->config->section.line,
                        m->config->section.column,
                        "[metric %s]: %u days by hour are more than %d buckets; use bucket = day",
                        m->config->name, days, LIMIT_BUCKETS);
}

/* A source that lacks a field the metric cannot do without gives it nothing. */
static void plan_sources(plan_build *b, plan_metric *m)
{
    const config *c = b->plan->config;
    m->reads_source = arena_zpush(&b->plan->memory, c->n_sources * sizeof *m->reads_source);
    bool any = false;
    for (uint32_t s = 0; s < c->n_sources; s++) {
        bool reads = true;
        for (uint32_t i = 0; i < m->n_columns; i++)
            if (m->columns[i].kind == PLAN_FIELD && !m->columns[i].optional)
                reads = reads && mapping_has_field(&c->sources[s], m->columns[i].name);
        m->reads_source[s] = reads;
        any = any || reads;
    }
    if (!any && c->n_sources != 0)
        error_list_addf(
            b->errors, m->config->section.path, m->config->section.line, m->config->section.column,
            "[metric %s]: no single source maps all the fields that it needs", m->config->name);
}

void plan_metrics(plan_build *b)
{
    plan *p = b->plan;
    for (uint32_t i = 0; i < p->n_metrics; i++) {
        plan_metric *m = &p->metrics[i];
        if (m->descriptor == NULL)
            continue; /* its plugin is missing, which is said already */
        param_set set;
        size_t before = b->errors->n;
        bool is_right = param_parse(&set, m->descriptor, m->config, &p->memory, b->errors);
        plan_where(b, m);
        plan_grouping_of(b, m);
        if (!is_right)
            continue;
        m->values = set.values;
        m->item_names = set.item_names;
        plan_columns(b, m, &set);
        plan_units(b, m);
        if (b->errors->n != before)
            continue;
        plan_sources(b, m);
        check_buckets(b, m);
    }
    if (p->schema.n > LIMIT_COLUMNS)
        error_list_addf(
            b->errors, p->config->path, 0, 0,
            "the metrics read %u different columns, more than %d; split the configuration",
            p->schema.n, LIMIT_COLUMNS);
    /* Keys come last: the schema is complete only now. */
    for (uint32_t i = 0; i < p->n_metrics; i++) {
        plan_metric *m = &p->metrics[i];
        if (m->reads_source == NULL)
            continue; /* something about it is wrong, which is told already */
        param_set set = {.values = m->values, .item_names = m->item_names};
        plan_key(b, m, &set);
    }
}

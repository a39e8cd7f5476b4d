/* SPDX-License-Identifier: Apache-2.0
 * mapping.c - compiling a source for a schema; see mapping.h.
 *
 * All texts of the source are parsed, also those that no column wants, so that a mistake shows at
 * once. Only wanted paths go into the trie: the parser looks at no other. Slots have their numbers
 * when the trie is complete, so a column first holds the nodes where its paths end, then their
 * slots. */
#include "event/mapping.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/json_number.h"
#include "event/mapping_plan.h"

/* A mapping under construction. */
typedef struct builder {
    mapping *m;
    const config_source *source;
    error_list *errors;
    json_paths time;
    json_paths *map; /* by pair of source->map; n 0: in error */
} builder;

static const config_pair *find_pair(const config_pairs *pairs, const char *name)
{
    for (uint32_t i = 0; i < pairs->n; i++)
        if (strcmp(pairs->items[i].name, name) == 0)
            return &pairs->items[i];
    return NULL;
}

bool mapping_has_field(const config_source *source, const char *field)
{
    return strcmp(field, "time") == 0 || strcmp(field, "system") == 0 ||
           find_pair(&source->map, field) != NULL || find_pair(&source->set, field) != NULL;
}

static size_t count_errors(const error_list *errors)
{
    return errors->n + errors->n_dropped;
}

static void error_at_text(const builder *b, const config_text *at, const char *message)
{
    error_list_addf(b->errors, at->path, at->line, at->column, "%s", message);
}

/* time and system have keys of their own, and only one of map. and set. may name a field. */
static void check_names(const builder *b, const config_pairs *pairs, const char *family)
{
    for (uint32_t i = 0; i < pairs->n; i++) {
        const config_pair *pair = &pairs->items[i];
        if (strcmp(pair->name, "time") == 0 || strcmp(pair->name, "system") == 0)
            error_list_addf(b->errors, pair->value.path, pair->key_line, pair->key_column,
                            "%s.%s: the key '%s' gives this field", family, pair->name, pair->name);
        else if (pairs == &b->source->set && find_pair(&b->source->map, pair->name) != NULL)
            error_list_addf(b->errors, pair->value.path, pair->key_line, pair->key_column,
                            "set.%s: map.%s gives this field already", pair->name, pair->name);
    }
}

static json_paths parse_paths(const builder *b, const config_text *text)
{
    json_paths paths = {0};
    gm_error err;
    if (json_path_parse(&paths, text, &b->m->memory, &err) != GM_OK) {
        error_list_add(b->errors, &err);
        paths.n = 0;
    }
    return paths;
}

static void parse_map(builder *b)
{
    const config_pairs *map = &b->source->map;
    check_names(b, map, "map");
    b->map = arena_zpush(&b->m->memory, map->n * sizeof *b->map);
    for (uint32_t i = 0; i < map->n; i++)
        b->map[i] = parse_paths(b, &map->items[i].value);
}

static void check_set(const builder *b)
{
    const config_pairs *set = &b->source->set;
    check_names(b, set, "set");
    for (uint32_t i = 0; i < set->n; i++) {
        const config_text *value = &set->items[i].value;
        if (!text_is_utf8(value->text, strlen(value->text)))
            error_at_text(b, value, "this text is not UTF-8");
    }
}

/* value.FIELD for a field that the source does not give: most likely the name is misspelt. */
static void report_orphan(const builder *b, const config_pair *pair)
{
    const config_pairs *map = &b->source->map, *set = &b->source->set;
    const char **names = arena_push(&b->m->memory, (map->n + set->n) * sizeof *names);
    size_t n = 0;
    for (uint32_t i = 0; i < map->n; i++)
        names[n++] = map->items[i].name;
    for (uint32_t i = 0; i < set->n; i++)
        names[n++] = set->items[i].name;
    const char *near = text_suggest(pair->name, names, n);
    error_list_addf(b->errors, pair->value.path, pair->key_line, pair->key_column,
                    "value.%s: there is no map.%s or set.%s%s%s%s", pair->name, pair->name,
                    pair->name, near == NULL ? "" : "; did you mean 'value.",
                    near == NULL ? "" : near, near == NULL ? "" : "'?");
}

static void parse_values(builder *b)
{
    const config_pairs *values = &b->source->values;
    b->m->tables = mem_array(values->n, sizeof *b->m->tables);
    b->m->n_tables = values->n;
    for (uint32_t i = 0; i < values->n; i++) {
        const config_pair *pair = &values->items[i];
        if (find_pair(&b->source->map, pair->name) == NULL &&
            find_pair(&b->source->set, pair->name) == NULL)
            report_orphan(b, pair);
        gm_error err;
        gm_status status = value_table_init(&b->m->tables[i], &pair->value, &b->m->memory, &err);
        if (!text_is_utf8(pair->value.text, strlen(pair->value.text)))
            error_at_text(b, &pair->value, "this text is not UTF-8");
        else if (status != GM_OK)
            error_list_add(b->errors, &err);
    }
}

static void parse_source(builder *b)
{
    const config_source *source = b->source;
    gm_error err;
    if (source->time.text == NULL)
        error_at_text(b, &source->section, "a source needs 'time', the path of the time in a line");
    else
        b->time = parse_paths(b, &source->time);
    if (source->time_zone.text != NULL &&
        civil_zone_open(&b->m->zone, source->time_zone.text, &err) != GM_OK)
        error_at_text(b, &source->time_zone, err.message);
    if (source->max_line_bytes > LIMIT_LINE_BYTES_MAX)
        error_list_addf(b->errors, source->section.path, source->section.line,
                        source->section.column, "max_line_bytes is at most %zu MiB",
                        LIMIT_LINE_BYTES_MAX >> 20);
    parse_map(b);
    check_set(b);
    parse_values(b);
}

/* The nodes where paths end. */
static mapping_slots add_paths(const builder *b, const json_paths *paths)
{
    mapping_slots nodes = {.n = paths->n};
    nodes.items = arena_push(&b->m->memory, paths->n * sizeof *nodes.items);
    for (uint32_t i = 0; i < paths->n; i++)
        nodes.items[i] = path_trie_add(&b->m->paths, &paths->items[i]);
    return nodes;
}

static void nodes_to_slots(const mapping *m, mapping_slots *slots)
{
    for (uint32_t i = 0; i < slots->n; i++)
        slots->items[i] = m->paths.nodes[slots->items[i]].slot;
}

/* A constant in the representation that the column wants. */
static void set_constant(const builder *b, uint32_t i, gm_str text, const config_text *at)
{
    const schema_column *wanted = &b->m->s->columns[i];
    mapping_column *column = &b->m->columns[i];
    mapping_constant *constant = &column->constant;
    json_number_result result = JSON_NUMBER_OK;
    if (column->values != NULL)
        text = value_table_map(column->values, text);
    constant->is_null = false;
    constant->text = text;
    constant->present = 1;
    if (wanted->kind == SCHEMA_NUMBER)
        result = json_number_f64(text.ptr, text.len, &constant->number);
    else if (wanted->kind == SCHEMA_INTEGER)
        result = json_number_i64(text.ptr, text.len, &constant->integer);
    if (result == JSON_NUMBER_OK)
        return;
    const char *problem = result == JSON_NUMBER_RANGE      ? "does not fit"
                          : wanted->kind == SCHEMA_INTEGER ? "is no whole number"
                                                           : "is no number";
    error_list_addf(b->errors, at->path, at->line, at->column,
                    "'%.*s' %s, but a metric takes the field '%s' as a number", (int)text.len,
                    text.ptr, problem, wanted->field);
}

/* The fields that every source has. Only PRESENT and the time itself need no look at the line. */
static void compile_time(const builder *b, uint32_t i)
{
    mapping_column *column = &b->m->columns[i];
    switch (b->m->s->columns[i].kind) {
    case SCHEMA_TIME:
        column->how = MAPPING_TIME;
        break;
    case SCHEMA_PRESENT:
        column->constant = (mapping_constant){.present = 1};
        break;
    case SCHEMA_TEXT:
    case SCHEMA_NUMBER:
    case SCHEMA_INTEGER:
    default:
        column->how = MAPPING_PATH;
        column->slots = add_paths(b, &b->time);
        break;
    }
}

static void compile_column(const builder *b, uint32_t i)
{
    const config_source *source = b->source;
    const char *field = b->m->s->columns[i].field;
    mapping_column *column = &b->m->columns[i];
    column->constant.is_null = b->m->s->columns[i].kind != SCHEMA_PRESENT;
    if (strcmp(field, "time") == 0) {
        compile_time(b, i);
        return;
    }
    const config_pair *table = find_pair(&source->values, field);
    if (table != NULL)
        column->values = &b->m->tables[table - source->values.items];
    const config_pair *map = find_pair(&source->map, field);
    const config_pair *set = find_pair(&source->set, field);
    const config_text *constant = set == NULL ? NULL : &set->value;
    config_text name = source->section;
    if (strcmp(field, "system") == 0) {
        name.text = source->name;
        constant = source->system.text == NULL ? &name : &source->system;
    }
    if (constant != NULL) {
        gm_str text = {.ptr = constant->text, .len = (uint32_t)strlen(constant->text)};
        set_constant(b, i, text, constant);
    } else if (map != NULL) {
        column->how = MAPPING_PATH;
        column->slots = add_paths(b, &b->map[map - source->map.items]);
    }
}

gm_status mapping_new(mapping **out, const config_source *source, const schema *s,
                      error_list *errors)
{
    size_t n_before = count_errors(errors);
    mapping *m = mem_zalloc(sizeof *m);
    builder b = {.m = m, .source = source, .errors = errors};
    *out = NULL;
    arena_init(&m->memory, LIMIT_KIB(4));
    path_trie_init(&m->paths);
    m->s = s;
    m->time_format = source->time_format;
    m->max_line_bytes = source->max_line_bytes;
    m->max_file_bytes = source->max_file_bytes;
    parse_source(&b);
    m->columns = mem_array(s->n, sizeof *m->columns);
    m->time = add_paths(&b, &b.time);
    for (uint32_t i = 0; i < s->n; i++)
        compile_column(&b, i);
    path_trie_finish(&m->paths);
    nodes_to_slots(m, &m->time);
    for (uint32_t i = 0; i < s->n; i++)
        nodes_to_slots(m, &m->columns[i].slots);
    if (count_errors(errors) != n_before) {
        mapping_free(m);
        return GM_E_CONFIG;
    }
    *out = m;
    return GM_OK;
}

void mapping_free(mapping *m)
{
    if (m == NULL)
        return;
    for (uint32_t i = 0; i < m->n_tables; i++)
        value_table_deinit(&m->tables[i]);
    mem_free(m->tables);
    mem_free(m->columns);
    path_trie_deinit(&m->paths);
    civil_zone_free(m->zone);
    arena_deinit(&m->memory);
    mem_free(m);
}

/* SPDX-License-Identifier: Apache-2.0
 * config.c - from files to option structs; see config.h.
 *
 * The main file is read first, since its [run] names the others. Then each section is checked where
 * it stands, and each concrete one is filled from the patterns that fit its name and from itself.
 * Work goes on after errors, so that all are told at once. */
#include "config/config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/config_hash.h"
#include "config/config_heading.h"
#include "config/config_include.h"
#include "config/config_keys.h"
#include "config/config_section.h"
#include "config/config_value.h"
#include "config/ini_file.h"
#include "config/ini_scan.h"

/* There is a [run], a source and a metric beside the goals, so the sections' ceiling is enough. */
_Static_assert(LIMIT_GOALS >= LIMIT_SECTIONS, "goals need no ceiling of their own");

typedef struct placed_section {
    config_section read;
    config_kind kind;
    bool is_pattern;
    bool is_bad; /* of no or a wrong name: checked, not filled */
} placed_section;

typedef struct loader {
    config *c;
    char *folder;  /* of the main file */
    arena scratch; /* what is not needed after loading */
    error_list *errors;
    ini_scan *scans; /* one a file */
    uint32_t n_scans, scans_cap;
    placed_section *sections; /* in the order of files and lines */
    uint32_t n_sections, sections_cap;
    const placed_section **patterns; /* the weakest first */
    uint32_t n_patterns;
    bool is_whole; /* could all files be understood? */
} loader;

static void read_file(loader *l, const char *path);
static void load_run(loader *l, const config_override *overrides, uint32_t n_overrides);
static void read_includes(loader *l);
static void place_sections(loader *l, uint32_t scan);
static void fill_sections(loader *l);
static void add_areas(loader *l);

gm_status config_load(config **out, const char *path, const config_override *overrides,
                      uint32_t n_overrides, error_list *errors)
{
    size_t errors_before = errors->n + errors->n_dropped;
    config *c = mem_zalloc(sizeof *c);
    loader l = {.c = c, .errors = errors, .folder = file_dirname(path), .is_whole = true};
    arena_init(&c->memory, 0);
    arena_init(&l.scratch, 0);
    *out = NULL;
    c->path = arena_strdup(&c->memory, path);
    c->files.items = arena_zpush(&c->memory, sizeof *c->files.items);
    c->files.items[0] = (config_text){.text = c->path};
    c->files.n = 1;
    read_file(&l, c->path);
    place_sections(&l, 0);
    load_run(&l, overrides, n_overrides);
    read_includes(&l);
    fill_sections(&l);
    add_areas(&l);
    c->hash = config_hash_scans(l.scans, l.n_scans);
    config_sort_errors(c, errors);
    for (uint32_t i = 0; i < l.n_scans; i++)
        ini_scan_deinit(&l.scans[i]);
    mem_free(l.scans);
    mem_free(l.sections);
    mem_free(l.patterns);
    mem_free(l.folder);
    arena_deinit(&l.scratch);
    bool is_right = errors->n + errors->n_dropped == errors_before;
    if (is_right || l.is_whole)
        *out = c;
    else
        config_free(c);
    return is_right ? GM_OK : GM_E_CONFIG;
}

void config_free(config *c)
{
    if (c == NULL)
        return;
    arena_deinit(&c->memory);
    mem_free(c);
}

/* ---- files ---- */

static void read_file(loader *l, const char *path)
{
    MEM_GROW(l->scans, l->n_scans, l->scans_cap);
    l->scans[l->n_scans] = (ini_scan){0};
    l->n_scans++;
    if (!ini_file_read(&l->scans[l->n_scans - 1], path, &l->c->memory, l->errors))
        l->is_whole = false;
}

static config_scope check_scope(loader *l)
{
    return (config_scope){.memory = &l->scratch, .folder = l->folder, .errors = l->errors};
}

static config_scope fill_scope(loader *l)
{
    return (config_scope){.memory = &l->c->memory, .folder = l->folder};
}

/* Overrides as a section that stands above [run]; of one key the first counts. */
static void read_overrides(loader *l, const config_override *overrides, uint32_t n,
                           config_section *out)
{
    ini_section *section = arena_zpush(&l->scratch, sizeof *section);
    ini_entry *entries = arena_zpush(&l->scratch, n * sizeof *entries);
    *section = (ini_section){.heading = "run", .kind = "run", .name = "", .path = l->c->path};
    for (uint32_t i = 0; i < n; i++) {
        const config_override *o = &overrides[i];
        bool is_known = false;
        for (uint32_t k = 0; k < section->n && !is_known; k++)
            is_known = strcmp(entries[k].key, o->key) == 0;
        if (is_known)
            continue;
        bool is_utf8 = text_is_utf8(o->value, strlen(o->value));
        if (!is_utf8)
            error_list_addf(l->errors, o->origin, 0, 0, "the value is not UTF-8");
        entries[section->n++] =
            (ini_entry){.key = arena_strdup(&l->c->memory, o->key),
                        .value = is_utf8 ? arena_strdup(&l->c->memory, o->value) : "",
                        .path = arena_strdup(&l->c->memory, o->origin),
                        .is_bad = !is_utf8};
    }
    config_scope scope = check_scope(l);
    config_section_read(out, section, entries, &scope);
}

static void load_run(loader *l, const config_override *overrides, uint32_t n_overrides)
{
    ini_section absent = {.heading = "run", .kind = "run", .name = "", .path = l->c->path};
    config_section none = {.from = &absent}, above = {0};
    const config_section *levels[2] = {&none, &above};
    for (uint32_t i = l->n_sections; i-- > 0;) {
        if (l->sections[i].kind == CONFIG_KIND_RUN && !l->sections[i].is_bad)
            levels[0] = &l->sections[i].read;
    }
    read_overrides(l, overrides, n_overrides, &above);
    config_scope scope = fill_scope(l);
    config_section_fill(&l->c->run, "run", levels, 2, &scope, l->errors);
}

static void read_includes(loader *l)
{
    config *c = l->c;
    config_texts found = {0};
    config_include_find(&found, &c->run.includes, c->path, &c->memory, l->errors);
    if (found.n == 0)
        return;
    config_text *files = arena_push(&c->memory, (found.n + 1) * sizeof *files);
    files[0] = c->files.items[0];
    memcpy(files + 1, found.items, found.n * sizeof *files);
    c->files = (config_texts){.items = files, .n = found.n + 1};
    uint32_t n_sections = 0;
    for (uint32_t i = 1; i < c->files.n; i++) {
        read_file(l, c->files.items[i].text);
        place_sections(l, i);
    }
    for (uint32_t i = 0; i < l->n_scans; i++)
        n_sections += l->scans[i].n_sections;
    const ini_section **all = mem_array(n_sections, sizeof(ini_section *));
    uint32_t at = 0;
    for (uint32_t i = 0; i < l->n_scans; i++) {
        for (uint32_t k = 0; k < l->scans[i].n_sections; k++) {
            if (config_heading_kind(&l->scans[i].sections[k]) != CONFIG_KIND_RUN) /* told already */
                all[at++] = &l->scans[i].sections[k];
        }
    }
    ini_scan_check_twice(all, at, false, l->errors);
    mem_free(all);
}

/* ---- sections ---- */

static void place_sections(loader *l, uint32_t scan)
{
    const ini_scan *s = &l->scans[scan];
    config_scope scope = check_scope(l);
    for (uint32_t i = 0; i < s->n_sections; i++) {
        const ini_section *from = &s->sections[i];
        if (l->n_sections == LIMIT_SECTIONS) {
            error_list_addf(l->errors, from->path, from->line, from->column,
                            "more than %u sections", (unsigned)LIMIT_SECTIONS);
            return;
        }
        placed_section p = {.read = {.from = from}, .kind = config_heading_kind(from)};
        p.is_bad = !config_heading_check(from, l->c->path, &p.is_pattern, l->errors);
        if (p.kind != CONFIG_KIND_UNKNOWN)
            config_section_read(&p.read, from, s->entries, &scope);
        MEM_GROW(l->sections, l->n_sections, l->sections_cap);
        l->sections[l->n_sections++] = p;
    }
}

/* ---- filling ---- */

static int compare_patterns(const void *a, const void *b)
{
    const placed_section *x = *(const placed_section *const *)a;
    const placed_section *y = *(const placed_section *const *)b;
    size_t m = strlen(x->read.from->name), n = strlen(y->read.from->name);
    /* Equally long ones that fit the same name are the same, so their order says nothing. */
    return m != n ? (m > n) - (m < n) : (x > y) - (x < y);
}

static void find_patterns(loader *l)
{
    l->patterns = mem_array(l->n_sections, sizeof(placed_section *));
    for (uint32_t i = 0; i < l->n_sections; i++) {
        if (l->sections[i].is_pattern && !l->sections[i].is_bad)
            l->patterns[l->n_patterns++] = &l->sections[i];
    }
    qsort(l->patterns, l->n_patterns, sizeof(placed_section *), compare_patterns);
}

static void fill_section(loader *l, const placed_section *p, void *target)
{
    const char *name = p->read.from->name;
    config_scope scope = fill_scope(l);
    const config_section **levels = mem_array((size_t)l->n_patterns + 1, sizeof(config_section *));
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n_patterns; i++) {
        const placed_section *pattern = l->patterns[i];
        if (pattern->kind == p->kind && config_heading_fits(pattern->read.from->name, name))
            levels[n++] = &pattern->read;
    }
    levels[n++] = &p->read;
    config_section_fill(target, p->read.from->kind, levels, n, &scope, l->errors);
    mem_free(levels);
}

static config_text section_place(const ini_section *from)
{
    return (config_text){
        .text = from->name, .path = from->path, .line = from->line, .column = from->column};
}

static void fill_source(loader *l, const placed_section *p)
{
    config_source *s = &l->c->sources[l->c->n_sources++];
    s->name = p->read.from->name;
    s->section = section_place(p->read.from);
    fill_section(l, p, s);
    if (s->system.text == NULL)
        s->system.text = s->name;
}

static void fill_metric(loader *l, const placed_section *p)
{
    const ini_section *from = p->read.from;
    config_metric *m = &l->c->metrics[l->c->n_metrics++];
    m->name = from->name;
    m->section = section_place(from);
    fill_section(l, p, m);
    if (l->c->n_metrics == LIMIT_METRICS + 1)
        error_list_addf(l->errors, from->path, from->line, from->column, "more than %u metrics",
                        (unsigned)LIMIT_METRICS);
}

static void fill_goal(loader *l, const placed_section *p)
{
    const ini_section *from = p->read.from;
    config_goal *g = &l->c->goals[l->c->n_goals++];
    g->name = from->name;
    g->section = section_place(from);
    fill_section(l, p, g);
    if (g->title.text == NULL)
        g->title.text = g->name;
    if (g->inputs.n == 0)
        error_list_addf(
            l->errors, from->path, from->line, from->column,
            "[goal %s] needs the value that it scores: 'metric = METRIC.OUTPUT', or 'input.NAME' "
            "for a rule with several",
            g->name);
}

static void fill_area(loader *l, const placed_section *p)
{
    config_area *a = &l->c->areas[l->c->n_areas++];
    a->name = p->read.from->name;
    a->section = section_place(p->read.from);
    fill_section(l, p, a);
    if (a->title.text == NULL)
        a->title.text = a->name;
}

static void fill_sections(loader *l)
{
    config *c = l->c;
    uint32_t counts[CONFIG_KIND_UNKNOWN + 1] = {0};
    for (uint32_t i = 0; i < l->n_sections; i++)
        counts[l->sections[i].kind] += !l->sections[i].is_pattern;
    c->sources = arena_zpush(&c->memory, counts[CONFIG_KIND_SOURCE] * sizeof *c->sources);
    c->metrics = arena_zpush(&c->memory, counts[CONFIG_KIND_METRIC] * sizeof *c->metrics);
    c->goals = arena_zpush(&c->memory, counts[CONFIG_KIND_GOAL] * sizeof *c->goals);
    /* Each goal may name an area of its own. */
    size_t n_areas = (size_t)counts[CONFIG_KIND_AREA] + counts[CONFIG_KIND_GOAL];
    c->areas = arena_zpush(&c->memory, n_areas * sizeof *c->areas);
    find_patterns(l);
    for (uint32_t i = 0; i < l->n_sections; i++) {
        const placed_section *p = &l->sections[i];
        if (p->is_bad || p->is_pattern)
            continue;
        if (p->kind == CONFIG_KIND_SOURCE)
            fill_source(l, p);
        else if (p->kind == CONFIG_KIND_METRIC)
            fill_metric(l, p);
        else if (p->kind == CONFIG_KIND_GOAL)
            fill_goal(l, p);
        else if (p->kind == CONFIG_KIND_AREA)
            fill_area(l, p);
    }
    if (l->is_whole && counts[CONFIG_KIND_SOURCE] == 0)
        error_list_addf(l->errors, c->path, 0, 0,
                        "no [source NAME]: a run needs at least one source of logs");
    if (l->is_whole && counts[CONFIG_KIND_METRIC] == 0)
        error_list_addf(l->errors, c->path, 0, 0,
                        "no [metric NAME]: a run needs at least one metric");
}

/* ---- areas that only goals name ---- */

typedef struct named_area {
    const char *name;
    uint32_t order; /* declared ones first */
} named_area;

static int compare_names(const void *a, const void *b)
{
    const named_area *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static int compare_named_orders(const void *a, const void *b)
{
    const named_area *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static void add_areas(loader *l)
{
    config *c = l->c;
    uint32_t n = 0, kept = 0, n_declared = c->n_areas;
    named_area *named = mem_array((size_t)c->n_areas + c->n_goals, sizeof *named);
    for (uint32_t i = 0; i < c->n_areas; i++, n++)
        named[n] = (named_area){.name = c->areas[i].name, .order = n};
    for (uint32_t i = 0; i < c->n_goals; i++) {
        if (c->goals[i].area.text != NULL) {
            named[n] = (named_area){.name = c->goals[i].area.text, .order = n};
            n++;
        }
    }
    qsort(named, n, sizeof *named, compare_names);
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(named[kept - 1].name, named[i].name) != 0)
            named[kept++] = named[i];
    }
    qsort(named, kept, sizeof *named, compare_named_orders);
    for (uint32_t i = 0; i < kept; i++) {
        const char *name = named[i].name;
        if (named[i].order < n_declared)
            continue;
        c->areas[c->n_areas++] = (config_area){
            .name = name, .section = {.text = name}, .title = {.text = name}, .weight = 1};
    }
    mem_free(named);
}

/* ---- errors ---- */

static uint32_t file_rank(const config *c, const gm_error *err)
{
    if (err->path[0] == '\0') /* of no file: first */
        return 0;
    for (uint32_t i = 0; i < c->files.n; i++) {
        if (strncmp(err->path, c->files.items[i].text, sizeof err->path - 1) == 0)
            return i + 1;
    }
    return c->files.n + 1; /* a flag or a variable */
}

static int compare_errors(const void *a, const void *b, void *context)
{
    const config *c = context;
    const gm_error *x = a, *y = b;
    uint32_t m = file_rank(c, x), n = file_rank(c, y);
    if (m != n)
        return m < n ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    int order = strcmp(x->path, y->path);
    return order != 0 ? order : strcmp(x->message, y->message);
}

void config_sort_errors(const config *c, error_list *errors)
{
    config files = {.files = c->files};
    if (errors->n != 0)
        qsort_r(errors->items, errors->n, sizeof *errors->items, compare_errors, &files);
}

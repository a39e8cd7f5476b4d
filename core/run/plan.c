/* SPDX-License-Identifier: Apache-2.0
 * plan.c - from a configuration's path to a plan, step by step; see plan.h. */
#include "run/plan.h"

#include <string.h>

#include "base/mem.h"
#include "run/plan_build.h"

/* What every step wants to know first: which fields exist at all. */
static void collect_fields(plan_build *b)
{
    const config *c = b->plan->config;
    uint32_t max = 1;
    for (uint32_t s = 0; s < c->n_sources; s++)
        max += c->sources[s].map.n + c->sources[s].set.n;
    const char **names = arena_zpush(&b->plan->memory, max * sizeof *names);
    uint32_t n = 0;
    names[n++] = "system";
    for (uint32_t s = 0; s < c->n_sources; s++) {
        const config_pairs *both[] = {&c->sources[s].map, &c->sources[s].set};
        for (size_t k = 0; k < 2; k++) {
            for (uint32_t i = 0; i < both[k]->n; i++) {
                const char *name = both[k]->items[i].name;
                uint32_t at = 0;
                while (at < n && strcmp(names[at], name) != 0)
                    at++;
                if (at == n)
                    names[n++] = name;
            }
        }
    }
    b->fields = (expression_fields){.names = names, .n = n};
}

static void plan_periods(plan_build *b)
{
    plan *p = b->plan;
    const config_run *run = &p->config->run;
    int32_t until = civil_day_of(p->zone, b->options->now_us) - 1;
    if (b->options->date != NULL) {
        if (!civil_parse_date(b->options->date, &until))
            error_list_addf(b->errors, "--date", 0, 0, "'%.40s' is no date such as 2026-11-21",
                            b->options->date);
    } else if (run->until.text != NULL && !civil_parse_date(run->until.text, &until)) {
        error_list_addf(b->errors, run->until.path, run->until.line, run->until.column,
                        "'%.40s' is no date such as 2026-11-21", run->until.text);
    }
    p->current = period_ending(run, until, p->zone);
    p->has_previous = run->against != CONFIG_AGAINST_NONE;
    p->previous = period_before(run, &p->current, p->zone);
}

static void plan_mappings(plan_build *b)
{
    plan *p = b->plan;
    p->mappings = arena_zpush(&p->memory, p->config->n_sources * sizeof *p->mappings);
    for (uint32_t s = 0; s < p->config->n_sources; s++)
        if (p->config->sources[s].time.text != NULL)
            (void)mapping_new(&p->mappings[s], &p->config->sources[s], &p->schema,
                              b->errors); /* what is wrong is in errors */
}

/* A check that follows may stumble over what the configuration's own checks (the first ones) found:
 * one error a place is enough. And what stands in a pattern is told once, not for each goal it
 * fits. */
static void drop_repeated(error_list *errors, size_t n_first)
{
    size_t kept = n_first;
    for (size_t i = n_first; i < errors->n; i++) {
        const gm_error *e = &errors->items[i];
        bool is_told = false;
        for (size_t k = 0; k < kept && !is_told && e->line != 0; k++) {
            const gm_error *before = &errors->items[k];
            is_told = before->line == e->line && before->column == e->column &&
                      strcmp(before->path, e->path) == 0 &&
                      (k < n_first || strcmp(before->message, e->message) == 0);
        }
        if (!is_told)
            errors->items[kept++] = *e;
    }
    errors->n = kept;
}

static gm_status plan_steps(plan_build *b, gm_error *err)
{
    collect_fields(b);
    plan_periods(b);
    plan_metrics(b);
    plan_goals(b);
    plan_mappings(b);
    return plan_try(b, err);
}

gm_status plan_make(plan **out, const plan_options *options, error_list *errors)
{
    *out = NULL;
    config *c = NULL;
    gm_status st =
        config_load(&c, options->config_path, options->overrides, options->n_overrides, errors);
    if (c == NULL)
        return st;
    /* With errors in the configuration all further checks are made too: they are told together. */
    plan *p = mem_zalloc(sizeof *p);
    arena_init(&p->memory, 0);
    schema_init(&p->schema, &p->memory);
    p->config = c;
    p->n_metrics = c->n_metrics;
    p->metrics = arena_zpush(&p->memory, c->n_metrics * sizeof *p->metrics);
    p->n_goals = c->n_goals;
    p->goals = arena_zpush(&p->memory, c->n_goals * sizeof *p->goals);
    plan_build build = {.plan = p, .options = options, .errors = errors};
    size_t n_from_config = errors->n;
    gm_error err;
    /* A wrong zone was told by config_load(); the checks go on with another. */
    if (civil_zone_open(&p->zone, c->run.timezone.text, NULL) != GM_OK)
        (void)civil_zone_open(&p->zone, "UTC", NULL); /* built in: cannot fail */
    st = plan_describe(&build, &err);
    if (st == GM_OK)
        st = plan_steps(&build, &err);
    if (st != GM_OK)
        error_list_add(errors, &err);
    drop_repeated(errors, n_from_config);
    config_sort_errors(p->config, errors);
    if (errors->n != 0)
        st = GM_E_CONFIG;
    if (st != GM_OK) {
        plan_free(p);
        p = NULL;
    }
    *out = p;
    return st;
}

void plan_free(plan *p)
{
    if (p == NULL)
        return;
    for (uint32_t s = 0; p->mappings != NULL && s < p->config->n_sources; s++)
        mapping_free(p->mappings[s]);
    schema_deinit(&p->schema);
    civil_zone_free(p->zone);
    config_free(p->config);
    mem_free(p->groupings);
    mem_free(p->expressions);
    arena_deinit(&p->memory);
    mem_free(p);
}

static bool has_label(const value *v, const value_label *label)
{
    for (uint32_t pass = 0; pass < 2; pass++) {
        const value_label *all = pass == 0 ? v->groups : v->labels;
        uint32_t n = pass == 0 ? v->n_groups : v->n_labels;
        for (uint32_t i = 0; i < n; i++)
            if (strcmp(all[i].name, label->name) == 0 && all[i].text != NULL &&
                strcmp(all[i].text, label->text) == 0)
                return true;
    }
    return false;
}

const value *plan_find_value(const plan_input *input, const value_set *values)
{
    for (uint32_t i = 0; i < values->n; i++) {
        const value *v = &values->items[i];
        if (v->metric_index != input->metric || v->output_index != input->output)
            continue;
        /* A metric that failed has one value, whatever its groups and labels; it has no series. A
         * single value that could not be computed stands for itself. */
        if (v->error != NULL && v->n_series == 0)
            return v;
        bool matches = v->n_groups + v->n_labels == input->n_labels;
        for (uint32_t k = 0; matches && k < input->n_labels; k++)
            matches = has_label(v, &input->labels[k]);
        if (matches)
            return v;
    }
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 * score_fixture.h - goals with values, ready to be scored, for the tests of score/. */
#ifndef GM_TESTS_SCORE_FIXTURE_H
#define GM_TESTS_SCORE_FIXTURE_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/civil.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "config/config.h"
#include "score/rule.h"
#include "score/rule_declaration.h"
#include "score/score.h"

enum { FIXTURE_GOALS = 16, FIXTURE_INPUTS = 8, FIXTURE_PARAMS = 8 };

typedef struct fixture {
    arena memory;
    civil_zone *zone;
    config config;
    config_goal config_goals[FIXTURE_GOALS];
    config_area config_areas[FIXTURE_GOALS];
    rule_info rules[FIXTURE_GOALS];
    score_goal goals[FIXTURE_GOALS];
    score_input inputs[FIXTURE_GOALS][FIXTURE_INPUTS];
    score_param params[FIXTURE_GOALS][FIXTURE_PARAMS];
    value values[FIXTURE_GOALS][FIXTURE_INPUTS];
    score_options options;
    scorecard_set set;
} fixture;

static inline void fixture_init(fixture *f)
{
    gm_error err;
    memset(f, 0, sizeof *f);
    arena_init(&f->memory, 0);
    if (civil_zone_open(&f->zone, "Asia/Shanghai", &err) != GM_OK)
        fail_msg("%s", err.message);
    f->config.goals = f->config_goals;
    f->config.areas = f->config_areas;
    f->options.goals = f->goals;
    f->options.config = &f->config;
    f->options.zone = f->zone;
    /* 2026-10-25 to 2026-11-21, days of Shanghai */
    f->options.period_start = INT64_C(1792857600000000);
    f->options.period_end = INT64_C(1795276800000000);
}

static inline void fixture_deinit(fixture *f)
{
    if (f->set.goals != NULL)
        scorecard_set_deinit(&f->set);
    civil_zone_free(f->zone);
    arena_deinit(&f->memory);
}

static inline config_area *fixture_area(fixture *f, const char *name, double weight)
{
    config_area *a = &f->config_areas[f->config.n_areas++];
    a->name = name;
    a->weight = weight;
    return a;
}

/* A goal "g0", "g1", … in area "all", bands 100 80 60, weight 1; its inputs have no value yet. */
static inline score_goal *fixture_add(fixture *f, const rule_info *rule)
{
    uint32_t i = f->options.n_goals++;
    assert_true(i < FIXTURE_GOALS);
    if (f->config.n_areas == 0)
        (void)fixture_area(f, "all", 1);
    f->config.n_goals = f->options.n_goals;
    config_goal *c = &f->config_goals[i];
    c->name = arena_printf(&f->memory, "g%u", i);
    c->area.text = "all";
    c->weight = 1;
    c->bands[0] = 100;
    c->bands[1] = 80;
    c->bands[2] = 60;
    f->rules[i] = *rule;
    score_goal *g = &f->goals[i];
    g->config = c;
    g->rule = &f->rules[i];
    g->direction = GM_D_HIGHER_BETTER;
    g->inputs = f->inputs[i];
    g->n_inputs = rule->n_inputs;
    g->params = f->params[i];
    g->n_params = rule->n_params;
    assert_true(rule->n_inputs <= FIXTURE_INPUTS && rule->n_params <= FIXTURE_PARAMS);
    for (uint32_t k = 0; k < rule->n_inputs; k++)
        f->inputs[i][k].name = rule->inputs[k].name;
    for (uint32_t k = 0; k < rule->n_params; k++) {
        const rule_param *p = &rule->params[k];
        f->params[i][k] = (score_param){.name = p->name,
                                        .type = p->type,
                                        .number = p->number,
                                        .text = p->text,
                                        .flag = p->flag,
                                        .numbers = p->numbers,
                                        .n_numbers = p->n_numbers};
    }
    return g;
}

/* A rule from its source, which must be right; it has no file. */
static inline score_goal *fixture_add_source(fixture *f, const char *name, const char *source)
{
    rule_info rule;
    gm_error err;
    if (rule_declaration_read(&rule, name, name, source, strlen(source), &f->memory, &err) != GM_OK)
        fail_msg("%s:%u: %s", name, err.line, err.message);
    return fixture_add(f, &rule);
}

static inline score_goal *fixture_add_file(fixture *f, const char *name, const char *path)
{
    rule_info rule;
    gm_error err;
    if (rule_describe(&rule, name, path, &f->memory, &err) != GM_OK)
        fail_msg("%s:%u: %s", err.path, err.line, err.message);
    return fixture_add(f, &rule);
}

static inline value_figure fixture_figure(double v, uint64_t n)
{
    return (value_figure){.status = GM_S_OK,
                          .f = v,
                          .n = n,
                          .num = (double)NAN,
                          .den = (double)NAN,
                          .lower = (double)NAN,
                          .upper = (double)NAN,
                          .level = (double)NAN,
                          .se = (double)NAN};
}

/* Gives an input of a goal a value; metric "m", output its name. */
static inline value *fixture_value(fixture *f, const score_goal *g, const char *input, double v,
                                   uint64_t n, const char *unit)
{
    ptrdiff_t i = g - f->goals;
    uint32_t k = 0;
    while (k < g->n_inputs && strcmp(f->inputs[i][k].name, input) != 0)
        k++;
    assert_true(k < g->n_inputs);
    value *out = &f->values[i][k];
    memset(out, 0, sizeof *out);
    out->metric = "m";
    out->output = input;
    out->unit = unit;
    out->direction = GM_D_HIGHER_BETTER;
    out->kind = GM_K_GAUGE;
    out->current = fixture_figure(v, n);
    f->inputs[i][k].value = out;
    return out;
}

static inline score_param *fixture_param(fixture *f, const score_goal *g, const char *name)
{
    ptrdiff_t i = g - f->goals;
    uint32_t k = 0;
    while (k < g->n_params && strcmp(f->params[i][k].name, name) != 0)
        k++;
    assert_true(k < g->n_params);
    return &f->params[i][k];
}

static inline void fixture_run(fixture *f)
{
    gm_error err;
    if (f->set.goals != NULL)
        scorecard_set_deinit(&f->set);
    if (score_run(&f->set, &f->options, &err) != GM_OK)
        fail_msg("%s", err.message);
}

/* A whole file, ended by NUL; owned by the fixture. */
static inline char *fixture_read(fixture *f, const char *path)
{
    bytes b;
    gm_error err;
    bytes_init(&b, LIMIT_MIB(4));
    if (file_read(&b, path, &err) != GM_OK)
        fail_msg("%s", err.message);
    char *text = arena_strndup(&f->memory, (const char *)b.data, b.len);
    bytes_deinit(&b);
    return text;
}

static inline double fixture_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void fixture_assert_near(double is, double expected, double tolerance)
{
    if (!(fabs(is - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", is, expected);
}

#endif

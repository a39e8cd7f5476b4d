/* SPDX-License-Identifier: Apache-2.0
 * plan_fixture.h - plans made of small ini files in a folder of their own, with the plugins that
 * ship and probe_plugin.c. */
#ifndef GM_TESTS_PLAN_FIXTURE_H
#define GM_TESTS_PLAN_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/config_fixture.h"

#include "run/plan.h"

/* Lines 1 and 2, and 3 to 8: what comes behind them begins in line 9. */
#define PLAN_RUN "[run]\nuntil = 2026-11-21\n"
#define PLAN_SOURCE                                                                                \
    "[source web]\nfiles = a.ndjson\ntime = ts\nmap.actor = a\nmap.size = s\nmap.type = t\n"
#define PLAN_BASE PLAN_RUN PLAN_SOURCE

/* 2026-11-22T10:00:00Z */
#define PLAN_NOW_US (INT64_C(1795341600) * 1000000)

/* The folder of the probe. */
static inline const char *plan_fixture_probe_folder(void)
{
    static char folder[1024];
    char *name = file_dirname(GM_TEST_PROBE);
    (void)snprintf(folder, sizeof folder, "%s", name);
    mem_free(name);
    return folder;
}

static inline gm_status plan_fixture_make(plan **out, const char *text, const char *date,
                                          error_list *errors)
{
    const char *folders[] = {GM_TEST_PLUGINS, plan_fixture_probe_folder()};
    plan_options options = {.config_path = "night.ini",
                            .now_us = PLAN_NOW_US,
                            .date = date,
                            .rules_dir = GM_TEST_RULES,
                            .plugin_dirs = folders,
                            .n_plugin_dirs = 2};
    fixture_save("night.ini", text);
    return plan_make(out, &options, errors);
}

/* A plan that must be made. Owned: plan_free(). */
static inline plan *plan_fixture_plan_at(const char *text, const char *date)
{
    plan *p = NULL;
    error_list errors = {0};
    gm_status st = plan_fixture_make(&p, text, date, &errors);
    fixture_expect_errors(&errors, "", text);
    assert_int_equal(st, GM_OK);
    assert_non_null(p);
    return p;
}

static inline plan *plan_fixture_plan(const char *text)
{
    return plan_fixture_plan_at(text, NULL);
}

/* The errors that must come, a line each. */
static inline void plan_fixture_expect(const char *text, const char *expected)
{
    plan *p = (plan *)(void *)fixture_folder; /* must be set to NULL */
    error_list errors = {0};
    assert_int_equal(plan_fixture_make(&p, text, NULL, &errors), GM_E_CONFIG);
    assert_null(p);
    fixture_expect_errors(&errors, expected, text);
}

typedef struct plan_error_case {
    const char *text, *errors;
} plan_error_case;

static inline void plan_fixture_expect_all(const plan_error_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        plan_fixture_expect(cases[i].text, cases[i].errors);
}

static inline const plan_metric *plan_fixture_metric(const plan *p, const char *name)
{
    for (uint32_t i = 0; i < p->n_metrics; i++)
        if (strcmp(p->metrics[i].config->name, name) == 0)
            return &p->metrics[i];
    fail_msg("there is no metric %s", name);
    return NULL;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 * command_check.c - goalmill check: validates a configuration with its plugins and rules, and
 * prints what a run would do. Opens no log. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/message.h"
#include "cli/command.h"
#include "cli/run_setup.h"
#include "input/log_list.h"
#include "run/stop_signal.h"

static const command_option options[] = {
    {"--date", "DAY",
     "last day of the period, such as 2026-11-21 (default: until, else yesterday)"},
};

static void print_period(const char *name, const period *p)
{
    char first[CIVIL_DATE_SIZE], last[CIVIL_DATE_SIZE];
    civil_format_date(p->first_day, first);
    civil_format_date(p->end_day - 1, last);
    (void)printf("%-9s %s to %s (%d day%s)\n", name, first, last, p->end_day - p->first_day,
                 p->end_day - p->first_day == 1 ? "" : "s");
}

static void print_source(const config_source *s, arena *memory)
{
    log_list list = {0};
    uint64_t total = 0;
    gm_error err;
    for (uint32_t i = 0; i < s->files.n; i++) {
        uint32_t n = 0;
        if (log_list_add(&list, s->files.items[i].text, memory, &n, &err) != GM_OK)
            message_gm_error(&err);
        else if (n == 0)
            message_warn("source %s: no file matches %s", s->name, s->files.items[i].text);
    }
    log_list_sort(&list);
    for (uint32_t i = 0; i < list.n; i++) {
        total += list.items[i].size;
        if (list.items[i].problem != NULL)
            message_warn("source %s: %s %s", s->name, list.items[i].path, list.items[i].problem);
    }
    (void)printf("source    %s: %u log%s, %.1f MB\n", s->name, list.n, list.n == 1 ? "" : "s",
                 (double)total / 1e6);
    log_list_deinit(&list);
}

static void print_metric(const plan *p, const plan_metric *m)
{
    const plan_grouping *g = &p->groupings[m->grouping];
    (void)printf("metric    %s: %s %s", m->config->name, m->descriptor->id, m->descriptor->version);
    if (m->where != NULL)
        (void)printf(", where %s", expression_canonical(m->where));
    for (uint32_t i = 0; i < g->n_by; i++)
        (void)printf("%s%s", i == 0 ? ", by " : ", ", g->fields[i]);
    if (g->n_by != 0 && m->total)
        (void)printf(" and in total");
    (void)printf("; reads");
    uint32_t n = 0;
    for (uint32_t s = 0; s < p->config->n_sources; s++)
        if (m->reads_source[s])
            (void)printf("%s %s", n++ == 0 ? "" : ",", p->config->sources[s].name);
    (void)printf("; gives");
    for (uint32_t i = 0; i < m->descriptor->n_outputs; i++)
        (void)printf("%s %s.%s", i == 0 ? "" : ",", m->config->name,
                     m->descriptor->outputs[i]->name);
    (void)printf("\n");
}

static void print_goal(const plan *p, const plan_goal *g)
{
    const rule_info *rule = &p->rules[g->rule];
    (void)printf("goal      %s: rule %s of", g->config->name, rule->name);
    for (uint32_t i = 0; i < g->config->inputs.n; i++)
        (void)printf("%s %s", i == 0 ? "" : ",", g->config->inputs.items[i].value.text);
    if (g->has_target)
        (void)printf("; target %s", g->config->target.text);
    if (g->has_baseline)
        (void)printf(" from %s", g->config->baseline.text);
    (void)printf("; area %s, weight %g\n",
                 g->config->area.text == NULL ? "-" : g->config->area.text, g->config->weight);
}

static void print_plan(run_setup *s)
{
    const plan *p = s->plan;
    (void)printf("run       %s, days of %s\n", p->config->run.name.text, civil_zone_name(p->zone));
    print_period("period", &p->current);
    if (p->has_previous)
        print_period("against", &p->previous);
    for (uint32_t i = 0; i < p->config->n_sources; i++)
        print_source(&p->config->sources[i], &s->memory);
    for (uint32_t i = 0; i < p->n_metrics; i++)
        print_metric(p, &p->metrics[i]);
    for (uint32_t i = 0; i < p->n_goals; i++)
        print_goal(p, &p->goals[i]);
    (void)printf("writes to %s\n", p->config->run.out_dir.text);
}

static int run(const command_args *args)
{
    run_setup s;
    stop_signal_install();
    run_setup_init(&s);
    bool is_right =
        run_setup_plan(&s, args->operand, command_value(&command_check, args, "--date"));
    if (is_right)
        print_plan(&s);
    run_setup_deinit(&s);
    if (stop_signal_seen() != 0)
        return 128 + stop_signal_seen();
    return is_right ? COMMAND_DONE : COMMAND_USAGE;
}

const command command_check = {
    .name = "check",
    .operand = "CONFIG",
    .summary = "validate a configuration and print what a run would do",
    .doc =
        "Validates CONFIG with all plugins and rules that it names, and prints the plan: period, "
        "sources and their logs, metrics, goals. All errors are reported at once, with file, line "
        "and column. No log is opened and nothing is written.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};

/* SPDX-License-Identifier: Apache-2.0
 * plan_describe.c - finds the files of the plugins and rules that a configuration names, has them
 * described, and links metrics and goals to what came back. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/loader.h"
#include "run/plan_build.h"

typedef struct item_list {
    describe_item *items;
    uint32_t n, cap;
} item_list;

static uint32_t add_item(item_list *list, bool is_rule, const char *name, const char *path)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->items[i].is_rule == is_rule && strcmp(list->items[i].path, path) == 0)
            return i;
    MEM_GROW(list->items, list->n, list->cap);
    memset(&list->items[list->n], 0, sizeof list->items[list->n]);
    list->items[list->n].is_rule = is_rule;
    list->items[list->n].name = name;
    list->items[list->n].path = path;
    return list->n++;
}

/* The folders that are searched for plugins, in their order. */
static const char *const *folders_of(const plan_build *b, uint32_t *n)
{
    const config_texts *own = &b->plan->config->run.plugin_dirs;
    const char **folders =
        arena_zpush(&b->plan->memory, (own->n + b->options->n_plugin_dirs + 1) * sizeof *folders);
    *n = 0;
    for (uint32_t i = 0; i < own->n; i++) {
        const config_text *folder = &own->items[i];
        if (!file_exists(folder->text))
            error_list_addf(b->errors, folder->path, folder->line, folder->column,
                            "plugin_dirs: there is no folder '%s'", folder->text);
        folders[(*n)++] = folder->text;
    }
    for (uint32_t i = 0; i < b->options->n_plugin_dirs; i++)
        folders[(*n)++] = b->options->plugin_dirs[i];
    return folders;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All plugin files of a folder, by name. */
static void add_folder(plan_build *b, item_list *list, const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    const char **names = NULL;
    size_t n = 0, cap = 0;
    const struct dirent *entry = NULL;
    while ((entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        size_t len = strlen(entry->d_name);
        if (len <= 3 || strcmp(entry->d_name + len - 3, ".so") != 0 || entry->d_name[0] == '.')
            continue;
        MEM_GROW(names, n, cap);
        names[n++] = arena_strdup(&b->plan->memory, entry->d_name);
    }
    (void)closedir(dir); /* read only */
    if (n != 0)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++)
        (void)add_item(list, false, NULL,
                       arena_printf(&b->plan->memory, "%s/%s", folder, names[i]));
    mem_free(names);
}

static const char *rule_path(plan_build *b, const config_text *rule)
{
    size_t len = strlen(rule->text);
    if (len <= 4 || strcmp(rule->text + len - 4, ".lua") != 0)
        return arena_printf(&b->plan->memory, "%s/%s.lua", b->options->rules_dir, rule->text);
    char *folder = rule->line == 0 ? mem_strdup(".") : file_dirname(rule->path);
    char *joined = file_join(folder, rule->text);
    const char *path = arena_strdup(&b->plan->memory, joined);
    mem_free(folder);
    mem_free(joined);
    return path;
}

static void collect(plan_build *b, item_list *list, uint32_t *rule_of_goal,
                    const char *const *folders, uint32_t n_folders)
{
    const config *c = b->plan->config;
    for (uint32_t i = 0; i < c->n_metrics; i++) {
        if (c->metrics[i].plugin.text == NULL)
            continue; /* its lack is told already; likewise below */
        const char *path =
            loader_find(c->metrics[i].plugin.text, folders, n_folders, &b->plan->memory);
        if (path != NULL)
            (void)add_item(list, false, NULL, path);
    }
    for (uint32_t i = 0; i < c->n_goals; i++)
        rule_of_goal[i] =
            add_item(list, true, c->goals[i].rule.text, rule_path(b, &c->goals[i].rule));
}

static bool find_metric(const item_list *list, const char *id, uint32_t *item, uint32_t *metric)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const describe_item *it = &list->items[i];
        if (it->is_rule || it->error.code != GM_OK)
            continue;
        for (uint32_t k = 0; k < it->plugin.n_descriptors; k++) {
            if (strcmp(it->plugin.descriptors[k]->id, id) == 0) {
                *item = i;
                *metric = k;
                return true;
            }
        }
    }
    return false;
}

static bool all_found(const plan_build *b, const item_list *list)
{
    uint32_t item = 0, metric = 0;
    for (uint32_t i = 0; i < b->plan->config->n_metrics; i++) {
        const char *id = b->plan->config->metrics[i].plugin.text;
        if (id != NULL && !find_metric(list, id, &item, &metric))
            return false;
    }
    return true;
}

static void plugin_missing(plan_build *b, const item_list *list, const config_text *plugin,
                           const char *const *folders, uint32_t n_folders)
{
    /* A file of that name that could not be loaded says best what is wrong. */
    for (uint32_t i = 0; i < list->n; i++) {
        const describe_item *it = &list->items[i];
        const char *slash = strrchr(it->path, '/');
        size_t len = strlen(plugin->text);
        if (!it->is_rule && it->error.code != GM_OK && slash != NULL &&
            strncmp(slash + 1, plugin->text, len) == 0 && strcmp(slash + 1 + len, ".so") == 0) {
            error_list_addf(b->errors, plugin->path, plugin->line, plugin->column, "%s",
                            it->error.message);
            return;
        }
    }
    const char *known[256];
    size_t n = 0;
    for (uint32_t i = 0; i < list->n; i++)
        for (uint32_t k = 0;
             !list->items[i].is_rule && n < 256 && k < list->items[i].plugin.n_descriptors; k++)
            known[n++] = list->items[i].plugin.descriptors[k]->id;
    const char *near = text_suggest(plugin->text, known, n);
    char where[256] = "";
    for (uint32_t i = 0; i < n_folders; i++) {
        size_t used = strlen(where);
        (void)snprintf(where + used, sizeof where - used, "%s%s", i == 0 ? "" : ", ",
                       folders[i]); /* cut is fine */
    }
    error_list_addf(b->errors, plugin->path, plugin->line, plugin->column,
                    "unknown plugin '%s'%s%s%s; searched in %s", plugin->text,
                    near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                    near == NULL ? "" : "'?)", where[0] == '\0' ? "no folder" : where);
}

/* Copies what is used into the plan, in the order of first use. */
static void link_metrics(plan_build *b, item_list *list, const char *const *folders,
                         uint32_t n_folders)
{
    plan *p = b->plan;
    p->plugins = arena_zpush(&p->memory, (list->n + 1) * sizeof *p->plugins);
    for (uint32_t i = 0; i < p->n_metrics; i++) {
        plan_metric *m = &p->metrics[i];
        m->config = &p->config->metrics[i];
        uint32_t item = 0;
        if (m->config->plugin.text == NULL)
            continue;
        if (!find_metric(list, m->config->plugin.text, &item, &m->metric_in_plugin)) {
            plugin_missing(b, list, &m->config->plugin, folders, n_folders);
            continue;
        }
        GM_ASSERT(item < list->n && list->items != NULL);
        const plugin_info *info = &list->items[item].plugin;
        uint32_t at = 0;
        while (at < p->n_plugins && strcmp(p->plugins[at].path, info->path) != 0)
            at++;
        if (at == p->n_plugins)
            p->plugins[p->n_plugins++] = *info;
        m->plugin = at;
        m->descriptor = info->descriptors[m->metric_in_plugin];
    }
}

/* Of a goal that names no rule, and has the default: its heading. */
static const config_text *place_of_rule(const config_goal *goal)
{
    return goal->rule.line == 0 ? &goal->section : &goal->rule;
}

/* A bare name without a file: most likely one of those that are there was meant. */
static bool unknown_rule(plan_build *b, const describe_item *it, const config_goal *goal)
{
    const config_text *rule = &goal->rule;
    if (file_exists(it->path) || strchr(rule->text, '/') != NULL || strchr(rule->text, '.') != NULL)
        return false;
    const char *known[64];
    size_t n = 0;
    DIR *dir = opendir(b->options->rules_dir);
    const struct dirent *entry = NULL;
    while (dir != NULL && n < 64 &&
           (entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe): one thread */
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".lua") == 0)
            known[n++] = arena_strndup(&b->plan->memory, entry->d_name, len - 4);
    }
    if (dir != NULL)
        (void)closedir(dir); /* read only */
    const char *near = text_suggest(rule->text, known, n);
    const config_text *at = place_of_rule(goal);
    error_list_addf(b->errors, at->path, at->line, at->column,
                    "unknown rule '%s'%s%s%s; those that ship are in %s, your own end in .lua",
                    rule->text, near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                    near == NULL ? "" : "'?)", b->options->rules_dir);
    return true;
}

static void link_goals(plan_build *b, item_list *list, const uint32_t *rule_of_goal)
{
    plan *p = b->plan;
    p->rules = arena_zpush(&p->memory, (list->n + 1) * sizeof *p->rules);
    for (uint32_t i = 0; i < p->n_goals; i++) {
        plan_goal *g = &p->goals[i];
        g->config = &p->config->goals[i];
        g->rule = UINT32_MAX;
        GM_ASSERT(rule_of_goal[i] < list->n && list->items != NULL);
        const describe_item *it = &list->items[rule_of_goal[i]];
        const config_text *rule = &g->config->rule;
        if (it->error.code != GM_OK && unknown_rule(b, it, g->config))
            continue;
        if (it->error.code != GM_OK) {
            char text[GM_ERROR_MESSAGE_MAX];
            error_format(&it->error, text, sizeof text);
            const config_text *place = place_of_rule(g->config);
            error_list_addf(b->errors, place->path, place->line, place->column, "rule '%s': %.400s",
                            rule->text, text);
            continue;
        }
        uint32_t at = 0;
        while (at < p->n_rules && strcmp(p->rules[at].path, it->rule.path) != 0)
            at++;
        if (at == p->n_rules)
            p->rules[p->n_rules++] = it->rule;
        g->rule = at;
    }
}

gm_status plan_describe(plan_build *b, gm_error *err)
{
    item_list list = {0};
    uint32_t n_folders = 0;
    const char *const *folders = folders_of(b, &n_folders);
    uint32_t *rule_of_goal = mem_array(b->plan->n_goals + 1, sizeof *rule_of_goal);
    collect(b, &list, rule_of_goal, folders, n_folders);
    gm_status st = describe_run(list.items, list.n, &b->plan->memory, err);
    /* A metric may live in a file of another name: only then all files are asked. */
    if (st == GM_OK && !all_found(b, &list)) {
        uint32_t first = list.n;
        for (uint32_t i = 0; i < n_folders; i++)
            add_folder(b, &list, folders[i]);
        st = describe_run(list.items + first, list.n - first, &b->plan->memory, err);
    }
    if (st == GM_OK) {
        link_metrics(b, &list, folders, n_folders);
        link_goals(b, &list, rule_of_goal);
    }
    mem_free(rule_of_goal);
    mem_free(list.items);
    return st;
}

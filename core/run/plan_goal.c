/* SPDX-License-Identifier: Apache-2.0
 * plan_goal.c - a configured goal becomes inputs, parameters and quantities, all checked against
 * the metrics and the rule it names. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/quantity.h"
#include "base/text.h"
#include "config/selector.h"
#include "run/plan_build.h"

static void at_text(plan_build *b, const config_text *at, const char *fmt, ...) GM_PRINTF(3, 4);

static void at_text(plan_build *b, const config_text *at, const char *fmt, ...)
{
    char text[GM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args); /* cut is fine */
    va_end(args);
    error_list_addf(b->errors, at->path, at->line, at->column, "%s", text);
}

static const plan_metric *find_metric(plan_build *b, const config_text *at, const char *name)
{
    const plan *p = b->plan;
    const char **names = mem_array(p->n_metrics + 1, sizeof *names);
    const plan_metric *found = NULL;
    for (uint32_t i = 0; i < p->n_metrics; i++) {
        names[i] = p->metrics[i].config->name;
        if (strcmp(names[i], name) == 0)
            found = &p->metrics[i];
    }
    if (found == NULL) {
        const char *near = text_suggest(name, names, p->n_metrics);
        at_text(b, at, "unknown metric '%s'%s%s%s", name, near == NULL ? "" : " (did you mean '",
                near == NULL ? "" : near, near == NULL ? "" : "'?)");
    }
    mem_free(names);
    return found;
}

static uint32_t find_output(plan_build *b, const config_text *at, const plan_metric *m,
                            const char *name)
{
    const gm_descriptor *d = m->descriptor;
    if (name == NULL && d->n_outputs == 1)
        return 0;
    uint32_t output = name == NULL ? UINT32_MAX : plugin_info_output(d, name);
    if (output != UINT32_MAX)
        return output;
    char known[256] = "";
    for (uint32_t i = 0; i < d->n_outputs; i++) {
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s.%s", i == 0 ? "" : ", ",
                       m->config->name, d->outputs[i]->name); /* cut is fine */
    }
    if (name == NULL)
        at_text(b, at, "metric '%s' has several outputs: name one of %s", m->config->name, known);
    else
        at_text(b, at, "metric '%s' (plugin %s) has no output '%s'; it has %s", m->config->name,
                d->id, name, known);
    return UINT32_MAX;
}

/* Labels of numbers are compared in one spelling: "0.950" is "0.95". */
static const char *label_text(plan_build *b, const gm_param *items, const char *text)
{
    double number = 0;
    char shortest[NUMBER_TEXT_MAX];
    if (items == NULL || items->item_type != GM_T_F64 ||
        !number_parse_f64(text, strlen(text), &number))
        return text;
    size_t n = number_format_f64(number, shortest);
    return arena_strndup(&b->plan->memory, shortest, n);
}

static const gm_param *label_items(const gm_descriptor *d, const gm_output *o, uint32_t *index)
{
    if (o->label_param == NULL)
        return NULL;
    *index = plugin_info_param(d, o->label_param);
    return d->params[*index];
}

/* A family's label must be one that there will be, when its parameter lists them. */
static void check_label(plan_build *b, const config_text *at, const plan_metric *m,
                        const gm_output *o, const char *text)
{
    uint32_t index = 0;
    const gm_param *items = label_items(m->descriptor, o, &index);
    if (items == NULL)
        return;
    char known[256] = "";
    const gm_value *list = &m->values[index];
    for (uint64_t i = 0; i < list->u.l.n; i++) {
        const gm_value *item = &list->u.l.items[i];
        const char *have = items->item_type == GM_T_STR
                               ? arena_strndup(&b->plan->memory, item->u.s.ptr, item->u.s.len)
                               : NULL;
        char shortest[NUMBER_TEXT_MAX] = "";
        if (have == NULL && items->item_type == GM_T_F64) {
            (void)number_format_f64(item->u.f, shortest); /* the length is not needed */
            have = shortest;
        }
        if (have == NULL || strcmp(have, text) == 0)
            return;
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s\"%s\"", i == 0 ? "" : ", ",
                       have); /* cut is fine */
    }
    at_text(b, at, "metric '%s' has no %s{%s=\"%s\"}; it has %s: see its %s", m->config->name,
            o->name, o->label, text, known, o->label_param);
}

static bool is_by(const plan *p, const plan_metric *m, const char *name)
{
    const plan_grouping *g = &p->groupings[m->grouping];
    for (uint32_t i = 0; i < g->n_by; i++)
        if (strcmp(g->fields[i], name) == 0)
            return true;
    return false;
}

static void unknown_label(plan_build *b, const config_text *at, const plan_metric *m,
                          const gm_output *o, const char *name)
{
    const plan_grouping *g = &b->plan->groupings[m->grouping];
    const char *known[LIMIT_GROUP_BY + 2];
    uint32_t n = 0;
    for (; n < g->n_by; n++)
        known[n] = g->fields[n];
    if (o->label != NULL)
        known[n++] = o->label;
    if (o->label2 != NULL)
        known[n++] = o->label2;
    const char *near = text_suggest(name, known, n);
    at_text(b, at, "metric '%s' has no label '%s' at output '%s'%s%s%s", m->config->name, name,
            o->name, near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
            near == NULL ? "" : "'?)");
}

static void check_labels(plan_build *b, const config_text *at, const plan_metric *m,
                         const gm_output *o, plan_input *input)
{
    const plan *p = b->plan;
    const plan_grouping *g = &p->groupings[m->grouping];
    uint32_t groups = 0, labels = 0;
    for (uint32_t i = 0; i < input->n_labels; i++) {
        value_label *l = &input->labels[i];
        uint32_t unused = 0;
        if (l->text == NULL) {
            at_text(b, at, "label '%s=*' gives a series; a goal's input takes a single value",
                    l->name);
            return;
        }
        if (is_by(p, m, l->name)) {
            groups++;
        } else if ((o->flags & GM_O_FAMILY) != 0 &&
                   (strcmp(o->label, l->name) == 0 ||
                    (o->label2 != NULL && strcmp(o->label2, l->name) == 0))) {
            labels++;
            if (strcmp(o->label, l->name) == 0) {
                l->text = label_text(b, label_items(m->descriptor, o, &unused), l->text);
                check_label(b, at, m, o, l->text);
            }
        } else {
            unknown_label(b, at, m, o, l->name);
            return;
        }
    }
    uint32_t wanted = (o->flags & GM_O_FAMILY) == 0 ? 0 : o->label2 == NULL ? 1 : 2;
    const char *second = o->label2 == NULL ? "" : o->label2;
    if (labels != wanted)
        at_text(b, at,
                "output '%s' of metric '%s' has a value for each %s%s%s: write "
                "%s.%s{%s=\"…\"%s%s%s}",
                o->name, m->config->name, o->label, wanted == 2 ? " and " : "", second,
                m->config->name, o->name, o->label, wanted == 2 ? ", " : "", second,
                wanted == 2 ? "=\"…\"" : "");
    if (groups != 0 && groups != g->n_by)
        at_text(b, at, "metric '%s' is by %u fields; name a value for all of them, or for none",
                m->config->name, g->n_by);
    if (groups == 0 && g->n_by != 0 && !m->total)
        at_text(b, at,
                "metric '%s' is by %s and has no total: choose a group (%s.%s{%s=\"…\"}), or write "
                "total = yes in [metric %s]",
                m->config->name, g->fields[0], m->config->name, o->name, g->fields[0],
                m->config->name);
}

static const plan_input *plan_one_input(plan_build *b, const config_text *at)
{
    plan *p = b->plan;
    selector s;
    gm_error err;
    if (selector_parse(&s, at, &p->memory, &err) != GM_OK) {
        error_list_add(b->errors, &err);
        return NULL;
    }
    const plan_metric *m = find_metric(b, at, s.metric);
    if (m == NULL || m->descriptor == NULL || m->values == NULL)
        return NULL; /* said already */
    uint32_t output = find_output(b, at, m, s.output);
    if (output == UINT32_MAX)
        return NULL;
    plan_input *input = arena_zpush(&p->memory, sizeof *input);
    input->metric = (uint32_t)(m - p->metrics);
    input->output = output;
    input->n_labels = s.n_labels;
    input->labels = arena_zpush(&p->memory, (s.n_labels + 1) * sizeof *input->labels);
    for (uint32_t i = 0; i < s.n_labels; i++)
        input->labels[i] = (value_label){.name = s.labels[i].name, .text = s.labels[i].text};
    check_labels(b, at, m, m->descriptor->outputs[output], input);
    return input;
}

static void plan_inputs(plan_build *b, plan_goal *g, const rule_info *rule)
{
    const config_pairs *given = &g->config->inputs;
    g->inputs = arena_zpush(&b->plan->memory, (rule->n_inputs + 1) * sizeof *g->inputs);
    for (uint32_t i = 0; i < given->n; i++) {
        const config_pair *pair = &given->items[i];
        uint32_t at = 0;
        const char *names[64];
        while (at < rule->n_inputs && strcmp(rule->inputs[at].name, pair->name) != 0) {
            if (at < 64)
                names[at] = rule->inputs[at].name;
            at++;
        }
        if (at < rule->n_inputs) {
            g->inputs[at] = plan_one_input(b, &pair->value);
            continue;
        }
        const char *near = text_suggest(pair->name, names, at < 64 ? at : 64);
        error_list_addf(b->errors, pair->value.path, pair->key_line, pair->key_column,
                        "rule '%s' has no input '%s'%s%s%s", rule->name, pair->name,
                        near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                        near == NULL ? "" : "'?)");
    }
    for (uint32_t i = 0; i < rule->n_inputs; i++) {
        bool is_given = rule->inputs[i].optional;
        for (uint32_t k = 0; k < given->n && !is_given; k++)
            is_given = strcmp(given->items[k].name, rule->inputs[i].name) == 0;
        if (!is_given)
            at_text(b, &g->config->section, "[goal %s] lacks input.%s for rule '%s': %s",
                    g->config->name, rule->inputs[i].name, rule->name, rule->inputs[i].doc);
    }
}

/* A quantity in the unit of the output it is compared with. */
static bool plan_quantity(plan_build *b, const config_text *at, const char *key, const char *unit,
                          double *out)
{
    quantity q;
    gm_error err;
    if (quantity_parse(&q, at->text, &err) != GM_OK) {
        at_text(b, at, "%s: %.300s", key, err.message);
        return false;
    }
    bool is_known = unit[0] != '\0';
    bool is_ratio = strcmp(unit, "1") == 0 || strchr(unit, '/') != NULL;
    bool is_share = is_known && q.kind == QUANTITY_SHARE && !is_ratio;
    bool is_duration = is_known && q.kind == QUANTITY_DURATION && strcmp(unit, "s") != 0;
    if (is_share || is_duration)
        at_text(b, at, "%s = %s is a %s, but the metric's unit is %s", key, at->text,
                is_share ? "share" : "duration", strcmp(unit, "1") == 0 ? "a share" : unit);
    *out = q.value;
    return !is_share && !is_duration;
}

static void plan_target(plan_build *b, plan_goal *g, const rule_info *rule)
{
    const config_goal *c = g->config;
    const plan_input *first = rule->n_inputs == 0 ? NULL : g->inputs[0];
    const gm_output *o =
        first == NULL ? NULL : b->plan->metrics[first->metric].descriptor->outputs[first->output];
    const char *unit = o == NULL ? "" : b->plan->metrics[first->metric].units[first->output];
    if (c->target.text != NULL)
        g->has_target = plan_quantity(b, &c->target, "target", unit, &g->target);
    if (c->baseline.text != NULL)
        g->has_baseline = plan_quantity(b, &c->baseline, "baseline", unit, &g->baseline);
    static const uint32_t directions[] = {[CONFIG_DIRECTION_UP] = GM_D_HIGHER_BETTER,
                                          [CONFIG_DIRECTION_DOWN] = GM_D_LOWER_BETTER,
                                          [CONFIG_DIRECTION_TARGET] = GM_D_TARGET,
                                          [CONFIG_DIRECTION_NEUTRAL] = GM_D_NEUTRAL};
    g->direction = o == NULL ? GM_D_NEUTRAL : o->direction;
    if (c->direction != CONFIG_DIRECTION_OUTPUT)
        g->direction = directions[c->direction];
    bool is_way = rule->needs_baseline || rule->needs_baseline_unless_up;
    /* Of an input that is wrong itself the direction is not known. */
    bool is_up = g->direction == GM_D_HIGHER_BETTER ||
                 (o == NULL && c->direction == CONFIG_DIRECTION_OUTPUT);
    bool wants_baseline = rule->needs_baseline || (rule->needs_baseline_unless_up && !is_up);
    if (wants_baseline && g->has_target && !g->has_baseline)
        at_text(b, &c->section,
                "[goal %s] lacks 'baseline': rule '%s' measures the way from the baseline to the "
                "target%s",
                c->name, rule->name,
                rule->needs_baseline ? "" : " (with direction = up it begins at 0)");
    if (!g->has_target || !g->has_baseline)
        return;
    if (!(g->target < g->baseline) && !(g->target > g->baseline) && is_way)
        at_text(b, &c->target, "target and baseline of [goal %s] are the same", c->name);
    /* Where neither says which side is better, the way from baseline to target does. */
    bool is_own = c->direction == CONFIG_DIRECTION_OUTPUT;
    if (is_own && g->direction == GM_D_NEUTRAL)
        g->direction = g->target < g->baseline ? GM_D_LOWER_BETTER : GM_D_HIGHER_BETTER;
    if ((g->direction == GM_D_LOWER_BETTER && g->target > g->baseline) ||
        (g->direction == GM_D_HIGHER_BETTER && g->target < g->baseline))
        at_text(b, &c->target,
                "[goal %s]: %s is better, but the target (%s) lies %s the baseline (%s)%s", c->name,
                g->direction == GM_D_LOWER_BETTER ? "lower" : "higher", c->target.text,
                g->direction == GM_D_LOWER_BETTER ? "above" : "below", c->baseline.text,
                is_own ? "; write direction = up or down" : "");
}

static bool parse_numbers(plan_build *b, const config_text *at, score_param *out)
{
    uint32_t n = 1;
    for (const char *s = at->text; *s != '\0'; s++)
        n += *s == ',';
    double *numbers = arena_zpush(&b->plan->memory, n * sizeof *numbers);
    const char *from = at->text;
    for (uint32_t i = 0; i < n; i++) {
        size_t len = strcspn(from, ",");
        char *item = arena_strndup(&b->plan->memory, from, len);
        quantity q;
        gm_error err;
        if (quantity_parse(&q, item, &err) != GM_OK) {
            at_text(b, at, "param.%s: %.300s", out->name, err.message);
            return false;
        }
        numbers[i] = q.value;
        from += len + (from[len] == ',');
    }
    out->numbers = numbers;
    out->n_numbers = n;
    return true;
}

static void check_range(plan_build *b, const config_text *at, const rule_param *p,
                        const double *numbers, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!(numbers[i] < p->min) && !(numbers[i] > p->max)) /* NaN: no limit */
            continue;
        char min[NUMBER_TEXT_MAX] = "-inf", max[NUMBER_TEXT_MAX] = "inf";
        if (!isnan(p->min))
            (void)number_format_f64(p->min, min); /* the length is not needed */
        if (!isnan(p->max))
            (void)number_format_f64(p->max, max);
        at_text(b, at, "param.%s = %s: out of range, from %s to %s", p->name, at->text, min, max);
        return;
    }
}

static void parse_param(plan_build *b, const config_text *at, const rule_param *p, score_param *out)
{
    quantity q;
    gm_error err;
    switch (p->type) {
    case RULE_NUMBER:
        if (quantity_parse(&q, at->text, &err) != GM_OK) {
            at_text(b, at, "param.%s: %.300s", p->name, err.message);
            return;
        }
        out->number = q.value;
        check_range(b, at, p, &q.value, 1);
        break;
    case RULE_NUMBERS:
        if (parse_numbers(b, at, out))
            check_range(b, at, p, out->numbers, out->n_numbers);
        break;
    case RULE_BOOL:
        out->flag = strcmp(at->text, "yes") == 0;
        if (!out->flag && strcmp(at->text, "no") != 0)
            at_text(b, at, "param.%s = %s: expected yes or no", p->name, at->text);
        break;
    case RULE_TEXT: {
        out->text = at->text;
        uint32_t i = 0;
        while (i < p->n_one_of && strcmp(p->one_of[i], at->text) != 0)
            i++;
        if (p->n_one_of == 0 || i < p->n_one_of)
            break;
        const char *near = text_suggest(at->text, p->one_of, p->n_one_of);
        at_text(b, at, "param.%s = %s: not one of those that rule takes%s%s%s", p->name, at->text,
                near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                near == NULL ? "" : "'?)");
        break;
    }
    }
}

static void plan_params(plan_build *b, plan_goal *g, const rule_info *rule)
{
    const config_pairs *given = &g->config->params;
    score_param *params = arena_zpush(&b->plan->memory, (rule->n_params + 1) * sizeof *params);
    g->params = params;
    const char *names[64];
    for (uint32_t i = 0; i < rule->n_params; i++) {
        const rule_param *p = &rule->params[i];
        if (i < 64)
            names[i] = p->name;
        params[i] = (score_param){.name = p->name,
                                  .type = p->type,
                                  .number = p->number,
                                  .text = p->text,
                                  .flag = p->flag,
                                  .numbers = p->numbers,
                                  .n_numbers = p->n_numbers};
        const config_text *at = NULL;
        for (uint32_t k = 0; k < given->n; k++)
            if (strcmp(given->items[k].name, p->name) == 0)
                at = &given->items[k].value;
        if (at != NULL)
            parse_param(b, at, p, &params[i]);
        else if (p->required)
            at_text(b, &g->config->section, "[goal %s] lacks param.%s for rule '%s': %s",
                    g->config->name, p->name, rule->name, p->doc);
    }
    for (uint32_t k = 0; k < given->n; k++) {
        const config_pair *pair = &given->items[k];
        uint32_t i = 0;
        while (i < rule->n_params && strcmp(rule->params[i].name, pair->name) != 0)
            i++;
        if (i < rule->n_params)
            continue;
        const char *near =
            text_suggest(pair->name, names, rule->n_params < 64 ? rule->n_params : 64);
        error_list_addf(b->errors, pair->value.path, pair->key_line, pair->key_column,
                        "rule '%s' has no parameter '%s'%s%s%s", rule->name, pair->name,
                        near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                        near == NULL ? "" : "'?)");
    }
}

void plan_goals(plan_build *b)
{
    for (uint32_t i = 0; i < b->plan->n_goals; i++) {
        plan_goal *g = &b->plan->goals[i];
        if (g->rule == UINT32_MAX || g->config->inputs.n == 0)
            continue; /* its rule or its input is missing, which is told already */
        const rule_info *rule = &b->plan->rules[g->rule];
        plan_inputs(b, g, rule);
        plan_params(b, g, rule);
        plan_target(b, g, rule);
    }
}

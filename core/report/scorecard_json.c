/* SPDX-License-Identifier: Apache-2.0
 * scorecard_json.c - the scorecard of one goal: scorecards/<goal>.json, and a line of
 * scorecards.ndjson. Nothing in it depends on the run (its id, its times, names of logs): the same
 * data give the same bytes. docs/schema/scorecard.schema.json describes it. */
#include <math.h>

#include "base/json_writer.h"
#include "report/data_quality.h"
#include "report/figure_json.h"
#include "report/goal_view.h"
#include "report/report.h"
#include "report/report_text.h"

static void put_head(json_writer *w, const report *r, const goal_view *view)
{
    const config_goal *goal = view->goal->config;
    json_pair_str(w, "goal", view->name);
    report_text_json_pair(w, "title", view->title);
    report_text_json_pair(w, "area", goal->area.text);
    report_text_json_pair(w, "owner", goal->owner.text);
    json_key(w, "period");
    figure_json_period(w, &r->plan->current, r->plan->zone);
    json_pair_str(w, "status", scorecard_status_name(view->card->status));
    json_key(w, "score");
    figure_json_score(w, view->card->has_score, view->card->score);
}

static void put_figure(json_writer *w, const report *r, const goal_view *view)
{
    static const value_figure none = {.is_null = true, .lower = (double)NAN, .upper = (double)NAN};
    const plan_goal *goal = view->goal;
    const value_figure *f = view->first != NULL ? &view->first->current : &none;
    json_key(w, "value");
    figure_json_number(w, f);
    report_text_json_pair(w, "unit", view->first != NULL ? view->first->unit : NULL);
    json_pair_f64(w, "target", goal->has_target ? goal->target : (double)NAN);
    json_pair_f64(w, "baseline", goal->has_baseline ? goal->baseline : (double)NAN);
    json_pair_rounded(w, "gap", view->gap);
    json_key(w, "ci");
    figure_json_interval(w, f);
    json_pair_u64(w, "n", f->n);
    json_key(w, "previous");
    figure_json_previous(w, view->first);
    json_pair_rounded(w, "change", view->change);
    json_key(w, "trend");
    figure_json_series(w, view->first, r->plan->zone);
}

static void put_texts(json_writer *w, const char *key, const char *const *texts, uint32_t n)
{
    json_key(w, key);
    json_array_begin(w);
    for (uint32_t i = 0; i < n; i++)
        report_text_json(w, texts[i]);
    json_array_end(w);
}

static void put_evidence(json_writer *w, const scorecard *card)
{
    json_key(w, "evidence");
    json_object_begin(w);
    for (uint32_t i = 0; i < card->n_evidence; i++) {
        const scorecard_evidence *e = &card->evidence[i];
        report_text_json_key(w, e->name);
        if (e->text != NULL)
            report_text_json(w, e->text);
        else
            json_f64(w, e->number);
    }
    json_object_end(w);
}

static void put_quality(json_writer *w, const report *r, uint32_t goal)
{
    data_quality q;
    data_quality_of_goal(&q, r, goal);
    json_key(w, "data_quality");
    json_object_begin(w);
    json_pair_bool(w, "degraded", q.degraded);
    json_pair_u64(w, "logs_bad", q.logs_bad);
    json_pair_u64(w, "lines", q.lines);
    json_pair_u64(w, "lines_rejected", q.lines_rejected);
    json_pair_u64(w, "events_missing_field", q.events_missing_field);
    put_texts(w, "notes", q.notes, q.n_notes);
    json_object_end(w);
    data_quality_deinit(&q);
}

static void put_param(json_writer *w, const score_param *p)
{
    report_text_json_key(w, p->name);
    switch (p->type) {
    case RULE_NUMBER:
        json_f64(w, p->number);
        break;
    case RULE_TEXT:
        report_text_json(w, p->text);
        break;
    case RULE_BOOL:
        json_bool(w, p->flag);
        break;
    case RULE_NUMBERS:
        json_inline_array_begin(w);
        for (uint32_t i = 0; i < p->n_numbers; i++)
            json_f64(w, p->numbers[i]);
        json_array_end(w);
        break;
    }
}

static void put_rule(json_writer *w, const goal_view *view)
{
    json_key(w, "rule");
    json_object_begin(w);
    report_text_json_pair(w, "name", view->rule->name);
    json_pair_str(w, "hash", view->rule->hash);
    json_key(w, "params");
    json_inline_object_begin(w);
    for (uint32_t i = 0; i < view->rule->n_params; i++)
        put_param(w, &view->goal->params[i]);
    json_object_end(w);
    json_object_end(w);
}

static void put_input(json_writer *w, const report *r, const char *name, const plan_input *input)
{
    const plan_metric *metric = &r->plan->metrics[input->metric];
    const value *v = plan_find_value(input, r->values);
    static const value_figure none = {
        .status = GM_S_NO_DATA, .is_null = true, .lower = (double)NAN, .upper = (double)NAN};
    const value_figure *f = v != NULL ? &v->current : &none;
    json_inline_object_begin(w);
    report_text_json_pair(w, "name", name);
    json_pair_str(w, "metric", metric->config->name);
    json_pair_str(w, "output", metric->descriptor->outputs[input->output]->name);
    json_key(w, "labels");
    figure_json_labels(w, input->labels, input->n_labels);
    json_key(w, "value");
    figure_json_number(w, f);
    report_text_json_pair(w, "unit", v != NULL ? v->unit : NULL);
    json_pair_u64(w, "n", f->n);
    json_key(w, "ci");
    figure_json_interval(w, f);
    json_pair_str(w, "status", value_status_name(f->status));
    json_object_end(w);
}

static void put_inputs(json_writer *w, const report *r, const goal_view *view)
{
    json_key(w, "inputs");
    json_array_begin(w);
    for (uint32_t i = 0; i < view->rule->n_inputs; i++)
        if (view->goal->inputs[i] != NULL)
            put_input(w, r, view->rule->inputs[i].name, view->goal->inputs[i]);
    json_array_end(w);
}

void scorecard_json_write(const report *r, uint32_t goal, bool pretty, bytes *out)
{
    goal_view view = goal_view_of(r, goal);
    json_writer w;
    json_init(&w, out, pretty);
    json_object_begin(&w);
    put_head(&w, r, &view);
    put_figure(&w, r, &view);
    put_texts(&w, "because", view.card->reasons, view.card->n_reasons);
    put_evidence(&w, view.card);
    put_texts(&w, "flags", view.card->flags, view.card->n_flags);
    put_quality(&w, r, goal);
    put_rule(&w, &view);
    put_inputs(&w, r, &view);
    json_pair_f64(&w, "weight", view.goal->config->weight);
    json_pair_str(&w, "direction", goal_view_direction_name(view.goal->direction));
    report_text_json_pair(&w, "error", view.card->error);
    json_object_end(&w);
    json_finish(&w);
}

/* SPDX-License-Identifier: Apache-2.0
 * areas_json.c - areas.json: the score of each area and of the whole, with the weight of every
 * child and whether it counted. docs/schema/areas.schema.json describes it. */
#include "base/json_writer.h"
#include "report/figure_json.h"
#include "report/goal_view.h"
#include "report/report.h"
#include "report/report_text.h"

static void put_child(json_writer *w, const char *key, const char *name,
                      const scorecard_child *child, scorecard_status status, bool has_score,
                      double score)
{
    json_inline_object_begin(w);
    json_pair_str(w, key, name);
    json_pair_f64(w, "weight", child->weight);
    json_pair_bool(w, "counted", child->is_counted);
    json_pair_str(w, "status", scorecard_status_name(status));
    json_key(w, "score");
    figure_json_score(w, has_score, score);
    json_object_end(w);
}

static void put_score(json_writer *w, const scorecard_area *area)
{
    json_pair_str(w, "status", scorecard_status_name(area->status));
    json_key(w, "score");
    figure_json_score(w, area->has_score, area->score);
    json_pair_rounded(w, "coverage", area->coverage);
}

static void put_overall(json_writer *w, const scorecard_set *set)
{
    json_object_begin(w);
    put_score(w, &set->overall);
    json_key(w, "children");
    json_array_begin(w);
    for (uint32_t i = 0; i < set->overall.n_children; i++) {
        const scorecard_child *child = &set->overall.children[i];
        GM_ASSERT(child->goal < set->n_areas);
        const scorecard_area *area = &set->areas[child->goal];
        put_child(w, "area", area->name, child, area->status, area->has_score, area->score);
    }
    json_array_end(w);
    json_object_end(w);
}

static void put_area(json_writer *w, const report *r, uint32_t index)
{
    const scorecard_set *set = r->scorecards;
    const scorecard_area *area = &set->areas[index];
    json_object_begin(w);
    json_pair_str(w, "area", area->name);
    report_text_json_pair(w, "title", goal_view_area_title(r, index));
    put_score(w, area);
    json_pair_f64(w, "weight", area->weight);
    json_key(w, "children");
    json_array_begin(w);
    for (uint32_t i = 0; i < area->n_children; i++) {
        const scorecard_child *child = &area->children[i];
        GM_ASSERT(child->goal < set->n_goals);
        const scorecard *card = &set->goals[child->goal];
        put_child(w, "goal", r->plan->goals[child->goal].config->name, child, card->status,
                  card->has_score, card->score);
    }
    json_array_end(w);
    json_object_end(w);
}

void areas_json_write(const report *r, bytes *out)
{
    json_writer w;
    json_init(&w, out, true);
    json_object_begin(&w);
    json_key(&w, "overall");
    put_overall(&w, r->scorecards);
    json_key(&w, "areas");
    json_array_begin(&w);
    for (uint32_t i = 0; i < r->scorecards->n_areas; i++)
        put_area(&w, r, i);
    json_array_end(&w);
    json_object_end(&w);
    json_finish(&w);
}

/* SPDX-License-Identifier: Apache-2.0
 * metrics_ndjson.c - metrics.ndjson: a line each value, in the order of the set.
 * docs/schema/metric.schema.json describes a line. */
#include "base/json_writer.h"
#include "report/figure_json.h"
#include "report/report.h"
#include "report/report_text.h"

static void put_value(const report *r, const value *v, bytes *out)
{
    json_writer w;
    json_init(&w, out, false);
    json_object_begin(&w);
    json_pair_str(&w, "metric", v->metric);
    json_pair_str(&w, "output", v->output);
    json_key(&w, "group");
    figure_json_labels(&w, v->groups, v->n_groups);
    json_key(&w, "labels");
    figure_json_labels(&w, v->labels, v->n_labels);
    report_text_json_pair(&w, "unit", v->unit != NULL ? v->unit : "");
    figure_json_pairs(&w, &v->current);
    if (v->current.status == GM_S_ERROR)
        report_text_json_pair(&w, "error", v->error != NULL ? v->error : "");
    json_key(&w, "previous");
    figure_json_previous(&w, v);
    json_key(&w, "series");
    figure_json_series(&w, v, r->plan->zone);
    json_object_end(&w);
    json_finish(&w);
}

void metrics_ndjson_write(const report *r, bytes *out)
{
    for (uint32_t i = 0; i < r->values->n; i++)
        put_value(r, &r->values->items[i], out);
}

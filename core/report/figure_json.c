/* SPDX-License-Identifier: Apache-2.0
 * figure_json.c - see figure_json.h. */
#include "report/figure_json.h"

#include <math.h>

#include "base/timestamp.h"
#include "report/report_text.h"

void figure_json_number(json_writer *w, const value_figure *f)
{
    if (f->is_null)
        json_null(w);
    else if (f->is_integer)
        json_i64(w, f->i);
    else
        json_f64(w, f->f);
}

void figure_json_interval(json_writer *w, const value_figure *f)
{
    if (!isfinite(f->lower) && !isfinite(f->upper)) {
        json_null(w);
        return;
    }
    json_inline_array_begin(w);
    json_rounded(w, f->lower);
    json_rounded(w, f->upper);
    json_array_end(w);
}

static void put_flags(json_writer *w, uint32_t flags)
{
    const char *names[VALUE_FLAGS_MAX];
    uint32_t n = value_flag_names(flags, names);
    json_inline_array_begin(w);
    for (uint32_t i = 0; i < n; i++)
        json_str(w, names[i]);
    json_array_end(w);
}

void figure_json_pairs(json_writer *w, const value_figure *f)
{
    json_key(w, "value");
    figure_json_number(w, f);
    json_pair_u64(w, "n", f->n);
    json_pair_f64(w, "num", f->num);
    json_pair_f64(w, "den", f->den);
    json_key(w, "ci");
    figure_json_interval(w, f);
    json_pair_rounded(w, "se", f->se);
    json_pair_f64(w, "level", f->level);
    json_pair_str(w, "method", value_method_name(f->method));
    json_pair_str(w, "status", value_status_name(f->status));
    json_key(w, "flags");
    put_flags(w, f->flags);
}

void figure_json_previous(json_writer *w, const value *v)
{
    if (v == NULL || !v->has_previous) {
        json_null(w);
        return;
    }
    json_inline_object_begin(w);
    figure_json_pairs(w, &v->previous);
    json_object_end(w);
}

void figure_json_labels(json_writer *w, const value_label *labels, uint32_t n)
{
    json_inline_object_begin(w);
    for (uint32_t i = 0; i < n; i++)
        report_text_json_pair(w, labels[i].name, labels[i].text);
    json_object_end(w);
}

void figure_json_series(json_writer *w, const value *v, const civil_zone *zone)
{
    json_array_begin(w);
    for (uint32_t i = 0; v != NULL && i < v->n_series; i++) {
        json_inline_array_begin(w);
        figure_json_time(w, v->series[i].start_us, zone);
        json_f64(w, v->series[i].value);
        json_array_end(w);
    }
    json_array_end(w);
}

void figure_json_time(json_writer *w, int64_t us, const civil_zone *zone)
{
    char text[TIMESTAMP_SIZE];
    timestamp_format_rfc3339(us, zone, text);
    json_str(w, text);
}

void figure_json_period(json_writer *w, const period *p, const civil_zone *zone)
{
    json_inline_object_begin(w);
    json_key(w, "start");
    figure_json_time(w, p->start_us, zone);
    json_key(w, "end");
    figure_json_time(w, p->end_us, zone);
    json_pair_i64(w, "days", (int64_t)p->end_day - p->first_day);
    json_pair_str(w, "timezone", civil_zone_name(zone));
    json_object_end(w);
}

void figure_json_score(json_writer *w, bool has_score, double score)
{
    if (has_score)
        json_rounded(w, score);
    else
        json_null(w);
}

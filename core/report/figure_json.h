/* SPDX-License-Identifier: Apache-2.0
 * figure_json.h - the pieces that several JSON outputs share: the same thing is spelled the same
 * way in all of them. Each writes one JSON value. */
#ifndef GM_REPORT_FIGURE_JSON_H
#define GM_REPORT_FIGURE_JSON_H

#include "base/civil.h"
#include "base/json_writer.h"
#include "part/value.h"
#include "run/period.h"

/* The number exactly as it is; null when there is none. */
void figure_json_number(json_writer *w, const value_figure *f);
/* [lower, upper]; null when there is no interval; an end that is open is null. */
void figure_json_interval(json_writer *w, const value_figure *f);
/* The pairs from "value" to "flags" of an object that is open. */
void figure_json_pairs(json_writer *w, const value_figure *f);
/* An object of all of them, or null. */
void figure_json_previous(json_writer *w, const value *v);
void figure_json_labels(json_writer *w, const value_label *labels, uint32_t n);
/* [[start of the bucket, value or null], …] */
void figure_json_series(json_writer *w, const value *v, const civil_zone *zone);
void figure_json_time(json_writer *w, int64_t us, const civil_zone *zone);
/* Its two instants (half open), its civil days, its zone. */
void figure_json_period(json_writer *w, const period *p, const civil_zone *zone);
/* null for NaN; rounded like all that a formula made. */
void figure_json_score(json_writer *w, bool has_score, double score);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * report_md.c - report.md, for chat and wiki: the scorecards by area, why, what was read and
 * skipped, and how it was made. CommonMark with the tables of GitHub; nothing that comes from
 * users, logs or plugins is markup. */
#include <inttypes.h>

#include <goalmill/version.h>

#include "base/timestamp.h"
#include "report/data_quality.h"
#include "report/figure_text.h"
#include "report/goal_view.h"
#include "report/report.h"
#include "report/report_text.h"

enum {
    LOGS_SHOWN_MAX = 50,    /* of logs that were not read to their end; run.json has all */
    EXAMPLES_SHOWN_MAX = 10 /* of rejected lines, of a source */
};

static const char *const none = "–";

static void put_dates(const period *p, bytes *out)
{
    char first[CIVIL_DATE_SIZE], last[CIVIL_DATE_SIZE];
    civil_format_date(p->first_day, first);
    civil_format_date(p->end_day - 1, last);
    bytes_printf(out, "%s to %s", first, last);
}

static void put_score(bool has_score, double score, bytes *out)
{
    char text[FIGURE_TEXT_SIZE];
    if (has_score)
        figure_text_score(score, text);
    bytes_printf(out, "%s", has_score ? text : none);
}

static void put_head(const report *r, bytes *out)
{
    const scorecard_area *overall = &r->scorecards->overall;
    int32_t days = r->plan->current.end_day - r->plan->current.first_day;
    bytes_printf(out, "# ");
    report_text_markdown(out, r->plan->config->run.name.text);
    bytes_printf(out, "\n\n");
    put_dates(&r->plan->current, out);
    bytes_printf(out, " (%" PRId32 " %s, %s)", days, days == 1 ? "day" : "days",
                 civil_zone_name(r->plan->zone));
    if (r->plan->has_previous) {
        bytes_printf(out, ", compared with ");
        put_dates(&r->plan->previous, out);
    }
    bytes_printf(out, "\n\n**Overall: ");
    put_score(overall->has_score, overall->score, out);
    bytes_printf(out, "** (%s) · ", goal_view_status_words(overall->status));
    goal_view_summary(r, out);
    bytes_printf(out, "\n");
}

/* A cell of what figure_text made; "–" when it is empty. The name of a unit may hold anything. */
static void put_cell(const char *text, bytes *out)
{
    bytes_printf(out, " ");
    if (*text != '\0')
        report_text_markdown(out, text);
    else
        bytes_printf(out, "%s", none);
    bytes_printf(out, " |");
}

static void put_goal_row(const report *r, uint32_t goal, bytes *out)
{
    goal_view view = goal_view_of(r, goal);
    const char *unit = view.first != NULL ? view.first->unit : "";
    char value_text[FIGURE_TEXT_SIZE] = "", interval[FIGURE_TEXT_SIZE] = "";
    char target[FIGURE_TEXT_SIZE] = "", change[FIGURE_TEXT_SIZE];
    if (view.first != NULL) {
        figure_text_value(&view.first->current, unit, value_text);
        figure_text_interval(&view.first->current, unit, interval);
    }
    if (view.goal->has_target)
        figure_text_number(view.goal->target, unit, target);
    figure_text_change(view.change, change);
    bytes_printf(out, "| ");
    report_text_markdown(out, view.title);
    bytes_printf(out, " | %s | ", goal_view_status_words(view.card->status));
    put_score(view.card->has_score, view.card->score, out);
    bytes_printf(out, " |");
    put_cell(value_text, out);
    put_cell(interval, out);
    put_cell(target, out);
    put_cell(change, out);
    bytes_printf(out, "\n");
}

/* Nothing for an area that no goal names. */
static void put_area(const report *r, uint32_t index, bytes *out)
{
    const scorecard_area *area = &r->scorecards->areas[index];
    if (area->n_children == 0)
        return;
    bytes_printf(out, "\n## ");
    report_text_markdown(out, goal_view_area_title(r, index));
    bytes_printf(out, ": ");
    put_score(area->has_score, area->score, out);
    bytes_printf(out, " (%s)\n\n", goal_view_status_words(area->status));
    bytes_printf(out, "| Goal | Status | Score | Value | Interval | Target | Change |\n"
                      "| --- | --- | ---: | ---: | --- | ---: | ---: |\n");
    for (uint32_t i = 0; i < area->n_children; i++)
        put_goal_row(r, area->children[i].goal, out);
}

static void put_bullet(const char *indent, const char *text, bytes *out)
{
    bytes_printf(out, "%s- ", indent);
    report_text_markdown_line(out, text);
    bytes_printf(out, "\n");
}

static void put_reasons(const report *r, bytes *out)
{
    bool is_first = true;
    for (uint32_t i = 0; i < r->plan->n_goals; i++) {
        goal_view view = goal_view_of(r, i);
        const scorecard *card = view.card;
        if (card->n_reasons == 0 && card->error == NULL)
            continue;
        if (is_first)
            bytes_printf(out, "\n## Reasons\n\n");
        is_first = false;
        bytes_printf(out, "- **");
        report_text_markdown(out, view.title);
        bytes_printf(out, "** (%s)\n", goal_view_status_words(card->status));
        for (uint32_t k = 0; k < card->n_reasons; k++)
            put_bullet("  ", card->reasons[k], out);
        if (card->error != NULL)
            put_bullet("  ", card->error, out);
    }
}

static void put_sources(const report *r, bytes *out)
{
    bytes_printf(out, "| Source | Logs | Not used | Lines | Rejected |\n"
                      "| --- | ---: | ---: | ---: | ---: |\n");
    for (uint32_t i = 0; i < r->record->n_sources; i++) {
        const run_source *s = &r->record->sources[i];
        const uint64_t counts[] = {s->logs, s->logs_bad - s->logs_kept, s->lines, s->rejected};
        bytes_printf(out, "|");
        put_cell(r->plan->config->sources[i].name, out);
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            char text[FIGURE_TEXT_SIZE];
            quantity_text_count(counts[k], text);
            put_cell(text, out);
        }
        bytes_printf(out, "\n");
    }
}

static void put_notes(const report *r, bytes *out)
{
    data_quality q;
    data_quality_of_run(&q, r);
    if (q.n_notes > 0)
        bytes_printf(out, "\n");
    for (uint32_t i = 0; i < q.n_notes; i++)
        put_bullet("", q.notes[i], out);
    data_quality_deinit(&q);
}

static void put_skipped_logs(const report *r, bytes *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->record->n_logs; i++) {
        const run_log *log = &r->record->logs[i];
        if (log->outcome == RUN_LOG_READ || n++ >= LOGS_SHOWN_MAX)
            continue;
        if (n == 1)
            bytes_printf(out, "\nLogs that did not count in full:\n\n");
        bytes_printf(out, "- ");
        report_text_code(out, log->path);
        bytes_printf(out, " (%s): ", run_log_outcome_name(log->outcome));
        report_text_markdown(out, data_quality_log_reason(log));
        bytes_printf(out, "\n");
    }
    if (n > LOGS_SHOWN_MAX)
        bytes_printf(out, "- and %" PRIu32 " more, see run.json\n", n - LOGS_SHOWN_MAX);
}

/* The first example of each kind of rejection, as many as fit; n says how many were written. */
static void put_source_examples(const report *r, uint32_t source, uint32_t *n, bytes *out)
{
    uint64_t seen = 0;
    uint32_t n_shown = 0;
    for (uint32_t i = 0; i < r->record->n_examples && n_shown < EXAMPLES_SHOWN_MAX; i++) {
        const run_example *e = &r->record->examples[i];
        if (e->source != source || e->is_notice || (seen >> e->what & 1) != 0)
            continue;
        seen |= UINT64_C(1) << e->what;
        n_shown++;
        if ((*n)++ == 0)
            bytes_printf(out, "\nFirst lines that were rejected:\n\n");
        bytes_printf(out, "- ");
        report_text_code(out, e->path);
        bytes_printf(out, " line %" PRIu64 " (%s): ", e->line,
                     log_outcome_name((log_outcome)e->what));
        report_text_code(out, e->text);
        bytes_printf(out, "\n");
    }
}

static void put_failures(const report *r, bytes *out)
{
    const run_record *record = r->record;
    if (record->n_plugin_failures + record->n_metric_failures + record->n_deaths == 0)
        return;
    bytes_printf(out, "\nFailures:\n\n");
    for (uint32_t i = 0; i < record->n_plugin_failures; i++) {
        const run_plugin_failure *f = &record->plugin_failures[i];
        GM_ASSERT(f->plugin < r->plan->n_plugins);
        bytes_printf(out, "- Plugin ");
        report_text_code(out, r->plan->plugins[f->plugin].path);
        bytes_printf(out, ": ");
        report_text_markdown(out, f->message);
        bytes_printf(out, "\n");
    }
    for (uint32_t i = 0; i < record->n_metric_failures; i++) {
        const run_metric_failure *f = &record->metric_failures[i];
        GM_ASSERT(f->metric < r->plan->n_metrics);
        bytes_printf(out, "- Metric ");
        report_text_markdown(out, r->plan->metrics[f->metric].config->name);
        bytes_printf(out, ": ");
        report_text_markdown(out, f->message);
        bytes_printf(out, "\n");
    }
    for (uint32_t i = 0; i < record->n_deaths; i++)
        put_bullet("", record->deaths[i].message, out);
}

static void put_data(const report *r, bytes *out)
{
    uint32_t n_examples = 0;
    bytes_printf(out, "\n## Data\n\n");
    put_sources(r, out);
    put_notes(r, out);
    put_skipped_logs(r, out);
    for (uint32_t i = 0; i < r->record->n_sources; i++)
        put_source_examples(r, i, &n_examples, out);
    put_failures(r, out);
}

static void put_origin(const report *r, bytes *out)
{
    char started[TIMESTAMP_SIZE], ended[TIMESTAMP_SIZE], hash[HASH_HEX_SIZE];
    timestamp_format_rfc3339(r->record->started_us, NULL, started);
    timestamp_format_rfc3339(r->record->ended_us, NULL, ended);
    hash_hex(r->plan->config->hash, hash);
    bytes_printf(out, "\n## How it was made\n\n- goalmill %s, run ", GOALMILL_VERSION);
    report_text_code(out, r->record->run_id);
    bytes_printf(out, ", %s to %s, exit code %d\n- Configuration ", started, ended,
                 r->record->exit_code);
    report_text_code(out, r->plan->config->path);
    bytes_printf(out, ", hash %s\n", hash);
    for (uint32_t i = 0; i < r->plan->n_rules; i++) {
        bytes_printf(out, "- Rule ");
        report_text_code(out, r->plan->rules[i].name);
        bytes_printf(out, ", hash %s\n", r->plan->rules[i].hash);
    }
    for (uint32_t i = 0; i < r->plan->n_plugins; i++) {
        bytes_printf(out, "- Plugin ");
        report_text_code(out, r->plan->plugins[i].path);
        bytes_printf(out, ", hash %s\n", r->plan->plugins[i].hash);
    }
    for (uint32_t i = 0; i < r->record->n_causes; i++) {
        bytes_printf(out, "- Exit code %d: ", r->record->causes[i].exit_code);
        report_text_markdown(out, r->record->causes[i].text);
        bytes_printf(out, "\n");
    }
}

void report_md_write(const report *r, bytes *out)
{
    put_head(r, out);
    for (uint32_t i = 0; i < r->scorecards->n_areas; i++)
        put_area(r, i, out);
    put_reasons(r, out);
    put_data(r, out);
    put_origin(r, out);
}

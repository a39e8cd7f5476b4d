/* SPDX-License-Identifier: Apache-2.0
 * terminal_notes.c - see terminal_notes.h. */
#include "report/terminal_notes.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "report/data_quality.h"
#include "report/figure_text.h"
#include "report/goal_view.h"
#include "report/report_text.h"

enum {
    SHOWN_MAX = 10, /* of each kind; run.json has all */
    INDENT = 2      /* of the lines that continue a note */
};

/* Warnings on their way out; text is the one at hand, n counts those of its kind. */
typedef struct warnings {
    const terminal_options *options;
    bytes *out;
    bytes text;
    uint32_t n;
} warnings;

/* Writes s[0..n) in lines of at most width columns, broken at blanks; a longer word overflows. at:
 * columns that are taken on the first line. */
static void wrap(const char *s, size_t n, size_t at, uint32_t width, bytes *out)
{
    bool is_line_start = at == 0;
    for (size_t i = 0; i < n;) {
        const char *blank = memchr(s + i, ' ', n - i);
        size_t word = blank != NULL ? (size_t)(blank - (s + i)) : n - i;
        const char *text = s + i;
        size_t columns = text_width(text, word);
        i += word + 1;
        if (word == 0)
            continue;
        if (!is_line_start && width > 0 && at + 1 + columns > width) {
            bytes_printf(out, "\n%*s", INDENT, "");
            at = INDENT;
        } else if (!is_line_start) {
            bytes_u8(out, ' ');
            at++;
        }
        bytes_put(out, text, word);
        at += columns;
        is_line_start = false;
    }
    bytes_u8(out, '\n');
}

void terminal_notes_summary(const report *r, const terminal_options *options, bytes *out)
{
    const scorecard_area *overall = &r->scorecards->overall;
    char score[FIGURE_TEXT_SIZE] = "no data";
    bytes text;
    bytes_init(&text, LIMIT_MIB(1));
    goal_view_summary(r, &text);
    if (overall->has_score)
        figure_text_score(overall->score, score);
    bytes_printf(&text, " · overall %s", score);
    if (overall->has_score && overall->coverage < 1) {
        char share[FIGURE_TEXT_SIZE];
        figure_text_number(overall->coverage, "1", share);
        bytes_printf(&text, " (from %s of the weight)", share);
    }
    wrap((const char *)text.data, text.len, 0, options->width, out);
    bytes_deinit(&text);
}

/* Starts a warning; false when enough of its kind have been shown. */
static bool warning_begin(warnings *w)
{
    bytes_clear(&w->text);
    return w->n++ < SHOWN_MAX;
}

static void warning_end(warnings *w)
{
    static const char word[] = "warning:";
    bytes_printf(w->out, w->options->color ? "\x1b[33m%s\x1b[0m" : "%s", word);
    wrap((const char *)w->text.data, w->text.len, sizeof word - 1, w->options->width, w->out);
}

/* After the last of a kind. */
static void kind_end(warnings *w, const char *plural)
{
    if (w->n > SHOWN_MAX) {
        bytes_clear(&w->text);
        bytes_printf(&w->text, "and %" PRIu32 " more %s, see run.json", w->n - SHOWN_MAX, plural);
        warning_end(w);
    }
    w->n = 0;
}

static void warn_notes(const report *r, warnings *w)
{
    data_quality q;
    data_quality_of_run(&q, r);
    for (uint32_t i = 0; i < q.n_notes; i++) {
        if (!warning_begin(w))
            continue;
        report_text_plain(&w->text, q.notes[i]);
        warning_end(w);
    }
    kind_end(w, "notes");
    data_quality_deinit(&q);
}

static void warn_logs(const report *r, warnings *w)
{
    for (uint32_t i = 0; i < r->record->n_logs; i++) {
        const run_log *log = &r->record->logs[i];
        if (log->outcome == RUN_LOG_READ || log->outcome == RUN_LOG_DUPLICATE || !warning_begin(w))
            continue;
        report_text_plain(&w->text, log->path);
        bytes_printf(&w->text, " (%s): ", run_log_outcome_name(log->outcome));
        report_text_plain(&w->text, data_quality_log_reason(log));
        warning_end(w);
    }
    kind_end(w, "logs");
}

static void warn_failure(warnings *w, const char *what, const char *name, const char *message)
{
    if (!warning_begin(w))
        return;
    bytes_printf(&w->text, "%s ", what);
    report_text_plain(&w->text, name);
    bytes_printf(&w->text, ": ");
    report_text_plain(&w->text, message);
    warning_end(w);
}

static void warn_failures(const report *r, warnings *w)
{
    const run_record *record = r->record;
    for (uint32_t i = 0; i < record->n_plugin_failures; i++) {
        const run_plugin_failure *f = &record->plugin_failures[i];
        GM_ASSERT(f->plugin < r->plan->n_plugins);
        warn_failure(w, "plugin", r->plan->plugins[f->plugin].path, f->message);
    }
    kind_end(w, "plugins");
    for (uint32_t i = 0; i < record->n_metric_failures; i++) {
        const run_metric_failure *f = &record->metric_failures[i];
        GM_ASSERT(f->metric < r->plan->n_metrics);
        warn_failure(w, "metric", r->plan->metrics[f->metric].config->name, f->message);
    }
    kind_end(w, "metrics");
    for (uint32_t i = 0; i < r->plan->n_goals; i++) {
        const scorecard *card = &r->scorecards->goals[i];
        if (card->error != NULL)
            warn_failure(w, "goal", r->plan->goals[i].config->name, card->error);
    }
    kind_end(w, "goals");
}

void terminal_notes_warnings(const report *r, const terminal_options *options, bytes *out)
{
    warnings w = {.options = options, .out = out};
    bytes_init(&w.text, LIMIT_MIB(1));
    warn_notes(r, &w);
    warn_logs(r, &w);
    warn_failures(r, &w);
    bytes_deinit(&w.text);
}

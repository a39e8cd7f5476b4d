/* SPDX-License-Identifier: Apache-2.0
 * run_json.c - run.json: what happened in the run, with all that depends on it: id, times, names of
 * logs, versions, hashes, failures. docs/schema/run.schema.json describes it. */
#include <goalmill/version.h>

#include "base/json_writer.h"
#include "base/mem.h"
#include "report/figure_json.h"
#include "report/goal_view.h"
#include "report/report.h"
#include "report/report_text.h"

/* What the logs of a source add up to. */
typedef struct source_sums {
    uint64_t outcomes[LOG_OUTCOMES];
    uint64_t notices[LOG_NOTICES];
} source_sums;

static void put_hash(json_writer *w, const char *key, hash128 hash)
{
    char text[HASH_HEX_SIZE];
    hash_hex(hash, text);
    json_pair_str(w, key, text);
}

static void put_configuration(json_writer *w, const config *c)
{
    json_key(w, "configuration");
    json_object_begin(w);
    report_text_json_pair(w, "path", c->path);
    put_hash(w, "hash", c->hash);
    json_key(w, "files");
    json_array_begin(w);
    for (uint32_t i = 0; i < c->files.n; i++)
        report_text_json(w, c->files.items[i].text);
    json_array_end(w);
    json_object_end(w);
}

static void put_head(json_writer *w, const report *r)
{
    const run_record *record = r->record;
    json_pair_str(w, "schema", "goalmill.run/1");
    report_text_json_pair(w, "run", record->run_id);
    report_text_json_pair(w, "name", r->plan->config->run.name.text);
    json_pair_str(w, "version", GOALMILL_VERSION);
    put_configuration(w, r->plan->config);
    json_pair_str(w, "timezone", civil_zone_name(r->plan->zone));
    json_key(w, "period");
    figure_json_period(w, &r->plan->current, r->plan->zone);
    json_key(w, "previous");
    if (r->plan->has_previous)
        figure_json_period(w, &r->plan->previous, r->plan->zone);
    else
        json_null(w);
    json_key(w, "started");
    figure_json_time(w, record->started_us, NULL);
    json_key(w, "ended");
    figure_json_time(w, record->ended_us, NULL);
    json_pair_u64(w, "workers", record->workers);
    json_pair_u64(w, "memory_max", record->memory_max);
    json_pair_u64(w, "running_max", record->running_max);
    json_key(w, "phases");
    json_inline_object_begin(w);
    for (uint32_t i = 0; i < record->n_phases; i++)
        json_pair_rounded(w, record->phases[i].name, record->phases[i].seconds);
    json_object_end(w);
}

static void put_rejected(json_writer *w, const uint64_t outcomes[LOG_OUTCOMES])
{
    json_key(w, "rejected");
    json_inline_object_begin(w);
    for (uint32_t i = 0; i < LOG_OUTCOMES; i++)
        if (i != LOG_ACCEPTED && i != LOG_BLANK && outcomes[i] > 0)
            json_pair_u64(w, log_outcome_name((log_outcome)i), outcomes[i]);
    json_object_end(w);
}

static void put_notices(json_writer *w, const uint64_t notices[LOG_NOTICES])
{
    json_key(w, "notices");
    json_inline_object_begin(w);
    for (uint32_t i = 0; i < LOG_NOTICES; i++)
        if (notices[i] > 0)
            json_pair_u64(w, log_notice_name((log_notice)i), notices[i]);
    json_object_end(w);
}

static void put_examples(json_writer *w, const run_record *record, uint32_t source)
{
    json_key(w, "examples");
    json_array_begin(w);
    for (uint32_t i = 0; i < record->n_examples; i++) {
        const run_example *e = &record->examples[i];
        if (e->source != source)
            continue;
        json_inline_object_begin(w);
        json_pair_str(w, "kind", e->is_notice ? "notice" : "rejected");
        json_pair_str(w, "what",
                      e->is_notice ? log_notice_name((log_notice)e->what)
                                   : log_outcome_name((log_outcome)e->what));
        report_text_json_pair(w, "path", e->path);
        json_pair_u64(w, "line", e->line);
        report_text_json_pair(w, "text", e->text);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_source(json_writer *w, const report *r, uint32_t index, const source_sums *sums)
{
    const run_source *s = &r->record->sources[index];
    json_object_begin(w);
    json_pair_str(w, "name", r->plan->config->sources[index].name);
    json_pair_u64(w, "logs", s->logs);
    json_pair_u64(w, "logs_bad", s->logs_bad);
    json_pair_u64(w, "logs_kept", s->logs_kept);
    json_pair_u64(w, "lines", s->lines);
    json_pair_u64(w, "lines_rejected", s->rejected);
    put_rejected(w, sums->outcomes);
    put_notices(w, sums->notices);
    json_key(w, "unmatched");
    json_array_begin(w);
    for (uint32_t i = 0; i < s->n_unmatched; i++)
        report_text_json(w, s->unmatched[i]);
    json_array_end(w);
    json_pair_bool(w, "too_many_bad_lines", s->too_many_bad_lines);
    put_examples(w, r->record, index);
    json_object_end(w);
}

static void put_sources(json_writer *w, const report *r)
{
    const run_record *record = r->record;
    GM_ASSERT(record->n_sources == r->plan->config->n_sources);
    source_sums *sums = mem_array(record->n_sources, sizeof *sums);
    for (uint32_t i = 0; i < record->n_logs; i++) {
        const run_log *log = &record->logs[i];
        GM_ASSERT(log->source < record->n_sources);
        for (uint32_t k = 0; k < LOG_OUTCOMES; k++)
            sums[log->source].outcomes[k] += log->outcomes[k];
        for (uint32_t k = 0; k < LOG_NOTICES; k++)
            sums[log->source].notices[k] += log->notices[k];
    }
    json_key(w, "sources");
    json_array_begin(w);
    for (uint32_t i = 0; i < record->n_sources; i++)
        put_source(w, r, i, &sums[i]);
    json_array_end(w);
    mem_free(sums);
}

static void put_log(json_writer *w, const report *r, const run_log *log)
{
    json_object_begin(w);
    json_pair_str(w, "source", r->plan->config->sources[log->source].name);
    report_text_json_pair(w, "path", log->path);
    json_pair_u64(w, "size", log->size);
    json_pair_str(w, "outcome", run_log_outcome_name(log->outcome));
    report_text_json_pair(w, "message", log->message);
    if ((log->content.low | log->content.high) != 0)
        put_hash(w, "hash", log->content);
    else
        json_pair_str(w, "hash", NULL);
    json_pair_u64(w, "lines", log->lines);
    json_pair_u64(w, "accepted", log->outcomes[LOG_ACCEPTED]);
    json_pair_u64(w, "blank", log->outcomes[LOG_BLANK]);
    put_rejected(w, log->outcomes);
    put_notices(w, log->notices);
    json_pair_u64(w, "bytes_out", log->bytes_out);
    json_pair_u64(w, "members", log->members);
    json_pair_u64(w, "trailing_bytes", log->trailing_bytes);
    json_key(w, "events");
    json_inline_object_begin(w);
    json_pair_u64(w, "period", log->events_current);
    json_pair_u64(w, "previous", log->events_previous);
    json_pair_u64(w, "outside", log->events_outside);
    json_pair_u64(w, "future", log->events_future);
    json_object_end(w);
    json_pair_u64(w, "attempts", log->attempts);
    json_object_end(w);
}

static void put_logs(json_writer *w, const report *r)
{
    json_key(w, "logs");
    json_array_begin(w);
    for (uint32_t i = 0; i < r->record->n_logs; i++)
        put_log(w, r, &r->record->logs[i]);
    json_array_end(w);
}

static const char *metric_name(const report *r, uint32_t metric)
{
    GM_ASSERT(metric < r->plan->n_metrics);
    return r->plan->metrics[metric].config->name;
}

static void put_missing_fields(json_writer *w, const report *r)
{
    json_key(w, "missing_fields");
    json_array_begin(w);
    for (uint32_t i = 0; i < r->record->n_nulls; i++) {
        const run_null *null = &r->record->nulls[i];
        json_inline_object_begin(w);
        json_pair_str(w, "metric", metric_name(r, null->metric));
        json_pair_str(w, "field", null->field);
        json_pair_u64(w, "events", null->events);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Why the plugin was taken out of the run, or NULL. */
static const char *plugin_failure(const run_record *record, uint32_t plugin)
{
    for (uint32_t i = 0; i < record->n_plugin_failures; i++)
        if (record->plugin_failures[i].plugin == plugin)
            return record->plugin_failures[i].message;
    return NULL;
}

static void put_plugins(json_writer *w, const report *r)
{
    json_key(w, "plugins");
    json_array_begin(w);
    for (uint32_t i = 0; i < r->plan->n_plugins; i++) {
        const plugin_info *info = &r->plan->plugins[i];
        json_object_begin(w);
        report_text_json_pair(w, "path", info->path);
        json_pair_str(w, "hash", info->hash);
        report_text_json_pair(w, "build", info->build_info);
        json_key(w, "metrics");
        json_array_begin(w);
        for (uint32_t k = 0; k < info->n_descriptors; k++) {
            json_inline_object_begin(w);
            report_text_json_pair(w, "id", info->descriptors[k]->id);
            report_text_json_pair(w, "version", info->descriptors[k]->version);
            json_object_end(w);
        }
        json_array_end(w);
        report_text_json_pair(w, "failure", plugin_failure(r->record, i));
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_rules(json_writer *w, const plan *p)
{
    json_key(w, "rules");
    json_array_begin(w);
    for (uint32_t i = 0; i < p->n_rules; i++) {
        json_inline_object_begin(w);
        report_text_json_pair(w, "name", p->rules[i].name);
        report_text_json_pair(w, "path", p->rules[i].path);
        json_pair_str(w, "hash", p->rules[i].hash);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_failures(json_writer *w, const report *r)
{
    const run_record *record = r->record;
    json_key(w, "metric_failures");
    json_array_begin(w);
    for (uint32_t i = 0; i < record->n_metric_failures; i++) {
        json_inline_object_begin(w);
        json_pair_str(w, "metric", metric_name(r, record->metric_failures[i].metric));
        report_text_json_pair(w, "message", record->metric_failures[i].message);
        json_object_end(w);
    }
    json_array_end(w);
    json_key(w, "deaths");
    json_array_begin(w);
    for (uint32_t i = 0; i < record->n_deaths; i++)
        report_text_json(w, record->deaths[i].message);
    json_array_end(w);
}

static void put_end(json_writer *w, const report *r)
{
    const run_record *record = r->record;
    json_key(w, "causes");
    json_array_begin(w);
    for (uint32_t i = 0; i < record->n_causes; i++) {
        json_inline_object_begin(w);
        json_pair_i64(w, "exit_code", record->causes[i].exit_code);
        report_text_json_pair(w, "text", record->causes[i].text);
        json_object_end(w);
    }
    json_array_end(w);
    json_pair_i64(w, "exit_code", record->exit_code);
    uint32_t counts[SCORECARD_STATUSES];
    goal_view_counts(r, counts);
    json_key(w, "summary");
    json_inline_object_begin(w);
    for (uint32_t i = 0; i < SCORECARD_STATUSES; i++)
        json_pair_u64(w, scorecard_status_name((scorecard_status)i), counts[i]);
    json_object_end(w);
}

void run_json_write(const report *r, bytes *out)
{
    json_writer w;
    json_init(&w, out, true);
    json_object_begin(&w);
    put_head(&w, r);
    put_sources(&w, r);
    put_logs(&w, r);
    put_missing_fields(&w, r);
    put_plugins(&w, r);
    put_rules(&w, r->plan);
    put_failures(&w, r);
    put_end(&w, r);
    json_object_end(&w);
    json_finish(&w);
}

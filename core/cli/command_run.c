/* SPDX-License-Identifier: Apache-2.0
 * command_run.c - goalmill run: plan, lock, night, publish, table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/message.h"
#include "base/number.h"
#include "cli/command.h"
#include "cli/run_setup.h"
#include "report/publish.h"
#include "report/report.h"
#include "run/night.h"
#include "run/state_folder.h"
#include "run/stop_signal.h"

static const uint32_t batch_rows_default = 4096;

static const command_option options[] = {
    {"--date", "DAY",
     "last day of the period, such as 2026-11-21 (default: until, else yesterday)"},
    {"--workers", "N", "worker processes at a time, or auto for one a core"},
    {"--out", "DIR", "write below DIR instead of out_dir"},
    {"--fail-on", "STATUS,…",
     "exit with 1 when a goal has one of these statuses (missed, at_risk, no_data, low_n, error, "
     "…)"},
    {"--json", NULL, "print the scorecards as JSON instead of a table"},
    {"--quiet", NULL, "no progress, no warnings; errors only"},
    {"--batch-rows", "N", "events a batch, 1 to 65536; results do not depend on it"},
};

typedef struct run_state {
    run_setup setup;
    state_folder *folder;
    publish *publish;
    night night;
    bool has_night;
    char run_id[64];
} run_state;

static int exit_code_of(gm_status st)
{
    switch (st) {
    case GM_E_IO:
    case GM_E_DAMAGED:
    case GM_E_LIMIT:
        return COMMAND_WRITE;
    case GM_E_LOCKED:
        return COMMAND_LOCKED;
    case GM_E_STOPPED:
        return 128 + stop_signal_seen();
    case GM_E_PLUGIN:
        return COMMAND_PLUGIN;
    default:
        return COMMAND_INTERNAL;
    }
}

/* 4 before 5 before 3 before 1: the most surprising first. */
static int exit_code_of_causes(const run_record *r)
{
    static const int order[] = {COMMAND_PLUGIN, COMMAND_RULE, COMMAND_INPUT, COMMAND_FAIL_ON};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (uint32_t k = 0; k < r->n_causes; k++)
            if (r->causes[k].exit_code == order[i])
                return order[i];
    return COMMAND_DONE;
}

static bool is_listed(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = list; *p != '\0'; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ','))
        if (strcspn(p, ",") == len && memcmp(p, name, len) == 0)
            return true;
    return false;
}

/* A status that does not exist would never be met: that is a mistake to be told. */
static bool check_fail_on(const char *list)
{
    if (list == NULL)
        return true;
    const char *p = list;
    do {
        size_t len = strcspn(p, ",");
        bool is_known = false;
        for (int s = 0; s < SCORECARD_STATUSES && !is_known; s++) {
            const char *name = scorecard_status_name((scorecard_status)s);
            is_known = strlen(name) == len && memcmp(p, name, len) == 0;
        }
        if (!is_known) {
            message_error("--fail-on: unknown status '%.*s'; there are met, on_track, at_risk, "
                          "missed, no_target, low_n, no_data, error",
                          (int)len, p);
            return false;
        }
        p += len + (p[len] == ',');
    } while (*p != '\0');
    return true;
}

static void apply_fail_on(run_state *s, const char *list)
{
    run_record *r = &s->night.record;
    for (uint32_t i = 0; list != NULL && i < s->night.scorecards.n_goals; i++) {
        const scorecard *card = &s->night.scorecards.goals[i];
        if (!is_listed(list, scorecard_status_name(card->status)))
            continue;
        MEM_GROW(r->causes, r->n_causes, r->causes_cap);
        r->causes[r->n_causes++] =
            (run_cause){.exit_code = COMMAND_FAIL_ON,
                        .text = arena_printf(&r->memory, "goal %s is %s",
                                             s->setup.plan->goals[card->goal].config->name,
                                             scorecard_status_name(card->status))};
    }
}

/* The last day of the period and the time of starting: sorted by name is sorted by both. */
static void make_run_id(run_state *s)
{
    const plan *p = s->setup.plan;
    char day[CIVIL_DATE_SIZE], stamp[32];
    civil_format_date(p->current.end_day - 1, day);
    time_t seconds = (time_t)(s->setup.now_us / 1000000);
    struct tm utc;
    (void)gmtime_r(&seconds, &utc);
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    for (int n = 1; n < 1000; n++) {
        char suffix[8] = "";
        if (n > 1)
            (void)snprintf(suffix, sizeof suffix, ".%d", n);
        (void)snprintf(s->run_id, sizeof s->run_id, "%s.%s%s", day, stamp, suffix);
        char *path = file_join(p->config->run.out_dir.text, s->run_id);
        bool is_free = !file_exists(path);
        mem_free(path);
        if (is_free)
            return;
    }
}

static void print_json(const report *r, const char *folder)
{
    bytes out;
    bytes_init(&out, LIMIT_ANSWER_BYTES);
    bytes_printf(&out, "{\"run\":");
    json_writer w;
    json_init(&w, &out, false);
    json_str(&w, r->record->run_id);
    bytes_printf(&out, ",\"folder\":");
    json_str(&w, folder);
    bytes_printf(&out, ",\"exit_code\":%d,\"summary\":", r->record->exit_code);
    areas_json_write(r, &out);
    bytes_printf(&out, ",\"scorecards\":[");
    for (uint32_t i = 0; i < r->scorecards->n_goals; i++) {
        bytes_printf(&out, "%s", i == 0 ? "" : ",");
        scorecard_json_write(r, i, false, &out);
    }
    bytes_printf(&out, "]}\n");
    (void)fwrite(out.data, 1, out.len, stdout); /* main() checks stdout at the end */
    bytes_deinit(&out);
}

static void print_table(const report *r, const char *folder)
{
    terminal_options how = {0};
    struct winsize size;
    if (isatty(STDOUT_FILENO) == 1) {
        how.color = getenv("NO_COLOR") == NULL; /* NOLINT(concurrency-mt-unsafe): one thread */
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
            how.width = size.ws_col;
    }
    bytes out;
    bytes_init(&out, LIMIT_ANSWER_BYTES);
    terminal_table_write(r, &how, &out);
    (void)fwrite(out.data, 1, out.len, stdout); /* main() checks stdout at the end */
    (void)printf("report: %s/report.md\n", folder);
    bytes_deinit(&out);
}

static gm_status run_night(run_state *s, const command_args *args, gm_error *err)
{
    const config_run *c = &s->setup.plan->config->run;
    bool is_quiet = command_value(&command_run, args, "--quiet") != NULL;
    const char *rows = command_value(&command_run, args, "--batch-rows");
    int64_t batch_rows = batch_rows_default;
    if (rows != NULL)
        (void)number_parse_i64(rows, strlen(rows), &batch_rows); /* checked by check_args() */
    night_options o = {.plan = s->setup.plan,
                       .run_id = s->run_id,
                       .parts_dir = state_folder_parts(s->folder),
                       .now_us = s->setup.now_us,
                       .workers = c->workers == 0 ? night_auto_workers() : c->workers,
                       .memory_max = c->memory_max == 0 ? night_auto_memory() : c->memory_max,
                       .batch_rows = (uint32_t)batch_rows,
                       .progress = is_quiet                     ? NIGHT_SILENT
                                   : isatty(STDERR_FILENO) == 1 ? NIGHT_BAR
                                                                : NIGHT_LINES};
    s->has_night = true;
    return night_run(&s->night, &o, err);
}

static int64_t wall_clock_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static gm_status run_all(run_state *s, const command_args *args, gm_error *err)
{
    const config_run *c = &s->setup.plan->config->run;
    make_run_id(s);
    gm_status st = state_folder_open(&s->folder, c->state_dir.text, s->run_id, err);
    if (st == GM_OK)
        st = publish_open(&s->publish, c->out_dir.text, s->run_id, err);
    if (st == GM_OK)
        st = run_night(s, args, err);
    if (st != GM_OK)
        return st;
    apply_fail_on(s, command_value(&command_run, args, "--fail-on"));
    s->night.record.ended_us = wall_clock_us();
    s->night.record.exit_code = exit_code_of_causes(&s->night.record);
    report r = {.plan = s->setup.plan,
                .record = &s->night.record,
                .values = &s->night.values,
                .scorecards = &s->night.scorecards};
    st = publish_commit(s->publish, &r, err);
    if (st != GM_OK)
        return st;
    if (command_value(&command_run, args, "--json") != NULL)
        print_json(&r, publish_folder(s->publish));
    else
        print_table(&r, publish_folder(s->publish));
    return GM_OK;
}

static bool check_args(const command_args *args)
{
    const char *rows = command_value(&command_run, args, "--batch-rows");
    int64_t n = 0;
    if (rows != NULL &&
        (!number_parse_i64(rows, strlen(rows), &n) || n < 1 || n > LIMIT_BATCH_ROWS)) {
        message_error("--batch-rows %s: expected a number from 1 to %d", rows, LIMIT_BATCH_ROWS);
        return false;
    }
    return check_fail_on(command_value(&command_run, args, "--fail-on"));
}

static int run(const command_args *args)
{
    run_state s;
    memset(&s, 0, sizeof s);
    message_set_quiet(command_value(&command_run, args, "--quiet") != NULL);
    if (!check_args(args))
        return COMMAND_USAGE;
    stop_signal_install();
    run_setup_init(&s.setup);
    run_setup_flag(&s.setup, "workers", command_value(&command_run, args, "--workers"),
                   "--workers");
    run_setup_flag(&s.setup, "out_dir", command_value(&command_run, args, "--out"), "--out");
    int code = COMMAND_USAGE;
    if (run_setup_plan(&s.setup, args->operand, command_value(&command_run, args, "--date"))) {
        gm_error err;
        gm_status st = run_all(&s, args, &err);
        code = st == GM_OK ? s.night.record.exit_code : exit_code_of(st);
        if (st != GM_OK)
            message_gm_error(&err);
    } else if (stop_signal_seen() != 0) {
        code = 128 + stop_signal_seen();
    }
    publish_close(s.publish);
    gm_error closing;
    if (state_folder_close(s.folder, &closing) != GM_OK)
        message_gm_error(&closing); /* the outputs are there; the next run cleans up */
    if (s.has_night)
        night_deinit(&s.night);
    run_setup_deinit(&s.setup);
    return code;
}

const command command_run = {
    .name = "run",
    .operand = "CONFIG",
    .summary = "read the logs, score the goals, write the scorecards",
    .doc =
        "Runs a night: reads the logs that CONFIG names, computes its metrics, scores its goals "
        "and "
        "writes the scorecards to out_dir/<run id>; out_dir/latest then points there. Ends with "
        "the "
        "scorecards as a table on standard output; progress and warnings go to standard error.\n\n"
        "The whole configuration is checked before any log is opened. What had to be skipped is "
        "counted, named in run.json and shown on the scorecards that it touches.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};

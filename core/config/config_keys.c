/* SPDX-License-Identifier: Apache-2.0
 * config_keys.c - the table of sections and keys; see config_keys.h. */
#include "config/config_keys.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "config/config.h"

/* The order of choices is that of the enums in config.h and base/timestamp.h. */
static const char *const against[] = {"previous", "year", "none", NULL};
static const char *const on_failure[] = {"degrade", "stop", NULL};
static const char *const formats[] = {"ndjson", NULL};
static const char *const time_formats[] = {"auto",     "rfc3339",  "epoch_s",
                                           "epoch_ms", "epoch_us", NULL};
static const char *const damages[] = {"drop", "keep", NULL};
static const char *const buckets[] = {"day", "hour", NULL};
static const char *const directions[] = {"output", "up", "down", "target", "neutral", NULL};

_Static_assert(CONFIG_AGAINST_NONE == 2 && CONFIG_FORMAT_NDJSON == 0 && CONFIG_DAMAGE_KEEP == 1 &&
                   TIMESTAMP_EPOCH_US == 4 && CONFIG_BUCKET_HOUR == 1 &&
                   CONFIG_DIRECTION_OUTPUT == 0 && CONFIG_DIRECTION_NEUTRAL == 4,
               "a choice is stored as its number");

const char *const config_keys_sections[] = {"run", "source", "metric", "goal", "area", NULL};

#define TEXT_OF(number)  #number
#define COUNT_OF(number) TEXT_OF(number)
#define RUN(key, to)     .section = "run", .name = (key), .offset = offsetof(config_run, to)
#define SOURCE(key, to)  .section = "source", .name = (key), .offset = offsetof(config_source, to)
#define METRIC(key, to)  .section = "metric", .name = (key), .offset = offsetof(config_metric, to)
#define GOAL(key, to)    .section = "goal", .name = (key), .offset = offsetof(config_goal, to)
#define AREA(key, to)    .section = "area", .name = (key), .offset = offsetof(config_area, to)

const config_key config_keys[] = {
    {RUN("name", name), .type = CONFIG_LABEL, .def = "run",
     .doc = "What the run is called in reports."},
    {RUN("timezone", timezone), .type = CONFIG_ZONE, .def = "UTC",
     .doc = "The zone whose civil days are scored, by its IANA name, such as `Asia/Shanghai`."},
    {RUN("period", period), .type = CONFIG_PERIOD, .def = "1d",
     .doc = "The days scored, up to and with the last day; of `week`, `month`, `quarter` the whole one that holds it."},
    {RUN("until", until), .type = CONFIG_DATE,
     .doc = "The last day of the period. Not given: yesterday."},
    {RUN("against", against), .type = CONFIG_CHOICE, .choices = against, .def = "previous",
     .doc = "What a value is compared with: the period before, the same period a year before, or "
            "nothing."},
    {RUN("state_dir", state_dir), .type = CONFIG_PATHNAME, .def = "state",
     .doc = "The folder of parts and history, kept between runs."},
    {RUN("out_dir", out_dir), .type = CONFIG_PATHNAME, .def = "out",
     .doc = "The folder that receives a folder of results for each run."},
    {RUN("workers", workers), .type = CONFIG_WORKERS, .def = "auto",
     .doc = "How many processes read logs; `auto`: one a core."},
    {RUN("memory_max", memory_max), .type = CONFIG_SIZE, .def = "auto", .min = 1, .max = UINT64_MAX,
     .doc = "Memory of all processes together; `auto`: what the machine allows."},
    {RUN("metric_memory_max", metric_memory_max), .type = CONFIG_SIZE, .def = "512MiB", .min = 1,
     .max = UINT64_MAX, .doc = "Memory of one metric's states in one worker."},
    {RUN("plugin_dirs", plugin_dirs), .type = CONFIG_PATHNAMES,
     .doc = "Folders to look for plugins, before those that ship."},
    {RUN("on_plugin_failure", stop_on_plugin_failure), .type = CONFIG_SWITCH, .choices = on_failure,
     .def = "degrade", .doc = "When a plugin fails: go on without its metrics, or stop the run."},
    {RUN("include", includes), .type = CONFIG_PATHNAMES,
     .doc =
         "Files with more sections, also as patterns such as `conf.d/*.ini`. An included file has "
         "no `[run]` and includes nothing."},

    {SOURCE("files", files), .type = CONFIG_PATHNAMES, .required = true,
     .doc = "The logs, also as patterns such as `logs/*.ndjson.gz`."},
    {SOURCE("format", format), .type = CONFIG_CHOICE, .choices = formats, .def = "ndjson",
     .doc = "How a line is written: one JSON object a line."},
    {SOURCE("time", time), .type = CONFIG_TEXT, .required = true,
     .doc = "Where in a line its time stands, such as `meta.created_at`."},
    {SOURCE("time_format", time_format), .type = CONFIG_CHOICE, .choices = time_formats,
     .def = "auto",
     .doc =
         "How times are written. `auto`: RFC 3339 when there is a `-` in it, else an epoch whose "
         "unit is told by its size."},
    {SOURCE("time_zone", time_zone), .type = CONFIG_ZONE,
     .doc = "The zone of times that carry none. Not given: such a line is rejected."},
    {SOURCE("system", system), .type = CONFIG_TEXT,
     .doc = "What the field `system` says of these events. Not given: the source's name."},
    {SOURCE("max_bad_lines", max_bad_lines), .type = CONFIG_SHARE, .def = "0.1%",
     .doc = "The share of rejected lines above which the source is below its quality bar."},
    {SOURCE("max_line_bytes", max_line_bytes), .type = CONFIG_SIZE, .def = "16MiB", .min = 1,
     .max = LIMIT_LINE_BYTES_MAX, .doc = "Longer lines are rejected."},
    {SOURCE("max_file_bytes", max_file_bytes), .type = CONFIG_SIZE, .def = "1024GiB", .min = 1,
     .max = UINT64_MAX, .doc = "A log that is larger, unpacked, is damaged from there on."},
    {SOURCE("on_damage", on_damage), .type = CONFIG_CHOICE, .choices = damages, .def = "drop",
     .doc = "Of a damaged log: use nothing, or keep the lines before the damage."},
    {SOURCE("map", map), .type = CONFIG_FAMILY, .item = "FIELD",
     .doc = "Where in a line the field stands: `user.id`, or `a.b | c`, the first that is there."},
    {SOURCE("set", set), .type = CONFIG_FAMILY, .item = "FIELD",
     .doc = "The field is this constant in every event of the source."},
    {SOURCE("value", values), .type = CONFIG_FAMILY, .item = "FIELD",
     .doc = "Other words for the field's values: `raw -> canonical, raw -> canonical`."},

    {METRIC("plugin", plugin), .type = CONFIG_PLUGIN, .required = true,
     .doc = "The plugin that computes the metric. All keys that are not in this table are its "
            "parameters."},
    {METRIC("where", where), .type = CONFIG_TEXT,
     .doc = "Which events count, such as `type == post and lang in (zh, en)`. Not given: all."},
    {METRIC("by", by), .type = CONFIG_FIELDS, .min = 1, .max = LIMIT_GROUP_BY,
     .doc = "Fields to group by; each combination of their values gets values of its own."},
    {METRIC("total", total), .type = CONFIG_BOOL, .def = "no",
     .doc = "With `by`: also the value over all groups. Without `by` there is nothing else."},
    {METRIC("bucket", bucket), .type = CONFIG_CHOICE, .choices = buckets, .def = "day",
     .doc = "The grain in which states are kept, and of the values' series."},

    {GOAL("title", title), .type = CONFIG_TEXT,
     .doc = "What people read. Not given: the goal's name."},
    {GOAL("title", titles), .type = CONFIG_FAMILY, .item = "LANG",
     .doc = "The title in another language, such as `title.zh`."},
    {GOAL("area", area), .type = CONFIG_NAME, .def = "other",
     .doc = "The area whose score the goal is part of."},
    {GOAL("owner", owner), .type = CONFIG_TEXT, .doc = "Who is to act on the goal."},
    {GOAL("metric", inputs), .type = CONFIG_ITEM, .item = "value",
     .doc = "The value that is scored, such as `sov.share{brand=\"own\"}`. Short for "
            "`input.value`. A goal needs it or an `input.NAME`."},
    {GOAL("input", inputs), .type = CONFIG_FAMILY, .item = "NAME",
     .doc = "A value that the rule sees as `NAME`."},
    {GOAL("rule", rule), .type = CONFIG_TEXT, .def = "toward_target",
     .doc =
         "The rule that gives the score: one that ships by its name, your own by its path, which "
         "ends in `.lua`."},
    {GOAL("param", params), .type = CONFIG_FAMILY, .item = "NAME",
     .doc = "A parameter of the rule."},
    {GOAL("direction", direction), .type = CONFIG_CHOICE, .choices = directions, .def = "output",
     .doc = "Which way is better; `output`: as the metric's output says."},
    {GOAL("baseline", baseline), .type = CONFIG_TEXT,
     .doc = "Where it started, such as `22%`, `15min`, `1200`."},
    {GOAL("target", target), .type = CONFIG_TEXT, .doc = "Where it shall go, in the same units."},
    {GOAL("min_n", min_n), .type = CONFIG_COUNT, .def = "0",
     .doc = "With fewer observations than this the goal's status is `low_n`."},
    {GOAL("weight", weight), .type = CONFIG_NUMBER, .def = "1",
     .doc = "How much the goal counts in its area."},
    {GOAL("bands", bands), .type = CONFIG_BANDS_3, .def = "100, 80, 60",
     .doc = "The scores from which the status is `met`, `on_track`, `at_risk`; below: `missed`."},
    {GOAL("fuel", fuel), .type = CONFIG_COUNT, .def = COUNT_OF(LIMIT_RULE_FUEL), .min = 1000,
     .max = LIMIT_RULE_FUEL_MAX, .doc = "How many steps the rule may take before it is stopped."},

    {AREA("title", title), .type = CONFIG_TEXT,
     .doc = "What people read. Not given: the area's name."},
    {AREA("title", titles), .type = CONFIG_FAMILY, .item = "LANG",
     .doc = "The title in another language, such as `title.zh`."},
    {AREA("weight", weight), .type = CONFIG_NUMBER, .def = "1",
     .doc = "How much the area counts in the overall score."},
};

const size_t config_keys_n = sizeof config_keys / sizeof config_keys[0];

const config_key *config_keys_find(const char *section, const char *name, bool is_family)
{
    for (size_t i = 0; i < config_keys_n; i++) {
        const config_key *key = &config_keys[i];
        if ((key->type == CONFIG_FAMILY) == is_family && strcmp(key->name, name) == 0 &&
            strcmp(key->section, section) == 0)
            return key;
    }
    return NULL;
}

const char *config_keys_suggest(const char *section, const char *name, bool is_family)
{
    const char *candidates[sizeof config_keys / sizeof config_keys[0]];
    size_t n = 0;
    for (size_t i = 0; i < config_keys_n; i++) {
        const config_key *key = &config_keys[i];
        if ((key->type == CONFIG_FAMILY) == is_family && strcmp(key->section, section) == 0)
            candidates[n++] = key->name;
    }
    return text_suggest(name, candidates, n);
}

bool config_keys_is_list(config_key_type type)
{
    return type == CONFIG_TEXTS || type == CONFIG_FIELDS || type == CONFIG_PATHNAMES;
}

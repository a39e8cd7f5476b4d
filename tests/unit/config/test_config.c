/* SPDX-License-Identifier: Apache-2.0
 * test_config.c - whole files: what the structs hold, what the messages say, and 20,000 broken
 * files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include "config/config_fixture.h"

#include "base/limits.h"
#include "config/config.h"

/* ---- what the structs hold ---- */

static void test_defaults(void **state)
{
    (void)state;
    config *c = fixture_load_text(BASE "[goal g]\nmetric = m.count\n");
    assert_string_equal(c->path, "night.ini");
    assert_int_equal(c->files.n, 1);
    assert_string_equal(c->files.items[0].text, "night.ini");
    assert_string_equal(c->run.name.text, "run");
    assert_int_equal(c->run.name.line, 0);
    assert_null(c->run.name.path);
    assert_string_equal(c->run.timezone.text, "UTC");
    assert_int_equal(c->run.period, CONFIG_PERIOD_DAYS);
    assert_int_equal(c->run.period_days, 1);
    assert_null(c->run.until.text);
    assert_int_equal(c->run.against, CONFIG_AGAINST_PREVIOUS);
    assert_string_equal(c->run.state_dir.text, "state");
    assert_string_equal(c->run.out_dir.text, "out");
    assert_int_equal(c->run.workers, 0);
    assert_int_equal(c->run.memory_max, 0);
    assert_int_equal(c->run.metric_memory_max, 536870912);
    assert_int_equal(c->run.plugin_dirs.n, 0);
    assert_false(c->run.stop_on_plugin_failure);
    assert_int_equal(c->n_sources, 1);
    const config_source *s = &c->sources[0];
    assert_string_equal(s->name, "web");
    assert_int_equal(s->section.line, 1);
    assert_int_equal(s->format, CONFIG_FORMAT_NDJSON);
    assert_int_equal(s->time_format, TIMESTAMP_AUTO);
    assert_null(s->time_zone.text);
    assert_string_equal(s->system.text, "web");
    assert_true(s->max_bad_lines > 0.000999999 && s->max_bad_lines < 0.001000001);
    assert_int_equal(s->max_line_bytes, 16777216);
    assert_int_equal(s->max_file_bytes, 1099511627776);
    assert_int_equal(s->on_damage, CONFIG_DAMAGE_DROP);
    assert_int_equal(s->map.n + s->set.n + s->values.n, 0);
    const config_metric *m = &c->metrics[0];
    assert_string_equal(m->plugin.text, "count");
    assert_null(m->where.text);
    assert_int_equal(m->by.n, 0);
    assert_false(m->total);
    assert_int_equal(m->bucket, CONFIG_BUCKET_DAY);
    assert_int_equal(m->params.n, 0);
    const config_goal *g = &c->goals[0];
    assert_string_equal(g->title.text, "g");
    assert_string_equal(g->area.text, "other");
    assert_null(g->owner.text);
    assert_string_equal(g->rule.text, "toward_target");
    assert_int_equal(g->direction, CONFIG_DIRECTION_OUTPUT);
    assert_null(g->baseline.text);
    assert_null(g->target.text);
    assert_int_equal(g->min_n, 0);
    assert_true(g->weight > 0.99 && g->weight < 1.01);
    assert_true(g->bands[0] > 99.9 && g->bands[1] > 79.9 && g->bands[1] < 80.1 &&
                g->bands[2] > 59.9 && g->bands[2] < 60.1);
    assert_int_equal(g->fuel, 5000000);
    assert_int_equal(c->n_areas, 1);
    assert_string_equal(c->areas[0].name, "other");
    assert_string_equal(c->areas[0].title.text, "other");
    assert_int_equal(c->areas[0].section.line, 0);
    config_free(c);
    config_free(NULL);
}

static const char full[] =
    "[run]\nname = nightly-brand\ntimezone = Asia/Shanghai\nperiod = 28d\n"
    "until = 2026-11-21\nagainst = year\nstate_dir = /var/state\nout_dir = ../out\n"
    "workers = 4\nmemory_max = 8GiB\nmetric_memory_max = 1GB\n"
    "plugin_dirs = plugins, /opt/p\non_plugin_failure = stop\n"
    "[source shop]\nfiles.10 = c,d.ndjson\nfiles.2 = b.ndjson\nfiles.1 = a/*.gz\n"
    "format = ndjson\ntime = at\ntime_format = epoch_ms\ntime_zone = Europe/Berlin\n"
    "system = till\nmax_bad_lines = 2%\nmax_line_bytes = 256MiB\nmax_file_bytes = 1GiB\n"
    "on_damage = keep\nmap.type = kind | t\nmap.actor = user.id\nset.channel = shop\n"
    "set.note = ''\nvalue.type = a -> b, c -> d\n"
    "[metric sov]\nplugin = share\nwhere = type == post\nby = lang, channel\ntotal = yes\n"
    "bucket = hour\ncategory = brand\ntouch.social = x == 1\n"
    "[goal brand.voice]\ntitle = Share of voice\ntitle.zh = 声量份额\narea = brand\n"
    "owner = brand team\ninput.value = 'sov.share{brand=\"own\"}'\ninput.tone = tone.net\n"
    "rule = my.lua\nparam.max = 30%\ndirection = up\nbaseline = 22%\ntarget = 24%\n"
    "min_n = 30\nweight = 2.5\nbands = 90, 70.5, 0\nfuel = 1000\n"
    "[area brand]\ntitle = Brand\ntitle.zh = 品牌\nweight = 3\n";

static void test_full_run(void **state)
{
    (void)state;
    assert_int_equal(mkdir("conf", 0700), 0);
    fixture_save("conf/night.ini", full);
    config *c = fixture_load("conf/night.ini", NULL, 0);
    assert_string_equal(c->run.name.text, "nightly-brand");
    assert_int_equal(c->run.name.line, 2);
    assert_int_equal(c->run.name.column, 8);
    assert_string_equal(c->run.name.path, "conf/night.ini");
    assert_string_equal(c->run.timezone.text, "Asia/Shanghai");
    assert_int_equal(c->run.period_days, 28);
    assert_string_equal(c->run.until.text, "2026-11-21");
    assert_int_equal(c->run.against, CONFIG_AGAINST_YEAR);
    assert_string_equal(c->run.state_dir.text, "/var/state");
    assert_string_equal(c->run.out_dir.text, "conf/../out");
    assert_int_equal(c->run.workers, 4);
    assert_int_equal(c->run.memory_max, 8589934592);
    assert_int_equal(c->run.metric_memory_max, 1000000000);
    assert_int_equal(c->run.plugin_dirs.n, 2);
    assert_string_equal(c->run.plugin_dirs.items[0].text, "conf/plugins");
    assert_string_equal(c->run.plugin_dirs.items[1].text, "/opt/p");
    assert_int_equal(c->run.plugin_dirs.items[1].column, 24);
    assert_true(c->run.stop_on_plugin_failure);
    const config_source *s = &c->sources[0];
    assert_int_equal(s->files.n, 3);
    assert_string_equal(s->files.items[0].text, "conf/a/*.gz");
    assert_string_equal(s->files.items[1].text, "conf/b.ndjson");
    assert_string_equal(s->files.items[2].text, "conf/c,d.ndjson");
    assert_int_equal(s->files.items[2].line, 15);
    assert_int_equal(s->time_format, TIMESTAMP_EPOCH_MS);
    assert_string_equal(s->time_zone.text, "Europe/Berlin");
    assert_string_equal(s->system.text, "till");
    assert_true(s->max_bad_lines > 0.0199999 && s->max_bad_lines < 0.0200001);
    assert_int_equal(s->max_line_bytes, LIMIT_LINE_BYTES_MAX);
    assert_int_equal(s->max_file_bytes, 1073741824);
    assert_int_equal(s->on_damage, CONFIG_DAMAGE_KEEP);
    assert_int_equal(s->map.n, 2);
    assert_string_equal(s->map.items[0].name, "type");
    assert_string_equal(s->map.items[0].value.text, "kind | t");
    assert_int_equal(s->map.items[0].key_line, 27);
    assert_int_equal(s->map.items[0].value.column, 12);
    assert_string_equal(s->map.items[1].name, "actor");
    assert_int_equal(s->set.n, 2);
    assert_string_equal(s->set.items[0].value.text, "shop");
    assert_string_equal(s->set.items[1].value.text, "");
    assert_int_equal(s->values.n, 1);
    assert_string_equal(s->values.items[0].value.text, "a -> b, c -> d");
    config_free(c);
}

static void test_full_scores(void **state)
{
    (void)state;
    config *c = fixture_load_text(full);
    const config_metric *m = &c->metrics[0];
    assert_string_equal(m->where.text, "type == post");
    assert_int_equal(m->by.n, 2);
    assert_string_equal(m->by.items[0].text, "lang");
    assert_string_equal(m->by.items[1].text, "channel");
    assert_int_equal(m->by.items[1].column, 12);
    assert_true(m->total);
    assert_int_equal(m->bucket, CONFIG_BUCKET_HOUR);
    assert_int_equal(m->params.n, 2);
    assert_string_equal(m->params.items[0].name, "category");
    assert_string_equal(m->params.items[1].name, "touch.social");
    assert_string_equal(m->params.items[1].value.text, "x == 1");
    const config_goal *g = &c->goals[0];
    assert_string_equal(g->name, "brand.voice");
    assert_string_equal(g->title.text, "Share of voice");
    assert_int_equal(g->titles.n, 1);
    assert_string_equal(g->titles.items[0].name, "zh");
    assert_string_equal(g->titles.items[0].value.text, "声量份额");
    assert_string_equal(g->area.text, "brand");
    assert_string_equal(g->owner.text, "brand team");
    assert_int_equal(g->inputs.n, 2);
    assert_string_equal(g->inputs.items[0].name, "value");
    assert_string_equal(g->inputs.items[0].value.text, "sov.share{brand=\"own\"}");
    assert_int_equal(g->inputs.items[0].value.column, 16);
    assert_string_equal(g->inputs.items[1].name, "tone");
    assert_string_equal(g->rule.text, "my.lua");
    assert_string_equal(g->rule.path, "night.ini");
    assert_int_equal(g->params.n, 1);
    assert_string_equal(g->params.items[0].name, "max");
    assert_int_equal(g->direction, CONFIG_DIRECTION_UP);
    assert_string_equal(g->baseline.text, "22%");
    assert_string_equal(g->target.text, "24%");
    assert_int_equal(g->min_n, 30);
    assert_true(g->weight > 2.49 && g->weight < 2.51);
    assert_true(g->bands[0] > 89.9 && g->bands[1] > 70.4 && g->bands[1] < 70.6 &&
                g->bands[2] < 0.1);
    assert_int_equal(g->fuel, 1000);
    assert_int_equal(c->n_areas, 1);
    const config_area *a = &c->areas[0];
    assert_string_equal(a->name, "brand");
    assert_string_equal(a->title.text, "Brand");
    assert_string_equal(a->titles.items[0].value.text, "品牌");
    assert_true(a->weight > 2.9 && a->weight < 3.1);
    config_free(c);
}

static void test_areas(void **state)
{
    (void)state;
    config *c = fixture_load_text(BASE "[goal c]\nmetric = m.n\narea = z.y\n"
                                       "[area b]\n[goal a]\nmetric = m.n\narea = b\n"
                                       "[goal d]\nmetric = m.n\n[area k]\ntitle = K\n"
                                       "[goal e]\nmetric = m.n\narea = c\n"
                                       "[goal f]\nmetric = m.n\narea = z.y\n");
    static const char *const names[] = {"b", "k", "z.y", "other", "c"};
    static const uint32_t lines[] = {9, 15, 0, 0, 0};
    assert_int_equal(c->n_areas, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_string_equal(c->areas[i].name, names[i]);
        assert_string_equal(c->areas[i].title.text, i == 1 ? "K" : names[i]);
        assert_int_equal(c->areas[i].section.line, lines[i]);
        assert_true(c->areas[i].weight > 0.9 && c->areas[i].weight < 1.1);
    }
    config_free(c);
    /* The default can be declared like any other. */
    c = fixture_load_text(BASE "[area other]\ntitle = Rest\n[goal a]\nmetric = m.n\n");
    assert_string_equal(c->goals[0].area.text, "other");
    assert_int_equal(c->n_areas, 1);
    assert_string_equal(c->areas[0].title.text, "Rest");
    config_free(c);
}

/* ---- overrides ---- */

static void test_overrides(void **state)
{
    (void)state;
    const config_override good[] = {
        {"workers", "7", "--workers"},
        {"workers", "eight", "GOALMILL_WORKERS"},
        {"out_dir", "elsewhere", "--out"},
        {"period", "week", "GOALMILL_PERIOD"},
        {"plugin_dirs", "p, q", "GOALMILL_PLUGIN_DIRS"},
        {"until", "2026-11-20", "--date"},
    };
    fixture_save("conf/over.ini", "[run]\nworkers = 2\nperiod = 3d\nplugin_dirs.1 = a\n"
                                  "state_dir = s\n" BASE);
    config *c = fixture_load("conf/over.ini", good, 6);
    assert_int_equal(c->run.workers, 7);
    assert_int_equal(c->run.period, CONFIG_PERIOD_WEEK);
    assert_string_equal(c->run.out_dir.text, "elsewhere");
    assert_string_equal(c->run.out_dir.path, "--out");
    assert_int_equal(c->run.out_dir.line, 0);
    assert_string_equal(c->run.state_dir.text, "conf/s");
    assert_int_equal(c->run.plugin_dirs.n, 2);
    assert_string_equal(c->run.plugin_dirs.items[0].text, "p");
    assert_string_equal(c->run.plugin_dirs.items[1].text, "q");
    assert_int_equal(c->run.plugin_dirs.items[1].column, 0);
    assert_string_equal(c->run.until.text, "2026-11-20");
    config *plain = fixture_load("conf/over.ini", NULL, 0);
    assert_int_equal(hash_compare(c->hash, plain->hash), 0);
    assert_int_equal(plain->run.workers, 2);
    config_free(plain);
    config_free(c);

    const config_override bad[] = {
        {"workers", "many", "--workers"},  {"wokers", "3", "GOALMILL_WOKERS"},
        {"until", "21.11.2026", "--date"}, {"name", "\xff", "GOALMILL_NAME"},
        {"against", "", "--against"},
    };
    fixture_expect_load_errors(
        "conf/over.ini", bad, 5,
        "--against: 'against' has no value\n"
        "--date: 'until' is a date such as 2026-11-21, not '21.11.2026'\n"
        "--workers: 'workers' is auto or a number from 1 to 1024, not 'many'\n"
        "GOALMILL_NAME: the value is not UTF-8\n"
        "GOALMILL_WOKERS: [run] has no key 'wokers'; did you mean 'workers'?\n",
        "overrides");
    const config_override wrong_beside_file[] = {{"period", "1x", "--period"}};
    fixture_save("night.ini", "[run]\nworkers = -1\n" BASE);
    fixture_expect_load_errors(
        "night.ini", wrong_beside_file, 1,
        "night.ini:2:11: 'workers' is auto or a number from 1 to 1024, not '-1'\n"
        "--period: 'period' is a number of days from 1d to 3660d, or week, month, quarter, "
        "month_to_date, quarter_to_date, year_to_date, not '1x'\n",
        "file before flag");
}

/* ---- messages ---- */

static void test_messages(void **state)
{
    (void)state;
    static const struct {
        const char *text, *errors;
    } cases[] = {
        {"", "night.ini: no [metric NAME]: a run needs at least one metric\n"
             "night.ini: no [source NAME]: a run needs at least one source of logs\n"},
        {BASE "[sorce x]\n", "night.ini:6:1: unknown section 'sorce'; did you mean 'source'?\n"},
        {BASE "[lookup x]\nfile = y\n",
         "night.ini:6:1: unknown section 'lookup'; there are run, source, metric, goal and area\n"},
        {BASE "[run x]\n",
         "night.ini:6:1: [run] takes no name; write [run] and 'name = …' below\n"},
        {BASE "[metric]\n", "night.ini:6:1: [metric] needs a name: [metric NAME]\n"},
        {BASE "[metric a.b]\n", "night.ini:6:1: 'a.b' is not a name: names begin with a letter and "
                                "are made of a-z, 0-9 and "
                                "'_' (dots: goals and areas only)\n"},
        {BASE "[goal brand voice]\n", "night.ini:6:1: 'brand voice' is not a name: names begin "
                                      "with a letter and are made of a-z, "
                                      "0-9 and '_', with dots between parts\n"},
        {BASE "[metric *]\n", "night.ini:6:1: [metric *]: only sources and goals have defaults\n"},
        {BASE "[area *]\n", "night.ini:6:1: [area *]: only sources and goals have defaults\n"},
        {BASE "[source w*]\n", "night.ini:6:1: 'w*' is not a name: names begin with a letter and "
                               "are made of a-z, 0-9 and "
                               "'_' (dots: goals and areas only)\n"},
        {SOURCE "formt = ndjson\n" METRIC,
         "night.ini:4:1: [source web] has no key 'formt'; did you mean 'format'?\n"},
        {SOURCE "colour = red\n" METRIC, "night.ini:4:1: [source web] has no key 'colour'\n"},
        {SOURCE "mapp.actor = a\n" METRIC,
         "night.ini:4:1: [source web] has no key 'mapp.actor'; did you mean 'map.actor'?\n"},
        {BASE "[goal g]\nmetric = m.n\ntitel = G\n",
         "night.ini:8:1: [goal g] has no key 'titel'; did you mean 'title'?\n"},
        {BASE "[goal *]\nwieght = 2\n[goal g]\nmetric = m.n\n[goal h]\nmetric = m.n\n",
         "night.ini:7:1: [goal *] has no key 'wieght'; did you mean 'weight'?\n"},
        {BASE "[goal *]\nweight = 0\n[goal g]\nmetric = m.n\n[goal h]\nmetric = m.n\n",
         "night.ini:7:10: 'weight' is a number above 0, not '0'\n"},
        {BASE "[goal g]\nowner = me\n",
         "night.ini:6:1: [goal g] needs the value that it scores: 'metric = METRIC.OUTPUT', or "
         "'input.NAME' for a rule with several\n"},
        {BASE "[goal g]\nmetric = m.n\ninput.value = m.k\n",
         "night.ini:8:1: 'input.value' and 'metric' (line 7) give the same thing; keep one of "
         "them\n"},
        {SOURCE "map.lang = l\nset.lang = zh\n" METRIC,
         "night.ini:5:1: 'set.lang' and 'map.lang' (line 4) give the same thing; keep one of "
         "them\n"},
        {SOURCE "files.1 = b\n" METRIC,
         "night.ini:4:1: 'files.1' and 'files' (line 2) give the same thing; keep one of them\n"},
        {SOURCE "map.time = t\nmap.system = s\nset.time = 3\nset.system = x\n" METRIC,
         "night.ini:4:1: 'map.time': the field 'time' is given by the key 'time'; write 'time = "
         "…'\n"
         "night.ini:5:1: 'map.system': the field 'system' is given by the key 'system'; write "
         "'system = …'\n"
         "night.ini:6:1: 'set.time': the field 'time' is given by the key 'time'; write 'time = "
         "…'\n"
         "night.ini:7:1: 'set.system': the field 'system' is given by the key 'system'; write "
         "'system = …'\n"},
        {SOURCE "map = x\n" METRIC,
         "night.ini:4:1: 'map' wants a name behind a dot: 'map.FIELD = …'\n"},
        {SOURCE "system.x = y\n" METRIC,
         "night.ini:4:1: 'system.x': the key 'system' takes no name behind a dot; write 'system = "
         "…'\n"},
        {SOURCE METRIC "by.one = lang\n",
         "night.ini:6:1: 'by.one': a numbered key ends in a number, as in 'by.1'\n"},
        {SOURCE METRIC "by.01 = lang\n",
         "night.ini:6:1: 'by.01': a numbered key ends in a number, as in 'by.1'\n"},
        {SOURCE METRIC "a.b.c = 1\n",
         "night.ini:6:1: 'a.b.c': a parameter is a name of at most 64 characters with at most one "
         "dot\n"},
        {"[source web]\ntime = t\n" METRIC, "night.ini:1:1: [source web] needs the key 'files'\n"},
        {SOURCE "[metric m]\n", "night.ini:4:1: [metric m] needs the key 'plugin'\n"},
        {SOURCE "[metric m]\nplugin =\n", "night.ini:5:1: 'plugin' has no value\n"},
        {SOURCE "[metric m]\nplugin = ''\n", "night.ini:5:1: 'plugin' has no value\n"},
        {SOURCE "set.note =\n" METRIC, "night.ini:4:1: 'set.note' has no value\n"},
        {BASE "where = text contains \"#story#\"\n",
         "night.ini:6:24: the value would be cut at this '#'; put the whole value in single quotes "
         "(for a comment, a blank before the '#')\n"},
        {BASE "plugin = share\n",
         "night.ini:6:1: 'plugin' stands twice in [metric m], first in line "
         "5\n"},
        {"[run]\ntimezone = Asia/Shanghia\n" BASE,
         "night.ini:2:12: 'timezone': unknown time zone 'Asia/Shanghia'; did you mean "
         "'Asia/Shanghai'?\n"},
        {"[run]\nagainst = previus\n" BASE,
         "night.ini:2:11: 'against' is one of previous, year, none, not 'previus'; did you mean "
         "'previous'?\n"},
        {"[run]\ninclude = none.ini\n" BASE,
         "night.ini:2:11: 'include': there is no file 'none.ini'\n"},
        {"[run]\ninclude = n*.ini\n" BASE,
         "night.ini:2:11: 'include' stands for this file itself ('night.ini'); keep included files "
         "in a folder of their own\n"},
        /* all at once, in the order of the file */
        {"[run]\nperiod = 2w\nworkers = 1.5\n[metric m]\nplugin = Count\n[source s]\nfiles = a,,b\n"
         "foo\n",
         "night.ini:2:10: 'period' is a number of days from 1d to 3660d, or week, month, quarter, "
         "month_to_date, quarter_to_date, year_to_date, not '2w'\n"
         "night.ini:3:11: 'workers' is auto or a number from 1 to 1024, not '1.5'\n"
         "night.ini:5:10: 'plugin' is made of a-z, 0-9, '.', '_' and '-', not 'Count'\n"
         "night.ini:6:1: [source s] needs the key 'time'\n"
         "night.ini:7:11: 'files' has an empty item between its commas\n"
         "night.ini:8:1: 'foo' is neither a [section], a 'key = value' nor a comment (these begin "
         "with ';')\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_save("night.ini", cases[i].text);
        fixture_expect_load_errors("night.ini", NULL, 0, cases[i].errors, cases[i].text);
    }
}

static void test_no_file(void **state)
{
    (void)state;
    fixture_expect_load_errors("absent.ini", NULL, 0,
                               "cannot open 'absent.ini': No such file or directory\n", "absent");
}

static void test_error_place(void **state)
{
    (void)state;
    gm_error err = {0};
    char text[256];
    const config_text at = {.text = "x", .path = "a.ini", .line = 3, .column = 9};
    assert_int_equal(config_error(&err, &at, "no field '%s'", "x"), GM_E_CONFIG);
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "a.ini:3:9: no field 'x'");
    const config_text flag = {.text = "x", .path = "--workers"};
    (void)config_error(&err, &flag, "wrong"); /* always GM_E_CONFIG */
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "--workers: wrong");
    assert_int_equal(config_error(NULL, &at, "x"), GM_E_CONFIG);
}

/* What the caller had in its list before stays there and does not make a good file bad. What could
 * be understood is handed out, unless a file could not be. */
static void test_errors_kept(void **state)
{
    (void)state;
    error_list errors = {0};
    config *c = NULL;
    error_list_addf(&errors, "zz", 1, 1, "before");
    fixture_save("night.ini", BASE);
    assert_int_equal(config_load(&c, "night.ini", NULL, 0, &errors), GM_OK);
    config_free(c);
    fixture_save("night.ini", "[area a]\nweight = 0\n" BASE);
    assert_int_equal(config_load(&c, "night.ini", NULL, 0, &errors), GM_E_CONFIG);
    assert_string_equal(c->metrics[0].plugin.text, "count");
    config_free(c);
    fixture_save("night.ini", "x\n" BASE);
    assert_int_equal(config_load(&c, "night.ini", NULL, 0, &errors), GM_E_CONFIG);
    assert_null(c);
    assert_int_equal(errors.n, 3);
    assert_int_equal(errors.items[0].line, 1);
    assert_int_equal(errors.items[1].line, 2);
    assert_string_equal(errors.items[2].message, "before"); /* of another file */
    error_list_deinit(&errors);
}

/* ---- limits ---- */

static void put_sections(bytes *text, const char *kind, const char *body, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        bytes_printf(text, "[%s n%u]\n%s", kind, i, body);
}

static void test_section_limits(void **state)
{
    (void)state;
    bytes text;
    bytes_init(&text, LIMIT_CONFIG_BYTES);
    bytes_printf(&text, "%s", BASE);
    put_sections(&text, "goal", "metric = m.n\n", LIMIT_SECTIONS - 2);
    fixture_write("night.ini", text.data, text.len);
    config *c = fixture_load("night.ini", NULL, 0);
    assert_int_equal(c->n_goals, LIMIT_SECTIONS - 2);
    config_free(c);
    bytes_printf(&text, "[goal last]\nmetric = m.n\n");
    fixture_write("night.ini", text.data, text.len);
    fixture_expect_load_errors("night.ini", NULL, 0,
                               "night.ini:40002:1: more than 20000 sections\n", "above");

    bytes_clear(&text);
    bytes_printf(&text, "%s", SOURCE);
    put_sections(&text, "metric", "plugin = p\n", LIMIT_METRICS);
    fixture_write("night.ini", text.data, text.len);
    c = fixture_load("night.ini", NULL, 0);
    assert_int_equal(c->n_metrics, LIMIT_METRICS);
    config_free(c);
    bytes_printf(&text, "[metric last]\nplugin = p\n");
    fixture_write("night.ini", text.data, text.len);
    fixture_expect_load_errors("night.ini", NULL, 0, "night.ini:8196:1: more than 4096 metrics\n",
                               "above");
    bytes_deinit(&text);
}

static void test_name_limit(void **state)
{
    (void)state;
    char text[512], name[80];
    for (int n = LIMIT_NAME_BYTES - 1; n <= LIMIT_NAME_BYTES + 1; n++) {
        memset(name, 'n', sizeof name);
        name[n] = '\0';
        (void)snprintf(text, sizeof text, BASE "[goal %s]\nmetric = m.n\nparam.%s = 1\n", name,
                       name);
        fixture_save("night.ini", text);
        if (n <= LIMIT_NAME_BYTES) {
            config_free(fixture_load("night.ini", NULL, 0));
            continue;
        }
        char expected[512];
        (void)snprintf(
            expected, sizeof expected,
            "night.ini:6:1: a name of 65 bytes; at most 64 are possible\n"
            "night.ini:8:1: 'param.%s': what stands behind 'param.' is a name of a-z, 0-9 "
            "and '_', at most 64 characters, without further dots\n",
            name);
        fixture_expect_load_errors("night.ini", NULL, 0, expected, "65");
    }
}

/* ---- broken files ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* One change: a byte, a cut, a doubled part, or a bit of syntax put in. */
static size_t mutate(char *text, size_t n, size_t room, uint64_t *seed)
{
    static const char *const bits[] = {"'", "\"", ";", "#", "\\\n", "\n", "=", "[", "]",   ".",
                                       "*", ",",  "{", "-", "0",    "%",  "A", " ", "\xff"};
    size_t at = n == 0 ? 0 : next_random(seed) % n;
    size_t len = next_random(seed) % 40;
    if (len > n - at)
        len = n - at;
    switch (next_random(seed) % 4) {
    case 0:
        if (n > 0)
            text[at] = (char)next_random(seed);
        return n;
    case 1:
        memmove(text + at, text + at + len, n - at - len);
        return n - len;
    case 2:
        if (n + len > room)
            return n;
        memmove(text + at + len, text + at, n - at);
        return n + len;
    default: {
        const char *bit = bits[next_random(seed) % (sizeof bits / sizeof bits[0])];
        size_t size = strlen(bit);
        if (n + size > room)
            return n;
        memmove(text + at + size, text + at, n - at);
        memcpy(text + at, bit, size);
        return n + size;
    }
    }
}

static void test_broken_files(void **state)
{
    (void)state;
    uint64_t seed = 42;
    uint32_t n_good = 0;
    char path[64];
    int fd = memfd_create("broken.ini", MFD_CLOEXEC);
    assert_true(fd >= 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (uint32_t i = 0; i < 20000; i++) {
        char text[4096];
        size_t n = sizeof full - 1;
        memcpy(text, full, n);
        for (uint64_t k = 1 + next_random(&seed) % 3; k > 0; k--)
            n = mutate(text, n, sizeof text, &seed);
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, text, n, 0), n);
        config *c = NULL;
        error_list errors = {0};
        gm_status status = config_load(&c, path, NULL, 0, &errors);
        assert_true((status == GM_OK) == (errors.n == 0));
        assert_true(status != GM_OK || c != NULL);
        for (size_t k = 0; k < errors.n; k++)
            assert_true(errors.items[k].message[0] != '\0');
        n_good += status == GM_OK;
        config_free(c);
        error_list_deinit(&errors);
    }
    assert_int_equal(close(fd), 0);
    assert_true(n_good > 1000 && n_good < 15000); /* both ways are taken */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),    cmocka_unit_test(test_full_run),
        cmocka_unit_test(test_full_scores), cmocka_unit_test(test_areas),
        cmocka_unit_test(test_overrides),   cmocka_unit_test(test_messages),
        cmocka_unit_test(test_no_file),     cmocka_unit_test(test_error_place),
        cmocka_unit_test(test_errors_kept), cmocka_unit_test(test_section_limits),
        cmocka_unit_test(test_name_limit),  cmocka_unit_test(test_broken_files),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

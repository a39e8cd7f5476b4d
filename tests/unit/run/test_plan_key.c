/* SPDX-License-Identifier: Apache-2.0
 * test_plan_key.c - the keys by which parts are kept: two metrics that compute the same have the
 * same key, anything that changes a state changes it. Each case is a base with one line replaced or
 * added. */
#include "run/plan_fixture.h"

static const char base[] = "[run]\n"
                           "name = night\n"
                           "period = 7d\n"
                           "until = 2026-11-21\n"
                           "timezone = UTC\n"
                           "[source web]\n"
                           "files = a.ndjson\n"
                           "time = ts\n"
                           "map.actor = a\n"
                           "map.size = s\n"
                           "map.type = t\n"
                           "map.other = o\n"
                           "value.type = X -> x\n"
                           "[metric m]\n"
                           "plugin = dist\n"
                           "field = size\n"
                           "where = type == x and size > 5\n"
                           "by = actor\n"
                           "bucket = day\n"
                           "[metric n]\n"
                           "plugin = count\n"
                           "[goal g]\n"
                           "metric = n.count\n"
                           "target = 5\n"
                           "baseline = 1\n";

/* The text with `from` (a whole line) replaced by `to`. Owned. */
static char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    return mem_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static hash128 key_of(const char *text, const char *metric)
{
    plan *p = plan_fixture_plan(text);
    hash128 key = plan_fixture_metric(p, metric)->keys[0];
    plan_free(p);
    return key;
}

typedef struct key_case {
    const char *from, *to;
} key_case;

static void expect_keys(const char *text, const key_case *cases, size_t n, bool is_same)
{
    hash128 key = key_of(text, "m");
    for (size_t i = 0; i < n; i++) {
        char *other = replaced(text, cases[i].from, cases[i].to);
        if ((hash_compare(key_of(other, "m"), key) == 0) != is_same)
            fail_msg("%s -> %s: the key is %s", cases[i].from, cases[i].to,
                     is_same ? "another one" : "the same");
        mem_free(other);
    }
}

/* What is computed, and how a field that is used comes to be. */
static const key_case differing[] = {
    {"plugin = dist\n", "plugin = dist\nmode = sketch\n"},
    {"plugin = dist\n", "plugin = dist\nmode = sketch\naccuracy = 0.02\n"},
    {"field = size\n", "field = other\n"},
    {"where = type == x and size > 5\n", ""},
    {"where = type == x and size > 5\n", "where = type == x and size > 6\n"},
    {"where = type == x and size > 5\n", "where = type == x or size > 5\n"},
    {"where = type == x and size > 5\n", "where = size > 5 and type == x\n"},
    {"by = actor\n", "by = actor, type\n"},
    {"by = actor\n", "by = type\n"},
    {"by = actor\n", "by = type, actor\n"},
    {"by = actor\n", ""},
    {"bucket = day\n", "bucket = hour\n"},
    {"timezone = UTC\n", "timezone = Europe/Berlin\n"},
    {"timezone = UTC\n", "timezone = Etc/UTC\n"}, /* another name: told apart, which costs little */
    {"[source web]\n", "[source app]\n"},
    {"time = ts\n", "time = at\n"},
    {"time = ts\n", "time = ts\ntime_format = epoch_s\n"},
    {"time = ts\n", "time = ts\ntime_zone = UTC\n"},
    {"time = ts\n", "time = ts\nmax_line_bytes = 1MiB\n"},
    {"time = ts\n", "time = ts\non_damage = keep\n"},
    {"map.size = s\n", "map.size = size\n"}, /* of the parameter field */
    {"map.size = s\n", "map.size = s | z\n"},
    {"map.size = s\n", "set.size = 5\n"},
    {"map.type = t\n", "map.type = u\n"}, /* of where */
    {"value.type = X -> x\n", "value.type = Y -> x\n"},
    {"value.type = X -> x\n", ""},
    {"map.actor = a\n", "map.actor = b\n"}, /* of by */
};

/* What is made of states, what is printed, and what the metric does not read. */
static const key_case same[] = {
    {"period = 7d\n", "period = 28d\n"},
    {"until = 2026-11-21\n", "until = 2026-11-20\n"},
    {"until = 2026-11-21\n", "until = 2026-11-21\nagainst = year\n"},
    {"name = night\n", "name = day\nworkers = 3\nmemory_max = 1GiB\nmetric_memory_max = 1MiB\n"},
    {"plugin = dist\n", "plugin = dist\nlevel = 0.9\n"},
    {"plugin = dist\n", "plugin = dist\nquantiles = 0.5, 0.99\n"},
    {"plugin = dist\n", "plugin = dist\nmode = exact\n"}, /* its default */
    {"by = actor\n", "by = actor\ntotal = yes\n"},
    {"where = type == x and size > 5\n", "where = '(type  ==  \"x\") and (size > 5.0)'\n"},
    {"target = 5\nbaseline = 1\n", "title = Another\ntarget = 7\nbaseline = 2\nweight = 3\n"},
    {"map.other = o\n", "map.other = p\nmap.more = q\nset.most = r\n"},
    {"files = a.ndjson\n", "files = b.ndjson, c/*.gz\nsystem = s\nmax_bad_lines = 1\n"},
    {"[source web]\n", "[source more]\nfiles = c\ntime = u\nset.size = 3\n[source web]\n"},
    {"[metric m]\n", "[metric before]\nplugin = sum\nfield = other\nby = type\n[metric m]\n"},
};

static void test_keys(void **state)
{
    (void)state;
    expect_keys(base, differing, sizeof differing / sizeof *differing, false);
    expect_keys(base, same, sizeof same / sizeof *same - 2, true);
}

/* Other sources and other metrics may shift numbers of fields, columns and sources. */
static void test_keys_beside_others(void **state)
{
    (void)state;
    plan *alone = plan_fixture_plan(base);
    for (size_t i = sizeof same / sizeof *same - 2; i < sizeof same / sizeof *same; i++) {
        char *text = replaced(base, same[i].from, same[i].to);
        plan *p = plan_fixture_plan(text);
        uint32_t source = p->config->n_sources - 1;
        assert_string_equal(p->config->sources[source].name, "web");
        if (hash_compare(plan_fixture_metric(p, "m")->keys[source], alone->metrics[0].keys[0]) != 0)
            fail_msg("another key beside %s", same[i].to);
        plan_free(p);
        mem_free(text);
    }
    plan_free(alone);
}

/* ---- parts of ratios, conditions, fields as they are told ------------------------------------ */

static const char ratio[] = "[source web]\nfiles = a\ntime = ts\nmap.actor = a\nmap.type = t\n"
                            "map.size = s\n"
                            "[metric m]\nplugin = ratio\nnum = count(type == x)\nden = count()\n";

static const key_case ratio_differing[] = {
    {"num = count(type == x)\n", "num = count(type == y)\n"},
    {"num = count(type == x)\n", "num = count()\n"},
    {"num = count(type == x)\n", "num = sum(size where type == x)\n"},
    {"num = count(type == x)\n", "num = count(type == x)\nwhere = type == x\n"},
    {"num = count(type == x)\nden = count()\n", "num = count()\nden = count(type == x)\n"},
    {"den = count()\n", "den = count()\nunit = type\n"},
    {"map.type = t\n", "map.type = u\n"},
    {"map.actor = a\n", "map.actor = b\n"}, /* the unit, by default */
    {"map.actor = a\n", ""},
};

static const key_case ratio_same[] = {
    {"num = count(type == x)\n", "num = 'count( type==\"x\" )'\n"},
    {"den = count()\n", "den = count( )\nunit = actor\nlevel = 0.99\n"},
    {"map.size = s\n", "map.size = z\n"},
    {"map.size = s\n", ""},
};

static const char probe[] = "[source web]\nfiles = a\ntime = ts\nmap.type = t\n"
                            "[metric m]\nplugin = test.probe\ncond = type == x\n";

static const key_case probe_differing[] = {
    {"cond = type == x\n", ""},
    {"cond = type == x\n", "cond = type != x\n"},
    {"cond = type == x\n", "cond = type == x\nfail = merge\n"},
    {"map.type = t\n", "map.type = t\nmap.actor = a\n"}, /* its default is mapped now */
};

static const key_case probe_same[] = {
    {"cond = type == x\n", "cond = '(type  == \"x\")'\nlevel = 1\n"},
};

static void test_keys_of_expressions(void **state)
{
    (void)state;
    expect_keys(ratio, ratio_differing, sizeof ratio_differing / sizeof *ratio_differing, false);
    expect_keys(ratio, ratio_same, sizeof ratio_same / sizeof *ratio_same, true);
    expect_keys(probe, probe_differing, sizeof probe_differing / sizeof *probe_differing, false);
    expect_keys(probe, probe_same, sizeof probe_same / sizeof *probe_same, true);
}

/* A key for each source; in one plan, metrics that compute the same have the same. */
static void test_keys_of_one_plan(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan("[source a]\nfiles = a\ntime = t\nmap.type = t\n"
                                "[source b]\nfiles = a\ntime = t\nmap.type = t\n"
                                "[metric m]\nplugin = count\nwhere = type == x\n"
                                "[metric n]\nplugin = count\nwhere = 'type == \"x\"'\nlevel = 0.5\n"
                                "[metric o]\nplugin = count\nwhere = type == y\n");
    for (uint32_t s = 0; s < 2; s++) {
        assert_int_equal(hash_compare(p->metrics[0].keys[s], p->metrics[1].keys[s]), 0);
        assert_int_not_equal(hash_compare(p->metrics[0].keys[s], p->metrics[2].keys[s]), 0);
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_int_not_equal(hash_compare(p->metrics[i].keys[0], p->metrics[i].keys[1]), 0);
    plan_free(p);
}

/* The key's words; they stand in plans that people read. */
static void test_key_text(void **state)
{
    (void)state;
    plan *p = plan_fixture_plan(base);
    assert_string_equal(p->metrics[0].key_text,
                        "plugin=dist 0\nformat=1\nfield=size\nmode=exact\naccuracy=0.01\n"
                        "where=type == \"x\" and size > 5\nby=actor\n"
                        "bucket=day\ntimezone=UTC\n");
    plan_free(p);
}

/* The field `system` is read from the configuration: its text counts where it is used. */
static void test_system(void **state)
{
    (void)state;
    static const char text[] = "[source web]\nfiles = a\ntime = t\n"
                               "[metric m]\nplugin = count\nby = system\n";
    static const key_case cases[] = {{"time = t\n", "time = t\nsystem = shop\n"}};
    static const key_case given[] = {{"time = t\n", "time = t\nsystem = web\n"}};
    expect_keys(text, cases, 1, false);
    expect_keys(text, given, 1, true); /* as the default */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keys, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_keys_beside_others, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_keys_of_expressions, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_keys_of_one_plan, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_key_text, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_system, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

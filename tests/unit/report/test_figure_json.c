/* SPDX-License-Identifier: Apache-2.0
 * test_figure_json.c - the pieces that several JSON outputs share. */
#include "report/figure_json.h"
#include "report/report_fixture.h"

typedef void (*piece)(json_writer *w, const void *what);

static void check(piece put, const void *what, const char *expected)
{
    bytes out;
    json_writer w;
    bytes_init(&out, LIMIT_KIB(64));
    json_init(&w, &out, false);
    put(&w, what);
    assert_int_equal(w.depth, 0);
    assert_written(&out, expected);
}

static void put_interval(json_writer *w, const void *what)
{
    figure_json_interval(w, what);
}

static void test_intervals(void **state)
{
    (void)state;
    value_figure f = {.lower = (double)NAN, .upper = (double)NAN};
    check(put_interval, &f, "null");
    f.upper = (double)INFINITY;
    check(put_interval, &f, "null");
    f.lower = 1.0 / 3;
    check(put_interval, &f, "[0.333333333333,null]");
    f.upper = 2;
    check(put_interval, &f, "[0.333333333333,2]");
    f.lower = -(double)INFINITY;
    check(put_interval, &f, "[null,2]");
}

static void put_period(json_writer *w, const void *what)
{
    civil_zone *zone;
    assert_int_equal(civil_zone_open(&zone, "Europe/Berlin", NULL), GM_OK);
    figure_json_period(w, what, zone);
    civil_zone_free(zone);
}

/* 2021-03-28 has 23 hours in Berlin: from 2021-03-27T23:00Z to 2021-03-28T22:00Z. */
static void test_period_over_a_change_of_clocks(void **state)
{
    (void)state;
    period p = {18714, 18715, INT64_C(1616886000000000), INT64_C(1616968800000000)};
    check(put_period, &p,
          "{\"start\":\"2021-03-28T00:00:00+01:00\",\"end\":\"2021-03-29T00:00:00+02:00\","
          "\"days\":1,\"timezone\":\"Europe/Berlin\"}");
}

static void put_score(json_writer *w, const void *what)
{
    const double *score = what;
    figure_json_score(w, score != NULL, score != NULL ? *score : 0);
}

static void test_scores(void **state)
{
    (void)state;
    double score = 200.0 / 3;
    check(put_score, &score, "66.6666666667");
    score = 0;
    check(put_score, &score, "0");
    check(put_score, NULL, "null");
}

static void put_previous(json_writer *w, const void *what)
{
    figure_json_previous(w, what);
}

static void test_previous(void **state)
{
    (void)state;
    value v = {
        .previous = {.is_integer = true, .i = 3, .n = 3, .method = GM_U_POISSON, FIXTURE_NONE}};
    check(put_previous, NULL, "null");
    check(put_previous, &v, "null");
    v.has_previous = true;
    check(put_previous, &v,
          "{\"value\":3,\"n\":3,\"num\":null,\"den\":null,\"ci\":null,\"se\":null,\"level\":null,"
          "\"method\":\"poisson\",\"status\":\"ok\",\"flags\":[]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_period_over_a_change_of_clocks),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_previous),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

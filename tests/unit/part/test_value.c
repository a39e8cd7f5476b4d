/* SPDX-License-Identifier: Apache-2.0
 * test_value.c - the set of values and the names that reports print. */
#include "base/death_fixture.h"

#include <math.h>

#include "part/value.h"

static void test_set(void **state)
{
    (void)state;
    value_set set;
    value_set_init(&set);
    assert_int_equal(set.n, 0);
    for (uint32_t i = 0; i < 1000; i++) {
        value *v = value_set_add(&set);
        static const value zero;
        assert_memory_equal(v, &zero, sizeof *v); /* also in memory that was used */
        v->metric_index = i;
        v->metric = arena_printf(&set.memory, "m%u", i);
    }
    assert_int_equal(set.n, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "m%u", i);
        assert_int_equal(set.items[i].metric_index, i);
        assert_string_equal(set.items[i].metric, name);
    }
    value_set_deinit(&set);
    assert_int_equal(set.n, 0);
    assert_null(set.items);
}

static void test_number(void **state)
{
    (void)state;
    static const struct {
        value_figure figure;
        double number;
    } cases[] = {
        {{.f = 2.5, .i = 7}, 2.5},
        {{.f = 2.5, .i = 7, .is_integer = true}, 7},
        {{.i = INT64_MIN, .is_integer = true}, -0x1p63},
        {{.i = -1, .is_integer = true}, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double have = value_number(&cases[i].figure);
        assert_memory_equal(&have, &cases[i].number, sizeof have);
    }
    const value_figure null = {.is_null = true, .f = 1, .i = 1, .is_integer = true};
    assert_true(isnan(value_number(&null)));
}

static void test_status_names(void **state)
{
    (void)state;
    static const struct {
        uint32_t status;
        const char *name;
    } cases[] = {
        {GM_S_OK, "ok"},       {GM_S_NO_DATA, "no_data"},   {GM_S_LOW_N, "low_n"},
        {GM_S_ERROR, "error"}, {GM_S_IMMATURE, "immature"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(value_status_name(cases[i].status), cases[i].name);
}

static void name_unknown_status(void *context)
{
    (void)value_status_name(*(const uint32_t *)context);
}

static void test_unknown_status(void **state)
{
    (void)state;
    uint32_t status = GM_S_ERROR + 1;
    assert_dies_of(name_unknown_status, &status, "status < sizeof names / sizeof *names");
}

static void test_method_names(void **state)
{
    (void)state;
    static const struct {
        uint32_t method;
        const char *name;
    } cases[] = {
        {GM_U_WILSON, "wilson"},       {GM_U_POISSON, "poisson"},
        {GM_U_UNITS, "units"},         {GM_U_ORDER, "order_statistics"},
        {GM_U_SKETCH, "sketch_bound"}, {GM_U_ORDER_SKETCH, "order_statistics_sketch"},
        {GM_U_FIELLER, "fieller"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(value_method_name(cases[i].method), cases[i].name);
    assert_null(value_method_name(GM_U_NONE));
    assert_null(value_method_name(UINT32_MAX));
}

static void test_flag_names(void **state)
{
    (void)state;
    static const struct {
        uint32_t flags;
        const char *names; /* joined */
    } cases[] = {
        {0, ""},
        {GM_EF_UNIT_UNKNOWN, "unit_unknown "},
        {GM_EF_APPROXIMATE, "approximate "},
        {GM_EF_NO_INTERVAL, "no_interval "},
        {GM_EF_LOW_N, "low_n "},
        {GM_EF_LOW_N | GM_EF_UNIT_UNKNOWN, "low_n unit_unknown "},
        {UINT32_MAX, "approximate low_n no_interval unit_unknown "},
        {1u << 31, ""}, /* of a newer plugin: no name */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *names[VALUE_FLAGS_MAX];
        char joined[256] = "";
        size_t len = 0;
        uint32_t n = value_flag_names(cases[i].flags, names);
        assert_true(n <= VALUE_FLAGS_MAX);
        for (uint32_t k = 0; k < n; k++)
            len += (size_t)snprintf(joined + len, sizeof joined - len, "%s ", names[k]);
        assert_string_equal(joined, cases[i].names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),          cmocka_unit_test(test_number),
        cmocka_unit_test(test_status_names), cmocka_unit_test(test_unknown_status),
        cmocka_unit_test(test_method_names), cmocka_unit_test(test_flag_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

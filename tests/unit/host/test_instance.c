/* SPDX-License-Identifier: Apache-2.0
 * test_instance.c - a plugin's functions behind the host's calls: what they are given, what becomes
 * of their statuses, and every check of what they emit. */
#include "host/fake_metric.h"

#include "host/instance.h"

static const gm_config config = {.struct_size = sizeof config};

static instance_options options_of(uint64_t memory_max)
{
    return (instance_options){.metric = &fake_metric,
                              .name = "reach",
                              .index = 17,
                              .config = &config,
                              .memory_max = memory_max};
}

/* An instance that was made without any fault. */
static instance *sound(uint64_t memory_max)
{
    gm_error err = {0};
    instance *i = NULL;
    fake_reset();
    instance_options options = options_of(memory_max);
    assert_int_equal(instance_new(&i, &options, &err), GM_OK);
    assert_non_null(i);
    return i;
}

static void no_crumb(void)
{
    assert_int_equal(atomic_load(&breadcrumb_mine()->call), BREADCRUMB_NONE);
}

static void test_create(void **state)
{
    (void)state;
    instance *i = sound(1000);
    assert_int_equal(fake.crumb, BREADCRUMB_CREATE);
    assert_int_equal(fake.crumb_metric, 17);
    no_crumb();
    assert_ptr_equal(fake.config, &config);
    assert_ptr_equal(instance_descriptor(i), &fake_sample.d);
    assert_int_equal(instance_memory(i), sizeof(struct gm_inst));
    instance_free(i);
    assert_int_equal(fake.calls[BREADCRUMB_LOAD], 1); /* destroy */
    no_crumb();
    instance_free(NULL);
}

static void test_create_fails(void **state)
{
    (void)state;
    static const char budget[] = "metric 'reach': needs more than its budget of 0 MiB in create; "
                                 "raise metric_memory_max, or choose a bounded mode of plugin "
                                 "acme.sample 1.2.3-rc.1+build5";
    static const struct {
        gm_status status;
        const char *text;
        size_t takes;
        gm_status code;
        const char *message;
    } cases[] = {
        {GM_E_CONFIG, "top must be odd", 0, GM_E_CONFIG,
         "plugin acme.sample 1.2.3-rc.1+build5: top must be odd"},
        {GM_E_CONFIG, NULL, 0, GM_E_CONFIG,
         "plugin acme.sample 1.2.3-rc.1+build5: it refuses these parameters"},
        {GM_E_CONFIG, "x", 2000, GM_E_CONFIG, budget},
        {GM_E_NOMEM, NULL, 2000, GM_E_PLUGIN, budget},
        {GM_E_UNSUPPORTED, "no service x", 0, GM_E_PLUGIN,
         "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in create: no service x"},
        {GM_E_INTERNAL, NULL, 0, GM_E_PLUGIN,
         "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in create: internal error"},
        {7, NULL, 0, GM_E_PLUGIN,
         "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in create: unknown error"},
        {GM_OK, "said, but succeeded", 0, GM_E_PLUGIN,
         "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in create: said, but "
         "succeeded"},
        {GM_OK, NULL, 0, GM_E_PLUGIN,
         "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in create: internal error"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int rubbish = 0; rubbish < (cases[i].status == GM_OK ? 1 : 2); rubbish++) {
            gm_error err = {0};
            instance *made = NULL;
            instance_options options = options_of(1000);
            fake_reset();
            fake.failing = BREADCRUMB_CREATE;
            fake.status = cases[i].status;
            fake.text = cases[i].text;
            fake.takes = cases[i].takes;
            fake.gives_nothing = true;
            fake.gives_rubbish = rubbish == 1;
            assert_int_equal(instance_new(&made, &options, &err), cases[i].code);
            assert_null(made);
            assert_int_equal(err.code, cases[i].code);
            assert_string_equal(err.message, cases[i].message);
            assert_int_equal(fake.calls[BREADCRUMB_LOAD], 0); /* nothing to destroy */
            no_crumb();
        }
    }
}

/* One call of each kind, on an instance and two states. */
static gm_status do_call(instance *i, breadcrumb_call call, gm_state **out, gm_state *a,
                         gm_state *b, bytes *bin, gm_error *err)
{
    static const uint32_t rows[] = {0};
    static const gm_batch batch = {.struct_size = sizeof batch};
    gm_state *states[] = {a, b};
    switch ((int)call) {
    case BREADCRUMB_STATE_NEW:
        return instance_state_new(i, out, err);
    case BREADCRUMB_UPDATE:
        return instance_update(i, states, 2, rows, &batch, err);
    case BREADCRUMB_MERGE:
        return instance_merge(i, a, b, err);
    case BREADCRUMB_SERIALIZE:
        return instance_serialize(i, a, bin, err);
    case BREADCRUMB_DESERIALIZE:
        return instance_deserialize(i, 2, "bytes", 5, out, err);
    default:
        return instance_finalize(i, a, &config, NULL, NULL, err);
    }
}

static const breadcrumb_call all_calls[] = {BREADCRUMB_STATE_NEW,   BREADCRUMB_UPDATE,
                                            BREADCRUMB_MERGE,       BREADCRUMB_SERIALIZE,
                                            BREADCRUMB_DESERIALIZE, BREADCRUMB_FINALIZE};
enum { CALLS = sizeof all_calls / sizeof all_calls[0] };

static void test_statuses(void **state)
{
    (void)state;
    static const struct {
        gm_status status;
        const char *text, *said;
    } cases[] = {
        {GM_E_STATE, "bad magic", "bad magic"}, {GM_E_STATE, NULL, "damaged state"},
        {GM_E_CONFIG, "x\ny", "x.y"}, /* a wrong configuration is create()'s to refuse */
        {GM_E_CANCELLED, NULL, "cancelled"},    {1, NULL, "unknown error"},
    };
    for (size_t k = 0; k < CALLS; k++) {
        instance *i = sound(1000);
        gm_state *a = NULL, *b = NULL;
        gm_error err = {0};
        bytes out;
        bytes_init(&out, 100);
        assert_int_equal(instance_state_new(i, &a, &err), GM_OK);
        assert_int_equal(instance_state_new(i, &b, &err), GM_OK);
        for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
            char want[256];
            gm_state *given = a;
            fake.failing = all_calls[k];
            fake.status = cases[n].status;
            fake.text = cases[n].text;
            fake.gives_rubbish = true;
            (void)snprintf(want, sizeof want,
                           "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in %s: %s",
                           breadcrumb_call_name(all_calls[k]), cases[n].said);
            assert_int_equal(do_call(i, all_calls[k], &given, a, b, &out, &err), GM_E_PLUGIN);
            assert_string_equal(err.message, want);
            assert_int_equal(fake.crumb, all_calls[k]);
            assert_int_equal(fake.crumb_metric, 17);
            no_crumb();
            if (all_calls[k] == BREADCRUMB_STATE_NEW || all_calls[k] == BREADCRUMB_DESERIALIZE)
                assert_null(given); /* whatever the plugin left there */
            assert_int_equal(do_call(i, all_calls[k], &given, a, b, &out, NULL), GM_E_PLUGIN);
        }
        fake.failing = BREADCRUMB_NONE;
        instance_state_free(i, a);
        assert_int_equal(fake.crumb, BREADCRUMB_STATE_FREE);
        instance_state_free(i, b);
        instance_state_free(i, NULL);
        assert_int_equal(fake.calls[BREADCRUMB_STATE_FREE], 2);
        instance_free(i);
        bytes_deinit(&out);
    }
}

/* A success that gives no state; a text that belongs to an earlier call. */
static void test_missing_state_and_old_text(void **state)
{
    (void)state;
    static const breadcrumb_call giving[] = {BREADCRUMB_STATE_NEW, BREADCRUMB_DESERIALIZE};
    for (size_t k = 0; k < 2; k++) {
        instance *i = sound(1000);
        gm_error err = {0};
        gm_state *given = NULL;
        char want[256];
        fake.failing = giving[k];
        fake.gives_nothing = true;
        (void)snprintf(
            want, sizeof want,
            "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in %s: internal error",
            breadcrumb_call_name(giving[k]));
        assert_int_equal(do_call(i, giving[k], &given, NULL, NULL, NULL, &err), GM_E_PLUGIN);
        assert_string_equal(err.message, want);
        /* It says something and succeeds; the next call fails without a word. */
        fake.failing = BREADCRUMB_MERGE;
        fake.status = GM_OK;
        fake.text = "an old story";
        assert_int_equal(instance_merge(i, NULL, NULL, &err), GM_OK);
        fake.text = NULL;
        fake.status = GM_E_INPUT;
        assert_int_equal(instance_merge(i, NULL, NULL, &err), GM_E_PLUGIN);
        assert_string_equal(
            err.message,
            "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in merge: wrong input");
        instance_free(i);
    }
}

static void test_arguments(void **state)
{
    (void)state;
    instance *i = sound(1000);
    gm_error err = {0};
    gm_state *a = NULL, *b = NULL, *c = NULL;
    static const uint32_t rows[] = {1, 0};
    static const gm_batch batch = {.struct_size = sizeof batch, .n_rows = 2};
    assert_int_equal(instance_state_new(i, &a, &err), GM_OK);
    assert_int_equal(instance_state_new(i, &b, &err), GM_OK);
    gm_state *states[] = {a, b};
    assert_int_equal(instance_update(i, states, 2, rows, &batch, &err), GM_OK);
    assert_ptr_equal(fake.args[0], states);
    assert_ptr_equal(fake.args[1], rows);
    assert_ptr_equal(fake.args[2], &batch);
    assert_int_equal(fake.numbers[0], 2);
    assert_int_equal(instance_merge(i, a, b, &err), GM_OK);
    assert_ptr_equal(fake.args[0], a);
    assert_ptr_equal(fake.args[1], b);
    bytes out;
    bytes_init(&out, 8);
    bytes_put(&out, "ab", 2);
    fake.writes = "cdef";
    assert_int_equal(instance_serialize(i, b, &out, &err), GM_OK);
    assert_ptr_equal(fake.args[0], b);
    assert_int_equal(fake.numbers[0], 3); /* the plugin's current format */
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.data, "abcdef", 6);
    assert_int_equal(instance_serialize(i, b, &out, &err), GM_E_PLUGIN); /* above the ceiling */
    assert_string_equal(
        err.message, "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in serialize: a "
                     "limit was reached");
    bytes_deinit(&out);
    for (uint32_t format = 2; format <= 3; format++) {
        assert_int_equal(instance_deserialize(i, format, "xyz", 3, &c, &err), GM_OK);
        assert_non_null(c);
        assert_memory_equal(fake.args[0], "xyz", 3);
        assert_int_equal(fake.numbers[0], format);
        assert_int_equal(fake.numbers[1], 3);
        instance_state_free(i, c);
    }
    static const uint32_t unknown[] = {0, 1, 4, UINT32_MAX};
    uint32_t calls = fake.calls[BREADCRUMB_DESERIALIZE];
    for (size_t k = 0; k < sizeof unknown / sizeof unknown[0]; k++) {
        char want[256];
        c = a;
        assert_int_equal(instance_deserialize(i, unknown[k], "xyz", 3, &c, &err), GM_E_FORMAT);
        assert_null(c);
        (void)snprintf(want, sizeof want,
                       "metric 'reach': a part has state format %u, plugin acme.sample "
                       "1.2.3-rc.1+build5 reads 2 to 3",
                       unknown[k]);
        assert_string_equal(err.message, want);
    }
    assert_int_equal(fake.calls[BREADCRUMB_DESERIALIZE], calls); /* the plugin never saw those */
    instance_state_free(i, a);
    instance_state_free(i, b);
    instance_free(i);
}

static void test_budget(void **state)
{
    (void)state;
    enum { STATE = 100, MEMORY = (3 << 20) + 50 };
    instance *i = sound(MEMORY);
    gm_error err = {0};
    gm_state *states[2] = {NULL, NULL};
    uint64_t base = instance_memory(i);
    fake.state_bytes = (3 << 20) / 2 - sizeof(struct gm_state);
    assert_int_equal(instance_state_new(i, &states[0], &err), GM_OK);
    assert_int_equal(instance_memory(i), base + (3 << 20) / 2);
    assert_int_equal(instance_state_new(i, &states[1], &err), GM_OK);
    assert_int_equal(instance_memory(i), base + (3 << 20));
    gm_state *more = states[0];
    fake.state_bytes = STATE;
    assert_int_equal(instance_state_new(i, &more, &err), GM_E_PLUGIN);
    assert_null(more);
    assert_string_equal(
        err.message,
        "metric 'reach': needs more than its budget of 3 MiB in state_new; raise "
        "metric_memory_max, or choose a bounded mode of plugin acme.sample 1.2.3-rc.1+build5");
    instance_state_free(i, states[0]);
    assert_int_equal(instance_memory(i), base + (3 << 20) / 2);
    assert_int_equal(instance_state_new(i, &states[0], &err), GM_OK); /* room again */
    /* A plugin that lives with the refusal has not failed. */
    fake.failing = BREADCRUMB_MERGE;
    fake.takes = MEMORY;
    assert_int_equal(instance_merge(i, states[0], states[1], &err), GM_OK);
    fake.takes = 0;
    fake.status = GM_E_INPUT; /* and the next failure is not the budget's */
    assert_int_equal(instance_merge(i, states[0], states[1], &err), GM_E_PLUGIN);
    assert_string_equal(
        err.message,
        "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in merge: wrong input");
    instance_state_free(i, states[0]);
    instance_state_free(i, states[1]);
    assert_int_equal(instance_memory(i), base);
    instance_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),    cmocka_unit_test(test_create_fails),
        cmocka_unit_test(test_statuses),  cmocka_unit_test(test_missing_state_and_old_text),
        cmocka_unit_test(test_arguments), cmocka_unit_test(test_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

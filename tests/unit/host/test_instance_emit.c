/* SPDX-License-Identifier: Apache-2.0
 * test_instance_emit.c - what finalize() may emit: each check of instance_finalize(), one by one.
 */
#include "host/fake_metric.h"

#include <math.h>

#include <goalmill/rows.h>

#include "host/instance.h"

static const gm_config window = {.struct_size = sizeof window};

typedef struct taken {
    uint32_t n;
    uint32_t refuse_from; /* the emit, counted from 1, at which to say no; 0: none */
    gm_emit last;
} taken;

static bool take(void *context, const gm_emit *emit, gm_error *err)
{
    taken *t = context;
    t->last = *emit;
    if (++t->n != t->refuse_from)
        return true;
    (void)error_set(err, GM_E_LIMIT, "enough"); /* false tells it */
    return false;
}

/* Emits these, of which the first n_good are to be taken. */
static gm_status finalize(const gm_emit *emits, uint32_t n, taken *t, gm_error *err)
{
    instance *i = NULL;
    instance_options options = {
        .metric = &fake_metric, .name = "reach", .index = 3, .config = &window, .memory_max = 1000};
    assert_int_equal(instance_new(&i, &options, err), GM_OK);
    fake.emits = emits;
    fake.n_emits = n;
    gm_state *state = NULL;
    assert_int_equal(instance_state_new(i, &state, err), GM_OK);
    gm_status st = instance_finalize(i, state, &window, take, t, err);
    assert_ptr_equal(fake.args[0], state);
    assert_ptr_equal(fake.args[1], &window);
    assert_int_equal(atomic_load(&breadcrumb_mine()->call), BREADCRUMB_NONE);
    instance_state_free(i, state);
    instance_free(i);
    return st;
}

static gm_emit share_of(double v)
{
    gm_emit e = gm_emit_init(SAMPLE_SHARE);
    e.value.type = GM_T_F64;
    e.value.u.f = v;
    return e;
}

static gm_str str_of(const char *s)
{
    return (gm_str){.ptr = s, .len = (uint32_t)strlen(s)};
}

static gm_emit family_of(uint32_t output, const char *label)
{
    gm_emit e = share_of(1);
    e.output = output;
    e.label = str_of(label);
    return e;
}

static void expect_taken(const gm_emit *e)
{
    gm_error err = {0};
    taken t = {0};
    fake_reset();
    if (finalize(e, 1, &t, &err) != GM_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.n, 1);
    assert_memory_equal(&t.last, e, sizeof *e);
    assert_int_equal(fake.emit_status[0], GM_OK);
}

static void expect_refused(const gm_emit *e, const char *output, const char *text)
{
    gm_error err = {0};
    taken t = {0};
    char want[256];
    fake_reset();
    (void)snprintf(
        want, sizeof want,
        "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 emitted a wrong value for '%s': %s",
        output, text);
    assert_int_equal(finalize(e, 1, &t, &err), GM_E_PLUGIN);
    assert_int_equal(err.code, GM_E_PLUGIN);
    assert_string_equal(err.message, want);
    assert_int_equal(t.n, 0);
    assert_int_equal(fake.emit_status[0], GM_E_PLUGIN);
}

#define REFUSED(change, text)                                                                      \
    do {                                                                                           \
        e = share_of(0.5);                                                                         \
        change;                                                                                    \
        expect_refused(&e, "share", text);                                                         \
    } while (0)
#define TAKEN(change)                                                                              \
    do {                                                                                           \
        e = share_of(0.5);                                                                         \
        change;                                                                                    \
        expect_taken(&e);                                                                          \
    } while (0)

static const double nan_ = (double)NAN, inf_ = (double)INFINITY;

static void test_struct_and_output(void **state)
{
    (void)state;
    gm_emit e = share_of(0.5);
    expect_taken(&e);
    e.struct_size--;
    expect_refused(&e, "?", "a struct too short for ABI 1.0");
    e.struct_size = 0;
    expect_refused(&e, "?", "a struct too short for ABI 1.0");
    TAKEN(e.struct_size += 8); /* of a later minor */
    e = share_of(0.5);
    e.output = SAMPLE_OUTPUTS;
    expect_refused(&e, "?", "an output that is not declared");
    e.output = UINT32_MAX;
    expect_refused(&e, "?", "an output that is not declared");
}

static void test_value(void **state)
{
    (void)state;
    gm_emit e;
    REFUSED(e.value.is_null = 1, "null with status ok");
    TAKEN(e.value.is_null = 1; e.status = GM_S_NO_DATA);
    TAKEN(e.value.is_null = 1; e.status = GM_S_ERROR; e.value.u.f = nan_);
    REFUSED(e.value.type = GM_T_I64, "of another type than declared");
    REFUSED(e.value.type = 0, "of another type than declared");
    REFUSED(e.value.u.f = nan_, "not a finite number");
    REFUSED(e.value.u.f = inf_, "not a finite number");
    REFUSED(e.value.u.f = -inf_, "not a finite number");
    TAKEN(e.value.u.f = -0.0);
    TAKEN(e.status = GM_S_LOW_N);
    TAKEN(e.status = GM_S_ERROR);
    REFUSED(e.status = GM_S_ERROR + 1, "an unknown status");
    REFUSED(e.value.is_null = 1; e.status = UINT32_MAX, "an unknown status");
    REFUSED(e.bucket = 0, "a bucket; series are the host's business in this version");
    REFUSED(e.bucket = INT64_MAX, "a bucket; series are the host's business in this version");
    e = gm_emit_init(SAMPLE_COUNT);
    e.value.type = GM_T_I64;
    e.value.u.i = INT64_MIN;
    expect_taken(&e);
    e.value.type = GM_T_F64;
    expect_refused(&e, "n", "of another type than declared");
    e = gm_emit_init(SAMPLE_FLAG);
    e.value.type = GM_T_BOOL;
    e.value.u.i = 1;
    expect_taken(&e);
}

static void test_interval(void **state)
{
    (void)state;
    static const char order[] = "an interval whose limits are not in order";
    static const char around[] = "an interval that does not hold the value";
    gm_emit e;
#define INTERVAL(a, b, p) (e.lower = (a), e.upper = (b), e.level = (p))
    TAKEN(INTERVAL(0.4, 0.6, 0.95));
    TAKEN(INTERVAL(0.5, 0.5, 0.95));
    TAKEN(INTERVAL(0.5, 0.6, 1e-9));
    TAKEN(INTERVAL(0.4, 0.5, 1 - 1e-9));
    TAKEN(INTERVAL(0.5 + 1e-11, 0.6, 0.95)); /* rounding */
    TAKEN(e.level = 0.95);                   /* no interval: its level is of no matter */
    REFUSED(INTERVAL(0.6, 0.4, 0.95), order);
    REFUSED(INTERVAL(0.4, nan_, 0.95), order);
    REFUSED(INTERVAL(nan_, 0.6, 0.95), order);
    REFUSED(INTERVAL(-inf_, 0.6, 0.95), "an interval without end");
    REFUSED(INTERVAL(0.4, inf_, 0.95), "an interval without end");
    REFUSED(INTERVAL(0.4, 0.6, nan_), "an interval without a level");
    REFUSED(INTERVAL(0.4, 0.6, 0), "an interval without a level");
    REFUSED(INTERVAL(0.4, 0.6, 1), "an interval without a level");
    REFUSED(INTERVAL(0.4, 0.6, -0.5), "an interval without a level");
    REFUSED(INTERVAL(0.6, 0.7, 0.95), around);
    REFUSED(INTERVAL(0.4, 0.49, 0.95), around);
    REFUSED(INTERVAL(0.5 + 1e-8, 0.6, 0.95), around);
    TAKEN(e.se = 0);
    TAKEN(e.se = 1e300);
    REFUSED(e.se = -1e-300, "a standard error that is no number from 0");
    REFUSED(e.se = inf_, "a standard error that is no number from 0");
    e = gm_emit_init(SAMPLE_COUNT);
    e.value.type = GM_T_I64;
    e.value.u.i = 10;
    INTERVAL(4.8, 18.4, 0.95); /* Garwood's of a count of 10 */
    expect_taken(&e);
    e.value.u.i = 19;
    expect_refused(&e, "n", around);
#undef INTERVAL
}

static void test_labels(void **state)
{
    (void)state;
    gm_emit e = family_of(SAMPLE_BY_LABEL, "0.5");
    expect_taken(&e);
    e.label2 = str_of("x");
    expect_refused(&e, "quantile", "a second label, but it has none");
    e = family_of(SAMPLE_BY_LABEL, "");
    expect_refused(&e, "quantile", "a family without a label");
    e = family_of(SAMPLE_BY_LABEL, "\xff");
    expect_refused(&e, "quantile", "a label that is no UTF-8");
    e.label = (gm_str){.ptr = NULL, .len = 3};
    expect_refused(&e, "quantile", "a label that is no UTF-8");
    e = family_of(SAMPLE_BY_TWO, "social");
    e.label2 = str_of("linear");
    expect_taken(&e);
    e.label2 = str_of("\xc3");
    expect_refused(&e, "credit", "a label that is no UTF-8");
    e = family_of(SAMPLE_SHARE, "x");
    expect_refused(&e, "share", "a label, but it is no family");
    e = share_of(0.5);
    e.label2 = str_of("x");
    expect_refused(&e, "share", "a second label, but it has none");
    e = share_of(0.5);
    e.label = e.label2 = (gm_str){.ptr = "", .len = 0};
    expect_taken(&e);
}

/* After a refusal nothing more is taken, whatever the plugin makes of it. */
static void test_after_a_refusal(void **state)
{
    (void)state;
    gm_emit emits[4] = {share_of(1), share_of(2), share_of(nan_), share_of(4)};
    for (int ignores = 0; ignores < 2; ignores++) {
        gm_error err = {0};
        taken t = {0};
        fake_reset();
        fake.ignores_emit_status = ignores == 1;
        assert_int_equal(finalize(emits, 4, &t, &err), GM_E_PLUGIN);
        assert_string_equal(
            err.message,
            "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 emitted a wrong value "
            "for 'share': not a finite number");
        assert_int_equal(t.n, 2);
        assert_int_equal(fake.emit_status[3], ignores == 1 ? GM_E_CANCELLED : GM_OK);
    }
}

/* The receiver says no: its error is the error. */
static void test_receiver_refuses(void **state)
{
    (void)state;
    gm_emit emits[3] = {share_of(1), share_of(2), share_of(3)};
    for (int ignores = 0; ignores < 2; ignores++) {
        gm_error err = {0};
        taken t = {.refuse_from = 2};
        fake_reset();
        fake.ignores_emit_status = ignores == 1;
        assert_int_equal(finalize(emits, 3, &t, &err), GM_E_PLUGIN);
        assert_string_equal(err.message, "enough");
        assert_int_equal(t.n, 2);
        assert_int_equal(fake.emit_status[1], GM_E_CANCELLED);
    }
}

/* Values, then a failure; and nobody who wants the error. */
static void test_failure_after_values(void **state)
{
    (void)state;
    gm_emit emits[1] = {share_of(1)};
    gm_error err = {0};
    taken t = {0};
    fake_reset();
    fake.failing = BREADCRUMB_FINALIZE;
    fake.status = GM_E_LIMIT;
    fake.text = "too many";
    assert_int_equal(finalize(emits, 1, &t, &err), GM_E_PLUGIN);
    assert_string_equal(
        err.message,
        "metric 'reach': plugin acme.sample 1.2.3-rc.1+build5 failed in finalize: too many");
    assert_int_equal(t.n, 1);
    instance *i = NULL;
    instance_options options = {
        .metric = &fake_metric, .name = "reach", .config = &window, .memory_max = 1000};
    fake_reset();
    assert_int_equal(instance_new(&i, &options, NULL), GM_OK);
    emits[0].value.u.f = nan_;
    fake.emits = emits;
    fake.n_emits = 1;
    assert_int_equal(instance_finalize(i, NULL, &window, take, &t, NULL), GM_E_PLUGIN);
    instance_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_struct_and_output),
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_after_a_refusal),
        cmocka_unit_test(test_receiver_refuses),
        cmocka_unit_test(test_failure_after_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

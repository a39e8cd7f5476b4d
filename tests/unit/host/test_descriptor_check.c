/* SPDX-License-Identifier: Apache-2.0
 * test_descriptor_check.c - a right descriptor with one thing wrong at a time: each refusal, with
 * its words. */
#include "host/descriptor_fixture.h"

#include <math.h>

#include "base/limits.h"
#include "host/descriptor_check.h"

static sample s;

static void expect_sound(void)
{
    gm_error err = {0};
    gm_status st = descriptor_check(&s.d, "/p/x.so", &err);
    if (st != GM_OK)
        fail_msg("refused: %s", err.message);
}

/* The refusal of metric id, which ends with text. */
static void expect_wrong_of(const char *id, const char *text)
{
    gm_error err = {0};
    char want[GM_ERROR_MESSAGE_MAX];
    (void)snprintf(want, sizeof want, "plugin '/p/x.so': metric '%s': %s", id, text);
    assert_int_equal(descriptor_check(&s.d, "/p/x.so", &err), GM_E_PLUGIN);
    assert_int_equal(err.code, GM_E_PLUGIN);
    assert_string_equal(err.message, want);
    assert_int_equal(descriptor_check(&s.d, "/p/x.so", NULL), GM_E_PLUGIN);
}

static void expect_wrong(const char *text)
{
    expect_wrong_of("acme.sample", text);
}

#define WRONG(change, text)                                                                        \
    do {                                                                                           \
        sample_init(&s);                                                                           \
        change;                                                                                    \
        expect_wrong(text);                                                                        \
    } while (0)
#define SOUND(change)                                                                              \
    do {                                                                                           \
        sample_init(&s);                                                                           \
        change;                                                                                    \
        expect_sound();                                                                            \
    } while (0)

static void test_size_and_id(void **state)
{
    (void)state;
    static const char *const bad_ids[] = {NULL, "",     "Count", "1st", "a b", "a.",
                                          ".a", "a..b", "a.1",   "a-b", "a\n"};
    static const char *const good_ids[] = {"count", "a", "acme.count", "a.b_2.c"};
    char longer[LIMIT_NAME_BYTES + 2];
    SOUND((void)0);
    sample_init(&s);
    s.d.struct_size--;
    char text[128];
    (void)snprintf(text, sizeof text,
                   "its descriptor has %zu bytes, ABI 1.0 has %zu; build it "
                   "against this version's headers",
                   sizeof s.d - 1, sizeof s.d);
    expect_wrong_of("?", text);
    s.d.struct_size = 0;
    assert_int_equal(descriptor_check(&s.d, "p", NULL), GM_E_PLUGIN);
    SOUND(s.d.struct_size += 100); /* a later minor appends fields */
    for (size_t i = 0; i < sizeof bad_ids / sizeof bad_ids[0]; i++) {
        sample_init(&s);
        s.d.id = bad_ids[i];
        expect_wrong_of("?", "its id is no name such as count or vendor.count");
    }
    for (size_t i = 0; i < sizeof good_ids / sizeof good_ids[0]; i++)
        SOUND(s.d.id = good_ids[i]);
    memset(longer, 'a', sizeof longer);
    longer[LIMIT_NAME_BYTES] = '\0';
    SOUND(s.d.id = longer);
    longer[LIMIT_NAME_BYTES] = 'a';
    longer[LIMIT_NAME_BYTES + 1] = '\0';
    sample_init(&s);
    s.d.id = longer;
    expect_wrong_of("?", "its id is no name such as count or vendor.count");
}

static void test_head(void **state)
{
    (void)state;
    static const char *const bad_versions[] = {NULL,     "",      "1",      "1.2",
                                               "1.2.",   "1..2",  ".1.2",   "1.2.3.4",
                                               "v1.2.3", "1.2.x", "1.2.-a", "-1.2.3"};
    static const char *const good_versions[] = {"0.0.0", "10.20.30", "1.2.3-rc.1", "1.2.3+b.x"};
    WRONG(s.d.abi_minor_min = 1, "needs host ABI 1.1, this one is 1.0; update goalmill");
    for (size_t i = 0; i < sizeof bad_versions / sizeof bad_versions[0]; i++)
        WRONG(s.d.version = bad_versions[i], "its version is no semantic version such as 1.2.0");
    for (size_t i = 0; i < sizeof good_versions / sizeof good_versions[0]; i++)
        SOUND(s.d.version = good_versions[i]);
    static const char lacks[] = "lacks a name, description, vendor or license";
    WRONG(s.d.name = NULL, lacks);
    WRONG(s.d.description = NULL, lacks);
    WRONG(s.d.vendor = NULL, lacks);
    WRONG(s.d.license = NULL, lacks);
    WRONG(s.d.name = "\xff", lacks);
    SOUND(s.d.url = NULL);
    WRONG(s.d.algebra |= UINT64_C(1) << 40,
          "declares laws that this host does not know; it needs a newer goalmill");
    WRONG(s.d.algebra |= 1u << 6,
          "declares laws that this host does not know; it needs a newer goalmill");
    SOUND(s.d.algebra = (1u << 6) - 2); /* all but the first */
    WRONG(s.d.algebra = GM_A_ORDER_SENSITIVE,
          "depends on the order of events; such a metric cannot be merged");
    WRONG(s.d.state_format_min = 0, "its state formats 0 to 3 are no range from 1");
    WRONG(s.d.state_format_min = 4, "its state formats 4 to 3 are no range from 1");
    SOUND(s.d.state_format_min = 3);
    static const char tolerance[] = "its tolerances are no numbers from 0";
    WRONG(s.d.tol_rel = -1, tolerance);
    WRONG(s.d.tol_rel = (double)NAN, tolerance);
    WRONG(s.d.tol_rel = (double)INFINITY, tolerance);
    WRONG(s.d.tol_abs = -1e-300, tolerance);
    WRONG(s.d.tol_abs = (double)NAN, tolerance);
    WRONG(s.d.tol_abs = (double)INFINITY, tolerance);
    static const char null[] = "a list of parameters, fields or outputs is NULL";
    WRONG(s.d.params = NULL, null);
    WRONG(s.d.fields = NULL, null);
    WRONG(s.d.outputs = NULL, null);
    SOUND(s.d.fields = NULL; s.d.n_fields = 0);
}

/* LIMIT_PLUGIN_PARAMS of each: at it and above. */
static void test_counts(void **state)
{
    (void)state;
    enum { MAX = LIMIT_PLUGIN_PARAMS };
    static const gm_param *params[MAX];
    static const gm_field *fields[MAX];
    static const gm_output *outputs[MAX];
    static gm_param param[MAX];
    static gm_output output[MAX];
    static char names[MAX][8];
    sample_init(&s);
    for (uint32_t i = 0; i < MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "n%u", i);
        param[i] = s.param[SAMPLE_FIELD];
        output[i] = s.output[SAMPLE_FLAG];
        param[i].name = output[i].name = names[i];
        params[i] = &param[i];
        fields[i] = &s.field[SAMPLE_FIELD_TIME];
        outputs[i] = &output[i];
    }
    s.d.params = params;
    s.d.fields = fields;
    s.d.outputs = outputs;
    s.d.n_params = s.d.n_fields = s.d.n_outputs = MAX;
    expect_sound();
    s.d.n_params++;
    expect_wrong(
        "has 257 parameters, 256 fields, 256 outputs; expected at most 256, and an output");
    s.d.n_params--;
    s.d.n_fields++;
    expect_wrong(
        "has 256 parameters, 257 fields, 256 outputs; expected at most 256, and an output");
    s.d.n_fields--;
    s.d.n_outputs++;
    expect_wrong(
        "has 256 parameters, 256 fields, 257 outputs; expected at most 256, and an output");
    s.d.n_outputs = 0;
    expect_wrong("has 256 parameters, 256 fields, 0 outputs; expected at most 256, and an output");
}

static void test_params(void **state)
{
    (void)state;
    static const char size[] = "a parameter's struct is too short for ABI 1.0";
    static const char name[] = "a parameter's name is no [a-z][a-z0-9_]*";
    gm_param *top = &s.param[SAMPLE_INT];
    WRONG(top->struct_size--, size);
    WRONG(s.params[SAMPLE_INT] = NULL, size);
    SOUND(top->struct_size += 8);
    WRONG(top->name = NULL, name);
    WRONG(top->name = "", name);
    WRONG(top->name = "a.b", name);
    WRONG(top->name = "Top", name);
    WRONG(top->doc = NULL, "parameter 'top' has no documentation");
    WRONG(top->doc = "", "parameter 'top' has no documentation");
    WRONG(top->doc = "\xc3", "parameter 'top' has no documentation");
    WRONG(top->unit = "\xc3", "parameter 'top': its unit is no UTF-8");
    WRONG(top->name = "level", "has two parameters 'level'");
    WRONG(top->flags = 1u << 6,
          "parameter 'top' has flags that this host does not know; it needs a newer goalmill");
    WRONG(top->type = 0, "parameter 'top' has the unknown type 0");
    WRONG(top->type = 11, "parameter 'top' has the unknown type 11");
    static const char refs[] = "parameter 'top': this version takes no references to metrics, and "
                               "families of lists only";
    WRONG(top->type = GM_T_METRIC, refs);
    WRONG(top->flags = GM_P_FAMILY, refs);
    static const char lists[] = "parameter 'quantiles': this version takes lists of scalars only";
    gm_param *list = &s.param[SAMPLE_LIST];
    WRONG(list->item_type = GM_T_LIST, lists);
    WRONG(list->item_type = GM_T_EXPR, lists);
    WRONG(list->item_type = GM_T_ENUM, lists);
    WRONG(list->item_type = 0, lists);
    WRONG(s.param[SAMPLE_COND].item_type = GM_T_F64,
          "parameter 'match': this version takes conditions (BOOL) and parts of a ratio as "
          "expressions");
    WRONG(s.param[SAMPLE_MODE].enum_values = NULL, "parameter 'mode' has no enum_values");
    static const char *const none[] = {NULL};
    static const char *const damaged[] = {"a", "\xff", NULL};
    WRONG(s.param[SAMPLE_MODE].enum_values = none, "parameter 'mode' has no enum_values");
    WRONG(s.param[SAMPLE_MODE].enum_values = damaged, "parameter 'mode' has wrong enum_values");
    static const char *many[LIMIT_PLUGIN_ENUM + 2];
    for (size_t i = 0; i <= LIMIT_PLUGIN_ENUM; i++)
        many[i] = "x";
    WRONG(s.param[SAMPLE_MODE].enum_values = many, "parameter 'mode' has wrong enum_values");
    many[LIMIT_PLUGIN_ENUM] = NULL;
    SOUND(s.param[SAMPLE_MODE].enum_values = many);
    static char text[LIMIT_PLUGIN_TEXT + 2];
    memset(text, 'x', LIMIT_PLUGIN_TEXT);
    SOUND(top->doc = text);
    text[LIMIT_PLUGIN_TEXT] = 'x';
    WRONG(top->doc = text, "parameter 'top' has no documentation");
}

/* A default or a limit that is of another type would be read as something else: a number as a
 * pointer. */
static void test_values(void **state)
{
    (void)state;
    static const gm_value whole = SAMPLE_I(GM_T_I64, 5), real = SAMPLE_F(0.5), zero;
    static const gm_value nan_value = {.type = GM_T_F64, .u = {.f = (double)NAN}};
    static const gm_value inf_value = {.type = GM_T_F64, .u = {.f = (double)INFINITY}};
    static const gm_value wild = {.type = GM_T_STR, .u = {.s = {NULL, 5, 0}}};
    static const gm_value damaged = SAMPLE_S(GM_T_STR, "\xff"), empty = {.type = GM_T_STR};
    static const gm_value yes = SAMPLE_I(GM_T_BOOL, 1);
    static const gm_value no_items = {.type = GM_T_LIST, .u = {.l = {NULL, 1}}};
    static const gm_value mixed[] = {SAMPLE_F(1), SAMPLE_I(GM_T_I64, 1)};
    static const gm_value nulls[] = {SAMPLE_F(1), SAMPLE_NONE};
    static const char def[] = " has a default that is no value of its type; is_null means none";
    static const char lim[] = " has a limit that is no number of its type; is_null means none";
    char text[128];
#define DEF(which, named, value)                                                                   \
    do {                                                                                           \
        (void)snprintf(text, sizeof text, "parameter '" named "'%s", def);                         \
        WRONG(s.param[which].def = (value), text);                                                 \
    } while (0)
#define LIM(which, field, named, value)                                                            \
    do {                                                                                           \
        (void)snprintf(text, sizeof text, "parameter '" named "'%s", lim);                         \
        WRONG(s.param[which].field = (value), text);                                               \
    } while (0)
    DEF(SAMPLE_TEXT, "unit", whole);
    DEF(SAMPLE_TEXT, "unit", wild);
    DEF(SAMPLE_TEXT, "unit", damaged);
    DEF(SAMPLE_INT, "top", real);
    DEF(SAMPLE_REAL, "level", whole);
    DEF(SAMPLE_REAL, "level", nan_value);
    DEF(SAMPLE_REAL, "level", inf_value);
    DEF(SAMPLE_LIST, "quantiles", real);
    DEF(SAMPLE_LIST, "quantiles", no_items);
    DEF(SAMPLE_COND, "match", whole);
    static const gm_value above = SAMPLE_I(GM_T_ENUM, 3), below = SAMPLE_I(GM_T_ENUM, -1);
    DEF(SAMPLE_MODE, "mode", above);
    DEF(SAMPLE_MODE, "mode", below);
    DEF(SAMPLE_MODE, "mode", whole);
    gm_value list = {.type = GM_T_LIST, .u = {.l = {mixed, 2}}};
    DEF(SAMPLE_LIST, "quantiles", list);
    list.u.l.items = nulls;
    DEF(SAMPLE_LIST, "quantiles", list);
    static const gm_value family_items[] = {SAMPLE_I(GM_T_I64, 1)};
    const gm_value family = {.type = GM_T_LIST, .u = {.l = {family_items, 1}}};
    DEF(SAMPLE_FAMILY, "weight", family); /* its items would have no names */
    LIM(SAMPLE_INT, min, "top", real);
    /* What an initialiser left out is none. */
    sample_init(&s);
    s.param[SAMPLE_TEXT].def = s.param[SAMPLE_INT].max = zero;
    expect_sound();
    LIM(SAMPLE_REAL, max, "level", inf_value);
    LIM(SAMPLE_LIST, min, "quantiles", whole);
    LIM(SAMPLE_TEXT, min, "unit", empty); /* texts have no order here */
    LIM(SAMPLE_BOOL, max, "strict", yes);
    LIM(SAMPLE_MODE, max, "mode", below);
#undef DEF
#undef LIM
    SOUND(s.param[SAMPLE_TEXT].def = empty);
    SOUND(s.param[SAMPLE_LIST].def.u.l.n = 0; s.param[SAMPLE_LIST].def.u.l.items = NULL);
}

static void test_fields(void **state)
{
    (void)state;
    gm_field *time = &s.field[SAMPLE_FIELD_TIME], *named = &s.field[SAMPLE_FIELD_NAMED];
    static const char size[] = "a field's struct is too short for ABI 1.0";
    WRONG(time->struct_size--, size);
    WRONG(s.fields[0] = NULL, size);
    WRONG(time->name = NULL, "a field has neither name nor name_param");
    WRONG(time->name = "Time", "a field's name is no [a-z][a-z0-9_]*");
    WRONG(time->name = "a.b", "a field's name is no [a-z][a-z0-9_]*");
    WRONG(named->name_param = "nothing", "name_param 'nothing' is no STR parameter");
    WRONG(named->name_param = "top", "name_param 'top' is no STR parameter");
    WRONG(time->doc = NULL, "a field has no documentation");
    WRONG(time->doc = "", "a field has no documentation");
    WRONG(time->flags = 1u << 3,
          "a field has flags that this host does not know; it needs a newer goalmill");
    WRONG(time->type = GM_T_DURATION, "a field has the type 6, which no column has");
    WRONG(time->type = 0, "a field has the type 0, which no column has");
    SOUND(time->flags = 7);
}

static void test_outputs(void **state)
{
    (void)state;
    gm_output *n = &s.output[SAMPLE_COUNT], *family = &s.output[SAMPLE_BY_LABEL];
    static const char size[] = "an output's struct is too short for ABI 1.0";
    WRONG(n->struct_size--, size);
    WRONG(s.outputs[0] = NULL, size);
    WRONG(n->name = NULL, "an output's name is no [a-z][a-z0-9_]*");
    WRONG(n->name = "a b", "an output's name is no [a-z][a-z0-9_]*");
    WRONG(n->name = "share", "has two outputs 'share'");
    WRONG(n->doc = "", "output 'n' has no documentation");
    WRONG(n->doc = NULL, "output 'n' has no documentation");
    WRONG(n->unit = NULL, "output 'n' has no unit (\"\" when unknown)");
    WRONG(n->unit = "\xff", "output 'n' has no unit (\"\" when unknown)");
    WRONG(n->type = GM_T_STR, "output 'n' has the type 4, expected BOOL, I64 or F64");
    WRONG(n->direction = 4, "output 'n' has an unknown direction");
    WRONG(n->flags = 2, "output 'n' has unknown flags; it needs a newer goalmill");
    WRONG(n->flags = GM_O_FAMILY, "output 'n' is a family without a label");
    WRONG(family->label = NULL, "output 'quantile' is a family without a label");
    WRONG(family->label = "A", "output 'quantile' is a family without a label");
    WRONG(family->label2 = "", "output 'quantile': its second label is no [a-z][a-z0-9_]*");
    WRONG(family->label_param = "nothing",
          "output 'quantile': label_param 'nothing' is no LIST parameter");
    WRONG(family->label_param = "top", "output 'quantile': label_param 'top' is no LIST parameter");
    WRONG(n->unit_from = "nothing", "output 'n': unit_from 'nothing' is no parameter");
    static const char per[] =
        "output 'n': unit_per 'field' is no parameter, or unit_from is missing";
    WRONG(n->unit_per = "field", per);
    WRONG(n->unit_from = "field";
          n->unit_per = "nothing",
          "output 'n': unit_per 'nothing' is no parameter, or unit_from is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_and_id), cmocka_unit_test(test_head),
        cmocka_unit_test(test_counts),      cmocka_unit_test(test_params),
        cmocka_unit_test(test_values),      cmocka_unit_test(test_fields),
        cmocka_unit_test(test_outputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

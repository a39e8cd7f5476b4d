/* SPDX-License-Identifier: Apache-2.0
 * test_rule.c - what a rule file declares, every mistake in it with its line, and the declaration
 * as bytes, also damaged ones. */
#include "score/score_fixture.h"

static gm_status describe(rule_info *out, const char *source, arena *memory, gm_error *err)
{
    memset(err, 0, sizeof *err);
    return rule_declaration_read(out, "rules/x.lua", "/etc/rules/x.lua", source, strlen(source),
                                 memory, err);
}

static void test_declaration(void **state)
{
    (void)state;
    static const char source[] =
        "return rule {\n"
        "  doc = { zh = '\u4e00', en = 'One', de = 'Eins' },\n"
        "  inputs = { zebra = 'z', value = { doc = { fr = 'f', de = 'd' } },\n"
        "             ape = { doc = 'a', optional = true } },\n"
        "  params = {\n"
        "    n = { 5, min = 1, max = 10, doc = 'how many' }, text = { 'a', one_of = { 'a', 'b' } "
        "},\n"
        "    on = { true }, list = { { 1, 2.5 }, min = 0 }, must = { required = 'numbers', max = 9 "
        "},\n"
        "    word = { required = 'text', one_of = { 'x' } }, one = { required = 'number' } },\n"
        "  needs = { 'target', 'baseline' },\n"
        "  score = function(ctx) error('never called') end }";
    arena memory;
    rule_info r;
    gm_error err;
    arena_init(&memory, 0);
    if (describe(&r, source, &memory, &err) != GM_OK)
        fail_msg("%u: %s", err.line, err.message);
    assert_string_equal(r.name, "rules/x.lua");
    assert_string_equal(r.doc, "One");
    assert_true(r.needs_target && r.needs_baseline);
    assert_int_equal(r.n_inputs, 3);
    assert_string_equal(r.inputs[0].name, "value");
    assert_string_equal(r.inputs[0].doc, "d");
    assert_false(r.inputs[0].optional);
    assert_string_equal(r.inputs[1].name, "ape");
    assert_true(r.inputs[1].optional);
    assert_string_equal(r.inputs[2].name, "zebra");
    assert_string_equal(r.inputs[2].doc, "z");
    assert_int_equal(r.n_params, 7);
    static const struct {
        const char *name;
        rule_param_type type;
        bool required;
    } params[] = {{"list", RULE_NUMBERS, false}, {"must", RULE_NUMBERS, true},
                  {"n", RULE_NUMBER, false},     {"on", RULE_BOOL, false},
                  {"one", RULE_NUMBER, true},    {"text", RULE_TEXT, false},
                  {"word", RULE_TEXT, true}};
    for (uint32_t i = 0; i < r.n_params; i++) {
        assert_string_equal(r.params[i].name, params[i].name);
        assert_int_equal(r.params[i].type, params[i].type);
        assert_int_equal(r.params[i].required, params[i].required);
    }
    assert_int_equal(r.params[0].n_numbers, 2);
    fixture_assert_near(r.params[0].numbers[1], 2.5, 0);
    fixture_assert_near(r.params[0].min, 0, 0);
    assert_true(isnan(r.params[0].max));
    fixture_assert_near(r.params[1].max, 9, 0);
    fixture_assert_near(r.params[2].number, 5, 0);
    assert_string_equal(r.params[2].doc, "how many");
    assert_true(r.params[3].flag);
    assert_string_equal(r.params[5].text, "a");
    assert_int_equal(r.params[5].n_one_of, 2);
    assert_string_equal(r.params[5].one_of[1], "b");
    assert_null(r.params[6].text);
    arena_deinit(&memory);
}

typedef struct mistake {
    const char *source;
    uint32_t line;
    const char *message;
} mistake;

#define RULE(more) "return rule {\n  inputs = { value = 'v' },\n" more "  score = function() end\n}"

static const mistake mistakes[] = {
    {"", 0, "the file must return rule { … }, not nothing"},
    {"return 5", 0, "the file must return rule { … }, not number"},
    {"return rule", 0, "the file must return rule { … }, not function"},
    {"return rule 'x'", 1, "bad argument #1 to 'rule' (a table is needed: rule { … })"},
    {"local x = { 1\n", 2, "'}' expected (to close '{' at line 1) near <eof>"},
    {"\n\nlocal a = nope", 3,
     "unknown name 'nope'; a rule has no clock, no files and no libraries"},
    {"\nwhile true do end", 2, "used more than 5,000,000 steps"},
    {RULE("  parms = {},\n"), 3, "a rule has no 'parms' (did you mean 'params'?)"},
    {RULE("  -- kind = 1\n\n  kind = 1,\n"), 5, "a rule has no 'kind'"},
    {RULE("  [1] = 1,\n"), 1, "a rule has something that is not NAME = …"},
    {RULE("  doc = 5,\n"), 3, "the rule's doc is a number, not a text"},
    {RULE("  doc = {},\n"), 3, "the rule's doc: the table of texts is empty"},
    {RULE("  doc = { 'x' },\n"), 3,
     "the rule's doc: a table of texts has languages as keys: { en = \"…\" }"},
    {RULE("  doc = '\\xff',\n"), 3, "the rule's doc is not valid UTF-8 text"},
    {RULE("  doc = 'a\\0b',\n"), 3, "the rule's doc is not valid UTF-8 text"},
    {RULE("  needs = 'target',\n"), 3, "needs must be a list: needs = { \"target\" }"},
    {RULE("  needs = { 'goal' },\n"), 3, "needs may name \"target\", \"baseline\" and \"baseline_unless_up\" only"},
    {RULE("  params = 1,\n"), 3,
     "params must be a table: params = { name = { default, doc = … } }"},
    {RULE("  params = {\n    a = 5 },\n"), 4,
     "param 'a' is a number; write a = { default, doc = \"what it does\" }"},
    {RULE("  params = {\n    a = { 5, dok = 'x' } },\n"), 4,
     "param 'a' has no 'dok' (did you mean 'doc'?)"},
    {RULE("  params = {\n    a = { 5 },\n    b = {} },\n"), 5,
     "param 'b' needs a default, or required = \"number\""},
    {RULE("  params = { a = { 5, required = 'number' } },\n"), 3,
     "param 'a' needs a default, or required = \"number\", but not both"},
    {RULE("  params = { a = { required = 'list' } },\n"), 3,
     "param 'a': required is \"number\", \"numbers\" or \"text\""},
    {RULE("  params = { a = { 5, min = 6 } },\n"), 3,
     "param 'a': the default is not between min and max"},
    {RULE("  params = { a = { { 1, 11 }, max = 10 } },\n"), 3,
     "param 'a': the default is not between min and max"},
    {RULE("  params = { a = { 5, min = 6, max = 1 } },\n"), 3, "param 'a': min is above max"},
    {RULE("  params = { a = { 'x', min = 6 } },\n"), 3, "param 'a': min is for numbers only"},
    {RULE("  params = { a = { 1/0 } },\n"), 3, "param 'a' is not a finite number"},
    {RULE("  params = { a = { 5, min = 'x' } },\n"), 3, "param 'a' is a string, not a number"},
    {RULE("  params = { a = { { 1, 'x' } } },\n"), 3, "param 'a' is a string, not a number"},
    {RULE("  params = { a = { 5, one_of = { 'x' } } },\n"), 3,
     "param 'a': one_of is a list of up to 64 texts, for a text"},
    {RULE("  params = { a = { 'y', one_of = { 'x' } } },\n"), 3,
     "param 'a': the default 'y' is not in one_of"},
    {RULE("  params = { a = { 'y', one_of = {} } },\n"), 3,
     "param 'a': one_of is a list of up to 64 texts, for a text"},
    {RULE("  params = { a = { function() end } },\n"), 3, "param 'a': the default is a function"},
    {RULE("  params = { A = { 5 } },\n"), 3,
     "params: a name is made of small letters, digits and _"},
    {RULE("  params = { { 5 } },\n"), 3, "params has something that is not NAME = …"},
    {"return rule {\n inputs = {},\n score = function() end }", 2, "a rule has at least one input"},
    {"return rule {\n score = function() end }", 1,
     "inputs must be a table: inputs = { value = \"what it is\" }"},
    {"return rule {\n inputs = {\n a = 5 },\n score = function() end }", 3,
     "input 'a' is a number; write a = \"what it is\" or a = { doc = \"what it is\" }"},
    {"return rule {\n inputs = {\n a = { kind = 'x' } },\n score = function() end }", 3,
     "input 'a' has no 'kind'"},
    {"return rule {\n inputs = { a = {\n optional = 1 } },\n score = function() end }", 2,
     "input 'a': optional is true or false, not a number"},
    {"return rule {\n inputs = { a = 'x' } }", 1, "a rule has score = function(ctx) … end"},
    {"return rule {\n inputs = { a = 'x' },\n score = 5 }", 3,
     "a rule has score = function(ctx) … end"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        arena memory;
        rule_info r;
        gm_error err;
        arena_init(&memory, 0);
        gm_status status = describe(&r, mistakes[i].source, &memory, &err);
        if (status != GM_E_RULE || err.line != mistakes[i].line ||
            strcmp(err.message, mistakes[i].message) != 0)
            fail_msg("%s\n    gives %d, %u: %s\n    not   %u: %s", mistakes[i].source, status,
                     err.line, err.message, mistakes[i].line, mistakes[i].message);
        assert_string_equal(err.path, "/etc/rules/x.lua");
        arena_deinit(&memory);
    }
}

/* n inputs, n params, n numbers of a param, n texts of one_of, a doc of m bytes: at and above
 * limits. */
static void test_limits(void **state)
{
    (void)state;
    static const char *const kinds[] = {"inputs", "params", "numbers", "one_of", "doc", "name"};
    static const int limits[] = {LIMIT_RULE_ITEMS, LIMIT_RULE_ITEMS,      LIMIT_RULE_ITEMS,
                                 LIMIT_RULE_ITEMS, LIMIT_RULE_TEXT_BYTES, LIMIT_NAME_BYTES};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (int above = 0; above <= 1; above++) {
            arena memory;
            bytes b;
            rule_info r;
            gm_error err;
            int n = limits[k] + above;
            arena_init(&memory, 0);
            bytes_init(&b, LIMIT_MIB(1));
            bool is_text = k >= 4, is_inputs = k == 0, is_params = k == 1;
            bytes_printf(&b, "local t = {} for i = 1, %d do ", is_text ? 0 : n);
            bytes_printf(&b, is_inputs || is_params ? "t['x' .. i] = %s" : "t[i] = %s",
                         is_inputs || k == 3 ? "'v'"
                         : is_params         ? "{ 1 }"
                                             : "i");
            bytes_printf(&b, " end return rule { inputs = %s, score = function() end, ",
                         is_inputs ? "t" : "{ value = 'v' }");
            if (is_params)
                bytes_printf(&b, "params = t }");
            else if (k == 2)
                bytes_printf(&b, "params = { a = { t } } }");
            else if (k == 3)
                bytes_printf(&b, "params = { a = { 'v', one_of = t } } }");
            else if (k == 4)
                bytes_printf(&b, "doc = ('x'):rep(%d) }", n);
            else if (k == 5)
                bytes_printf(&b, "params = { [('x'):rep(%d)] = { 1 } } }", n);
            else
                bytes_printf(&b, "}");
            bytes_u8(&b, 0);
            gm_status status = describe(&r, (const char *)b.data, &memory, &err);
            if ((status == GM_OK) != (above == 0))
                fail_msg("%s %d: %s", kinds[k], n, err.message);
            bytes_deinit(&b);
            arena_deinit(&memory);
        }
    }
}

static void test_files(void **state)
{
    (void)state;
    fixture f;
    gm_error err;
    rule_info r;
    fixture_init(&f);
    assert_int_equal(rule_describe(&r, "none", "/nowhere/none.lua", &f.memory, &err), GM_E_IO);
    static const char *const names[] = {"toward_target", "band"};
    for (size_t i = 0; i < 2; i++) {
        const char *path =
            arena_printf(&f.memory, GM_TEST_DATA "/../../scripts/rules/%s.lua", names[i]);
        if (rule_describe(&r, names[i], path, &f.memory, &err) != GM_OK)
            fail_msg("%s:%u: %s", err.path, err.line, err.message);
        assert_string_equal(r.path, path);
        assert_int_equal(strlen(r.hash), 32);
        assert_string_equal(r.inputs[0].name, "value");
        assert_int_equal(r.needs_target, i == 0);
        assert_false(r.needs_baseline);
    }
    const char *path = GM_TEST_DATA "/rules/share_of_voice.lua";
    if (rule_describe(&r, "share_of_voice.lua", path, &f.memory, &err) != GM_OK)
        fail_msg("%s:%u: %s", err.path, err.line, err.message);
    assert_string_equal(r.doc,
                        "Share of voice, capped when its tone falls or too much of it is paid");
    assert_int_equal(r.n_inputs, 3);
    fixture_assert_near(r.params[1].number, 0.30, 0);
    /* The largest file, and one byte more. */
    char large[] = "/tmp/goalmill_rule_XXXXXX";
    int fd = mkstemp(large);
    assert_true(fd >= 0);
    (void)close(fd);
    static const char begin[] = RULE("") "--";
    char *text = arena_push(&f.memory, LIMIT_RULE_SOURCE_BYTES + 1);
    memset(text, 'x', LIMIT_RULE_SOURCE_BYTES + 1);
    memcpy(text, begin, sizeof begin - 1);
    assert_int_equal(file_save(large, text, LIMIT_RULE_SOURCE_BYTES, &err), GM_OK);
    assert_int_equal(rule_describe(&r, "large", large, &f.memory, &err), GM_OK);
    assert_int_equal(file_save(large, text, LIMIT_RULE_SOURCE_BYTES + 1, &err), GM_OK);
    assert_int_equal(rule_describe(&r, "large", large, &f.memory, &err), GM_E_LIMIT);
    assert_int_equal(unlink(large), 0);
    fixture_deinit(&f);
}

static void save(const rule_info *r, bytes *out)
{
    bytes_init(out, LIMIT_MIB(4));
    rule_save(r, out);
    assert_false(out->failed);
}

static void test_bytes(void **state)
{
    (void)state;
    static const char source[] =
        "return rule { doc = 'D', inputs = { value = 'v', b = { doc = 'x', optional = true } },\n"
        "params = { a = { 1, min = 0 }, b = { 'x', one_of = { 'x', 'y' } }, c = { false },\n"
        "d = { { 1, 2 } }, e = { required = 'text' }, f = { '' } }, needs = { 'target' },\n"
        "score = function() end }";
    arena memory;
    rule_info r, again;
    gm_error err;
    bytes saved, saved_again;
    arena_init(&memory, 0);
    assert_int_equal(describe(&r, source, &memory, &err), GM_OK);
    r.path = "/p";
    r.hash = "0123456789abcdef0123456789abcdef";
    save(&r, &saved);
    bytes_reader in = bytes_read(saved.data, saved.len);
    assert_int_equal(rule_load(&again, &in, &memory, &err), GM_OK);
    assert_ptr_equal(in.p, in.end);
    save(&again, &saved_again);
    assert_int_equal(saved.len, saved_again.len);
    assert_memory_equal(saved.data, saved_again.data, saved.len);
    assert_string_equal(again.params[1].one_of[1], "y");
    assert_null(again.params[4].text);
    assert_string_equal(again.params[5].text, "");
    assert_true(isnan(again.params[0].max));
    for (size_t n = 0; n < saved.len; n++) { /* cut anywhere: damaged */
        in = bytes_read(saved.data, n);
        assert_int_equal(rule_load(&again, &in, &memory, &err), GM_E_DAMAGED);
    }
    for (size_t at = 0; at < saved.len; at++) { /* a changed byte is found, or gives another rule */
        static const uint8_t with[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
        for (size_t k = 0; k < sizeof with; k++) {
            uint8_t was = saved.data[at];
            saved.data[at] = with[k];
            in = bytes_read(saved.data, saved.len);
            if (rule_load(&again, &in, &memory, &err) == GM_OK)
                assert_true(again.n_inputs > 0 && again.n_inputs <= LIMIT_RULE_ITEMS);
            saved.data[at] = was;
        }
    }
    bytes_deinit(&saved);
    bytes_deinit(&saved_again);
    arena_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_declaration), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_files),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

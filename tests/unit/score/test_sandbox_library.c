/* SPDX-License-Identifier: Apache-2.0
 * test_sandbox_library.c - what rules may call, and that nothing depends on addresses, hashes or
 * the process's locale. Expected results follow the Lua 5.4 reference manual where a function is
 * Lua's. */
#include <locale.h>

#include "score/sandbox.h"
#include "score/sandbox_library.h"
#include "score/score_fixture.h"

typedef struct chunk {
    const char *source;
    char result[256];
} chunk;

static int open_body(lua_State *L)
{
    sandbox_library_open(L);
    return 0;
}

static int chunk_body(lua_State *L)
{
    chunk *c = lua_touserdata(L, 1);
    sandbox_library_globals(L);
    sandbox_load(L, "chunk.lua", c->source, strlen(c->source));
    lua_call(L, 0, 1);
    (void)snprintf(c->result, sizeof c->result, "%s", sandbox_library_tostring(L, -1, NULL));
    return 0;
}

static void expect(const char *source, const char *expected)
{
    chunk c = {.source = source};
    sandbox *sb = sandbox_new(LIMIT_RULE_FUEL, NULL);
    assert_int_equal(sandbox_call(sb, open_body, NULL), SANDBOX_RETURNED);
    sandbox_arm(sb);
    const char *is = c.result;
    if (sandbox_call(sb, chunk_body, &c) != SANDBOX_RETURNED)
        is = sandbox_get_fault(sb)->message;
    if (strcmp(is, expected) != 0)
        fail_msg("%s\n    gives %s\n    not   %s", source, is, expected);
    sandbox_free(sb);
}

typedef struct expectation {
    const char *source, *expected;
} expectation;

static void expect_all(const expectation *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect(cases[i].source, cases[i].expected);
}

static void test_base(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return tostring(nil)", "nil"},
        {"return tostring(1)", "1"},
        {"return tostring(1.0)", "1"},
        {"return tostring(0.1 + 0.2)", "0.30000000000000004"},
        {"return tostring(1/0) .. tostring(-1/0) .. tostring(0/0)", "inf-infnan"},
        {"return tostring({}) .. tostring(print == nil)",
         "unknown name 'print'; a rule has no clock, "
         "no files and no libraries"},
        {"return tostring({}) .. tostring(type) .. tostring(true)", "tablefunctiontrue"},
        {"return type(nil) .. type({}) .. type(type) .. type('')", "niltablefunctionstring"},
        {"return tonumber('0x10') + tonumber('  12  ') + tonumber('1.5')", "29.5"},
        {"return tonumber('1,5')", "nil"},
        {"return tonumber('')", "nil"},
        {"return tonumber('1e')", "nil"},
        {"return tonumber({})", "nil"},
        {"return tonumber('ff', 16) + tonumber('-11', 2) + tonumber('Zz', 36)", "1547"},
        {"return tonumber('12', 2)", "nil"},
        {"return tonumber('9223372036854775807', 10) == math.maxinteger", "true"},
        {"return tonumber('9223372036854775808', 10)", "nil"},
        {"return select('#', 1, nil, 3)", "3"},
        {"return select(2, 'a', 'b', 'c')", "b"},
        {"return select(-1, 'a', 'b', 'c')", "c"},
        {"return select(0)", "bad argument #1 to 'select' (index out of range)"},
        {"local ok, e = pcall(error, 'x') return tostring(ok) .. e", "falsex"},
        {"local ok, e = pcall(error, { 7 }) return e[1]", "7"},
        {"local ok, a, b = pcall(function() return 1, 2 end) return a + b", "3"},
        {"error('x', 2)", "x"},
        {"assert(false)", "assertion failed"},
        {"assert(nil, 'why')", "why"},
        {"return assert(5, 'why')", "5"},
        {"local s = 0 for i, v in ipairs({ 1, 2, nil, 4 }) do s = s + v end return s", "3"},
        {"x = 1", "'x' would be global: write 'local x'"},
        {"function f() end", "'f' would be global: write 'local function f'"},
        {"return strin", "unknown name 'strin' (did you mean 'string'?)"},
        {"return os.time()", "unknown name 'os'; a rule has no clock, no files and no libraries"},
        {"return _G", "unknown name '_G'; a rule has no clock, no files and no libraries"},
        {"return math.random()",
         "there is no math.random (has: abs, acos, asin, atan, ceil, cos, deg, "
         "exp, floor, fmod, huge, log, max, maxinteger, min, mininteger, "
         "modf, pi, rad, sin, sqrt, tan, tointeger, type, ult)"},
        {"return math.flor(1)",
         "there is no math.flor (did you mean 'floor'? has: abs, acos, asin, "
         "atan, ceil, cos, deg, exp, floor, fmod, huge, log, max, maxinteger, "
         "min, mininteger, modf, pi, rad, sin, sqrt, tan, tointeger, type, "
         "ult)"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

static void test_absent(void **state)
{
    (void)state;
    static const char *const names[] = {"_G",      "collectgarbage", "coroutine",    "debug",
                                        "dofile",  "getmetatable",   "setmetatable", "io",
                                        "load",    "loadfile",       "next",         "os",
                                        "package", "print",          "rawequal",     "rawget",
                                        "rawlen",  "rawset",         "require",      "warn",
                                        "xpcall",  "_VERSION",       "loadstring",   "use",
                                        "text"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char source[128];
        (void)snprintf(source, sizeof source,
                       "local ok = pcall(function() return %s end) return ok", names[i]);
        expect(source, "false");
    }
    static const char *const fields[] = {
        "string.dump", "string.find",     "string.gmatch", "string.gsub", "string.match",
        "string.pack", "string.packsize", "string.unpack", "math.random", "math.randomseed",
        "table.move",  "table.pack",      "utf8.codes",    "utf8.offset", "utf8.charpattern"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char source[128];
        (void)snprintf(source, sizeof source,
                       "local ok = pcall(function() return %s end) return ok", fields[i]);
        expect(source, "false");
    }
}

static void test_string(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return ('abc'):upper():lower():reverse():sub(2)", "ba"},
        {"return ('abc'):len() + #'de' + ('a'):byte()", "102"},
        {"return string.char(72, 105)", "Hi"},
        {"return ('ab'):rep(3, '-')", "ab-ab-ab"},
        {"return ('ab'):rep(0) .. ('ab'):rep(-5)", ""},
        {"return #('x'):rep(65536)", "65536"},
        {"return ('x'):rep(65537)", "string.rep would make a text longer than 64 KiB"},
        {"return #('x'):rep(32769, ',')", "string.rep would make a text longer than 64 KiB"},
        {"return #('x'):rep(32768, ',')", "65535"},
        {"return string.format('%5.2f|%d|%s|%s|%%|%x', 3.14159, 42, nil, {}, 255)",
         " 3.14|42|nil|table|%|ff"},
        {"return string.format('%s', 412.0)", "412"},
        {"return ('%s'):format('x')", "x"},
        {"return string.format('%p', {})", "string.format: there is no '%p' in rules"},
        {"return string.format('%q', 1)", "string.format: there is no '%q' in rules"},
        {"return string.format('%d', 'x')",
         "bad argument #2 to 'format' (number expected, got string)"},
        {"return string.format('%s')", "bad argument #2 to 'format' (value expected)"},
        {"return string.format('%')", "bad argument #2 to 'format' (no value)"},
        {"return '10' + 1", "attempt to perform arithmetic on a string value (constant '10')"},
        {"return ('x'):find('x')",
         "there is no string.find (has: byte, char, format, len, lower, rep, "
         "reverse, sub, upper)"},
        {"return utf8.len('äö') + utf8.codepoint('€')", "8366"},
        {"return utf8.char(0x20AC)", "€"},
        {"return math.max(1, 5, 3) + math.floor(2.7) + math.abs(-1)", "8"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

static void test_table(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"return table.concat({ 1, 'a', 2.5, 3.0 }, ', ')", "1, a, 2.5, 3"},
        {"return table.concat({ 'a', 'b', 'c' }, '', 2, 3)", "bc"},
        {"return table.concat({}) .. table.concat({ 1 }, 'x', 2, 1)", ""},
        {"return table.concat({ 1, {} })",
         "table.concat: element 2 is a table, not a text or a number"},
        {"return table.concat({ 'x' }, ',', math.maxinteger, math.maxinteger)",
         "table.concat: element 9223372036854775807 is a nil, not a text or a number"},
        {"local s, t = ('x'):rep(32768), {} t[1], t[2] = s, s return #table.concat(t)", "65536"},
        {"local s, t = ('x'):rep(32768), {} t[1], t[2] = s, s return table.concat(t, ',')",
         "table.concat would make a text longer than 64 KiB"},
        {"local t = { 1, 3 } table.insert(t, 2, 2) table.insert(t, 4) return table.concat(t)",
         "1234"},
        {"table.insert({}, 3, 1)", "bad argument #2 to 'insert' (position out of bounds)"},
        {"table.insert({}, 1, 1, 1)",
         "table.insert takes a table, a position or none, and a value"},
        {"local t = { 1, 2, 3 } local r = table.remove(t, 1) return r .. table.concat(t)", "123"},
        {"local t = { 1, 2, 3 } return table.remove(t) .. #t", "32"},
        {"return table.remove({})", "nil"},
        {"table.remove({ 1 }, 7)", "bad argument #2 to 'remove' (position out of bounds)"},
        {"local a, b, c = table.unpack({ 1, 2 }) return tostring(a + b) .. tostring(c)", "3nil"},
        {"local t = {} for i = 1, 10000 do t[i] = i end return select('#', table.unpack(t))",
         "10000"},
        {"table.unpack({}, 1, 10001)", "table.unpack: more than 10000 values"},
        {"table.unpack({}, math.mininteger, math.maxinteger)",
         "table.unpack: more than 10000 values"},
        {"local t = { 3, 1, 2 } table.sort(t) return table.concat(t)", "123"},
        {"local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return "
         "table.concat(t)",
         "321"},
        {"table.sort({ 1, 'x' })", "attempt to compare string with number"},
        {"table.sort({ 1, 2 }, 7)", "bad argument #2 to 'sort' (function expected, got number)"},
        {"local t = {} table.sort(t) return #t", "0"},
        /* Stable: of equal keys the order stays. */
        {"local t = {} for i = 1, 100 do t[i] = { i % 3, i } end "
         "table.sort(t, function(a, b) return a[1] < b[1] end) "
         "for i = 2, 100 do if t[i][1] == t[i - 1][1] then assert(t[i][2] > t[i - 1][2]) end end "
         "return t[1][2] .. t[34][2] .. t[68][2]",
         "312"},
        /* pairs in the order of keys: numbers, texts bytewise, booleans. */
        {"local s = '' for k, v in pairs({ b = 1, a = 2, [3] = 3, [-1] = 4, [1.5] = 5, [true] = 6, "
         "[false] = 7, B = 8, [''] = 9, aa = 10, [math.huge] = 11, [-math.huge] = 12 }) do "
         "s = s .. tostring(k) .. '=' .. v .. ' ' end return s",
         "-inf=12 -1=4 1.5=5 3=3 inf=11 =9 B=8 a=2 aa=10 b=1 false=7 true=6 "},
        {"local s = '' for k in pairs({ [9007199254740993] = 1, [9007199254740992] = 1, [0.5] = 1, "
         "[math.maxinteger] = 1, [math.mininteger] = 1, [1e300] = 1 }) do s = s .. ' ' .. "
         "tostring(k) "
         "end return s",
         " -9223372036854775808 0.5 9007199254740992 9007199254740993 9223372036854775807 1e+300"},
        /* Removed while going through: not seen. Added: not seen. */
        {"local t, s = { a = 1, b = 2, c = 3 }, '' for k in pairs(t) do s = s .. k t.b = nil t.d = "
         "4 end "
         "return s",
         "ac"},
        {"for k in pairs({ [{}] = 1 }) do end", "pairs: a key that is a table has no fixed order"},
        {"for k in pairs('x') do end", "bad argument #1 to 'pairs' (table expected, got string)"},
        {"for k in pairs({}) do error('x') end return 1", "1"},
    };
    expect_all(cases, sizeof cases / sizeof *cases);
}

/* Hash order, addresses and the locale of the process show nowhere. de_DE writes 0,5 and sorts a
 * before B; without that locale only the rest is tested. */
static void test_same_each_time(void **state)
{
    (void)state;
    static const char source[] =
        "local t, out = {}, {} "
        "for i = 1, 50 do t['key' .. (i * 7919) % 101] = i / 8 end "
        "for k, v in pairs(t) do out[#out + 1] = k .. v end "
        "local w = { 'b', 'B', 'a', 'ä', 'Z', 'z' } table.sort(w) "
        "return table.concat(out):sub(1, 100) .. table.concat(w) .. string.format('%.2f', 0.5) .. "
        "tostring(0.5) .. (0.25 .. '') .. tostring(tonumber('0.75')) .. ('ÄI'):lower() .. "
        "tostring('a' < 'B')";
    chunk first = {.source = source};
    for (int i = 0; i < 30; i++) {
        if (i == 15 && setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
            print_message("no locale de_DE.UTF-8 here: tested without it\n");
        chunk c = {.source = source};
        sandbox *sb = sandbox_new(LIMIT_RULE_FUEL, NULL);
        void *p = malloc((size_t)i * 1000 + 1);
        assert_int_equal(sandbox_call(sb, open_body, NULL), SANDBOX_RETURNED);
        sandbox_arm(sb);
        assert_int_equal(sandbox_call(sb, chunk_body, &c), SANDBOX_RETURNED);
        if (i == 0)
            first = c;
        assert_string_equal(c.result, first.result);
        sandbox_free(sb);
        free(p);
    }
    assert_non_null(strstr(first.result, "BZabz"));
    assert_non_null(strstr(first.result, "0.500.50.250.75"));
    (void)setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base),           cmocka_unit_test(test_absent),
        cmocka_unit_test(test_string),         cmocka_unit_test(test_table),
        cmocka_unit_test(test_same_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

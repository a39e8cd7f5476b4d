/* SPDX-License-Identifier: Apache-2.0
 * test_json_writer.c - commas, breaks, escapes and numbers. Expected texts follow RFC 8259; the
 * pretty form is that of JSON.stringify(v, null, 2). */
#include "base/death_fixture.h"

#include <math.h>

#include "base/bytes.h"
#include "base/json_writer.h"

static void write_sample(json_writer *w)
{
    json_object_begin(w);
    json_pair_str(w, "a", "x");
    json_pair_i64(w, "b", -1);
    json_key(w, "c");
    json_array_begin(w);
    json_i64(w, 1);
    json_array_begin(w);
    json_array_end(w);
    json_object_begin(w);
    json_object_end(w);
    json_null(w);
    json_array_end(w);
    json_key(w, "d");
    json_inline_array_begin(w);
    json_bool(w, true);
    json_object_begin(w); /* within an inline level all is inline */
    json_pair_bool(w, "e", false);
    json_pair_u64(w, "f", 2);
    json_object_end(w);
    json_array_end(w);
    json_key(w, "g");
    json_inline_object_begin(w);
    json_object_end(w);
    json_object_end(w);
}

static void test_layout(void **state)
{
    (void)state;
    static const struct {
        bool pretty;
        const char *text;
    } cases[] = {
        {false, "{\"a\":\"x\",\"b\":-1,\"c\":[1,[],{},null],\"d\":[true,{\"e\":false,\"f\":2}],"
                "\"g\":{}}\n"},
        {true, "{\n"
               "  \"a\": \"x\",\n"
               "  \"b\": -1,\n"
               "  \"c\": [\n"
               "    1,\n"
               "    [],\n"
               "    {},\n"
               "    null\n"
               "  ],\n"
               "  \"d\": [true, {\"e\": false, \"f\": 2}],\n"
               "  \"g\": {}\n"
               "}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes out;
        json_writer w;
        bytes_init(&out, 4096);
        json_init(&w, &out, cases[i].pretty);
        write_sample(&w);
        json_finish(&w);
        bytes_u8(&out, 0);
        assert_string_equal((const char *)out.data, cases[i].text);
        bytes_deinit(&out);
    }
}

/* What one call writes as an element of an array, without the brackets. */
static void expect(void (*put)(json_writer *, const void *), const void *what, const char *text)
{
    bytes out;
    json_writer w;
    bytes_init(&out, 4096);
    json_init(&w, &out, false);
    json_array_begin(&w);
    put(&w, what);
    json_array_end(&w);
    bytes_u8(&out, 0);
    char want[256];
    (void)snprintf(want, sizeof want, "[%s]", text);
    assert_string_equal((const char *)out.data, want);
    bytes_deinit(&out);
}

static void put_f64(json_writer *w, const void *v)
{
    json_f64(w, *(const double *)v);
}

static void put_rounded(json_writer *w, const void *v)
{
    json_rounded(w, *(const double *)v);
}

static void put_i64(json_writer *w, const void *v)
{
    json_i64(w, *(const int64_t *)v);
}

static void put_u64(json_writer *w, const void *v)
{
    json_u64(w, *(const uint64_t *)v);
}

static void put_str(json_writer *w, const void *v)
{
    json_str(w, v);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *shortest, *rounded;
    } reals[] = {
        {0, "0", "0"},
        {0.1, "0.1", "0.1"},
        {0.1 + 0.2, "0.30000000000000004", "0.3"},
        {-2.5, "-2.5", "-2.5"},
        {1.0 / 3, "0.3333333333333333", "0.333333333333"},
        {5e-324, "5e-324", "5e-324"},
        {(double)NAN, "null", "null"},
        {(double)INFINITY, "null", "null"},
        {-(double)INFINITY, "null", "null"},
    };
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
        expect(put_f64, &reals[i].v, reals[i].shortest);
        expect(put_rounded, &reals[i].v, reals[i].rounded);
    }
    const int64_t low = INT64_MIN, high = INT64_MAX;
    const uint64_t top = UINT64_MAX;
    expect(put_i64, &low, "-9223372036854775808");
    expect(put_i64, &high, "9223372036854775807");
    expect(put_u64, &top, "18446744073709551615");
}

static void test_strings(void **state)
{
    (void)state;
    static const struct {
        const char *s, *text;
    } cases[] = {
        {NULL, "null"},
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"a\\b", "\"a\\\\b\""},
        {"\"", "\"\\\"\""},
        {"line\nbreak\ttab\rret", "\"line\\nbreak\\ttab\\u000dret\""},
        {"\x01\x1f\x7f ", "\"\\u0001\\u001f\x7f \""},
        {"\xe5\xb9\xbf\xe5\xb7\x9e \xf0\x9f\x98\x80", "\"\xe5\xb9\xbf\xe5\xb7\x9e "
                                                      "\xf0\x9f\x98\x80\""},
        {"</script>", "\"</script>\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(put_str, cases[i].s, cases[i].text);
}

/* With a length a text may hold NUL; an empty one may have no memory behind it. */
static void test_counted_strings(void **state)
{
    (void)state;
    bytes out;
    json_writer w;
    bytes_init(&out, 4096);
    json_init(&w, &out, false);
    json_object_begin(&w);
    json_key_n(&w, "k\0x", 3);
    json_str_n(&w, "a\0b", 3);
    json_key_n(&w, NULL, 0);
    json_str_n(&w, NULL, 0);
    json_pair_f64(&w, "n\"", 1.5);
    json_pair_rounded(&w, "r", 2.0 / 3);
    json_object_end(&w);
    bytes_u8(&out, 0);
    assert_string_equal((const char *)out.data, "{\"k\\u0000x\":\"a\\u0000b\",\"\":\"\","
                                                "\"n\\\"\":1.5,\"r\":0.666666666667}");
    bytes_deinit(&out);
}

/* A single value needs no array around it. */
static void test_top_level(void **state)
{
    (void)state;
    bytes out;
    json_writer w;
    bytes_init(&out, 100);
    json_init(&w, &out, true);
    json_str(&w, "x");
    json_finish(&w);
    assert_int_equal(out.len, 4);
    assert_memory_equal(out.data, "\"x\"\n", 4);
    bytes_deinit(&out);
}

static void nest(json_writer *w, uint32_t depth)
{
    for (uint32_t i = 0; i < depth; i++)
        json_array_begin(w);
    for (uint32_t i = 0; i < depth; i++)
        json_array_end(w);
}

typedef struct misuse {
    int kind;
    json_writer writer;
} misuse;

enum { TOO_DEEP, NOT_CLOSED, CLOSED_TWICE, KEY_AFTER_KEY, KEY_WITHOUT_VALUE };

static void do_misuse(void *context)
{
    misuse *m = context;
    json_writer *w = &m->writer;
    switch (m->kind) {
    case TOO_DEEP:
        nest(w, JSON_WRITER_DEPTH_MAX);
        break;
    case NOT_CLOSED:
        json_array_begin(w);
        json_finish(w);
        break;
    case CLOSED_TWICE:
        json_object_begin(w);
        json_object_end(w);
        json_object_end(w);
        break;
    case KEY_AFTER_KEY:
        json_object_begin(w);
        json_key(w, "a");
        json_key(w, "b");
        break;
    default:
        json_object_begin(w);
        json_key(w, "a");
        json_object_end(w);
        break;
    }
}

static void test_misuse(void **state)
{
    (void)state;
    static const char *const conds[] = {
        [TOO_DEEP] = "w->depth < JSON_WRITER_DEPTH_MAX",
        [NOT_CLOSED] = "w->depth == 0",
        [CLOSED_TWICE] = "w->depth > 0",
        [KEY_AFTER_KEY] = "!w->after_key",
        [KEY_WITHOUT_VALUE] = "!w->after_key",
    };
    for (int kind = TOO_DEEP; kind <= KEY_WITHOUT_VALUE; kind++) {
        bytes out;
        bytes_init(&out, 4096);
        misuse m = {.kind = kind};
        json_init(&m.writer, &out, false);
        assert_dies_of(do_misuse, &m, conds[kind]);
        bytes_deinit(&out);
    }
    bytes out;
    bytes_init(&out, 4096);
    json_writer w;
    json_init(&w, &out, false);
    nest(&w, JSON_WRITER_DEPTH_MAX - 1); /* the deepest that there may be */
    json_finish(&w);
    assert_int_equal(out.len, 2 * (JSON_WRITER_DEPTH_MAX - 1) + 1);
    bytes_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),    cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_strings),   cmocka_unit_test(test_counted_strings),
        cmocka_unit_test(test_top_level), cmocka_unit_test(test_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

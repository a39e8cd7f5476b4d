/* SPDX-License-Identifier: Apache-2.0
 * test_ndjson.c - lines against a trie: values, duplicates, depth, and the whole grammar by
 * JSONTestSuite (tests/data/json_test_suite) and by comparison with json_reference.h. */
#include "event/ndjson.h"

#include <dirent.h>
#include <stdbool.h>

#include "base/limits.h"
#include "event/json_reference.h"
#include "event/line_fixture.h"
#include "input/log_fixture.h"

enum { SLOTS = 8 };

typedef struct fixture {
    arena run_arena;
    path_trie trie;
    uint32_t slots[SLOTS]; /* by path */
    ndjson_parser *parser;
} fixture;

static const char *const paths[SLOTS] = {
    "type", "actor", "actor.id", "actor.name", "a long key beyond eight", "a.b.c", "\"\"", "v"};

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    uint32_t nodes[SLOTS];
    arena_init(&f->run_arena, 0);
    path_trie_init(&f->trie);
    for (int i = 0; i < SLOTS; i++) {
        char quoted[64];
        (void)snprintf(quoted, sizeof quoted, strchr(paths[i], ' ') == NULL ? "%s" : "\"%s\"",
                       paths[i]);
        config_text text = {.text = arena_strdup(&f->run_arena, quoted), .path = "test"};
        json_paths parsed;
        gm_error err;
        assert_int_equal(json_path_parse(&parsed, &text, &f->run_arena, &err), GM_OK);
        nodes[i] = path_trie_add(&f->trie, &parsed.items[0]);
    }
    path_trie_finish(&f->trie);
    for (int i = 0; i < SLOTS; i++)
        f->slots[i] = f->trie.nodes[nodes[i]].slot;
    f->parser = ndjson_new(&f->trie);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    ndjson_free(f->parser);
    path_trie_deinit(&f->trie);
    arena_deinit(&f->run_arena);
    free(f);
    return 0;
}

static log_outcome parse(fixture *f, const char *s, size_t n)
{
    char *line = line_new(s, n);
    const char *end;
    log_outcome outcome = ndjson_parse(f->parser, line, &end);
    assert_ptr_equal(end, (char *)memchr(line, '\n', n + 1));
    free(line);
    return outcome;
}

/* The slots as text: kind letter, and the text of strings and numbers. */
static void print(const fixture *f, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < SLOTS; i++) {
        const ndjson_value *v = &ndjson_values(f->parser)[f->slots[i]];
        bool has_text = v->kind == NDJSON_STRING || v->kind == NDJSON_NUMBER;
        int n = snprintf(out + used, size - used, "%s%c%.*s%s%s", i == 0 ? "" : ",",
                         "-0ft#so["[v->kind], has_text ? (int)v->len : 0, has_text ? v->text : "",
                         v->is_escaped ? "\\" : "", v->is_wide ? "w" : "");
        assert_true(n > 0 && (size_t)n < size - used);
        used += (size_t)n;
    }
}

static void test_values(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *line, *want; /* in the order of paths */
        uint64_t n_duplicates;
    } cases[] = {
        {"{}", "-,-,-,-,-,-,-,-", 0},
        {"{\"type\":\"order\"}", "sorder,-,-,-,-,-,-,-", 0},
        {" { \"type\" : \"order\" } \r", "sorder,-,-,-,-,-,-,-", 0},
        {"{\"type\":null,\"actor\":true,\"a\":{\"b\":false}}", "0,t,-,-,-,-,-,-", 0},
        {"{\"x\":1,\"type\":-1.5e3,\"typ\":2,\"types\":3}", "#-1.5e3,-,-,-,-,-,-,-", 0},
        {"{\"actor\":{\"id\":\"u1\",\"name\":\"n\"}}", "-,o,su1,sn,-,-,-,-", 0},
        {"{\"actor\":[{\"id\":1}],\"a\":[{\"b\":{\"c\":1}}]}", "-,[,-,-,-,-,-,-", 0},
        {"{\"id\":1,\"x\":{\"actor\":{\"id\":2}},\"b\":{\"c\":3}}", "-,-,-,-,-,-,-,-", 0},
        {"{\"a long key beyond eight\":1,\"a long key beyond nine!\":2}", "-,-,-,-,#1,-,-,-", 0},
        {"{\"a\":{\"b\":{\"c\":{\"d\":1}}}}", "-,-,-,-,-,o,-,-", 0},
        {"{\"\":\"empty key\"}", "-,-,-,-,-,-,sempty key,-", 0},
        {"{\"type\":\"\"}", "s,-,-,-,-,-,-,-", 0},
        /* strings: with their escapes, marked */
        {"{\"type\":\"a\\u0062\\\"\"}", "sa\\u0062\\\"\\,-,-,-,-,-,-,-", 0},
        {"{\"type\":\"\xc3\xa9\"}", "s\xc3\xa9w,-,-,-,-,-,-,-", 0},
        {"{\"type\":\"12345678\xc3\xa9\"}", "s12345678\xc3\xa9w,-,-,-,-,-,-,-", 0},
        {"{\"type\":\"1234567\",\"\xc3\xa9\":1}", "s1234567,-,-,-,-,-,-,-", 0},
        /* keys are compared without their escapes */
        {"{\"ty\\u0070e\":1,\"\\u0074\\u0079\\u0070\\u0065s\":2}", "#1,-,-,-,-,-,-,-", 0},
        {"{\"\\u0061ctor\":{\"\\u0069\\u0064\":7}}", "-,o,#7,-,-,-,-,-", 0},
        /* the last key wins, and takes away what the earlier one gave below it */
        {"{\"type\":1,\"type\":2}", "#2,-,-,-,-,-,-,-", 1},
        {"{\"type\":1,\"type\":null}", "0,-,-,-,-,-,-,-", 1},
        {"{\"type\":1,\"typ\\u0065\":2,\"type\":3}", "#3,-,-,-,-,-,-,-", 2},
        {"{\"actor\":{\"id\":1,\"name\":2},\"actor\":{\"id\":3}}", "-,o,#3,-,-,-,-,-", 1},
        {"{\"actor\":{\"id\":1},\"actor\":5}", "-,#5,-,-,-,-,-,-", 1},
        {"{\"a\":{\"b\":{\"c\":1}},\"a\":{\"b\":2}}", "-,-,-,-,-,-,-,-", 1},
        {"{\"a\":{\"b\":{\"c\":1},\"b\":{\"c\":2}}}", "-,-,-,-,-,#2,-,-", 1},
        {"{\"actor\":{\"id\":1,\"id\":2},\"actor\":{\"id\":3}}", "-,o,#3,-,-,-,-,-", 2},
        {"{\"x\":{\"type\":1},\"x\":{\"type\":1},\"y\":1,\"y\":1}", "-,-,-,-,-,-,-,-", 0},
        {"{\"v\":[1,[2,{}],{\"v\":1,\"v\":2}],\"type\":1}", "#1,-,-,-,-,-,-,[", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256];
        size_t n = strlen(cases[i].line);
        char *line = line_new(cases[i].line, n);
        const char *end;
        log_outcome outcome = ndjson_parse(f->parser, line, &end);
        if (outcome != LOG_ACCEPTED)
            fail_msg("%s: %s", cases[i].line, log_outcome_name(outcome));
        assert_ptr_equal(end, line + n);
        print(f, got, sizeof got);
        assert_string_equal(got, cases[i].want);
        assert_int_equal(ndjson_duplicates(f->parser), cases[i].n_duplicates);
        free(line);
    }
}

static void test_outcomes(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *line;
        size_t n;
        log_outcome want;
    } cases[] = {
        {"", 0, LOG_BLANK},
        {" \t\r", 3, LOG_BLANK},
        {"[1,2]", 5, LOG_NOT_OBJECT},
        {"\"x\"", 3, LOG_NOT_OBJECT},
        {"17", 2, LOG_NOT_OBJECT},
        {"null\r", 5, LOG_NOT_OBJECT},
        {"[1,2", 4, LOG_NOT_JSON},
        {"{\"a\":NaN}", 9, LOG_NOT_JSON},
        {"{\"a\":-Infinity}", 15, LOG_NOT_JSON},
        {"{\"a\":01}", 8, LOG_NOT_JSON},
        {"{\"a\":1}x", 8, LOG_NOT_JSON},
        {"{\"a\":1}\0", 8, LOG_NOT_JSON},
        {"{\"a\":\"\0\"}", 9, LOG_NOT_JSON},
        {"{\"a\":\"\\u00\"}", 12, LOG_NOT_JSON},
        {"{\"a\":\"\\", 7, LOG_NOT_JSON},
        {"{\"a\":\"\\u", 8, LOG_NOT_JSON},
        {"{\"a\":\"\\u123", 11, LOG_NOT_JSON},
        {"{\"a\":tru", 8, LOG_NOT_JSON},
        {"{'a':1}", 7, LOG_NOT_JSON},
        {"{\"a\":1,}", 8, LOG_NOT_JSON},
        {"\xef\xbb\xbf{}", 5,
         LOG_NOT_JSON}, /* a BOM is dropped before, at the start of a log only */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(log_outcome_name(parse(f, cases[i].line, cases[i].n)),
                            log_outcome_name(cases[i].want));
}

/* depth openings of one kind or both by turns, in a skipped or in a projected value. */
static log_outcome parse_depth(fixture *f, int depth, int kind, const char *key)
{
    char line[2000];
    size_t n = (size_t)snprintf(line, sizeof line, "{\"%s\":", key);
    for (int i = 1; i < depth; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, "%s",
                              (kind + i * (kind == 2)) % 2 == 0 ? "[" : "{\"v\":");
    line[n++] = '1';
    for (int i = depth - 1; i >= 1; i--)
        line[n++] = (kind + i * (kind == 2)) % 2 == 0 ? ']' : '}';
    line[n++] = '}';
    return parse(f, line, n);
}

static void test_depth(void **state)
{
    fixture *f = *state;
    for (int kind = 0; kind < 3; kind++)
        for (int projected = 0; projected < 2; projected++) {
            const char *key = projected ? "v" : "skipped";
            assert_int_equal(parse_depth(f, LIMIT_JSON_DEPTH - 1, kind, key), LOG_ACCEPTED);
            assert_int_equal(parse_depth(f, LIMIT_JSON_DEPTH, kind, key), LOG_ACCEPTED);
            assert_int_equal(parse_depth(f, LIMIT_JSON_DEPTH + 1, kind, key), LOG_TOO_DEEP);
        }
    assert_int_equal(parse_depth(f, 1, 0, "v"),
                     LOG_ACCEPTED); /* nothing of the last line is left */
}

typedef struct suite_file {
    char name[256];
    char *data;
    size_t n;
} suite_file;

static bool next_file(DIR *folder, suite_file *file)
{
    struct dirent *entry;
    do
        entry = readdir(folder);
    while (entry != NULL && entry->d_name[0] == '.');
    if (entry == NULL)
        return false;
    char path[512];
    (void)snprintf(file->name, sizeof file->name, "%s", entry->d_name);
    (void)snprintf(path, sizeof path, GM_TEST_DATA "/json_test_suite/test_parsing/%s",
                   entry->d_name);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    enum { MAX = 1 << 20 };
    file->data = malloc(MAX);
    assert_non_null(file->data);
    file->n = fread(file->data, 1, MAX, in);
    assert_true(file->n < MAX);
    assert_int_equal(fclose(in), 0);
    if (file->n != 0 && file->data[file->n - 1] == '\n')
        file->n--;
    return true;
}

static log_outcome parse_wrapped(fixture *f, const suite_file *file)
{
    char *wrapped = malloc(file->n + 16);
    assert_non_null(wrapped);
    memcpy(wrapped, "{\"v\": ", 6);
    memcpy(wrapped + 6, file->data, file->n);
    wrapped[6 + file->n] = '}';
    log_outcome outcome = parse(f, wrapped, file->n + 7);
    free(wrapped);
    return outcome;
}

/* y_ must be accepted, n_ must not, i_ may be either. Files with a line end inside are left out. */
static void test_json_test_suite(void **state)
{
    fixture *f = *state;
    DIR *folder = opendir(GM_TEST_DATA "/json_test_suite/test_parsing");
    assert_non_null(folder);
    suite_file file;
    int n_yes = 0, n_no = 0, n_either = 0;
    while (next_file(folder, &file)) {
        bool is_one_line = file.n == 0 || memchr(file.data, '\n', file.n) == NULL;
        log_outcome plain = parse(f, file.data, file.n);
        log_outcome wrapped = parse_wrapped(f, &file);
        bool is_bad = false;
        if (is_one_line && file.name[0] == 'y') {
            n_yes++;
            is_bad = wrapped != LOG_ACCEPTED || (plain != LOG_ACCEPTED && plain != LOG_NOT_OBJECT);
        } else if (is_one_line && file.name[0] == 'n') {
            n_no++;
            is_bad = wrapped == LOG_ACCEPTED || plain == LOG_ACCEPTED || plain == LOG_NOT_OBJECT;
        } else {
            n_either += file.name[0] == 'i';
        }
        if (is_bad)
            fail_msg("%s: %s, wrapped %s", file.name, log_outcome_name(plain),
                     log_outcome_name(wrapped));
        free(file.data);
    }
    assert_int_equal(closedir(folder), 0);
    /* Both sides count: a folder that is not found must not pass. */
    assert_int_equal(n_yes, 93);
    assert_int_equal(n_no, 185);
    assert_int_equal(n_either, 35);
}

static const char *const seeds[] = {
    "{\"type\":\"order\",\"actor\":{\"id\":\"u1\",\"name\":\"\\u00e9\"},\"v\":[1,2.5e-3,-0,true]}",
    "{\"a\":{\"b\":{\"c\":null}},\"\":\"\",\"v\":{\"x\":[[],{}]},\"t\":false}",
    "[{\"k\":\"\xe7\x94\xa8\\\\\\/\\b\"},1e5,\"\\ud83d\\ude00\",[ ] , { } ]",
    "{\"type\":1,\"type\":2,\"actor\":{\"id\":1},\"actor\":{}}",
};

/* Some bytes changed, dropped, doubled or taken from JSON's own letters: the parser and the
 * reference must always say the same. */
static void test_mutations_against_reference(void **state)
{
    fixture *f = *state;
    uint64_t seed = 42;
    int n_accepted = 0;
    static const char letters[] = "{}[]\":,\\0123456789.eE+-tfnu \t\r\x01\xff";
    for (int round = 0; round < 60000; round++) {
        char line[256];
        const char *from = seeds[log_fixture_random(&seed) % (sizeof seeds / sizeof *seeds)];
        size_t n = strlen(from);
        memcpy(line, from, n);
        for (uint64_t k = log_fixture_random(&seed) % 4; k != 0 && n > 1; k--) {
            size_t at = (size_t)(log_fixture_random(&seed) % n);
            switch (log_fixture_random(&seed) % 3) {
            case 0:
                line[at] = letters[log_fixture_random(&seed) % (sizeof letters - 1)];
                break;
            case 1:
                memmove(line + at, line + at + 1, n - at - 1);
                n--;
                break;
            default:
                memmove(line + at + 1, line + at, n - at);
                n++;
                break;
            }
        }
        int depth;
        bool is_valid = json_reference_is_valid(line, n, &depth);
        log_outcome outcome = parse(f, line, n);
        bool is_accepted = outcome == LOG_ACCEPTED || outcome == LOG_NOT_OBJECT;
        if (is_valid != is_accepted)
            fail_msg("'%.*s': %s", (int)n, line, log_outcome_name(outcome));
        n_accepted += is_accepted;
    }
    assert_true(n_accepted > 10000);
    assert_true(n_accepted < 50000);
}

/* Every byte string of up to three letters of JSON, alone and as a value. */
static void test_all_short_lines(void **state)
{
    fixture *f = *state;
    static const char letters[] = "{}[]\":,\\1-.e0 tr\x01\xc3";
    enum { N = sizeof letters - 1 };
    for (int i = 0; i < N * N * N * N; i++) {
        char line[16] = "{\"v\":";
        size_t n = 5;
        for (int k = i, d = 0; d < 4; k /= N, d++)
            line[n++] = letters[k % N];
        line[n] = '}';
        int depth;
        bool alone = json_reference_is_valid(line + 5, n - 5, &depth);
        bool wrapped = json_reference_is_valid(line, n + 1, &depth);
        log_outcome got = parse(f, line + 5, n - 5);
        assert_int_equal(alone, got == LOG_ACCEPTED || got == LOG_NOT_OBJECT);
        got = parse(f, line, n + 1);
        assert_int_equal(wrapped, got == LOG_ACCEPTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_outcomes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_test_suite, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mutations_against_reference, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_short_lines, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

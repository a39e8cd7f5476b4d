/* SPDX-License-Identifier: Apache-2.0
 * test_expression.c - what expressions give, row by row.
 *
 * First a table made by hand from the rules in expression.h. Then random expressions over random
 * events: while an expression is written, its result is worked out row by row from what the events
 * mean, in the plainest way and without the program's parser or columns; then it is compiled and
 * evaluated over the same events in all encodings. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "event/expression.h"

enum { FIELDS_N = 5, ROWS_MAX = 300, TEXT_MAX = 4096, STACK_MAX = 16, ROUNDS = 1500 };

static const char *const NAMES[FIELDS_N] = {"type", "city", "text", "value", "n"};
static const expression_fields FIELDS = {.names = NAMES, .n = FIELDS_N};

/* What an event may hold, and the number that it is. */
static const struct word {
    const char *text;
    uint32_t len;
    bool is_number;
    double number;
} WORDS[] = {
    {"", 0, false, 0},       {"post", 4, false, 0},         {"reply", 5, false, 0},
    {"po", 2, false, 0},     {"x\0post", 6, false, 0},      {"a b", 3, false, 0},
    {"\"q\\", 3, false, 0},  {"\xe5\xb7\xb2", 3, false, 0}, {"true", 4, false, 0},
    {"5", 1, true, 5},       {"5.0", 3, true, 5},           {"-3", 2, true, -3},
    {"0.22", 4, true, 0.22}, {"900", 3, true, 900},         {"1e3", 3, true, 1000},
    {"5 ", 2, false, 0},     {"postpost", 8, false, 0},     {"00", 2, true, 0},
};
enum { WORDS_N = sizeof WORDS / sizeof *WORDS, MISSING = -1 };

/* How expressions spell values, and what that means. */
static const struct literal {
    const char *spelling, *text; /* text NULL: a number */
    double number;
    const char *as_text; /* of a number, for contains */
} LITERALS[] = {
    {"post", "post", 0, NULL},
    {"\"post\"", "post", 0, NULL},
    {"\"\"", "", 0, NULL},
    {"po", "po", 0, NULL},
    {"\"a b\"", "a b", 0, NULL},
    {"\"\\\"q\\\\\"", "\"q\\", 0, NULL},
    {"\xe5\xb7\xb2", "\xe5\xb7\xb2", 0, NULL},
    {"true", "true", 0, NULL},
    {"\"5\"", "5", 0, NULL},
    {"\"5.0\"", "5.0", 0, NULL},
    {"ostp", "ostp", 0, NULL},
    {"5", NULL, 5, "5"},
    {"05.0", NULL, 5, "05.0"},
    {"-3", NULL, -3, "-3"},
    {"22%", NULL, 0.22, "22%"},
    {"15min", NULL, 900, "15min"},
    {"1KB", NULL, 1000, "1KB"},
    {"-0", NULL, 0, "-0"},
};
enum { LITERALS_N = sizeof LITERALS / sizeof *LITERALS, FIRST_NUMBER = 11 };

/* ---- chance ---- */

static uint64_t chance_state = 20261122;

static uint32_t below(uint32_t n) /* splitmix64 */
{
    uint64_t z = (chance_state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % n);
}

/* ---- events as columns ---- */

/* events[field][row]: a word, or MISSING. */
typedef struct events {
    uint32_t n;
    int words[FIELDS_N][ROWS_MAX];
} events;

/* A dictionary as a reader keeps it: it grows, until a new one begins under a new id. */
typedef struct dictionary {
    uint64_t id;
    uint32_t n;
    gm_str strings[WORDS_N];
    int words[WORDS_N];
} dictionary;

typedef struct column_memory {
    uint64_t validity[ROWS_MAX / 64 + 1];
    uint32_t codes[ROWS_MAX];
    gm_str texts[ROWS_MAX];
    double numbers[ROWS_MAX];
    uint8_t present[ROWS_MAX];
} column_memory;

static gm_str text_of(int word)
{
    return (gm_str){.ptr = WORDS[word].text, .len = WORDS[word].len};
}

static uint32_t code_of(dictionary *d, int word)
{
    for (uint32_t i = 0; i < d->n; i++)
        if (d->words[i] == word)
            return i;
    d->words[d->n] = word;
    d->strings[d->n] = text_of(word);
    return d->n++;
}

static bool column_value(const events *e, uint32_t field, schema_kind kind, uint32_t row)
{
    int word = e->words[field][row];
    return kind == SCHEMA_PRESENT ||
           (word != MISSING && (kind == SCHEMA_TEXT || WORDS[word].is_number));
}

/* Are all rows alike, so that CONST may be used? Null rows are, with any. */
static bool is_constant(const events *e, uint32_t field, schema_kind kind, int *word)
{
    *word = MISSING;
    for (uint32_t r = 0; r < e->n; r++) {
        int here = e->words[field][r];
        if (!column_value(e, field, kind, r))
            continue;
        if (kind == SCHEMA_PRESENT && r > 0 && (here == MISSING) != (*word == MISSING))
            return false;
        if (kind != SCHEMA_PRESENT && *word != MISSING && *word != here)
            return false;
        *word = here;
    }
    return true;
}

/* Null rows hold rubbish, as they may. */
static void fill_flat(column_memory *m, dictionary *d, const events *e, uint32_t field,
                      schema_kind kind)
{
    for (uint32_t r = 0; r < e->n; r++) {
        int word = e->words[field][r];
        bool valid = column_value(e, field, kind, r);
        if (valid)
            m->validity[r / 64] |= UINT64_C(1) << r % 64;
        m->present[r] = word != MISSING;
        m->codes[r] = valid && kind == SCHEMA_TEXT ? code_of(d, word) : UINT32_MAX;
        m->texts[r] = valid && kind == SCHEMA_TEXT ? text_of(word) : (gm_str){.len = 77};
        m->numbers[r] = valid && kind == SCHEMA_NUMBER ? WORDS[word].number : 5;
    }
}

static gm_column make_column(column_memory *m, dictionary *d, const events *e, uint32_t field,
                             schema_kind kind)
{
    memset(m, 0, sizeof *m);
    if (below(4) == 0)
        *d = (dictionary){.id = d->id + 1};
    if (kind == SCHEMA_TEXT && below(2) == 0)
        (void)code_of(d, (int)below(WORDS_N)); /* an entry that perhaps no row has */
    fill_flat(m, d, e, field, kind);
    static const gm_type types[] = {
        [SCHEMA_TEXT] = GM_T_STR, [SCHEMA_NUMBER] = GM_T_F64, [SCHEMA_PRESENT] = GM_T_BOOL};
    gm_column c = {.struct_size = sizeof c, .type = types[kind], .encoding = GM_ENC_FLAT};
    bool all = true;
    for (uint32_t r = 0; r < e->n; r++)
        all = all && (m->validity[r / 64] >> r % 64 & 1) != 0;
    c.validity = all && below(2) == 0 ? NULL : m->validity;
    c.data = kind == SCHEMA_TEXT     ? (const void *)m->texts
             : kind == SCHEMA_NUMBER ? (const void *)m->numbers
                                     : (const void *)m->present;
    int word;
    if (is_constant(e, field, kind, &word) && below(4) != 0) {
        c.encoding = GM_ENC_CONST;
        m->present[0] = word != MISSING;
        m->texts[0] = word == MISSING ? (gm_str){.len = 77} : text_of(word);
        m->numbers[0] = word == MISSING ? 5 : WORDS[word].number;
        if (kind != SCHEMA_PRESENT && word == MISSING)
            c.data = NULL;
    } else if (kind == SCHEMA_TEXT && below(3) != 0) {
        c.encoding = GM_ENC_DICT;
        c.data = NULL;
        c.codes = m->codes;
        c.dict = d->strings;
        c.dict_len = d->n;
        c.dict_id = d->id;
    }
    return c;
}

static void random_events(events *e)
{
    static const uint32_t sizes[] = {0, 1, 63, 64, 65, 128, 129, ROWS_MAX};
    e->n = sizes[below(8)];
    for (uint32_t f = 0; f < FIELDS_N; f++) {
        uint32_t missing = below(4); /* 0: never, 3: always */
        int constant = below(4) == 0 ? (int)below(WORDS_N) : MISSING;
        for (uint32_t r = 0; r < e->n; r++) {
            bool gone =
                missing == 3 || (missing == 2 && below(2) == 0) || (missing == 1 && below(60) == 0);
            e->words[f][r] = gone ? MISSING : constant != MISSING ? constant : (int)below(WORDS_N);
        }
    }
}

/* ---- the reference ---- */

static bool same(double a, double b)
{
    return a <= b && a >= b;
}

static bool holds(const struct word *word, const char *needle)
{
    uint32_t n = (uint32_t)strlen(needle);
    for (uint32_t i = 0; i + n <= word->len; i++) {
        uint32_t k = 0;
        while (k < n && word->text[i + k] == needle[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* Is the event's word the literal? */
static bool is(const struct word *word, const struct literal *literal)
{
    if (literal->text == NULL)
        return word->is_number && same(word->number, literal->number);
    return word->len == strlen(literal->text) && memcmp(word->text, literal->text, word->len) == 0;
}

enum leaf_kind { EQ, NE, LT, LE, GT, GE, IN, NOT_IN, CONTAINS, EXISTS, TRUE, FALSE, LEAF_KINDS };

typedef struct leaf {
    enum leaf_kind kind;
    uint32_t field, n;
    uint32_t literals[4];
} leaf;

static bool leaf_holds(const leaf *l, int word)
{
    if (l->kind == TRUE || l->kind == FALSE)
        return l->kind == TRUE;
    if (word == MISSING)
        return l->kind == NE || l->kind == NOT_IN;
    if (l->kind == EXISTS)
        return true;
    const struct word *w = &WORDS[word];
    const struct literal *first = &LITERALS[l->literals[0]];
    if (l->kind == CONTAINS)
        return holds(w, first->text != NULL ? first->text : first->as_text);
    if (l->kind == LT)
        return w->is_number && w->number < first->number;
    if (l->kind == LE)
        return w->is_number && (w->number < first->number || same(w->number, first->number));
    if (l->kind == GT)
        return w->is_number && w->number > first->number;
    if (l->kind == GE)
        return w->is_number && (w->number > first->number || same(w->number, first->number));
    bool any = false;
    for (uint32_t i = 0; i < l->n; i++)
        any = any || is(w, &LITERALS[l->literals[i]]);
    return any == (l->kind == EQ || l->kind == IN);
}

/* ---- random expressions ---- */

enum { OR_LEVEL, AND_LEVEL, NOT_LEVEL, LEAF_LEVEL };
enum { BATCHES = 4 };

typedef struct operand {
    char text[TEXT_MAX];
    int level;
    uint8_t rows[BATCHES][ROWS_MAX];
} operand;

static void append(operand *o, const char *s)
{
    size_t n = strlen(o->text);
    assert_true(n + strlen(s) < sizeof o->text);
    memcpy(o->text + n, s, strlen(s) + 1);
}

static const char *blank(void)
{
    static const char *const blanks[] = {"", "", " ", "  ", "\t"};
    return blanks[below(5)];
}

static void write_leaf(operand *o, const leaf *l)
{
    static const char *const signs[] = {"==", "!=",  "<",       "<=",        ">",
                                        ">=", " in", " not in", " contains "};
    if (l->kind == TRUE || l->kind == FALSE) {
        append(o, l->kind == TRUE ? "true" : "false");
        return;
    }
    append(o, l->kind == EXISTS ? "exists(" : NAMES[l->field]);
    append(o, l->kind == EXISTS ? NAMES[l->field] : blank());
    append(o, l->kind == EXISTS ? ")" : signs[l->kind]);
    if (l->kind == EXISTS)
        return;
    append(o, blank());
    bool list = l->kind == IN || l->kind == NOT_IN;
    append(o, list ? "(" : "");
    for (uint32_t i = 0; i < l->n; i++) {
        append(o, i > 0 ? "," : "");
        append(o, blank());
        append(o, LITERALS[l->literals[i]].spelling);
    }
    append(o, list ? ")" : "");
}

static void random_leaf(operand *o, const events *e)
{
    leaf l = {.kind = (enum leaf_kind)below(LEAF_KINDS), .field = below(FIELDS_N), .n = 1};
    if (l.kind == IN || l.kind == NOT_IN)
        l.n = 1 + below(4);
    bool number = below(2) == 0 || (l.kind >= LT && l.kind <= GE);
    for (uint32_t i = 0; i < l.n; i++)
        l.literals[i] =
            number ? FIRST_NUMBER + below(LITERALS_N - FIRST_NUMBER) : below(FIRST_NUMBER);
    o->text[0] = '\0';
    o->level = LEAF_LEVEL;
    write_leaf(o, &l);
    for (uint32_t b = 0; b < BATCHES; b++)
        for (uint32_t r = 0; r < e[b].n; r++)
            o->rows[b][r] = leaf_holds(&l, e[b].words[l.field][r]);
}

/* to := word from, with parentheses where they are needed and sometimes where not. */
static void append_operand(operand *to, const char *word, const operand *from, int level)
{
    bool parentheses = from->level < level || below(5) == 0;
    append(to, word);
    append(to, parentheses ? "(" : " ");
    append(to, from->text);
    append(to, parentheses ? ")" : " ");
}

static void negate(operand *o, operand *spare)
{
    *spare = *o;
    o->text[0] = '\0';
    append_operand(o, "not", spare, NOT_LEVEL);
    o->level = NOT_LEVEL;
    for (uint32_t b = 0; b < BATCHES; b++)
        for (uint32_t r = 0; r < ROWS_MAX; r++)
            o->rows[b][r] = !spare->rows[b][r];
}

static void join(operand *left, const operand *right, operand *spare)
{
    bool and = below(2) == 0;
    int level = and? AND_LEVEL : OR_LEVEL;
    *spare = *left;
    left->text[0] = '\0';
    append_operand(left, "", spare, level);
    append_operand(left, and? " and" : " or", right, level);
    left->level = level;
    for (uint32_t b = 0; b < BATCHES; b++)
        for (uint32_t r = 0; r < ROWS_MAX; r++)
            left->rows[b][r] = and? spare->rows[b][r] && right->rows[b][r]
                                  : spare->rows[b][r] || right->rows[b][r];
}

/* Leaves the whole in stack[0]. */
static void random_expression(operand *stack, const events *e)
{
    uint32_t n = 0;
    for (uint32_t steps = 1 + below(30); steps > 0; steps--) {
        uint32_t what = below(8);
        if (n == 0 || (what < 4 && n < STACK_MAX))
            random_leaf(&stack[n++], e);
        else if (what < 5 || n == 1)
            negate(&stack[n - 1], &stack[STACK_MAX]);
        else {
            join(&stack[n - 2], &stack[n - 1], &stack[STACK_MAX]);
            n--;
        }
    }
    for (; n > 1; n--)
        join(&stack[n - 2], &stack[n - 1], &stack[STACK_MAX]);
}

static uint32_t field_of(const char *name)
{
    uint32_t f = 0;
    while (strcmp(NAMES[f], name) != 0)
        f++;
    return f;
}

/* The batches one after the other in one run, as a worker would. */
static void check_rows(const expression *e, const schema *wanted, const events *batches,
                       const operand *expected)
{
    expression_run *run = expression_run_new(e);
    dictionary *dictionaries = mem_array(wanted->n + 1, sizeof *dictionaries);
    column_memory *memory = mem_array(wanted->n + 1, sizeof *memory);
    gm_column *columns = mem_array(wanted->n + 1, sizeof *columns);
    for (uint32_t b = 0; b < BATCHES; b++) {
        for (uint32_t i = 0; i < wanted->n; i++)
            columns[i] = make_column(&memory[i], &dictionaries[i], &batches[b],
                                     field_of(wanted->columns[i].field), wanted->columns[i].kind);
        event_batch batch = {.n_rows = batches[b].n, .n_columns = wanted->n, .columns = columns};
        const uint8_t *rows = expression_evaluate(run, &batch);
        for (uint32_t r = 0; r < batch.n_rows; r++)
            if (rows[r] != expected->rows[b][r])
                fail_msg("%s\nbatch %u row %u is %u", expected->text, b, r, rows[r]);
    }
    mem_free(columns);
    mem_free(memory);
    mem_free(dictionaries);
    expression_run_free(run);
}

static void test_random(void **state)
{
    (void)state;
    events *batches = mem_array(BATCHES, sizeof *batches);
    operand *stack = mem_array(STACK_MAX + 1, sizeof *stack);
    uint64_t n_true = 0, n_false = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        arena memory;
        arena_init(&memory, 0);
        schema wanted;
        schema_init(&wanted, &memory);
        for (uint32_t b = 0; b < BATCHES; b++)
            random_events(&batches[b]);
        random_expression(stack, batches);
        const expression *e = NULL, *again = NULL;
        gm_error err = {0};
        config_text text = {.text = stack->text, .path = "x.ini", .line = 1, .column = 1};
        if (expression_compile(&e, &text, &wanted, &FIELDS, &memory, &err) != GM_OK)
            fail_msg("%s\n%u: %s", stack->text, err.column, err.message);
        check_rows(e, &wanted, batches, stack);
        /* The normal spelling is the same expression, and its own normal spelling. */
        text.text = expression_canonical(e);
        assert_int_equal(expression_compile(&again, &text, &wanted, &FIELDS, &memory, &err), GM_OK);
        assert_string_equal(expression_canonical(again), expression_canonical(e));
        check_rows(again, &wanted, batches, stack);
        for (uint32_t r = 0; r < batches[0].n; r++)
            *(stack->rows[0][r] != 0 ? &n_true : &n_false) += 1;
        schema_deinit(&wanted);
        arena_deinit(&memory);
    }
    assert_true(n_true > 10000 && n_false > 10000); /* else the test shows little */
    mem_free(stack);
    mem_free(batches);
}

/* ---- by hand ---- */

static const int HAND[][FIELDS_N] = {
    /* type, city, text, value, n: words; row by row */
    {1, 7, 5, 9, MISSING},       /* post, 已, "a b", 5 */
    {2, MISSING, 16, 10, 9},     /* reply, -, postpost, 5.0, 5 */
    {MISSING, 0, 0, 11, 12},     /* -, "", "", -3, 0.22 */
    {1, 1, MISSING, 2, MISSING}, /* post, post, -, reply (no number), - */
};

static const struct {
    const char *text, *rows;
} HAND_CASES[] = {
    {"true", "1111"},
    {"false", "0000"},
    {"type == post", "1001"},
    {"type != post", "0110"},
    {"not type == post", "0110"},
    {"type in (post, reply)", "1101"},
    {"type not in (post, reply)", "0010"},
    {"exists(city)", "1011"},
    {"not exists(city)", "0100"},
    {"city == \"\"", "0010"},
    {"city == \xe5\xb7\xb2", "1000"},
    {"text contains post", "0100"},
    {"text contains \" \"", "1000"},
    {"text contains \"\"", "1110"},
    {"not text contains post", "1011"},
    {"value == 5", "1100"},
    {"value != 5", "0011"},
    {"value == \"5\"", "1000"},
    {"value != \"5\"", "0111"},
    {"value in (5, -3)", "1110"},
    {"value not in (5, 5)", "0011"},
    {"value < 5", "0010"},
    {"value <= 5", "1110"},
    {"value > -3", "1100"},
    {"value >= -3", "1110"},
    {"n >= 22%", "0110"},
    {"n > 22%", "0100"},
    {"not n > 22%", "1011"},
    {"type == post or exists(n) and value < 0", "1011"},
    {"(type == post or exists(n)) and value < 0", "0010"},
    {"not type == post and exists(n)", "0110"},
    {"not (type == post and exists(n))", "1111"},
};

static void test_by_hand(void **state)
{
    (void)state;
    events *e = mem_zalloc(sizeof *e);
    operand *expected = mem_zalloc(sizeof *expected);
    events *batches = mem_array(BATCHES, sizeof *batches);
    e->n = sizeof HAND / sizeof *HAND;
    for (uint32_t r = 0; r < e->n; r++)
        for (uint32_t f = 0; f < FIELDS_N; f++)
            e->words[f][r] = HAND[r][f];
    for (uint32_t b = 0; b < BATCHES; b++)
        batches[b] = *e;
    for (size_t i = 0; i < sizeof HAND_CASES / sizeof *HAND_CASES; i++) {
        arena memory;
        arena_init(&memory, 0);
        schema wanted;
        schema_init(&wanted, &memory);
        const expression *x = NULL;
        config_text text = {.text = HAND_CASES[i].text, .path = "x.ini", .line = 1, .column = 1};
        assert_int_equal(expression_compile(&x, &text, &wanted, &FIELDS, &memory, NULL), GM_OK);
        expected->text[0] = '\0';
        append(expected, text.text);
        for (uint32_t b = 0; b < BATCHES; b++)
            for (uint32_t r = 0; r < e->n; r++)
                expected->rows[b][r] = (uint8_t)(HAND_CASES[i].rows[r] - '0');
        for (uint32_t times = 0; times < 20; times++) /* encodings vary */
            check_rows(x, &wanted, batches, expected);
        schema_deinit(&wanted);
        arena_deinit(&memory);
    }
    mem_free(batches);
    mem_free(expected);
    mem_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_log_facts.c - days in order, to bytes and back, and bytes that nobody wrote. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "run/log_facts.h"

static void test_days(void **state)
{
    (void)state;
    /* In order, again, before all, between, negative. */
    static const struct {
        int32_t day;
        uint64_t n;
    } steps[] = {{20, 1}, {21, 2}, {21, 3}, {10, 4}, {15, 5}, {-3, 6}, {20, 7}, {-3, 8},
                 {22, 9}, {16, 1}, {14, 1}, {-4, 2}, {30, 1}, {10, 1}, {29, 0}};
    static const log_day expected[] = {{-4, 2}, {-3, 14}, {10, 5}, {14, 1}, {15, 5}, {16, 1},
                                       {20, 8}, {21, 5},  {22, 9}, {29, 0}, {30, 1}};
    log_facts f = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        log_facts_add_day(&f, steps[i].day, steps[i].n);
    assert_int_equal(f.n_days, sizeof expected / sizeof *expected);
    for (uint32_t i = 0; i < f.n_days; i++) {
        assert_int_equal(f.days[i].day, expected[i].day);
        assert_int_equal(f.days[i].events, expected[i].events);
    }
    log_facts_deinit(&f);
    assert_null(f.days);
    assert_int_equal(f.n_days, 0);
    log_facts_deinit(&f); /* of nothing */
}

/* Something in every field; examples: 0 to 3 of each kind. */
static void fill(log_facts *f)
{
    log_counts *c = &f->counts;
    *c = (log_counts){.lines = 1000,
                      .bytes_in = UINT64_C(1) << 40,
                      .bytes_out = UINT64_MAX,
                      .members = 3,
                      .trailing_bytes = 17};
    for (uint32_t i = 0; i < LOG_OUTCOMES; i++) {
        c->outcomes[i] = 100 + i;
        for (uint32_t k = 0; k < i % (LIMIT_EXAMPLES + 1); k++) {
            c->examples[i][k].line = 10 * i + k;
            (void)snprintf(c->examples[i][k].text, LIMIT_EXAMPLE_BYTES, "outcome %u, %u", i, k);
        }
    }
    for (uint32_t i = 0; i < LOG_NOTICES; i++) {
        c->notices[i] = i * UINT64_C(1000000007);
        for (uint32_t k = 0; k < (i + 2) % (LIMIT_EXAMPLES + 1); k++) {
            c->notice_examples[i][k].line = UINT64_MAX - i;
            memset(c->notice_examples[i][k].text, 'x', LIMIT_EXAMPLE_BYTES - 1); /* the longest */
        }
    }
    log_facts_add_day(f, -719162, 1);
    log_facts_add_day(f, 20000, UINT64_MAX);
    f->nulls = mem_array(2, sizeof *f->nulls);
    f->nulls[0] = (log_null){.metric = 0, .column = 0, .events = 1};
    f->nulls[1] = (log_null){.metric = UINT32_MAX, .column = 7, .events = UINT64_MAX};
    f->n_nulls = f->nulls_cap = 2;
}

static void expect_equal(const log_facts *a, const log_facts *b)
{
    assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
    assert_int_equal(a->n_days, b->n_days);
    for (uint32_t i = 0; i < a->n_days; i++) {
        assert_int_equal(a->days[i].day, b->days[i].day);
        assert_int_equal(a->days[i].events, b->days[i].events);
    }
    assert_int_equal(a->n_nulls, b->n_nulls);
    for (uint32_t i = 0; i < a->n_nulls; i++) {
        assert_int_equal(a->nulls[i].metric, b->nulls[i].metric);
        assert_int_equal(a->nulls[i].column, b->nulls[i].column);
        assert_int_equal(a->nulls[i].events, b->nulls[i].events);
    }
}

/* A full one and an empty one behind each other; the reader stands behind both. */
static void test_round_trip(void **state)
{
    (void)state;
    log_facts full = {0}, empty = {0};
    fill(&full);
    bytes saved, again;
    bytes_init(&saved, LIMIT_MIB(1));
    bytes_init(&again, LIMIT_MIB(1));
    log_facts_save(&full, &saved);
    log_facts_save(&empty, &saved);
    arena a;
    arena_init(&a, 0);
    bytes_reader in = bytes_read(saved.data, saved.len);
    log_facts got[2];
    gm_error err;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(log_facts_load(&got[i], &in, &a, &err), GM_OK);
    assert_ptr_equal(in.p, in.end);
    expect_equal(&got[0], &full);
    expect_equal(&got[1], &empty);
    log_facts_save(&got[0], &again);
    log_facts_save(&got[1], &again);
    assert_int_equal(again.len, saved.len);
    assert_memory_equal(again.data, saved.data, saved.len);
    arena_deinit(&a);
    bytes_deinit(&saved);
    bytes_deinit(&again);
    log_facts_deinit(&full);
}

/* The bytes in a block of their own, so that a sanitizer sees each read too many. */
static gm_status load(const uint8_t *p, size_t n)
{
    arena a;
    arena_init(&a, 0);
    uint8_t *exact = malloc(n == 0 ? 1 : n);
    assert_non_null(exact);
    if (n != 0)
        memcpy(exact, p, n);
    bytes_reader in = bytes_read(exact, n);
    log_facts f;
    gm_error err = {.code = GM_OK};
    gm_status st = log_facts_load(&f, &in, &a, &err);
    if (st == GM_OK) {
        for (uint32_t i = 0; i < LOG_OUTCOMES; i++)
            for (uint32_t k = 0; k < LIMIT_EXAMPLES; k++)
                assert_true(strlen(f.counts.examples[i][k].text) < LIMIT_EXAMPLE_BYTES);
    } else {
        assert_int_equal(st, GM_E_DAMAGED);
        assert_int_equal(err.code, GM_E_DAMAGED);
        assert_string_equal(err.message, "what a map worker told about a log is damaged");
    }
    free(exact);
    arena_deinit(&a);
    return st;
}

static void test_cut_short(void **state)
{
    (void)state;
    log_facts f = {0};
    fill(&f);
    bytes saved;
    bytes_init(&saved, LIMIT_MIB(1));
    log_facts_save(&f, &saved);
    for (size_t n = 0; n < saved.len; n++)
        assert_int_equal(load(saved.data, n), GM_E_DAMAGED);
    assert_int_equal(load(saved.data, saved.len), GM_OK);
    bytes_deinit(&saved);
    log_facts_deinit(&f);
}

/* Empty facts up to the number of days. */
static void put_counts(bytes *out)
{
    for (uint32_t i = 0; i < 5; i++)
        bytes_varint(out, 0);
    for (uint32_t i = 0; i < LOG_OUTCOMES + LOG_NOTICES; i++) {
        bytes_varint(out, 0);
        bytes_u8(out, 0);
    }
}

typedef struct hostile_case {
    uint64_t n_days, n_nulls;
    gm_status status;
} hostile_case;

/* Numbers of items that the bytes cannot hold must not be believed: they would ask for memory. */
static void test_hostile_numbers(void **state)
{
    (void)state;
    static const hostile_case cases[] = {
        {0, 0, GM_OK},
        {1, 0, GM_E_DAMAGED},
        {0, 1, GM_E_DAMAGED},
        {UINT64_C(1) << 40, 0, GM_E_DAMAGED},
        {0, UINT64_MAX, GM_E_DAMAGED},
        {UINT64_C(0x100000000), 0, GM_E_DAMAGED}, /* 0 in 32 bits */
        {0, UINT64_C(0x100000000), GM_E_DAMAGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bytes b;
        bytes_init(&b, LIMIT_MIB(1));
        put_counts(&b);
        bytes_varint(&b, cases[i].n_days);
        bytes_varint(&b, cases[i].n_nulls);
        assert_int_equal(load(b.data, b.len), cases[i].status);
        bytes_deinit(&b);
    }
}

/* Examples: more than there is room for, and a text that is longer than its place. */
static void test_hostile_examples(void **state)
{
    (void)state;
    for (size_t len = LIMIT_EXAMPLE_BYTES - 2; len <= LIMIT_EXAMPLE_BYTES + 1; len++) {
        for (uint8_t n = 0; n <= LIMIT_EXAMPLES + 1; n++) {
            char text[LIMIT_EXAMPLE_BYTES + 2];
            memset(text, 'x', len);
            text[len] = '\0';
            bytes b;
            bytes_init(&b, LIMIT_MIB(1));
            for (uint32_t i = 0; i < 6; i++) /* the head, and the first outcome */
                bytes_varint(&b, 0);
            bytes_u8(&b, n);
            for (uint8_t k = 0; k < n; k++) {
                bytes_varint(&b, 1);
                bytes_str(&b, text);
            }
            for (uint32_t i = 1; i < LOG_OUTCOMES + LOG_NOTICES; i++) {
                bytes_varint(&b, 0);
                bytes_u8(&b, 0);
            }
            bytes_varint(&b, 0);
            bytes_varint(&b, 0);
            bool fits = n == 0 || (n <= LIMIT_EXAMPLES && len < LIMIT_EXAMPLE_BYTES);
            assert_int_equal(load(b.data, b.len), fits ? GM_OK : GM_E_DAMAGED);
            bytes_deinit(&b);
        }
    }
}

/* Any byte changed: read or refused, never beyond the bytes. */
static void test_flipped(void **state)
{
    (void)state;
    log_facts f = {0};
    fill(&f);
    bytes saved;
    bytes_init(&saved, LIMIT_MIB(1));
    log_facts_save(&f, &saved);
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    for (size_t i = 0; i < saved.len; i++) {
        for (size_t k = 0; k < 3; k++) {
            saved.data[i] ^= masks[k];
            (void)load(saved.data, saved.len); /* load() checks what there is to check */
            saved.data[i] ^= masks[k];
        }
    }
    bytes_deinit(&saved);
    log_facts_deinit(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_hostile_numbers),
        cmocka_unit_test(test_hostile_examples),
        cmocka_unit_test(test_flipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

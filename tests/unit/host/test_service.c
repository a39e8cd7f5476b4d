/* SPDX-License-Identifier: Apache-2.0
 * test_service.c - what a plugin is given: memory to the byte, texts that are safe to show, the
 * hash, the services. */
#include "base/death_fixture.h"

#include <goalmill/version.h>

#include "base/message.h"
#include "base/text.h"
#include "host/extension.h"
#include "host/service.h"

/* So that a size that cannot be had gives NULL under AddressSanitizer, too. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void test_head(void **state)
{
    (void)state;
    service s;
    service_init(&s, "m", 100);
    const gm_host *h = &s.host;
    assert_int_equal(h->struct_size, sizeof *h);
    assert_int_equal(h->abi_major, 1);
    assert_int_equal(h->abi_minor, 0);
    assert_string_equal(h->name, "goalmill");
    assert_string_equal(h->version, GOALMILL_VERSION);
    assert_ptr_equal(h->ctx, &s);
    assert_int_equal(h->cancelled(h), 0);
    assert_true(h->hash64("", 0, 0) == UINT64_C(0x2D06800538D394C2)); /* XXH3 of nothing */
    assert_ptr_equal(h->get_extension(h, "gm.hll/1"), extension_find("gm.hll/1"));
    assert_non_null(h->get_extension(h, "gm.hll/1"));
    assert_null(h->get_extension(h, "gm.hll/2"));
}

static void test_budget(void **state)
{
    (void)state;
    static const uint64_t budgets[] = {0, 1, 15, 16, 17, 1000, 1 << 20};
    for (size_t i = 0; i < sizeof budgets / sizeof budgets[0]; i++) {
        service s;
        uint64_t budget = budgets[i];
        service_init(&s, "m", budget);
        const gm_host *h = &s.host;
        assert_null(h->alloc(h, (size_t)budget + 1));
        assert_true(s.over_budget);
        assert_int_equal(s.used, 0);
        service_clear_error(&s);
        void *all = h->alloc(h, (size_t)budget); /* exactly */
        assert_non_null(all);
        memset(all, 0xff, (size_t)budget);
        assert_int_equal(s.used, budget);
        assert_int_equal(s.used_max, budget);
        assert_false(s.over_budget);
        void *none = h->alloc(h, 0); /* costs nothing, and is a block */
        assert_non_null(none);
        assert_null(h->alloc(h, 1));
        assert_true(s.over_budget);
        h->free(h, none);
        h->free(h, all);
        h->free(h, NULL);
        assert_int_equal(s.used, 0);
        assert_int_equal(s.used_max, budget);
    }
}

static void test_sizes_that_wrap(void **state)
{
    (void)state;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 16,
                                   SIZE_MAX / 2};
    service s;
    service_init(&s, "m", UINT64_MAX);
    const gm_host *h = &s.host;
    char *p = h->alloc(h, 4);
    memcpy(p, "keep", 4);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        volatile size_t n = sizes[i]; /* so that no compiler sees the size and warns */
        service_clear_error(&s);
        assert_null(h->alloc(h, n));
        assert_int_equal(s.used, 4);
        assert_null(h->realloc(h, p, n));
        assert_int_equal(s.used, 4);
        assert_memory_equal(p, "keep", 4);
    }
    h->free(h, p);
    assert_int_equal(s.used, 0);
}

static void test_realloc_block(void **state)
{
    (void)state;
    service s;
    service_init(&s, "m", 100);
    const gm_host *h = &s.host;
    char *p = h->realloc(h, NULL, 10); /* like alloc */
    assert_non_null(p);
    memcpy(p, "0123456789", 10);
    char *q = h->alloc(h, 40);
    assert_non_null(q);
    assert_int_equal(s.used, 50);
    p = h->realloc(h, p, 60); /* the old size counts no more */
    assert_non_null(p);
    assert_memory_equal(p, "0123456789", 10);
    memset(p + 10, 'x', 50);
    assert_int_equal(s.used, 100);
    assert_null(h->realloc(h, p, 61)); /* one too many; the block stays */
    assert_true(s.over_budget);
    assert_int_equal(s.used, 100);
    assert_memory_equal(p, "0123456789x", 11);
    p = h->realloc(h, p, 5);
    assert_memory_equal(p, "01234", 5);
    assert_int_equal(s.used, 45);
    p = h->realloc(h, p, 0);
    assert_non_null(p);
    assert_int_equal(s.used, 40);
    h->free(h, p);
    h->free(h, q);
    assert_int_equal(s.used, 0);
    assert_int_equal(s.used_max, 100);
}

/* Many blocks: aligned, apart from each other, and accounted for one by one. */
static void test_many_blocks(void **state)
{
    (void)state;
    enum { N = 200 };
    uint8_t *blocks[N];
    uint64_t sum = 0;
    service s;
    service_init(&s, "m", 1 << 20);
    const gm_host *h = &s.host;
    for (size_t i = 0; i < N; i++) {
        blocks[i] = h->alloc(h, i * 7 % 130);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, i * 7 % 130);
        sum += i * 7 % 130;
        assert_int_equal(s.used, sum);
    }
    for (size_t i = 0; i < N; i += 3) {
        blocks[i] = h->realloc(h, blocks[i], 500);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        sum += 500 - i * 7 % 130;
    }
    assert_int_equal(s.used, sum);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < i * 7 % 130; k++)
            assert_int_equal(blocks[i][k], i);
        h->free(h, blocks[i]);
    }
    assert_int_equal(s.used, 0);
}

static void test_error_text(void **state)
{
    (void)state;
    static const struct {
        const char *said, *kept;
    } cases[] = {
        {"plain", "plain"},
        {"", ""},
        {"two\nlines\tand \x1b[31mred\x7f", "two.lines.and .[31mred."},
        {"\xe5\xb9\xbf \xff \xe5\xb9", "\xe5\xb9\xbf \xef\xbf\xbd \xef\xbf\xbd"},
        {"100%s", "100%s"},
    };
    service s;
    service_init(&s, "m", 100);
    const gm_host *h = &s.host;
    assert_string_equal(service_error_text(&s), "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(h->error(h, GM_E_STATE, "%s", cases[i].said), GM_E_STATE);
        assert_string_equal(service_error_text(&s), cases[i].kept);
    }
    assert_int_equal(h->error(h, GM_E_CONFIG, "%d of %s", 3, "x"), GM_E_CONFIG);
    assert_string_equal(service_error_text(&s), "3 of x"); /* the last one counts */
    assert_null(h->alloc(h, 101));
    service_clear_error(&s);
    assert_string_equal(service_error_text(&s), "");
    assert_false(s.over_budget);
}

/* Longer texts end with "…", on a boundary between letters. */
static void test_long_error_text(void **state)
{
    (void)state;
    service s;
    service_init(&s, "m", 100);
    const gm_host *h = &s.host;
    char text[LIMIT_ERROR_TEXT * 3];
    for (size_t shift = 0; shift < 4; shift++) {
        for (size_t n = LIMIT_ERROR_TEXT - 12; n < LIMIT_ERROR_TEXT + 12; n++) {
            memset(text, 'a', shift);
            size_t len = shift;
            for (; len + 3 <= n; len += 3)
                memcpy(text + len, "\xe5\xb9\xbf", 3);
            while (len < n)
                text[len++] = 'z';
            text[len] = '\0';
            (void)h->error(h, GM_E_STATE, "%s", text);
            const char *kept = service_error_text(&s);
            size_t n_kept = strlen(kept);
            assert_true(text_is_utf8(kept, n_kept));
            assert_null(strstr(kept, "\xef\xbf\xbd"));
            if (n <= LIMIT_ERROR_TEXT - 1) {
                assert_string_equal(kept, text);
                continue;
            }
            assert_true(n_kept <= LIMIT_ERROR_TEXT - 1);
            assert_true(n_kept >= LIMIT_ERROR_TEXT - 1 - 5);
            assert_string_equal(kept + n_kept - 3, "\xe2\x80\xa6");
            assert_memory_equal(kept, text, n_kept - 3);
        }
    }
    (void)h->error(h, GM_E_STATE, "%0*d", 100000, 1);
    assert_int_equal(strlen(service_error_text(&s)), LIMIT_ERROR_TEXT - 1);
}

typedef struct saying {
    int32_t level;
    const char *text;
} saying;

static void say(void *context)
{
    const saying *what = context;
    service s;
    service_init(&s, "reach", 100);
    s.host.log(&s.host, what->level, "%s", what->text);
}

static void test_log(void **state)
{
    (void)state;
    static const struct {
        saying what;
        const char *line;
    } cases[] = {
        {{GM_LOG_DEBUG, "x"}, ""},
        {{GM_LOG_INFO, "x"}, "goalmill: metric 'reach': x\n"},
        {{GM_LOG_WARN, "a\nb\x1b[0m"}, "goalmill: warning: metric 'reach': a.b.[0m\n"},
        {{GM_LOG_ERROR, "x"}, "goalmill: error: metric 'reach': x\n"},
        {{GM_LOG_ERROR + 1, "x"}, "goalmill: error: metric 'reach': x\n"},
        {{-1, "x"}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[DEATH_TEXT_BYTES];
        saying what = cases[i].what;
        assert_int_equal(death_of(say, &what, text), 0);
        assert_string_equal(text, cases[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_sizes_that_wrap),
        cmocka_unit_test(test_realloc_block),
        cmocka_unit_test(test_many_blocks),
        cmocka_unit_test(test_error_text),
        cmocka_unit_test(test_long_error_text),
        cmocka_unit_test(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

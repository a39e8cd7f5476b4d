/* SPDX-License-Identifier: Apache-2.0
 * test_line_reader.c - blocks of whole lines. The reference below splits the whole text at once;
 * every block size must give the same lines with the same numbers. */
#include "input/line_reader.h"

#include <stdbool.h>

#include "input/gzip_fixture.h"

/* Lines as "number:content\n", too long ones as "number:!\n" by the reference. */
typedef struct listing {
    gzip_image text;
    log_counts counts;
    gm_status status;
} listing;

static void list_line(gzip_image *out, uint64_t number, const char *s, size_t n)
{
    char head[32];
    int len = snprintf(head, sizeof head, "%llu:", (unsigned long long)number);
    gzip_image_put(out, head, (size_t)len);
    gzip_image_put(out, s, n);
    gzip_image_put(out, "\n", 1);
}

/* The lines of a text whose line end is LF (a CR before it belongs to the line) or only CR. */
static listing reference(const char *s, size_t n, size_t max_line, char line_end)
{
    listing l = {0};
    const char *end = s + n;
    if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    while (s != end) {
        const char *stop = memchr(s, line_end, (size_t)(end - s));
        size_t len = (size_t)((stop == NULL ? end : stop) - s);
        size_t content = len != 0 && s[len - 1] == '\r' ? len - 1 : len;
        l.counts.lines++;
        if (content > max_line)
            l.counts.outcomes[LOG_TOO_LONG]++;
        else
            list_line(&l.text, l.counts.lines, s, len);
        s = stop == NULL ? end : stop + 1;
    }
    return l;
}

static listing read_lines(const char *path, size_t block_bytes, size_t max_line)
{
    listing l = {0};
    codec *c = NULL;
    gm_error err;
    line_reader *r = line_reader_new(block_bytes);
    line_block block = {0};
    assert_int_equal(codec_open(&c, path, 0, &err), GM_OK);
    line_reader_start(r, c, max_line, &l.counts);
    do {
        l.status = line_reader_next(r, &block, &err);
        if (l.status != GM_OK || block.len == 0)
            break;
        assert_int_equal(block.data[block.len - 1], '\n');
        for (int i = 0; i < LINE_BLOCK_PADDING; i++) {
            volatile char readable = block.data[block.len + (size_t)i];
            (void)readable;
        }
        uint64_t number = block.first_line;
        for (const char *p = block.data, *end = p + block.len; p != end;) {
            const char *lf = memchr(p, '\n', (size_t)(end - p));
            list_line(&l.text, number++, p, (size_t)(lf - p));
            p = lf + 1;
        }
        memset(block.data, '#', block.len); /* the parser may write to it */
    } while (true);
    line_reader_free(r);
    codec_free(c);
    return l;
}

static void expect_same(listing *got, const listing *want, size_t block_bytes)
{
    assert_int_equal(got->status, GM_OK);
    if (got->text.len != want->text.len ||
        (want->text.len != 0 && memcmp(got->text.data, want->text.data, want->text.len) != 0))
        fail_msg("blocks of %zu bytes: got '%.*s', want '%.*s'", block_bytes, (int)got->text.len,
                 (const char *)got->text.data, (int)want->text.len, (const char *)want->text.data);
    assert_int_equal(got->counts.lines, want->counts.lines);
    assert_int_equal(got->counts.outcomes[LOG_TOO_LONG], want->counts.outcomes[LOG_TOO_LONG]);
    gzip_image_free(&got->text);
}

static void expect_lines(const char *s, size_t n, size_t max_line, char line_end)
{
    listing want = reference(s, n, max_line, line_end);
    log_fixture f = log_fixture_new(s, n);
    for (size_t block_bytes = 1; block_bytes <= 200; block_bytes++) {
        listing got = read_lines(f.path, block_bytes, max_line);
        expect_same(&got, &want, block_bytes);
    }
    log_fixture_free(&f);
    gzip_image_free(&want.text);
}

static void test_line_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char line_end;
    } cases[] = {
        {"a\nbb\nccc\n", '\n'},
        {"a\nbb\nccc", '\n'}, /* the last without LF */
        {"\n\n\na\n\n", '\n'},
        {"a\r\nbb\r\n\r\nccc\r\n", '\n'},
        {"a\r\nbb\r", '\n'},
        {"a\rbb\r\rccc\r", '\r'},
        {"a\rbb\rccc", '\r'},
        {"\r", '\r'},
        {"\n", '\n'},
        {"\r\n", '\n'},
        {"x", '\n'},
        {"\xef\xbb\xbf"
         "a\nb\n",
         '\n'},
        {"\xef\xbb\xbf", '\n'},
        {"\xef\xbb", '\n'}, /* half a BOM is a line */
        {"\xef\xbb\xbf"
         "a\rb\r",
         '\r'},
        {"a\n\xef\xbb\xbf"
         "b\n",
         '\n'}, /* only at the start */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_lines(cases[i].text, strlen(cases[i].text), 100, cases[i].line_end);
}

/* A CR inside a line that LF ends is not a line end, unless the first block shows no LF. */
static void test_cr_is_decided_by_the_first_block(void **state)
{
    (void)state;
    static const char text[] = "a\rb\nc\rd\n";
    log_fixture f = log_fixture_new(text, sizeof text - 1);
    listing want = reference(text, sizeof text - 1, 100, '\n');
    listing got = read_lines(f.path, 4, 100);
    expect_same(&got, &want, 4);
    assert_int_equal(want.counts.lines, 2);
    got = read_lines(f.path, 3, 100); /* no LF in it: CR ends lines, and LF still does */
    assert_int_equal(got.counts.lines, 4);
    gzip_image_free(&got.text);
    gzip_image_free(&want.text);
    log_fixture_free(&f);
}

static void test_too_long(void **state)
{
    (void)state;
    static const char text[] = "12345\n123456\n1234\n123456789012345678901234567890\r\n12345\r\n"
                               "123456\r\n\n1234567\n7654321";
    for (size_t max = 3; max <= 31; max++)
        expect_lines(text, sizeof text - 1, max, '\n');
    static const char first[] = "12345678901234567890\n1\n";
    expect_lines(first, sizeof first - 1, 5, '\n');
    static const char old[] = "12345678901234567890\r1\r";
    expect_lines(old, sizeof old - 1, 5, '\r');

    log_fixture f = log_fixture_new(text, sizeof text - 1);
    for (size_t block_bytes = 1; block_bytes <= 100; block_bytes++) {
        listing got = read_lines(f.path, block_bytes, 5);
        assert_int_equal(got.counts.lines, 9);
        assert_int_equal(got.counts.outcomes[LOG_TOO_LONG], 5);
        assert_int_equal(got.counts.examples[LOG_TOO_LONG][0].line, 2);
        assert_string_equal(got.counts.examples[LOG_TOO_LONG][0].text, "123456");
        assert_int_equal(got.counts.examples[LOG_TOO_LONG][1].line, 4);
        assert_memory_equal(got.counts.examples[LOG_TOO_LONG][1].text, "123456", 6);
        gzip_image_free(&got.text);
    }
    log_fixture_free(&f);
}

static void test_random_lines(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 12; round++) {
        char text[600];
        size_t n = 1 + (size_t)(log_fixture_random(&seed) % sizeof text);
        uint64_t rarity = 1 + log_fixture_random(&seed) % 60;
        bool crlf = round % 3 == 0;
        for (size_t i = 0; i < n; i++) {
            bool ends = log_fixture_random(&seed) % rarity == 0;
            text[i] = ends ? '\n' : (char)('a' + log_fixture_random(&seed) % 26);
            if (ends && crlf && i != 0 && text[i - 1] != '\n')
                text[i - 1] = '\r';
        }
        expect_lines(text, n, round % 2 == 0 ? 600 : 20, '\n');
    }
}

/* A line grows the buffer up to max_line_bytes and not beyond; at the limit it is still there. */
static void test_one_long_line(void **state)
{
    (void)state;
    enum { MAX = 100000 };
    for (int extra = -1; extra <= 1; extra++) {
        gzip_image text = {0};
        gzip_image_put(&text, "first\n", 6);
        for (int i = 0; i < MAX + extra; i++)
            gzip_image_put(&text, "x", 1);
        gzip_image_put(&text, "\r\nlast\n", 7);
        listing want = reference((const char *)text.data, text.len, MAX, '\n');
        assert_int_equal(want.counts.outcomes[LOG_TOO_LONG], extra == 1);
        log_fixture f = log_fixture_new(text.data, text.len);
        for (size_t block_bytes = 64; block_bytes < 400000; block_bytes *= 7) {
            listing got = read_lines(f.path, block_bytes, MAX);
            expect_same(&got, &want, block_bytes);
        }
        log_fixture_free(&f);
        gzip_image_free(&want.text);
        gzip_image_free(&text);
    }
}

/* Lines go over members, and what came before damage is delivered first. */
static void test_gzip_and_damage(void **state)
{
    (void)state;
    gzip_image g = {0};
    gzip_image_member(&g, "one\ntw", 6, 6);
    gzip_image_member(&g, "o\nthree\n", 8, 6);
    size_t whole = g.len;
    gzip_image_member(&g, "four\nfive", 9, 6);
    g.data[g.len - 8] ^= 1;
    for (size_t block_bytes = 1; block_bytes < 50; block_bytes++) {
        log_fixture f = log_fixture_new(g.data, whole);
        listing got = read_lines(f.path, block_bytes, 100);
        listing want = reference("one\ntwo\nthree\n", 14, 100, '\n');
        assert_int_equal(got.counts.members, 2);
        assert_int_equal(got.counts.bytes_in, whole);
        assert_int_equal(got.counts.bytes_out, 14);
        expect_same(&got, &want, block_bytes);
        gzip_image_free(&want.text);
        log_fixture_free(&f);

        f = log_fixture_new(g.data, g.len);
        got = read_lines(f.path, block_bytes, 100);
        assert_int_equal(got.status, GM_E_DAMAGED);
        want = reference("one\ntwo\nthree\nfour\n", 19, 100, '\n');
        got.status = GM_OK;
        expect_same(&got, &want, block_bytes);
        gzip_image_free(&want.text);
        log_fixture_free(&f);
    }
    gzip_image_free(&g);
}

/* One reader, log after log: nothing of the log before is left. */
static void test_reuse(void **state)
{
    (void)state;
    line_reader *r = line_reader_new(8);
    for (int i = 0; i < 3; i++) {
        static const char *const texts[] = {"a\rb\rand a long line\r", "12\n3", "x\n"};
        log_fixture f = log_fixture_new(texts[i], strlen(texts[i]));
        log_counts counts = {0};
        codec *c = NULL;
        gm_error err;
        line_block block = {0};
        assert_int_equal(codec_open(&c, f.path, 0, &err), GM_OK);
        line_reader_start(r, c, 0, &counts);
        assert_int_equal(line_reader_next(r, &block, &err), GM_OK);
        assert_int_equal(block.first_line, 1);
        assert_int_equal(block.data[0], texts[i][0]);
        log_fixture_free(&f); /* and stop in the middle */
        codec_free(c);
    }
    line_reader_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_cr_is_decided_by_the_first_block),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_random_lines),
        cmocka_unit_test(test_one_long_line),
        cmocka_unit_test(test_gzip_and_damage),
        cmocka_unit_test(test_reuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 * test_ini_file.c - iniparser and ini_scan agree on what ini_scan takes, and a difference is found.
 * iniparser itself is the independent source of all values here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "config/config_fixture.h"

#include "base/limits.h"
#include "config/ini_file.h"

typedef struct fixture {
    arena memory;
    ini_scan scan;
    error_list errors;
} fixture;

static void start(fixture *f)
{
    memset(f, 0, sizeof *f);
    arena_init(&f->memory, 0);
}

static void drop(fixture *f)
{
    ini_scan_deinit(&f->scan);
    arena_deinit(&f->memory);
    error_list_deinit(&f->errors);
}

static bool parse(fixture *f, const char *text, size_t n)
{
    start(f);
    return ini_file_parse(&f->scan, "x.ini", text, n, &f->memory, &f->errors);
}

static void test_agree(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "; c\n\n# d",
        "[run]",
        "[run]\n",
        "[run]\r\nname = a\r\n",
        "[run]\nname = a ; b\nx=y\nz\t=\tw\t\n",
        "[run]\na =\nb = ; c\nc = # d\nd = ''\ne = '' ; f\nf = ' a ' # g\n",
        "[run]\na = 'x;y#z'\nb = '\"q\"'\nc = don't\nd = = e\nf = [g]\n",
        "[run]\na = x == \"p q\" ; c\nb = k{a=\"b\", c=\"d\"}\n",
        "[run]\na = b \\\n  c \\\n d\nb = \\\n\\\n  e\nc = f\\\n\n\nd = g\n",
        "[run]\n\\\n\\\n  a = b\n",
        "[run]\na = b\\\\\n  \nc = d\n",
        "  [goal  a.b]  \n title.zh = 声量（份额） ; 注\n\n[goal *]\n[area a]\nweight = 1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fixture f;
        if (!parse(&f, texts[i], strlen(texts[i])))
            fail_msg("%s\n%s", texts[i], f.errors.items[0].message);
        drop(&f);
    }
}

/* n sections of m keys each. */
static void make_text(bytes *text, uint32_t n, uint32_t m)
{
    bytes_clear(text);
    bytes_printf(text, "; a comment\n");
    for (uint32_t i = 0; i < n; i++) {
        bytes_printf(text, "[goal g%u]\n", i);
        for (uint32_t k = 0; k < m; k++)
            bytes_printf(text, "k%u = v%u ; c\n\n", k, i * 1000 + k);
    }
}

/* Blocks end behind 256 headings and keys: every entry must be seen, wherever it lies. */
static void test_blocks(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, m;
    } shapes[] = {{1, 254}, {1, 255}, {1, 256}, {1, 257}, {1, 511}, {1, 1000}, {255, 0},
                  {256, 0}, {257, 0}, {2, 127}, {2, 128}, {2, 255}, {300, 1},  {40, 30}};
    bytes text;
    bytes_init(&text, LIMIT_CONFIG_BYTES);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        fixture f;
        make_text(&text, shapes[i].n, shapes[i].m);
        const char *data = (const char *)text.data;
        assert_true(parse(&f, data, text.len));
        assert_int_equal(f.scan.n_sections, shapes[i].n);
        assert_int_equal(f.scan.n_entries, shapes[i].n * shapes[i].m);
        for (uint32_t k = 0; k < f.scan.n_entries; k += k < 250 || k > 600 ? 7 : 1) {
            ini_entry *e = &f.scan.entries[k];
            const char *value = e->value;
            e->value = "other";
            assert_false(ini_file_compare(&f.scan, "x.ini", data, text.len, &f.errors));
            assert_int_equal(f.errors.n, 1);
            assert_int_equal(f.errors.items[0].line, e->line);
            error_list_deinit(&f.errors);
            e->value = value;
        }
        for (uint32_t k = 0; k < f.scan.n_sections; k += 13) {
            ini_section *s = &f.scan.sections[k];
            const char *heading = s->heading;
            s->heading = "other";
            assert_false(ini_file_compare(&f.scan, "x.ini", data, text.len, &f.errors));
            assert_int_equal(f.errors.items[0].line, s->line);
            error_list_deinit(&f.errors);
            s->heading = heading;
        }
        drop(&f);
    }
    bytes_deinit(&text);
}

static void test_differences(void **state)
{
    (void)state;
    const char *text = "[run]\nname = a\nout_dir = b\n";
    fixture f;
    assert_true(parse(&f, text, strlen(text)));

    f.scan.entries[1].value = "B";
    assert_false(ini_file_compare(&f.scan, "x.ini", text, strlen(text), &f.errors));
    fixture_expect_errors(
        &f.errors,
        "x.ini:3:11: iniparser reads 'b' as the value of 'out_dir', which differs "
        "from what stands here; put the whole value in single quotes\n",
        "value");
    f.scan.entries[1].value = "b";

    f.scan.entries[0].key = "title";
    assert_false(ini_file_compare(&f.scan, "x.ini", text, strlen(text), &f.errors));
    fixture_expect_errors(&f.errors,
                          "x.ini:2:1: iniparser does not read the key 'title' here; write 'key = "
                          "value' on one line\n",
                          "key");
    f.scan.entries[0].key = "name";

    f.scan.sections[0].heading = "ran";
    assert_false(ini_file_compare(&f.scan, "x.ini", text, strlen(text), &f.errors));
    fixture_expect_errors(
        &f.errors,
        "x.ini:1:1: iniparser reads another section here; write its name plainly: "
        "[ran]\n",
        "section");
    f.scan.sections[0].heading = "run";

    f.scan.n_entries = f.scan.sections[0].n = 1;
    assert_false(ini_file_compare(&f.scan, "x.ini", text, strlen(text), &f.errors));
    fixture_expect_errors(
        &f.errors,
        "x.ini:1:1: iniparser reads more keys in or before this section than stand there\n",
        "more");
    drop(&f);
}

/* iniparser gives up on a long line and would say so on stderr. */
static void test_silence(void **state)
{
    (void)state;
    char line[2100] = "[run]\nname = ";
    fixture f;
    assert_true(parse(&f, "[run]\n", 6));
    memset(line + strlen(line), 'x', 2000);
    line[2050] = '\0';
    (void)fflush(stderr);
    int kept = dup(STDERR_FILENO), fd = open("stderr", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    bool is_same = ini_file_compare(&f.scan, "x.ini", line, strlen(line), &f.errors);
    (void)fflush(stderr);
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(lseek(fd, 0, SEEK_END), 0);
    assert_int_equal(close(fd) + close(kept), 0);
    assert_false(is_same);
    fixture_expect_errors(&f.errors,
                          "x.ini:1:1: iniparser cannot read this section or one of the next 1; is "
                          "/proc mounted?\n",
                          "long");
    drop(&f);
}

static bool read_sized(fixture *f, size_t n)
{
    char *text = mem_alloc(n);
    memset(text, ';', n);
    for (size_t i = 99; i < n; i += 100)
        text[i] = '\n';
    memcpy(text, "[run]\n", 6);
    fixture_write("sized.ini", text, n);
    mem_free(text);
    start(f);
    return ini_file_read(&f->scan, "sized.ini", &f->memory, &f->errors);
}

static void test_size_limit(void **state)
{
    (void)state;
    fixture f;
    assert_true(read_sized(&f, LIMIT_CONFIG_BYTES - 1));
    drop(&f);
    assert_true(read_sized(&f, LIMIT_CONFIG_BYTES));
    assert_int_equal(f.scan.n_sections, 1);
    drop(&f);
    assert_false(read_sized(&f, LIMIT_CONFIG_BYTES + 1));
    fixture_expect_errors(&f.errors,
                          "sized.ini: the file is larger than 4 MiB; move sections to files that "
                          "[run] names with 'include'\n",
                          "above");
    drop(&f);
}

static void test_no_file(void **state)
{
    (void)state;
    fixture f;
    start(&f);
    assert_false(ini_file_read(&f.scan, "none.ini", &f.memory, &f.errors));
    assert_int_equal(f.errors.n, 1);
    assert_non_null(strstr(f.errors.items[0].message, "none.ini"));
    assert_non_null(strstr(f.errors.items[0].message, "No such file"));
    error_list_deinit(&f.errors);
    assert_false(ini_file_read(&f.scan, ".", &f.memory, &f.errors));
    assert_int_equal(f.errors.n, 1);
    drop(&f);
    fixture_save("empty.ini", "");
    start(&f);
    assert_true(ini_file_read(&f.scan, "empty.ini", &f.memory, &f.errors));
    drop(&f);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* What ini_scan takes, iniparser reads in the same way: the scan refuses whatever could differ. */
static void test_random_texts(void **state)
{
    (void)state;
    static const char *const bits[] = {"[run]\n", "\n",   "a",  "b", " = ", "=",  "'",  "\"", ";",
                                       "#",       " ",    "\t", "[", "]",   "\\", "x",  ".",  "1",
                                       "\\\n",    "\r\n", "目", ",", "{",   "}",  "\n", "A"};
    uint64_t seed = 20261121;
    uint32_t n_clean = 0;
    for (uint32_t i = 0; i < 60000; i++) {
        char text[512] = "";
        size_t n = 0;
        for (uint64_t k = next_random(&seed) % 24; k > 0; k--) {
            const char *bit = bits[next_random(&seed) % (sizeof bits / sizeof bits[0])];
            memcpy(text + n, bit, strlen(bit));
            n += strlen(bit);
            if (n > 0 && next_random(&seed) % 6 == 0) {
                memcpy(text + n, "\nk = ", 5);
                text[n + 1] = (char)('c' + k);
                n += 5;
            }
        }
        memmove(text + 6, text, n);
        memcpy(text, "[run]\n", 6);
        fixture f;
        start(&f);
        if (ini_scan_text(&f.scan, "x.ini", text, n + 6, &f.memory, &f.errors)) {
            n_clean++;
            if (!ini_file_compare(&f.scan, "x.ini", text, n + 6, &f.errors))
                fail_msg("%.*s\n%s", (int)n + 6, text, f.errors.items[0].message);
        }
        drop(&f);
    }
    assert_true(n_clean > 5000); /* else the test says little */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agree),        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_differences),  cmocka_unit_test(test_silence),
        cmocka_unit_test(test_size_limit),   cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_random_texts),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}

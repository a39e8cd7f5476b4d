/* SPDX-License-Identifier: Apache-2.0
 * test_progress.c - what is written to stderr, read from a pipe. Time is set by hand: the start and
 * the last report are moved into the past. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "run/progress.h"

#define SECOND INT64_C(1000000000)

static int pipe_in, saved_stderr;

static void capture(void)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    pipe_in = ends[0];
    saved_stderr = dup(STDERR_FILENO);
    assert_true(saved_stderr >= 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    (void)close(ends[1]);
}

/* What was written so far. */
static const char *captured(void)
{
    static char text[4096];
    ssize_t n = read(pipe_in, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void restore(void)
{
    (void)dup2(saved_stderr, STDERR_FILENO);
    (void)close(saved_stderr);
    (void)close(pipe_in);
}

static void back(progress *p, int64_t seconds)
{
    p->started_ns -= seconds * SECOND;
    p->last_ns -= seconds * SECOND;
}

/* Everything up to " events/s": the rate depends on the clock of the test. */
static void expect_start(const char *text, const char *start)
{
    if (strncmp(text, start, strlen(start)) != 0)
        fail_msg("got '%s', expected '%s…'", text, start);
}

static void expect_end(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    if (n < k || strcmp(text + n - k, end) != 0)
        fail_msg("got '%s', expected '…%s'", text, end);
}

typedef struct line_case {
    uint64_t done, total, events;
    uint32_t logs_done, logs;
    const char *start, *rate, *end;
} line_case;

/* After 100 seconds. */
static const line_case lines[] = {
    {25000000, 100000000, 1000, 1, 4, "goalmill:  25 %  1 of 4 logs, 25.0 of 100.0 MB, ",
     " 10 events/s, ", " 300 s left\n"},
    {0, 100000000, 0, 0, 4, "goalmill:   0 %  0 of 4 logs, 0.0 of 100.0 MB, ", " 0 events/s, ",
     " 0 s left\n"},
    {100000000, 100000000, 12300, 4, 4, "goalmill: 100 %  4 of 4 logs, 100.0 of 100.0 MB, ",
     " 123 events/s, ", " 0 s left\n"},
    /* Retried logs are read twice: never more than all. */
    {300000000, 100000000, 12300, 4, 4, "goalmill: 100 %  4 of 4 logs, 300.0 of 100.0 MB, ",
     " 123 events/s, ", " 0 s left\n"},
    {0, 0, 0, 0, 0, "goalmill: 100 %  0 of 0 logs, 0.0 of 0.0 MB, ", " 0 events/s, ",
     " 0 s left\n"},
};

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const line_case *c = &lines[i];
        progress p;
        progress_init(&p, NIGHT_LINES);
        progress_begin(&p, c->logs, c->total);
        p.logs_done = c->logs_done;
        back(&p, 100);
        capture();
        progress_map(&p, c->done, c->events);
        const char *text = captured();
        restore();
        expect_start(text, c->start);
        expect_end(text, c->end);
        if (strstr(text, c->rate) == NULL)
            fail_msg("got '%s', expected '%s'", text, c->rate);
    }
}

typedef struct bar_case {
    uint64_t done;
    const char *start;
} bar_case;

static const bar_case bars[] = {
    {0, "\r........................   0 %  "},    {1, "\r#.......................   0 %  "},
    {500, "\r############............  50 %  "},  {501, "\r#############...........  50 %  "},
    {1000, "\r######################## 100 %  "}, {2000, "\r######################## 100 %  "},
};

static void test_bar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
        progress p;
        progress_init(&p, NIGHT_BAR);
        progress_begin(&p, 1, 1000);
        back(&p, 1);
        capture();
        progress_map(&p, bars[i].done, 0);
        const char *text = captured();
        restore();
        expect_start(text, bars[i].start);
        expect_end(text, " s left\x1b[K"); /* clears what a longer one left */
    }
}

/* How often: a bar five times a second, a line every ten seconds. */
static void test_how_often(void **state)
{
    (void)state;
    static const struct {
        night_progress how;
        int64_t ns;
        bool says;
    } cases[] = {
        {NIGHT_SILENT, 3600 * SECOND, false}, {NIGHT_LINES, 9 * SECOND, false},
        {NIGHT_LINES, 10 * SECOND, true},     {NIGHT_BAR, SECOND / 10, false},
        {NIGHT_BAR, SECOND / 5, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        progress p;
        progress_init(&p, cases[i].how);
        progress_begin(&p, 1, 1000);
        p.last_ns -= cases[i].ns;
        capture();
        progress_map(&p, 1, 1);
        bool says = captured()[0] != '\0';
        progress_map(&p, 2, 2); /* at once again */
        bool says_again = captured()[0] != '\0';
        restore();
        assert_int_equal(says, cases[i].says);
        assert_false(says_again);
    }
}

/* Only a bar that stands there is cleared, and once. */
static void test_end(void **state)
{
    (void)state;
    progress p;
    progress_init(&p, NIGHT_BAR);
    progress_begin(&p, 1, 1000);
    capture();
    progress_end(&p);
    assert_string_equal(captured(), "");
    back(&p, 1);
    progress_map(&p, 1, 1);
    (void)captured(); /* the bar */
    progress_end(&p);
    assert_string_equal(captured(), "\r\x1b[K");
    progress_end(&p);
    assert_string_equal(captured(), "");
    progress_init(&p, NIGHT_LINES);
    progress_begin(&p, 1, 1000);
    back(&p, 100);
    progress_map(&p, 1, 1);
    (void)captured(); /* the line */
    progress_end(&p);
    assert_string_equal(captured(), "");
    restore();
}

/* Nobody reads stderr any more: that is no reason to fail. */
static void test_closed_stderr(void **state)
{
    (void)state;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    capture();
    (void)close(pipe_in);
    progress p;
    progress_init(&p, NIGHT_LINES);
    progress_begin(&p, 1, 1000);
    back(&p, 100);
    progress_map(&p, 1, 1);
    pipe_in = -1;
    restore();
    (void)signal(SIGPIPE, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_bar),
        cmocka_unit_test(test_how_often),     cmocka_unit_test(test_end),
        cmocka_unit_test(test_closed_stderr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

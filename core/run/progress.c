/* SPDX-License-Identifier: Apache-2.0
 * progress.c - see progress.h. */
#include "run/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24 };
/* Short runs say nothing, long ones not too often. */
static const int64_t bar_every_ns = INT64_C(200000000);
static const int64_t line_every_ns = INT64_C(10000000000);

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void progress_init(progress *p, night_progress how)
{
    memset(p, 0, sizeof *p);
    p->how = how;
}

void progress_begin(progress *p, uint32_t logs, uint64_t total)
{
    p->logs_total = logs;
    p->bytes_total = total;
    p->started_ns = p->last_ns = now_ns();
}

static void say(const char *text)
{
    /* Progress is a courtesy: a closed stderr is no reason to fail. */
    ssize_t n = write(STDERR_FILENO, text, strlen(text));
    (void)n;
}

void progress_map(progress *p, uint64_t done, uint64_t events)
{
    int64_t now = now_ns();
    int64_t every = p->how == NIGHT_BAR ? bar_every_ns : line_every_ns;
    if (p->how == NIGHT_SILENT || now - p->last_ns < every)
        return;
    p->last_ns = now;
    double seconds = (double)(now - p->started_ns) / 1e9;
    double share = p->bytes_total == 0 ? 1.0 : (double)done / (double)p->bytes_total;
    if (share > 1.0)
        share = 1.0;
    double left = share > 0.01 ? seconds * (1.0 - share) / share : 0.0;
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = (double)i < share * BAR_WIDTH ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    char text[256];
    int n = snprintf(text, sizeof text,
                     "%s%s%s%3.0f %%  %u of %u logs, %.1f of %.1f MB, %.0f events/s, %.0f s left%s",
                     p->how == NIGHT_BAR ? "\r" : "goalmill: ", p->how == NIGHT_BAR ? bar : "",
                     p->how == NIGHT_BAR ? " " : "", share * 100, p->logs_done, p->logs_total,
                     (double)done / 1e6, (double)p->bytes_total / 1e6,
                     seconds > 0 ? (double)events / seconds : 0.0, left,
                     p->how == NIGHT_BAR ? "\x1b[K" : "\n");
    if (n > 0)
        say(text);
    p->is_drawn = p->how == NIGHT_BAR;
}

void progress_end(progress *p)
{
    if (p->is_drawn)
        say("\r\x1b[K");
    p->is_drawn = false;
}

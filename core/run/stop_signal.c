/* SPDX-License-Identifier: Apache-2.0
 * stop_signal.c - see stop_signal.h. */
#include "run/stop_signal.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static volatile sig_atomic_t seen;

static void on_signal(int number)
{
    if (seen != 0)
        _exit(128 + number);
    seen = number;
}

static void set(int number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    int failed = sigaction(number, &action, NULL);
    GM_ASSERT(failed == 0);
}

void stop_signal_install(void)
{
    set(SIGINT, on_signal);
    set(SIGTERM, on_signal);
    set(SIGHUP, on_signal);
    set(SIGPIPE, SIG_IGN);
}

void stop_signal_reset_in_worker(void)
{
    set(SIGINT, SIG_IGN);
    set(SIGTERM, SIG_DFL);
    set(SIGHUP, SIG_DFL);
}

int stop_signal_seen(void)
{
    return seen;
}

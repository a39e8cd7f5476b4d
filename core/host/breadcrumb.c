/* SPDX-License-Identifier: Apache-2.0
 * breadcrumb.c - see breadcrumb.h. */
#include "host/breadcrumb.h"

#include <time.h>

/* Set once after fork, before any plugin is called. */
static breadcrumb own_page;
static breadcrumb *page = &own_page;

breadcrumb *breadcrumb_mine(void)
{
    return page;
}

void breadcrumb_set_page(breadcrumb *shared)
{
    page = shared;
}

void breadcrumb_enter(breadcrumb_call call, uint32_t metric)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now); /* cannot fail for this clock */
    atomic_store_explicit(&page->metric, metric, memory_order_relaxed);
    atomic_store_explicit(&page->call_ns, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
                          memory_order_relaxed);
    atomic_store_explicit(&page->call, (uint32_t)call, memory_order_release);
}

void breadcrumb_leave(void)
{
    atomic_store_explicit(&page->call, BREADCRUMB_NONE, memory_order_release);
}

const char *breadcrumb_call_name(uint32_t call)
{
    static const char *const names[] = {
#define X(id, name) name,
        BREADCRUMB_CALL_LIST(X)
#undef X
    };
    return call < BREADCRUMB_CALLS ? names[call] : "";
}

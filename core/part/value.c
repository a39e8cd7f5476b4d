/* SPDX-License-Identifier: Apache-2.0
 * value.c - the set of values and the names of what stands in them; see value.h. */
#include "part/value.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

void value_set_init(value_set *set)
{
    memset(set, 0, sizeof *set);
    arena_init(&set->memory, 0);
}

void value_set_deinit(value_set *set)
{
    mem_free(set->items);
    arena_deinit(&set->memory);
    memset(set, 0, sizeof *set);
}

value *value_set_add(value_set *set)
{
    MEM_GROW(set->items, set->n, set->cap);
    value *v = &set->items[set->n++];
    memset(v, 0, sizeof *v);
    return v;
}

double value_number(const value_figure *f)
{
    if (f->is_null)
        return (double)NAN;
    return f->is_integer ? (double)f->i : f->f;
}

const char *value_status_name(uint32_t status)
{
    static const char *const names[] = {"ok", "no_data", "low_n", "immature", "error"};
    GM_ASSERT(status < sizeof names / sizeof *names);
    return names[status];
}

const char *value_method_name(uint32_t method)
{
    switch (method) {
    case GM_U_WILSON:
        return "wilson";
    case GM_U_POISSON:
        return "poisson";
    case GM_U_UNITS:
        return "units";
    case GM_U_ORDER:
        return "order_statistics";
    case GM_U_SKETCH:
        return "sketch_bound";
    case GM_U_ORDER_SKETCH:
        return "order_statistics_sketch";
    case GM_U_FIELLER:
        return "fieller";
    default:
        return NULL;
    }
}

uint32_t value_flag_names(uint32_t flags, const char *names[VALUE_FLAGS_MAX])
{
    static const struct {
        uint32_t bit;
        const char *name;
    } all[] = {
        {GM_EF_APPROXIMATE, "approximate"},
        {GM_EF_LOW_N, "low_n"},
        {GM_EF_NO_INTERVAL, "no_interval"},
        {GM_EF_UNIT_UNKNOWN, "unit_unknown"},
    };
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((flags & all[i].bit) != 0)
            names[n++] = all[i].name;
    return n;
}

/* SPDX-License-Identifier: Apache-2.0
 * extension.c - see extension.h. */
#include "host/extension.h"

#include <stddef.h>
#include <string.h>

#include <goalmill/services.h>

#include "host/ext_ddsketch.h"
#include "host/ext_hll.h"
#include "host/ext_set.h"
#include "host/ext_stats.h"
#include "host/ext_text.h"
#include "host/ext_units.h"
#include "host/ext_xsum.h"

static const struct {
    const char *id;
    const void *service;
} services[] = {
    {GM_XSUM_ID, &ext_xsum_service},   {GM_HLL_ID, &ext_hll_service},
    {GM_SET_ID, &ext_set_service},     {GM_DDSKETCH_ID, &ext_ddsketch_service},
    {GM_UNITS_ID, &ext_units_service}, {GM_STATS_ID, &ext_stats_service},
    {GM_TEXT_ID, &ext_text_service},
};

const void *extension_find(const char *id)
{
    if (id == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (strcmp(services[i].id, id) == 0)
            return services[i].service;
    return NULL;
}

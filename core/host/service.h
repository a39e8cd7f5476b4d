/* SPDX-License-Identifier: Apache-2.0
 * service.h - the gm_host that a plugin is given: memory with a budget, errors, log, services by
 * id. One for each instance of a metric. */
#ifndef GM_HOST_SERVICE_H
#define GM_HOST_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <goalmill/plugin.h>

#include "base/limits.h"

typedef struct service {
    gm_host host;
    const char *owner;               /* the metric's name, for messages; borrowed */
    uint64_t used, used_max, budget; /* bytes */
    bool over_budget;                /* an allocation was refused */
    char error[LIMIT_ERROR_TEXT];
} service;

/* s must not move afterwards: host.ctx points at it. */
void service_init(service *s, const char *owner, uint64_t budget);
/* What the plugin said last, "" for nothing; cleared by service_clear_error(). */
const char *service_error_text(const service *s);
void service_clear_error(service *s);

#endif

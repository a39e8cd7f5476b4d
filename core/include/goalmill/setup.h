/* SPDX-License-Identifier: Apache-2.0
 * setup.h - inline helpers for plugin authors: what create() and deserialize() look up, and the
 * entry. Nothing here crosses the ABI. */
#ifndef GOALMILL_SETUP_H
#define GOALMILL_SETUP_H

#include <goalmill/plugin.h>
#include <goalmill/rows.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which column of a batch is field f of fields[]; UINT32_MAX: none. */
static inline uint32_t gm_bind_of_field(const gm_config *config, uint32_t field)
{
    for (uint32_t i = 0; i < config->n_binds; i++)
        if (config->binds[i]->field == field)
            return i;
    return UINT32_MAX;
}

/* Which column is the EXPR parameter param of params[]; UINT32_MAX: none. */
static inline uint32_t gm_bind_of_param(const gm_config *config, uint32_t param)
{
    for (uint32_t i = 0; i < config->n_binds; i++)
        if (config->binds[i]->field == UINT32_MAX && config->binds[i]->param == param)
            return i;
    return UINT32_MAX;
}

static inline int gm_is_mapped(const gm_config *config, uint32_t bind)
{
    return bind < config->n_binds && (config->binds[bind]->flags & GM_BIND_UNMAPPED) == 0;
}

/* A service of the host; NULL, with a text for the user, when the host lacks it. */
static inline const void *gm_service(const gm_host *host, const char *id)
{
    const void *service = host->get_extension(host, id);
    if (service == NULL)
        (void)host->error(host, GM_E_UNSUPPORTED, "this host has no service %s", id);
    return service;
}

/* Zeroed memory; NULL, with a text for the user, when the budget is used up. */
static inline void *gm_zalloc(const gm_host *host, size_t n)
{
    void *p = host->alloc(host, n);
    if (p != NULL)
        memset(p, 0, n);
    else
        (void)host->error(host, GM_E_NOMEM, "the memory of this metric is used up");
    return p;
}

/* Reads what a service saved, with the service's load. */
static inline gm_status gm_get_object(gm_reader *r, const gm_host *host,
                                      gm_status (*load)(const gm_host *, const void *, size_t,
                                                        void **, size_t *),
                                      void **out)
{
    size_t used = 0;
    if (r->bad)
        return host->error(host, GM_E_STATE, "the state ends early");
    gm_status status = load(host, r->p, r->left, out, &used);
    r->p += used;
    r->left -= used;
    return status;
}

/* At the end of a state: was all of it read, and nothing missing? */
static inline gm_status gm_get_end(const gm_reader *r, const gm_host *host, int is_legal)
{
    if (r->bad || r->left > 0 || !is_legal)
        return host->error(host, GM_E_STATE, "the state is damaged");
    return GM_OK;
}

/* The one format that the metric writes and reads. */
static inline gm_status gm_check_format(const gm_host *host, const gm_descriptor *d,
                                        uint32_t format)
{
    if (format < d->state_format_min || format > d->state_format)
        return host->error(host, GM_E_FORMAT, "%s %s does not know state format %u", d->id,
                           d->version, (unsigned)format);
    return GM_OK;
}

/* The entry of a plugin with one metric; no semicolon behind it. */
#define GM_PLUGIN_ENTRY(metric)                                                                    \
    static const gm_metric *const gm_plugin_metrics[] = {&(metric)};                               \
    static const gm_plugin gm_plugin_static = {(uint32_t)sizeof(gm_plugin),                        \
                                               GM_ABI_MAJOR,                                       \
                                               GM_ABI_MINOR,                                       \
                                               1,                                                  \
                                               gm_plugin_metrics,                                  \
                                               __VERSION__};                                       \
    const gm_plugin *gm_entry_v1(const gm_host *host)                                              \
    {                                                                                              \
        (void)host;                                                                                \
        return &gm_plugin_static;                                                                  \
    }

#ifdef __cplusplus
}
#endif
#endif

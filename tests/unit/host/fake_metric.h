/* SPDX-License-Identifier: Apache-2.0
 * fake_metric.h - a metric whose every call does what the test asks for and notes what it was
 * given. Its descriptor is that of descriptor_fixture.h. */
#ifndef GM_TEST_FAKE_METRIC_H
#define GM_TEST_FAKE_METRIC_H

#include "host/descriptor_fixture.h"

#include <stdbool.h>

#include "host/breadcrumb.h"

struct gm_inst {
    const gm_host *host;
};

struct gm_state {
    uint64_t size;
};

/* One plan for the calls of all instances of this process. */
typedef struct fake_plan {
    /* What to do. */
    breadcrumb_call failing; /* the call that does not just succeed */
    gm_status status;        /* what it returns */
    const char *text;        /* what it says before; NULL: nothing */
    bool gives_nothing;      /* *out stays as it is, although it succeeds */
    bool gives_rubbish;      /* *out is set, although it fails */
    size_t takes;            /* bytes it asks for in vain or not, before returning status */
    size_t state_bytes;      /* of a state */
    const char *writes;      /* of serialize */
    const gm_emit *emits;    /* of finalize */
    uint32_t n_emits;
    bool ignores_emit_status;
    /* What was seen. */
    uint32_t calls[BREADCRUMB_CALLS];
    breadcrumb_call crumb; /* at the last call, left by the host */
    uint32_t crumb_metric;
    const gm_config *config;
    const void *args[4];
    uint32_t numbers[2];
    gm_status emit_status[8];
} fake_plan;

static fake_plan fake;
static sample fake_sample;

static inline gm_status fake_call(const gm_inst *inst, const gm_host *host, breadcrumb_call call)
{
    fake.calls[call]++;
    fake.crumb = (breadcrumb_call)atomic_load(&breadcrumb_mine()->call);
    fake.crumb_metric = atomic_load(&breadcrumb_mine()->metric);
    if (call != fake.failing)
        return GM_OK;
    const gm_host *h = inst == NULL ? host : inst->host;
    if (fake.takes != 0) {
        void *p = h->alloc(h, fake.takes);
        if (p != NULL)
            h->free(h, p);
    }
    if (fake.text != NULL)
        (void)h->error(h, fake.status, "%s", fake.text);
    return fake.status;
}

static inline gm_status fake_create(const gm_host *host, const gm_config *config, gm_inst **out)
{
    static gm_inst rubbish;
    gm_status st = fake_call(NULL, host, BREADCRUMB_CREATE);
    fake.config = config;
    if (fake.failing == BREADCRUMB_CREATE && (st != GM_OK || fake.gives_nothing)) {
        if (fake.gives_rubbish)
            *out = &rubbish;
        return st;
    }
    *out = host->alloc(host, sizeof **out);
    if (*out == NULL)
        return GM_E_NOMEM;
    (*out)->host = host;
    return st;
}

static inline void fake_destroy(gm_inst *inst)
{
    const gm_host *host = inst->host;
    (void)fake_call(inst, NULL, BREADCRUMB_LOAD); /* counted as load, which no instance calls */
    host->free(host, inst);
}

static inline gm_status fake_new(gm_inst *inst, gm_state **out, breadcrumb_call call)
{
    static gm_state rubbish;
    gm_status st = fake_call(inst, NULL, call);
    if (fake.failing == call && (st != GM_OK || fake.gives_nothing)) {
        if (fake.gives_rubbish)
            *out = &rubbish;
        return st;
    }
    size_t n = sizeof **out + fake.state_bytes;
    *out = inst->host->alloc(inst->host, n);
    if (*out == NULL)
        return inst->host->error(inst->host, GM_E_NOMEM, "no room for a state");
    (*out)->size = n;
    return GM_OK;
}

static inline gm_status fake_state_new(gm_inst *inst, gm_state **out)
{
    return fake_new(inst, out, BREADCRUMB_STATE_NEW);
}

static inline void fake_state_free(gm_inst *inst, gm_state *state)
{
    (void)fake_call(inst, NULL, BREADCRUMB_STATE_FREE);
    inst->host->free(inst->host, state);
}

static inline gm_status fake_update(gm_inst *inst, gm_state *const *states, uint32_t n_states,
                                    const uint32_t *group_of_row, const gm_batch *batch)
{
    fake.args[0] = states;
    fake.args[1] = group_of_row;
    fake.args[2] = batch;
    fake.numbers[0] = n_states;
    return fake_call(inst, NULL, BREADCRUMB_UPDATE);
}

static inline gm_status fake_merge(gm_inst *inst, gm_state *to, const gm_state *from)
{
    fake.args[0] = to;
    fake.args[1] = from;
    return fake_call(inst, NULL, BREADCRUMB_MERGE);
}

static inline gm_status fake_serialize(gm_inst *inst, const gm_state *state, uint32_t format,
                                       gm_writer *writer)
{
    fake.args[0] = state;
    fake.numbers[0] = format;
    gm_status st = fake_call(inst, NULL, BREADCRUMB_SERIALIZE);
    for (const char *p = fake.writes; st == GM_OK && p != NULL && *p != '\0'; p++)
        st = writer->write(writer, p, 1);
    return st;
}

static inline gm_status fake_deserialize(gm_inst *inst, uint32_t format, const void *p, size_t n,
                                         gm_state **out)
{
    fake.args[0] = p;
    fake.numbers[0] = format;
    fake.numbers[1] = (uint32_t)n;
    return fake_new(inst, out, BREADCRUMB_DESERIALIZE);
}

static inline gm_status fake_finalize(gm_inst *inst, const gm_state *state, const gm_config *window,
                                      gm_emitter *emitter)
{
    fake.args[0] = state;
    fake.args[1] = window;
    for (uint32_t i = 0; i < fake.n_emits; i++) {
        fake.emit_status[i] = emitter->emit(emitter, &fake.emits[i]);
        if (fake.emit_status[i] != GM_OK && !fake.ignores_emit_status)
            return fake.emit_status[i];
    }
    return fake_call(inst, NULL, BREADCRUMB_FINALIZE);
}

static const gm_metric fake_metric = {.struct_size = sizeof fake_metric,
                                      .desc = &fake_sample.d,
                                      .create = fake_create,
                                      .destroy = fake_destroy,
                                      .state_new = fake_state_new,
                                      .state_free = fake_state_free,
                                      .update = fake_update,
                                      .merge = fake_merge,
                                      .serialize = fake_serialize,
                                      .deserialize = fake_deserialize,
                                      .finalize = fake_finalize};

/* All calls succeed. */
static inline void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    sample_init(&fake_sample);
}

#endif

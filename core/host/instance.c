/* SPDX-License-Identifier: Apache-2.0
 * instance.c - see instance.h. */
#include "host/instance.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/breadcrumb.h"
#include "host/service.h"

struct instance {
    instance_options options;
    service service;
    gm_inst *inst;
};

/* The error of a call that returned a bad status. */
static gm_status failed(instance *i, breadcrumb_call call, gm_status code, gm_error *err)
{
    const gm_descriptor *d = i->options.metric->desc;
    const char *said = service_error_text(&i->service);
    const char *name = breadcrumb_call_name((uint32_t)call);
    gm_status as = call == BREADCRUMB_CREATE && code == GM_E_CONFIG ? GM_E_CONFIG : GM_E_PLUGIN;
    if (i->service.over_budget)
        return error_set(err, as,
                         "metric '%s': needs more than its budget of %llu MiB in %s; raise "
                         "metric_memory_max, or choose a bounded mode of plugin %s %s",
                         i->options.name, (unsigned long long)(i->service.budget >> 20), name,
                         d->id, d->version);
    if (as == GM_E_CONFIG)
        return error_set(err, as, "plugin %s %s: %s", d->id, d->version,
                         said[0] == '\0' ? "it refuses these parameters" : said);
    return error_set(err, as, "metric '%s': plugin %s %s failed in %s: %s", i->options.name, d->id,
                     d->version, name, said[0] == '\0' ? error_text(code) : said);
}

static void enter(instance *i, breadcrumb_call call)
{
    service_clear_error(&i->service);
    breadcrumb_enter(call, i->options.index);
}

static gm_status leave(instance *i, breadcrumb_call call, gm_status st, gm_error *err)
{
    breadcrumb_leave();
    return st == GM_OK ? GM_OK : failed(i, call, st, err);
}

gm_status instance_new(instance **out, const instance_options *options, gm_error *err)
{
    instance *i = mem_zalloc(sizeof *i);
    i->options = *options;
    service_init(&i->service, options->name, options->memory_max);
    enter(i, BREADCRUMB_CREATE);
    gm_status st = options->metric->create(&i->service.host, options->config, &i->inst);
    if (st == GM_OK && i->inst == NULL)
        st = GM_E_INTERNAL;
    st = leave(i, BREADCRUMB_CREATE, st, err);
    if (st != GM_OK) {
        mem_free(i);
        i = NULL;
    }
    *out = i;
    return st;
}

void instance_free(instance *i)
{
    if (i == NULL)
        return;
    enter(i, BREADCRUMB_STATE_FREE);
    i->options.metric->destroy(i->inst);
    breadcrumb_leave();
    mem_free(i);
}

/* A call that gives a state gives one when it succeeds, and none when it fails. */
static gm_status given(gm_state **out, gm_status st)
{
    if (st == GM_OK)
        return *out == NULL ? GM_E_INTERNAL : GM_OK;
    *out = NULL; /* the plugin's to free; it may have done so */
    return st;
}

gm_status instance_state_new(instance *i, gm_state **out, gm_error *err)
{
    *out = NULL;
    enter(i, BREADCRUMB_STATE_NEW);
    gm_status st = i->options.metric->state_new(i->inst, out);
    return leave(i, BREADCRUMB_STATE_NEW, given(out, st), err);
}

void instance_state_free(instance *i, gm_state *state)
{
    if (state == NULL)
        return;
    enter(i, BREADCRUMB_STATE_FREE);
    i->options.metric->state_free(i->inst, state);
    breadcrumb_leave();
}

gm_status instance_update(instance *i, gm_state *const *states, uint32_t n_states,
                          const uint32_t *group_of_row, const gm_batch *batch, gm_error *err)
{
    enter(i, BREADCRUMB_UPDATE);
    gm_status st = i->options.metric->update(i->inst, states, n_states, group_of_row, batch);
    return leave(i, BREADCRUMB_UPDATE, st, err);
}

gm_status instance_merge(instance *i, gm_state *dst, const gm_state *src, gm_error *err)
{
    enter(i, BREADCRUMB_MERGE);
    gm_status st = i->options.metric->merge(i->inst, dst, src);
    return leave(i, BREADCRUMB_MERGE, st, err);
}

static gm_status write_bytes(gm_writer *w, const void *p, size_t n)
{
    bytes *out = w->ctx;
    bytes_put(out, p, n);
    return out->failed ? GM_E_LIMIT : GM_OK;
}

gm_status instance_serialize(instance *i, const gm_state *state, bytes *out, gm_error *err)
{
    gm_writer writer = {.struct_size = sizeof writer, .ctx = out, .write = write_bytes};
    enter(i, BREADCRUMB_SERIALIZE);
    gm_status st = i->options.metric->serialize(i->inst, state,
                                                i->options.metric->desc->state_format, &writer);
    return leave(i, BREADCRUMB_SERIALIZE, st, err);
}

gm_status instance_deserialize(instance *i, uint32_t format, const void *p, size_t n,
                               gm_state **out, gm_error *err)
{
    *out = NULL;
    const gm_descriptor *d = i->options.metric->desc;
    if (format < d->state_format_min || format > d->state_format)
        return error_set(err, GM_E_FORMAT,
                         "metric '%s': a part has state format %u, plugin %s %s reads %u to %u",
                         i->options.name, format, d->id, d->version, d->state_format_min,
                         d->state_format);
    enter(i, BREADCRUMB_DESERIALIZE);
    gm_status st = i->options.metric->deserialize(i->inst, format, p, n, out);
    return leave(i, BREADCRUMB_DESERIALIZE, given(out, st), err);
}

typedef struct emit_context {
    instance *instance;
    instance_emit_fn emit;
    void *context;
    gm_error *err;
    bool failed; /* err is filled */
} emit_context;

static gm_status wrong_emit(emit_context *c, const char *output, const char *what)
{
    c->failed = true;
    return error_set(c->err, GM_E_PLUGIN,
                     "metric '%s': plugin %s %s emitted a wrong value for '%s': %s",
                     c->instance->options.name, c->instance->options.metric->desc->id,
                     c->instance->options.metric->desc->version, output, what);
}

/* Limits and value come from different formulas, which round differently. */
static bool is_outside(const gm_emit *e, double value)
{
    double slack = 1e-9 * fmax(fabs(value), fmax(fabs(e->lower), fabs(e->upper)));
    return value < e->lower - slack || value > e->upper + slack;
}

static const char *check_number(const gm_output *o, const gm_emit *e)
{
    if (e->value.is_null != 0)
        return e->status == GM_S_OK ? "null with status ok" : NULL;
    if (e->value.type != o->type)
        return "of another type than declared";
    if (o->type == GM_T_F64 && !isfinite(e->value.u.f))
        return "not a finite number";
    if (isnan(e->lower) != isnan(e->upper) || e->lower > e->upper)
        return "an interval whose limits are not in order";
    if (isinf(e->lower) || isinf(e->upper))
        return "an interval without end";
    if (!isnan(e->lower) && !(e->level > 0 && e->level < 1))
        return "an interval without a level";
    if (!isnan(e->lower) &&
        is_outside(e, o->type == GM_T_F64 ? e->value.u.f : (double)e->value.u.i))
        return "an interval that does not hold the value";
    if (!isnan(e->se) && !(e->se >= 0 && isfinite(e->se)))
        return "a standard error that is no number from 0";
    return NULL;
}

static bool is_label(gm_str s)
{
    return s.len == 0 || (s.ptr != NULL && text_is_utf8(s.ptr, s.len));
}

static const char *check_labels(const gm_output *o, const gm_emit *e)
{
    bool is_family = (o->flags & GM_O_FAMILY) != 0;
    if (is_family != (e->label.len != 0))
        return is_family ? "a family without a label" : "a label, but it is no family";
    if (e->label2.len != 0 && o->label2 == NULL)
        return "a second label, but it has none";
    return is_label(e->label) && is_label(e->label2) ? NULL : "a label that is no UTF-8";
}

static gm_status take_emit(gm_emitter *emitter, const gm_emit *e)
{
    emit_context *c = emitter->ctx;
    const gm_descriptor *d = c->instance->options.metric->desc;
    if (c->failed)
        return GM_E_CANCELLED;
    if (e == NULL || e->struct_size < offsetof(gm_emit, bucket) + sizeof e->bucket)
        return wrong_emit(c, "?", "a struct too short for ABI 1.0");
    if (e->output >= d->n_outputs)
        return wrong_emit(c, "?", "an output that is not declared");
    const gm_output *o = d->outputs[e->output];
    const char *what = check_number(o, e);
    if (what == NULL && e->status > GM_S_ERROR)
        what = "an unknown status";
    if (what == NULL)
        what = check_labels(o, e);
    if (what == NULL && e->bucket != INT64_MIN)
        what = "a bucket; series are the host's business in this version";
    if (what != NULL)
        return wrong_emit(c, o->name, what);
    if (!c->emit(c->context, e, c->err)) {
        c->failed = true;
        return GM_E_CANCELLED;
    }
    return GM_OK;
}

gm_status instance_finalize(instance *i, const gm_state *state, const gm_config *window,
                            instance_emit_fn emit, void *context, gm_error *err)
{
    gm_error own;
    emit_context c = {.instance = i,
                      .emit = emit,
                      .context = context,
                      .err = err == NULL ? &own : err,
                      .failed = false};
    gm_emitter emitter = {.struct_size = sizeof emitter, .ctx = &c, .emit = take_emit};
    enter(i, BREADCRUMB_FINALIZE);
    gm_status st = i->options.metric->finalize(i->inst, state, window, &emitter);
    breadcrumb_leave();
    if (c.failed)
        return GM_E_PLUGIN;
    return st == GM_OK ? GM_OK : failed(i, BREADCRUMB_FINALIZE, st, err);
}

const gm_descriptor *instance_descriptor(const instance *i)
{
    return i->options.metric->desc;
}

uint64_t instance_memory(const instance *i)
{
    return i->service.used;
}

/* SPDX-License-Identifier: Apache-2.0
 * value_build.c - see value_build.h. */
#include "run/value_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

struct value_build {
    const plan *plan;
    uint32_t metric;
    value_set *out;
    uint32_t first; /* of the group's values in out */
    value_label *groups;
    uint32_t n_groups;
    const int64_t *starts;
    uint32_t n_starts;
    uint32_t *last_call; /* of each value from first on */
    uint32_t last_call_cap;
};

value_build *value_build_new(const plan *p, uint32_t metric, value_set *out)
{
    value_build *b = mem_zalloc(sizeof *b);
    b->plan = p;
    b->metric = metric;
    b->out = out;
    return b;
}

void value_build_free(value_build *b)
{
    if (b == NULL)
        return;
    mem_free(b->last_call);
    mem_free(b);
}

/* Texts of values end with NUL; a NUL inside would cut them short. */
static const char *text_of(arena *a, gm_str s)
{
    size_t nuls = 0;
    for (uint32_t i = 0; i < s.len; i++)
        nuls += s.ptr[i] == '\0';
    char *text = arena_push(a, s.len + 2 * nuls + 1);
    size_t n = 0;
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\0') {
            text[n++] = s.ptr[i];
            continue;
        }
        memcpy(text + n, "\xef\xbf\xbd", 3);
        n += 3;
    }
    text[n] = '\0';
    return text;
}

gm_status value_build_begin(value_build *b, const uint8_t *key, size_t key_len,
                            const int64_t *starts, uint32_t n_starts, gm_error *err)
{
    const plan_grouping *g = &b->plan->groupings[b->plan->metrics[b->metric].grouping];
    arena *a = &b->out->memory;
    b->first = b->out->n;
    b->starts = starts;
    b->n_starts = n_starts;
    b->n_groups = key == NULL ? 0 : g->n_by;
    b->groups = arena_zpush(a, (b->n_groups + 1) * sizeof *b->groups);
    bytes_reader in = bytes_read(key, key_len);
    for (uint32_t i = 0; i < b->n_groups; i++) {
        b->groups[i].name = g->fields[i];
        if (bytes_get_u8(&in) == 0)
            continue;
        gm_str text = bytes_get_str(&in);
        if (!in.bad)
            b->groups[i].text = text_of(a, text);
    }
    if (in.bad || in.p != in.end)
        return error_set(err, GM_E_DAMAGED, "a part has a group of metric '%s' that makes no sense",
                         b->plan->metrics[b->metric].config->name);
    return GM_OK;
}

/* Is text what text_of() makes of s? */
static bool is_text_of(const char *text, gm_str s)
{
    for (uint32_t i = 0; i < s.len; i++) {
        const char *piece = s.ptr[i] == '\0' ? "\xef\xbf\xbd" : &s.ptr[i];
        size_t n = s.ptr[i] == '\0' ? 3 : 1;
        if (strncmp(text, piece, n) != 0)
            return false;
        text += n;
    }
    return *text == '\0';
}

static bool same_label(const value *v, uint32_t index, gm_str label)
{
    if (label.len == 0)
        return v->n_labels <= index;
    return v->n_labels > index && is_text_of(v->labels[index].text, label);
}

static void set_no_data(value_figure *f)
{
    memset(f, 0, sizeof *f);
    f->status = GM_S_NO_DATA;
    f->is_null = true;
    f->f = f->num = f->den = f->lower = f->upper = f->level = f->se = (double)NAN;
}

/* A value with nothing in it yet. */
static value *add_value(value_build *b, uint32_t output)
{
    arena *a = &b->out->memory;
    const plan_metric *m = &b->plan->metrics[b->metric];
    const gm_output *o = m->descriptor->outputs[output];
    uint32_t at = b->out->n - b->first;
    MEM_GROW(b->last_call, at, b->last_call_cap);
    b->last_call[at] = 0;
    value *v = value_set_add(b->out);
    v->metric_index = b->metric;
    v->output_index = output;
    v->metric = m->config->name;
    v->output = o->name;
    v->unit = m->units[output];
    v->direction = o->direction;
    v->kind = o->kind;
    v->groups = b->groups;
    v->n_groups = b->n_groups;
    set_no_data(&v->current);
    set_no_data(&v->previous);
    v->has_previous = b->plan->has_previous;
    v->n_series = b->n_starts;
    v->series = arena_zpush(a, b->n_starts * sizeof *v->series);
    for (uint32_t i = 0; i < b->n_starts; i++)
        v->series[i] = (value_point){.start_us = b->starts[i], .value = (double)NAN};
    return v;
}

static value *find_value(value_build *b, const gm_emit *e)
{
    for (uint32_t i = b->first; i < b->out->n; i++) {
        value *v = &b->out->items[i];
        if (v->output_index == e->output && same_label(v, 0, e->label) &&
            same_label(v, 1, e->label2))
            return v;
    }
    arena *a = &b->out->memory;
    const gm_output *o = b->plan->metrics[b->metric].descriptor->outputs[e->output];
    value *v = add_value(b, e->output);
    if (e->label.len != 0) {
        v->labels[v->n_labels].name = o->label;
        v->labels[v->n_labels++].text = text_of(a, e->label);
    }
    if (e->label2.len != 0 && o->label2 != NULL && v->n_labels == 1) {
        v->labels[v->n_labels].name = o->label2;
        v->labels[v->n_labels++].text = text_of(a, e->label2);
    }
    return v;
}

static void set_figure(value_figure *f, const gm_emit *e)
{
    f->status = e->status;
    f->method = e->method;
    f->flags = e->flags;
    f->is_null = e->value.is_null != 0;
    f->is_integer = e->value.type != GM_T_F64;
    f->i = f->is_integer ? e->value.u.i : 0;
    f->f = f->is_integer ? (double)NAN : e->value.u.f;
    f->n = e->n;
    f->num = e->num;
    f->den = e->den;
    f->lower = e->lower;
    f->upper = e->upper;
    f->level = e->level;
    f->se = e->se;
}

/* A plugin that gives a value the status error does not say why. */
static const char *error_of(value_build *b)
{
    const gm_descriptor *d = b->plan->metrics[b->metric].descriptor;
    return arena_printf(&b->out->memory,
                        "metric '%s': plugin %s %s could not compute it; are its numbers beyond "
                        "range?",
                        b->plan->metrics[b->metric].config->name, d->id, d->version);
}

bool value_build_emit(void *context, const gm_emit *emit, gm_error *err)
{
    const value_build_take *take = context;
    value_build *b = take->build;
    value *v = find_value(b, emit);
    uint32_t *last_call = &b->last_call[(uint32_t)(v - b->out->items) - b->first];
    if (*last_call == take->call) {
        const plan_metric *m = &b->plan->metrics[b->metric];
        (void)error_set(err, GM_E_PLUGIN, "metric '%s': plugin %s %s emitted '%s' twice",
                        m->config->name, m->descriptor->id, m->descriptor->version,
                        v->output); /* false tells it */
        return false;
    }
    *last_call = take->call;
    value_figure figure;
    if (take->has_events)
        set_figure(&figure, emit);
    else
        set_no_data(&figure);
    if (take->what == VALUE_BUILD_CURRENT) {
        v->current = figure;
        if (figure.status == GM_S_ERROR)
            v->error = error_of(b);
    } else if (take->what == VALUE_BUILD_PREVIOUS) {
        v->previous = figure;
    } else {
        v->series[take->bucket].value = value_number(&figure);
    }
    return true;
}

void value_build_end(value_build *b)
{
    const gm_descriptor *d = b->plan->metrics[b->metric].descriptor;
    uint32_t n = b->out->n;
    for (uint32_t o = 0; o < d->n_outputs; o++) {
        bool is_there = (d->outputs[o]->flags & GM_O_FAMILY) != 0;
        for (uint32_t i = b->first; i < n && !is_there; i++)
            is_there = b->out->items[i].output_index == o;
        if (!is_there)
            (void)add_value(b, o); /* stays as it is: no data */
    }
    b->first = b->out->n;
}

void value_build_failed(const plan *p, uint32_t metric, const char *why, value_set *out)
{
    const gm_descriptor *d = p->metrics[metric].descriptor;
    for (uint32_t i = 0; i < d->n_outputs; i++) {
        value *v = value_set_add(out);
        v->metric_index = metric;
        v->output_index = i;
        v->metric = p->metrics[metric].config->name;
        v->output = d->outputs[i]->name;
        v->unit = p->metrics[metric].units[i];
        v->direction = d->outputs[i]->direction;
        v->kind = d->outputs[i]->kind;
        set_no_data(&v->current);
        set_no_data(&v->previous);
        v->current.status = GM_S_ERROR;
        v->error = arena_strdup(&out->memory, why);
    }
}

static int compare_labels(const value_label *a, uint32_t n_a, const value_label *b, uint32_t n_b)
{
    for (uint32_t i = 0; i < n_a && i < n_b; i++) {
        if (a[i].text == NULL || b[i].text == NULL) {
            if (a[i].text != b[i].text)
                return a[i].text == NULL ? -1 : 1;
            continue;
        }
        int order = strcmp(a[i].text, b[i].text);
        if (order != 0)
            return order;
    }
    return n_a == n_b ? 0 : n_a < n_b ? -1 : 1;
}

static int by_value_order(const void *a, const void *b)
{
    const value *x = a, *y = b;
    if (x->metric_index != y->metric_index)
        return x->metric_index < y->metric_index ? -1 : 1;
    if (x->output_index != y->output_index)
        return x->output_index < y->output_index ? -1 : 1;
    int order = compare_labels(x->groups, x->n_groups, y->groups, y->n_groups);
    return order != 0 ? order : compare_labels(x->labels, x->n_labels, y->labels, y->n_labels);
}

void value_build_sort(value_set *set)
{
    if (set->n != 0)
        qsort(set->items, set->n, sizeof *set->items, by_value_order);
}

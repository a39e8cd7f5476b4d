/* SPDX-License-Identifier: Apache-2.0
 * plugin_info.c - descriptors as bytes, from the describe worker to the supervisor. What is loaded
 * is checked again by descriptor_check(): a plugin's constructor may have written to the pipe. */
#include "host/plugin_info.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "host/descriptor_check.h"

uint32_t plugin_info_param(const gm_descriptor *d, const char *name)
{
    for (uint32_t i = 0; i < d->n_params; i++)
        if (d->params[i]->name != NULL && strcmp(d->params[i]->name, name) == 0)
            return i;
    return UINT32_MAX;
}

uint32_t plugin_info_output(const gm_descriptor *d, const char *name)
{
    for (uint32_t i = 0; i < d->n_outputs; i++)
        if (strcmp(d->outputs[i]->name, name) == 0)
            return i;
    return UINT32_MAX;
}

/* ---- saving: NULL and "" are told apart by a byte in front --------------------------------------
 */

static void put_text(bytes *out, const char *s)
{
    bytes_u8(out, s != NULL);
    if (s != NULL)
        bytes_str(out, s);
}

static void put_value(bytes *out, const gm_value *v)
{
    bytes_u32(out, v->is_null != 0 ? 0 : v->type);
    if (v->is_null != 0)
        return;
    if (v->type == GM_T_STR || v->type == GM_T_EXPR) {
        bytes_blob(out, v->u.s.ptr, v->u.s.len);
    } else if (v->type == GM_T_F64) {
        bytes_f64(out, v->u.f);
    } else if (v->type == GM_T_LIST) {
        bytes_u64(out, v->u.l.n);
        /* Lists hold scalars only (descriptor_check), so this ends at one level. */
        for (uint64_t i = 0; i < v->u.l.n; i++) {
            const gm_value *item = &v->u.l.items[i];
            bytes_u32(out, item->type);
            if (item->type == GM_T_STR)
                bytes_blob(out, item->u.s.ptr, item->u.s.len);
            else
                bytes_i64(out, item->u.i); /* the bits, of whatever type */
        }
    } else {
        bytes_i64(out, v->u.i);
    }
}

static void put_param(bytes *out, const gm_param *p)
{
    bytes_u32(out, p->type);
    bytes_u32(out, p->flags);
    bytes_u32(out, p->item_type);
    bytes_u32(out, p->item_flags);
    put_text(out, p->name);
    put_text(out, p->doc);
    put_text(out, p->unit);
    put_value(out, &p->def);
    put_value(out, &p->min);
    put_value(out, &p->max);
    uint32_t n = 0;
    while (p->type == GM_T_ENUM && p->enum_values[n] != NULL)
        n++;
    bytes_u32(out, n);
    for (uint32_t i = 0; i < n; i++)
        put_text(out, p->enum_values[i]);
}

static void put_descriptor(bytes *out, const gm_descriptor *d)
{
    bytes_u32(out, d->abi_minor_min);
    bytes_u64(out, d->algebra);
    const char *const texts[] = {d->id,          d->version, d->vendor, d->name,
                                 d->description, d->license, d->url};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(out, texts[i]);
    bytes_u32(out, d->state_format);
    bytes_u32(out, d->state_format_min);
    bytes_f64(out, d->tol_rel);
    bytes_f64(out, d->tol_abs);
    bytes_u64(out, d->max_state_bytes);
    bytes_u32(out, d->n_params);
    bytes_u32(out, d->n_fields);
    bytes_u32(out, d->n_outputs);
    for (uint32_t i = 0; i < d->n_params; i++)
        put_param(out, d->params[i]);
    for (uint32_t i = 0; i < d->n_fields; i++) {
        const gm_field *f = d->fields[i];
        bytes_u32(out, f->type);
        bytes_u32(out, f->flags);
        put_text(out, f->name);
        put_text(out, f->name_param);
        put_text(out, f->doc);
    }
    for (uint32_t i = 0; i < d->n_outputs; i++) {
        const gm_output *o = d->outputs[i];
        bytes_u32(out, o->type);
        bytes_u32(out, o->kind);
        bytes_u32(out, o->direction);
        bytes_u32(out, o->flags);
        const char *const names[] = {o->name,   o->unit,        o->doc,       o->label,
                                     o->label2, o->label_param, o->unit_from, o->unit_per};
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            put_text(out, names[k]);
    }
}

void plugin_info_save(const plugin_info *info, bytes *out)
{
    bytes_str(out, info->path);
    bytes_str(out, info->hash);
    bytes_u32(out, info->abi_minor);
    bytes_str(out, info->build_info);
    bytes_u32(out, info->n_descriptors);
    for (uint32_t i = 0; i < info->n_descriptors; i++)
        put_descriptor(out, info->descriptors[i]);
}

/* ---- loading ------------------------------------------------------------------------------------
 */

static const char *get_text(bytes_reader *in, arena *a)
{
    if (bytes_get_u8(in) == 0)
        return NULL;
    gm_str s = bytes_get_str(in);
    if (in->bad || s.len > LIMIT_PLUGIN_TEXT || memchr(s.ptr, '\0', s.len) != NULL) {
        in->bad = true;
        return NULL;
    }
    return arena_strndup(a, s.ptr, s.len);
}

static gm_str get_str(bytes_reader *in, arena *a)
{
    gm_str s = bytes_get_str(in);
    if (in->bad)
        return (gm_str){.ptr = "", .len = 0};
    s.ptr = arena_strndup(a, s.ptr, s.len);
    return s;
}

static void get_list(bytes_reader *in, arena *a, gm_value *v)
{
    uint64_t n = bytes_get_u64(in);
    if (in->bad || n > (uint64_t)(in->end - in->p)) {
        in->bad = true;
        return;
    }
    gm_value *items = arena_zpush(a, (size_t)n * sizeof *items);
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        items[i].type = bytes_get_u32(in);
        if (items[i].type == GM_T_STR)
            items[i].u.s = get_str(in, a);
        else
            items[i].u.i = bytes_get_i64(in);
    }
    v->u.l.items = items;
    v->u.l.n = n;
}

static gm_value get_value(bytes_reader *in, arena *a)
{
    gm_value v;
    memset(&v, 0, sizeof v);
    v.type = bytes_get_u32(in);
    if (v.type == 0)
        v.is_null = 1;
    else if (v.type == GM_T_STR || v.type == GM_T_EXPR)
        v.u.s = get_str(in, a);
    else if (v.type == GM_T_F64)
        v.u.f = bytes_get_f64(in);
    else if (v.type == GM_T_LIST)
        get_list(in, a, &v);
    else
        v.u.i = bytes_get_i64(in);
    return v;
}

static gm_param *get_param(bytes_reader *in, arena *a)
{
    gm_param *p = arena_zpush(a, sizeof *p);
    p->struct_size = sizeof *p;
    p->type = bytes_get_u32(in);
    p->flags = bytes_get_u32(in);
    p->item_type = bytes_get_u32(in);
    p->item_flags = bytes_get_u32(in);
    p->name = get_text(in, a);
    p->doc = get_text(in, a);
    p->unit = get_text(in, a);
    p->def = get_value(in, a);
    p->min = get_value(in, a);
    p->max = get_value(in, a);
    uint32_t n = bytes_get_u32(in);
    if (n > LIMIT_PLUGIN_ENUM || in->bad) {
        in->bad = true;
        return p;
    }
    const char **values = arena_zpush(a, (n + 1) * sizeof *values);
    for (uint32_t i = 0; i < n; i++) {
        values[i] = get_text(in, a);
        if (values[i] == NULL)
            in->bad = true;
    }
    p->enum_values = values;
    return p;
}

static gm_field *get_field(bytes_reader *in, arena *a)
{
    gm_field *f = arena_zpush(a, sizeof *f);
    f->struct_size = sizeof *f;
    f->type = bytes_get_u32(in);
    f->flags = bytes_get_u32(in);
    f->name = get_text(in, a);
    f->name_param = get_text(in, a);
    f->doc = get_text(in, a);
    return f;
}

static gm_output *get_output(bytes_reader *in, arena *a)
{
    gm_output *o = arena_zpush(a, sizeof *o);
    o->struct_size = sizeof *o;
    o->type = bytes_get_u32(in);
    o->kind = bytes_get_u32(in);
    o->direction = bytes_get_u32(in);
    o->flags = bytes_get_u32(in);
    const char **names[] = {&o->name,   &o->unit,        &o->doc,       &o->label,
                            &o->label2, &o->label_param, &o->unit_from, &o->unit_per};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        *names[i] = get_text(in, a);
    return o;
}

static gm_descriptor *get_descriptor(bytes_reader *in, arena *a)
{
    gm_descriptor *d = arena_zpush(a, sizeof *d);
    d->struct_size = sizeof *d;
    d->abi_minor_min = bytes_get_u32(in);
    d->algebra = bytes_get_u64(in);
    const char **texts[] = {&d->id,          &d->version, &d->vendor, &d->name,
                            &d->description, &d->license, &d->url};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = get_text(in, a);
    d->state_format = bytes_get_u32(in);
    d->state_format_min = bytes_get_u32(in);
    d->tol_rel = bytes_get_f64(in);
    d->tol_abs = bytes_get_f64(in);
    d->max_state_bytes = bytes_get_u64(in);
    d->n_params = bytes_get_u32(in);
    d->n_fields = bytes_get_u32(in);
    d->n_outputs = bytes_get_u32(in);
    if (d->n_params > LIMIT_PLUGIN_PARAMS || d->n_fields > LIMIT_PLUGIN_PARAMS ||
        d->n_outputs > LIMIT_PLUGIN_PARAMS) {
        in->bad = true;
        return d;
    }
    const gm_param **params = arena_zpush(a, (d->n_params + 1) * sizeof *params);
    for (uint32_t i = 0; i < d->n_params && !in->bad; i++)
        params[i] = get_param(in, a);
    const gm_field **fields = arena_zpush(a, (d->n_fields + 1) * sizeof *fields);
    for (uint32_t i = 0; i < d->n_fields && !in->bad; i++)
        fields[i] = get_field(in, a);
    const gm_output **outputs = arena_zpush(a, (d->n_outputs + 1) * sizeof *outputs);
    for (uint32_t i = 0; i < d->n_outputs && !in->bad; i++)
        outputs[i] = get_output(in, a);
    d->params = params;
    d->fields = fields;
    d->outputs = outputs;
    return d;
}

gm_status plugin_info_load(plugin_info *out, bytes_reader *in, arena *run_arena, gm_error *err)
{
    memset(out, 0, sizeof *out);
    gm_str path = get_str(in, run_arena);
    gm_str hash = get_str(in, run_arena);
    out->path = path.ptr;
    if (hash.len == HASH_HEX_SIZE - 1 && strspn(hash.ptr, "0123456789abcdef") == hash.len)
        memcpy(out->hash, hash.ptr, HASH_HEX_SIZE);
    else
        in->bad = true;
    out->abi_minor = bytes_get_u32(in);
    out->build_info = get_str(in, run_arena).ptr;
    out->n_descriptors = bytes_get_u32(in);
    if (out->n_descriptors > LIMIT_PLUGIN_METRICS)
        in->bad = true;
    const gm_descriptor **all =
        in->bad ? NULL : arena_zpush(run_arena, (out->n_descriptors + 1) * sizeof *all);
    for (uint32_t i = 0; !in->bad && i < out->n_descriptors; i++)
        all[i] = get_descriptor(in, run_arena);
    out->descriptors = all;
    if (in->bad)
        return error_set(err, GM_E_DAMAGED, "the description of a plugin is damaged");
    for (uint32_t i = 0; i < out->n_descriptors; i++) {
        gm_status st = descriptor_check(all[i], out->path, err);
        if (st != GM_OK)
            return st;
    }
    return GM_OK;
}

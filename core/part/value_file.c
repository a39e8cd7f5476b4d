/* SPDX-License-Identifier: Apache-2.0
 * value_file.c - see value_file.h. A record: magic, checksum of the rest, number of values, values.
 */
#include "part/value_file.h"

#include <string.h>

#include "base/hash.h"

enum { MAGIC = 0x31564d47 /* "GMV1" */, HEAD_BYTES = 12 };

static void put_text(bytes *out, const char *s)
{
    bytes_u8(out, s != NULL);
    if (s != NULL)
        bytes_str(out, s);
}

static void put_labels(bytes *out, const value_label *labels, uint32_t n)
{
    bytes_varint(out, n);
    for (uint32_t i = 0; i < n; i++) {
        put_text(out, labels[i].name);
        put_text(out, labels[i].text);
    }
}

static void put_figure(bytes *out, const value_figure *f)
{
    bytes_u32(out, f->status);
    bytes_u32(out, f->method);
    bytes_u32(out, f->flags);
    bytes_u8(out, f->is_null);
    bytes_u8(out, f->is_integer);
    bytes_i64(out, f->i);
    bytes_u64(out, f->n);
    const double numbers[] = {f->f, f->num, f->den, f->lower, f->upper, f->level, f->se};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        bytes_f64(out, numbers[i]);
}

static void put_value(bytes *out, const value *v)
{
    bytes_u32(out, v->metric_index);
    bytes_u32(out, v->output_index);
    put_text(out, v->metric);
    put_text(out, v->output);
    put_text(out, v->unit);
    bytes_u32(out, v->direction);
    bytes_u32(out, v->kind);
    put_labels(out, v->groups, v->n_groups);
    put_labels(out, v->labels, v->n_labels);
    put_figure(out, &v->current);
    bytes_u8(out, v->has_previous);
    put_figure(out, &v->previous);
    bytes_varint(out, v->n_series);
    for (uint32_t i = 0; i < v->n_series; i++) {
        bytes_i64(out, v->series[i].start_us);
        bytes_f64(out, v->series[i].value);
    }
    put_text(out, v->error);
}

void value_file_save(const value_set *set, bytes *out)
{
    bytes body;
    bytes_init(&body, out->max);
    bytes_u32(&body, set->n);
    for (uint32_t i = 0; i < set->n; i++)
        put_value(&body, &set->items[i]);
    bytes_u32(out, MAGIC);
    bytes_u64(out, hash_64(body.data, body.len, 0));
    bytes_put(out, body.data, body.len);
    out->failed = out->failed || body.failed;
    bytes_deinit(&body);
}

static const char *get_text(bytes_reader *in, arena *a)
{
    if (bytes_get_u8(in) == 0)
        return NULL;
    gm_str s = bytes_get_str(in);
    return in->bad ? NULL : arena_strndup(a, s.ptr, s.len);
}

static const char *get_name(bytes_reader *in, arena *a)
{
    const char *s = get_text(in, a);
    if (s == NULL)
        in->bad = true;
    return s;
}

static void get_labels(bytes_reader *in, arena *a, value_label *labels, uint32_t n)
{
    for (uint32_t i = 0; i < n && !in->bad; i++) {
        labels[i].name = get_name(in, a);
        labels[i].text = get_text(in, a);
    }
}

static void get_figure(bytes_reader *in, value_figure *f)
{
    f->status = bytes_get_u32(in);
    f->method = bytes_get_u32(in);
    f->flags = bytes_get_u32(in);
    f->is_null = bytes_get_u8(in) != 0;
    f->is_integer = bytes_get_u8(in) != 0;
    f->i = bytes_get_i64(in);
    f->n = bytes_get_u64(in);
    double *numbers[] = {&f->f, &f->num, &f->den, &f->lower, &f->upper, &f->level, &f->se};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = bytes_get_f64(in);
    if (f->status > GM_S_ERROR)
        in->bad = true;
}

static uint32_t get_count(bytes_reader *in, size_t each)
{
    uint64_t n = bytes_get_varint(in);
    if (n > (uint64_t)(in->end - in->p) / each)
        in->bad = true;
    return in->bad ? 0 : (uint32_t)n;
}

static void get_value(bytes_reader *in, arena *a, value *v)
{
    v->metric_index = bytes_get_u32(in);
    v->output_index = bytes_get_u32(in);
    v->metric = get_name(in, a);
    v->output = get_name(in, a);
    v->unit = get_name(in, a);
    v->direction = bytes_get_u32(in);
    v->kind = bytes_get_u32(in);
    if (v->direction > GM_D_TARGET)
        in->bad = true;
    v->n_groups = get_count(in, 2);
    v->groups = arena_zpush(a, v->n_groups * sizeof *v->groups);
    get_labels(in, a, v->groups, v->n_groups);
    v->n_labels = get_count(in, 2);
    if (v->n_labels > 2) {
        v->n_labels = 0;
        in->bad = true;
    }
    get_labels(in, a, v->labels, v->n_labels);
    get_figure(in, &v->current);
    v->has_previous = bytes_get_u8(in) != 0;
    get_figure(in, &v->previous);
    v->n_series = get_count(in, 16);
    v->series = arena_zpush(a, v->n_series * sizeof *v->series);
    for (uint32_t i = 0; i < v->n_series; i++) {
        v->series[i].start_us = bytes_get_i64(in);
        v->series[i].value = bytes_get_f64(in);
    }
    v->error = get_text(in, a);
}

gm_status value_file_load(value_set *set, const void *p, size_t n, gm_error *err)
{
    bytes_reader in = bytes_read(p, n);
    uint32_t magic = bytes_get_u32(&in);
    uint64_t checksum = bytes_get_u64(&in);
    if (in.bad || magic != MAGIC || hash_64(in.p, n - HEAD_BYTES, 0) != checksum)
        return error_set(err, GM_E_DAMAGED, "the values of a reduce worker are damaged");
    uint32_t before = set->n;
    uint32_t count = bytes_get_u32(&in);
    for (uint32_t i = 0; i < count && !in.bad; i++)
        get_value(&in, &set->memory, value_set_add(set));
    if (in.bad || in.p != in.end) {
        set->n = before; /* half a value is none */
        return error_set(err, GM_E_DAMAGED, "the values of a reduce worker make no sense");
    }
    return GM_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * log_facts.c - see log_facts.h. */
#include "run/log_facts.h"

#include <string.h>

#include "base/mem.h"

void log_facts_add_day(log_facts *f, int32_t day, uint64_t n)
{
    /* From the end: logs are mostly in order of time. */
    uint32_t at = f->n_days;
    while (at > 0 && f->days[at - 1].day > day)
        at--;
    if (at > 0 && f->days[at - 1].day == day) {
        f->days[at - 1].events += n;
        return;
    }
    MEM_GROW(f->days, f->n_days, f->days_cap);
    memmove(&f->days[at + 1], &f->days[at], (f->n_days - at) * sizeof *f->days);
    f->days[at] = (log_day){.day = day, .events = n};
    f->n_days++;
}

void log_facts_deinit(log_facts *f)
{
    mem_free(f->days);
    mem_free(f->nulls);
    memset(f, 0, sizeof *f);
}

static void put_examples(bytes *out, const log_example examples[LIMIT_EXAMPLES])
{
    uint32_t n = 0;
    while (n < LIMIT_EXAMPLES && examples[n].line != 0)
        n++;
    bytes_u8(out, (uint8_t)n);
    for (uint32_t i = 0; i < n; i++) {
        bytes_varint(out, examples[i].line);
        bytes_str(out, examples[i].text);
    }
}

void log_facts_save(const log_facts *f, bytes *out)
{
    const log_counts *c = &f->counts;
    const uint64_t head[] = {c->lines, c->bytes_in, c->bytes_out, c->members, c->trailing_bytes};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        bytes_varint(out, head[i]);
    for (uint32_t i = 0; i < LOG_OUTCOMES; i++) {
        bytes_varint(out, c->outcomes[i]);
        put_examples(out, c->examples[i]);
    }
    for (uint32_t i = 0; i < LOG_NOTICES; i++) {
        bytes_varint(out, c->notices[i]);
        put_examples(out, c->notice_examples[i]);
    }
    bytes_varint(out, f->n_days);
    for (uint32_t i = 0; i < f->n_days; i++) {
        bytes_u32(out, (uint32_t)f->days[i].day);
        bytes_varint(out, f->days[i].events);
    }
    bytes_varint(out, f->n_nulls);
    for (uint32_t i = 0; i < f->n_nulls; i++) {
        bytes_varint(out, f->nulls[i].metric);
        bytes_varint(out, f->nulls[i].column);
        bytes_varint(out, f->nulls[i].events);
    }
}

static void get_examples(bytes_reader *in, log_example examples[LIMIT_EXAMPLES])
{
    uint8_t n = bytes_get_u8(in);
    if (n > LIMIT_EXAMPLES)
        in->bad = true;
    for (uint32_t i = 0; i < n && !in->bad; i++) {
        examples[i].line = bytes_get_varint(in);
        gm_str text = bytes_get_str(in);
        if (in->bad || text.len >= LIMIT_EXAMPLE_BYTES) {
            in->bad = true;
            return;
        }
        memcpy(examples[i].text, text.ptr, text.len);
    }
}

static uint32_t get_count(bytes_reader *in)
{
    uint64_t n = bytes_get_varint(in);
    if (n > (uint64_t)(in->end - in->p)) /* each takes at least a byte */
        in->bad = true;
    return in->bad ? 0 : (uint32_t)n;
}

gm_status log_facts_load(log_facts *out, bytes_reader *in, arena *run_arena, gm_error *err)
{
    memset(out, 0, sizeof *out);
    log_counts *c = &out->counts;
    uint64_t *head[] = {&c->lines, &c->bytes_in, &c->bytes_out, &c->members, &c->trailing_bytes};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        *head[i] = bytes_get_varint(in);
    for (uint32_t i = 0; i < LOG_OUTCOMES; i++) {
        c->outcomes[i] = bytes_get_varint(in);
        get_examples(in, c->examples[i]);
    }
    for (uint32_t i = 0; i < LOG_NOTICES; i++) {
        c->notices[i] = bytes_get_varint(in);
        get_examples(in, c->notice_examples[i]);
    }
    out->n_days = get_count(in);
    out->days = arena_zpush(run_arena, out->n_days * sizeof *out->days);
    for (uint32_t i = 0; i < out->n_days && !in->bad; i++) {
        out->days[i].day = (int32_t)bytes_get_u32(in);
        out->days[i].events = bytes_get_varint(in);
    }
    out->n_nulls = get_count(in);
    out->nulls = arena_zpush(run_arena, out->n_nulls * sizeof *out->nulls);
    for (uint32_t i = 0; i < out->n_nulls && !in->bad; i++) {
        out->nulls[i].metric = (uint32_t)bytes_get_varint(in);
        out->nulls[i].column = (uint32_t)bytes_get_varint(in);
        out->nulls[i].events = bytes_get_varint(in);
    }
    if (in->bad)
        return error_set(err, GM_E_DAMAGED, "what a map worker told about a log is damaged");
    return GM_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * state_merge.c - a heap of part cursors; see state_merge.h. */
#include "run/state_merge.h"

#include "base/mem.h"
#include "part/part_reader.h"

typedef struct input {
    part_reader *reader;
    part_cursor *cursor;
    const part_entry *entry;
    uint32_t state_format;
    const uint32_t *ranks;
} input;

struct state_merge {
    input *inputs;
    uint32_t n_inputs;
    uint32_t *heap; /* of inputs, the next one first */
    uint32_t n_heap;
    bool has_given; /* the first of the heap was given and wants to move on */
};

/* Does a come before b? */
static bool before(const input *a, const input *b)
{
    int order = part_compare_group(a->entry, b->entry);
    if (order != 0)
        return order < 0;
    if (a->entry->bucket != b->entry->bucket)
        return a->entry->bucket < b->entry->bucket;
    return a->ranks[a->entry->log] < b->ranks[b->entry->log];
}

static void sink(state_merge *m, uint32_t at)
{
    for (;;) {
        uint32_t least = at, left = 2 * at + 1;
        for (uint32_t k = left; k < left + 2 && k < m->n_heap; k++)
            if (before(&m->inputs[m->heap[k]], &m->inputs[m->heap[least]]))
                least = k;
        if (least == at)
            return;
        uint32_t swap = m->heap[at];
        m->heap[at] = m->heap[least];
        m->heap[least] = swap;
        at = least;
    }
}

static gm_status advance(input *in, gm_error *err)
{
    do {
        gm_status st = part_cursor_next(in->cursor, &in->entry, err);
        if (st != GM_OK)
            return st;
    } while (in->entry != NULL && in->ranks[in->entry->log] == UINT32_MAX);
    return GM_OK;
}

static gm_status add_part(state_merge *m, const reduce_options *options, const reduce_part *part,
                          const reduce_task *task, gm_error *err)
{
    part_reader *reader = NULL;
    gm_status st = part_reader_open(&reader, part->path, err);
    if (st != GM_OK)
        return st;
    const plan_metric *metric = &options->plan->metrics[task->metric];
    const part_section *section = part_reader_section(reader, metric->keys[part->source]);
    if (section == NULL) {
        part_reader_free(reader);
        return GM_OK;
    }
    input *in = &m->inputs[m->n_inputs];
    in->reader = reader;
    in->ranks = part->ranks;
    in->state_format = section->state_format;
    in->cursor = part_cursor_new(reader, section, task->first_slot, task->last_slot);
    st = advance(in, err);
    if (in->entry != NULL)
        m->heap[m->n_heap++] = m->n_inputs;
    m->n_inputs++;
    return st;
}

gm_status state_merge_open(state_merge **out, const reduce_options *options,
                           const reduce_task *task, gm_error *err)
{
    state_merge *m = mem_zalloc(sizeof *m);
    m->inputs = mem_array(options->n_parts + 1, sizeof *m->inputs);
    m->heap = mem_array(options->n_parts + 1, sizeof *m->heap);
    gm_status st = GM_OK;
    for (uint32_t i = 0; st == GM_OK && i < options->n_parts; i++)
        if (options->plan->metrics[task->metric].reads_source[options->parts[i].source])
            st = add_part(m, options, &options->parts[i], task, err);
    if (st != GM_OK) {
        state_merge_free(m);
        *out = NULL;
        return st;
    }
    for (uint32_t i = m->n_heap; i-- > 0;)
        sink(m, i);
    *out = m;
    return GM_OK;
}

void state_merge_free(state_merge *m)
{
    if (m == NULL)
        return;
    for (uint32_t i = 0; i < m->n_inputs; i++) {
        part_cursor_free(m->inputs[i].cursor);
        part_reader_free(m->inputs[i].reader);
    }
    mem_free(m->inputs);
    mem_free(m->heap);
    mem_free(m);
}

gm_status state_merge_next(state_merge *m, state_item *item, gm_error *err)
{
    item->entry = NULL;
    if (m->has_given) {
        input *first = &m->inputs[m->heap[0]];
        gm_status st = advance(first, err);
        if (st != GM_OK)
            return st;
        if (first->entry == NULL)
            m->heap[0] = m->heap[--m->n_heap];
        sink(m, 0);
        m->has_given = false;
    }
    if (m->n_heap == 0)
        return GM_OK;
    const input *next = &m->inputs[m->heap[0]];
    item->entry = next->entry;
    item->state_format = next->state_format;
    m->has_given = true;
    return GM_OK;
}

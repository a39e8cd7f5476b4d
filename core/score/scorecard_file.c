/* SPDX-License-Identifier: Apache-2.0
 * scorecard_file.c - see scorecard_file.h. Equal sets give equal bytes. */
#include "score/scorecard_file.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum {
    FILE_FORMAT = 1,
    REASON_BYTES_MAX = 4096, /* the host's reasons hold selectors, which may be long */
    ERROR_BYTES_MAX = 65536
};

static const char magic[4] = {'G', 'M', 'S', 'C'};

/* ---- saving --------------------------------------------------------------------------------- */

static void save_card(const scorecard *card, bytes *out)
{
    bytes_u8(out, (uint8_t)card->status);
    bytes_u8(out, card->has_score);
    bytes_f64(out, card->score);
    bytes_varint(out, card->n_reasons);
    for (uint32_t i = 0; i < card->n_reasons; i++)
        bytes_str(out, card->reasons[i]);
    bytes_varint(out, card->n_evidence);
    for (uint32_t i = 0; i < card->n_evidence; i++) {
        const scorecard_evidence *e = &card->evidence[i];
        bytes_str(out, e->name);
        bytes_u8(out, e->text != NULL);
        if (e->text != NULL)
            bytes_str(out, e->text);
        else
            bytes_f64(out, e->number);
    }
    bytes_varint(out, card->n_flags);
    for (uint32_t i = 0; i < card->n_flags; i++)
        bytes_str(out, card->flags[i]);
    bytes_str(out, card->error);
    bytes_u64(out, card->fuel_used);
}

static void save_area(const scorecard_area *area, bytes *out)
{
    bytes_str(out, area->name);
    bytes_u8(out, (uint8_t)area->status);
    bytes_u8(out, area->has_score);
    bytes_f64(out, area->score);
    bytes_f64(out, area->coverage);
    bytes_f64(out, area->weight);
    bytes_varint(out, area->n_children);
    for (uint32_t i = 0; i < area->n_children; i++) {
        bytes_varint(out, area->children[i].goal);
        bytes_f64(out, area->children[i].weight);
        bytes_u8(out, area->children[i].is_counted);
    }
}

void scorecard_file_save(const scorecard_set *set, bytes *out)
{
    bytes_put(out, magic, sizeof magic);
    bytes_u8(out, FILE_FORMAT);
    bytes_varint(out, set->n_goals);
    for (uint32_t i = 0; i < set->n_goals; i++)
        save_card(&set->goals[i], out);
    bytes_varint(out, set->n_areas);
    for (uint32_t i = 0; i < set->n_areas; i++)
        save_area(&set->areas[i], out);
    save_area(&set->overall, out);
}

/* ---- loading -------------------------------------------------------------------------------- */

/* UTF-8 of at most max bytes, without NUL; NULL when it is empty. */
static const char *load_text(bytes_reader *in, size_t max, arena *set_arena)
{
    gm_str s = bytes_get_str(in);
    if (in->bad || s.len == 0)
        return NULL;
    if (s.len > max || memchr(s.ptr, '\0', s.len) != NULL || !text_is_utf8(s.ptr, s.len)) {
        in->bad = true;
        return NULL;
    }
    return arena_strndup(set_arena, s.ptr, s.len);
}

static const char *load_some_text(bytes_reader *in, size_t max, arena *set_arena)
{
    const char *text = load_text(in, max, set_arena);
    return text != NULL ? text : "";
}

static bool load_flag(bytes_reader *in)
{
    uint8_t v = bytes_get_u8(in);
    if (v > 1)
        in->bad = true;
    return v == 1;
}

/* A number of items, each of which takes at least a byte; 0 when bad. */
static uint32_t load_count(bytes_reader *in, uint64_t max)
{
    uint64_t n = bytes_get_varint(in);
    if (n > max || n > (uint64_t)(in->end - in->p))
        in->bad = true;
    return in->bad ? 0 : (uint32_t)n;
}

static double load_between(bytes_reader *in, double min, double max)
{
    double v = bytes_get_f64(in);
    if (!(v >= min && v <= max))
        in->bad = true;
    return v;
}

static scorecard_status load_status(bytes_reader *in, bool *has_score)
{
    uint8_t status = bytes_get_u8(in);
    *has_score = load_flag(in);
    if (status >= SCORECARD_STATUSES || *has_score != scorecard_is_judged((scorecard_status)status))
        in->bad = true;
    return in->bad ? SCORECARD_ERROR : (scorecard_status)status;
}

static const char **load_texts(bytes_reader *in, uint32_t *n, size_t max, arena *set_arena)
{
    *n = load_count(in, LIMIT_RULE_REASONS);
    const char **texts = arena_zpush(set_arena, *n * sizeof *texts);
    for (uint32_t i = 0; i < *n; i++)
        texts[i] = load_some_text(in, max, set_arena);
    return texts;
}

static void load_card(scorecard *card, bytes_reader *in, arena *set_arena)
{
    card->status = load_status(in, &card->has_score);
    card->score = load_between(in, 0, 100);
    card->reasons = load_texts(in, &card->n_reasons, REASON_BYTES_MAX, set_arena);
    card->n_evidence = load_count(in, LIMIT_RULE_EVIDENCE);
    card->evidence = arena_zpush(set_arena, card->n_evidence * sizeof *card->evidence);
    for (uint32_t i = 0; i < card->n_evidence; i++) {
        scorecard_evidence *e = &card->evidence[i];
        e->name = load_some_text(in, LIMIT_NAME_BYTES, set_arena);
        if (load_flag(in)) {
            e->text = load_some_text(in, LIMIT_RULE_TEXT_BYTES, set_arena);
        } else {
            e->number = bytes_get_f64(in);
            if (!isfinite(e->number))
                in->bad = true;
        }
    }
    card->flags = load_texts(in, &card->n_flags, LIMIT_NAME_BYTES, set_arena);
    card->error = load_text(in, ERROR_BYTES_MAX, set_arena);
    card->fuel_used = bytes_get_u64(in);
}

static void load_area(scorecard_area *area, bytes_reader *in, uint32_t n_below, arena *set_arena)
{
    area->name = load_text(in, LIMIT_NAME_BYTES, set_arena);
    area->status = load_status(in, &area->has_score);
    if (!area->has_score && area->status != SCORECARD_NO_DATA)
        in->bad = true;
    area->score = load_between(in, 0, 100);
    area->coverage = load_between(in, 0, 1);
    area->weight = load_between(in, 0, HUGE_VAL);
    area->n_children = load_count(in, n_below);
    area->children = arena_zpush(set_arena, area->n_children * sizeof *area->children);
    for (uint32_t i = 0; i < area->n_children; i++) {
        uint64_t below = bytes_get_varint(in);
        if (below >= n_below)
            in->bad = true;
        area->children[i].goal = in->bad ? 0 : (uint32_t)below;
        area->children[i].weight = load_between(in, 0, HUGE_VAL);
        area->children[i].is_counted = load_flag(in);
    }
}

static void load_set(scorecard_set *set, bytes_reader *in)
{
    for (uint32_t i = 0; i < set->n_goals && !in->bad; i++) {
        load_card(&set->goals[i], in, &set->memory);
        set->goals[i].goal = i;
    }
    if (bytes_get_varint(in) != set->n_areas)
        in->bad = true;
    for (uint32_t i = 0; i < set->n_areas && !in->bad; i++) {
        load_area(&set->areas[i], in, set->n_goals, &set->memory);
        if (set->areas[i].name == NULL)
            in->bad = true;
    }
    if (!in->bad)
        load_area(&set->overall, in, set->n_areas, &set->memory);
    if (set->overall.name != NULL || in->p != in->end)
        in->bad = true;
}

gm_status scorecard_file_load(scorecard_set *out, const void *p, size_t n, uint32_t n_goals,
                              uint32_t n_areas, gm_error *err)
{
    bytes_reader in = bytes_read(p, n);
    memset(out, 0, sizeof *out);
    const uint8_t *begin = bytes_get(&in, sizeof magic);
    if (begin == NULL || memcmp(begin, magic, sizeof magic) != 0 ||
        bytes_get_u8(&in) != FILE_FORMAT || bytes_get_varint(&in) != n_goals)
        return error_set(err, GM_E_DAMAGED, "these are not the scorecards of this run");
    arena_init(&out->memory, 0);
    out->n_goals = n_goals;
    out->n_areas = n_areas;
    out->goals = arena_zpush(&out->memory, n_goals * sizeof *out->goals);
    out->areas = arena_zpush(&out->memory, n_areas * sizeof *out->areas);
    load_set(out, &in);
    if (in.bad) {
        scorecard_set_deinit(out);
        return error_set(err, GM_E_DAMAGED, "the scorecards are damaged");
    }
    return GM_OK;
}

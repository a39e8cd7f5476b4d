/* SPDX-License-Identifier: Apache-2.0
 * score.c - the loop over goals, and what the host decides before a rule is asked; see score.h.
 *
 * The host's own statuses, in this order: error and no_data of an input that is not optional, low_n
 * by min_n of the first input, no_target. A rule that needs a baseline and has none is an error. */
#include "score/score.h"

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "score/rollup.h"
#include "score/rule_call.h"
#include "score/sandbox.h"
#include "base/quantity_text.h"

enum { LABEL_SIZE = 256 };

/* A rule's file, read once for all goals that use it. */
typedef struct rule_source {
    const rule_info *rule;
    bytes data;
    const char *error; /* NULL: data is what was described */
} rule_source;

typedef struct score_job {
    const score_options *options;
    scorecard_set *set;
    rule_source *sources;
    uint32_t n_sources, cap_sources;
} score_job;

/* ---- rule files ----------------------------------------------------------------------------- */

static void read_source(rule_source *s, arena *set_arena)
{
    char hex[HASH_HEX_SIZE], text[GM_ERROR_MESSAGE_MAX + GM_ERROR_PATH_MAX];
    gm_error err;
    bytes_init(&s->data, LIMIT_RULE_SOURCE_BYTES);
    if (file_read(&s->data, s->rule->path, &err) != GM_OK) {
        error_format(&err, text, sizeof text);
        s->error = arena_strdup(set_arena, text);
        return;
    }
    hash_hex(hash_128(s->data.data, s->data.len), hex);
    if (strcmp(hex, s->rule->hash) != 0)
        s->error =
            arena_printf(set_arena, "%s: the file has changed since the run began", s->rule->path);
}

static const rule_source *find_source(score_job *job, const rule_info *rule)
{
    for (uint32_t i = 0; i < job->n_sources; i++)
        if (job->sources[i].rule == rule)
            return &job->sources[i];
    MEM_GROW(job->sources, job->n_sources, job->cap_sources);
    rule_source *s = &job->sources[job->n_sources++];
    memset(s, 0, sizeof *s);
    s->rule = rule;
    read_source(s, &job->set->memory);
    return s;
}

/* ---- what the host decides ------------------------------------------------------------------ */

static void set_reason(scorecard *card, arena *set_arena, const char *text)
{
    const char **reasons = arena_push(set_arena, sizeof *reasons);
    reasons[0] = text;
    card->reasons = reasons;
    card->n_reasons = 1;
}

static bool decide_by_inputs(scorecard *card, const score_goal *goal, uint32_t status,
                             arena *set_arena)
{
    for (uint32_t i = 0; i < goal->n_inputs; i++) {
        char label[LABEL_SIZE];
        const value_figure *f = rule_call_figure(goal, i, false);
        bool is_null = f->status == GM_S_OK && isnan(value_number(f));
        uint32_t is = is_null ? (uint32_t)GM_S_NO_DATA : f->status;
        if (goal->rule->inputs[i].optional || is != status)
            continue;
        const char *name = rule_call_input_label(goal, i, label, sizeof label);
        if (status == GM_S_NO_DATA) {
            card->status = SCORECARD_NO_DATA;
            set_reason(card, set_arena, arena_printf(set_arena, "%s has no data", name));
        } else {
            const char *why = goal->inputs[i].value->error;
            card->status = SCORECARD_ERROR;
            set_reason(card, set_arena, arena_printf(set_arena, "%s could not be computed", name));
            card->error = why != NULL ? arena_strdup(set_arena, why) : card->reasons[0];
        }
        return true;
    }
    return false;
}

static bool decide_by_n(scorecard *card, const score_goal *goal, arena *set_arena)
{
    uint64_t n = rule_call_figure(goal, 0, false)->n;
    if (goal->inputs[0].value == NULL || n >= goal->config->min_n)
        return false;
    char label[LABEL_SIZE], is[QUANTITY_TEXT_SIZE], min[QUANTITY_TEXT_SIZE];
    quantity_text_count(n, is);
    quantity_text_count(goal->config->min_n, min);
    const char *name = rule_call_input_label(goal, 0, label, sizeof label);
    card->status = SCORECARD_LOW_N;
    set_reason(card, set_arena,
               arena_printf(set_arena, "%s has n = %s, fewer than min_n = %s", name, is, min));
    return true;
}

static bool decide(scorecard *card, const score_goal *goal, arena *set_arena)
{
    if (decide_by_inputs(card, goal, GM_S_ERROR, set_arena) ||
        decide_by_inputs(card, goal, GM_S_NO_DATA, set_arena) || decide_by_n(card, goal, set_arena))
        return true;
    if (goal->rule->needs_target && !goal->has_target) {
        card->status = SCORECARD_NO_TARGET;
        set_reason(card, set_arena, "the goal has no target");
        return true;
    }
    if (goal->rule->needs_baseline && !goal->has_baseline) {
        card->status = SCORECARD_ERROR;
        card->error =
            arena_printf(set_arena, "rule %s needs a baseline: give `baseline`", goal->rule->name);
        return true;
    }
    return false;
}

/* ---- goals ---------------------------------------------------------------------------------- */

scorecard_status score_status(double score, const double bands[CONFIG_BANDS])
{
    static const scorecard_status by_band[CONFIG_BANDS] = {SCORECARD_MET, SCORECARD_ON_TRACK,
                                                           SCORECARD_AT_RISK};
    GM_ASSERT(score >= 0 && score <= 100);
    for (int i = 0; i < CONFIG_BANDS; i++)
        if (score >= bands[i])
            return by_band[i];
    return SCORECARD_MISSED;
}

static void score_goal_of(score_job *job, uint32_t index)
{
    const score_goal *goal = &job->options->goals[index];
    scorecard *card = &job->set->goals[index];
    arena *set_arena = &job->set->memory;
    GM_ASSERT(goal->n_inputs == goal->rule->n_inputs && goal->n_inputs > 0);
    GM_ASSERT(goal->n_params == goal->rule->n_params);
    memset(card, 0, sizeof *card);
    if (!decide(card, goal, set_arena)) {
        const rule_source *s = find_source(job, goal->rule);
        if (s->error != NULL) {
            card->status = SCORECARD_ERROR;
            card->error = s->error;
        } else {
            rule_call_run(card, goal, job->options, (const char *)s->data.data, s->data.len,
                          set_arena);
        }
    }
    if (card->has_score)
        card->status = score_status(card->score, goal->config->bands);
    card->goal = index;
}

gm_status score_run(scorecard_set *out, const score_options *options, gm_error *err)
{
    memset(out, 0, sizeof *out);
    gm_status status = sandbox_self_test(err);
    if (status != GM_OK)
        return status;
    score_job job = {.options = options, .set = out};
    arena_init(&out->memory, 0);
    out->n_goals = options->n_goals;
    out->goals = arena_zpush(&out->memory, out->n_goals * sizeof *out->goals);
    for (uint32_t i = 0; i < options->n_goals; i++)
        score_goal_of(&job, i);
    rollup_run(out, options->goals, options->config);
    for (uint32_t i = 0; i < job.n_sources; i++)
        bytes_deinit(&job.sources[i].data);
    mem_free(job.sources);
    return GM_OK;
}

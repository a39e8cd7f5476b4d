/* SPDX-License-Identifier: Apache-2.0
 * score_phase.c - binds goals to values and has the score worker judge them. The worker inherits
 * plan and values by fork; only the scorecards come back. */
#include <string.h>

#include "base/message.h"
#include "run/night_phases.h"
#include "score/score.h"
#include "score/scorecard_file.h"

typedef struct score_phase {
    night_work *work;
    score_goal *goals;
    pool *pool;
    uint32_t attempts;
} score_phase;

static void bind_goals(score_phase *p)
{
    night_work *w = p->work;
    const plan *pl = w->plan;
    arena *a = &w->night->record.memory;
    p->goals = arena_zpush(a, (pl->n_goals + 1) * sizeof *p->goals);
    for (uint32_t i = 0; i < pl->n_goals; i++) {
        const plan_goal *g = &pl->goals[i];
        const rule_info *rule = &pl->rules[g->rule];
        score_input *inputs = arena_zpush(a, (rule->n_inputs + 1) * sizeof *inputs);
        for (uint32_t k = 0; k < rule->n_inputs; k++) {
            inputs[k].name = rule->inputs[k].name;
            if (g->inputs[k] != NULL)
                inputs[k].value = plan_find_value(g->inputs[k], &w->night->values);
        }
        p->goals[i] = (score_goal){.config = g->config,
                                   .rule = rule,
                                   .direction = g->direction,
                                   .has_target = g->has_target,
                                   .has_baseline = g->has_baseline,
                                   .target = g->target,
                                   .baseline = g->baseline,
                                   .inputs = inputs,
                                   .n_inputs = rule->n_inputs,
                                   .params = g->params,
                                   .n_params = rule->n_params};
    }
}

static gm_status work(void *context, uint32_t task, bytes_reader order, bytes *answer,
                      gm_error *err)
{
    score_phase *p = context;
    (void)task;  /* there is one */
    (void)order; /* all is inherited */
    score_options options = {.goals = p->goals,
                             .n_goals = p->work->plan->n_goals,
                             .config = p->work->plan->config,
                             .zone = p->work->plan->zone,
                             .period_start = p->work->plan->current.start_us,
                             .period_end = p->work->plan->current.end_us};
    scorecard_set set;
    gm_status st = score_run(&set, &options, err);
    if (st == GM_OK) {
        scorecard_file_save(&set, answer);
        scorecard_set_deinit(&set);
    }
    return st;
}

static void on_done(void *context, uint32_t task, bytes_reader answer)
{
    score_phase *p = context;
    night_work *w = p->work;
    (void)task; /* there is one */
    gm_status st =
        scorecard_file_load(&w->night->scorecards, answer.p, (size_t)(answer.end - answer.p),
                            w->plan->n_goals, w->plan->config->n_areas, &w->fatal);
    if (st != GM_OK)
        w->fatal.code = st;
}

static void on_error(void *context, uint32_t task, const gm_error *err)
{
    score_phase *p = context;
    (void)task; /* there is one */
    p->work->fatal = *err;
}

static void on_death(void *context, uint32_t task, const pool_death *death)
{
    score_phase *p = context;
    const char *message =
        arena_printf(&p->work->night->record.memory, "the score worker %s", death->reason);
    night_note_death(p->work, message);
    if (++p->attempts < NIGHT_ATTEMPTS_MAX) {
        message_warn("%s; it is tried again", message);
        pool_push(p->pool, task, 0, 0, NULL);
        return;
    }
    (void)error_set(&p->work->fatal, GM_E_INTERNAL, "%s %d times; no goal could be scored", message,
                    NIGHT_ATTEMPTS_MAX); /* kept in work */
}

gm_status night_score(night_work *w, gm_error *err)
{
    score_phase phase = {.work = w};
    pool_handler handler = {.context = &phase,
                            .work = work,
                            .on_done = on_done,
                            .on_error = on_error,
                            .on_death = on_death};
    pool_options options = {
        .name = "score", .workers = 1, .call_seconds_max = NIGHT_CALL_SECONDS_MAX};
    bind_goals(&phase);
    phase.pool = pool_new(&options, &handler);
    pool_push(phase.pool, 0, 0, 0, NULL);
    gm_status st = pool_run(phase.pool, err);
    pool_free(phase.pool);
    if (st == GM_OK && w->fatal.code != GM_OK) {
        if (err != NULL)
            *err = w->fatal;
        st = w->fatal.code;
    }
    return st;
}

/* SPDX-License-Identifier: Apache-2.0
 * rollup.c - see rollup.h. Sums run in the order of the configuration, so they are the same each
 * time. */
#include "score/rollup.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

static const double default_bands[CONFIG_BANDS] = {100, 80, 60};

/* A weighted mean in the making. */
typedef struct rollup_sum {
    double weight, counted, weighted, min, max;
} rollup_sum;

static void add(rollup_sum *s, double weight, bool has_score, double score)
{
    s->weight += weight;
    if (!has_score)
        return;
    s->min = s->counted > 0 && s->min < score ? s->min : score;
    s->max = s->counted > 0 && s->max > score ? s->max : score;
    s->counted += weight;
    s->weighted += weight * score;
}

static void finish(scorecard_area *area, const rollup_sum *s)
{
    area->has_score = s->counted > 0;
    area->status = SCORECARD_NO_DATA;
    area->score = area->coverage = 0;
    if (!area->has_score)
        return;
    /* Rounding must not carry the mean of 100 and 100 to where it misses its band. */
    double mean = s->weighted / s->counted;
    area->score = mean < s->min ? s->min : mean > s->max ? s->max : mean;
    area->coverage = s->counted < s->weight ? s->counted / s->weight : 1;
    area->status = score_status(area->score, default_bands);
}

static uint32_t area_of(const score_goal *goal, const config *c)
{
    const char *name = goal->config->area.text;
    uint32_t i = 0;
    while (i < c->n_areas && (name == NULL || strcmp(c->areas[i].name, name) != 0))
        i++;
    GM_ASSERT(i < c->n_areas);
    return i;
}

static void roll_up_areas(scorecard_set *set, const score_goal *goals, const config *c)
{
    uint32_t *of_goal = arena_push(&set->memory, set->n_goals * sizeof *of_goal);
    rollup_sum *sums = arena_zpush(&set->memory, c->n_areas * sizeof *sums);
    for (uint32_t i = 0; i < set->n_goals; i++) {
        of_goal[i] = area_of(&goals[i], c);
        set->areas[of_goal[i]].n_children++;
    }
    for (uint32_t a = 0; a < c->n_areas; a++) {
        scorecard_area *area = &set->areas[a];
        area->name = arena_strdup(&set->memory, c->areas[a].name);
        area->weight = c->areas[a].weight;
        area->children = arena_push(&set->memory, area->n_children * sizeof *area->children);
        area->n_children = 0;
    }
    for (uint32_t i = 0; i < set->n_goals; i++) {
        scorecard_area *area = &set->areas[of_goal[i]];
        const scorecard *card = &set->goals[i];
        double weight = goals[i].config->weight;
        area->children[area->n_children++] =
            (scorecard_child){.goal = i, .weight = weight, .is_counted = card->has_score};
        add(&sums[of_goal[i]], weight, card->has_score, card->score);
    }
    for (uint32_t a = 0; a < c->n_areas; a++)
        finish(&set->areas[a], &sums[a]);
}

static void roll_up_whole(scorecard_set *set)
{
    scorecard_area *whole = &set->overall;
    rollup_sum sum = {0};
    memset(whole, 0, sizeof *whole);
    whole->weight = 1;
    whole->children = arena_push(&set->memory, set->n_areas * sizeof *whole->children);
    for (uint32_t a = 0; a < set->n_areas; a++) {
        const scorecard_area *area = &set->areas[a];
        if (area->n_children == 0)
            continue;
        whole->children[whole->n_children++] =
            (scorecard_child){.goal = a, .weight = area->weight, .is_counted = area->has_score};
        add(&sum, area->weight, area->has_score, area->score);
    }
    finish(whole, &sum);
}

void rollup_run(scorecard_set *set, const score_goal *goals, const config *c)
{
    set->n_areas = c->n_areas;
    set->areas = arena_zpush(&set->memory, c->n_areas * sizeof *set->areas);
    roll_up_areas(set, goals, c);
    roll_up_whole(set);
}

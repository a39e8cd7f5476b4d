/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rule.c - any text as a rule file, and any bytes as a saved declaration.
 *
 * A text that declares a rule is run for a goal with fuel enough for a few milliseconds. Whatever
 * happens: an error has a message, a scorecard holds what scorecard_file_load() takes, a second run
 * gives the same but its fuel, and a declaration survives being saved. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "score/rule.h"
#include "score/rule_call.h"
#include "score/rule_declaration.h"
#include "score/scorecard_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUEL = 100000 };

static const config_goal GOAL = {.name = "g", .weight = 1, .bands = {100, 80, 60}, .fuel = FUEL};

static value make_value(void)
{
    static value_point series[] = {{0, 1}, {1, (double)NAN}, {2, 3}};
    value_figure f = {.status = GM_S_OK,
                      .f = 0.5,
                      .n = 100,
                      .num = 50,
                      .den = 100,
                      .lower = 0.4,
                      .upper = 0.6,
                      .level = 0.95,
                      .se = (double)NAN};
    value v = {.metric = "m",
               .output = "o",
               .unit = "1",
               .current = f,
               .previous = f,
               .has_previous = true,
               .series = series,
               .n_series = 3};
    return v;
}

static void save_card(const scorecard *card, bytes *out)
{
    scorecard copy = *card;
    copy.fuel_used = 0; /* reuse of a freed key's place depends on the state's seed */
    scorecard_set set = {.goals = &copy, .n_goals = 1};
    set.overall.status = SCORECARD_NO_DATA;
    bytes_init(out, LIMIT_MIB(4));
    scorecard_file_save(&set, out);
    GM_ASSERT(!out->failed);
}

static void run(const rule_info *rule, const uint8_t *data, size_t size, arena *memory)
{
    value v = make_value();
    score_input inputs[LIMIT_RULE_ITEMS];
    score_param params[LIMIT_RULE_ITEMS];
    civil_zone *zone = NULL;
    GM_ASSERT(civil_zone_open(&zone, "UTC", NULL) == GM_OK);
    score_options options = {.zone = zone, .period_start = 0, .period_end = CIVIL_US_PER_DAY};
    for (uint32_t i = 0; i < rule->n_inputs; i++)
        inputs[i] = (score_input){rule->inputs[i].name, rule->inputs[i].optional ? NULL : &v};
    for (uint32_t i = 0; i < rule->n_params; i++) {
        const rule_param *p = &rule->params[i];
        params[i] = (score_param){p->name, p->type,    p->number,   p->text != NULL ? p->text : "x",
                                  p->flag, p->numbers, p->n_numbers};
    }
    score_goal goal = {.config = &GOAL,
                       .rule = rule,
                       .direction = GM_D_HIGHER_BETTER,
                       .has_target = true,
                       .target = 1,
                       .inputs = inputs,
                       .n_inputs = rule->n_inputs,
                       .params = params,
                       .n_params = rule->n_params};
    bytes saved[2];
    for (int i = 0; i < 2; i++) {
        scorecard card;
        memset(&card, 0, sizeof card);
        rule_call_run(&card, &goal, &options, (const char *)data, size, memory);
        GM_ASSERT(card.status != SCORECARD_ERROR || card.error != NULL);
        GM_ASSERT(card.fuel_used <= FUEL);
        save_card(&card, &saved[i]);
    }
    scorecard_set set;
    GM_ASSERT(scorecard_file_load(&set, saved[0].data, saved[0].len, 1, 0, NULL) == GM_OK);
    scorecard_set_deinit(&set);
    GM_ASSERT(saved[0].len == saved[1].len);
    GM_ASSERT(memcmp(saved[0].data, saved[1].data, saved[0].len) == 0);
    bytes_deinit(&saved[0]);
    bytes_deinit(&saved[1]);
    civil_zone_free(zone);
}

static void check_saved(const rule_info *rule, arena *memory)
{
    rule_info again;
    bytes out;
    bytes_init(&out, LIMIT_MIB(4));
    rule_save(rule, &out);
    GM_ASSERT(!out.failed);
    bytes_reader in = bytes_read(out.data, out.len);
    GM_ASSERT(rule_load(&again, &in, memory, NULL) == GM_OK);
    GM_ASSERT(in.p == in.end);
    GM_ASSERT(again.n_inputs == rule->n_inputs && again.n_params == rule->n_params);
    bytes_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena memory;
    rule_info rule;
    gm_error err;
    arena_init(&memory, 0);
    bytes_reader in = bytes_read(data, size);
    if (rule_load(&rule, &in, &memory, &err) == GM_OK)
        check_saved(&rule, &memory);
    if (size <= LIMIT_RULE_SOURCE_BYTES) {
        gm_status status =
            rule_declaration_read(&rule, "x.lua", "x.lua", (const char *)data, size, &memory, &err);
        GM_ASSERT(status == GM_OK || (status == GM_E_RULE && err.message[0] != '\0'));
        if (status == GM_OK) {
            check_saved(&rule, &memory);
            run(&rule, data, size, &memory);
        }
    }
    arena_deinit(&memory);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 * rule_call.c - see rule_call.h. A fresh sandbox for each evaluation. */
#include "score/rule_call.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "score/rule_api.h"
#include "score/rule_error.h"
#include "score/rule_result.h"
#include "score/sandbox.h"

static int open_body(lua_State *L)
{
    rule_api_open(L);
    return 0;
}

static int run_body(lua_State *L)
{
    rule_call *call = sandbox_user(L);
    char file[RULE_ERROR_NAME_SIZE];
    uint32_t line = 0;
    rule_error_file_name(call->goal->rule->name, file);
    rule_api_load(L, file, call->source, call->n_source, &line);
    lua_pushliteral(L, "score");
    if (lua_rawget(L, -2) != LUA_TFUNCTION)
        return luaL_error(L, "the rule has no score function");
    rule_api_push_context(L);
    lua_call(L, 1, 1);
    rule_result_read(L, lua_gettop(L), call->out, call->set_arena);
    return 0;
}

/* The scorecard of a goal whose rule ended it early. */
static void take_leave(const rule_call *call)
{
    const char **reasons = arena_push(call->set_arena, sizeof *reasons);
    reasons[0] = arena_strdup(call->set_arena, call->left_reason);
    call->out->status = call->left_status;
    call->out->reasons = reasons;
    call->out->n_reasons = 1;
    if (call->left_status == SCORECARD_ERROR)
        call->out->error = reasons[0];
}

void rule_call_run(scorecard *out, const score_goal *goal, const score_options *options,
                   const char *source, size_t n_source, arena *set_arena)
{
    uint64_t fuel = goal->config->fuel > 0 ? goal->config->fuel : LIMIT_RULE_FUEL;
    if (fuel > LIMIT_RULE_FUEL_MAX)
        fuel = LIMIT_RULE_FUEL_MAX;
    rule_call call = {.goal = goal,
                      .options = options,
                      .source = source,
                      .n_source = n_source,
                      .set_arena = set_arena,
                      .out = out};
    call.has_seen_status = mem_array((size_t)goal->n_inputs * 2 + 1, sizeof(bool));
    sandbox *sb = sandbox_new(fuel, &call);
    sandbox_end end = sandbox_call(sb, open_body, NULL);
    GM_ASSERT(end == SANDBOX_RETURNED);
    sandbox_arm(sb);
    end = sandbox_call(sb, run_body, NULL);
    if (end == SANDBOX_LEFT) {
        take_leave(&call);
    } else if (end != SANDBOX_RETURNED) {
        memset(out, 0, sizeof *out);
        out->status = SCORECARD_ERROR;
        out->error =
            rule_error_text(sandbox_get_fault(sb), goal, fuel, source, n_source, set_arena);
    }
    out->fuel_used = sandbox_fuel_used(sb);
    sandbox_free(sb);
    mem_free(call.has_seen_status);
}

_Noreturn void rule_call_leave(lua_State *L, scorecard_status status, const char *fmt, ...)
{
    rule_call *call = sandbox_user(L);
    char text[2 * RULE_CALL_REASON_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args); /* cut is fine */
    va_end(args);
    text_excerpt(call->left_reason, sizeof call->left_reason, text, strlen(text));
    call->left_status = status;
    sandbox_leave(L);
}

const char *rule_call_input_label(const score_goal *goal, uint32_t input, char *text, size_t size)
{
    const score_input *in = &goal->inputs[input];
    const config_pairs *pairs = &goal->config->inputs;
    for (uint32_t i = 0; i < pairs->n; i++)
        if (strcmp(pairs->items[i].name, in->name) == 0 && pairs->items[i].value.text != NULL)
            return pairs->items[i].value.text;
    if (in->value == NULL)
        return in->name;
    (void)snprintf(text, size, "%s.%s", in->value->metric, in->value->output); /* cut is fine */
    return text;
}

const value_figure *rule_call_figure(const score_goal *goal, uint32_t input, bool is_previous)
{
    static const value_figure none = {.status = GM_S_NO_DATA,
                                      .is_null = true,
                                      .num = (double)NAN,
                                      .den = (double)NAN,
                                      .lower = (double)NAN,
                                      .upper = (double)NAN,
                                      .level = (double)NAN,
                                      .se = (double)NAN};
    const value *v = goal->inputs[input].value;
    if (v == NULL || (is_previous && !v->has_previous))
        return &none;
    return is_previous ? &v->previous : &v->current;
}

const char *rule_call_direction(uint32_t direction)
{
    switch (direction) {
    case GM_D_HIGHER_BETTER:
        return "up";
    case GM_D_LOWER_BETTER:
        return "down";
    case GM_D_TARGET:
        return "target";
    default:
        return "neutral";
    }
}

/* SPDX-License-Identifier: Apache-2.0
 * rule_error.c - see rule_error.h. */
#include "score/rule_error.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/text.h"
#include "score/rule_call.h"
#include "base/quantity_text.h"

enum { EXCERPT_SIZE = 120, ERROR_BYTES_MAX = 16384 };

void rule_error_file_name(const char *rule_name, char text[RULE_ERROR_NAME_SIZE])
{
    size_t n = strlen(rule_name);
    bool is_path = n > 4 && strcmp(rule_name + n - 4, ".lua") == 0;
    char name[RULE_ERROR_NAME_SIZE - 8];
    text_excerpt(name, sizeof name, rule_name, n);
    (void)snprintf(text, RULE_ERROR_NAME_SIZE, "%s%s", name, is_path ? "" : ".lua");
}

/* "  > 18 |     local x = …"; tabs are four blanks. */
static void put_line(bytes *out, const char *line, size_t n, uint32_t number, bool is_marked)
{
    char blanks[4 * EXCERPT_SIZE], text[EXCERPT_SIZE];
    size_t at = 0;
    for (size_t i = 0; i < n && at + 4 < sizeof blanks; i++) {
        size_t width = line[i] == '\t' ? 4 : 1;
        memset(blanks + at, ' ', width);
        if (width == 1)
            blanks[at] = line[i];
        at += width;
    }
    while (at > 0 && (blanks[at - 1] == '\r' || blanks[at - 1] == ' '))
        at--;
    text_excerpt(text, sizeof text, blanks, at);
    bytes_printf(out, "\n  %s %3u |%s%s", is_marked ? ">" : " ", number, at > 0 ? " " : "", text);
}

/* The line and the one before it. */
static void put_excerpt(bytes *out, const char *source, size_t n, uint32_t marked)
{
    const char *p = source, *end = source + n;
    for (uint32_t number = 1; p < end && number <= marked; number++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline != NULL ? newline : end;
        if (number + 1 >= marked)
            put_line(out, p, (size_t)(stop - p), number, number == marked);
        p = stop + 1;
    }
}

static void put_traceback(bytes *out, const sandbox_fault *fault, const char *file)
{
    if (fault->n_frames < 2)
        return;
    for (uint32_t i = 0; i < fault->n_frames; i++) {
        const sandbox_frame *f = &fault->frames[i];
        bool is_last = i + 1 == fault->n_frames;
        const char *name = f->function[0] != '\0' ? f->function : is_last ? "score" : "a function";
        bytes_printf(out, "%s%s:%u in %s", i == 0 ? "\n  traceback: " : ", ", file, f->line, name);
    }
}

/* "ok=0.9971 (n=18,233)   lat=412 ms (n=18,102)   paid: no_data" */
static void put_inputs(bytes *out, const score_goal *goal)
{
    if (goal->n_inputs > 0)
        bytes_printf(out, "\n  inputs:");
    for (uint32_t i = 0; i < goal->n_inputs; i++) {
        const value_figure *f = rule_call_figure(goal, i, false);
        const value *v = goal->inputs[i].value;
        double number = value_number(f);
        char text[NUMBER_TEXT_MAX], n[QUANTITY_TEXT_SIZE], unit[64] = "";
        if (f->status != GM_S_OK || !isfinite(number)) {
            uint32_t status = f->status != GM_S_OK ? f->status : (uint32_t)GM_S_NO_DATA;
            bytes_printf(out, " %s: %s  ", goal->inputs[i].name, value_status_name(status));
            continue;
        }
        size_t length = number_format_rounded(number, 6, text);
        quantity_text_count(f->n, n);
        if (v != NULL && v->unit != NULL && strcmp(v->unit, "1") != 0 && v->unit[0] != '\0') {
            unit[0] = ' ';
            text_excerpt(unit + 1, sizeof unit - 1, v->unit, strlen(v->unit));
        }
        bytes_printf(out, " %s=%.*s%s (n=%s)  ", goal->inputs[i].name, (int)length, text, unit, n);
    }
    while (!out->failed && out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
}

static void put_advice(bytes *out, uint64_t fuel)
{
    char text[QUANTITY_TEXT_SIZE];
    quantity_text_count(LIMIT_RULE_FUEL_MAX, text);
    if (fuel < LIMIT_RULE_FUEL_MAX)
        bytes_printf(out, " (raise `fuel` of the goal up to %s)", text);
    else
        bytes_printf(out, " (there is no more than that)");
}

const char *rule_error_text(const sandbox_fault *fault, const score_goal *goal, uint64_t fuel,
                            const char *source, size_t n_source, arena *set_arena)
{
    char file[RULE_ERROR_NAME_SIZE];
    bytes out;
    rule_error_file_name(goal->rule->name, file);
    bytes_init(&out, ERROR_BYTES_MAX);
    bytes_printf(&out, "%s:", file);
    if (fault->line > 0)
        bytes_printf(&out, "%u:", fault->line);
    bytes_printf(&out, " %s", fault->message);
    if (fault->end == SANDBOX_OUT_OF_FUEL)
        put_advice(&out, fuel);
    put_excerpt(&out, source, n_source, fault->line);
    put_traceback(&out, fault, file);
    put_inputs(&out, goal);
    const char *text = arena_strndup(set_arena, (const char *)out.data, out.len);
    bytes_deinit(&out);
    return text;
}

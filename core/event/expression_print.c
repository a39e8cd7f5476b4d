/* SPDX-License-Identifier: Apache-2.0
 * expression_print.c - steps back to text, in one normal spelling.
 *
 * Single blanks, only the parentheses that are needed, texts in double quotes, numbers without
 * units and as short as they read back. Operands keep their order, but "a and (b and c)" loses its
 * parentheses, for it means the same without. The text compiles to itself. */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/number.h"
#include "event/expression_steps.h"

/* What is left to print, the next on top: the whole of a step, or a piece of text. */
typedef struct print_item {
    uint32_t step;
    const char *text; /* NULL: the step */
} print_item;

static void print_leaf(bytes *out, const expression_step *step);

static void put_text(bytes *out, const char *s)
{
    bytes_put(out, s, strlen(s));
}

static bool needs_parentheses(expression_op parent, expression_op child)
{
    if (child != EXPRESSION_OP_OR && child != EXPRESSION_OP_AND)
        return false;
    return parent == EXPRESSION_OP_NOT ||
           (parent == EXPRESSION_OP_AND && child == EXPRESSION_OP_OR);
}

/* Puts a step with its parentheses on the stack, as an operand of parent. */
static uint32_t push_operand(print_item *stack, uint32_t n, const expression_step *steps,
                             expression_op parent, uint32_t child)
{
    bool parentheses = needs_parentheses(parent, steps[child].op);
    if (parentheses)
        stack[n++] = (print_item){.text = ")"};
    stack[n++] = (print_item){.step = child};
    if (parentheses)
        stack[n++] = (print_item){.text = "("};
    return n;
}

const char *expression_print(const expression_step *steps, uint32_t n_steps, arena *run_arena)
{
    GM_ASSERT(n_steps > 0);
    bytes out;
    bytes_init(&out, SIZE_MAX);
    /* A step leaves seven items at most in place of its own. */
    print_item *stack = mem_array((size_t)n_steps * 7 + 1, sizeof *stack);
    uint32_t n = 0;
    stack[n++] = (print_item){.step = n_steps - 1};
    while (n > 0) {
        print_item item = stack[--n];
        if (item.text != NULL) {
            put_text(&out, item.text);
            continue;
        }
        const expression_step *step = &steps[item.step];
        if (step->op == EXPRESSION_OP_NOT) {
            put_text(&out, "not ");
            n = push_operand(stack, n, steps, step->op, item.step - 1);
        } else if (step->op == EXPRESSION_OP_AND || step->op == EXPRESSION_OP_OR) {
            n = push_operand(stack, n, steps, step->op, item.step - 1);
            stack[n++] = (print_item){.text = step->op == EXPRESSION_OP_AND ? " and " : " or "};
            n = push_operand(stack, n, steps, step->op, step->left);
        } else {
            print_leaf(&out, step);
        }
    }
    const char *text = arena_strndup(run_arena, (const char *)out.data, out.len);
    mem_free(stack);
    bytes_deinit(&out);
    return text;
}

static void print_text(bytes *out, gm_str s)
{
    put_text(out, "\"");
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            put_text(out, "\\");
        bytes_put(out, s.ptr + i, 1);
    }
    put_text(out, "\"");
}

static void print_leaf(bytes *out, const expression_step *step)
{
    if (step->op == EXPRESSION_OP_TRUE || step->op == EXPRESSION_OP_FALSE) {
        put_text(out, step->op == EXPRESSION_OP_TRUE ? "true" : "false");
        return;
    }
    if (step->op == EXPRESSION_OP_EXISTS) {
        bytes_printf(out, "exists(%s)", step->field);
        return;
    }
    bytes_printf(out, "%s %s %s", step->field, step->spelling, step->list ? "(" : "");
    for (uint32_t i = 0; i < step->n_values; i++) {
        if (i > 0)
            put_text(out, ", ");
        if (step->texts != NULL) {
            print_text(out, step->texts[i]);
        } else {
            char number[NUMBER_TEXT_MAX];
            bytes_put(out, number, number_format_f64(step->numbers[i], number));
        }
    }
    if (step->list)
        put_text(out, ")");
}

bool expression_reads(const expression *e, const char *field)
{
    for (uint32_t i = 0; i < e->n_steps; i++)
        if (e->steps[i].field != NULL && strcmp(e->steps[i].field, field) == 0)
            return true;
    return false;
}

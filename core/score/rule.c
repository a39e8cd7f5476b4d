/* SPDX-License-Identifier: Apache-2.0
 * rule.c - describing a rule file, and its declaration as bytes; see rule.h. */
#include "score/rule.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "score/rule_declaration.h"

enum { RULE_FORMAT = 1, RULE_PATH_MAX = 8192 };

gm_status rule_describe(rule_info *out, const char *name, const char *path, arena *run_arena,
                        gm_error *err)
{
    bytes source;
    char hex[HASH_HEX_SIZE];
    bytes_init(&source, LIMIT_RULE_SOURCE_BYTES);
    gm_status status = file_read(&source, path, err);
    if (status != GM_OK)
        goto done;
    status = rule_declaration_read(out, name, path, (const char *)source.data, source.len,
                                   run_arena, err);
    if (status != GM_OK)
        goto done;
    hash_hex(hash_128(source.data, source.len), hex);
    out->path = arena_strdup(run_arena, path);
    out->hash = arena_strdup(run_arena, hex);
done:
    bytes_deinit(&source);
    return status;
}

/* ---- to bytes ------------------------------------------------------------------------------- */

static void save_param(const rule_param *p, bytes *out)
{
    bytes_str(out, p->name);
    bytes_str(out, p->doc);
    bytes_u8(out, (uint8_t)p->type);
    bytes_u8(out, p->required);
    bytes_f64(out, p->number);
    bytes_f64(out, p->min);
    bytes_f64(out, p->max);
    bytes_str(out, p->text);
    bytes_u8(out, p->flag);
    bytes_varint(out, p->n_numbers);
    for (uint32_t i = 0; i < p->n_numbers; i++)
        bytes_f64(out, p->numbers[i]);
    bytes_varint(out, p->n_one_of);
    for (uint32_t i = 0; i < p->n_one_of; i++)
        bytes_str(out, p->one_of[i]);
}

void rule_save(const rule_info *rule, bytes *out)
{
    bytes_u8(out, RULE_FORMAT);
    bytes_str(out, rule->name);
    bytes_str(out, rule->path);
    bytes_str(out, rule->hash);
    bytes_str(out, rule->doc);
    bytes_u8(out, rule->needs_target);
    bytes_u8(out, rule->needs_baseline);
    bytes_u8(out, rule->needs_baseline_unless_up);
    bytes_varint(out, rule->n_inputs);
    for (uint32_t i = 0; i < rule->n_inputs; i++) {
        bytes_str(out, rule->inputs[i].name);
        bytes_str(out, rule->inputs[i].doc);
        bytes_u8(out, rule->inputs[i].optional);
    }
    bytes_varint(out, rule->n_params);
    for (uint32_t i = 0; i < rule->n_params; i++)
        save_param(&rule->params[i], out);
}

/* ---- from bytes ----------------------------------------------------------------------------- */

/* UTF-8 of at most max bytes, without NUL. */
static const char *load_text(bytes_reader *in, size_t max, arena *run_arena)
{
    gm_str s = bytes_get_str(in);
    if (in->bad || s.len > max || memchr(s.ptr, '\0', s.len) != NULL ||
        !text_is_utf8(s.ptr, s.len)) {
        in->bad = true;
        return "";
    }
    return arena_strndup(run_arena, s.ptr, s.len);
}

static const char *load_name(bytes_reader *in, arena *run_arena)
{
    const char *name = load_text(in, LIMIT_NAME_BYTES, run_arena);
    if (!text_is_name(name, strlen(name), false))
        in->bad = true;
    return name;
}

static bool load_flag(bytes_reader *in)
{
    uint8_t v = bytes_get_u8(in);
    if (v > 1)
        in->bad = true;
    return v == 1;
}

/* A number of items; 0 when bad. */
static uint32_t load_count(bytes_reader *in)
{
    uint64_t n = bytes_get_varint(in);
    if (n > LIMIT_RULE_ITEMS)
        in->bad = true;
    return in->bad ? 0 : (uint32_t)n;
}

static double load_finite(bytes_reader *in)
{
    double v = bytes_get_f64(in);
    if (!isfinite(v))
        in->bad = true;
    return v;
}

/* A finite number, or NaN for none. */
static double load_limit(bytes_reader *in)
{
    double v = bytes_get_f64(in);
    if (isinf(v))
        in->bad = true;
    return isnan(v) ? (double)NAN : v;
}

static void load_param(rule_param *p, bytes_reader *in, arena *run_arena)
{
    p->name = load_name(in, run_arena);
    p->doc = load_text(in, LIMIT_RULE_TEXT_BYTES, run_arena);
    uint8_t type = bytes_get_u8(in);
    if (type > RULE_NUMBERS)
        in->bad = true;
    p->type = in->bad ? RULE_NUMBER : (rule_param_type)type;
    p->required = load_flag(in);
    p->number = load_finite(in);
    p->min = load_limit(in);
    p->max = load_limit(in);
    p->text = load_text(in, LIMIT_RULE_TEXT_BYTES, run_arena);
    if (p->type != RULE_TEXT || p->required)
        p->text = NULL;
    p->flag = load_flag(in);
    p->n_numbers = load_count(in);
    double *numbers = arena_zpush(run_arena, p->n_numbers * sizeof *numbers);
    for (uint32_t i = 0; i < p->n_numbers; i++)
        numbers[i] = load_finite(in);
    p->numbers = p->type == RULE_NUMBERS ? numbers : NULL;
    p->n_one_of = load_count(in);
    if (p->n_one_of > 0)
        p->one_of = arena_zpush(run_arena, p->n_one_of * sizeof *p->one_of);
    for (uint32_t i = 0; i < p->n_one_of; i++)
        p->one_of[i] = load_text(in, LIMIT_RULE_TEXT_BYTES, run_arena);
    if ((p->type != RULE_NUMBERS && p->n_numbers > 0) || (p->type != RULE_TEXT && p->n_one_of > 0))
        in->bad = true;
}

gm_status rule_load(rule_info *out, bytes_reader *in, arena *run_arena, gm_error *err)
{
    memset(out, 0, sizeof *out);
    if (bytes_get_u8(in) != RULE_FORMAT)
        in->bad = true;
    out->name = load_text(in, RULE_PATH_MAX, run_arena);
    out->path = load_text(in, RULE_PATH_MAX, run_arena);
    out->hash = load_text(in, HASH_HEX_SIZE - 1, run_arena);
    out->doc = load_text(in, LIMIT_RULE_TEXT_BYTES, run_arena);
    out->needs_target = load_flag(in);
    out->needs_baseline = load_flag(in);
    out->needs_baseline_unless_up = load_flag(in);
    out->n_inputs = load_count(in);
    out->inputs = arena_zpush(run_arena, out->n_inputs * sizeof *out->inputs);
    for (uint32_t i = 0; i < out->n_inputs; i++) {
        out->inputs[i].name = load_name(in, run_arena);
        out->inputs[i].doc = load_text(in, LIMIT_RULE_TEXT_BYTES, run_arena);
        out->inputs[i].optional = load_flag(in);
    }
    out->n_params = load_count(in);
    out->params = arena_zpush(run_arena, out->n_params * sizeof *out->params);
    for (uint32_t i = 0; i < out->n_params; i++)
        load_param(&out->params[i], in, run_arena);
    if (in->bad || out->n_inputs == 0)
        return error_set(err, GM_E_DAMAGED, "the declaration of a rule is damaged");
    return GM_OK;
}

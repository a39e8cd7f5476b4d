/* SPDX-License-Identifier: Apache-2.0
 * descriptor_fixture.h - a descriptor that is right in every way and uses what there is: parameters
 * of each type, fields, outputs. Its structs may be changed, so that a test breaks one thing at a
 * time. */
#ifndef GM_TEST_DESCRIPTOR_FIXTURE_H
#define GM_TEST_DESCRIPTOR_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <goalmill/plugin.h>

/* clang-format off */
#define SAMPLE_NONE          {.is_null = 1}
#define SAMPLE_I(kind, v)    {.type = (kind), .u = {.i = (v)}}
#define SAMPLE_F(v)          {.type = GM_T_F64, .u = {.f = (v)}}
#define SAMPLE_S(kind, text) {.type = (kind), .u = {.s = {(text), (uint32_t)(sizeof(text) - 1), 0}}}
/* clang-format on */

enum {
    SAMPLE_BOOL,
    SAMPLE_INT,
    SAMPLE_REAL,
    SAMPLE_TEXT,
    SAMPLE_TIME,
    SAMPLE_WAIT,
    SAMPLE_MODE,
    SAMPLE_LIST,
    SAMPLE_TEXTS,
    SAMPLE_FAMILY,
    SAMPLE_COND,
    SAMPLE_PART,
    SAMPLE_FIELD,
    SAMPLE_PARAMS
};
enum { SAMPLE_FIELD_TIME, SAMPLE_FIELD_NAMED, SAMPLE_FIELDS };
enum { SAMPLE_COUNT, SAMPLE_SHARE, SAMPLE_BY_LABEL, SAMPLE_BY_TWO, SAMPLE_FLAG, SAMPLE_OUTPUTS };

typedef struct sample {
    gm_descriptor d;
    gm_param param[SAMPLE_PARAMS];
    gm_field field[SAMPLE_FIELDS];
    gm_output output[SAMPLE_OUTPUTS];
    const gm_param *params[SAMPLE_PARAMS];
    const gm_field *fields[SAMPLE_FIELDS];
    const gm_output *outputs[SAMPLE_OUTPUTS];
} sample;

static const char *const sample_modes[] = {"exact", "sketch", "last", NULL};
static const gm_value sample_quantiles[] = {SAMPLE_F(0.5), SAMPLE_F(0.9)};
static const gm_value sample_words[] = {SAMPLE_S(GM_T_STR, "a"), SAMPLE_S(GM_T_STR, "")};

static const gm_param sample_params[SAMPLE_PARAMS] = {
    [SAMPLE_BOOL] = {.type = GM_T_BOOL,
                     .name = "strict",
                     .def = SAMPLE_I(GM_T_BOOL, 1),
                     .min = SAMPLE_NONE,
                     .max = SAMPLE_NONE},
    [SAMPLE_INT] = {.type = GM_T_I64,
                    .name = "top",
                    .def = SAMPLE_I(GM_T_I64, 10),
                    .min = SAMPLE_I(GM_T_I64, 1),
                    .max = SAMPLE_I(GM_T_I64, 100)},
    [SAMPLE_REAL] = {.type = GM_T_F64,
                     .name = "level",
                     .unit = "1",
                     .def = SAMPLE_F(0.95),
                     .min = SAMPLE_F(0.5),
                     .max = SAMPLE_F(0.999)},
    [SAMPLE_TEXT] = {.type = GM_T_STR,
                     .name = "unit",
                     .def = SAMPLE_S(GM_T_STR, "actor"),
                     .min = SAMPLE_NONE,
                     .max = SAMPLE_NONE},
    [SAMPLE_TIME] = {.type = GM_T_TIME,
                     .name = "since",
                     .def = SAMPLE_NONE,
                     .min = SAMPLE_I(GM_T_TIME, 946684800000000), /* 2000-01-01 */
                     .max = SAMPLE_NONE},
    [SAMPLE_WAIT] = {.type = GM_T_DURATION,
                     .name = "wait",
                     .def = SAMPLE_I(GM_T_DURATION, 1800000000), /* 30min */
                     .min = SAMPLE_I(GM_T_DURATION, 1500),
                     .max = SAMPLE_I(GM_T_DURATION, 172800000000)}, /* 2d */
    [SAMPLE_MODE] = {.type = GM_T_ENUM,
                     .name = "mode",
                     .def = SAMPLE_I(GM_T_ENUM, 2),
                     .min = SAMPLE_NONE,
                     .max = SAMPLE_NONE,
                     .enum_values = sample_modes},
    [SAMPLE_LIST] = {.type = GM_T_LIST,
                     .item_type = GM_T_F64,
                     .flags = GM_P_FINALIZE_ONLY,
                     .name = "quantiles",
                     .def = {.type = GM_T_LIST, .u = {.l = {sample_quantiles, 2}}},
                     .min = SAMPLE_F(0),
                     .max = SAMPLE_F(1)},
    [SAMPLE_TEXTS] = {.type = GM_T_LIST,
                      .item_type = GM_T_STR,
                      .name = "words",
                      .def = {.type = GM_T_LIST, .u = {.l = {sample_words, 2}}},
                      .min = SAMPLE_NONE,
                      .max = SAMPLE_NONE},
    [SAMPLE_FAMILY] = {.type = GM_T_LIST,
                       .item_type = GM_T_I64,
                       .flags = GM_P_FAMILY,
                       .name = "weight",
                       .def = SAMPLE_NONE,
                       .min = SAMPLE_I(GM_T_I64, 0),
                       .max = SAMPLE_I(GM_T_I64, 9)},
    [SAMPLE_COND] = {.type = GM_T_EXPR,
                     .item_type = GM_T_BOOL,
                     .name = "match",
                     .def = SAMPLE_S(GM_T_EXPR, "type == view"),
                     .min = SAMPLE_NONE,
                     .max = SAMPLE_NONE},
    [SAMPLE_PART] = {.type = GM_T_EXPR,
                     .flags = GM_P_PART,
                     .item_flags = GM_F_WANT_HASH,
                     .name = "numerator",
                     .def = SAMPLE_NONE,
                     .min = SAMPLE_NONE,
                     .max = SAMPLE_NONE},
    [SAMPLE_FIELD] = {.type = GM_T_STR,
                      .flags = GM_P_REQUIRED,
                      .name = "field",
                      .def = SAMPLE_NONE,
                      .min = SAMPLE_NONE,
                      .max = SAMPLE_NONE},
};

static const gm_field sample_fields[SAMPLE_FIELDS] = {
    [SAMPLE_FIELD_TIME] = {.type = GM_T_TIME, .name = "time", .doc = "When it was."},
    [SAMPLE_FIELD_NAMED] = {.type = GM_T_F64,
                            .flags = GM_F_OPTIONAL,
                            .name_param = "field",
                            .doc = "What is added up."},
};

static const gm_output sample_outputs[SAMPLE_OUTPUTS] = {
    [SAMPLE_COUNT] = {.type = GM_T_I64, .kind = GM_K_COUNT, .name = "n", .unit = "events"},
    [SAMPLE_SHARE] = {.type = GM_T_F64,
                      .kind = GM_K_RATIO,
                      .direction = GM_D_HIGHER_BETTER,
                      .name = "share",
                      .unit = "1",
                      .unit_from = "field",
                      .unit_per = "numerator"},
    [SAMPLE_BY_LABEL] = {.type = GM_T_F64,
                         .kind = GM_K_QUANTILE,
                         .flags = GM_O_FAMILY,
                         .name = "quantile",
                         .unit = "",
                         .label = "q",
                         .label_param = "quantiles"},
    [SAMPLE_BY_TWO] = {.type = GM_T_F64,
                       .kind = GM_K_GAUGE,
                       .flags = GM_O_FAMILY,
                       .direction = GM_D_TARGET,
                       .name = "credit",
                       .unit = "1",
                       .label = "touch",
                       .label2 = "model"},
    [SAMPLE_FLAG] = {.type = GM_T_BOOL, .kind = GM_K_GAUGE, .name = "seen", .unit = ""},
};

static inline void sample_init(sample *s)
{
    memset(s, 0, sizeof *s);
    memcpy(s->param, sample_params, sizeof s->param);
    memcpy(s->field, sample_fields, sizeof s->field);
    memcpy(s->output, sample_outputs, sizeof s->output);
    for (int i = 0; i < SAMPLE_PARAMS; i++) {
        s->param[i].struct_size = sizeof s->param[i];
        s->param[i].doc = "What it is for.";
        s->params[i] = &s->param[i];
    }
    for (int i = 0; i < SAMPLE_FIELDS; i++) {
        s->field[i].struct_size = sizeof s->field[i];
        s->fields[i] = &s->field[i];
    }
    for (int i = 0; i < SAMPLE_OUTPUTS; i++) {
        s->output[i].struct_size = sizeof s->output[i];
        s->output[i].doc = "What it says.";
        s->outputs[i] = &s->output[i];
    }
    s->d = (gm_descriptor){.struct_size = sizeof s->d,
                           .algebra = GM_A_EXACT | GM_A_CANONICAL,
                           .id = "acme.sample",
                           .version = "1.2.3-rc.1+build5",
                           .vendor = "Acme",
                           .name = "Sample",
                           .description = "Uses what there is.",
                           .license = "Apache-2.0",
                           .state_format = 3,
                           .state_format_min = 2,
                           .tol_rel = 1e-9,
                           .tol_abs = 0.5,
                           .max_state_bytes = UINT64_C(1) << 40,
                           .n_params = SAMPLE_PARAMS,
                           .n_fields = SAMPLE_FIELDS,
                           .n_outputs = SAMPLE_OUTPUTS,
                           .params = s->params,
                           .fields = s->fields,
                           .outputs = s->outputs};
}

#endif

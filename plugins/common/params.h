/* SPDX-License-Identifier: Apache-2.0
 * params.h - parameters and fields that several of our metrics have, described once. */
#ifndef GM_PLUGINS_PARAMS_H
#define GM_PLUGINS_PARAMS_H

#include <goalmill/version.h>
#include <goalmill/plugin.h>

#define COMMON_NULL                                                                                \
    {                                                                                              \
        .is_null = 1                                                                               \
    }
#define COMMON_F64(v)                                                                              \
    {                                                                                              \
        .type = GM_T_F64, .u = {.f = (v) }                                                         \
    }
#define COMMON_I64(v)                                                                              \
    {                                                                                              \
        .type = GM_T_I64, .u = {.i = (v) }                                                         \
    }
#define COMMON_ENUM(v)                                                                             \
    {                                                                                              \
        .type = GM_T_ENUM, .u = {.i = (v) }                                                        \
    }
#define COMMON_STR(text)                                                                           \
    {                                                                                              \
        .type = GM_T_STR, .u = {.s = {text, sizeof(text) - 1, 0} }                                 \
    }
#define COMMON_COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define COMMON_LOW_N        30u                 /* below: GM_EF_LOW_N */
#define COMMON_ROWS_MAX     (UINT64_C(1) << 62) /* no count of events gets there */
/* All events without a unit form one unit, which has this hash. Kept in states: frozen. */
#define COMMON_UNIT_NONE UINT64_C(0x6e6f20756e697421)

static const gm_param common_level = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_F64,
    .flags = GM_P_FINALIZE_ONLY,
    .name = "level",
    .doc = "Confidence level of the interval.",
    .unit = "1",
    .def = COMMON_F64(0.95),
    .min = COMMON_F64(0.5),
    .max = COMMON_F64(0.9999),
};

static const gm_param common_unit = {
    .struct_size = sizeof(gm_param),
    .type = GM_T_STR,
    .name = "unit",
    .doc = "Field that names the independent unit: events of one unit are taken to depend on each "
           "other, those of different units are not.",
    .unit = "",
    .def = COMMON_STR("actor"),
    .min = COMMON_NULL,
    .max = COMMON_NULL,
};

static const gm_field common_unit_field = {
    .struct_size = sizeof(gm_field),
    .type = GM_T_STR,
    .flags = GM_F_OPTIONAL | GM_F_WANT_HASH,
    .name_param = "unit",
    .doc = "The independent unit. Events without it form one unit of their own, and the value is "
           "flagged.",
};

#endif

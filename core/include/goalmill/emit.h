/* SPDX-License-Identifier: Apache-2.0
 * emit.h - inline helpers for plugin authors: what finalize() puts into a result. Nothing here
 * crosses the ABI. */
#ifndef GOALMILL_EMIT_H
#define GOALMILL_EMIT_H

#include <string.h>

#include <goalmill/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline int gm_is_finite(double d)
{
    uint64_t v;
    memcpy(&v, &d, sizeof v);
    return (v >> 52 & 0x7ffu) != 0x7ffu;
}

/* The value of a result; what is not finite becomes null with status error. Never -0. */
static inline void gm_emit_f64(gm_emit *e, double v)
{
    e->value.type = GM_T_F64;
    e->value.u.f = 0;
    if (gm_is_finite(v)) {
        e->value.u.f = v + 0.0;
    } else {
        e->value.is_null = 1;
        e->status = GM_S_ERROR;
    }
}

static inline void gm_emit_no_data(gm_emit *e, gm_type type)
{
    e->value.type = type;
    e->value.is_null = 1;
    e->status = GM_S_NO_DATA;
}

/* An interval, when both limits exist; else none, flagged. se may be NaN. */
static inline void gm_emit_interval(gm_emit *e, uint32_t method, double level, double lower,
                                    double upper, double se)
{
    if (!gm_is_finite(lower) || !gm_is_finite(upper)) {
        e->flags |= GM_EF_NO_INTERVAL;
        return;
    }
    e->method = method;
    e->level = level;
    e->lower = lower + 0.0;
    e->upper = upper + 0.0;
    if (gm_is_finite(se))
        e->se = se;
}

#ifdef __cplusplus
}
#endif
#endif

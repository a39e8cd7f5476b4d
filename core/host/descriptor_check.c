/* SPDX-License-Identifier: Apache-2.0
 * descriptor_check.c - versions, sizes, names, flags and references of a descriptor, in the order
 * in which one may be read only after the other was checked. */
#include "host/descriptor_check.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "host/plugin_info.h"

#define SIZE_UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

enum {
    KNOWN_PARAM_FLAGS = GM_P_REQUIRED | GM_P_FINALIZE_ONLY | GM_P_DEPRECATED | GM_P_SECRET |
                        GM_P_FAMILY | GM_P_PART,
    KNOWN_FIELD_FLAGS = GM_F_OPTIONAL | GM_F_WANT_DICT | GM_F_WANT_HASH,
    KNOWN_ALGEBRA = GM_A_ORDER_SENSITIVE | GM_A_EXACT | GM_A_IDEMPOTENT | GM_A_CANONICAL |
                    GM_A_INVERTIBLE | GM_A_CONCURRENT
};

typedef struct context {
    const char *path, *id;
    gm_error *err;
} context;

static gm_status wrong(const context *c, const char *fmt, ...) GM_PRINTF(2, 3);

static gm_status wrong(const context *c, const char *fmt, ...)
{
    char text[GM_ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args); /* cut is fine */
    va_end(args);
    return error_set(c->err, GM_E_PLUGIN, "plugin '%s': metric '%s': %s", c->path, c->id, text);
}

static bool is_text(const char *s)
{
    return s != NULL && strlen(s) <= LIMIT_PLUGIN_TEXT && text_is_utf8(s, strlen(s));
}

static bool is_name(const char *s)
{
    return s != NULL && strlen(s) <= LIMIT_NAME_BYTES && text_is_name(s, strlen(s), false);
}

/* Bare, or vendor.name with any number of parts. */
static bool is_id(const char *s)
{
    return s != NULL && strlen(s) <= LIMIT_NAME_BYTES && text_is_name(s, strlen(s), true);
}

static bool is_semver(const char *s)
{
    if (s == NULL || strlen(s) > LIMIT_NAME_BYTES)
        return false;
    int dots = 0;
    bool in_number = false;
    for (const char *p = s; *p != '\0' && *p != '-' && *p != '+'; p++) {
        if (*p == '.' && in_number)
            dots++;
        else if (!isdigit((unsigned char)*p))
            return false;
        in_number = *p != '.';
    }
    return dots == 2 && in_number;
}

static bool is_scalar(gm_type type)
{
    return type >= GM_T_BOOL && type <= GM_T_ENUM;
}

/* Is v a value that a parameter of this type may have? Enums are checked by the caller. */
static bool is_value_of(const gm_value *v, gm_type type)
{
    if (v->type != type)
        return false;
    if (type == GM_T_F64)
        return isfinite(v->u.f);
    if (type == GM_T_STR || type == GM_T_EXPR)
        return v->u.s.len <= LIMIT_PLUGIN_TEXT &&
               (v->u.s.len == 0 || (v->u.s.ptr != NULL && text_is_utf8(v->u.s.ptr, v->u.s.len)));
    return type != GM_T_LIST || v->u.l.n == 0 || v->u.l.items != NULL;
}

/* One that was left out of an initialiser has type 0. */
static bool is_given(const gm_value *v)
{
    return v->is_null == 0 && v->type != 0;
}

static gm_status check_default(const context *c, const gm_param *p, uint32_t n_enum)
{
    const gm_value *v = &p->def;
    bool is_right = is_value_of(v, p->type);
    if (is_right && p->type == GM_T_ENUM)
        is_right = v->u.i >= 0 && v->u.i < (int64_t)n_enum;
    if (is_right && p->type == GM_T_LIST) {
        is_right = v->u.l.n <= LIMIT_PLUGIN_TEXT && (p->flags & GM_P_FAMILY) == 0;
        for (uint64_t i = 0; is_right && i < v->u.l.n; i++)
            is_right = v->u.l.items[i].is_null == 0 && is_value_of(&v->u.l.items[i], p->item_type);
    }
    return is_right ? GM_OK
                    : wrong(c,
                            "parameter '%s' has a default that is no value of its type; is_null "
                            "means none",
                            p->name);
}

/* Whatever the host would compare or print must be of the parameter's type. */
static gm_status check_values(const context *c, const gm_param *p, uint32_t n_enum)
{
    gm_type type = p->type == GM_T_LIST ? p->item_type : p->type;
    bool has_order =
        type == GM_T_I64 || type == GM_T_F64 || type == GM_T_TIME || type == GM_T_DURATION;
    const gm_value *limits[] = {&p->min, &p->max};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (is_given(limits[i]) && (!has_order || !is_value_of(limits[i], type)))
            return wrong(c,
                         "parameter '%s' has a limit that is no number of its type; is_null means "
                         "none",
                         p->name);
    return is_given(&p->def) ? check_default(c, p, n_enum) : GM_OK;
}

static gm_status check_param(const context *c, const gm_param *p)
{
    if (p == NULL || p->struct_size < SIZE_UP_TO(gm_param, enum_values))
        return wrong(c, "a parameter's struct is too short for ABI 1.0");
    if (!is_name(p->name))
        return wrong(c, "a parameter's name is no [a-z][a-z0-9_]*");
    if (!is_text(p->doc) || p->doc[0] == '\0')
        return wrong(c, "parameter '%s' has no documentation", p->name);
    if (p->unit != NULL && !is_text(p->unit))
        return wrong(c, "parameter '%s': its unit is no UTF-8", p->name);
    if ((p->flags & ~(uint32_t)KNOWN_PARAM_FLAGS) != 0)
        return wrong(c,
                     "parameter '%s' has flags that this host does not know; it needs a newer "
                     "goalmill",
                     p->name);
    if (p->type < GM_T_BOOL || p->type > GM_T_METRIC)
        return wrong(c, "parameter '%s' has the unknown type %u", p->name, p->type);
    if (p->type == GM_T_METRIC || ((p->flags & GM_P_FAMILY) != 0 && p->type != GM_T_LIST))
        return wrong(c,
                     "parameter '%s': this version takes no references to metrics, and families "
                     "of lists only",
                     p->name);
    if (p->type == GM_T_LIST && (!is_scalar(p->item_type) || p->item_type == GM_T_ENUM))
        return wrong(c, "parameter '%s': this version takes lists of scalars only", p->name);
    if (p->type == GM_T_EXPR && (p->flags & GM_P_PART) == 0 && p->item_type != GM_T_BOOL)
        return wrong(c,
                     "parameter '%s': this version takes conditions (BOOL) and parts of a ratio "
                     "as expressions",
                     p->name);
    uint32_t n_enum = 0;
    if (p->type == GM_T_ENUM) {
        if (p->enum_values == NULL || p->enum_values[0] == NULL)
            return wrong(c, "parameter '%s' has no enum_values", p->name);
        for (; p->enum_values[n_enum] != NULL; n_enum++)
            if (n_enum >= LIMIT_PLUGIN_ENUM || !is_text(p->enum_values[n_enum]))
                return wrong(c, "parameter '%s' has wrong enum_values", p->name);
    }
    return check_values(c, p, n_enum);
}

static gm_status check_field(const context *c, const gm_descriptor *d, const gm_field *f)
{
    if (f == NULL || f->struct_size < SIZE_UP_TO(gm_field, doc))
        return wrong(c, "a field's struct is too short for ABI 1.0");
    if (f->name == NULL && f->name_param == NULL)
        return wrong(c, "a field has neither name nor name_param");
    if (f->name != NULL && !is_name(f->name))
        return wrong(c, "a field's name is no [a-z][a-z0-9_]*");
    if (f->name_param != NULL) {
        uint32_t p = plugin_info_param(d, f->name_param);
        if (p == UINT32_MAX || d->params[p]->type != GM_T_STR)
            return wrong(c, "name_param '%s' is no STR parameter", f->name_param);
    }
    if (!is_text(f->doc) || f->doc[0] == '\0')
        return wrong(c, "a field has no documentation");
    if ((f->flags & ~(uint32_t)KNOWN_FIELD_FLAGS) != 0)
        return wrong(c,
                     "a field has flags that this host does not know; it needs a newer goalmill");
    if (f->type != GM_T_BOOL && f->type != GM_T_I64 && f->type != GM_T_F64 && f->type != GM_T_STR &&
        f->type != GM_T_TIME)
        return wrong(c, "a field has the type %u, which no column has", f->type);
    return GM_OK;
}

static gm_status check_output(const context *c, const gm_descriptor *d, const gm_output *o)
{
    if (o == NULL || o->struct_size < SIZE_UP_TO(gm_output, unit_per))
        return wrong(c, "an output's struct is too short for ABI 1.0");
    if (!is_name(o->name))
        return wrong(c, "an output's name is no [a-z][a-z0-9_]*");
    if (!is_text(o->doc) || o->doc[0] == '\0')
        return wrong(c, "output '%s' has no documentation", o->name);
    if (o->unit == NULL || !is_text(o->unit))
        return wrong(c, "output '%s' has no unit (\"\" when unknown)", o->name);
    if (o->type != GM_T_BOOL && o->type != GM_T_I64 && o->type != GM_T_F64)
        return wrong(c, "output '%s' has the type %u, expected BOOL, I64 or F64", o->name, o->type);
    if (o->direction > GM_D_TARGET)
        return wrong(c, "output '%s' has an unknown direction", o->name);
    if ((o->flags & ~(uint32_t)GM_O_FAMILY) != 0)
        return wrong(c, "output '%s' has unknown flags; it needs a newer goalmill", o->name);
    if ((o->flags & GM_O_FAMILY) != 0 && !is_name(o->label))
        return wrong(c, "output '%s' is a family without a label", o->name);
    if (o->label2 != NULL && !is_name(o->label2))
        return wrong(c, "output '%s': its second label is no [a-z][a-z0-9_]*", o->name);
    if (o->label_param != NULL) {
        uint32_t p = plugin_info_param(d, o->label_param);
        if (p == UINT32_MAX || d->params[p]->type != GM_T_LIST)
            return wrong(c, "output '%s': label_param '%s' is no LIST parameter", o->name,
                         o->label_param);
    }
    if (o->unit_from != NULL && plugin_info_param(d, o->unit_from) == UINT32_MAX)
        return wrong(c, "output '%s': unit_from '%s' is no parameter", o->name, o->unit_from);
    if (o->unit_per != NULL &&
        (o->unit_from == NULL || plugin_info_param(d, o->unit_per) == UINT32_MAX))
        return wrong(c, "output '%s': unit_per '%s' is no parameter, or unit_from is missing",
                     o->name, o->unit_per);
    return GM_OK;
}

static gm_status check_head(const gm_descriptor *d, context *c)
{
    c->id = "?";
    if (d->struct_size < SIZE_UP_TO(gm_descriptor, outputs))
        return wrong(c,
                     "its descriptor has %u bytes, ABI 1.0 has %zu; build it against this "
                     "version's headers",
                     d->struct_size, SIZE_UP_TO(gm_descriptor, outputs));
    if (!is_id(d->id))
        return wrong(c, "its id is no name such as count or vendor.count");
    c->id = d->id;
    if (d->abi_minor_min > GM_ABI_MINOR)
        return wrong(c, "needs host ABI 1.%u, this one is 1.%u; update goalmill", d->abi_minor_min,
                     GM_ABI_MINOR);
    if (!is_semver(d->version))
        return wrong(c, "its version is no semantic version such as 1.2.0");
    if (!is_text(d->name) || !is_text(d->description) || !is_text(d->vendor) ||
        !is_text(d->license))
        return wrong(c, "lacks a name, description, vendor or license");
    if ((d->algebra & ~(uint64_t)KNOWN_ALGEBRA) != 0)
        return wrong(c, "declares laws that this host does not know; it needs a newer goalmill");
    if ((d->algebra & GM_A_ORDER_SENSITIVE) != 0)
        return wrong(c, "depends on the order of events; such a metric cannot be merged");
    if (d->state_format_min == 0 || d->state_format_min > d->state_format)
        return wrong(c, "its state formats %u to %u are no range from 1", d->state_format_min,
                     d->state_format);
    if (!(d->tol_rel >= 0) || !(d->tol_abs >= 0) || !isfinite(d->tol_rel) || !isfinite(d->tol_abs))
        return wrong(c, "its tolerances are no numbers from 0");
    if (d->n_params > LIMIT_PLUGIN_PARAMS || d->n_fields > LIMIT_PLUGIN_PARAMS ||
        d->n_outputs > LIMIT_PLUGIN_PARAMS || d->n_outputs == 0)
        return wrong(c,
                     "has %u parameters, %u fields, %u outputs; expected at most %d, and an "
                     "output",
                     d->n_params, d->n_fields, d->n_outputs, LIMIT_PLUGIN_PARAMS);
    if ((d->n_params != 0 && d->params == NULL) || (d->n_fields != 0 && d->fields == NULL) ||
        d->outputs == NULL)
        return wrong(c, "a list of parameters, fields or outputs is NULL");
    return GM_OK;
}

gm_status descriptor_check(const gm_descriptor *d, const char *path, gm_error *err)
{
    context c = {.path = path, .id = "?", .err = err};
    gm_status st = check_head(d, &c);
    for (uint32_t i = 0; st == GM_OK && i < d->n_params; i++) {
        st = check_param(&c, d->params[i]);
        for (uint32_t k = 0; st == GM_OK && k < i; k++)
            if (strcmp(d->params[k]->name, d->params[i]->name) == 0)
                st = wrong(&c, "has two parameters '%s'", d->params[i]->name);
    }
    for (uint32_t i = 0; st == GM_OK && i < d->n_fields; i++)
        st = check_field(&c, d, d->fields[i]);
    for (uint32_t i = 0; st == GM_OK && i < d->n_outputs; i++) {
        st = check_output(&c, d, d->outputs[i]);
        for (uint32_t k = 0; st == GM_OK && k < i; k++)
            if (strcmp(d->outputs[k]->name, d->outputs[i]->name) == 0)
                st = wrong(&c, "has two outputs '%s'", d->outputs[i]->name);
    }
    return st;
}

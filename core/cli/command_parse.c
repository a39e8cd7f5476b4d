/* SPDX-License-Identifier: Apache-2.0
 * command_parse.c - arguments of a command by its table: "--name value", "--name=value", switches,
 * and one operand. */
#include <string.h>

#include "base/error.h"
#include "base/message.h"
#include "base/text.h"
#include "cli/command.h"

static uint32_t find_option(const command *c, const char *name, size_t n)
{
    for (uint32_t i = 0; i < c->n_options; i++)
        if (strlen(c->options[i].name) == n && memcmp(c->options[i].name, name, n) == 0)
            return i;
    return UINT32_MAX;
}

const char *command_value(const command *c, const command_args *args, const char *name)
{
    uint32_t i = find_option(c, name, strlen(name));
    GM_ASSERT(i < c->n_options);
    return args->values[i];
}

static void unknown_option(const command *c, const char *given)
{
    const char *names[COMMAND_OPTIONS_MAX];
    for (uint32_t i = 0; i < c->n_options; i++)
        names[i] = c->options[i].name;
    const char *near = text_suggest(given, names, c->n_options);
    message_error("unknown option '%s'%s%s%s; see goalmill %s --help", given,
                  near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                  near == NULL ? "" : "'?)", c->name);
}

/* Takes the option at argv[*i]; *i ends at its last argument. */
static bool take_option(const command *c, int argc, char **argv, int *i, command_args *out)
{
    const char *arg = argv[*i];
    const char *equals = strchr(arg, '=');
    uint32_t at = find_option(c, arg, equals == NULL ? strlen(arg) : (size_t)(equals - arg));
    if (at == UINT32_MAX) {
        unknown_option(c, arg);
        return false;
    }
    const command_option *o = &c->options[at];
    if (o->value == NULL) {
        out->values[at] = "";
        if (equals == NULL)
            return true;
        message_error("%s takes no value", o->name);
        return false;
    }
    if (equals != NULL) {
        out->values[at] = equals + 1;
    } else if (*i + 1 < argc) {
        out->values[at] = argv[++*i];
    } else {
        message_error("%s lacks its %s", o->name, o->value);
        return false;
    }
    return true;
}

bool command_parse(const command *c, int argc, char **argv, command_args *out)
{
    GM_ASSERT(c->n_options <= COMMAND_OPTIONS_MAX);
    memset(out, 0, sizeof *out);
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(c, argc, argv, &i, out))
                return false;
        } else if (c->operand == NULL || out->operand != NULL) {
            message_error("'%s' is too many; usage: goalmill %s%s%s", argv[i], c->name,
                          c->operand == NULL ? "" : " ", c->operand == NULL ? "" : c->operand);
            return false;
        } else {
            out->operand = argv[i];
        }
    }
    if (c->operand != NULL && c->operand[0] != '[' && out->operand == NULL) {
        message_error("%s is missing; usage: goalmill %s %s [options]", c->operand, c->name,
                      c->operand);
        return false;
    }
    return true;
}

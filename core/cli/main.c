/* SPDX-License-Identifier: Apache-2.0
 * main.c - goalmill's entry: finds the command and runs it. */
#include <stdio.h>
#include <string.h>

#include <goalmill/version.h>

#include "base/message.h"
#include "base/text.h"
#include "cli/command.h"

const command *const commands[] = {&command_run, &command_check, &command_help};
const uint32_t commands_n = sizeof commands / sizeof *commands;

static const command *find(const char *name)
{
    for (uint32_t i = 0; i < commands_n; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help_overview();
        return COMMAND_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_overview();
        return COMMAND_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("goalmill %s\n", GOALMILL_VERSION);
        return COMMAND_DONE;
    }
    const command *c = find(argv[1]);
    if (c == NULL) {
        const char *names[8];
        for (uint32_t i = 0; i < commands_n; i++)
            names[i] = commands[i]->name;
        const char *near = text_suggest(argv[1], names, commands_n);
        message_error("unknown command '%s'%s%s%s; goalmill --help lists the commands", argv[1],
                      near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                      near == NULL ? "" : "'?)");
        return COMMAND_USAGE;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help_command(c);
            return COMMAND_DONE;
        }
    }
    command_args args;
    if (!command_parse(c, argc - 2, argv + 2, &args))
        return COMMAND_USAGE;
    int code = c->run(&args);
    if (fflush(stdout) != 0 && code == COMMAND_DONE)
        code = COMMAND_WRITE;
    return code;
}

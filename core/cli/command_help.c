/* SPDX-License-Identifier: Apache-2.0
 * command_help.c - goalmill help [TOPIC]: a command, the configuration's reference, the man page.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/message.h"
#include "cli/command.h"
#include "config/config_keys.h"

static int run(const command_args *args)
{
    const char *topic = args->operand;
    if (topic == NULL) {
        help_overview();
        return COMMAND_DONE;
    }
    if (strcmp(topic, "man") == 0) {
        help_man_page();
        return COMMAND_DONE;
    }
    if (strcmp(topic, "configuration") == 0) {
        bytes text;
        bytes_init(&text, LIMIT_MIB(4));
        config_keys_reference(&text);
        size_t n = fwrite(text.data, 1, text.len, stdout);
        int code = n == text.len ? COMMAND_DONE : COMMAND_WRITE;
        bytes_deinit(&text);
        return code;
    }
    for (uint32_t i = 0; i < commands_n; i++) {
        if (strcmp(commands[i]->name, topic) == 0) {
            help_command(commands[i]);
            return COMMAND_DONE;
        }
    }
    message_error("no help on '%s'; there is help on the commands, on 'configuration' and on 'man'",
                  topic);
    return COMMAND_USAGE;
}

const command command_help = {
    .name = "help",
    .operand = "[TOPIC]",
    .summary = "help on a command, the keys of a configuration, or the man page",
    .doc =
        "Without TOPIC, the list of commands. TOPIC is the name of a command, 'configuration' for "
        "the reference of all keys as Markdown, or 'man' for the man page.",
    .run = run,
};

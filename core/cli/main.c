/* SPDX-License-Identifier: Apache-2.0
 * main.c - goalmill's entry: finds the command and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* A standard stream that is closed would be the number of the next file we open, and get what was
 * meant for the stream. What is put in its place fails for stdin and stdout, as a closed stream
 * does; what is said on stderr then goes nowhere. */
static void hold_standard_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            _exit(COMMAND_INTERNAL);
}

static int run_command(int argc, char **argv)
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
    return c->run(&args);
}

int main(int argc, char **argv)
{
    hold_standard_streams();
    int code = run_command(argc, argv);
    bool is_written = ferror(stdout) == 0;
    if (fflush(stdout) != 0 || !is_written) {
        message_error("cannot write to standard output: %s",
                      strerror(errno)); /* NOLINT(concurrency-mt-unsafe): one thread */
        if (code <= COMMAND_RULE && code != COMMAND_USAGE)
            code = COMMAND_WRITE;
    }
    return code;
}

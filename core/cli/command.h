/* SPDX-License-Identifier: Apache-2.0
 * command.h - the commands of goalmill as one table: it drives parsing, --help and the man page. */
#ifndef GM_CLI_COMMAND_H
#define GM_CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

enum { COMMAND_OPTIONS_MAX = 12 };

/* Exit codes, as documented in docs/exit-codes.md. */
typedef enum command_exit {
    COMMAND_DONE = 0,
    COMMAND_FAIL_ON = 1,
    COMMAND_USAGE = 2,
    COMMAND_INPUT = 3,
    COMMAND_PLUGIN = 4,
    COMMAND_RULE = 5,
    COMMAND_WRITE = 6,
    COMMAND_LOCKED = 7,
    COMMAND_INTERNAL = 9
} command_exit;

typedef struct command_option {
    const char *name;  /* "--date" */
    const char *value; /* what it takes ("DAY"), or NULL: a switch */
    const char *doc;
} command_option;

/* What was given: values[i] belongs to options[i]; of a switch "" or NULL. */
typedef struct command_args {
    const char *operand; /* the one argument, or NULL */
    const char *values[COMMAND_OPTIONS_MAX];
} command_args;

typedef struct command {
    const char *name;
    const char *operand; /* "CONFIG"; in brackets when it may be left out; NULL: takes none */
    const char *summary; /* a line */
    const char *doc;     /* paragraphs, separated by \n\n */
    const command_option *options;
    uint32_t n_options;
    int (*run)(const command_args *args); /* gives the exit code */
} command;

extern const command *const commands[];
extern const uint32_t commands_n;

extern const command command_run;
extern const command command_check;
extern const command command_help;

/* The value of an option, NULL when it was not given. */
const char *command_value(const command *c, const command_args *args, const char *name);

/* Parses argv behind the command's name. False: the message was printed. */
bool command_parse(const command *c, int argc, char **argv, command_args *out);

/* help.c: texts to stdout. */
void help_overview(void);
void help_command(const command *c);
void help_man_page(void);

#endif

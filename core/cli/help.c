/* SPDX-License-Identifier: Apache-2.0
 * help.c - --help and the man page, both from the table of commands. */
#include <stdio.h>
#include <string.h>

#include <goalmill/version.h>

#include "cli/command.h"

static const char what[] =
    "goalmill mills event logs into scorecards: it reads compressed event logs, computes metrics "
    "with shared-object plugins, scores them with Lua rules, and writes one scorecard for each "
    "goal.";

static const struct {
    int code;
    const char *meaning;
} exit_codes[] = {
    {COMMAND_DONE, "done, whatever the scores"},
    {COMMAND_FAIL_ON, "done, and --fail-on was met"},
    {COMMAND_USAGE, "wrong usage or configuration; nothing was read"},
    {COMMAND_INPUT, "logs below their quality bar; scorecards are written, marked degraded"},
    {COMMAND_PLUGIN, "a plugin failed; the rest is scored"},
    {COMMAND_RULE, "a rule failed; the rest is scored"},
    {COMMAND_WRITE, "state or output could not be written; the last good run is intact"},
    {COMMAND_LOCKED, "another run holds the lock"},
    {COMMAND_INTERNAL, "internal error"},
};

/* Words of text, filled to a width behind an indent; "\n\n" starts a paragraph. */
static void print_filled(const char *text, int indent, int width)
{
    int column = 0;
    const char *p = text;
    while (*p != '\0') {
        if (p[0] == '\n' && p[1] == '\n') {
            (void)printf("\n\n");
            column = 0;
            p += 2;
            continue;
        }
        if (*p == ' ' || *p == '\n') {
            p++;
            continue;
        }
        int n = (int)strcspn(p, " \n");
        if (column != 0 && column + 1 + n > width) {
            (void)printf("\n");
            column = 0;
        }
        column += column == 0 ? printf("%*s", indent, "") : printf(" ");
        column += printf("%.*s", n, p);
        p += n;
    }
    (void)printf("\n");
}

void help_overview(void)
{
    (void)printf("usage: goalmill COMMAND [ARGUMENTS]\n\n");
    print_filled(what, 0, 78);
    (void)printf("\ncommands:\n");
    for (uint32_t i = 0; i < commands_n; i++)
        (void)printf("  %-18s %s\n", commands[i]->name, commands[i]->summary);
    (void)printf(
        "\n  goalmill COMMAND --help tells more; goalmill --version says which this is.\n");
}

void help_command(const command *c)
{
    (void)printf("usage: goalmill %s%s%s%s\n\n", c->name, c->operand == NULL ? "" : " ",
                 c->operand == NULL ? "" : c->operand, c->n_options == 0 ? "" : " [options]");
    print_filled(c->doc, 0, 78);
    if (c->n_options != 0)
        (void)printf("\noptions:\n");
    for (uint32_t i = 0; i < c->n_options; i++) {
        const command_option *o = &c->options[i];
        (void)printf("  %s%s%s\n", o->name, o->value == NULL ? "" : " ",
                     o->value == NULL ? "" : o->value);
        print_filled(o->doc, 6, 78);
    }
}

/* Text for roff: a backslash, and a dot or quote at the start of a line, would be commands. */
static void print_roff(const char *text)
{
    bool at_start = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (p[0] == '\n' && p[1] == '\n') {
            (void)printf("\n.PP\n");
            at_start = true;
            p++;
            continue;
        }
        if (*p == '\\')
            (void)printf("\\e");
        else if (*p == '-')
            (void)printf("\\-");
        else if (at_start && (*p == '.' || *p == '\''))
            (void)printf("\\&%c", *p);
        else
            (void)putchar(*p);
        at_start = *p == '\n';
    }
    (void)putchar('\n');
}

void help_man_page(void)
{
    (void)printf(".TH GOALMILL 1 \"\" \"goalmill %s\" \"User Commands\"\n", GOALMILL_VERSION);
    (void)printf(".SH NAME\ngoalmill \\- mill event logs into scorecards\n");
    (void)printf(".SH SYNOPSIS\n.B goalmill\n.I COMMAND\n.RI [ ARGUMENTS ]\n");
    (void)printf(".SH DESCRIPTION\n");
    print_roff(what);
    (void)printf(".SH COMMANDS\n");
    for (uint32_t i = 0; i < commands_n; i++) {
        const command *c = commands[i];
        (void)printf(".SS goalmill %s %s%s\n", c->name, c->operand == NULL ? "" : c->operand,
                     c->n_options == 0 ? "" : " [options]");
        print_roff(c->doc);
        for (uint32_t k = 0; k < c->n_options; k++) {
            (void)printf(".TP\n.BI \"");
            for (const char *p = c->options[k].name; *p != '\0'; p++)
                (void)printf("%s%c", *p == '-' ? "\\" : "", *p);
            (void)printf(" \" \"%s\"\n", c->options[k].value == NULL ? "" : c->options[k].value);
            print_roff(c->options[k].doc);
        }
    }
    (void)printf(".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exit_codes / sizeof *exit_codes; i++) {
        (void)printf(".TP\n.B %d\n", exit_codes[i].code);
        print_roff(exit_codes[i].meaning);
    }
    (void)printf(".TP\n.B 128+n\nended by signal n\n");
    (void)printf(".SH ENVIRONMENT\n.TP\n.B GOALMILL_KEY\n"
                 "overrides a key of [run], in capitals: GOALMILL_WORKERS=4. Options override "
                 "both.\n.TP\n.B NO_COLOR\nno colours on the terminal\n");
    (void)printf(".SH SEE ALSO\nThe configuration, key by key: "
                 ".B goalmill help configuration\n");
}

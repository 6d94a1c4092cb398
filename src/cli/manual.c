/* The man page, made from the tables of commands and options. */
#include <string.h>
#include <mldbg/version.h>

#include "help.h"

/* Text as roff sees it: backslashes and hyphens are literal, a point at the start of a line is no request. */
static void add_escaped(struct text *out, const char *text)
{
    for (; *text; text++) {
        bool start = out->length == 0 || out->at[out->length - 1] == '\n';
        if (start && (*text == '.' || *text == '\''))
            text_add(out, "\\&");
        if (*text == '\\')
            text_add(out, "\\e");
        else if (*text == '-')
            text_add(out, "\\-");
        else
            text_add_bytes(out, text, 1);
    }
}

static void add_line(struct text *out, const char *text)
{
    add_escaped(out, text);
    if (out->at[out->length - 1] != '\n')
        text_add(out, "\n");
}

static void add_option(struct text *out, const struct option *option)
{
    text_add(out, ".TP\n.B ");
    if (option->letter) {
        add_escaped(out, (const char[]){'-', option->letter, '\0'});
        text_add(out, ", ");
    }
    add_escaped(out, option_flag(out->arena, option));
    if (option->type != OPTION_BOOL) {
        text_add(out, " \\fI");
        add_escaped(out, option->value ? option->value : "VALUE");
        text_add(out, "\\fR");
    }
    text_add(out, "\n");
    add_escaped(out, option->help);
    if (option->choices) {
        text_add(out, ": ");
        for (const char *const *choice = option->choices; *choice; choice++) {
            text_add(out, choice == option->choices ? "" : choice[1] ? ", " : " or ");
            add_escaped(out, *choice);
        }
    }
    if (option->fallback && option->type != OPTION_BOOL) {
        text_add(out, " (default ");
        add_escaped(out, option->fallback);
        text_add(out, ")");
    }
    text_add(out, "\n");
}

static void add_command(struct text *out, const struct command *command)
{
    text_add(out, ".SS mldbg ");
    add_line(out, command->usage);
    add_line(out, command->entry.summary);
    text_add(out, ".PP\n");
    add_line(out, command->entry.explain);
    for (size_t i = 0; i < command->options.count; i++)
        add_option(out, &command->options.at[i]);
    text_add(out, ".PP\n.EX\n");
    for (const char *const *example = command->examples; *example; example++) {
        text_add(out, "    ");
        add_line(out, *example);
    }
    text_add(out, ".EE\n");
}

void help_manual(struct text *out)
{
    text_print(out, ".TH MLDBG 1 \"\" \"mldbg %s\" \"User Commands\"\n", MLDBG_VERSION);
    text_add(out, ".nh\n.SH NAME\nmldbg \\- a debugger for training runs of neural networks\n"
                  ".SH SYNOPSIS\n.B mldbg\n.I COMMAND\n[options] [words]\n"
                  ".SH DESCRIPTION\n"
                  "mldbg trains a network that is declared in a JSON config, measures what can go wrong\n"
                  "while it trains, judges what it measured with a table of rules, and says what to do\n"
                  "next. Results go to standard output, progress and messages to standard error.\n"
                  ".SH COMMANDS\n");
    for (size_t i = 0; i < command_catalog.count; i++)
        add_command(out, ENTRY_OF(command_catalog.at[i], struct command));
    text_add(out, ".SH OPTIONS\nThese belong to every command, and stand anywhere on the line.\n");
    for (size_t i = 0; i < common_option_table.count; i++)
        add_option(out, &common_option_table.at[i]);
    text_add(out, ".SH EXIT STATUS\n");
    for (const struct exit_row *row = exit_rows; row->status; row++) {
        text_print(out, ".TP\n.B %s\n", row->status);
        add_line(out, row->meaning);
    }
    text_add(out,
             ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo color, unless \\-\\-color says otherwise.\n"
             ".TP\n.B TERM\nNo color and no progress line when it is \"dumb\" or empty.\n"
             ".TP\n.B MLDBG_LEDGER\nThe file that counts how often a test split was read; \"off\" keeps "
             "none. Default: mldbg/test\\-readings.csv in XDG_STATE_HOME, or in ~/.local/state.\n"
             ".TP\n.B MLDBG_CACHE\nThe folder that keeps large tables as they were read, so that they are "
             "not read from text again; \"off\" keeps none. It may be removed at any time. Default: mldbg in "
             "XDG_CACHE_HOME, or in ~/.cache.\n");
}

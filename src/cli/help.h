/* Help for people: the overview, a page a command, and all of it as a man page. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <mldbg/cli.h>

void help_overview(struct text *out);
void help_command(struct text *out, const struct command *command);
/* In roff with the macros of man(7). */
void help_manual(struct text *out);

/* What the exit status says. */
struct exit_row {
    const char *status, *meaning;
};
extern const struct exit_row exit_rows[]; /* closed by a row of NULL */

/* "--fail-on" for fail_on. */
const char *option_flag(struct arena *arena, const struct option *option);

#endif

/* --report FORMAT=FILE. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include <mldbg/cli.h>

/* Whether every --report names a format and a file; asked before anything is run. */
bool reports_check(const struct invocation *invocation, struct error *err);

/* The part of deliver() behind what is printed: the files of --report, and the exit code. */
enum exit_code deliver_files(struct invocation *invocation, const struct report *report);

#endif

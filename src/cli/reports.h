/* --report FORMAT=FILE. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include <mldbg/cli.h>

/* Whether every --report names a format and a file; asked before anything is run. */
bool reports_check(const struct invocation *invocation, struct error *err);

#endif

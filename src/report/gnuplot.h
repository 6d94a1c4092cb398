/* gnuplot, the program: a script in, its drawing out. */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include <mldbg/base/text.h>

/*
 * Runs gnuplot with the script and adds what it prints to out. False when it is not installed, fails, prints
 * too much or takes too long; *why then says so ("is not installed"). Nothing of the user's settings is read.
 */
bool gnuplot_run(const struct text *script, struct text *out, const char **why);

#endif

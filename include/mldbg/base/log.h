/* Messages to the person at the terminal: stderr only. Data goes to stdout and never through here. */
#ifndef MLDBG_BASE_LOG_H
#define MLDBG_BASE_LOG_H

#include <mldbg/base/error.h>

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* quiet drops notes and progress, never errors. */
void log_setup(bool quiet, enum color color);

void log_note(const char *format, ...) PRINTF(1, 2);

/* A line that is drawn over itself, at most ten times a second, on a terminal only. */
bool log_is_live(void);
void log_progress(const char *format, ...) PRINTF(1, 2);
void log_progress_end(void);

/* Whether a stream (1 stdout, 2 stderr) gets color: --color, else NO_COLOR, TERM and whether it is a
 * terminal. */
bool log_color(int stream);

/*
 * Prints errors as sentences: `file:line:column: error CODE: sentence`, then the line of the source with a
 * caret and the hint, when source (the whole text of that file) is given.
 */
void log_error(const struct error *err, const char *source);
void log_problems(const struct problems *problems, const char *source);

#endif

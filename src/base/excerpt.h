/* An error as lines for a terminal: the sentence, the line of the source, a caret and the hint. */
#ifndef BASE_EXCERPT_H
#define BASE_EXCERPT_H

#include <mldbg/base/error.h>
#include <mldbg/base/text.h>

enum { EXCERPT_COLUMNS = 80 };

/* Adds the lines of an error to out. source is the whole text of err->file, or NULL. */
void excerpt_error(struct text *out, const struct error *err, const char *source, bool color);

#endif

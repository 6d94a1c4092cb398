/* Pieces of HTML. Every word that comes from a record goes through html_words(). */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <mldbg/base/text.h>

/*
 * Adds text so that it is text, in content and in quoted attributes: & < > " ' are escaped, control
 * characters and bytes that are no UTF-8 become \x1b and so on.
 */
void html_words(struct text *out, const char *words);

/* The same for text of several lines, whose ends stay as they are: the inside of <pre>. */
void html_lines(struct text *out, const char *lines);

/* A word for a shell, quoted where it has to be, made fit for HTML. */
void html_shell_word(struct text *out, const char *word);

/*
 * A table is opened with its titles and gets rows of as many cells; align: one letter a column, 'l' or 'r'.
 * The first cell of a row is its title.
 */
void html_table_open(struct text *out, const char *align, const char *const *titles);
void html_table_row(struct text *out, const char *align, const char *const *cells);
void html_table_close(struct text *out);

#endif

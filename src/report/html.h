/* Pieces of HTML. Every word that comes from a record goes through html_words(). */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <mldbg/report.h>

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
 * A grid as a table: its first row are titles, the first cell of a row names it. A column in which nothing
 * stands under its title is left out.
 */
void html_grid(struct text *out, const struct grid *grid);

#endif

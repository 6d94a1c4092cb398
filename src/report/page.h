/* The parts of the page of format html, in the order of the recipe. One that has nothing to say adds nothing.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <mldbg/report.h>

#include "figure.h"

extern const char *const page_style[]; /* pieces of a style sheet, NULL-terminated */

void page_what(const struct report *report, const struct figures *figures, struct text *out);
void page_findings(const struct report *report, const struct figures *figures, struct text *out);
void page_proof(const struct report *report, const struct figures *figures, struct text *out);
void page_curves(const struct report *report, const struct figures *figures, struct text *out);
void page_layers(const struct report *report, const struct figures *figures, struct text *out);
void page_end(const struct report *report, const struct figures *figures, struct text *out);
void page_again(const struct report *report, const struct figures *figures, struct text *out);

#endif

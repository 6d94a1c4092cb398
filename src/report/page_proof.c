/* The page's part on the proof: every re-run with what it came to, and what --fix made of it. */
#include "html.h"
#include "page.h"

static void add_fixed(const struct run *run, struct text *out)
{
    if (!*run_text(run, "fix/file"))
        return;
    text_add(out, "<p>Fixed: <code>");
    html_words(out, run_text(run, "fix/file"));
    text_add(out, "</code>, ");
    html_words(out, run_text(run, "fix/words"));
    text_add(out, ". Asked again: ");
    html_words(out, run_text(run, "fix/outcome"));
    text_add(out, ", ");
    html_words(out, run_text(run, "fix/sentence"));
    text_add(out, ".</p>\n");
}

void page_proof(const struct report *report, const struct figures *figures, struct text *out)
{
    const char *label, *words;
    struct grid grid;

    (void)figures;
    if (!report->run || !proof_lead(report->run, &label, &words))
        return;
    text_add(out, "<p>");
    html_words(out, words);
    text_add(out, ".</p>\n");
    grid_init(&grid, out->arena, 3, "lrl");
    grid_row(&grid, (const char *[]){"change", "outcome", "result"});
    proof_rows(report->run, &grid);
    html_grid(out, &grid);
    add_fixed(report->run, out);
}

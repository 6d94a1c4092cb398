/* The page's part on what the rules found: causes with their consequences under them, evidence, what to try.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "html.h"
#include "page.h"

static void add_place(const struct finding *finding, struct text *out)
{
    const struct place *place = &finding->place;

    if (place->line <= 0)
        return;
    text_add(out, " <span class=\"place\">");
    html_words(out, place->file ? place->file : "line");
    text_print(out, "%s%" PRId64, place->file ? ":" : " ", place->line);
    if (place->column > 0)
        text_print(out, ":%" PRId64, place->column);
    text_add(out, "</span>");
}

static void add_evidence(const struct finding *finding, struct text *out)
{
    struct grid grid;
    static const char align[] = "lrrr";
    struct arena *arena = out->arena;

    if (!finding->evidence_count)
        return;
    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, (const char *[]){"evidence", "measured", "threshold", "step"});
    for (int i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        const char *step = evidence->step < 0 ? "" : arena_print(arena, "%" PRId64, evidence->step);

        grid_row(&grid,
                 (const char *[]){
                     evidence->name, text_number(arena, evidence->value, 5),
                     isnan(evidence->threshold) ? "" : text_number(arena, evidence->threshold, 5), step});
    }
    html_grid(out, &grid);
}

static void add_head(const struct finding *finding, struct text *out)
{
    text_print(out, "<p class=\"head\"><span class=\"tag %s\">%s</span> <span class=\"code\">%s ",
               severity_name(finding->severity), severity_name(finding->severity), finding->rule->code);
    html_words(out, finding->rule->entry.name);
    text_add(out, "</span></p>\n<p>");
    html_words(out, finding->sentence);
    add_place(finding, out);
    text_add(out, "</p>\n");
    if (finding->proof && *finding->proof) {
        text_add(out, "<p>Proof: ");
        html_words(out, finding->proof);
        text_add(out, "</p>\n");
    }
}

static void add_remedies(const struct finding *finding, struct text *out)
{
    const char *const *next = finding->rule->next;

    text_add(out, "<ol class=\"try\">");
    if (*finding->next && !(next && *next && strcmp(*next, finding->next) == 0)) {
        text_add(out, "<li>");
        html_words(out, finding->next);
        text_add(out, "</li>");
    }
    for (; next && *next; next++) {
        text_add(out, "<li>");
        html_words(out, *next);
        text_add(out, "</li>");
    }
    text_add(out, "</ol>\n");
}

static bool is_of(const struct findings *findings, const struct finding *finding, const struct rule *root)
{
    const struct rule *cause = finding->cause;

    for (size_t guard = 0; cause && guard <= findings->count; guard++) {
        const struct rule *above = NULL;

        if (cause == root)
            return true;
        for (size_t i = 0; i < findings->count && !above; i++)
            above = findings->at[i].rule == cause ? findings->at[i].cause : NULL;
        cause = above;
    }
    return false;
}

static bool has_consequences(const struct findings *findings, const struct rule *root)
{
    for (size_t i = 0; i < findings->count; i++)
        if (is_of(findings, &findings->at[i], root))
            return true;
    return false;
}

static void add_finding(const struct findings *findings, size_t at, struct text *out)
{
    const struct finding *finding = &findings->at[at];
    bool first = at == 0 || findings->at[at - 1].rule != finding->rule;

    text_print(out, "<article class=\"%s\">\n", severity_name(finding->severity));
    add_head(finding, out);
    add_evidence(finding, out);
    if (first)
        add_remedies(finding, out);
    if (first && has_consequences(findings, finding->rule)) {
        text_add(out, "<p class=\"brings\">It explains:</p>\n");
        for (size_t i = 0; i < findings->count; i++)
            if (is_of(findings, &findings->at[i], finding->rule)) {
                text_add(out, "<div class=\"sequel\">\n");
                add_head(&findings->at[i], out);
                add_evidence(&findings->at[i], out);
                text_add(out, "</div>\n");
            }
    }
    text_add(out, "</article>\n");
}

void page_findings(const struct report *report, const struct figures *figures, struct text *out)
{
    const struct findings *findings = report->findings;
    struct arena *arena = out->arena;

    (void)figures;
    if (!findings)
        return;
    for (size_t i = 0; i < findings->count; i++)
        if (!findings->at[i].cause)
            add_finding(findings, i, out);
    text_print(out, "<p class=\"quiet\">%s%s asked, %s not, as nothing was measured for them.</p>\n",
               findings->count ? "" : "No rule found anything. ",
               text_plural(arena, (int64_t)findings->asked, "rule was", "rules were"),
               text_count(arena, (int64_t)findings->not_asked));
}

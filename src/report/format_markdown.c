/* The report as GitHub Markdown: verdict first, then a table of findings. Text from files cannot become
 * markup. */
#include <mldbg/report.h>

#include <inttypes.h>
#include <string.h>

/* One line in which every sign that means something in Markdown or HTML is escaped. */
static const char *words(struct arena *arena, const char *string)
{
    const char *at = text_escape(arena, string, strlen(string), 0);
    struct text out;

    text_init(&out, arena);
    for (; *at; at++) {
        if (strchr("\\`*_{}[]<>|~&#$@", *at))
            text_add(&out, "\\");
        text_add_bytes(&out, at, 1);
    }
    return out.at;
}

static void write_finding(const struct finding *finding, struct text *out)
{
    struct arena *arena = out->arena;
    const struct place *place = &finding->place;

    text_print(out, "| %s | %s %s | %s", severity_name(finding->severity), finding->rule->code,
               words(arena, finding->rule->entry.name), words(arena, finding->sentence));
    if (finding->proof && *finding->proof)
        text_print(out, "; proof: %s", words(arena, finding->proof));
    text_add(out, " | ");
    if (place->line > 0 && place->file)
        text_print(out, "%s:%" PRId64 ":%" PRId64, words(arena, place->file), place->line, place->column);
    text_print(out, " | %s |\n", words(arena, finding->next));
}

static void write(const struct report *report, struct text *out, bool color)
{
    const struct findings *findings = report->findings;
    struct arena *arena = out->arena;

    (void)color;
    text_print(out, "### mldbg %s: %s\n\n", words(arena, report->command), words(arena, report->subject));
    if (report->judged)
        text_print(out, "**%s** %s\n\n", outcome_name(report->outcome), words(arena, report->verdict));
    if (findings && findings->count) {
        text_add(out, "| severity | finding | what was found | place | what to try |\n"
                      "| --- | --- | --- | --- | --- |\n");
        for (size_t i = 0; i < findings->count; i++)
            write_finding(&findings->at[i], out);
        text_add(out, "\n");
    }
    if (*report->next)
        text_print(out, "next: %s\n\n", words(arena, report->next));
    if (findings)
        text_print(out, "%zu rules asked, %zu not asked (nothing measured for them)\n\n", findings->asked,
                   findings->not_asked);
}

const struct format format_markdown = {
    .entry = {"markdown", "Markdown for comments and step summaries",
              "The verdict, then a table of findings with their places and what to try.\n"},
    .write = write,
};

/*
 * The report as JUnit XML, which CI servers show beside the tests: one suite, a case for the verdict and one
 * for each finding. Only what XML 1.0 allows is written, whatever stands in names and files.
 */
#include <mldbg/report.h>

#include <inttypes.h>
#include <string.h>

/* Text fit for attributes and elements: controls and broken UTF-8 as \x1b, the five signs as entities. */
static const char *xml(struct arena *arena, const char *string)
{
    const char *at = text_escape(arena, string, strlen(string), 0);
    struct text out;

    text_init(&out, arena);
    for (; *at; at++)
        switch (*at) {
        case '&': text_add(&out, "&amp;"); break;
        case '<': text_add(&out, "&lt;"); break;
        case '>': text_add(&out, "&gt;"); break;
        case '"': text_add(&out, "&quot;"); break;
        case '\'': text_add(&out, "&apos;"); break;
        default:
            /* U+FFFE and U+FFFF are sound UTF-8 and no XML. */
            if (strncmp(at, "\xEF\xBF\xBE", 3) == 0 || strncmp(at, "\xEF\xBF\xBF", 3) == 0) {
                text_add(&out, "?");
                at += 2;
            } else {
                text_add_bytes(&out, at, 1);
            }
        }
    return out.at;
}

static void open_case(const struct report *report, const char *name, const struct place *place,
                      struct text *out)
{
    struct arena *arena = out->arena;

    text_print(out, "    <testcase classname=\"mldbg.%s\" name=\"%s\"", xml(arena, report->command),
               xml(arena, name));
    if (place->line > 0 && place->file)
        text_print(out, " file=\"%s\" line=\"%" PRId64 "\"", xml(arena, place->file), place->line);
    text_add(out, ">\n");
}

static void write_finding(const struct report *report, const struct finding *finding, struct text *out)
{
    struct arena *arena = out->arena;
    const char *name = arena_print(arena, "%s %s", finding->rule->code, finding->rule->entry.name);
    const char *more = arena_print(arena, "mldbg explain %s", finding->rule->code);

    bool proved = finding->proof && *finding->proof;

    open_case(report, name, &finding->place, out);
    if (finding->severity == SEVERITY_ERROR)
        text_print(out, "      <failure type=\"%s\" message=\"%s\">%s%s%s&#10;%s</failure>\n",
                   finding->rule->code, xml(arena, finding->sentence),
                   proved ? xml(arena, finding->proof) : "", proved ? "&#10;" : "", xml(arena, finding->next),
                   more);
    else
        text_print(out, "      <system-out>%s: %s&#10;%s&#10;%s</system-out>\n",
                   severity_name(finding->severity), xml(arena, finding->sentence), xml(arena, finding->next),
                   more);
    text_add(out, "    </testcase>\n");
}

static void write_verdict(const struct report *report, struct text *out)
{
    struct arena *arena = out->arena;
    const char *sentence = xml(arena, report->judged ? report->verdict : "");

    open_case(report, "verdict", &(struct place){0}, out);
    if (report->judged && report->outcome == OUTCOME_FAIL)
        text_print(out, "      <failure type=\"FAIL\" message=\"%s\"></failure>\n", sentence);
    else if (report->judged && report->outcome == OUTCOME_INCONCLUSIVE)
        text_print(out, "      <skipped message=\"%s\"/>\n", sentence);
    else if (*sentence)
        text_print(out, "      <system-out>%s</system-out>\n", sentence);
    text_add(out, "    </testcase>\n");
}

static void write(const struct report *report, struct text *out, bool color)
{
    const struct findings *findings = report->findings;
    size_t count = findings ? findings->count : 0,
           failed = findings ? findings_count(findings, SEVERITY_ERROR) : 0;
    bool unsure = report->judged && report->outcome == OUTCOME_INCONCLUSIVE;
    const char *counts;

    (void)color;
    failed += report->judged && report->outcome == OUTCOME_FAIL;
    counts = arena_print(out->arena, "tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%d\"", count + 1,
                         failed, unsure);
    text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text_print(out, "<testsuites name=\"mldbg\" %s>\n  <testsuite name=\"mldbg %s %s\" %s>\n", counts,
               xml(out->arena, report->command), xml(out->arena, report->subject), counts);
    write_verdict(report, out);
    for (size_t i = 0; i < count; i++)
        write_finding(report, &findings->at[i], out);
    text_add(out, "  </testsuite>\n</testsuites>\n");
}

const struct format format_junit = {
    .entry = {"junit", "JUnit XML, which CI servers show beside the tests",
              "One suite with a case \"verdict\" and one for each finding. Errors are failures,\n"
              "INCONCLUSIVE is skipped, warnings and notes are output of a case that passes.\n"},
    .write = write,
};

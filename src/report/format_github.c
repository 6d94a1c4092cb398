/*
 * Annotations for GitHub Actions: one workflow command a finding, pointing at the line of the config, then
 * the verdict. The runner obeys every line that begins with "::", so text from files never begins one, nor
 * breaks out of its own.
 */
#include <mldbg/report.h>

#include <inttypes.h>
#include <string.h>

/* The page shows about ten annotations of each kind a step; the others are counted. */
enum { ANNOTATIONS_MOST = 10 };

static const char *const levels[] = {"notice", "warning", "error"};

/* By the runner's rules: % and line ends in messages; in properties the colon and comma, too. */
static const char *escaped(struct arena *arena, const char *string, bool property)
{
    struct text out;

    text_init(&out, arena);
    for (const char *at = string; *at; at++) {
        bool special = *at == '%' || *at == '\r' || *at == '\n' || (property && (*at == ':' || *at == ','));

        if (special)
            text_print(&out, "%%%02X", (unsigned)(unsigned char)*at);
        else
            text_add_bytes(&out, at, 1);
    }
    return out.at;
}

/* A plain line; the runner's older form of command, "##[", is read anywhere in a line. */
static const char *plain(struct arena *arena, const char *string)
{
    const char *at = text_escape(arena, string, strlen(string), 0);
    struct text out;

    text_init(&out, arena);
    for (; *at; at++) {
        text_add_bytes(&out, at, 1);
        if (*at == '#' && at[1] == '#')
            text_add(&out, " ");
    }
    return out.at;
}

/* A finding without a place stands at the head of the config, since one without a file is easily missed. */
static void write_place(const struct report *report, const struct place *place, struct text *out)
{
    struct arena *arena = out->arena;
    const char *config = report->run ? report->run->config_path : "";

    if (place->line > 0 && place->file)
        text_print(out, "file=%s,line=%" PRId64 ",col=%" PRId64 ",", escaped(arena, place->file, true),
                   place->line, place->column);
    else if (*config)
        text_print(out, "file=%s,line=1,", escaped(arena, config, true));
}

static void write_command(const struct report *report, const char *level, const struct place *place,
                          const char *title, const char *sentence, const char *proof, const char *next,
                          struct text *out)
{
    struct arena *arena = out->arena;

    text_print(out, "::%s ", level);
    write_place(report, place, out);
    text_print(out, "title=%s::%s", escaped(arena, title, true),
               escaped(arena, text_escape(arena, sentence, strlen(sentence), 0), false));
    if (proof && *proof)
        text_print(out, "%%0Aproof: %s", escaped(arena, text_escape(arena, proof, strlen(proof), 0), false));
    if (*next)
        text_print(out, "%%0Anext: %s", escaped(arena, text_escape(arena, next, strlen(next), 0), false));
    text_add(out, "\n");
}

static void write_level(const struct report *report, enum severity severity, struct text *out)
{
    size_t count = 0;

    for (size_t i = 0; i < report->findings->count; i++) {
        const struct finding *finding = &report->findings->at[i];

        if (finding->severity != severity || count++ >= ANNOTATIONS_MOST)
            continue;
        write_command(report, levels[severity], &finding->place,
                      arena_print(out->arena, "%s %s", finding->rule->code, finding->rule->entry.name),
                      finding->sentence, finding->proof, finding->next, out);
    }
    if (count > ANNOTATIONS_MOST)
        text_print(out, "%zu findings of severity %s, of which the first %d are shown\n", count,
                   severity_name(severity), ANNOTATIONS_MOST);
}

static void write(const struct report *report, struct text *out, bool color)
{
    struct arena *arena = out->arena;
    bool errors = report->findings && findings_count(report->findings, SEVERITY_ERROR) > 0;
    bool bad = report->judged && report->outcome != OUTCOME_PASS;

    (void)color;
    for (int severity = SEVERITY_ERROR; report->findings && severity >= SEVERITY_NOTE; severity--)
        write_level(report, (enum severity)severity, out);
    if (bad && !errors)
        write_command(report, report->outcome == OUTCOME_FAIL ? "error" : "warning", &(struct place){0},
                      outcome_name(report->outcome), report->verdict, NULL, report->next, out);
    text_print(out, "mldbg %s  %s%s%s  %s\n", report->command, plain(arena, report->subject),
               report->judged ? "  " : "", report->judged ? outcome_name(report->outcome) : "",
               plain(arena, report->judged ? report->verdict : ""));
}

const struct format format_github = {
    .entry = {"github", "Annotations of GitHub Actions, at the config's line",
              "Workflow commands (::error file=...,line=...::) for the findings, ten of each\n"
              "kind at most, then the verdict on a line of its own. --report github without a\n"
              "file prints them in place of the text. Where GITHUB_STEP_SUMMARY is set, the\n"
              "markdown report is added to that file.\n"},
    .write = write,
};

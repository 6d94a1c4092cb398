/*
 * The report for people: what was done, the tables, one sentence, one cause, one next command. Lines stay
 * within 80 columns; color never carries what the words do not say.
 */
#include <mldbg/report.h>

#include <inttypes.h>
#include <string.h>

enum {
    FIELD = 12,     /* column at which the text behind "  cause" begins */
    CODE_WIDTH = 5, /* "ML301" */
    CODE_GAP = 2
};

#define BOLD   "\033[1m"
#define RED    "\033[1;31m"
#define GREEN  "\033[1;32m"
#define YELLOW "\033[1;33m"
#define DIM    "\033[2m"
#define PLAIN  "\033[0m"

/* Where on the terminal the writing stands; escape sequences take no column. */
struct writer {
    struct text *out;
    bool color;
    size_t column;
};

static void put(struct writer *writer, const char *string)
{
    text_add(writer->out, string);
    writer->column += text_columns(string);
}

static void style(struct writer *writer, const char *escape)
{
    if (writer->color)
        text_add(writer->out, escape);
}

static void blanks(struct writer *writer, size_t column)
{
    while (writer->column < column)
        put(writer, " ");
}

static void newline(struct writer *writer)
{
    text_add(writer->out, "\n");
    writer->column = 0;
}

/* A code stands flush right on the first line of what it is about. */
static void put_code(struct writer *writer, const char *code)
{
    if (!*code)
        return;
    blanks(writer, REPORT_COLUMNS - CODE_WIDTH);
    if (writer->column > REPORT_COLUMNS - CODE_WIDTH)
        put(writer, "  ");
    style(writer, DIM);
    put(writer, code);
    style(writer, PLAIN);
}

static void put_words(struct writer *writer, const char *sentence, const char *code)
{
    struct arena *arena = writer->out->arena;
    size_t indent = writer->column, right = REPORT_COLUMNS - (*code ? CODE_WIDTH + CODE_GAP : 0);
    const char *words = text_escape(arena, sentence, strlen(sentence), 0);

    while (*words) {
        size_t length = strcspn(words, " ");
        const char *word = arena_copy(arena, words, length);
        size_t gap = writer->column > indent;
        if (gap && writer->column + gap + text_columns(word) > right) {
            put_code(writer, code);
            code = "";
            newline(writer);
            blanks(writer, indent);
            gap = 0;
        }
        put(writer, gap ? " " : "");
        put(writer, word);
        words += length + strspn(words + length, " ");
    }
    put_code(writer, code);
    newline(writer);
}

static void field(struct writer *writer, const char *name, const char *escape, const char *sentence,
                  const char *code)
{
    put(writer, "  ");
    style(writer, escape);
    put(writer, name);
    style(writer, *escape ? PLAIN : "");
    blanks(writer, FIELD);
    put_words(writer, sentence, code);
}

/* The sentence with its place in the config behind it. */
static const char *with_place(const struct writer *writer, const struct finding *finding)
{
    const struct place *place = &finding->place;
    if (place->line <= 0)
        return finding->sentence;
    return arena_print(writer->out->arena, "%s (%s:%" PRId64 ":%" PRId64 ")", finding->sentence,
                       place->file ? place->file : "", place->line, place->column);
}

static const struct finding *finding_of(const struct report *report, const struct rule *rule)
{
    for (size_t i = 0; i < report->findings->count; i++)
        if (report->findings->at[i].rule == rule)
            return &report->findings->at[i];
    BUG("%s is the cause of a finding, and was not found itself", rule->code);
}

static const struct finding *root_of(const struct report *report, const struct finding *finding)
{
    while (finding->cause)
        finding = finding_of(report, finding->cause);
    return finding;
}

/* The finding that the verdict speaks, or NULL. */
static const struct finding *spoken(const struct report *report)
{
    for (size_t i = 0; report->judged && report->findings && i < report->findings->count; i++)
        if (strcmp(report->findings->at[i].sentence, report->verdict) == 0)
            return &report->findings->at[i];
    return NULL;
}

/* The headline breaks behind one of its points only, so that "lr 0.001" stays together. */
static void put_headline(struct writer *writer, const char *line, size_t length)
{
    static const char point[] = " \xC2\xB7 ";
    size_t indent = writer->column;
    const char *at = text_escape(writer->out->arena, line, length, 0);

    while (*at) {
        const char *end = strstr(at, point);
        size_t part = end ? (size_t)(end - at) + sizeof point - 1 : strlen(at);
        const char *words = arena_copy(writer->out->arena, at, part - (end ? 1 : 0));
        if (writer->column > indent && writer->column + 1 + text_columns(words) > REPORT_COLUMNS) {
            newline(writer);
            blanks(writer, indent);
        } else if (writer->column > indent) {
            put(writer, " ");
        }
        put(writer, words);
        at += part;
    }
}

static void write_head(struct writer *writer, const struct report *report)
{
    const char *line = report->headline;

    style(writer, BOLD);
    put(writer, report->command);
    style(writer, PLAIN);
    put(writer, *line ? "  " : "");
    while (*line) {
        size_t length = strcspn(line, "\n");
        put_headline(writer, line, length);
        line += length;
        if (*line == '\n') {
            newline(writer);
            line++;
        }
    }
    newline(writer);
    if (*report->body) {
        newline(writer);
        text_add(writer->out, report->body);
    }
}

static void write_verdict(struct writer *writer, const struct report *report, const struct finding *lead)
{
    static const char *const escapes[] = {GREEN, RED, YELLOW};

    newline(writer);
    style(writer, escapes[report->outcome]);
    put(writer, outcome_name(report->outcome));
    style(writer, PLAIN);
    put(writer, "  ");
    put_words(writer, lead ? with_place(writer, lead) : report->verdict, lead ? lead->rule->code : "");
}

/* What a root brought about, by code and name. */
static void write_consequences(struct writer *writer, const struct report *report, const struct finding *root,
                               const struct finding *lead)
{
    struct text names;

    text_init(&names, writer->out->arena);
    for (size_t i = 0; i < report->findings->count; i++) {
        const struct finding *finding = &report->findings->at[i];
        bool other = finding->rule != root->rule && (!lead || finding->rule != lead->rule);
        if (other && root_of(report, finding)->rule == root->rule)
            text_print(&names, "%s%s %s", names.length ? " \xC2\xB7 " : "", finding->rule->code,
                       finding->rule->entry.name);
    }
    if (names.length)
        field(writer, "explains", "", names.at, "");
}

static void write_finding(struct writer *writer, const struct report *report, const struct finding *finding)
{
    static const char *const escapes[] = {"", YELLOW, RED};
    field(writer, severity_name(finding->severity), escapes[finding->severity], with_place(writer, finding),
          finding->rule->code);
    write_consequences(writer, report, finding, NULL);
}

/* The sentence of the proof, and the re-runs behind it. */
static void write_proof(struct writer *writer, const struct report *report)
{
    const char *label, *words;

    if (!report->run || !proof_lead(report->run, &label, &words))
        return;
    field(writer, label, "", words, "");
    proof_print(report->run, writer->out, FIELD);
}

/* What --fix wrote, and what came of asking it. */
static void write_fixed(struct writer *writer, const struct run *run)
{
    if (!run || !*run_text(run, "fix/file"))
        return;
    field(writer, "fixed", "",
          arena_print(writer->out->arena, "%s: %s", run_text(run, "fix/file"), run_text(run, "fix/words")),
          "");
    blanks(writer, FIELD);
    put_words(writer,
              arena_print(writer->out->arena, "asked again: %s, %s", run_text(run, "fix/outcome"),
                          run_text(run, "fix/sentence")),
              "");
}

static void write_findings(struct writer *writer, const struct report *report, const struct finding *lead)
{
    const struct finding *root = lead ? root_of(report, lead) : NULL;

    if (root && root != lead)
        field(writer, "cause", "", with_place(writer, root), root->rule->code);
    if (root)
        write_consequences(writer, report, root, lead);
    write_proof(writer, report);
    write_fixed(writer, report->run);
    for (size_t i = 0; i < report->findings->count; i++) {
        const struct finding *finding = &report->findings->at[i];
        if (finding != lead && finding != root && !finding->cause)
            write_finding(writer, report, finding);
    }
}

static bool is_stuck(const struct report *report)
{
    return report->judged && report->outcome != OUTCOME_PASS;
}

/* What to do next; a command behind two blanks is not broken, so that it can be copied. */
static void write_next(struct writer *writer, const char *next)
{
    struct arena *arena = writer->out->arena;
    const char *command = strstr(next, "  ");
    const char *shown = text_escape(arena, next, strlen(next), 0);

    if (!command || FIELD + text_columns(shown) <= REPORT_COLUMNS) {
        put(writer, "  next");
        blanks(writer, FIELD);
        if (command) {
            put(writer, shown);
            newline(writer);
        } else {
            put_words(writer, next, "");
        }
        return;
    }
    field(writer, "next", "", arena_copy(arena, next, (size_t)(command - next)), "");
    command += strspn(command, " ");
    blanks(writer, FIELD);
    put(writer, text_escape(arena, command, strlen(command), 0));
    newline(writer);
}

static void write_hints(struct writer *writer, const struct report *report, const struct finding *lead)
{
    const char *next = !*report->next && is_stuck(report) && lead ? lead->next : report->next;
    struct arena *arena = writer->out->arena;
    const struct findings *findings = report->findings;
    const struct finding *first = lead ? lead : findings && findings->count ? &findings->at[0] : NULL;

    if (*next)
        write_next(writer, next);
    if (first)
        field(writer, "more", "", arena_print(arena, "mldbg explain %s", root_of(report, first)->rule->code),
              "");
    if (findings && is_stuck(report))
        field(writer, "rules", "",
              arena_print(arena, "%zu asked, %zu not asked (nothing measured for them)", findings->asked,
                          findings->not_asked),
              "");
}

static void write(const struct report *report, struct text *out, bool color)
{
    struct writer writer = {out, color, 0};
    const struct finding *lead = spoken(report);
    bool findings = report->findings && report->findings->count > (lead != NULL);

    write_head(&writer, report);
    if (report->judged)
        write_verdict(&writer, report, lead);
    if (findings || *report->next || lead || (report->findings && is_stuck(report)))
        newline(&writer);
    if (report->findings)
        write_findings(&writer, report, lead);
    write_hints(&writer, report, lead);
}

const struct format format_text = {
    .entry = {"text", "What a person reads at a terminal",
              "One headline, the tables of the command, one sentence behind PASS, FAIL or\n"
              "INCONCLUSIVE, then causes and what to do next. 80 columns; colored on a\n"
              "terminal only (--color, NO_COLOR).\n"},
    .write = write,
};

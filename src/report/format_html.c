/*
 * The report as one page for a browser: no script, nothing from the network, the same bytes for the same
 * record. Words of the record are escaped by html.c, the curves are drawn by gnuplot where it is installed.
 */
#include <mldbg/version.h>

#include <string.h>

#include "html.h"
#include "page.h"

struct part {
    const char *id, *title;
    void (*write)(const struct report *report, const struct figures *figures, struct text *out);
};

static const struct part parts[] = {
    {"what", "What it was", page_what},
    {"findings", "Findings", page_findings},
    {"proof", "Re-runs with one thing changed", page_proof},
    {"curves", "Curves", page_curves},
    {"layers", "Layers", page_layers},
    {"end", "What it came to", page_end},
    {"again", "How to run it again", page_again},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* In the style sheet. */
static const char *class_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASS: return "good";
    case OUTCOME_FAIL: return "bad";
    case OUTCOME_INCONCLUSIVE: return "unsure";
    }
    return "";
}

static const char *title_of(const struct report *report)
{
    return report->subject && *report->subject ? report->subject : "a run without a name";
}

static void write_head(const struct report *report, struct text *out)
{
    text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html_words(out, title_of(report));
    text_add(out, " \xC2\xB7 mldbg ");
    html_words(out, report->command);
    text_add(out, "</title>\n<style>\n");
    for (const char *const *piece = page_style; *piece; piece++)
        text_add(out, *piece);
    text_add(out, "</style>\n</head>\n<body>\n");
}

/* A command stands behind two blanks. */
static void write_next(const char *next, struct text *out)
{
    const char *command = strstr(next, "  ");

    text_add(out, "<p class=\"next\"><span>next</span> ");
    html_words(out, command ? arena_copy(out->arena, next, (size_t)(command - next)) : next);
    if (command) {
        text_add(out, " <code>");
        html_words(out, command + strspn(command, " "));
        text_add(out, "</code>");
    }
    text_add(out, "</p>\n");
}

/* The headline, which begins with the name that stands above it already. */
static const char *behind_name(const struct report *report)
{
    static const char point[] = " \xC2\xB7 ";
    size_t length = strlen(report->subject ? report->subject : "");
    const char *line = report->headline;

    if (length && strncmp(line, report->subject, length) == 0 &&
        strncmp(line + length, point, sizeof point - 1) == 0)
        line += length + sizeof point - 1;
    return line;
}

static void write_top(const struct report *report, struct text *out)
{
    text_add(out, "<header>\n<p class=\"over\">mldbg ");
    html_words(out, report->command);
    text_add(out, "</p>\n<h1>");
    html_words(out, title_of(report));
    text_add(out, "</h1>\n");
    if (*report->headline) {
        text_add(out, "<p class=\"sub\">");
        html_words(out, behind_name(report));
        text_add(out, "</p>\n");
    }
    if (report->judged) {
        text_print(out, "<p class=\"verdict %s\"><strong>%s</strong> ", class_of(report->outcome),
                   outcome_name(report->outcome));
        html_words(out, report->verdict);
        text_add(out, "</p>\n");
    }
    if (*report->next)
        write_next(report->next, out);
    text_add(out, "</header>\n");
}

static void write(const struct report *report, struct text *out, bool color)
{
    struct arena *arena = out->arena;
    struct figures figures = {0};
    struct text body[PARTS];

    (void)color;
    if (report->run) {
        figures_choose(&figures, report->run, arena);
        figures_draw(&figures, arena);
    }
    write_head(report, out);
    write_top(report, out);
    text_add(out, "<nav>");
    for (int i = 0; i < PARTS; i++) {
        text_init(&body[i], arena);
        parts[i].write(report, &figures, &body[i]);
        if (body[i].length)
            text_print(out, "<a href=\"#%s\">%s</a> ", parts[i].id, parts[i].title);
    }
    text_add(out, "</nav>\n<main>\n");
    for (int i = 0; i < PARTS; i++)
        if (body[i].length) {
            text_print(out, "<section id=\"%s\">\n<h2>%s</h2>\n", parts[i].id, parts[i].title);
            text_add(out, body[i].at);
            text_add(out, "</section>\n");
        }
    text_add(out, "</main>\n<footer>mldbg " MLDBG_VERSION "</footer>\n</body>\n</html>\n");
}

const struct format format_html = {
    .entry = {"html", "One page for a browser, with curves",
              "What it was, findings with their evidence, what was tried to cure them,\n"
              "curves, layers, what it came to and how to run it again, in one file without scripts that "
              "needs no network.\n"
              "The curves are drawn by gnuplot; where that is not installed, the page has\n"
              "tables of them.\n"},
    .write = write,
};

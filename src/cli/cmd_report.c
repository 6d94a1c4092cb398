/* mldbg report: the page of a run, made from its record. Judges it again; trains nothing. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>
#include <mldbg/run/record.h>

#include "reports.h"

struct report_settings {
    const char *output;
};

static void tell_notes(const struct text *notes, struct arena *arena)
{
    for (const char *line = notes->at; line && *line; line += strcspn(line, "\n") + 1)
        log_note("%s", arena_copy(arena, line, strcspn(line, "\n")));
}

/* "train/loss is nan at step 12"; NULL: every loss is a number. No rule is needed to see it. */
static const char *broken_loss(const struct run *run)
{
    const struct series *series;
    size_t at = 0;

    while ((series = run_match(run, "*loss", &at)) != NULL)
        for (size_t i = 0; i < series->count; i++)
            if (!isfinite(series->value[i]))
                return arena_print(run->arena, "%s is %s at step %" PRId64, series->name,
                                   text_number(run->arena, series->value[i], 3), series->step[i]);
    return NULL;
}

/* What the record itself says, together with what the rules found in it. */
static void judge(const char *folder, const struct run *run, const struct findings *findings,
                  struct report *report)
{
    struct arena *arena = run->arena;
    bool ours = run->config != NULL;

    report->judged = true;
    if (findings_count(findings, SEVERITY_ERROR)) {
        report->outcome = OUTCOME_FAIL;
        const struct finding *spoken = findings_spoken(findings, SEVERITY_ERROR);

        report->verdict = spoken->sentence;
        report->next = spoken->next;
    } else if (broken_loss(run)) {
        report->outcome = OUTCOME_FAIL;
        report->verdict = broken_loss(run);
    } else if (strcmp(run->status, "failed") == 0) {
        report->outcome = OUTCOME_FAIL;
        report->verdict = "the run failed before its end";
    } else if (strcmp(run->status, "running") == 0 || strcmp(run->status, "interrupted") == 0) {
        report->outcome = OUTCOME_INCONCLUSIVE;
        report->verdict = strcmp(run->status, "running") == 0 ? "the run goes on, or was killed"
                                                              : "the run was interrupted";
        report->next = ours ? arena_print(arena, "go on:  mldbg train --resume %s", folder) : "";
    } else if (!findings->asked) {
        report->outcome = OUTCOME_INCONCLUSIVE;
        report->verdict = "no rule could be asked, as nothing that one reads was measured";
    } else {
        report->outcome = OUTCOME_PASS;
        report->verdict = arena_print(arena, "no error was found by %s",
                                      text_plural(arena, (int64_t)findings->asked, "rule", "rules"));
        report->next = ours && strcmp(run->command, "train") == 0
                           ? arena_print(arena, "where does the error come from?  mldbg decompose %s",
                                         text_shell_word(arena, folder))
                           : "";
    }
}

/* The folder without slashes at its end, as it is shown. */
static const char *folder_of(struct arena *arena, const char *word)
{
    size_t length = strlen(word);

    while (length > 1 && word[length - 1] == '/')
        length--;
    return arena_copy(arena, word, length);
}

static enum exit_code run(struct invocation *invocation)
{
    const struct report_settings *settings = invocation->options;
    struct arena *arena = invocation->arena;
    const char *folder = folder_of(arena, invocation->words.at[0]);
    const char *path = settings->output ? settings->output : arena_print(arena, "%s/report.html", folder);
    bool printed = strcmp(path, "-") == 0;
    const struct json *manifest = NULL;
    struct findings findings;
    struct run record;
    struct text notes, page;
    struct error err = {0};

    if (printed && invocation->common->json) {
        fail(&err, ERROR_REQUEST, "--json and -o - both want to be printed");
        fail_hint(&err, "give the page a file: -o FILE");
        return refuse_error(invocation, &err);
    }
    text_init(&notes, arena);
    if (!record_read(arena, folder, &record, &manifest, &notes, &err))
        return refuse_error(invocation, &err);
    tell_notes(&notes, arena);
    findings_init(&findings, arena);
    rules_judge(&record, &findings);
    findings_drop_suspicions(&findings);

    struct report report = {
        .command = invocation->command->entry.name,
        .subject = record.name && *record.name ? record.name : file_name(folder),
        .headline = run_has(&record, "data/task") ? view_headline(&record, arena) : "",
        .body = run_has(&record, "data/task") ? view_body(&record, arena) : "",
        .verdict = "",
        .next = "",
        .run = &record,
        .findings = &findings,
        .folder = folder,
        .manifest = manifest,
    };
    judge(folder, &record, &findings, &report);
    text_init(&page, arena);
    format_html.write(&report, &page, false);
    if (!printed && !file_write(path, page.at, page.length, true, &err))
        return refuse_error(invocation, &err);
    if (invocation->common->json)
        return deliver(invocation, &report);
    text_add(&invocation->out, printed ? page.at : path);
    text_add(&invocation->out, printed ? "" : "\n");
    return deliver_files(invocation, &report);
}

static const struct option rows[] = {
    {.name = "output",
     .type = OPTION_TEXT,
     .offset = offsetof(struct report_settings, output),
     .letter = 'o',
     .value = "FILE",
     .help = "where the page goes, in place of RUN/report.html; \"-\" prints it"},
};

const struct command command_report = {
    .entry = {"report", "What does a run look like, on one page?",
              "Judges a record again and writes a page for a browser into it: what the run\n"
              "was, findings with their evidence, curves, layers, what it came to, and how to\n"
              "run it again. One file, no scripts, no network; gnuplot draws the curves.\n"
              "Prints the path. A run that still goes on, was killed, or was recorded by\n"
              "another program (run.json and metrics.csv are enough) has a page, too.\n"},
    .usage = "report RUN",
    .examples =
        (const char *const[]){
            "mldbg report run",
            "mldbg report run -o page.html",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct report_settings),
    .words_least = 1,
    .words_most = 1,
    .word = "the folder of a run",
    .run = run,
};

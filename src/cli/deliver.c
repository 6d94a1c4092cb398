/* What comes out of a command: refusals, reports, files of reports, and the exit code that follows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>

#include "reports.h"

/* Splits FORMAT=FILE; NULL with an error when it is none. A path of "" is the place of the text: github
 * alone. */
static const struct format *read_request(struct arena *arena, const char *request, const char **path,
                                         struct error *err)
{
    size_t length = strcspn(request, "=");
    const char *name = arena_copy(arena, request, length);
    const char *shown = text_escape(arena, name, length, 60);
    const struct entry *entry = catalog_find(&format_catalog, name);

    if (!request[length] && strcmp(name, format_github.entry.name) == 0) {
        *path = "";
        return &format_github;
    }
    if (!request[length] || !request[length + 1]) {
        fail(err, ERROR_REQUEST, "--report: expected FORMAT=FILE, found \"%s\"",
             text_escape(arena, request, strlen(request), 60));
        fail_hint(err, "such as --report json=report.json");
        return NULL;
    }
    if (!entry) {
        const struct entry *nearest = catalog_nearest(&format_catalog, name);
        fail(err, ERROR_REQUEST, "--report: unknown format \"%s\"%s%s%s", shown,
             nearest ? "; did you mean \"" : "", nearest ? nearest->name : "", nearest ? "\"?" : "");
        fail_hint(err, "mldbg list formats");
        return NULL;
    }
    *path = request + length + 1;
    return ENTRY_OF(entry, struct format);
}

bool reports_check(const struct invocation *invocation, struct error *err)
{
    const struct texts *requests = &invocation->common->reports;
    const char *path;
    for (size_t i = 0; i < requests->count; i++) {
        if (!read_request(invocation->arena, requests->at[i], &path, err))
            return false;
        if (!*path && invocation->common->json) {
            fail(err, ERROR_REQUEST, "--json and --report github both want to be printed");
            return fail_hint(err, "give one of them a file: --report json=FILE, --report github=FILE");
        }
    }
    return true;
}

/* The page that GitHub shows under a step is a file to which every step's program adds. */
static bool add_summary(const struct report *report, struct arena *arena)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    struct text text;
    struct error err;
    FILE *file;
    bool good;

    if (!path || !*path)
        return true;
    text_init(&text, arena);
    format_markdown.write(report, &text, false);
    file = fopen(path, "a");
    good = file && fwrite(text.at, 1, text.length, file) == text.length;
    if (file)
        good = fclose(file) == 0 && good;
    if (!good) {
        fail(&err, ERROR_MACHINE, "cannot add to GITHUB_STEP_SUMMARY, \"%s\": %s",
             text_escape(arena, path, strlen(path), 200), strerror(errno));
        log_error(&err, NULL);
    }
    return good;
}

static bool write_report(struct invocation *invocation, const char *request, const struct report *report)
{
    const char *path = NULL;
    struct error err;
    struct text text;
    const struct format *format = read_request(invocation->arena, request, &path, &err);

    if (format == &format_github && !add_summary(report, invocation->arena))
        return false;
    if (format && !*path)
        return true; /* printed by deliver() */
    if (format) {
        text_init(&text, invocation->arena);
        format->write(report, &text, false);
        if (file_write(path, text.at, text.length, true, &err))
            return true;
    }
    log_error(&err, NULL);
    return false;
}

static enum exit_code status_of(const struct common_options *common, const struct report *report)
{
    bool failed = report->judged && report->outcome == OUTCOME_FAIL;
    bool unsure = report->judged && report->outcome == OUTCOME_INCONCLUSIVE;

    if (common->fail_on != FAIL_ON_NEVER && report->findings)
        failed = failed || findings_count(report->findings, (enum severity)common->fail_on) > 0;
    if (common->fail_on == FAIL_ON_NEVER)
        failed = false;
    return failed || (unsure && common->strict) ? EXIT_FINDING : EXIT_HEALTHY;
}

/* What is printed: the text, unless a format was asked for without a file. */
static const struct format *printed_format(const struct invocation *invocation)
{
    const struct texts *requests = &invocation->common->reports;

    for (size_t i = 0; i < requests->count; i++)
        if (strcmp(requests->at[i], format_github.entry.name) == 0)
            return &format_github;
    return invocation->common->json ? &format_json : &format_text;
}

enum exit_code deliver(struct invocation *invocation, const struct report *report)
{
    const struct format *format = printed_format(invocation);

    format->write(report, &invocation->out, !invocation->common->json && log_color(1));
    return deliver_files(invocation, report);
}

enum exit_code deliver_files(struct invocation *invocation, const struct report *report)
{
    const struct common_options *common = invocation->common;
    bool written = true;

    for (size_t i = 0; i < common->reports.count; i++)
        written = write_report(invocation, common->reports.at[i], report) && written;
    return written ? status_of(common, report) : EXIT_MACHINE;
}

/* The excerpt of a problem comes from the file that it names; others have none. */
static const char *source_of(const struct invocation *invocation, const struct error *err, const char *source)
{
    bool config = invocation->words.count > 0 && strcmp(err->file, invocation->words.at[0]) == 0;
    return config ? source : NULL;
}

static void print_problems(const struct invocation *invocation, const struct problems *problems,
                           const char *source)
{
    size_t all = problems->count + problems->dropped;

    for (size_t i = 0; i < problems->count; i++)
        log_error(&problems->at[i], source_of(invocation, &problems->at[i], source));
    if (problems->dropped)
        fprintf(stderr, "%zu errors, of which the first %zu are shown\n", all, problems->count);
    else if (all > 1)
        fprintf(stderr, "%zu errors\n", all);
}

enum exit_code refuse(struct invocation *invocation, const struct problems *problems, const char *source)
{
    enum exit_code code = EXIT_MACHINE;

    for (size_t i = 0; i < problems->count; i++)
        if (problems->at[i].kind != ERROR_MACHINE)
            code = EXIT_REFUSED;
    if (invocation->common->json)
        report_refusal(invocation->command ? invocation->command->entry.name : "", problems,
                       &invocation->out);
    else
        print_problems(invocation, problems, source);
    return code;
}

enum exit_code refuse_error(struct invocation *invocation, const struct error *err)
{
    struct problems problems;

    problems_init(&problems, invocation->arena);
    problems_add(&problems, err);
    return refuse(invocation, &problems, NULL);
}

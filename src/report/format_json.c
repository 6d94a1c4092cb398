/*
 * The report for programs: one JSON document on one line, by the schema of report_schema.c. Numbers read back
 * exactly; NaN and infinity are the strings "nan", "inf" and "-inf".
 */
#include <mldbg/report.h>
#include <mldbg/version.h>

static const char SCHEMA_VERSION[] = "1"; /* changes when a member changes its meaning or goes away */

struct json *report_document(const char *command, struct arena *arena)
{
    struct json *document = json_object(arena);
    json_add_string(document, "schema_version", SCHEMA_VERSION, arena);
    json_add_string(document, "version", MLDBG_VERSION, arena);
    json_add_string(document, "command", command, arena);
    return document;
}

static void add_place(struct json *object, const char *file, int64_t line, int64_t column,
                      struct arena *arena)
{
    struct json *place = json_add(object, "place", json_object(arena), arena);
    json_add_string(place, "file", file ? file : "", arena);
    json_add_integer(place, "line", line, arena);
    json_add_integer(place, "column", column, arena);
}

static void add_evidence(struct json *object, const struct finding *finding, struct arena *arena)
{
    struct json *array = json_add(object, "evidence", json_array(arena), arena);
    for (int i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        struct json *item = json_add(array, NULL, json_object(arena), arena);
        json_add_string(item, "name", evidence->name, arena);
        json_add_number(item, "value", evidence->value, arena);
        json_add_number(item, "threshold", evidence->threshold, arena);
        if (evidence->step >= 0)
            json_add_integer(item, "step", evidence->step, arena);
    }
}

static void add_finding(struct json *array, const struct finding *finding, struct arena *arena)
{
    struct json *object = json_add(array, NULL, json_object(arena), arena);
    json_add_string(object, "code", finding->rule->code, arena);
    json_add_string(object, "name", finding->rule->entry.name, arena);
    json_add_string(object, "severity", severity_name(finding->severity), arena);
    json_add_string(object, "sentence", finding->sentence, arena);
    json_add_string(object, "subject", finding->subject, arena);
    json_add_string(object, "next", finding->next, arena);
    if (finding->rule->category != CATEGORY_none)
        json_add_string(object, "category", category_name(finding->rule->category), arena);
    if (finding->proof)
        json_add_string(object, "proof", finding->proof, arena);
    if (finding->cause)
        json_add_string(object, "cause", finding->cause->code, arena);
    if (finding->place.line > 0)
        add_place(object, finding->place.file, finding->place.line, finding->place.column, arena);
    add_evidence(object, finding, arena);
}

static void add_findings(struct json *document, const struct findings *findings, struct arena *arena)
{
    struct json *array = json_add(document, "findings", json_array(arena), arena);
    for (size_t i = 0; findings && i < findings->count; i++)
        add_finding(array, &findings->at[i], arena);
    json_add_integer(document, "asked", findings ? (int64_t)findings->asked : 0, arena);
    json_add_integer(document, "not_asked", findings ? (int64_t)findings->not_asked : 0, arena);
}

static void write(const struct report *report, struct text *out, bool color)
{
    struct arena *arena = out->arena;
    struct json *document = report_document(report->command, arena);

    (void)color;
    json_add_string(document, "name", report->subject, arena);
    json_add_string(document, "config", report->run ? report->run->config_path : "", arena);
    if (report->judged)
        json_add_string(document, "outcome", outcome_name(report->outcome), arena);
    else
        json_add_null(document, "outcome", arena);
    json_add_string(document, "verdict", report->judged ? report->verdict : "", arena);
    json_add_string(document, "next", report->next, arena);
    add_findings(document, report->findings, arena);
    if (report->run)
        json_add(document, "run", run_to_json(report->run, arena), arena);
    json_write(out, document, false);
    text_add(out, "\n");
}

void report_refusal(const char *command, const struct problems *problems, struct text *out)
{
    struct arena *arena = out->arena;
    struct json *document = report_document(command, arena);
    struct json *array = json_add(document, "errors", json_array(arena), arena);

    for (size_t i = 0; i < problems->count; i++) {
        const struct error *err = &problems->at[i];
        struct json *object = json_add(array, NULL, json_object(arena), arena);
        json_add_string(object, "code", err->code, arena);
        json_add_string(object, "kind", err->kind == ERROR_MACHINE ? "machine" : "request", arena);
        json_add_string(object, "sentence", err->sentence, arena);
        json_add_string(object, "hint", err->hint, arena);
        if (err->file[0])
            add_place(object, err->file, err->line, err->column, arena);
    }
    json_add_integer(document, "dropped", (int64_t)problems->dropped, arena);
    json_write(out, document, false);
    text_add(out, "\n");
}

const struct format format_json = {
    .entry = {"json", "One document for programs, as with --json",
              "Everything that the text says and everything that was measured: outcome,\n"
              "findings with evidence and places, and the record with its series. The schema\n"
              "is printed by mldbg schema --output. NaN and infinity are the strings \"nan\",\n"
              "\"inf\" and \"-inf\".\n"},
    .write = write,
};

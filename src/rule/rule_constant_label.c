/* ML211 constant-label: nothing to tell apart. */
#include "phrases.h"

#include <string.h>

static bool is_label(const struct column_record *column)
{
    return strcmp(column->kind, "label") == 0 && strcmp(column->split, "train") == 0;
}

/* Whether some other column of the answer does vary. */
static bool another_varies(const struct run *run)
{
    for (size_t i = 0; i < run->column_count; i++)
        if (is_label(&run->columns[i]) && run->columns[i].distinct > 1)
            return true;
    return false;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    bool varies = another_varies(run);

    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        if (!is_label(column) || column->distinct != 1 || column->count < 2)
            continue;
        struct finding *finding = findings_add(
            findings, rule, "label \"%s\" has 1 value in all of %s of train, at least 2 are needed",
            column->name, text_plural(findings->arena, column->count, "row", "rows"));
        finding->severity = varies ? SEVERITY_NOTE : SEVERITY_ERROR;
        finding->subject = column->name;
        finding_evidence(finding, "columns/distinct", 1, 2, -1);
    }
}

static void label(struct run *run, int64_t distinct)
{
    struct column_record *column = example_column(run, "train", "digit", 100);
    column->kind = "label";
    column->distinct = distinct;
}

static void sick(struct run *run)
{
    label(run, 1);
}

static void healthy(struct run *run)
{
    label(run, 10);
}

const struct rule rule_constant_label = {
    .entry = {"constant-label", "The label has one value in every row of train",
              "What it means\n"
              "  Every row has the same answer, so a network that ignores its input is\n"
              "  always right. Whatever the training shows, it has learned nothing.\n"
              "\n"
              "How it is decided\n"
              "  The label column of train has 1 distinct value; at least 2 are needed. It is\n"
              "  a note where another of several label columns varies.\n"
              "\n"
              "Known false alarms\n"
              "  None where it is an error. One target of several may be constant on purpose.\n"},
    .code = "ML211",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_labels,
    .remedies = (const struct change *const[]){&change_plain_labels, NULL},
    .reads = (const char *const[]){"columns", NULL},
    .check = check,
    .causes = (const char *const[]){"ML310", NULL},
    .next =
        (const char *const[]){
            "check data.label: is it the right column?",
            "look at the file: was it filtered or sorted before it was split?",
            "let mldbg make the splits, stratified: data.split",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

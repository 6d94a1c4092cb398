/* ML210 underflow: numbers that are lost. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        if (!is_train_input(column) || column->underflow <= 0)
            continue;
        struct finding *finding = findings_add(
            findings, rule,
            "column \"%s\" of train: %" PRId64 " of %s too small for float32 became zero (below 1.4e-45)",
            column->name, column->underflow, text_plural(findings->arena, column->count, "value", "values"));
        finding->subject = column->name;
        finding_evidence(finding, "columns/underflow", (double)column->underflow, 0, -1);
    }
}

static void sick(struct run *run)
{
    example_column(run, "train", "charge", 100)->underflow = 7;
}

static void healthy(struct run *run)
{
    example_column(run, "train", "charge", 100);
}

const struct rule rule_underflow = {
    .entry = {"underflow", "Values too small for float32 became zero",
              "What it means\n"
              "  Numbers in the file are so small that float32 turns them into zero. A\n"
              "  column in such a unit is invisible to the network even where it is not\n"
              "  zero.\n"
              "\n"
              "How it is decided\n"
              "  At least 1 value of an input column of train is not zero in the file, and\n"
              "  zero in float32.\n"
              "\n"
              "Known false alarms\n"
              "  Probabilities in which such values do mean zero.\n"},
    .code = "ML210",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"columns", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "change the unit of the column, or take its logarithm",
            "scale before saving the file; data.scale works on what float32 still holds",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

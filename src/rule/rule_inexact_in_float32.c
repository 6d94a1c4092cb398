/* ML206 inexact-in-float32: integers that are rounded. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        if (!is_train_input(column) || column->inexact <= 0)
            continue;
        struct finding *finding =
            findings_add(findings, rule,
                         "column \"%s\" of train has %s that float32 cannot hold, the first in line %" PRId64
                         " (exact up to 16,777,216)",
                         column->name, text_plural(findings->arena, column->inexact, "integer", "integers"),
                         column->first_inexact);
        finding->subject = column->name;
        finding_evidence(finding, "columns/inexact", (double)column->inexact, 0, -1);
    }
}

static void sick(struct run *run)
{
    struct column_record *column = example_column(run, "train", "customer", 100);
    column->inexact = 60;
    column->first_inexact = 2;
}

static void healthy(struct run *run)
{
    example_column(run, "train", "customer", 100);
}

const struct rule rule_inexact_in_float32 = {
    .entry = {"inexact-in-float32", "Integers too large for float32 to hold exactly",
              "What it means\n"
              "  float32 holds every integer up to 16,777,216 (2 to the 24) and rounds\n"
              "  larger ones, so neighbours become equal. Columns of this kind are mostly\n"
              "  identifiers or times, which a network should not read as numbers anyway.\n"
              "\n"
              "How it is decided\n"
              "  At least 1 value of an input column of train is an integer that changes\n"
              "  when it is stored as float32.\n"
              "\n"
              "Known false alarms\n"
              "  Large amounts where the last digits do not matter.\n"},
    .code = "ML206",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"columns", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "leave identifiers out: data.ignore",
            "use differences of times rather than times",
            "scale the column: data.scale",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

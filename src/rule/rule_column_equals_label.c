/* ML203 column-equals-label: a leak: the answer is among the inputs. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        if (!is_train_input(column) || !column->same_as_label || column->distinct < 2)
            continue;
        struct finding *finding =
            findings_add(findings, rule, "column \"%s\" equals the label in all of %s of train: a leak",
                         column->name, text_plural(findings->arena, column->count, "row", "rows"));
        finding->subject = column->name;
        finding_evidence(finding, "columns/same_as_label", (double)column->count, 0, -1);
    }
}

static void sick(struct run *run)
{
    example_column(run, "train", "age", 100);
    example_column(run, "train", "outcome", 100)->same_as_label = true;
}

static void healthy(struct run *run)
{
    example_column(run, "train", "age", 100);
    example_column(run, "train", "constant", 100)->distinct = 2;
}

const struct rule rule_column_equals_label = {
    .entry = {"column-equals-label", "An input column is the label",
              "What it means\n"
              "  The answer stands among the inputs. The network will copy it, look perfect\n"
              "  on every split, and fail where the answer is not known yet.\n"
              "\n"
              "How it is decided\n"
              "  An input column of train with at least two values equals the label in\n"
              "  every row, that is in 100 % of them.\n"
              "\n"
              "Known false alarms\n"
              "  Toy data whose task is to copy a column. A generator that is meant so.\n"},
    .code = "ML203",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"columns", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "ask whether the column is known at the time of prediction",
            "leave it out: data.ignore",
            "check data.label: perhaps the wrong column is the label",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

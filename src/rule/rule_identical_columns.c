/* ML202 identical-columns: columns that say the same. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct name_list names;

    name_list_init(&names, findings->arena);
    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        /* Constant columns are often alike; they have a rule of their own. */
        if (is_train_input(column) && column->same_as && column->distinct > 1)
            name_list_add(&names, arena_print(findings->arena, "%s\" = \"%s", column->name, column->same_as));
    }
    if (names.count == 0)
        return;
    const char *list = name_list_text(&names);
    struct finding *finding = findings_add(findings, rule, "%s of train %s an earlier one in every row: %s",
                                           text_plural(findings->arena, names.count, "column", "columns"),
                                           names.count == 1 ? "repeats" : "repeat", list);
    finding->subject = list;
    finding_evidence(finding, "columns/identical", (double)names.count, 0, -1);
}

static void sick(struct run *run)
{
    example_column(run, "train", "height", 100);
    example_column(run, "train", "height_cm", 100)->same_as = "height";
}

static void healthy(struct run *run)
{
    example_column(run, "train", "height", 100);
    example_column(run, "train", "width", 100);
}

const struct rule rule_identical_columns = {
    .entry = {"identical-columns", "Input columns that repeat another column",
              "What it means\n"
              "  Two columns have equal values in every row, so one of them is superfluous.\n"
              "  The network can use both; it only learns slower in that direction than in\n"
              "  others.\n"
              "\n"
              "How it is decided\n"
              "  A column of train equals an earlier column of train in all of its values.\n"
              "  Columns with a single value are left to ML201.\n"
              "\n"
              "Known false alarms\n"
              "  Symmetric images, rare flags in small samples.\n"},
    .code = "ML202",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"columns", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look whether one of the two was meant to be another column",
            "leave one out: data.ignore",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

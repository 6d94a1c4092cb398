/* ML207 missing-values: gaps that a policy lets through. */
#include "phrases.h"

#include <inttypes.h>
#include <string.h>

static const char *policy_of(const struct run *run)
{
    const struct json *policy = json_get(json_get(run->config, "data"), "missing");
    return policy && policy->type == JSON_STRING ? policy->string : "";
}

static void judge_dropped(const struct rule *rule, const struct split_record *split,
                          struct findings *findings)
{
    struct finding *finding;

    if (split->dropped <= 0)
        return;
    finding = findings_add(
        findings, rule, "%" PRId64 " of %" PRId64 " rows of %s %s dropped for a missing cell; policy: drop",
        split->dropped, split->rows + split->dropped, split->name, split->dropped == 1 ? "is" : "are");
    finding->subject = split->name;
    finding_evidence(finding, "splits/dropped", (double)split->dropped, 0, -1);
}

static void judge(const struct rule *rule, const struct run *run, const struct split_record *split,
                  struct findings *findings)
{
    const struct column_record *worst = NULL;
    int64_t columns = 0;

    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        if (column->missing <= 0 || strcmp(column->split, split->name) != 0)
            continue;
        columns++;
        if (!worst || column->missing > worst->missing)
            worst = column;
    }
    if (!worst)
        return;
    const char *policy = policy_of(run);
    int64_t all = worst->count + worst->missing;
    struct finding *finding = findings_add(
        findings, rule,
        "%s of %s %s gaps, most in \"%s\": %" PRId64 " of %" PRId64 ", first in line %" PRId64 "%s%s",
        text_plural(findings->arena, columns, "column", "columns"), split->name,
        columns == 1 ? "has" : "have", worst->name, worst->missing, all, worst->first_missing,
        *policy ? "; policy: " : "", policy);
    finding->subject = worst->name;
    finding_evidence(finding, "columns/missing", (double)worst->missing, 0, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < run->split_count; i++) {
        judge(rule, run, &run->splits[i], findings);
        judge_dropped(rule, &run->splits[i], findings);
    }
}

static void sick(struct run *run)
{
    example_split(run, "train", 100);
    struct column_record *column = example_column(run, "train", "income", 88);
    column->missing = 12;
    column->first_missing = 17;
}

static void healthy(struct run *run)
{
    example_split(run, "train", 100);
    example_column(run, "train", "income", 100);
}

const struct rule rule_missing_values = {
    .entry = {"missing-values", "Gaps in the data, let through by the config",
              "What it means\n"
              "  Some cells are empty. mldbg refuses them unless data.missing says what to\n"
              "  do; here it does. What is filled in is a guess, what is dropped may not be\n"
              "  a fair sample of the rest.\n"
              "\n"
              "How it is decided\n"
              "  A column of a split has at least 1 missing value; the column with the most\n"
              "  is named. Or at least 1 row was dropped for a missing cell.\n"
              "\n"
              "Known false alarms\n"
              "  Gaps that were looked at and are meant to be treated so.\n"},
    .code = "ML207",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"columns", "splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look whether gaps are more common in one class than in others",
            "compare a run with drop and one with mean: data.missing",
            "make \"missing\" a category of its own, if it means something",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

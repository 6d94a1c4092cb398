/* ML205 conflicting-labels: questions with two answers. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];
        if (split->conflicting_rows <= 0 || split->rows <= 0)
            continue;
        double share = (double)split->conflicting_rows / (double)split->rows;
        struct finding *finding =
            findings_add(findings, rule, "%s of %s (%s) %s the inputs of an earlier row, but another label",
                         text_plural(findings->arena, split->conflicting_rows, "row", "rows"), split->name,
                         percent(findings->arena, share), split->conflicting_rows == 1 ? "has" : "have");
        finding->subject = split->name;
        finding_evidence(finding, "splits/conflicting_rows", (double)split->conflicting_rows, 0, -1);
    }
}

static void sick(struct run *run)
{
    struct split_record *train = example_split(run, "train", 1000);
    train->duplicate_rows = 20;
    train->conflicting_rows = 12;
}

static void healthy(struct run *run)
{
    example_split(run, "train", 1000)->duplicate_rows = 20;
}

const struct rule rule_conflicting_labels = {
    .entry = {"conflicting-labels", "Rows with equal inputs and different labels",
              "What it means\n"
              "  The same question has two answers, so no network can get both right. The\n"
              "  loss cannot fall to zero; the floor that mldbg overfit asks for takes this\n"
              "  into account, row by row.\n"
              "\n"
              "How it is decided\n"
              "  A row of a split has inputs equal, bit for bit, to an earlier row of that\n"
              "  split and another label or target. None are expected.\n"
              "\n"
              "Known false alarms\n"
              "  Noisy targets with few possible inputs, such as several measurements at\n"
              "  the same setting: there the conflict is the noise.\n"},
    .code = "ML205",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at the rows: are the labels wrong, or is a column missing that tells them apart?",
            "check data.ignore and data.features: the telling column may be left out",
            "correct or drop wrong labels",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

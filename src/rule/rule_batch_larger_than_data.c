/* ML111 batch-larger-than-data: the batch against the rows of the train split. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    double batch = run_number(run, "train/batch_size");

    if (!train || !(batch > (double)train->rows))
        return;
    struct finding *finding = findings_add(
        findings, rule, "a batch of %.0f is larger than the train split of %s; every step sees all rows",
        batch, text_plural(findings->arena, train->rows, "row", "rows"));
    finding_evidence(finding, "train/batch_size", batch, (double)train->rows, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "train/batch_size", 64);
    example_split(run, "train", 50);
}

static void healthy(struct run *run)
{
    run_set_number(run, "train/batch_size", 32);
    example_split(run, "train", 50);
}

const struct rule rule_batch_larger_than_data = {
    .entry = {"batch-larger-than-data", "The batch is larger than the train split",
              "What it means\n"
              "  Every step sees the whole train split, so one epoch is one update. That is\n"
              "  full-batch training: legal, but slow to learn, and rarely what was meant.\n"
              "\n"
              "How it is decided\n"
              "  train/batch_size is larger than the rows of the train split.\n"
              "\n"
              "Known false alarms\n"
              "  Full-batch training on purpose. Tiny data sets for a test.\n"},
    .code = "ML111",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"train/batch_size", "splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "set train.batch_size to a tenth of the rows or less",
            "raise train.epochs, since an epoch is one update",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

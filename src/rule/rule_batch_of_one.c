/* ML129 batch-of-one: updates by one row. */
#include "anatomy.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double batch = run_number(run, "train/batch_size");
    double rows = batch * setting_number(run, "optimizer.accumulate", 1);

    if (!(rows <= 1))
        return;
    struct finding *finding =
        findings_add(findings, rule, "train.batch_size is %.0f; expected at least 2, 32 is usual", batch);
    finding->subject = "train.batch_size";
    finding->place = setting_place(run, "train.batch_size");
    finding_evidence(finding, "train/batch_size", batch, 2, -1);
}

static void batch(struct run *run, double rows)
{
    run_set_number(run, "train/batch_size", rows);
    run_set_number(run, "train/updates", 4000);
}

static void sick(struct run *run)
{
    batch(run, 1);
}

static void healthy(struct run *run)
{
    batch(run, 16);
}

const struct rule rule_batch_of_one = {
    .entry = {"batch-of-one", "Each update sees one row",
              "What it means\n"
              "  The gradient of one row is mostly noise. Updates go to and fro, and each\n"
              "  one is slow beside one of a batch.\n"
              "\n"
              "How it is decided\n"
              "  train.batch_size times optimizer.accumulate is 1.\n"
              "\n"
              "Known false alarms\n"
              "  Small rates make up for it: plain stochastic descent was born like this.\n"
              "  Long sequences may not leave memory for more.\n"
              "\n"
              "Sources\n"
              "  Masters and Luschi 2018, Revisiting small batch training (2 to 32 rows).\n"},
    .code = "ML129",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_batch_size,
    .remedies = (const struct change *const[]){&change_batch_32, NULL},
    .reads = (const char *const[]){"train/batch_size", "train/updates", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML306", "ML308", "ML309", NULL},
    .next =
        (const char *const[]){
            "set train.batch_size to 32",
            "if memory is short: optimizer.accumulate",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

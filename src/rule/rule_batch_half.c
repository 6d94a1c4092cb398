/* ML130 batch-half: batches that make an epoch of one or two updates. */
#include "anatomy.h"
#include "phrases.h"
#include "curve.h"

#include <inttypes.h>

/* Of fewer rows any usual batch is half. */
#define ROWS_LEAST      64
#define ROWS_LEAST_TEXT SPELT(ROWS_LEAST)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    double batch = run_number(run, "train/batch_size");

    /* A batch that is larger than the data is a finding of its own, batch-larger-than-data. */
    if (!train || train->rows < ROWS_LEAST ||
        !(batch >= (double)train->rows / 2 && batch <= (double)train->rows))
        return;
    struct finding *finding = findings_add(findings, rule,
                                           "a batch of %.0f holds half of the %" PRId64
                                           " rows of train or more; expected less than %" PRId64,
                                           batch, train->rows, (train->rows + 1) / 2);
    finding->subject = "train.batch_size";
    finding->place = setting_place(run, "train.batch_size");
    finding_evidence(finding, "train/batch_size", batch, (double)train->rows / 2, -1);
}

static void batch(struct run *run, double rows)
{
    run_set_number(run, "train/batch_size", rows);
    run_set_number(run, "train/updates", 4000);
    example_split(run, "train", 200);
    example_split(run, "val", 50);
}

static void sick(struct run *run)
{
    batch(run, 128);
}

static void healthy(struct run *run)
{
    batch(run, 32);
}

const struct rule rule_batch_half = {
    .entry = {"batch-half", "A batch holds half of the data or more",
              "What it means\n"
              "  An epoch is one or two updates, so that a training of usual length makes\n"
              "  few of them.\n"
              "\n"
              "How it is decided\n"
              "  train.batch_size is at least half of the rows of train, of which there are\n"
              "  " ROWS_LEAST_TEXT " or more.\n"
              "\n"
              "Known false alarms\n"
              "  Full-batch training on purpose, with many epochs.\n"},
    .code = "ML130",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_batch_size,
    .remedies = (const struct change *const[]){&change_batch_32, NULL},
    .reads = (const char *const[]){"train/batch_size", "train/updates", "splits", NULL},
    .check = check,
    .causes = (const char *const[]){"ML309", NULL},
    .next =
        (const char *const[]){
            "set train.batch_size to 32",
            "raise train.epochs",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML204 rows-shared-with-train: a leak between splits. */
#include "curve.h"
#include "phrases.h"

#include <inttypes.h>

/* From this share of a split on, its result flatters. */
#define SHARED_PERCENT 1
#define SHARED_TEXT    SPELT(SHARED_PERCENT) " %"

/* A single repeated row is chance. */
#define SHARED_LEAST      2
#define SHARED_LEAST_TEXT SPELT(SHARED_LEAST)

static void judge(const struct rule *rule, const struct split_record *split, double repeats,
                  struct findings *findings)
{
    double share = (double)split->shared_rows / (double)split->rows;

    if (split->shared_rows < SHARED_LEAST || !(share >= SHARE(SHARED_PERCENT)))
        return;
    struct finding *finding = findings_add(
        findings, rule, "%s of %s (%s of %" PRId64 ") %s in train, too; %s or more is a leak",
        text_plural(findings->arena, split->shared_rows, "row", "rows"), split->name,
        percent(findings->arena, share), split->rows, split->shared_rows == 1 ? "stands" : "stand",
        percent(findings->arena, SHARE(SHARED_PERCENT)));
    finding->subject = split->name;
    finding_evidence(finding, "splits/shared_rows", share, SHARE(SHARED_PERCENT), -1);
    /* Data that repeats itself within train will repeat itself across any split. */
    if (repeats >= share)
        finding->severity = SEVERITY_NOTE;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    double repeats = train && train->rows ? (double)train->duplicate_rows / (double)train->rows : 0;

    for (size_t i = 0; i < run->split_count; i++)
        if (run->splits[i].rows > 0)
            judge(rule, &run->splits[i], repeats, findings);
}

static void sick(struct run *run)
{
    example_split(run, "train", 1000);
    example_split(run, "val", 200)->shared_rows = 30;
}

static void healthy(struct run *run)
{
    example_split(run, "train", 1000);
    example_split(run, "val", 200)->shared_rows = 1;
}

const struct rule rule_rows_shared_with_train = {
    .entry = {"rows-shared-with-train", "Held-out rows stand in train, too",
              "What it means\n"
              "  Some rows of a held-out split have inputs that the network is trained on.\n"
              "  It can know them by heart, so the split's result is better than the truth.\n"
              "\n"
              "How it is decided\n"
              "  At least " SHARED_LEAST_TEXT " rows and at least " SHARED_TEXT
              " of the split have inputs equal, bit for\n"
              "  bit, to a row of train. A note rather than a warning when train repeats\n"
              "  itself at least as often: then the data is like that.\n"
              "\n"
              "Known false alarms\n"
              "  Inputs with few possible values (flags, small tables, xor): equal rows are\n"
              "  then no accident and no leak.\n"},
    .code = "ML204",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "remove duplicates before splitting",
            "split by group, if several rows come from one source: data.group",
            "look whether the file of the split was cut from the file of train",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML116 no-held-out: nothing to check the training against. */
#include "anatomy.h"
#include "phrases.h"
#include "curve.h"

#include <inttypes.h>

/* Of fewer rows a fifth says little. */
#define ROWS_LEAST      60
#define ROWS_LEAST_TEXT SPELT(ROWS_LEAST)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    int64_t held_out = 0;

    for (size_t i = 0; i < run->split_count; i++)
        held_out += &run->splits[i] != train ? run->splits[i].rows : 0;
    if (!train || train->rows < ROWS_LEAST || held_out > 0)
        return;
    struct finding *finding = findings_add(
        findings, rule, "all %" PRId64 " rows are trained on and none is held out; a fifth is usual",
        train->rows);
    finding->subject = "data";
    finding->place = setting_place(run, "data.train");
    finding_evidence(finding, "splits/rows", 0, 1, -1);
}

static void sick(struct run *run)
{
    example_split(run, "train", 400);
    run_set_number(run, "train/updates", 260);
}

static void healthy(struct run *run)
{
    example_split(run, "train", 400);
    example_split(run, "val", 100);
    run_set_number(run, "train/updates", 260);
}

const struct rule rule_no_held_out = {
    .entry = {"no-held-out", "No rows are held out",
              "What it means\n"
              "  Without rows that the network never sees nothing tells learning from\n"
              "  knowing by heart, and nothing says when to stop.\n"
              "\n"
              "How it is decided\n"
              "  Train has " ROWS_LEAST_TEXT " rows or more, and val, testval and test have none.\n"
              "\n"
              "Known false alarms\n"
              "  A run that is meant to memorize. Rows that are held out elsewhere.\n"},
    .code = "ML116",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"splits", "train/updates", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "add data.split: {\"val\": 0.2, \"test\": 0.2}",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

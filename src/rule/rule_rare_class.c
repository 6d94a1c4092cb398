/* ML209 rare-class: classes with next to nothing to learn from. */
#include "curve.h"
#include "phrases.h"

#include <inttypes.h>

/* One row cannot be both learned from and checked against. */
#define ROWS_LEAST      2
#define ROWS_LEAST_TEXT SPELT(ROWS_LEAST)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    int64_t rare = 0, rarest = 0;

    if (!train || !train->class_rows)
        return;
    for (int64_t class = 0; class < train->classes; class ++) {
        int64_t rows = train->class_rows[class];

        /* A class without rows here is a finding of its own, unseen-classes. */
        if (rows == 0 || rows >= ROWS_LEAST)
            continue;
        rare++;
        rarest = class;
    }
    if (rare == 0)
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "%" PRId64 " of %" PRId64 " classes %s fewer than %d rows in train; class number %" PRId64
        " has %" PRId64,
        rare, train->classes, rare == 1 ? "has" : "have", ROWS_LEAST, rarest, train->class_rows[rarest]);
    finding_evidence(finding, "splits/class_rows", (double)train->class_rows[rarest], ROWS_LEAST, -1);
}

static void classes(struct run *run, int64_t first)
{
    int64_t *rows = arena_array(run->arena, 3, sizeof *rows);
    rows[0] = first;
    rows[1] = 60;
    rows[2] = 30;
    struct split_record *train = example_split(run, "train", first + 90);
    train->classes = 3;
    train->class_rows = rows;
}

static void sick(struct run *run)
{
    classes(run, 1);
}

static void healthy(struct run *run)
{
    classes(run, 10);
}

const struct rule rule_rare_class = {
    .entry = {"rare-class", "A class has fewer than two rows in train",
              "What it means\n"
              "  Of some class there is one row in train, or none. The network cannot learn\n"
              "  it beyond that row, and a split by share cannot keep it in every part.\n"
              "\n"
              "How it is decided\n"
              "  A class has fewer than " ROWS_LEAST_TEXT " rows in train. Classes are numbered from 0 in\n"
              "  the order of the config or of the sorted labels.\n"
              "\n"
              "Known false alarms\n"
              "  Labels that are numbers rather than classes: then the task is regression.\n"},
    .code = "ML209",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "check the task: many classes of one row each are often a number to predict",
            "gather more rows of the class",
            "merge it with a neighbour, or leave it out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

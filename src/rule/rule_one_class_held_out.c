/* ML215 one-class-held-out: a held-out split that can be right by one answer. */
#include "anatomy.h"
#include "phrases.h"
#include "curve.h"

#include <inttypes.h>

/* Fewer rows may be of one class by chance. */
#define ROWS_LEAST      10
#define ROWS_LEAST_TEXT SPELT(ROWS_LEAST)

static int64_t classes_of(const struct split_record *split)
{
    int64_t classes = 0;

    for (int64_t class = 0; split->class_rows && class < split->classes; class ++)
        classes += split->class_rows[class] > 0;
    return classes;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");

    for (size_t i = 0; train && classes_of(train) > 1 && i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];

        if (split->rows < ROWS_LEAST || classes_of(split) != 1)
            continue;
        struct finding *finding = findings_add(findings, rule,
                                               "all %" PRId64 " rows of %s are of 1 class, train has %" PRId64
                                               "; at least 2 are needed",
                                               split->rows, split->name, classes_of(train));
        finding->subject = split->name;
        finding->place = setting_place(run, "data.split");
        finding_evidence(finding, "splits/class_rows", 1, 2, -1);
    }
}

static void classes(struct run *run, int64_t second)
{
    int64_t *train = arena_array(run->arena, 2, sizeof *train),
            *val = arena_array(run->arena, 2, sizeof *val);
    struct split_record *split;

    train[0] = train[1] = 50;
    val[0] = 40 - second;
    val[1] = second;
    split = example_split(run, "train", 100);
    split->classes = 2;
    split->class_rows = train;
    split = example_split(run, "val", 40);
    split->classes = 2;
    split->class_rows = val;
    run_set_number(run, "labels/train/classes", 2);
}

static void sick(struct run *run)
{
    classes(run, 0);
}

static void healthy(struct run *run)
{
    classes(run, 15);
}

const struct rule rule_one_class_held_out = {
    .entry = {"one-class-held-out", "A held-out split has one class only",
              "What it means\n"
              "  Whatever the split shows, a network that always gives one answer shows the\n"
              "  same or better. Often the rows were sorted by label when they were cut.\n"
              "\n"
              "How it is decided\n"
              "  Train has several classes, and all rows of a held-out split, " ROWS_LEAST_TEXT " or more,\n"
              "  are of 1 class; at least 2 are needed.\n"
              "\n"
              "Known false alarms\n"
              "  A class so frequent that a small split holds nothing else.\n"},
    .code = "ML215",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_data,
    .remedies = (const struct change *const[]){&change_shuffle, NULL},
    .reads = (const char *const[]){"splits", "labels/train/classes", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "let the split be shuffled and stratified: data.split.stratify, data.split.shuffle",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML213 unseen-classes: held-out rows of classes that train does not have. */
#include "anatomy.h"
#include "curve.h"
#include "phrases.h"

#include <inttypes.h>

/* Fewer rows than this share of a split are stray ones. */
#define UNSEEN_PERCENT      5
#define UNSEEN_PERCENT_TEXT SPELT(UNSEEN_PERCENT)

/* So large a share of the neighbours that chance would tell apart are of one class: the rows are sorted. */
#define SORTED_PERCENT      90
#define SORTED_PERCENT_TEXT SPELT(SORTED_PERCENT)

static int64_t unseen_rows(const struct split_record *train, const struct split_record *split)
{
    int64_t rows = 0;

    for (int64_t class = 0; class < split->classes && class < train->classes; class ++)
        rows += train->class_rows[class] == 0 ? split->class_rows[class] : 0;
    return rows;
}

/* Of the neighbours that shuffled rows would have of two classes, the share that are of one. */
static double sortedness(const struct run *run)
{
    double expected = run_number(run, "labels/train/neighbours_expected");

    return (run_number(run, "labels/train/neighbours") - expected) / (1 - expected);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    bool sorted = sortedness(run) >= SHARE(SORTED_PERCENT);

    for (size_t i = 0; train && train->class_rows && i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];
        int64_t rows = split->class_rows && split->rows > 0 ? unseen_rows(train, split) : 0;
        double share = rows > 0 ? (double)rows / (double)split->rows : 0;

        if (!(share >= SHARE(UNSEEN_PERCENT)))
            continue;
        struct finding *finding = findings_add(
            findings, rule,
            "%s of %s (%" PRId64 " of %" PRId64 ") %s of a class that train lacks%s; limit %d %%",
            text_plural(findings->arena, rows, "row", "rows"), split->name, rows, split->rows,
            rows == 1 ? "is" : "are", sorted ? ", whose rows are sorted by label" : "", UNSEEN_PERCENT);
        finding->severity = sorted ? SEVERITY_ERROR : SEVERITY_WARNING;
        finding->subject = split->name;
        finding->place = setting_place(run, "data.split");
        finding_evidence(finding, "splits/class_rows", share, SHARE(UNSEEN_PERCENT), -1);
    }
}

static void classes(struct run *run, int64_t third)
{
    int64_t *train = arena_array(run->arena, 3, sizeof *train),
            *val = arena_array(run->arena, 3, sizeof *val);
    struct split_record *split;

    train[0] = train[1] = 40;
    train[2] = 40 - third;
    val[0] = val[1] = 10;
    val[2] = third;
    split = example_split(run, "train", 120 - third);
    split->classes = 3;
    split->class_rows = train;
    split = example_split(run, "val", 20 + third);
    split->classes = 3;
    split->class_rows = val;
    run_set_number(run, "labels/train/neighbours", 0.97);
    run_set_number(run, "labels/train/neighbours_expected", 0.33);
}

static void sick(struct run *run)
{
    classes(run, 40);
}

static void healthy(struct run *run)
{
    classes(run, 20);
}

const struct rule rule_unseen_classes = {
    .entry = {"unseen-classes", "Held-out rows belong to classes that train does not have",
              "What it means\n"
              "  A network cannot name a class that it has never seen. When a file is\n"
              "  sorted by its label and cut without shuffling, the last classes are all\n"
              "  held out.\n"
              "\n"
              "How it is decided\n"
              "  At least " UNSEEN_PERCENT_TEXT
              " % of the rows of a held-out split belong to classes of which\n"
              "  train has no row. It is an error where the rows of train lie sorted by\n"
              "  label as well (of the neighbours that shuffling would part at least " SORTED_PERCENT_TEXT
              " %\n"
              "  are of one class), else a warning.\n"
              "\n"
              "Known false alarms\n"
              "  Detection of unknown classes on purpose.\n"},
    .code = "ML213",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_data,
    .remedies = (const struct change *const[]){&change_shuffle, NULL},
    .reads = (const char *const[]){"splits", "labels/train/neighbours", NULL},
    .check = check,
    .causes = (const char *const[]){"ML215", NULL},
    .next =
        (const char *const[]){
            "let the split be shuffled and stratified: data.split.stratify, data.split.shuffle",
            "shuffle the rows before they are cut into files",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

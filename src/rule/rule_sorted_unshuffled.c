/* ML216 sorted-unshuffled: batches of one class after the other. */
#include "anatomy.h"
#include "curve.h"
#include "phrases.h"

/* So large a share of the neighbours that chance would tell apart are of one class. */
#define SORTED_PERCENT      50
#define SORTED_PERCENT_TEXT SPELT(SORTED_PERCENT)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double alike = run_number(run, "labels/train/neighbours");
    double expected = run_number(run, "labels/train/neighbours_expected");
    double share = (alike - expected) / (1 - expected);

    if (setting_flag(run, "train.shuffle", true) || !(share >= SHARE(SORTED_PERCENT)))
        return;
    struct finding *finding =
        findings_add(findings, rule,
                     "train.shuffle is false, and %s of the neighbouring rows are of one class; shuffled: %s",
                     percent(findings->arena, alike), percent(findings->arena, expected));
    finding->subject = "train.shuffle";
    finding->place = setting_place(run, "train.shuffle");
    finding_evidence(finding, "labels/train/neighbours", alike, expected, -1);
}

static void order(struct run *run, double neighbours)
{
    example_config(run, "{\"train\": {\"shuffle\": false}}");
    run_set_number(run, "labels/train/neighbours", neighbours);
    run_set_number(run, "labels/train/neighbours_expected", 0.3);
}

static void sick(struct run *run)
{
    order(run, 0.98);
}

static void healthy(struct run *run)
{
    order(run, 0.35);
}

const struct rule rule_sorted_unshuffled = {
    .entry = {"sorted-unshuffled", "Rows are sorted by label and never shuffled",
              "What it means\n"
              "  Each batch holds rows of one class, so that each update teaches the\n"
              "  network to give one answer and to forget the one before.\n"
              "\n"
              "How it is decided\n"
              "  train.shuffle is false, and of the neighbouring rows that shuffling would\n"
              "  make of two classes at least " SORTED_PERCENT_TEXT " % are of one class.\n"
              "\n"
              "Known false alarms\n"
              "  Sequences whose rows must stay in order. A single batch that holds all\n"
              "  rows.\n"},
    .code = "ML216",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_data,
    .remedies = (const struct change *const[]){&change_shuffle, NULL},
    .reads = (const char *const[]){"labels/train/neighbours", "labels/train/neighbours_expected", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML306", "ML308", NULL},
    .next =
        (const char *const[]){
            "set train.shuffle to true, the default",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

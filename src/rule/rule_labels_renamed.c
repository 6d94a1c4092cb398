/* ML223 labels-renamed: held-out rows have the classes of train under other names. */
#include "curve.h"
#include "phrases.h"

/* Under other names, so many of the rows must be told, and so many more than under their own. */
#define LEAST      0.5
#define LEAST_TEXT SPELT(LEAST)
#define GAIN       0.3
#define GAIN_TEXT  SPELT(GAIN)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double score = run_number(run, "labels/renamed/score"), given = run_number(run, "proof/neighbours");
    struct finding *finding;

    if (!(score >= LEAST && score >= given + GAIN))
        return;
    finding =
        findings_add(findings, rule,
                     "the nearest rows of train tell %s of the classes of held-out rows by another name, "
                     "%s by their own: labels of train and held-out rows do not mean the same",
                     percent(findings->arena, score), percent(findings->arena, given));
    finding->subject = "val";
    finding_evidence(finding, "labels/renamed/score", score, given + GAIN, -1);
}

static void facts(struct run *run, double score)
{
    run_set_number(run, "proof/neighbours", 0.02);
    run_set_number(run, "labels/renamed/score", score);
}

static void sick(struct run *run)
{
    facts(run, 0.97);
}

static void healthy(struct run *run)
{
    facts(run, 0.2);
}

const struct rule rule_labels_renamed = {
    .entry = {"labels-renamed", "Classes have other names in train than in held-out rows",
              "What it means\n"
              "  The classes can be told apart, but what is called one thing in train is\n"
              "  called another in the held-out rows: ids that begin at 0 here and at 1\n"
              "  there, or names that were numbered in another order for each file.\n"
              "\n"
              "How it is decided\n"
              "  Asked of classes where the nearest neighbours are at chance. Every class\n"
              "  of the held-out rows is given the name that most of its rows get, each\n"
              "  name once. That tells at least " LEAST_TEXT " of the rows, and at least " GAIN_TEXT
              " more than\n"
              "  their own names do.\n"
              "\n"
              "Known false alarms\n"
              "  None known. Held-out rows of a few dozen and many classes say little.\n"},
    .code = "ML223",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_labels,
    .reads = (const char *const[]){"labels/renamed/score", "proof/neighbours", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", "ML390", NULL},
    .next =
        (const char *const[]){
            "number the classes once, for all files, and ask again",
            "count the labels of both files: mldbg split",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

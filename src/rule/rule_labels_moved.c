/* ML222 labels-moved: each row has the label of the row above or below it. */
#include "curve.h"
#include "phrases.h"

#include <math.h>

/* Moved by one row, labels must be told for so many rows more than they are as given. */
#define GAIN      0.3
#define GAIN_TEXT SPELT(GAIN)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double rows = run_number(run, "labels/moved/rows"), given = run_number(run, "labels/moved/given");
    double score = run_number(run, "labels/moved/score");
    struct finding *finding;

    if (!(score >= given + GAIN))
        return;
    finding = findings_add(
        findings, rule,
        "with the label of the row %s, the nearest rows tell %s of the labels of train; as "
        "given, %s: labels are off by one row",
        rows > 0 ? "below" : "above", percent(findings->arena, score), percent(findings->arena, given));
    finding->subject = "train";
    finding_evidence(finding, "labels/moved/score", score, given + GAIN, -1);
}

static void facts(struct run *run, double score)
{
    run_set_number(run, "labels/moved/rows", 1);
    run_set_number(run, "labels/moved/given", 0.11);
    run_set_number(run, "labels/moved/score", score);
}

static void sick(struct run *run)
{
    facts(run, 0.97);
}

static void healthy(struct run *run)
{
    facts(run, 0.1);
}

const struct rule rule_labels_moved = {
    .entry = {"labels-moved", "Labels are off by one row",
              "What it means\n"
              "  Inputs and labels were put side by side one row apart: a header that was\n"
              "  counted once, a lag that was taken twice. The network learns the answers\n"
              "  to the questions of other rows.\n"
              "\n"
              "How it is decided\n"
              "  Asked of classes where the nearest neighbours are at chance. The label of\n"
              "  each row of train is told from the five nearest other rows: once with the\n"
              "  labels as given, once with those of the next line of the file, once with\n"
              "  those of the last. One line on tells at least " GAIN_TEXT " of the rows more.\n"
              "\n"
              "Known false alarms\n"
              "  A series whose inputs hold the last answer, and whose next one cannot be\n"
              "  foretold.\n"},
    .code = "ML222",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_labels,
    .reads = (const char *const[]){"labels/moved/rows", "labels/moved/score", "labels/moved/given", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", "ML390", NULL},
    .next =
        (const char *const[]){
            "put every label one row back to where it belongs, and ask again",
            "look at the step that joined inputs and labels: does one of the two have a header?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML354 batch-leak: the answer to a row depends on other rows. */
#include "phrases.h"

#include <math.h>

/* Rounding may differ by this much where rows are summed in another order. */
static const double LIMIT = 1e-5;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double change = run_number(run, "experiment/batch_leak/evaluating");

    if (!(change > LIMIT))
        return;
    struct finding *finding =
        findings_add(findings, rule,
                     "changing one row of the batch changes the answers to others by %s of their size, in "
                     "evaluation mode (limit %s)",
                     text_number(findings->arena, change, 3), text_number(findings->arena, LIMIT, 2));
    finding_evidence(finding, "experiment/batch_leak/evaluating", change, LIMIT, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "experiment/batch_leak/evaluating", 0.3);
}

static void healthy(struct run *run)
{
    run_set_number(run, "experiment/batch_leak/evaluating", 0);
}

const struct rule rule_batch_leak = {
    .entry = {"batch-leak", "Answers depend on the other rows of the batch",
              "What it means\n"
              "  A layer mixes rows: an axis was taken for another one, or a reshape moved\n"
              "  numbers across rows. Scores then depend on how rows are put into batches.\n"
              "\n"
              "How it is decided\n"
              "  The inputs of one row were changed. The largest change of an answer to\n"
              "  another row, as a share of the largest answer, is above 0.00001 in\n"
              "  evaluation mode (experiment/batch_leak/evaluating).\n"
              "\n"
              "Known false alarms\n"
              "  A network that is meant to compare the rows of a batch.\n"},
    .code = "ML354",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"experiment/batch_leak/evaluating", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at reshape, transpose and softmax: which axis is the batch?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

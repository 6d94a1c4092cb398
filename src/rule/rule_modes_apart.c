/* ML353 modes-apart: evaluation mode is far worse than training mode, with batch normalization. */
#include "phrases.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const double TIMES = 2;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double training = run_number(run, "experiment/modes/training");
    double evaluating = run_number(run, "experiment/modes/evaluating");

    if (!strstr(run_text(run, "experiment/modes/layers"), "batchnorm") || !(training > 0) ||
        !(evaluating > TIMES * training))
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "after %" PRId64 " steps the loss is %s in training mode and %s in evaluation mode "
        "(limit %s times as much)",
        (int64_t)run_number(run, "experiment/modes/steps"), text_number(findings->arena, training, 3),
        text_number(findings->arena, evaluating, 3), text_number(findings->arena, TIMES, 2));
    finding_evidence(finding, "experiment/modes/evaluating", evaluating, TIMES * training, -1);
}

static void example(struct run *run, double evaluating)
{
    run_set_number(run, "experiment/modes/steps", 100);
    run_set_number(run, "experiment/modes/training", 0.21);
    run_set_number(run, "experiment/modes/evaluating", evaluating);
    run_set_text(run, "experiment/modes/layers", "batchnorm");
}

static void sick(struct run *run)
{
    example(run, 3.4);
}

static void healthy(struct run *run)
{
    example(run, 0.25);
}

const struct rule rule_modes_apart = {
    .entry = {"modes-apart", "Evaluation mode is far worse than training mode",
              "What it means\n"
              "  Batch normalization normalizes by the batch while training, and by moving\n"
              "  averages afterwards. The averages do not fit yet: there were few steps for\n"
              "  their momentum, or the batches are too small, or they never move.\n"
              "\n"
              "How it is decided\n"
              "  There is batch normalization, and after up to 100 steps the loss of the last\n"
              "  batch is more than 2 times as large in evaluation mode.\n"
              "\n"
              "Known false alarms\n"
              "  Averages with Keras's momentum need about 300 steps; a longer training may\n"
              "  be all that it takes.\n"},
    .code = "ML353",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"experiment/modes/training", "experiment/modes/evaluating", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "give batchnorm a momentum of 0.1, so that its averages follow faster",
            "set \"frozen\": false, if it is set",
            "take larger batches",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML313 no-floor: a loss that can fall for ever. */
#include "curve.h"
#include "example.h"

#include <math.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double floor = run_number(run, "overfit/floor"), loss = run_number(run, "overfit/loss");

    if (!isinf(floor) || floor > 0)
        return;
    struct finding *finding = findings_add(findings, rule,
                                           "this loss has no smallest value on this batch (-inf where a "
                                           "number is needed): it is %s after %.0f steps",
                                           curve_number(findings, loss), run_number(run, "overfit/steps"));
    finding_evidence(finding, "overfit/floor", floor, 0, -1);
}

static double sinks(int64_t step)
{
    return 2.3 - 0.2 * (double)step;
}

static void sick(struct run *run)
{
    example_curve(run, sinks);
    run_set_number(run, "overfit/loss", -21.7);
    run_set_number(run, "overfit/steps", 120);
    run_set_number(run, "overfit/floor", -(double)INFINITY);
    run_set_number(run, "overfit/chance", -(double)INFINITY);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_no_floor = {
    .entry = {"no-floor", "The loss can fall for ever",
              "What it means\n"
              "  Whatever the network answers, another answer has a smaller loss: a negative\n"
              "  factor, targets outside of 0 to 1 for a loss on probabilities, nll on\n"
              "  outputs that are no logarithms of probabilities. The loss falls and the\n"
              "  answers get worse.\n"
              "\n"
              "How it is decided\n"
              "  The smallest possible loss of the batch is computed from its labels and the\n"
              "  settings of the loss. It is -inf.\n"
              "\n"
              "Known false alarms\n"
              "  A network whose own last layer bounds the outputs, in front of a loss that\n"
              "  is not made for it.\n"},
    .code = "ML313",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "set the factor of the loss above 0",
            "check that the targets are what the loss expects: mldbg explain LOSS",
            "put log_softmax in front of nll, or take cross_entropy and no softmax",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML312 below-floor: a loss that is not what it seems. */
#include "curve.h"
#include "example.h"

#include <math.h>

/* Of the range from chance to floor; rounding stays far below it. */
#define BELOW_PERCENT 1
#define BELOW_TEXT    SPELT(BELOW_PERCENT) " %"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);
    double limit = curve.floor - SHARE(BELOW_PERCENT) * (curve.chance - curve.floor);

    if (curve.shape == CURVE_NOTHING || !(curve.last < limit))
        return;
    struct finding *finding =
        findings_add(findings, rule, "loss %s is below %s, the smallest that this loss can be on this batch",
                     curve_number(findings, curve.last), curve_number(findings, curve.floor));
    finding_evidence(finding, "overfit/loss", curve.last, curve.floor, curve.steps);
}

static double falls_through(int64_t step)
{
    return 2.3 - 0.02 * (double)step;
}

static void sick(struct run *run)
{
    example_curve(run, falls_through);
    run_set_number(run, "overfit/reached", 120);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_below_floor = {
    .entry = {"below-floor", "The loss is below what any network can reach",
              "What it means\n"
              "  The smallest possible loss was computed from the labels of the batch, and\n"
              "  the training went below it. So the loss is fed with something that it is\n"
              "  not made for: nll with probabilities in place of their logarithms, a\n"
              "  probability loss with targets outside of 0 to 1, a negative factor. Its\n"
              "  falling means nothing.\n"
              "\n"
              "How it is decided\n"
              "  The loss ends more than " BELOW_TEXT " of the range from chance to floor below the\n"
              "  floor.\n"
              "\n"
              "Known false alarms\n"
              "  None known: the floor is exact, or too low.\n"},
    .code = "ML312",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "check what the loss expects: mldbg explain LOSS",
            "put log_softmax in front of nll, or take cross_entropy and no softmax",
            "scale targets into 0 to 1 for a probability loss, or take mse",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

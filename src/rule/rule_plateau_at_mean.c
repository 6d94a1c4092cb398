/* ML302 plateau-at-mean: regression that learns nothing beyond the mean. */
#include "curve.h"
#include "example.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_AT_MEAN)
        return;
    struct finding *finding =
        findings_add(findings, rule,
                     "plateau at the mean: loss %s after %" PRId64 " steps, a constant gives %s, needed %s",
                     curve_number(findings, curve.last), curve.steps, curve_number(findings, curve.chance),
                     curve_number(findings, curve.needed));
    curve_evidence(&curve, finding);
}

static void sick(struct run *run)
{
    example_curve(run, example_flat);
    example_regression(run);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_plateau_at_mean = {
    .entry = {"plateau-at-mean", "The loss stays at that of predicting the mean",
              "What it means\n"
              "  The network gives every row the same number, the one that suits the whole\n"
              "  batch best. It found the best answer that needs no input, and nothing\n"
              "  more.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized: the loss did not go " NEEDED_TEXT " of the way from the\n"
              "  best constant answer to the floor. It moved by no more than " FLAT_TEXT " of that\n"
              "  range over the second half of the steps, and stands within " CHANCE_TEXT " of the\n"
              "  constant.\n"
              "\n"
              "Known false alarms\n"
              "  Targets in large units: the first steps only carry the output there. Scale\n"
              "  them, and look again.\n"},
    .code = "ML302",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "look for an activation behind the last layer: sigmoid, tanh and relu cannot "
            "reach every target",
            "check that the labels belong to the rows: data.label, the order of files",
            "scale inputs and targets: data.scale, data.scale_target",
            "set optimizer.lr 10 times larger, then 10 times smaller",
            "leave \"init\" out, so that it follows the activations",
            "run mldbg gradcheck: are the gradients right?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

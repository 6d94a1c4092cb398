/* ML301 plateau-at-chance: classification that learns nothing beyond how common the classes are. */
#include "curve.h"
#include "example.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_AT_CHANCE)
        return;
    struct finding *finding = findings_add(
        findings, rule, "plateau at chance: loss %s after %" PRId64 " steps, chance %s, needed %s",
        curve_number(findings, curve.last), curve.steps, curve_number(findings, curve.chance),
        curve_number(findings, curve.needed));
    curve_evidence(&curve, finding);
}

static void sick(struct run *run)
{
    example_curve(run, example_flat);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_plateau_at_chance = {
    .entry = {"plateau-at-chance", "The loss stays at that of a constant guess",
              "What it means\n"
              "  The network gives every row the same answer, the shares of the classes in\n"
              "  the batch. It found the best guess that needs no input, and nothing more.\n"
              "  Either the gradient does not reach the weights, or what reaches them has\n"
              "  nothing to do with the labels.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized: the loss did not go " NEEDED_TEXT " of the way from\n"
              "  chance to the floor. It moved by no more than " FLAT_TEXT " of that range over the\n"
              "  second half of the steps, and stands within " CHANCE_TEXT " of chance.\n"
              "\n"
              "Known false alarms\n"
              "  A budget that is far too small for a deep or badly scaled network. Chance\n"
              "  is computed for the labels of this very batch, so imbalance is no false\n"
              "  alarm.\n"},
    .code = "ML301",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "look for softmax or sigmoid in front of a loss that expects logits",
            "check that the labels belong to the rows: data.label, the order of files",
            "scale the inputs: data.scale",
            "set optimizer.lr 10 times larger, then 10 times smaller",
            "leave \"init\" out, so that it follows the activations",
            "remove the layers in the middle: does a single linear layer learn?",
            "run mldbg gradcheck: are the gradients right?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

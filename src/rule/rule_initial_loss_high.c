/* ML352 initial-loss-high: the loss before training is far above that of knowing nothing. */
#include "phrases.h"

#include <math.h>

/* Sound networks begin within this many times of it, but for those with large random weights. */
static const double TIMES = 2;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double loss = run_number(run, "experiment/initial_loss/loss");
    double expected = run_number(run, "experiment/initial_loss/expected");

    if (!isfinite(expected) || !(expected > 0) || !(loss > TIMES * expected))
        return;
    struct finding *finding = findings_add(
        findings, rule, "the loss begins at %s; the best constant answer has %s (limit %s times of it)",
        text_number(findings->arena, loss, 3), text_number(findings->arena, expected, 3),
        text_number(findings->arena, TIMES, 2));
    finding_evidence(finding, "experiment/initial_loss/loss", loss, TIMES * expected, 0);
}

static void example(struct run *run, double loss)
{
    run_set_number(run, "experiment/initial_loss/loss", loss);
    run_set_number(run, "experiment/initial_loss/expected", 2.303);
}

static void sick(struct run *run)
{
    example(run, 12.4);
}

static void healthy(struct run *run)
{
    example(run, 2.61);
}

const struct rule rule_initial_loss_high = {
    .entry = {"initial-loss-high", "The loss begins far above that of a guess",
              "What it means\n"
              "  Before the first update a network should know nothing, which costs what the\n"
              "  best constant answer costs: ln C for C classes equally common, the variance\n"
              "  of the targets for squared errors. This one is sure of wrong answers: large\n"
              "  weights, large inputs, targets far from 0, or a head that cannot reach them.\n"
              "\n"
              "How it is decided\n"
              "  experiment/initial_loss/loss is more than 2 times\n"
              "  experiment/initial_loss/expected, on one batch, penalties left out.\n"
              "\n"
              "Known false alarms\n"
              "  One network in sixteen that learns well begins like this. It is no fault by\n"
              "  itself.\n"},
    .code = "ML352",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"experiment/initial_loss/loss", "experiment/initial_loss/expected", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "scale inputs and targets: data.scale, data.scale_target",
            "leave \"init\" out, or take a smaller one",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML308 oscillates: training that leaps from side to side. */
#include "curve.h"
#include "example.h"
#include "phrases.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_OSCILLATES)
        return;
    struct finding *finding =
        findings_add(findings, rule,
                     "oscillates: loss moves by %s of its range a step (limit %d %%), ends at %s, needed %s",
                     percent(findings->arena, curve.swing), SWING_PERCENT, curve_number(findings, curve.last),
                     curve_number(findings, curve.needed));
    curve_evidence(&curve, finding);
    finding_evidence(finding, "overfit/swing", curve.swing, SHARE(SWING_PERCENT), curve.steps);
}

static void sick(struct run *run)
{
    example_curve(run, example_swinging);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_oscillates = {
    .entry = {"oscillates", "The loss goes up and down and gets nowhere",
              "What it means\n"
              "  The steps leap from one side of the valley to the other. On one and the\n"
              "  same batch nothing is random, so this is not noise: the rate is too high\n"
              "  for the steepest direction.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized. Over the second half of the steps the loss\n"
              "  moved by " SWING_TEXT " of the range from chance to floor a step or more, and its\n"
              "  path is more than " SWING_WASTE_TEXT " times as long as its progress.\n"
              "\n"
              "Known false alarms\n"
              "  Dropout that stays on by the config (it is switched off here otherwise).\n"},
    .code = "ML308",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "set optimizer.lr 10 times smaller",
            "lower the momentum",
            "scale the inputs: data.scale",
            "clip the gradient: optimizer.clip_norm 1",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

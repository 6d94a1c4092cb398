/* ML305 saturated: a plateau behind saturated activations. */
#include "curve.h"
#include "example.h"
#include "phrases.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_SATURATED)
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "saturated%s: %s of the outputs of \"%s\" sit at their ends (limit %d %%), loss %s, needed %s",
        curve.from_start ? " from the start" : "", percent(findings->arena, curve.share), curve.layer,
        INACTIVE_PERCENT, curve_number(findings, curve.last), curve_number(findings, curve.needed));
    finding->subject = curve.layer;
    if (!curve.from_start)
        finding->next = "set optimizer.lr 10 times smaller";
    finding->place = place_of_layer(run, curve.layer);
    curve_evidence(&curve, finding);
    finding_evidence(finding, "activation/saturated_share", curve.share, SHARE(INACTIVE_PERCENT),
                     curve.steps);
}

static void sick(struct run *run)
{
    example_curve(run, example_flat);
    series_add(run, run_series(run, "overfit/activation/sigmoid1/saturated_share"), EXAMPLE_STEPS, 0.95);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_saturated = {
    .entry = {"saturated", "Stands still: activations are at their ends",
              "What it means\n"
              "  A sigmoid or tanh at its end has a slope near zero, so hardly any gradient\n"
              "  comes through it. Inputs or weights are too large for it.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized, the loss moved by no more than " FLAT_TEXT " of the\n"
              "  range from chance to floor over the second half of the steps, and " INACTIVE_TEXT " or\n"
              "  more of the outputs of a layer are at the ends of its activation.\n"
              "\n"
              "Known false alarms\n"
              "  A last layer that is sure of its answers, next to a plateau with another\n"
              "  cause.\n"},
    .code = "ML305",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "scale the inputs: data.scale",
            "leave \"init\" out, or take xavier_uniform: smaller first weights",
            "set optimizer.lr 10 times smaller",
            "put batchnorm or layernorm in front of the activation",
            "take relu in place of sigmoid or tanh",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML304 dead: a plateau without gradient. */
#include "curve.h"
#include "example.h"
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_DEAD)
        return;
    struct finding *finding;
    if (*curve.layer)
        finding = findings_add(
            findings, rule, "dead%s: %s of the units of \"%s\" are zero (limit %d %%), loss %s, needed %s",
            curve.from_start ? " from the start" : "", percent(findings->arena, curve.share), curve.layer,
            INACTIVE_PERCENT, curve_number(findings, curve.last), curve_number(findings, curve.needed));
    else
        finding = findings_add(
            findings, rule, "dead: the gradient is %s after %" PRId64 " steps, loss stuck at %s, needed %s",
            curve_number(findings, curve.gradient), curve.steps, curve_number(findings, curve.last),
            curve_number(findings, curve.needed));
    finding->subject = curve.layer;
    if (*curve.layer && curve.from_start)
        finding->next = "leave \"init\" out: kaiming for rectifiers; then scale the inputs: data.scale";
    else if (!*curve.layer)
        finding->next = "look for a softmax over one output, or a loss that is clipped";
    finding->place = place_of_layer(run, curve.layer);
    curve_evidence(&curve, finding);
    if (*curve.layer)
        finding_evidence(finding, "activation/zero_share", curve.share, SHARE(INACTIVE_PERCENT), curve.steps);
    else
        finding_evidence(finding, "overfit/gradient_norm", curve.gradient, 0, curve.steps);
}

static void sick(struct run *run)
{
    example_curve(run, example_flat);
    series_add(run, run_series(run, "overfit/activation/relu1/zero_share"), EXAMPLE_STEPS, 0.97);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_dead = {
    .entry = {"dead", "Stands still: no gradient comes through",
              "What it means\n"
              "  Rectifiers that are zero for every row pass nothing on, forwards or\n"
              "  backwards, and never come back. Or the loss itself has no gradient: a\n"
              "  softmax over one output, a clipped loss, labels that no output is compared\n"
              "  with.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized, the loss moved by no more than " FLAT_TEXT " of the\n"
              "  range from chance to floor over the second half of the steps, and either\n"
              "  " INACTIVE_TEXT " or more of the units of a layer are zero for every row, or the\n"
              "  gradient norm is below 1e-7 of that range.\n"
              "\n"
              "Known false alarms\n"
              "  A layer that is sparse by design, next to a plateau with another cause.\n"},
    .code = "ML304",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "set optimizer.lr 10 times smaller: large steps kill rectifiers",
            "look for a softmax over one output, or a loss that is clipped",
            "scale the inputs: data.scale",
            "leave \"init\" out: kaiming for rectifiers",
            "take leaky_relu in place of relu",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

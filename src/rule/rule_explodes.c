/* ML307 explodes: training that diverges. */
#include "curve.h"
#include "example.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_EXPLODES)
        return;
    double start = curve.first > curve.chance ? curve.first : curve.chance;
    struct finding *finding =
        findings_add(findings, rule, "explodes: loss %s at the start, %s at step %" PRId64 " (limit %s)",
                     curve_number(findings, curve.first), curve_number(findings, curve.worst),
                     curve.worst_step, curve_number(findings, GROWTH * start));
    finding_evidence(finding, "overfit/loss", curve.worst, GROWTH * start, curve.worst_step);
}

static void sick(struct run *run)
{
    example_curve(run, example_exploding);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_explodes = {
    .entry = {"explodes", "The loss grew to many times its start",
              "What it means\n"
              "  Each step overshoots by more than the one before, until the numbers leave\n"
              "  the range of floating point. The steps are too large for the slope that\n"
              "  they meet: rate, inputs, targets, first weights, or a sum where a mean was\n"
              "  meant.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized, the loss once was more than " GROWTH_TEXT " times its\n"
              "  start (or chance, if that is larger), and it did not come back half of the\n"
              "  way.\n"
              "\n"
              "Known false alarms\n"
              "  A start that is far too good by accident, as with targets near zero.\n"},
    .code = "ML307",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .causes = (const char *const[]){"ML401", NULL},
    .next =
        (const char *const[]){
            "set optimizer.lr 10 times smaller, and again",
            "scale inputs and targets: data.scale, data.scale_target",
            "check the reduction of the loss: mean rather than sum",
            "leave \"init\" out: smaller first weights",
            "clip the gradient: optimizer.clip_norm 1, above all in recurrent networks",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

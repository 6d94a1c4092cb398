/* ML306 rises: training that makes it worse. */
#include "curve.h"
#include "example.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_RISES)
        return;
    double start = curve.last > curve.first ? curve.first : curve.best;
    int64_t step = curve.last > curve.first ? 0 : curve.best_step;
    struct finding *finding =
        findings_add(findings, rule, "rises: loss %s at step %" PRId64 ", %s at step %" PRId64 ", needed %s",
                     curve_number(findings, start), step, curve_number(findings, curve.last), curve.steps,
                     curve_number(findings, curve.needed));
    curve_evidence(&curve, finding);
}

static void sick(struct run *run)
{
    example_curve(run, example_rising);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_rises = {
    .entry = {"rises", "The loss rises while it should fall",
              "What it means\n"
              "  The updates go uphill: the sign of the gradient, the rate or the loss is\n"
              "  the wrong way round. Or the steps are so large that they leap over the\n"
              "  valley.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized. Over the second half of the steps the loss\n"
              "  rose by more than " FLAT_TEXT " of the range from chance to floor, or it stands\n"
              "  still more than " RISEN_TEXT " of the range above both its start and chance.\n"
              "\n"
              "Known false alarms\n"
              "  A run that ends on a passing hill. More steps tell: --steps.\n"},
    .code = "ML306",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "look at the sign: optimizer.lr must be positive, the factor of the loss, too",
            "set optimizer.lr 10 times smaller",
            "remove momentum",
            "run mldbg gradcheck: are the gradients right?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML303 plateau-partial: a plateau that is neither at chance nor at the floor. */
#include "curve.h"
#include "example.h"

#include <inttypes.h>
#include <math.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_PARTIAL)
        return;
    struct finding *finding =
        findings_add(findings, rule, "stuck: loss %s after %" PRId64 " steps, %s chance %s, needed %s",
                     curve_number(findings, curve.last), curve.steps, curve.way > 0 ? "below" : "above",
                     curve_number(findings, curve.chance), curve_number(findings, curve.needed));
    if (fabs(curve.first - curve.last) <= SHARE(FLAT_PERCENT) * (curve.chance - curve.floor))
        finding->next = "set optimizer.lr 10 times larger: the loss has not left its start";
    curve_evidence(&curve, finding);
}

static void sick(struct run *run)
{
    example_curve(run, example_partial);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_plateau_partial = {
    .entry = {"plateau-partial", "Stuck away from chance and above the floor",
              "What it means\n"
              "  The network learned a part of the batch, or lost ground, and stopped\n"
              "  moving. Above chance it mostly means outputs that cannot be undone, such\n"
              "  as a sigmoid at its end. Between chance and floor it lacks the capacity,\n"
              "  an input or an output for the rest: some rows get the same answer whatever\n"
              "  it does.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized: the loss did not go " NEEDED_TEXT " of the way from\n"
              "  chance to the floor. It moved by no more than " FLAT_TEXT " of that range over the\n"
              "  second half of the steps, and stands more than " CHANCE_TEXT " away from chance.\n"
              "\n"
              "Known false alarms\n"
              "  A floor that is too low: penalties and noise that mldbg cannot see. A\n"
              "  budget that ends on a long shelf, as in recurrent networks.\n"},
    .code = "ML303",
    .severity = SEVERITY_ERROR,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "look at the last layer: can its outputs reach the targets, is there one for each class?",
            "look for a narrow layer or a strong pool in front of it",
            "remove penalties: l1 and l2 of the layers",
            "give it more steps: --steps",
            "set optimizer.lr 3 times smaller",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

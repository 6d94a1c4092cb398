/* ML309 too-slow: a run that was not finished. */
#include "curve.h"
#include "example.h"

#include <inttypes.h>

enum { STRETCH = 5 }; /* times the budget: enough to see whether it was only a matter of time */

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_SLOW)
        return;
    struct finding *finding =
        findings_add(findings, rule, "too slow: loss %s after %" PRId64 " steps and still falling, needed %s",
                     curve_number(findings, curve.last), curve.steps, curve_number(findings, curve.needed));
    finding->next =
        arena_print(findings->arena, "give it more steps: --steps %" PRId64, STRETCH * curve.steps);
    curve_evidence(&curve, finding);
}

static void sick(struct run *run)
{
    example_curve(run, example_slow);
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_too_slow = {
    .entry = {"too-slow", "Still falling at the end of the budget",
              "What it means\n"
              "  It learns, and the budget ended first. Nothing is proved against the\n"
              "  network. Most often the rate is too low, or the inputs are not scaled.\n"
              "\n"
              "How it is decided\n"
              "  One batch was not memorized, and over the second half of the steps the\n"
              "  loss fell by more than " FLAT_TEXT " of the range from chance to floor.\n"
              "\n"
              "Known false alarms\n"
              "  A deep or recurrent network that simply needs longer.\n"},
    .code = "ML309",
    .severity = SEVERITY_WARNING,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "give it more steps: --steps, or overfit.steps of the config",
            "set optimizer.lr 10 times larger",
            "scale the inputs: data.scale",
            "take adam in place of sgd",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML310 nothing-to-learn: chance and floor are the same. */
#include "curve.h"
#include "example.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct curve curve = curve_read(run);

    if (curve.shape != CURVE_NOTHING)
        return;
    struct finding *finding =
        findings_add(findings, rule,
                     "nothing to learn: a constant answer gives loss %s on this batch, no network below %s",
                     curve_number(findings, curve.chance), curve_number(findings, curve.floor));
    finding_evidence(finding, "overfit/chance", curve.chance, curve.floor, -1);
}

static void sick(struct run *run)
{
    example_memorized(run);
    run_set_number(run, "overfit/floor", run_number(run, "overfit/chance"));
}

static void healthy(struct run *run)
{
    example_memorized(run);
}

const struct rule rule_nothing_to_learn = {
    .entry = {"nothing-to-learn", "A constant answer is already the best one",
              "What it means\n"
              "  All rows of the batch have the same label, or the same inputs. Memorizing\n"
              "  it proves nothing, and failing to proves nothing either.\n"
              "\n"
              "How it is decided\n"
              "  The loss of the best constant answer is not above the smallest loss that\n"
              "  any network can reach on this batch (by more than 1e-9 of it).\n"
              "\n"
              "Known false alarms\n"
              "  None: it is arithmetic on the labels and inputs of this batch.\n"},
    .code = "ML310",
    .severity = SEVERITY_NOTE,
    .reads = curve_reads,
    .check = check,
    .next =
        (const char *const[]){
            "take a larger batch: --batch 64",
            "look at the labels: is data.label the right column?",
            "look at the inputs: are all rows alike?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

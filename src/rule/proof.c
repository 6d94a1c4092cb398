/* Reading the facts of a proof. */
#include "proof.h"

#include <string.h>

void proof_finding(const struct rule *rule, const struct run *run, struct findings *findings,
                   const char *form, const char *addition)
{
    double runs = run_number(run, "proof/runs");
    struct finding *finding;

    if (strcmp(run_text(run, "proof/form"), form) != 0 || *run_text(run, "proof/cause") || !(runs >= 1))
        return;
    finding = findings_add(findings, rule, "%s%s", run_text(run, "proof/sentence"), addition);
    finding->subject = run_text(run, "proof/category");
    finding_evidence(finding, "proof/runs", runs, 1, -1);
}

const char *rules_score_name(const struct run *run)
{
    bool real = strcmp(run_text(run, "data/task"), "regression") == 0;

    if (run_number(run, "proof/held_out") == 0)
        return real ? "R2 on train" : "accuracy on train";
    return real ? "held-out R2" : "held-out accuracy";
}

void proof_example(struct run *run, const char *form)
{
    run_set_text(run, "proof/form", "%s", form);
    run_set_text(run, "proof/cause", "%s", "");
    run_set_text(run, "proof/change", "%s", "lower-rate");
    run_set_text(run, "proof/category", "%s", "learning_rate");
    run_set_text(run, "proof/sentence", "%s",
                 "with optimizer.lr: 1 -> 0.1: held-out accuracy 0.97 instead of 0.1");
    run_set_number(run, "proof/runs", 4);
}

/* ML395 overfits: it learns train, and the held-out rows suffer. */
#include <mldbg/rule.h>

#include <math.h>
#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double train = run_number(run, "proof/train_score"), held = run_number(run, "proof/score");
    bool real = strcmp(run_text(run, "data/task"), "regression") == 0;

    if (!(run_number(run, "proof/overfits") > 0) || run_number(run, "proof/failing") > 0)
        return;
    struct finding *finding =
        findings_add(findings, rule, "%s %s on train, %s held out; a plain reference reaches %s there",
                     real ? "R2" : "accuracy", text_number(findings->arena, train, 3),
                     text_number(findings->arena, held, 3),
                     text_number(findings->arena, run_number(run, "proof/reference"), 3));
    finding_evidence(finding, "proof/score", held, run_number(run, "proof/reference"), -1);
}

static void facts(struct run *run, double overfits)
{
    run_set_number(run, "proof/overfits", overfits);
    run_set_number(run, "proof/failing", 0);
    run_set_number(run, "proof/train_score", 0.76);
    run_set_number(run, "proof/score", 0.01);
    run_set_number(run, "proof/reference", 0.32);
}

static void sick(struct run *run)
{
    facts(run, 1);
}

static void healthy(struct run *run)
{
    facts(run, 0);
}

const struct rule rule_overfits = {
    .entry = {"overfits", "Learns train, and held-out rows get worse than a plain reference",
              "What it means\n"
              "  The training works: train is answered better than any reference answers\n"
              "  held-out rows. What it learns there does not carry over: noise is learned\n"
              "  with the rest.\n"
              "\n"
              "How it is decided\n"
              "  Held out, the score ends more than 0.15 below the best simple reference;\n"
              "  on train it is at least 0.05 above that; and no suspected setting cures it.\n"
              "\n"
              "Known false alarms\n"
              "  Held-out splits of a few dozen rows; rows held out that come from\n"
              "  elsewhere.\n"},
    .code = "ML395",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"proof/overfits", "proof/score", "proof/train_score", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "train for fewer epochs, or stop early: train.patience",
            "a smaller network, dropout or weight_decay; more rows help most",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

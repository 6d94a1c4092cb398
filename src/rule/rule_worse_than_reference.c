/* ML390 worse-than-reference: a trivial answer to the same data is far better. */
#include <mldbg/rule.h>

#include <math.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double score = run_number(run, "proof/score"), reference = run_number(run, "proof/reference");
    struct arena *arena = findings->arena;
    struct finding *finding;

    if (!(run_number(run, "proof/failing") > 0) || isnan(score))
        return;
    finding =
        findings_add(findings, rule, "after training the %s is %s; a plain reference reaches %s",
                     rules_score_name(run), text_number(arena, score, 3), text_number(arena, reference, 3));
    finding_evidence(finding, "proof/score", score, reference, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "proof/failing", 1);
    run_set_number(run, "proof/score", 0.31);
    run_set_number(run, "proof/reference", 0.95);
}

static void healthy(struct run *run)
{
    run_set_number(run, "proof/failing", 0);
    run_set_number(run, "proof/score", 0.94);
    run_set_number(run, "proof/reference", 0.95);
}

const struct rule rule_worse_than_reference = {
    .entry = {"worse-than-reference", "Held-out score far below that of a plain reference",
              "What it means\n"
              "  A plain net, a linear fit or the nearest neighbours answer rows that\n"
              "  were held out far better than the configured training does. The data can\n"
              "  be learned; something in the config keeps it from being learned.\n"
              "\n"
              "How it is decided\n"
              "  The configured training (capped) ends not finite, or its held-out\n"
              "  accuracy or R2 is more than 0.15 below the best of three references: a\n"
              "  64-64 relu net on scaled inputs after 100 steps of Adam, a linear fit,\n"
              "  five nearest neighbours. The gap has to be two standard errors of the\n"
              "  held-out rows as well, and to be there in the mean of three seeds.\n"
              "\n"
              "  A smaller gap, from 0.05 on, counts where three seeds agree on it and the\n"
              "  remedy of a suspicion closes it, or a change of labels, data, head or loss.\n"
              "\n"
              "Known false alarms\n"
              "  A training that is capped early, and a reference that happens to suit\n"
              "  the data better than any network of the declared kind.\n"},
    .code = "ML390",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"proof/failing", "proof/score", "proof/reference", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at the re-runs with one thing changed: which of them come closer?",
            "give it more epochs: train.epochs",
            "compare the config with the reference that mldbg init writes",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

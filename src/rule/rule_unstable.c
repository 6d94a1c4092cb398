/* ML394 unstable: luck of weights and batches decides. */
#include <mldbg/rule.h>

#include <math.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double first = run_number(run, "proof/score"), second = run_number(run, "proof/second_score");

    if (isnan(first) || isnan(second) || run_number(run, "proof/failing") > 0)
        return;
    struct finding *finding = findings_add(
        findings, rule, "%s %s with this seed and %s with the next; a plain reference reaches %s",
        rules_score_name(run), text_number(findings->arena, first, 3),
        text_number(findings->arena, second, 3),
        text_number(findings->arena, run_number(run, "proof/reference"), 3));
    finding_evidence(finding, "proof/score", first, second, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "proof/score", 0.49);
    run_set_number(run, "proof/second_score", 0.85);
    run_set_number(run, "proof/reference", 0.9);
}

static void healthy(struct run *run)
{
    sick(run);
    run_set_number(run, "proof/second_score", (double)NAN);
}

const struct rule rule_unstable = {
    .entry = {"unstable", "Fails with one seed and works with another",
              "What it means\n"
              "  With the seed of the config the training stays far below a plain\n"
              "  reference, with another seed it does not. Weights and order of batches\n"
              "  decide, so a result of one run says little.\n"
              "\n"
              "How it is decided\n"
              "  The configured training ends more than 0.15 below the best simple\n"
              "  reference, or not finite, and with the next seed it does not; or a third\n"
              "  seed does so well that the three in the mean are less than 0.15 below.\n"
              "  And no suspected setting cures the first one.\n"
              "\n"
              "Known false alarms\n"
              "  Held-out splits of a few dozen rows, where a handful of answers make the\n"
              "  difference.\n"},
    .code = "ML394",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"proof/score", "proof/second_score", "proof/reference", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "train with several seeds before you compare anything: --seed",
            "a lower learning rate, warm-up, or the default initialization often steadies it",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

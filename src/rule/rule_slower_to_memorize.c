/* ML603 slower-to-memorize: the batch took more steps than the spread from seed to seed explains. */
#include "golden.h"

#include <inttypes.h>

/*
 * The range of a few seeds is narrower than all that seeds can do, so one more range is allowed above it; and
 * where the seeds agree by chance, a share of the median. A rate five times smaller takes some five times the
 * steps.
 */
static const double RANGES_ABOVE = 1, SHARE_ABOVE = 0.2;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double reached = run_number(run, "smoke/reached"), most = run_number(run, "golden/steps/most"),
           least = run_number(run, "golden/steps/least"), median = run_number(run, "golden/steps/median");
    double limit = most + RANGES_ABOVE * (most - least) + SHARE_ABOVE * median;
    struct finding *finding;

    if (!(reached > limit))
        return;
    finding = findings_add(
        findings, rule, "memorized at step %.0f, was %.0f to %.0f over %.0f seeds (limit %.0f)%s", reached,
        least, most, run_number(run, "golden/steps/seeds"), limit, golden_change(run, findings->arena));
    finding->place = golden_place(run);
    finding_evidence(finding, "smoke/reached", reached, limit, (int64_t)reached);
}

static void example(struct run *run, double reached)
{
    run_set_number(run, "golden/steps/seeds", 5);
    run_set_number(run, "golden/steps/least", 50);
    run_set_number(run, "golden/steps/median", 55);
    run_set_number(run, "golden/steps/most", 60);
    run_set_number(run, "smoke/reached", reached);
    run_set_number(run, "compare/changes", 1);
    run_set_text(run, "compare/changed", "optimizer.lr from 0.001 to 0.0002");
}

static void sick(struct run *run)
{
    example(run, 260);
}

static void healthy(struct run *run)
{
    example(run, 75);
}

const struct rule rule_slower_to_memorize = {
    .entry = {"slower-to-memorize", "One batch takes more steps than it used to",
              "What it means\n"
              "  The network still memorizes one batch, but later than chance explains.\n"
              "  Learning has become harder: a smaller rate, a worse start, inputs that are\n"
              "  scaled in another way, a gradient that is partly lost.\n"
              "\n"
              "How it is decided\n"
              "  The golden file holds the steps that several seeds took. The limit is their\n"
              "  largest, plus their range, plus 20 % of their median: seeds alone do not\n"
              "  reach it.\n"
              "\n"
              "Known false alarms\n"
              "  A network of which single seeds get stuck for long; it should be looked at,\n"
              "  too.\n"},
    .code = "ML603",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"smoke/reached", "golden/steps/most", "golden/steps/least",
                                   "golden/steps/median", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at what was changed; mldbg smoke --update if it is meant",
            "mldbg overfit config.json shows the curve",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

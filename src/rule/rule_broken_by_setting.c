/* ML392 broken-by-setting: put back alone, it does the damage. */
#include "proof.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    proof_finding(rule, run, findings, "put_back", "");
}

static void sick(struct run *run)
{
    proof_example(run, "put_back");
}

static void healthy(struct run *run)
{
    proof_example(run, "none");
}

const struct rule rule_broken_by_setting = {
    .entry = {"broken-by-setting", "One setting breaks a reference that works",
              "What it means\n"
              "  No single change makes the training work, so several settings are wrong.\n"
              "  With the same layers and everything else set right it works; with this\n"
              "  one setting put back as it was it breaks.\n"
              "\n"
              "How it is decided\n"
              "  The config with its own layers and all else matched reaches the\n"
              "  reference; leaving out one of those changes costs at least 0.10 of the\n"
              "  held-out score and half of what the config is below the reference, this\n"
              "  one the most. Of several that cost about the same (three quarters), the\n"
              "  first in the order of causes is named. Where no single one does it, those\n"
              "  that do no harm are left out one after another; all that remain are\n"
              "  needed.\n"
              "\n"
              "Known false alarms\n"
              "  Where two settings do damage, only the one that does more is named.\n"},
    .code = "ML392",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"proof/form", "proof/change", "proof/runs", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "take all of the changes over: mldbg doctor CONFIG --fix FILE",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

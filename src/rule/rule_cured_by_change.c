/* ML391 cured-by-change: no rule suspected it, a re-run shows it. */
#include "proof.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    proof_finding(rule, run, findings, "single", "");
    proof_finding(rule, run, findings, "pair", "");
}

static void sick(struct run *run)
{
    proof_example(run, "single");
}

static void healthy(struct run *run)
{
    proof_example(run, "none");
}

const struct rule rule_cured_by_change = {
    .entry = {"cured-by-change", "One change makes the same training work",
              "What it means\n"
              "  Nothing in the config looked wrong, but the same training from the same\n"
              "  seed works with one setting changed. That setting, or what it stands\n"
              "  for, is the cause.\n"
              "\n"
              "How it is decided\n"
              "  The training fails against the reference. Of all single changes that do\n"
              "  not merely make up for other faults, this one closes most of the gap,\n"
              "  and at least half of it. It also goes before a suspicion whose remedy\n"
              "  closes clearly less (by 0.3 of the gap), and what a suspicion's remedy\n"
              "  changed is named, where the rule spoke of something else.\n"
              "\n"
              "Known false alarms\n"
              "  Several settings may be wrong together, and curing one of them may be\n"
              "  enough.\n"},
    .code = "ML391",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"proof/form", "proof/change", "proof/runs", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "take the change over: mldbg doctor CONFIG --fix FILE",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

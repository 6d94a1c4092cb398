/* ML393 cured-by-compensator: a change that can make up for other faults. */
#include "proof.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    proof_finding(rule, run, findings, "compensator", "; that it helps does not prove that it was wrong");
}

static void sick(struct run *run)
{
    proof_example(run, "compensator");
}

static void healthy(struct run *run)
{
    proof_example(run, "none");
}

const struct rule rule_cured_by_compensator = {
    .entry = {"cured-by-compensator", "More steps or another rate make it work",
              "What it means\n"
              "  The same training works with another rate, another optimizer or more\n"
              "  epochs, and with no other single change. Such changes also make up for\n"
              "  faults elsewhere.\n"
              "\n"
              "How it is decided\n"
              "  The training fails against the reference, no other change and no put-\n"
              "  back names a cause, and this change closes most of the gap. Rate, number\n"
              "  of updates, optimizer and width make up for each other: where the rate is\n"
              "  ten times away from what is usual for the optimizer, or there are fewer\n"
              "  than 50 updates, and changing that cures as well, the one of the two that\n"
              "  is further away is named.\n"
              "\n"
              "Known false alarms\n"
              "  A sound config that was only given too few epochs.\n"},
    .code = "ML393",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"proof/form", "proof/change", "proof/runs", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "take the change over: mldbg doctor CONFIG --fix FILE",
            "look at scale, head and loss first: a large rate or many steps can hide what is wrong there",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML208 alike-classes: one class under two names. */
#include "phrases.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const char *a = run_text(run, "data/alike_a"), *b = run_text(run, "data/alike_b");
    double pairs = run_number(run, "data/alike_classes");

    if (!*a || !*b)
        return;
    int64_t count = pairs >= 1 ? (int64_t)pairs : 1;
    struct finding *finding = findings_add(
        findings, rule, "%s of classes %s in case, blanks or number format only: \"%s\" and \"%s\"",
        text_plural(findings->arena, count, "pair", "pairs"), count == 1 ? "differs" : "differ", a, b);
    finding->subject = a;
    finding_evidence(finding, "data/alike_classes", (double)count, 0, -1);
}

static void sick(struct run *run)
{
    run_set_text(run, "data/alike_a", "cat");
    run_set_text(run, "data/alike_b", "Cat ");
}

static void healthy(struct run *run)
{
    run_set_text(run, "data/alike_a", "%s", "");
    run_set_text(run, "data/alike_b", "%s", "");
}

const struct rule rule_alike_classes = {
    .entry = {"alike-classes", "Two names for what seems to be one class",
              "What it means\n"
              "  The label column seems to spell one class in two ways, such as \"cat\" and\n"
              "  \"Cat \", or 1 and 1.0. The network is asked to tell apart what is the same.\n"
              "\n"
              "How it is decided\n"
              "  Two class names become equal when case, blanks and number format are\n"
              "  ignored. No such pair is expected.\n"
              "\n"
              "Known false alarms\n"
              "  Labels in which case matters, such as units (m and M) or genes.\n"},
    .code = "ML208",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"data/alike_a", "data/alike_b", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "correct the spelling in the file",
            "run mldbg check again: the number of classes must fall",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML351 no-gradient: parameters whose gradient is exactly zero. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    int64_t missed = (int64_t)run_number(run, "experiment/reach/missed");
    int64_t all = (int64_t)run_number(run, "experiment/reach/parameters");
    const char *names = run_text(run, "experiment/reach/names");
    struct finding *finding;

    if (missed < 1)
        return;
    if (missed == all) {
        finding = findings_add(findings, rule, "no parameter gets a gradient: all of them are exactly 0");
    } else {
        finding =
            findings_add(findings, rule, "the gradient of %s is exactly 0 (%" PRId64 " of %" PRId64 " %s)",
                         names, missed, all, "parameter tensors");
        finding->severity = SEVERITY_NOTE;
    }
    finding_evidence(finding, "experiment/reach/missed", (double)missed, 0, -1);
    finding_evidence(finding, "experiment/reach/share", run_number(run, "experiment/reach/share"), 0, -1);
}

static void example(struct run *run, int64_t missed)
{
    run_set_number(run, "experiment/reach/parameters", 4);
    run_set_number(run, "experiment/reach/missed", (double)missed);
    run_set_number(run, "experiment/reach/share", (double)missed / 4);
    run_set_text(run, "experiment/reach/names", "%s", missed ? "fc1/weight, fc1/bias" : "");
}

static void sick(struct run *run)
{
    example(run, 4);
}

static void healthy(struct run *run)
{
    example(run, 0);
}

const struct rule rule_no_gradient = {
    .entry = {"no-gradient", "Parameters get no gradient",
              "What it means\n"
              "  One batch went forwards and backwards, and nothing came back: the loss does\n"
              "  not change whatever these parameters do. A softmax over one unit, a clipped\n"
              "  loss, units that are all dead, or a branch that leads nowhere.\n"
              "\n"
              "How it is decided\n"
              "  experiment/reach/missed counts the trained parameters whose gradient is\n"
              "  exactly 0 in all its numbers. All of them: a warning. Some of them: a note.\n"
              "\n"
              "Known false alarms\n"
              "  The recurrent weights of a network that sees sequences of one step. A layer\n"
              "  that starts at zero behind another one that does, as residual branches do.\n"},
    .code = "ML351",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"experiment/reach/missed", "experiment/reach/parameters", NULL},
    .check = check,
    .causes = (const char *const[]){"ML304", NULL},
    .next =
        (const char *const[]){
            "look for a softmax over one output, or a loss that is clipped",
            "leave \"init\" out, if weights begin as zeros",
            "scale the inputs: data.scale",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML110 memory-over-machine: the memory plan of a training against the memory of the machine. */
#include "phrases.h"

#include <inttypes.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double total = run_number(run, "check/memory/total"), machine = run_number(run, "check/machine");
    double largest = run_number(run, "check/largest_batch"), batch = run_number(run, "check/batch");
    const char *rows = batch >= 1 ? arena_print(findings->arena, " in batches of %.0f", batch) : "";
    const char *fits = largest >= 1 ? arena_print(findings->arena, "; a batch of %.0f fits", largest)
                                    : "; not even one row fits";

    if (!(total > machine))
        return;
    struct finding *finding =
        findings_add(findings, rule, "training%s needs %s, this machine has %s%s", rows,
                     text_bytes(findings->arena, (int64_t)total),
                     text_bytes(findings->arena, (int64_t)machine), largest >= 0 ? fits : "");
    finding_evidence(finding, "check/memory/total", total, machine, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "check/memory/total", 2e10);
    run_set_number(run, "check/machine", 8e9);
    run_set_number(run, "check/batch", 4096);
    run_set_number(run, "check/largest_batch", 512);
}

static void healthy(struct run *run)
{
    run_set_number(run, "check/memory/total", 2e8);
    run_set_number(run, "check/machine", 8e9);
    run_set_number(run, "check/batch", 32);
    run_set_number(run, "check/largest_batch", 512);
}

const struct rule rule_memory_over_machine = {
    .entry = {"memory-over-machine", "Training needs more memory than the machine has",
              "What it means\n"
              "  Parameters, gradients, optimizer state, activations and scratch of one\n"
              "  step, the graphs of smaller batches, the answers to every split, a\n"
              "  checkpoint and the data are added up before anything is allocated. The sum\n"
              "  is larger than the memory of this machine, so the training would end early.\n"
              "\n"
              "How it is decided\n"
              "  check/memory/total is larger than check/machine (all memory of the\n"
              "  machine, or what its control group allows).\n"
              "\n"
              "Known false alarms\n"
              "  None known; memory that is swapped to a disk is not counted.\n"},
    .code = "ML110",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"check/memory/total", "check/machine", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "take a batch that fits: train.batch_size",
            "look in the table of mldbg check for the layer that takes the most",
            "shrink that layer, or pool before it",
            "take a machine with more memory",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

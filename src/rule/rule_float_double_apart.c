/* ML404 float-double-apart: what single precision costs. */
#include "phrases.h"

#include <math.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double error = run_number(run, "gradcheck/float_error"), limit = run_number(run, "gradcheck/float_limit");
    struct arena *arena = findings->arena;
    const char *worst = run_text(run, "gradcheck/float_worst");

    if (isnan(limit) || error <= limit)
        return;
    struct finding *finding =
        findings_add(findings, rule, "gradients in float32 and double differ by %s%s%s%s, limit %s",
                     text_number(arena, error, 3), *worst ? " in \"" : "", worst, *worst ? "\"" : "",
                     text_number(arena, limit, 3));
    finding->subject = arena_print(arena, "%s", worst);
    finding->place = place_of_layer(run, worst);
    /* A float gradient that is no number at all is worse than one of few digits. */
    if (!isfinite(error))
        finding->severity = SEVERITY_ERROR;
    finding_evidence(finding, "gradcheck/float_error", error, limit, -1);
}

static void example(struct run *run, double error)
{
    run_set_number(run, "gradcheck/float_limit", 1e-6);
    run_set_number(run, "gradcheck/float_error", error);
    run_set_text(run, "gradcheck/float_worst", "fc1/weight");
}

static void sick(struct run *run)
{
    example(run, 3e-4);
}

static void healthy(struct run *run)
{
    example(run, 2e-7);
}

const struct rule rule_float_double_apart = {
    .entry = {"float-double-apart", "Gradients in float32 and in double differ",
              "What it means\n"
              "  The same backward pass was made in float32 and in double. Where they\n"
              "  differ, single precision has lost digits: large numbers that nearly\n"
              "  cancel, sums over very many terms, or values near the ends of its range.\n"
              "\n"
              "How it is decided\n"
              "  gradcheck/float_error, the largest difference of a tensor relative to its\n"
              "  size, is larger than gradcheck/float_limit.\n"
              "\n"
              "Known false alarms\n"
              "  Gradients that are zero but for rounding: a difference of nothing.\n"},
    .code = "ML404",
    .severity = SEVERITY_WARNING,
    .reads = (const char *const[]){"gradcheck/float_error", "gradcheck/float_limit", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "scale inputs and targets: data.scale, data.scale_target",
            "take the loss on logits in place of one on probabilities",
            "train in double, if it matters: --dtype float64",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

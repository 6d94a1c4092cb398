/* ML403 kink-wrong: gradients at kinks. */
#include "phrases.h"

#include <inttypes.h>
#include <string.h>

/* "fc1/weight" from "gradcheck/fc1/weight/kinks_wrong". */
static const char *subject_of(const char *fact, struct arena *arena)
{
    const char *start = fact + strlen("gradcheck/");
    return arena_copy(arena, start, (size_t)(strrchr(start, '/') - start));
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct arena *arena = findings->arena;
    const struct fact *fact, *worst = NULL;
    int64_t others = -1;
    size_t at = 0;

    while ((fact = run_match_fact(run, "gradcheck/*/kinks_wrong", &at)) != NULL) {
        others += fact->number > 0;
        if (fact->number > 0 && (!worst || fact->number > worst->number))
            worst = fact;
    }
    if (!worst)
        return;
    const char *name = subject_of(worst->name, arena);
    double kinks = run_number(run, arena_print(arena, "gradcheck/%s/kinks", name));
    struct finding *finding =
        findings_add(findings, rule, "gradient of \"%s\" lies outside of both slopes at %.0f of %.0f kinks%s",
                     name, worst->number, kinks,
                     others > 0 ? arena_print(arena, "; also in %s",
                                              text_plural(arena, others, "other tensor", "other tensors"))
                                : "");
    finding->subject = name;
    finding->place = place_of_layer(run, name);
    finding_evidence(finding, worst->name, worst->number, 0, -1);
}

static void example(struct run *run, double wrong)
{
    run_set_number(run, "gradcheck/fc1/weight/kinks", 12);
    run_set_number(run, "gradcheck/fc1/weight/kinks_wrong", wrong);
}

static void sick(struct run *run)
{
    example(run, 3);
}

static void healthy(struct run *run)
{
    example(run, 0);
}

const struct rule rule_kink_wrong = {
    .entry = {"kink-wrong", "At a kink the gradient is neither of the slopes",
              "What it means\n"
              "  relu, max-pool and |x| have kinks, where the slope on the left differs\n"
              "  from the slope on the right. Any number between the two is a fair gradient\n"
              "  there. This one is outside, so the backward pass is wrong at that point.\n"
              "\n"
              "How it is decided\n"
              "  At a kink the analytic gradient is compared with both one-sided slopes; it\n"
              "  must lie between them, at every kink.\n"
              "\n"
              "Known false alarms\n"
              "  Two kinks closer together than the step of the check.\n"},
    .code = "ML403",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"gradcheck/*/kinks_wrong", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at the backward pass of the activation or pool behind this tensor",
            "run it again with another --seed: a real mistake stays",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

/* ML604 verdict-differs: a part of the recipe came to something else than in the golden file. */
#include "golden.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct arena *arena = findings->arena;
    int count = 0, all = 0;
    const struct fact *fact;
    struct text words;
    size_t at = 0;

    text_init(&words, arena);
    while ((fact = run_match_fact(run, "golden/results/*", &at)) != NULL) {
        const char *part = strrchr(fact->name, '/') + 1;
        const char *now = run_text(run, arena_print(arena, "smoke/results/%s", part));

        all += *now != '\0';
        if (!*now || !fact->text || strcmp(now, fact->text) == 0)
            continue;
        text_print(&words, "%s%s is \"%s\", was \"%s\"", count++ ? ", " : "", part, now, fact->text);
    }
    if (!count)
        return;
    struct finding *finding = findings_add(findings, rule, "%d of %d results differ: %s%s", count, all,
                                           words.at, golden_change(run, arena));
    finding->place = golden_place(run);
    finding_evidence(finding, "smoke/results", count, 0, -1);
}

static void example(struct run *run, const char *now)
{
    run_set_text(run, "golden/results/gradients", "right");
    run_set_text(run, "golden/results/overfit", "memorized");
    run_set_text(run, "smoke/results/gradients", "right");
    run_set_text(run, "smoke/results/overfit", "%s", now);
    run_set_number(run, "compare/changes", 1);
    run_set_text(run, "compare/changed", "optimizer.lr from 0.001 to 10");
}

static void sick(struct run *run)
{
    example(run, "not memorized");
}

static void healthy(struct run *run)
{
    example(run, "memorized");
}

const struct rule rule_verdict_differs = {
    .entry = {"verdict-differs", "A part of the recipe came to something else",
              "What it means\n"
              "  Gradients, the one-batch fit or the first training steps do not come to what\n"
              "  they came to when the golden file was made.\n"
              "\n"
              "How it is decided\n"
              "  gradients: right within the limit of ML402; overfit: the batch was memorized\n"
              "  within the budget; train: all numbers of the first steps are finite.\n"
              "\n"
              "Known false alarms\n"
              "  None: what was not measured, since time ran out, is not compared.\n"},
    .code = "ML604",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"golden/results/*", "smoke/results/*", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at what was changed since the golden file was made",
            "mldbg overfit config.json and mldbg gradcheck config.json tell more",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

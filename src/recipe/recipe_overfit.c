/* Can it memorize one batch? The lab trains, the rules name the shape of a failure, this sums both up. */
#include <mldbg/recipe/proving.h>

#include <math.h>
#include <string.h>

/* The first finding on the one-batch fit itself (ML3xx), rather than on config or data. */
static const struct finding *of_the_fit(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strncmp(findings->at[i].rule->code, "ML3", 3) == 0)
            return &findings->at[i];
    return NULL;
}

static const char *memorized(const struct run *run)
{
    struct arena *arena = run->arena;
    int64_t steps = run_integer(run, "overfit/reached");
    const char *loss = text_number(arena, run_number(run, "overfit/loss"), 3);
    const char *floor = text_number(arena, run_number(run, "overfit/floor"), 3);

    return arena_print(arena, "memorized at step %lld: loss %s, floor %s", (long long)steps, loss, floor);
}

/* What a finding advises first: of its own, or its rule's. */
static const char *advice(const struct finding *finding)
{
    if (finding->next)
        return finding->next;
    return finding->rule->next && finding->rule->next[0] ? finding->rule->next[0] : "";
}

static void judge(const struct run *run, const struct findings *findings, struct verdict *out)
{
    const char *stopped = run_text(run, "overfit/stopped");
    const struct finding *error = findings_spoken(findings, SEVERITY_ERROR);
    const struct finding *any = of_the_fit(findings);

    if (strcmp(stopped, "interrupted") == 0) {
        const char *sentence =
            arena_print(run->arena, "interrupted after %.0f of %.0f steps", run_number(run, "overfit/steps"),
                        run_number(run, "overfit/budget"));

        *out = (struct verdict){OUTCOME_INCONCLUSIVE, sentence,
                                arena_print(run->arena, "ask again:  %s", recipe_command(run, "overfit"))};
    } else if (error) {
        *out = (struct verdict){OUTCOME_FAIL, error->sentence, advice(error)};
    } else if (strcmp(stopped, "reached") == 0) {
        *out = (struct verdict){OUTCOME_PASS, memorized(run), ""};
    } else {
        const char *budget =
            arena_print(run->arena, "not memorized within %.0f steps", run_number(run, "overfit/budget"));

        *out = (struct verdict){OUTCOME_INCONCLUSIVE, any ? any->sentence : budget, any ? advice(any) : ""};
    }
}

static bool failed(const struct run *run)
{
    const char *stopped = run_text(run, "overfit/stopped");

    return strcmp(stopped, "budget") == 0 || strcmp(stopped, "nonfinite") == 0;
}

bool recipe_overfit(struct lab *lab, const struct overfit_request *request, lab_progress_fn *progress,
                    void *context, struct run *run, struct findings *findings, struct proof *proof,
                    struct verdict *out, struct problems *problems)
{
    struct proof_options ask = {.one_batch = true};

    *proof = (struct proof){.sentence = ""};
    lab_describe(lab, run);
    if (!lab_check(lab, run, problems) ||
        !lab_overfit(lab, &request->options, progress, context, run, problems))
        return false;
    rules_judge(run, findings);
    ask.batch_steps = run_integer(run, "overfit/budget");
    if (failed(run) && !request->unproved &&
        !recipe_prove(lab, &ask, progress, context, run, findings, proof, problems))
        return false;
    if (!failed(run) || *proof->sentence)
        findings_drop_suspicions(findings);
    judge(run, findings, out);
    if (proof->interrupted)
        run->status = "interrupted";
    if (out->outcome == OUTCOME_FAIL && proof->fix_count && !request->fix)
        out->next = proof_advice(proof, run);
    return true;
}

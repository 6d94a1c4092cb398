/* Are all gradients right? */
#include <mldbg/recipe.h>

#include <string.h>

bool recipe_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress,
                      void *context, struct run *run, struct findings *findings, struct verdict *out,
                      struct problems *problems)
{
    struct arena *arena = run->arena;

    lab_describe(lab, run);
    if (!lab_gradcheck(lab, options, progress, context, run, problems))
        return false;
    rules_judge(run, findings);
    findings_drop_suspicions(findings);
    out->next = "";
    if (findings_count(findings, SEVERITY_ERROR)) {
        out->outcome = OUTCOME_FAIL;
        out->sentence = findings->at[0].sentence;
    } else if (strcmp(run->status, "interrupted") == 0) {
        out->outcome = OUTCOME_INCONCLUSIVE;
        out->sentence = "interrupted; what was checked so far is right";
    } else {
        out->outcome = OUTCOME_PASS;
        out->sentence = arena_print(arena, "all gradients agree with central differences: worst %s, limit %s",
                                    text_number(arena, run_number(run, "gradcheck/error"), 2),
                                    text_number(arena, run_number(run, "gradcheck/limit"), 2));
    }
    return true;
}

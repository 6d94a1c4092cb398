/* Is the config sound? Shape mistakes were refused when the lab was opened; here the rest is measured and
 * judged. */
#include <mldbg/recipe.h>

bool recipe_check(struct lab *lab, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems)
{
    size_t errors;

    lab_describe(lab, run);
    if (!lab_check(lab, run, problems))
        return false;
    rules_judge(run, findings);
    errors = findings_count(findings, SEVERITY_ERROR);
    out->outcome = errors ? OUTCOME_FAIL : OUTCOME_PASS;
    out->sentence =
        errors ? findings->at[0].sentence : "keys, shapes and memory are sound; nothing was trained";
    out->next =
        errors ? ""
               : arena_print(run->arena, "can it memorize one batch?  %s", recipe_command(run, "overfit"));
    return true;
}

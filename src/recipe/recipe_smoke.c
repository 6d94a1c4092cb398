/* Does the quick part of the recipe come to what it came to before? The golden file decides; errors of any
 * rule fail. */
#include <mldbg/recipe/smoking.h>

#include <string.h>

static const struct finding *first_error(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].severity == SEVERITY_ERROR)
            return &findings->at[i];
    return NULL;
}

static const char *steps_words(const struct run *run)
{
    struct arena *arena = run->arena;

    if (!run_has(run, "smoke/reached"))
        return "not memorized";
    if (!run_has(run, "golden/steps/most"))
        return arena_print(arena, "memorized at step %.0f", run_number(run, "smoke/reached"));
    return arena_print(arena, "memorized at step %.0f (%.0f to %.0f over %.0f seeds)",
                       run_number(run, "smoke/reached"), run_number(run, "golden/steps/least"),
                       run_number(run, "golden/steps/most"), run_number(run, "golden/steps/seeds"));
}

static const char *passed(const struct run *run, bool update)
{
    return arena_print(run->arena, "%s%.0f layers, %s parameters, right gradients, %s",
                       update ? "" : "as before: ", run_number(run, "smoke/layer_count"),
                       text_count(run->arena, run_integer(run, "smoke/parameters")), steps_words(run));
}

static const char *stopped(const struct run *run, double seconds)
{
    const char *stage = run_text(run, "compare/stage");

    if (strcmp(run_text(run, "compare/stopped"), "seconds") == 0)
        return arena_print(run->arena, "the budget of %s s was used up in the %s; nothing differs so far",
                           text_number(run->arena, seconds, 3), stage);
    return arena_print(run->arena, "interrupted in the %s; nothing differs so far", stage);
}

/* A finding about a difference may be what was meant; others are mistakes whatever the golden file says. */
static const char *next_step(const struct run *run, const struct finding *error, const char *golden_path)
{
    if (strncmp(error->rule->code, "ML6", 3) != 0)
        return error->next;
    return arena_print(run->arena, "is the change meant?  %s --golden %s --update",
                       recipe_command(run, "smoke"), text_shell_word(run->arena, golden_path));
}

bool recipe_smoke(struct lab *lab, const struct smoke_options *options, const char *golden_path,
                  lab_progress_fn *progress, void *context, struct run *run, struct findings *findings,
                  struct verdict *out, struct problems *problems)
{
    const struct finding *error;

    lab_describe(lab, run);
    if (!lab_smoke(lab, options, progress, context, run, problems))
        return false;
    run_set_text(run, "compare/golden", "%s", golden_path);
    rules_judge(run, findings);
    findings_drop_suspicions(findings);
    error = first_error(findings);
    if (error)
        *out = (struct verdict){OUTCOME_FAIL, error->sentence, next_step(run, error, golden_path)};
    else if (*run_text(run, "compare/stopped"))
        *out =
            (struct verdict){OUTCOME_INCONCLUSIVE, stopped(run, options->seconds), "give it more: --budget"};
    else
        *out = (struct verdict){OUTCOME_PASS, passed(run, options->update), ""};
    return true;
}

/* Trains with a record; the rules say what was wrong with it, and findings.json keeps what they said. */
#include <mldbg/recipe.h>

#include <math.h>
#include <string.h>

static double last_of(const struct run *run, const char *name)
{
    const struct series *series = run_find(run, name);

    return series ? series->value[series->count - 1] : (double)NAN;
}

static struct json *findings_document(const struct findings *findings, struct arena *arena)
{
    struct json *document = json_object(arena), *list;

    list = json_add(document, "findings", json_array(arena), arena);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        struct json *item = json_add(list, NULL, json_object(arena), arena);

        json_add_string(item, "code", finding->rule->code, arena);
        json_add_string(item, "name", finding->rule->entry.name, arena);
        json_add_string(item, "severity", severity_name(finding->severity), arena);
        json_add_string(item, "sentence", finding->sentence, arena);
        json_add_string(item, "subject", finding->subject, arena);
        json_add_string(item, "next", finding->next, arena);
        if (finding->rule->category != CATEGORY_none)
            json_add_string(item, "category", category_name(finding->rule->category), arena);
        if (finding->cause)
            json_add_string(item, "cause", finding->cause->code, arena);
        if (finding->place.line > 0)
            json_add_integer(item, "line", finding->place.line, arena);
    }
    json_add_integer(document, "asked", (int64_t)findings->asked, arena);
    json_add_integer(document, "not_asked", (int64_t)findings->not_asked, arena);
    return document;
}

/* At the end, of the state that predicted; else after the last epoch. */
static double measured(const struct run *run, const char *split, const char *name)
{
    const char *end = arena_print(run->arena, "end/%s/%s", split, name);

    return run_has(run, end) ? run_number(run, end)
                             : last_of(run, arena_print(run->arena, "%s/%s", split, name));
}

/* "val loss 0.123, accuracy 97.5 %, best at epoch 12" */
static const char *result(const struct run *run)
{
    struct arena *arena = run->arena;
    const char *watched = run_text(run, "train/watched");
    const char *split = arena_copy(arena, watched, strcspn(watched, "/"));
    double accuracy = measured(run, split, "accuracy");
    double rmse = measured(run, split, "rmse");
    const char *more = "";

    if (!isnan(accuracy))
        more = arena_print(arena, ", accuracy %s %%", text_number(arena, 100 * accuracy, 4));
    else if (!isnan(rmse))
        more = arena_print(arena, ", RMSE %s", text_number(arena, rmse, 4));
    return arena_print(arena, "%s loss %s%s; smallest loss at epoch %.0f", split,
                       text_number(arena, measured(run, split, "loss"), 4), more,
                       run_number(run, "train/best_epoch"));
}

static void judge(const struct run *run, const char *folder, const struct findings *findings,
                  struct verdict *out)
{
    struct arena *arena = run->arena;
    const char *stopped = run_text(run, "train/stopped");
    double epochs = run_number(run, "train/epochs"), wanted = run_number(run, "train/epochs_wanted");

    if (strcmp(stopped, "interrupted") == 0) {
        *out = (struct verdict){OUTCOME_INCONCLUSIVE,
                                arena_print(arena, "interrupted after %.0f of %.0f epochs", epochs, wanted),
                                arena_print(arena, "go on:  mldbg train --resume %s", folder)};
    } else if (findings_count(findings, SEVERITY_ERROR) || strcmp(stopped, "nonfinite") == 0) {
        const struct finding *first = findings_spoken(findings, SEVERITY_NOTE);

        *out = (struct verdict){OUTCOME_FAIL, first ? first->sentence : "a number is not finite",
                                first ? first->next : ""};
    } else {
        const char *how = strcmp(stopped, "patience") == 0 ? "stopped early after" : "trained";

        *out =
            (struct verdict){OUTCOME_PASS,
                             arena_print(arena, "%s %s: %s", how,
                                         text_plural(arena, (int64_t)epochs, "epoch", "epochs"), result(run)),
                             arena_print(arena, "where does the error come from?  mldbg decompose %s",
                                         text_shell_word(arena, folder))};
    }
}

/* A record that was begun says that it failed, where it still can. */
static void mark_failed(struct lab *lab, const struct record *record, struct run *run)
{
    struct problems unheard;

    if (strcmp(run->status, "running") != 0)
        return;
    run->status = "failed";
    problems_init(&unheard, run->arena);
    lab_train_finish(lab, record, run, &unheard);
}

bool recipe_train(struct lab *lab, const struct train_options *options, lab_progress_fn *progress,
                  void *context, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems)
{
    struct error err = {0};

    lab_describe(lab, run);
    if (!lab_train(lab, options, progress, context, run, problems)) {
        mark_failed(lab, options->record, run);
        return false;
    }
    rules_judge(run, findings);
    findings_drop_suspicions(findings);
    findings_drop_early_notes(findings);
    judge(run, options->record->folder, findings, out);
    if (!record_write_json(options->record, "findings.json", findings_document(findings, run->arena), &err))
        return problems_add(problems, &err);
    return lab_train_finish(lab, options->record, run, problems);
}

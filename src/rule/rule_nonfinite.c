/* ML401 nonfinite: the first number that is not finite. */
#include "phrases.h"

#include <math.h>
#include <inttypes.h>
#include <string.h>

/* A fact of the experiment that met it: overfit/nonfinite/step, train/nonfinite/step. */
static const char *fact_name(const struct run *run, struct arena *arena, const char *what)
{
    size_t at = 0;
    const struct fact *name = run_match_fact(run, "*/nonfinite/name", &at);

    return arena_print(arena, "%.*s%s", name ? (int)(strlen(name->name) - strlen("name")) : 0,
                       name ? name->name : "", what);
}

/* "[3, 5]" or "element 37", as far as it is known. */
static const char *index_words(const struct run *run, struct arena *arena)
{
    const char *text = run_text(run, fact_name(run, arena, "index"));
    double index = run_number(run, fact_name(run, arena, "index"));

    if (*text)
        return arena_print(arena, "%s%s", *text == '[' ? "" : ", element ", text);
    return index >= 0 ? arena_print(arena, ", element %.0f", index) : "";
}

/* What a value that cannot stand in a sentence as a fact was: text, or a number. */
static const char *value_words(const struct run *run, struct arena *arena)
{
    const char *text = run_text(run, fact_name(run, arena, "value"));
    return *text ? text : text_number(arena, run_number(run, fact_name(run, arena, "value")), 5);
}

/* ", line 17 of "iris.csv"": the row of the data that it belongs to, if there is one. */
static const char *row_words(const struct run *run, struct arena *arena)
{
    const char *file = run_text(run, fact_name(run, arena, "file"));
    double sample = run_number(run, fact_name(run, arena, "sample"));

    if (*file)
        return arena_print(arena, ", line %.0f of \"%s\"", run_number(run, fact_name(run, arena, "line")),
                           text_escape(arena, file, strlen(file), 60));
    return sample >= 0 ? arena_print(arena, ", row %.0f of the data, counted from 0", sample) : "";
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct arena *arena = findings->arena;
    const char *name = run_text(run, fact_name(run, arena, "name")),
               *what = run_text(run, fact_name(run, arena, "what"));
    double step = run_number(run, fact_name(run, arena, "step")),
           sample = run_number(run, fact_name(run, arena, "sample"));

    if (!*name || !(step >= 0))
        return;
    struct finding *finding = findings_add(findings, rule, "not finite at step %.0f: %s%s\"%s\"%s is %s%s",
                                           step, what, *what ? " of " : "", name, index_words(run, arena),
                                           value_words(run, arena), row_words(run, arena));
    finding->subject = arena_copy(arena, name, strlen(name));
    finding->place = place_of_layer(run, name);
    finding->next = step > 0                      ? "set optimizer.lr 10 times smaller"
                    : strcmp(what, "update") == 0 ? "look at optimizer.lr and optimizer.eps"
                    : sample >= 0                 ? "look at that row of the data"
                                                  : "look at the first weights: leave \"init\" out";
    finding_evidence(finding, fact_name(run, arena, "step"), step, -1,
                     run_integer(run, "overfit/nonfinite/step"));
}

static void sick(struct run *run)
{
    run_set_text(run, "overfit/nonfinite/what", "gradient");
    run_set_text(run, "overfit/nonfinite/name", "fc1/weight");
    run_set_number(run, "overfit/nonfinite/index", 37);
    run_set_number(run, "overfit/nonfinite/value", (double)NAN);
    run_set_number(run, "overfit/nonfinite/step", 12);
    run_set_number(run, "overfit/nonfinite/sample", -1);
}

static void healthy(struct run *run)
{
    run_set_text(run, "overfit/nonfinite/name", "%s", "");
    run_set_number(run, "overfit/nonfinite/step", -1);
}

const struct rule rule_nonfinite = {
    .entry = {"nonfinite", "A number became infinite or not a number",
              "What it means\n"
              "  Every number is looked at in every step: inputs, values, loss, gradients,\n"
              "  parameters. This is the first one, in the order of computation, that is\n"
              "  infinite or not a number. From there it spreads to everything else, so the\n"
              "  step's update was not applied. Where it says \"update\", the update itself\n"
              "  made it, out of finite numbers; the checkpoint before it is kept.\n"
              "\n"
              "How it is decided\n"
              "  By the bits of each number, at each step; one is enough.\n"
              "\n"
              "Known false alarms\n"
              "  None. A mask of minus infinity inside of attention is not counted.\n"},
    .code = "ML401",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"*/nonfinite/name", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "at step 0: look at that row of the data, then at the first weights",
            "later: set optimizer.lr 10 times smaller",
            "in a loss: log or division at zero; take the loss on logits",
            "clip the gradient: optimizer.clip_norm 1",
            "run it in double: --dtype float64; if it stays, it is not rounding",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};

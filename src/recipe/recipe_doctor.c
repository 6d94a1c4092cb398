/*
 * The whole recipe. Each step fills the record; the first one that is broken ends it, and the prover looks
 * for the one cause. Knows no single step.
 */
#include "doctoring.h"

#include <math.h>
#include <string.h>

static const struct entry *const entries[] = {
#define STEP(id) &step_##id.entry,
#include <mldbg/recipe/steps.def>
#undef STEP
};

const struct catalog step_catalog = {"step", "steps", entries, sizeof entries / sizeof *entries};

bool doctor_prove(struct doctor *doctor, struct problems *problems)
{
    if (doctor->proved)
        return true;
    doctor->proved = true;
    doctor_judge(doctor);
    return recipe_prove(doctor->lab, &(struct proof_options){0}, doctor->progress, doctor->context,
                        doctor->run, doctor->findings, &doctor->proof, problems);
}

void doctor_judge(struct doctor *doctor)
{
    findings_clear(doctor->findings);
    rules_judge(doctor->run, doctor->findings);
}

const struct finding *doctor_finding(const struct doctor *doctor, enum severity least, const char *codes)
{
    for (size_t i = 0; i < doctor->findings->count; i++)
        if (doctor->findings->at[i].severity >= least &&
            strncmp(doctor->findings->at[i].rule->code, codes, strlen(codes)) == 0)
            return &doctor->findings->at[i];
    return NULL;
}

const char *doctor_reference(const struct doctor *doctor)
{
    struct arena *arena = doctor->run->arena;

    if (isnan(doctor->proof.best))
        return "no simple reference to compare it with";
    return arena_print(arena, "the best simple reference %s", text_number(arena, doctor->proof.best, 3));
}

static const char *outcome_word(const struct answer *answer)
{
    return !answer->asked                    ? "not asked"
           : answer->outcome == OUTCOME_PASS ? "right"
           : answer->outcome == OUTCOME_FAIL ? "broken"
                                             : "unclear";
}

static void record_answer(struct run *run, int number, const struct step *step, const struct answer *answer)
{
#define FACT(what) arena_print(run->arena, "doctor/%d/" what, number)
    run_set_text(run, FACT("step"), "%s", step->entry.name);
    run_set_text(run, FACT("question"), "%s", step->entry.summary);
    run_set_text(run, FACT("outcome"), "%s", outcome_word(answer));
    run_set_text(run, FACT("sentence"), "%s", answer->sentence);
#undef FACT
}

/* The steps until the first broken one. *broken: how many are. */
static bool ask_steps(struct doctor *doctor, int *broken, struct problems *problems)
{
    *broken = 0;
    for (size_t i = 0; i < step_catalog.count; i++) {
        const struct step *step = ENTRY_OF(step_catalog.at[i], struct step);
        struct answer answer = {.outcome = OUTCOME_PASS, .asked = true, .sentence = ""};

        if (!step->ask(doctor, &answer, problems))
            return false;
        if (doctor->stopped) /* half of an answer is none */
            answer = (struct answer){OUTCOME_INCONCLUSIVE, true, "interrupted"};
        record_answer(doctor->run, (int)i + 1, step, &answer);
        run_set_number(doctor->run, "doctor/steps", (double)(i + 1));
        if (answer.asked && answer.outcome == OUTCOME_INCONCLUSIVE && !doctor->unclear)
            doctor->unclear = answer.sentence;
        *broken += answer.asked && answer.outcome == OUTCOME_FAIL;
        if (doctor->stopped || (*broken && !doctor->options->all))
            break;
    }
    return true;
}

static const char *advice(const struct doctor *doctor)
{
    struct run *run = doctor->run;

    if (doctor->proof.fix_count && !doctor->options->fix)
        return proof_advice(&doctor->proof, run);
    if (doctor->proof.fix_count)
        return arena_print(run->arena, "ask again:  mldbg doctor %s",
                           text_shell_word(run->arena, doctor->options->fix));
    return doctor->findings->count ? doctor->findings->at[0].next : "";
}

/* Broken, and yet nothing can be named. */
static const char *nothing_named(const struct doctor *doctor)
{
    const struct proof *proof = &doctor->proof;

    if (*proof->sentence) /* its finding is ignored */
        return proof->sentence;
    if (proof->attempt_count == 1)
        return "it does not learn as it should, and the one re-run with something changed does not cure it";
    return arena_print(doctor->run->arena,
                       "it does not learn as it should, and none of %zu re-runs with something changed "
                       "cures it",
                       proof->attempt_count);
}

/* The data are not to blame where a plain net learns them. */
static const char *what_else(const struct doctor *doctor)
{
    const struct proof *proof = &doctor->proof;

    if (!(proof->reference.score > proof->training.score))
        return "look at the data: are these the rows, and are these their labels?";
    return arena_print(doctor->run->arena,
                       "try other layers: two hidden ones of 64 with relu reach %s on the same rows",
                       text_number(doctor->run->arena, proof->reference.score, 3));
}

static void sum_up(struct doctor *doctor, int broken, struct verdict *out)
{
    const struct proof *proof = &doctor->proof;
    struct run *run = doctor->run;
    const struct finding *worst, *unstable;

    findings_drop_suspicions(doctor->findings);
    worst = findings_spoken(doctor->findings, SEVERITY_ERROR);
    if (!broken && !worst)
        findings_drop_notes(doctor->findings);
    unstable = doctor_finding(doctor, SEVERITY_WARNING, "ML394");
    run->status = doctor->stopped ? "interrupted" : "finished";
    if (worst)
        *out = (struct verdict){OUTCOME_FAIL, worst->sentence, advice(doctor)};
    else if (doctor->stopped)
        *out = (struct verdict){OUTCOME_INCONCLUSIVE, "interrupted; no cause is named",
                                arena_print(run->arena, "ask again:  %s", recipe_command(run, "doctor"))};
    else if (unstable)
        *out = (struct verdict){OUTCOME_INCONCLUSIVE, unstable->sentence, unstable->next};
    else if (broken)
        *out = (struct verdict){OUTCOME_INCONCLUSIVE, nothing_named(doctor), what_else(doctor)};
    else if (doctor->unclear)
        *out = (struct verdict){OUTCOME_INCONCLUSIVE, doctor->unclear, what_else(doctor)};
    else
        *out = (struct verdict){
            OUTCOME_PASS,
            arena_print(run->arena, "every step is right: %s, %s", proof_score(run, proof->training.score),
                        doctor_reference(doctor)),
            arena_print(run->arena, "train it:  %s -o runs/a", recipe_command(run, "train"))};
}

/* The caller's progress function, and whether it ever asked to stop. */
struct listener {
    lab_progress_fn *progress;
    void *context;
    bool *stopped;
};

static bool listen(void *context, const struct run *run, int64_t done, int64_t all)
{
    struct listener *listener = context;

    *listener->stopped =
        *listener->stopped || (listener->progress && listener->progress(listener->context, run, done, all));
    return *listener->stopped;
}

bool recipe_doctor(struct lab *lab, const struct doctor_options *options, lab_progress_fn *progress,
                   void *context, struct run *run, struct findings *findings, struct proof *proof,
                   struct verdict *out, struct problems *problems)
{
    struct listener listener = {progress, context, NULL};
    struct doctor doctor = {.lab = lab,
                            .options = options,
                            .progress = listen,
                            .context = &listener,
                            .run = run,
                            .findings = findings,
                            .proof = {.sentence = ""}};
    int broken;

    listener.stopped = &doctor.stopped;
    lab_describe(lab, run);
    if (!ask_steps(&doctor, &broken, problems) ||
        (broken && !doctor.stopped && !doctor_prove(&doctor, problems)))
        return false;
    sum_up(&doctor, broken, out);
    *proof = doctor.proof;
    return true;
}

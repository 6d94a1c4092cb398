/* Does the configured training reach what simple answers to the same data reach? */
#include "doctoring.h"

#include <string.h>

/* A reference that is above the constant answer by no more than this, of accuracy or R2, shows no signal. */
static const double NO_SIGNAL = 0.05;

/* Neither the training nor any reference does clearly better than one answer to every row. */
static bool nothing_learned(const struct proof *proof)
{
    const struct trial *training = &proof->training;

    return !proof->failing && training->held_out && training->score <= training->majority &&
           proof->best <= training->majority + NO_SIGNAL;
}

static const char *constant_words(const struct doctor *doctor)
{
    struct arena *arena = doctor->run->arena;

    if (strcmp(run_text(doctor->run, "data/task"), "regression") == 0)
        return "the mean of the targets (R2 0)";
    return arena_print(arena, "the most frequent class (%s)",
                       text_number(arena, doctor->proof.training.majority, 3));
}

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    const struct proof *proof = &doctor->proof;
    struct arena *arena = doctor->run->arena;
    const struct finding *moved, *renamed; /* labels that do not belong to their rows: no score says so */
    const char *score;

    if (!doctor_prove(doctor, problems))
        return false;
    score = proof_score(doctor->run, proof->training.score);
    moved = doctor_finding(doctor, SEVERITY_ERROR, "ML222");
    renamed = doctor_finding(doctor, SEVERITY_ERROR, "ML223");
    if (proof->interrupted)
        *out = (struct answer){OUTCOME_INCONCLUSIVE, true, "interrupted"};
    else if (proof->unstable)
        *out = (struct answer){OUTCOME_INCONCLUSIVE, true,
                               arena_print(arena, "%s with this seed and %s with another, %s", score,
                                           text_number(arena, proof->second_score, 3),
                                           doctor_reference(doctor))};
    else if (proof->training.nonfinite)
        *out =
            (struct answer){OUTCOME_FAIL, true,
                            arena_print(arena, "not finite at step %lld", (long long)proof->training.steps)};
    else if (nothing_learned(proof))
        *out = (struct answer){
            OUTCOME_INCONCLUSIVE, true,
            arena_print(arena, "%s, the best simple reference %s: no better than always answering %s", score,
                        text_number(arena, proof->best, 3), constant_words(doctor))};
    else if (!proof->failing && (moved || renamed))
        *out = (struct answer){OUTCOME_FAIL, true, moved ? moved->sentence : renamed->sentence};
    else
        *out = (struct answer){proof->failing ? OUTCOME_FAIL : OUTCOME_PASS, true,
                               arena_print(arena, "%s%s, %s", score,
                                           proof->training.capped ? " (training cut short)" : "",
                                           doctor_reference(doctor))};
    return true;
}

const struct step step_training = {
    .entry = {"training", "Does it keep up with simple answers?",
              "The configured training, capped, judged on rows that were held out, against\n"
              "a plain net (100 steps), a linear fit and five nearest neighbours on the\n"
              "same rows.\n"},
    .cost = "one training, 100 steps, two fits",
    .ask = ask,
};

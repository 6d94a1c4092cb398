/* Does the configured training reach what simple answers to the same data reach? */
#include "doctoring.h"

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    const struct proof *proof = &doctor->proof;
    struct arena *arena = doctor->run->arena;
    const struct finding *moved, *renamed; /* labels that do not belong to their rows: no score says so */
    const char *score;

    if (!doctor_prove(doctor, problems))
        return false;
    score = doctor_score(doctor, proof->training.score);
    moved = doctor_finding(doctor, SEVERITY_ERROR, "ML222");
    renamed = doctor_finding(doctor, SEVERITY_ERROR, "ML223");
    if (proof->interrupted)
        *out = (struct answer){OUTCOME_INCONCLUSIVE, true, "interrupted"};
    else if (proof->training.nonfinite)
        *out =
            (struct answer){OUTCOME_FAIL, true,
                            arena_print(arena, "not finite at step %lld", (long long)proof->training.steps)};
    else if (!proof->failing && (moved || renamed))
        *out = (struct answer){OUTCOME_FAIL, true, moved ? moved->sentence : renamed->sentence};
    else
        *out = (struct answer){proof->failing ? OUTCOME_FAIL : OUTCOME_PASS, true,
                               arena_print(arena, "%s%s, the best simple reference %s", score,
                                           proof->training.capped ? " (training cut short)" : "",
                                           text_number(arena, proof->best, 3))};
    return true;
}

const struct step step_training = {
    .entry = {"training", "Does it beat simple answers?",
              "The configured training, capped, judged on rows that were held out, against a plain net\n"
              "(100 steps), a linear fit and five nearest neighbours on the same rows.\n"},
    .cost = "one training, 100 steps, two fits",
    .ask = ask,
};
